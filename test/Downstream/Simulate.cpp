//===- Simulate.cpp - Checks kernels without a GPU ------------------------===//

#include "Simulate.h"

#include "recflex/Runtime/Reference.h"
#include "recflex/Simulator/SimulatedForward.h"

#include "llvm/Support/raw_ostream.h"

using namespace recflex;

/// 50 visitors; the bag of visitor s and key k has (s + k) mod 7 rows.
static Batch makeBatch(const Manifest &manifest) {
  Batch batch;
  batch.batchSize = 50;
  batch.numFeatures = manifest.jaggedFeatures;
  batch.values.type = batch.offsets.type = manifest.indexType;
  batch.offsets.append(0);
  for (int64_t key = 0; key < batch.numFeatures; ++key)
    for (int64_t sample = 0; sample < batch.batchSize; ++sample) {
      for (int64_t i = 0; i < (sample + key) % 7; ++i)
        batch.values.append((sample * 13 + i * 7) %
                            manifest.tables[manifest.features[key].table].rows);
      batch.offsets.append(batch.values.size());
    }
  return batch;
}

Status shop::simulate(const LoweredModel &model) {
  const Manifest &manifest = model.manifest;
  // Bits that are numbers of moderate size in f32, f16 and bf16 alike, and that
  // differ from row to row.
  std::vector<std::vector<uint32_t>> storage;
  std::vector<const void *> tables;
  for (const ManifestTable &table : manifest.tables) {
    std::vector<uint32_t> &words = storage.emplace_back();
    for (int64_t i = 0; i * 4 < tableBytes(table); ++i)
      words.push_back(0x3c003c00u + (i % 61) * 0x00100010u);
    tables.push_back(words.data());
  }

  Batch batch = makeBatch(manifest);
  auto forward = SimulatedForward::create(manifest, *model.kernels);
  if (!forward)
    return forward.error();
  auto result = forward->run(tables, batch);
  if (!result)
    return result.error();
  auto expected = poolReference(manifest, tables, batch);
  if (!expected)
    return expected.error();
  Comparison difference = compare(result->output, *expected);
  if (difference.maxRelativeError > kRoundingTolerance)
    return Error{"the simulator and plain loops differ, by " +
                 std::to_string(difference.maxRelativeError)};
  llvm::outs() << manifest.name << ": " << batch.batchSize
               << " visitors simulated, as plain loops have it\n";
  return {};
}
