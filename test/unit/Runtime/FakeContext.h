//===- FakeContext.h - The test model on the fake driver --------*- C++ -*-===//

#ifndef RECFLEX_TEST_UNIT_RUNTIME_FAKECONTEXT_H
#define RECFLEX_TEST_UNIT_RUNTIME_FAKECONTEXT_H

#include "recflex/Runtime/ExecutionContext.h"

#include "FakeCuda.h"
#include "TestModel.h"

namespace recflex {

constexpr DevicePtr kUsers = 0x10000, kItems = 0x20000;

inline Artifact makeArtifact() { return {makeTestManifest(), "// PTX"}; }

/// The test model (or another) on the fake GPU, with tables attached.
inline Result<std::shared_ptr<const AttachedTables>>
makeTables(const FakeCuda &cuda, const Artifact &artifact = makeArtifact()) {
  Result<DevicePointer> device = Device::open(cuda.driver());
  if (!device)
    return device.error();
  auto module = DeviceModule::load(*device, artifact);
  if (!module)
    return module.error();
  std::vector<DevicePtr> addresses = {kUsers, kItems};
  addresses.resize(artifact.manifest.tables.size());
  return AttachedTables::attach(*module, addresses);
}

/// A context for it, ready to launch.
inline Result<ExecutionContext>
makeContext(const FakeCuda &cuda, const Artifact &artifact = makeArtifact(),
            const ContextOptions &options = {}) {
  auto tables = makeTables(cuda, artifact);
  if (!tables)
    return tables.error();
  return ExecutionContext::create(*tables, options);
}

} // namespace recflex

#endif // RECFLEX_TEST_UNIT_RUNTIME_FAKECONTEXT_H
