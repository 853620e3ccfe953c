//===- TestModel.h - A small model for the runtime's tests ------*- C++ -*-===//

#ifndef RECFLEX_TEST_UNIT_RUNTIME_TESTMODEL_H
#define RECFLEX_TEST_UNIT_RUNTIME_TESTMODEL_H

#include "recflex/Data/Batch.h"
#include "recflex/Runtime/Artifact.h"

#include <initializer_list>
#include <string>
#include <vector>

namespace recflex {

/// Three features over two tables: a sum, a weighted mean that shares its
/// table, and a max whose width is cut in two column tiles. One key more than
/// features, so that key and feature differ.
inline Manifest makeTestManifest() {
  Manifest m;
  m.name = "small";
  m.chip = "sm_90";
  m.ptxVersion = "7.0";
  m.leastDriver = 11000;
  m.producer = "recflex test";
  m.indexType = IndexType::i32;
  m.jaggedFeatures = 4;
  m.outputWidth = 12;
  m.maxBatch = 1000000; // room for tests that add features
  m.maxLookups = INT32_MAX;
  m.threads = 128;
  m.blocksPerSM = 8;
  m.sharedBytes = 1024;
  m.weighted = true;
  m.tables = {{"users", 10, 2, RowType::f32}, {"items", 20, 8, RowType::f16}};
  m.features = {
      {"a", 3, 0, 0, 0, Pooling::sum, false, 4, 1, 1},
      {"b", 1, 0, 1, 10, Pooling::mean, true, 2, 1, 2},
      {"c", 0, 1, 2, 2, Pooling::max, false, 1, 2, 8},
  };
  m.bodies = {{"#emb.gather<vector = 2>", "gather.w2.f32.sum"},
              {"#emb.sub_warp<vector = 2>", "sub_warp.w2.f32.mean.weighted"},
              {"#emb.sub_warp<vector = 4>", "sub_warp.w8.f16.max"}};
  return m;
}

/// The least that passes for a cubin: an ELF header for the CUDA machine, and
/// `contents` that nothing in it describes.
inline std::string makeTestCubin(const std::string &contents = "code") {
  std::string header(64, '\0');
  header.replace(0, 6,
                 "\x7f"
                 "ELF\2\1");
  header[18] = static_cast<char>(190);
  return header + contents;
}

/// The test model with PTX that says what its manifest says, and two cubins.
inline Artifact makeTestArtifact() {
  return {makeTestManifest(),
          "//\n// PTX\n//\n\n.version 7.0\n.target sm_90\n.address_size 64\n",
          {{"sm_90", makeTestCubin("nine")}, {"sm_100", makeTestCubin()}}};
}

inline IndexArray makeIndices(const std::vector<int64_t> &numbers,
                              IndexType type = IndexType::i32) {
  IndexArray array;
  array.type = type;
  array.resize(numbers.size());
  for (size_t i = 0; i != numbers.size(); ++i)
    array.set(i, numbers[i]);
  return array;
}

/// A batch from each bag's length (feature-major) and the values.
inline Batch makeBatch(int64_t features, int64_t samples,
                       const std::vector<int64_t> &lengths,
                       const std::vector<int64_t> &values,
                       IndexType type = IndexType::i32) {
  Batch batch;
  batch.numFeatures = features;
  batch.batchSize = samples;
  std::vector<int64_t> offsets{0};
  for (int64_t length : lengths)
    offsets.push_back(offsets.back() + length);
  batch.offsets = makeIndices(offsets, type);
  batch.values = makeIndices(values, type);
  return batch;
}

} // namespace recflex

#endif // RECFLEX_TEST_UNIT_RUNTIME_TESTMODEL_H
