//===- BatchFileTest.cpp - Batches in safetensors files -------------------===//

#include "recflex/Data/BatchFile.h"

#include "TestFiles.h"
#include "recflex/Data/SafeTensors.h"

#include <map>

using namespace recflex;

namespace {

struct Tensor {
  TensorInfo info;
  std::string bytes;
};

template <typename T>
Tensor tensor(const std::string &name, DType type, std::vector<T> numbers,
              bool scalar = false) {
  TensorShape shape;
  if (!scalar)
    shape.push_back(numbers.size());
  return {{name, type, shape},
          std::string(reinterpret_cast<const char *>(numbers.data()),
                      numbers.size() * sizeof(T))};
}
Tensor wide(const std::string &name, std::vector<int64_t> numbers,
            bool scalar = false) {
  return tensor(name, DType::i64, std::move(numbers), scalar);
}
Tensor narrow(const std::string &name, std::vector<int32_t> numbers) {
  return tensor(name, DType::i32, std::move(numbers));
}

class BatchFile : public testing::Test {
protected:
  Result<Batch> read(const std::vector<Tensor> &tensors,
                     std::map<std::string, std::string> metadata = {},
                     int64_t features = 2, IndexType type = IndexType::i32) {
    std::vector<TensorInfo> infos;
    for (const Tensor &t : tensors)
      infos.push_back(t.info);
    std::string path = folder.file("b.st");
    Result<SafeTensorsWriter> writer =
        SafeTensorsWriter::create(path, infos, metadata);
    EXPECT_TRUE(writer);
    for (const Tensor &t : tensors)
      expectValue(writer->write(t.bytes.data(), t.bytes.size()));
    expectValue(writer->commit());
    return readBatch(path, features, type);
  }

  TestFolder folder;
};

Batch makeBatch(IndexType type, bool weighted) {
  Batch batch;
  batch.batchSize = 2;
  batch.numFeatures = 2;
  batch.values.type = batch.offsets.type = type;
  for (int64_t value : {5, 6, 7, 8, 9})
    batch.values.append(value);
  for (int64_t offset : {0, 2, 2, 3, 5})
    batch.offsets.append(offset);
  if (weighted)
    batch.weights = {0.5f, 1.0f, 0.25f, 2.0f, -1.0f};
  return batch;
}

/// Compares with makeBatch().
void expectSame(const Result<Batch> &batch, IndexType type = IndexType::i32) {
  ASSERT_TRUE(batch) << batch.error().message;
  Batch expected = makeBatch(type, false);
  EXPECT_EQ(batch->batchSize, 2);
  EXPECT_EQ(batch->numFeatures, 2);
  EXPECT_EQ(batch->values.type, type);
  EXPECT_EQ(batch->values.bytes, expected.values.bytes);
  EXPECT_EQ(batch->offsets.type, type);
  EXPECT_EQ(batch->offsets.bytes, expected.offsets.bytes);
}

TEST_F(BatchFile, roundTrips) {
  for (IndexType type : {IndexType::i32, IndexType::i64}) {
    for (bool weighted : {false, true}) {
      Batch batch = makeBatch(type, weighted);
      expectValue(writeBatch(batch, folder.file("b.st")));
      Result<Batch> back = readBatch(folder.file("b.st"), 2, type);
      expectSame(back, type);
      EXPECT_EQ(back->weights, batch.weights);
    }
  }
}

TEST_F(BatchFile, writesTheDocumentedTensors) {
  expectValue(writeBatch(makeBatch(IndexType::i64, true), folder.file("b.st")));
  Result<SafeTensors> file = SafeTensors::open(folder.file("b.st"));
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->get("values", DType::i64));
  EXPECT_TRUE(file->get("offsets", DType::i64));
  EXPECT_TRUE(file->get("weights", DType::f32));
  EXPECT_EQ(file->metadata().at("format"), "recflex.batch.v1");
  EXPECT_EQ(file->metadata().at("batch_size"), "2");
  EXPECT_EQ(file->metadata().at("num_features"), "2");
}

TEST_F(BatchFile, doesNotWriteABadBatch) {
  Batch batch = makeBatch(IndexType::i32, false);
  batch.offsets.set(4, 7);
  expectError(writeBatch(batch, folder.file("b.st")), "b.st", "end at 7");
  EXPECT_EQ(folder.files(), 0u);
}

TEST_F(BatchFile, roundTripsABatchWithoutLookups) {
  Batch batch = makeBatch(IndexType::i32, false);
  batch.values.resize(0);
  for (int i = 0; i < 5; ++i)
    batch.offsets.set(i, 0);
  expectValue(writeBatch(batch, folder.file("b.st")));
  Result<Batch> back = readBatch(folder.file("b.st"), 2, IndexType::i32);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->values.size(), 0);
}

TEST_F(BatchFile, derivesTheBatchSizeFromTheFeatures) {
  expectSame(read(
      {narrow("values", {5, 6, 7, 8, 9}), narrow("offsets", {0, 2, 2, 3, 5})}));
  expectError(read({narrow("values", {5}), narrow("offsets", {0, 0, 0, 1})}),
              "b.st", "3 bags", "2 features");
}

TEST_F(BatchFile, takesTheBatchSizeFromATensor) {
  Tensor values = narrow("values", {5, 6, 7, 8, 9});
  Tensor offsets = narrow("offsets", {0, 2, 2, 3, 5});
  expectSame(read({values, offsets, wide("batch_size", {2}, true)}));
  expectSame(read({values, offsets, wide("batch_size", {2})}));
  expectSame(read({values, offsets, narrow("batch_size", {2})}));
  expectError(read({values, offsets, wide("batch_size", {4})}), "4 samples");
  expectError(read({values, offsets, wide("batch_size", {2, 2})}),
              "'batch_size'", "[2]");
  expectError(
      read({values, offsets, tensor<float>("batch_size", DType::f32, {2.0f})}),
      "'batch_size'", "F32");
}

TEST_F(BatchFile, ignoresOtherProgramsMetadata) {
  expectSame(read(
      {narrow("values", {5, 6, 7, 8, 9}), narrow("offsets", {0, 2, 2, 3, 5})},
      {{"format", "pt"}}));
}

TEST_F(BatchFile, refusesBadMetadata) {
  Tensor values = narrow("values", {5, 6, 7, 8, 9});
  Tensor offsets = narrow("offsets", {0, 2, 2, 3, 5});
  expectError(read({values, offsets}, {{"format", "recflex.batch.v2"}}),
              "recflex.batch.v2", "recflex.batch.v1");
  expectError(read({values, offsets}, {{"batch_size", "2x"}}), "batch_size",
              "2x");
  expectError(read({values, offsets}, {{"batch_size", "-2"}}), "-2");
  expectError(read({values, offsets}, {{"batch_size", "9223372036854775807"}}),
              "samples");
  expectError(read({values, offsets}, {{"num_features", "4"}}), "4 features",
              "model 2");
  expectError(read({values, offsets}, {}, 3), "3 features");
  expectError(read({values, offsets}, {}, 0), "0 features");
}

TEST_F(BatchFile, convertsLengths) {
  expectSame(read(
      {narrow("values", {5, 6, 7, 8, 9}), narrow("lengths", {2, 0, 1, 2})}));
  expectSame(
      read({wide("values", {5, 6, 7, 8, 9}), narrow("lengths", {2, 0, 1, 2})},
           {}, 2, IndexType::i64),
      IndexType::i64);
}

TEST_F(BatchFile, refusesBadLengths) {
  Tensor values = narrow("values", {5, 6, 7, 8, 9});
  expectError(read({values, narrow("lengths", {2, -1, 2, 2})}), "lengths[1]",
              "-1");
  expectError(read({values, narrow("lengths", {2, 0, 1, 3})}), "lengths[3]",
              "3");
  expectError(read({values, wide("lengths", {2, INT64_MAX, 0, 0})}),
              "lengths[1]");
  expectError(read({values, narrow("lengths", {2, 0, 1, 1})}), "end at 4",
              "5 values");
  expectError(
      read({values, narrow("lengths", {5, 0}), narrow("offsets", {0, 5, 5})}),
      "both");
  expectError(read({values}), "'offsets'");
  expectError(read({values, narrow("offsets", {})}), "'offsets'", "empty");
}

TEST_F(BatchFile, convertsIndexTypes) {
  expectSame(read(
      {wide("values", {5, 6, 7, 8, 9}), wide("offsets", {0, 2, 2, 3, 5})}));
  expectSame(read({narrow("values", {5, 6, 7, 8, 9}),
                   narrow("offsets", {0, 2, 2, 3, 5})},
                  {}, 2, IndexType::i64),
             IndexType::i64);
}

TEST_F(BatchFile, namesAnIndexThatDoesNotFit) {
  expectError(read({wide("values", {5, 6, 7, 2147483648, 9}),
                    wide("offsets", {0, 2, 2, 3, 5})}),
              "values[3]", "2147483648", "i32");
}

TEST_F(BatchFile, refusesWrongTypesAndShapes) {
  Tensor offsets = narrow("offsets", {0, 2, 2, 3, 5});
  expectError(read({offsets}), "'values'");
  expectError(
      read({tensor<float>("values", DType::f32, {1, 2, 3, 4, 5}), offsets}),
      "'values'", "F32", "I32 or I64");
  Tensor square = narrow("values", {5, 6, 7, 8});
  square.info.shape = {2, 2};
  expectError(read({square, offsets}), "'values'", "[2, 2]");
}

TEST_F(BatchFile, checksWeights) {
  Tensor values = narrow("values", {5, 6, 7, 8, 9});
  Tensor offsets = narrow("offsets", {0, 2, 2, 3, 5});
  Result<Batch> batch =
      read({values, offsets,
            tensor<float>("weights", DType::f32, {.1f, .2f, .3f, .4f, .5f})});
  expectSame(batch);
  EXPECT_EQ(batch->weights[4], .5f);
  expectError(
      read({values, offsets, tensor<float>("weights", DType::f32, {1, 2})}),
      "'weights'", "[2]", "[5]");
  expectError(read({values, offsets,
                    tensor<double>("weights", DType::f64, {1, 2, 3, 4, 5})}),
              "'weights'", "F64", "F32");
}

} // namespace
