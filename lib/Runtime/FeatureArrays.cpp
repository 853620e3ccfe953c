//===- FeatureArrays.cpp - What kernels read of a model's features --------===//

#include "recflex/Runtime/FeatureArrays.h"

#include "recflex/Runtime/Binding.h"

#include <cstring>

namespace recflex {

template <typename T>
static void append(std::vector<std::byte> &bytes, const std::vector<T> &array) {
  auto *data = reinterpret_cast<const std::byte *>(array.data());
  bytes.insert(bytes.end(), data, data + array.size() * sizeof(T));
}

std::vector<std::byte> packFeatureArrays(const Manifest &manifest,
                                         const std::vector<DevicePtr> &tables,
                                         const FixedBinding *fixed) {
  std::vector<abi::FeatureDescriptor> descriptors = makeDescriptors(manifest);
  for (size_t i = 0; i != descriptors.size(); ++i)
    descriptors[i].table = tables[manifest.features[i].table];
  std::vector<std::byte> bytes;
  append(bytes, descriptors);
  if (fixed) {
    append(bytes, fixed->ranks);
    append(bytes, fixed->sums);
  }
  return bytes;
}

std::vector<std::byte> packFeatureArrays(const Manifest &manifest,
                                         const std::vector<DevicePtr> &tables) {
  if (!manifest.fixedBinding)
    return packFeatureArrays(manifest, tables, nullptr);
  FixedBinding fixed(manifest);
  return packFeatureArrays(manifest, tables, &fixed);
}

FeatureArrays placeFeatureArrays(const Manifest &manifest, DevicePtr base) {
  FeatureArrays arrays;
  arrays.descriptors = base;
  if (manifest.fixedBinding) {
    size_t features = manifest.features.size();
    arrays.ranks = base + features * sizeof(abi::FeatureDescriptor);
    arrays.sums = arrays.ranks + features * sizeof(abi::FixedRank);
  }
  return arrays;
}

} // namespace recflex
