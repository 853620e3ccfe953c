//===- DeviceModule.h - An artifact on a GPU --------------------*- C++ -*-===//
//
// Three pieces, each immutable once made, each keeping alive what it needs:
//   DeviceModule      the artifact's kernels, loaded on a GPU;
//   AttachedTables    the features' descriptors, pointing at given tables;
//   ExecutionContext  the workspace of one stream (ExecutionContext.h).
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_RUNTIME_DEVICEMODULE_H
#define RECFLEX_RUNTIME_DEVICEMODULE_H

#include "recflex/Runtime/Artifact.h"
#include "recflex/Runtime/DeviceMemory.h"
#include "recflex/Runtime/KernelQueue.h"

#include <array>

namespace recflex {

/// One kernel, and what the driver says of it.
struct DeviceKernel {
  CUfunc_st *function = nullptr;
  int registers = 0;   ///< a thread
  int localBytes = 0;  ///< a thread; not 0 means that registers spill
  int sharedBytes = 0; ///< static, a block
  int maxThreads = 0;  ///< a block
  int blocksPerSM = 0; ///< resident at once, at the threads it launches with
};

class DeviceModule {
public:
  /// Loads `artifact` on `device`: the cubin that fits the GPU best or, where
  /// there is none or the driver refuses it, the PTX, which the driver compiles
  /// (or takes from its cache). Errors: another GPU architecture than the
  /// artifact's, a driver too old for the PTX (incompatibleDevice), a PTX that
  /// the driver refuses (with its log), a kernel that is missing or cannot run
  /// with the manifest's threads.
  static Result<std::shared_ptr<const DeviceModule>>
  load(DevicePointer device, const Artifact &artifact);

  const Manifest &manifest() const { return contents; }
  const DevicePointer &device() const { return module.device(); }
  /// What was loaded: "PTX", or the chip of the cubin.
  const std::string &image() const { return loaded; }
  const DeviceKernel &kernel(KernelId id) const {
    return kernels[static_cast<size_t>(id)];
  }
  const DeviceKernel &forward() const { return kernel(KernelId::forward); }

  /// Whether kernels that wait for the one ahead are launched so that they may
  /// start early: with programmatic stream serialization.
  bool overlapsKernels() const { return overlaps; }

  /// The features' descriptors, table addresses zero.
  const std::vector<abi::FeatureDescriptor> &descriptors() const {
    return features;
  }

private:
  using ModuleHandle = DeviceHandle<CUmod_st *, &CudaDriver::moduleUnload>;
  DeviceModule(ModuleHandle module, std::string image,
               const Manifest &manifest);
  Status findKernels();

  ModuleHandle module;
  std::string loaded;
  Manifest contents;
  std::vector<abi::FeatureDescriptor> features;
  std::array<DeviceKernel, kKernelCount> kernels;
  bool overlaps = false;
};

/// The FeatureArrays of a module, in device memory.
class AttachedTables {
public:
  /// `tables[i]` is the device address of row 0 of the manifest's table i; the
  /// caller keeps the memory alive. Errors: a wrong number of tables, an
  /// address that is 0 or not 16-byte aligned. Not to be called while the
  /// calling thread captures a graph.
  static Result<std::shared_ptr<const AttachedTables>>
  attach(std::shared_ptr<const DeviceModule> module,
         const std::vector<DevicePtr> &tables);

  const DeviceModule &module() const { return *owner; }
  /// Of what packFeatureArrays() gives.
  DevicePtr featureArrays() const { return memory.address(); }

private:
  AttachedTables(std::shared_ptr<const DeviceModule> module,
                 DeviceBuffer memory)
      : owner(std::move(module)), memory(std::move(memory)) {}
  std::shared_ptr<const DeviceModule> owner;
  DeviceBuffer memory;
};

} // namespace recflex

#endif // RECFLEX_RUNTIME_DEVICEMODULE_H
