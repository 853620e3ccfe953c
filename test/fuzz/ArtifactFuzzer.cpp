//===- ArtifactFuzzer.cpp - Loads artifacts, as far as a GPU --------------===//
//
// Whatever the loader accepts goes on to everything that a process does with an
// artifact: checks, descriptors, grids, and a module on a driver that needs no
// GPU. Inputs are mutated by their parts, and their checksums made right again.
//
//===----------------------------------------------------------------------===//

#include "ArtifactChecksums.h"
#include "ArtifactParts.h"
#include "FakeCuda.h"
#include "FuzzTarget.h"
#include "JsonMutator.h"

#include "recflex/Runtime/CpuForward.h"
#include "recflex/Runtime/ExecutionContext.h"
#include "recflex/Runtime/ManifestJson.h"

namespace recflex {

static void checkGrids(const Manifest &manifest) {
  std::vector<abi::FeatureDescriptor> descriptors = makeDescriptors(manifest);
  BlockCounter counter(descriptors);
  for (int64_t batch : {int64_t{0}, int64_t{1}, int64_t{1000}, kMaxBatch}) {
    int64_t blocks = counter.count(batch);
    require(blocks >= 0 && blocks == countBlocks(descriptors, batch),
            "two numbers of blocks");
    accepted(checkGrid(blocks, manifest.jaggedFeatures, batch));
  }
  for (const ManifestTable &table : manifest.tables)
    require(tableBytes(table) > 0, "a table without bytes");
}

/// Loads and launches on the fake driver; it allocates what a GPU would hold.
static void launchOnFake(const Artifact &artifact) {
  FakeCuda cuda;
  Result<DevicePointer> device = Device::open(cuda.driver());
  require(accepted(device), "no fake device");
  auto module = DeviceModule::load(*device, artifact);
  if (!accepted(module))
    return;
  std::vector<DevicePtr> addresses(artifact.manifest.tables.size(), 0x10000);
  auto tables = AttachedTables::attach(*module, addresses);
  if (!accepted(tables))
    return;
  Result<ExecutionContext> context = ExecutionContext::create(*tables);
  if (!accepted(context))
    return;
  BatchArguments batch;
  batch.values = batch.offsets = batch.weights = batch.output = 0x20000;
  batch.outputStride = (artifact.manifest.outputWidth + 3) / 4 * 4;
  for (int64_t size : {1, 1000}) {
    batch.batchSize = size;
    accepted(context->launch(batch, nullptr));
  }
  require(cuda.misuse.empty(), "calls that CUDA does not allow");
}

/// Pools a batch of empty bags on the CPU, if the tables are small.
static void launchOnCpu(const Manifest &manifest) {
  constexpr int64_t kMostBytes = 1 << 16;
  int64_t bytes =
      manifest.outputWidth * 2 * 4 + manifest.jaggedFeatures * 2 * 8;
  std::vector<std::vector<char>> rows;
  std::vector<DevicePtr> addresses;
  for (const ManifestTable &table : manifest.tables) {
    if (tableBytes(table) > kMostBytes)
      return;
    bytes += tableBytes(table);
  }
  if (bytes > kMostBytes)
    return;
  for (const ManifestTable &table : manifest.tables) {
    rows.emplace_back(tableBytes(table));
    addresses.push_back(reinterpret_cast<DevicePtr>(rows.back().data()));
  }
  auto model = CpuModel::load(manifest, {/*threads=*/1});
  if (!accepted(model))
    return;
  auto tables = CpuTables::attach(*model, addresses);
  if (!accepted(tables))
    return;
  ContextOptions options;
  options.checks = InputChecks::zeroRow;
  Result<CpuContext> context = CpuContext::create(*tables, options);
  if (!accepted(context))
    return;
  std::vector<int64_t> offsets(manifest.jaggedFeatures * 2 + 1);
  std::vector<float> output(manifest.outputWidth * 2 + 1);
  BatchArguments batch;
  batch.batchSize = 2;
  batch.offsets = reinterpret_cast<DevicePtr>(offsets.data());
  batch.output = reinterpret_cast<DevicePtr>(output.data());
  batch.outputStride = manifest.outputWidth;
  accepted(context->launch(batch));
}

static void load(const std::string &bytes) {
  Result<Artifact> artifact = deserialize(bytes);
  if (!accepted(artifact))
    return;
  require(accepted(check(*artifact)), "an unchecked artifact");
  require(accepted(readLayout(bytes)), "an artifact without a layout");
  std::string written = serialize(*artifact);
  Result<Artifact> again = deserialize(written);
  require(accepted(again) && serialize(*again) == written,
          "an artifact that does not read back");
  checkGrids(artifact->manifest);
  launchOnFake(*artifact);
  launchOnCpu(artifact->manifest);
}

} // namespace recflex

using namespace recflex;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::string bytes(reinterpret_cast<const char *>(data), size);
  runLimited(size, [&] { load(bytes); });
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size,
                                          size_t maxSize, unsigned seed) {
  std::minstd_rand random(seed);
  std::string bytes(reinterpret_cast<const char *>(data), size);
  ArtifactParts parts;
  if (random() % 16 == 0)
    return LLVMFuzzerMutate(data, size, maxSize);
  if (random() % 8 == 0 || !parts.split(bytes)) {
    // Some byte, of the section table too; checksums are right all the same.
    bytes = mutateBytes(bytes, maxSize);
    refreshChecksums(bytes);
    return putBack(bytes, data, maxSize);
  }
  // The manifest, unless it is something else's turn.
  ArtifactParts::Part &part =
      parts.parts[random() % 4 == 0 ? random() % parts.parts.size() : 0];
  if (part.kind == SectionKind::manifest)
    part.bytes = mutateJson(part.bytes, maxSize, random);
  else
    part.bytes = mutateBytes(part.bytes, part.bytes.size() + 64);
  bytes = parts.join();
  return bytes.size() <= maxSize ? putBack(bytes, data, maxSize)
                                 : LLVMFuzzerMutate(data, size, maxSize);
}
