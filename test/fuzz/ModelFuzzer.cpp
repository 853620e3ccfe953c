//===- ModelFuzzer.cpp - Parses model descriptions ------------------------===//

#include "FuzzTarget.h"
#include "JsonMutator.h"

#include "recflex/Data/ModelJson.h"

namespace recflex {

static void parse(std::string_view text) {
  Result<ModelSpec> model = parseModelJson(text);
  if (!accepted(model))
    return;
  require(!model->tables.empty() && !model->features.empty(), "an empty model");
  for (const FeatureSpec &feature : model->features)
    require(feature.table >= 0 &&
                feature.table < static_cast<int64_t>(model->tables.size()),
            "a feature without a table");
  // A short text may stand for a large model; a handful of entries is enough
  // to see whether it prints and reads back.
  if (model->tables.size() + model->features.size() > 200)
    return;
  std::string printed = printModelJson(*model);
  Result<ModelSpec> again = parseModelJson(printed);
  require(accepted(again) && printModelJson(*again) == printed,
          "a model that does not read back");
}

} // namespace recflex

using namespace recflex;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::string_view text(reinterpret_cast<const char *>(data), size);
  runLimited(size, [&] { parse(text); });
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size,
                                          size_t maxSize, unsigned seed) {
  std::minstd_rand random(seed);
  std::string text(reinterpret_cast<const char *>(data), size);
  return putBack(mutateJson(text, maxSize, random), data, maxSize);
}
