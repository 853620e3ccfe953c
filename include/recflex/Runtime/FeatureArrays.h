//===- FeatureArrays.h - What kernels read of features ----------*- C++ -*-===//

#ifndef RECFLEX_RUNTIME_FEATUREARRAYS_H
#define RECFLEX_RUNTIME_FEATUREARRAYS_H

#include "recflex/Runtime/BatchArguments.h"
#include "recflex/Runtime/Manifest.h"

#include <cstddef>

namespace recflex {

struct FixedBinding;

/// Addresses of the arrays that are written once, when tables are attached.
struct FeatureArrays {
  DevicePtr descriptors = 0;
  DevicePtr ranks = 0, sums = 0; ///< with fixed binding alone, else 0
};

/// The arrays' contents, one behind the other: to be copied to the device, at
/// an address aligned to 16 bytes. `tables[i]` is the address of row 0 of the
/// manifest's table i. `manifest` has passed check(). `fixed` is its binding;
/// null if blocks are bound at run time.
std::vector<std::byte> packFeatureArrays(const Manifest &manifest,
                                         const std::vector<DevicePtr> &tables,
                                         const FixedBinding *fixed);
/// The same with the binding that an artifact's manifest says.
std::vector<std::byte> packFeatureArrays(const Manifest &manifest,
                                         const std::vector<DevicePtr> &tables);

/// Where the arrays are once packFeatureArrays() stands at `base`.
FeatureArrays placeFeatureArrays(const Manifest &manifest, DevicePtr base);

} // namespace recflex

#endif // RECFLEX_RUNTIME_FEATUREARRAYS_H
