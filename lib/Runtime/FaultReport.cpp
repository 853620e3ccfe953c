//===- FaultReport.cpp - What was bad in a context's batches --------------===//

#include "recflex/Runtime/FaultReport.h"

#include <algorithm>
#include <sstream>
#include <tuple>

namespace recflex {

/// By what faults are ordered, and all that they say.
static auto keyOf(const Fault &f) {
  return std::tie(f.feature, f.key, f.sample, f.position, f.kind, f.value);
}

bool operator==(const Fault &a, const Fault &b) { return keyOf(a) == keyOf(b); }

void sortFaults(std::vector<Fault> &faults) {
  std::sort(
      faults.begin(), faults.end(),
      [](const Fault &a, const Fault &b) { return keyOf(a) < keyOf(b); });
}

/// "feature 'user' (3)", or "key 3" where the fault is no single feature's.
static void printPlace(std::ostream &os, const Fault &fault,
                       const Manifest &manifest) {
  if (fault.feature < 0) {
    os << "key " << fault.key;
    return;
  }
  os << "feature ";
  if (fault.feature < static_cast<int64_t>(manifest.features.size()))
    os << '\'' << manifest.features[fault.feature].name << "' ";
  os << '(' << fault.feature << ')';
}

static void printIndex(std::ostream &os, const Fault &fault,
                       const Manifest &manifest) {
  os << "index " << fault.value << " is outside the ";
  if (fault.feature < 0 ||
      fault.feature >= static_cast<int64_t>(manifest.features.size())) {
    os << "table";
    return;
  }
  const ManifestTable &table =
      manifest.tables[manifest.features[fault.feature].table];
  os << table.rows << " rows of table '" << table.name << '\'';
}

std::string describe(const Fault &fault, const Manifest &manifest) {
  std::ostringstream os;
  printPlace(os, fault, manifest);
  switch (fault.kind) {
  case FaultKind::index:
    os << ", sample " << fault.sample << ", position " << fault.position
       << ": ";
    printIndex(os, fault, manifest);
    return os.str();
  case FaultKind::offsets:
    os << ", sample " << fault.sample << ": offset " << fault.value
       << " is negative, decreases or is past the last lookup";
    return os.str();
  case FaultKind::length:
    os << ", sample " << fault.sample << ": length " << fault.value
       << " is negative";
    return os.str();
  case FaultKind::keyStart:
    os << ": " << fault.value
       << " as its samples or their start is negative, decreases or is past "
          "the batch";
    return os.str();
  }
  os << ": unknown kind of fault " << static_cast<int32_t>(fault.kind);
  return os.str();
}

} // namespace recflex
