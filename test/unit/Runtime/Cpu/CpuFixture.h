//===- CpuFixture.h - Random models and batches on the CPU ------*- C++ -*-===//

#ifndef RECFLEX_TEST_UNIT_RUNTIME_CPU_CPUFIXTURE_H
#define RECFLEX_TEST_UNIT_RUNTIME_CPU_CPUFIXTURE_H

#include "recflex/Data/Batch.h"
#include "recflex/Runtime/CpuForward.h"
#include "recflex/Support/HalfFloat.h"

#include "../TestModel.h"

#include <gtest/gtest.h>
#include <memory>
#include <random>

namespace recflex {

template <typename T> DevicePtr addressOf(const T *pointer) {
  return reinterpret_cast<DevicePtr>(pointer);
}

/// A model with a table for each of `widths`, and on each table a sum, a
/// weighted mean and a max of one key each. Tables have 40 rows.
inline Manifest makeManifest(const std::vector<int64_t> &widths, RowType rows,
                             IndexType indices) {
  Manifest m;
  m.name = "random";
  m.chip = "sm_90";
  m.indexType = indices;
  m.threads = 128;
  m.weighted = true;
  m.bodies = {{"#emb.sub_warp<vector = 1>", "any"}};
  for (int64_t width : widths) {
    int32_t table = static_cast<int32_t>(m.tables.size());
    m.tables.push_back({"t" + std::to_string(table), 40, width, rows});
    for (Pooling pooling : {Pooling::sum, Pooling::mean, Pooling::max}) {
      int32_t key = m.jaggedFeatures++;
      m.features.push_back({"f" + std::to_string(key), key, table, 0,
                            m.outputWidth, pooling, pooling == Pooling::mean, 1,
                            1, 1});
      m.outputWidth += width;
    }
  }
  return m;
}

/// Tables of a manifest, aligned as attach() wants them.
class Tables {
public:
  Tables(const Manifest &manifest, uint32_t seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> real(-1, 1);
    for (const ManifestTable &table : manifest.tables) {
      size_t elements = table.rows * table.width;
      // Exactly as long as it must be: a sanitizer sees what reads past it.
      std::byte *memory = static_cast<std::byte *>(
          ::operator new(elements *byteSize(table.type), std::align_val_t(16)));
      for (size_t i = 0; i != elements; ++i)
        store(memory, i, table.type, real(random));
      tables.emplace_back(memory);
    }
  }

  std::vector<const void *> pointers() const {
    std::vector<const void *> result;
    for (const auto &table : tables)
      result.push_back(table.get());
    return result;
  }
  std::vector<DevicePtr> addresses() const {
    std::vector<DevicePtr> result;
    for (const auto &table : tables)
      result.push_back(addressOf(table.get()));
    return result;
  }
  void set(size_t table, size_t element, RowType type, float value) {
    store(tables[table].get(), element, type, value);
  }

private:
  static void store(std::byte *memory, size_t i, RowType type, float value) {
    if (type == RowType::f32) {
      std::memcpy(memory + 4 * i, &value, 4);
      return;
    }
    uint16_t bits = type == RowType::f16 ? f32ToF16(value) : f32ToBF16(value);
    std::memcpy(memory + 2 * i, &bits, 2);
  }

  struct Free {
    void operator()(std::byte *memory) const {
      ::operator delete(memory, std::align_val_t(16));
    }
  };
  std::vector<std::unique_ptr<std::byte, Free>> tables;
};

/// Bags of 0 to `most` rows of 40, with repetitions; the bag of key 1, sample 0
/// has `longest`.
inline Batch makeRandomBatch(const Manifest &manifest, int64_t samples,
                             int64_t most, int64_t longest, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<int64_t> lengths, values;
  for (int64_t bag = 0; bag != manifest.jaggedFeatures * samples; ++bag) {
    lengths.push_back(bag == samples ? longest : random() % (most + 1));
    for (int64_t i = 0; i != lengths.back(); ++i)
      values.push_back(random() % 40);
  }
  Batch batch = makeBatch(manifest.jaggedFeatures, samples, lengths, values,
                          manifest.indexType);
  std::uniform_real_distribution<float> real(-1, 1);
  for (size_t i = 0; i != values.size(); ++i)
    batch.weights.push_back(real(random));
  return batch;
}

/// The arguments of a batch; `output` is [batchSize, outputWidth] f32.
inline BatchArguments makeArguments(const Manifest &manifest,
                                    const Batch &batch,
                                    std::vector<float> &output) {
  BatchArguments a;
  a.batchSize = batch.batchSize;
  a.lookups = batch.values.size();
  a.values = a.lookups ? addressOf(batch.values.bytes.data()) : 0;
  a.offsets = addressOf(batch.offsets.bytes.data());
  a.weights = a.lookups ? addressOf(batch.weights.data()) : 0;
  output.assign(batch.batchSize * manifest.outputWidth, 777.0f);
  a.output = addressOf(output.data());
  a.outputStride = manifest.outputWidth;
  return a;
}

inline CpuContext makeCpuContext(const Manifest &manifest, const Tables &tables,
                                 const CpuOptions &cpu = {},
                                 const ContextOptions &options = {}) {
  auto model = CpuModel::load(manifest, cpu);
  EXPECT_TRUE(model) << model.error().message;
  auto attached = CpuTables::attach(*model, tables.addresses());
  EXPECT_TRUE(attached) << attached.error().message;
  auto context = CpuContext::create(*attached, options);
  EXPECT_TRUE(context) << context.error().message;
  return std::move(*context);
}

/// Those that this CPU has.
inline std::vector<CpuInstructions> allInstructions() {
  std::vector<CpuInstructions> result;
  for (CpuInstructions instructions :
       {CpuInstructions::plain, CpuInstructions::avx2, CpuInstructions::avx512})
    if (CpuModel::load(makeManifest({1}, RowType::f32, IndexType::i32),
                       {1, instructions}))
      result.push_back(instructions);
  return result;
}

} // namespace recflex

#endif // RECFLEX_TEST_UNIT_RUNTIME_CPU_CPUFIXTURE_H
