//===- Summary.cpp - What people want to know of a compiled model ---------===//

#include "Summary.h"

#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <map>

namespace recflex {

void printSummary(llvm::raw_ostream &os, const Artifact &artifact) {
  const Manifest &manifest = artifact.manifest;
  os << "model: " << manifest.name << " for " << manifest.chip << '\n'
     << "features: " << manifest.features.size() << ", tables "
     << manifest.tables.size() << ", output columns " << manifest.outputWidth
     << '\n';
  std::map<std::string, int64_t> counts;
  for (const ManifestFeature &feature : manifest.features)
    ++counts[manifest.bodies[feature.body].schedule];
  std::vector<std::pair<std::string, int64_t>> sorted(counts.begin(),
                                                      counts.end());
  std::sort(sorted.begin(), sorted.end(), [](auto &a, auto &b) {
    return std::pair(-a.second, a.first) < std::pair(-b.second, b.first);
  });
  for (auto &[schedule, count] : sorted)
    os << "schedule: " << count << " x " << schedule << '\n';
  os << "kernel: " << manifest.bodies.size() << " bodies, blocks of "
     << manifest.threads << " threads, " << manifest.blocksPerSM
     << " a multiprocessor";
  if (!artifact.ptx.empty())
    os << ", PTX " << artifact.ptx.size() / 1024 << " KiB";
  os << '\n';
}

} // namespace recflex
