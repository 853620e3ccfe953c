//===- TuningProblem.cpp - The lookups of one model -----------------------===//

#include "recflex/Tuning/TuningProblem.h"

#include "recflex/Support/Sha256.h"

#include <sstream>

namespace recflex {

static std::string hashOf(const std::vector<TunedLookup> &lookups) {
  std::ostringstream os;
  os.precision(17);
  for (const TunedLookup &lookup : lookups) {
    const emb::LookupShape &shape = lookup.shape;
    const emb::BagStats &stats = lookup.stats;
    os << shape.width << ' ' << shape.rows << ' ' << toString(shape.rowType)
       << ' ' << toString(shape.indexType) << ' ' << toString(shape.pooling)
       << ' ' << shape.weighted << ' ' << stats.mean << ' ' << stats.stddev
       << ' ' << stats.max << ' ' << stats.coverage << ' ' << stats.distinct
       << ' ' << stats.batch << '\n';
  }
  return toHex(Sha256::of(os.str()));
}

TuningProblem::TuningProblem(std::vector<TunedLookup> given)
    : lookups(std::move(given)), classes(classifyLookups(lookups)),
      identity(hashOf(lookups)) {}

} // namespace recflex
