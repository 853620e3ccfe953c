//===- SamplesTest.cpp - Statistics of the caller's batches ---------------===//

#include "Owned.h"

#include "../../Data/TestFiles.h"
#include "recflex/Data/BatchFile.h"

#include <climits>

namespace recflex {
namespace {

struct CSamples : testing::Test {
  Owned<RecflexCompiler> compiler = createCompiler();
  Owned<RecflexModel> model = import(compiler, describeShop());
  ShopBatch arrays;

  void expectRefused(const RecflexBatch &batch, const std::string &message) {
    expectError(attach(model, batch), "batches[0]: " + message);
    EXPECT_EQ(print(model).find("stats"), std::string::npos);
  }
};

TEST_F(CSamples, BecomeStatistics) {
  ASSERT_EQ(attach(model, arrays.get()), RECFLEX_OK) << recflexLastError();
  std::string text = print(model);
  // 2 + 0 + 1 words of three samples, two of which have some.
  EXPECT_NE(text.find("stats = #emb.stats<mean = 1.000000e+00, stddev = "
                      "0.81649658092772603, max = 2, coverage = "
                      "0.66666666666666663, distinct = 3.000000e+00, batch = "
                      "3>"),
            std::string::npos)
      << text;
}

TEST_F(CSamples, LengthsSayTheSameAsOffsets) {
  ASSERT_EQ(attach(model, arrays.get()), RECFLEX_OK);
  std::string text = print(model);
  RecflexBatch batch = arrays.get();
  batch.lengths = arrays.lengths;
  batch.offsets = nullptr;
  batch.lookups = 6;
  Owned<RecflexModel> other = import(compiler, describeShop());
  ASSERT_EQ(attach(other, batch), RECFLEX_OK) << recflexLastError();
  EXPECT_EQ(print(other), text);
}

TEST_F(CSamples, SeveralBatchesAreTakenTogether) {
  RecflexBatch first = arrays.get(), second = arrays.get();
  second.batchSize = 1;
  const int32_t offsets[] = {0, 1, 6};
  second.offsets = offsets;
  const RecflexBatch *batches[] = {&first, &second};
  ASSERT_EQ(recflexModelAttachSamples(model.get(), batches, 2), RECFLEX_OK);
  EXPECT_NE(print(model).find("max = 5"), std::string::npos) << print(model);
}

TEST_F(CSamples, NewOnesReplaceOldOnes) {
  ASSERT_EQ(attach(model, arrays.get()), RECFLEX_OK);
  std::string text = print(model);
  RecflexBatch other = arrays.get();
  const int32_t offsets[] = {0, 0, 0, 0, 6, 6, 6};
  other.offsets = offsets;
  ASSERT_EQ(attach(model, other), RECFLEX_OK);
  EXPECT_NE(print(model), text);
  ASSERT_EQ(attach(model, arrays.get()), RECFLEX_OK);
  EXPECT_EQ(print(model), text);
}

TEST_F(CSamples, ThatDoNotFit) {
  RecflexBatch batch = arrays.get();
  batch.batchSize = 0;
  expectRefused(batch, "batchSize is 0; a batch needs at least one sample");
  batch.batchSize = INT64_MAX;
  expectRefused(batch, "batchSize is 9223372036854775807, too many for 2");
  batch = arrays.get();
  batch.lengths = arrays.lengths;
  expectRefused(batch, "has offsets and lengths; give one of them");
  batch = arrays.get();
  batch.offsets = nullptr;
  expectRefused(batch, "has neither offsets nor lengths");
  batch = arrays.get();
  batch.keyStarts = arrays.offsets;
  expectRefused(batch, "has keyStarts or views");
  batch = arrays.get();
  batch.lookups = 5;
  expectRefused(batch, "has 5 lookups, but its bags end at 6");
  batch.lookups = -1;
  expectRefused(batch, "has -1 lookups");
  batch = arrays.get();
  batch.values = nullptr;
  expectRefused(batch, "values is null; give 6 of them");

  batch = arrays.get();
  arrays.offsets[0] = 1;
  expectRefused(batch, "feature 0, sample 0: offsets start at 1");
  arrays.offsets[0] = 0;
  arrays.offsets[3] = 1;
  expectRefused(batch, "feature 0, sample 2: offsets go down from 2 to 1");
  arrays.offsets[3] = 3;
  arrays.offsets[6] = -4;
  expectRefused(batch, "has 0 lookups, but its bags end at -4");
  batch.offsets = nullptr;
  batch.lengths = arrays.lengths;
  arrays.lengths[4] = -1;
  expectRefused(batch, "length 4 is -1; it cannot be negative");
  arrays.lengths[4] = INT_MAX;
  expectRefused(batch, "the lengths come to ");
}

TEST_F(CSamples, NullsAreRefused) {
  RecflexBatch batch = arrays.get();
  const RecflexBatch *batches[] = {&batch, nullptr};
  expectError(recflexModelAttachSamples(nullptr, batches, 1), "model is null");
  expectError(recflexModelAttachSamples(model.get(), nullptr, 1),
              "batches is null");
  expectError(recflexModelAttachSamples(model.get(), batches, 0),
              "count is 0; give at least one batch");
  expectError(recflexModelAttachSamples(model.get(), batches, 2),
              "batches[1]: RecflexBatch is null");
  const char *paths[] = {"x", nullptr};
  expectError(recflexModelAttachSampleFiles(nullptr, paths, 1),
              "model is null");
  expectError(recflexModelAttachSampleFiles(model.get(), nullptr, 1),
              "paths is null");
  expectError(recflexModelAttachSampleFiles(model.get(), paths, -1),
              "count is -1");
  expectError(recflexModelAttachSampleFiles(model.get(), paths, 2),
              "paths[1] is null");
  RecflexBatch unset = {};
  expectRefused(unset, "RecflexBatch.structSize is 0");
}

/// The arrays as a file holds them.
Batch toBatch(const ShopBatch &arrays, int64_t features) {
  Batch batch;
  batch.batchSize = 6 / features;
  batch.numFeatures = features;
  for (int32_t value : arrays.values)
    batch.values.append(value);
  for (int32_t offset : arrays.offsets)
    batch.offsets.append(offset);
  return batch;
}

TEST_F(CSamples, FilesSayTheSameAsArrays) {
  TestFolder folder;
  std::string path = folder.file("batch.safetensors");
  ASSERT_TRUE(writeBatch(toBatch(arrays, 2), path));
  const char *paths[] = {path.c_str(), path.c_str()};
  ASSERT_EQ(recflexModelAttachSampleFiles(model.get(), paths, 2), RECFLEX_OK)
      << recflexLastError();
  Owned<RecflexModel> other = import(compiler, describeShop());
  ASSERT_EQ(attach(other, arrays.get()), RECFLEX_OK);
  EXPECT_EQ(print(model), print(other));
}

TEST_F(CSamples, FilesThatAreNotThereOrNotForIt) {
  const char *missing[] = {"/no/such/file"};
  expectError(recflexModelAttachSampleFiles(model.get(), missing, 1),
              "/no/such/file: ", RECFLEX_IO_ERROR);
  TestFolder folder;
  std::string path = folder.file("batch.safetensors");
  ASSERT_TRUE(writeBatch(toBatch(arrays, 3), path));
  const char *paths[] = {path.c_str()};
  expectError(recflexModelAttachSampleFiles(model.get(), paths, 1),
              path + ": the batch has 3 features, the model 2");
  std::string other = folder.put("other", "no batch");
  paths[0] = other.c_str();
  expectError(recflexModelAttachSampleFiles(model.get(), paths, 1),
              other + ": ");
  EXPECT_EQ(print(model).find("stats"), std::string::npos);
}

TEST_F(CSamples, AModelNeedsLookups) {
  Owned<RecflexModel> empty = parse(compiler, "module {}");
  expectError(attach(empty, arrays.get()), "the model looks up no features");
}

} // namespace
} // namespace recflex
