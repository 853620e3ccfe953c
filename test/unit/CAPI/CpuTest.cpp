//===- CpuTest.cpp - The C API on the CPU ---------------------------------===//

#include "Loaded.h"

#include "recflex/Runtime/Reference.h"
#include "recflex/Support/HalfFloat.h"

#include <array>
#include <gtest/gtest.h>
#include <thread>

namespace recflex {
namespace {

constexpr int64_t kSamples = 5, kKeys = 4, kWidth = 12;

/// The test model on the CPU with tables of small whole numbers, and a batch.
class CCpu : public testing::Test {
protected:
  void SetUp() override {
    for (size_t i = 0; i != users.size(); ++i)
      users[i] = static_cast<float>(i % 7);
    for (size_t i = 0; i != items.size(); ++i)
      items[i] = f32ToF16(static_cast<float>(i % 5));
    std::vector<int64_t> values;
    for (int64_t bag = 0; bag != kKeys * kSamples; ++bag) {
      lengths.push_back(static_cast<int32_t>(bag % 4));
      for (int64_t i = 0; i != bag % 4; ++i)
        values.push_back((3 * bag + i) % 10);
    }
    batch =
        makeBatch(kKeys, kSamples, {lengths.begin(), lengths.end()}, values);
    for (size_t i = 0; i != values.size(); ++i)
      batch.weights.push_back(static_cast<float>(1 + i % 3));

    RecflexLoadOptions options = RECFLEX_INIT(options);
    options.device = RECFLEX_DEVICE_CPU;
    options.cpuThreads = 2;
    std::string bytes = makeArtifactBytes();
    ASSERT_EQ(
        recflexModuleLoadMemory(bytes.data(), bytes.size(), &options, &module),
        RECFLEX_OK)
        << recflexLastError();
    const void *addresses[] = {users.data(), items.data()};
    ASSERT_EQ(recflexTablesAttach(module, addresses, 2, &tables), RECFLEX_OK)
        << recflexLastError();
    context = createContext();
  }

  void TearDown() override {
    recflexContextDestroy(context);
    recflexTablesDestroy(tables);
    recflexModuleDestroy(module);
  }

  RecflexContext *createContext() {
    RecflexContextOptions options = RECFLEX_INIT(options);
    options.checks = RECFLEX_CHECKS_ZERO_ROW;
    options.maxBatch = kSamples;
    options.maxLookups = 1000;
    RecflexContext *created = nullptr;
    EXPECT_EQ(recflexContextCreate(tables, &options, &created), RECFLEX_OK)
        << recflexLastError();
    return created;
  }

  RecflexBatch arguments(void *output) const {
    RecflexBatch b = RECFLEX_INIT(b);
    b.batchSize = kSamples;
    b.values = batch.values.bytes.data();
    b.offsets = batch.offsets.bytes.data();
    b.weights = batch.weights.data();
    b.lookups = static_cast<int64_t>(batch.values.size());
    b.output = output;
    return b;
  }

  /// What a launch gives in a dense f32 output.
  std::vector<float> pool(const RecflexBatch &given) {
    std::vector<float> output(kSamples * kWidth, -1);
    RecflexBatch b = given;
    b.output = output.data();
    EXPECT_EQ(recflexLaunch(context, &b, nullptr), RECFLEX_OK)
        << recflexLastError();
    return output;
  }

  std::vector<float> expected() const {
    Result<std::vector<float>> reference =
        poolReference(makeTestManifest(), {users.data(), items.data()}, batch);
    EXPECT_TRUE(reference);
    return *reference;
  }

  alignas(16) std::array<float, 20> users;
  alignas(16) std::array<uint16_t, 160> items;
  std::vector<int32_t> lengths;
  Batch batch;
  RecflexModule *module = nullptr;
  RecflexTables *tables = nullptr;
  RecflexContext *context = nullptr;
};

TEST_F(CCpu, SaysWhereItIs) {
  RecflexModuleInfo info = RECFLEX_INIT(info);
  ASSERT_EQ(recflexModuleInfo(module, &info), RECFLEX_OK);
  EXPECT_EQ(info.device, RECFLEX_DEVICE_CPU);
  EXPECT_STREQ(info.name, "small");
}

TEST_F(CCpu, PoolsOffsetsLengthsAndViews) {
  RecflexBatch b = arguments(nullptr);
  EXPECT_EQ(pool(b), expected());

  b.offsets = nullptr;
  b.lengths = lengths.data();
  EXPECT_EQ(pool(b), expected());

  std::vector<RecflexKeyView> views(kKeys);
  for (int64_t key = 0; key != kKeys; ++key) {
    auto address = [](const void *p) { return reinterpret_cast<uint64_t>(p); };
    const auto *offsets =
        reinterpret_cast<const int32_t *>(batch.offsets.bytes.data());
    views[key].values = address(batch.values.bytes.data());
    views[key].offsets = address(offsets + key * kSamples);
    views[key].weights = address(batch.weights.data());
    views[key].lookups = static_cast<int64_t>(batch.values.size());
    views[key].samples = kSamples;
  }
  b = RECFLEX_INIT(b);
  b.batchSize = kSamples;
  b.views = views.data();
  EXPECT_EQ(pool(b), expected());
}

TEST_F(CCpu, KeysMayHaveFewerSamples) {
  // Key 3 has 2 samples: bags 15 and 16 of 17.
  const int32_t starts[] = {0, 5, 10, 15, 17};
  RecflexBatch b = arguments(nullptr);
  b.keyStarts = starts;
  b.bags = 17;
  std::vector<float> wanted = expected(), found = pool(b);
  for (int64_t sample = 0; sample != kSamples; ++sample)
    for (int64_t column = 0; column != kWidth; ++column) {
      bool isEmpty = column < 2 && sample >= 2; // feature a reads key 3
      int64_t i = sample * kWidth + column;
      EXPECT_EQ(found[i], isEmpty ? 0 : wanted[i]) << sample << " " << column;
    }
}

TEST_F(CCpu, WritesTheTypeAndTheStrideAskedFor) {
  constexpr int64_t stride = 15;
  std::vector<uint16_t> output(kSamples * stride, 77);
  RecflexBatch b = arguments(output.data());
  b.outputType = RECFLEX_BF16;
  b.outputStride = stride;
  ASSERT_EQ(recflexLaunch(context, &b, nullptr), RECFLEX_OK)
      << recflexLastError();
  std::vector<float> wanted = expected();
  for (int64_t sample = 0; sample != kSamples; ++sample)
    for (int64_t column = 0; column != stride; ++column)
      EXPECT_EQ(output[sample * stride + column],
                column < kWidth ? f32ToBF16(wanted[sample * kWidth + column])
                                : 77);
}

TEST_F(CCpu, FaultsAreReported) {
  batch.values.set(0, 1000); // key 0, sample 1: feature c
  pool(arguments(nullptr));
  RecflexFault fault = {};
  int64_t count = 0, total = 0;
  ASSERT_EQ(recflexContextFaults(context, nullptr, &fault, 1, &count, &total),
            RECFLEX_OK);
  ASSERT_EQ(count, 1);
  EXPECT_EQ(total, 1);
  char text[200];
  recflexFaultText(module, &fault, text, sizeof text);
  EXPECT_STREQ(text, "feature 'c' (2), sample 1, position 0: index 1000 is "
                     "outside the 20 rows of table 'items'");
  ASSERT_EQ(recflexContextClearFaults(context, nullptr), RECFLEX_OK);
  ASSERT_EQ(recflexContextFaults(context, nullptr, &fault, 1, &count, &total),
            RECFLEX_OK);
  EXPECT_EQ(total, 0);
}

TEST_F(CCpu, TheSameBatchesAreRefused) {
  float output[kSamples * kWidth];
  auto statusOf = [&](void (*change)(RecflexBatch &)) {
    RecflexBatch b = arguments(output);
    change(b);
    return recflexLaunch(context, &b, nullptr);
  };
  using Batch = RecflexBatch;
  for (auto change :
       {+[](Batch &b) { b.structSize = 1; }, +[](Batch &b) { b.unused = 1; },
        +[](Batch &b) { b.outputType = 3; },
        +[](Batch &b) { b.batchSize = -1; },
        +[](Batch &b) { b.outputStride = 11; },
        +[](Batch &b) { b.output = nullptr; },
        +[](Batch &b) { b.offsets = nullptr; },
        +[](Batch &b) { b.weights = nullptr; },
        +[](Batch &b) { b.lengths = b.offsets; }})
    EXPECT_EQ(statusOf(change), RECFLEX_INVALID_ARGUMENT);
  EXPECT_EQ(statusOf([](Batch &b) {
              b.batchSize = kSamples + 1;
              b.lengths = b.offsets;
              b.offsets = nullptr;
            }),
            RECFLEX_LIMIT_EXCEEDED);
  EXPECT_EQ(statusOf([](Batch &b) { b.batchSize = 0; }), RECFLEX_OK);
}

TEST_F(CCpu, ManyThreadsShareAModule) {
  std::vector<float> wanted = expected();
  std::vector<int> wrong(4, 0);
  std::vector<std::thread> threads;
  for (int &count : wrong)
    threads.emplace_back([&] {
      RecflexContext *mine = createContext();
      std::vector<float> output(kSamples * kWidth);
      RecflexBatch b = arguments(output.data());
      for (int i = 0; i != 50; ++i)
        count +=
            recflexLaunch(mine, &b, nullptr) != RECFLEX_OK || output != wanted;
      recflexContextDestroy(mine);
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

TEST_F(CCpu, TooManyThreadsAreRefused) {
  RecflexLoadOptions options = RECFLEX_INIT(options);
  options.device = RECFLEX_DEVICE_CPU;
  options.cpuThreads = INT32_MAX;
  std::string bytes = makeArtifactBytes();
  RecflexModule *other = nullptr;
  EXPECT_NE(
      recflexModuleLoadMemory(bytes.data(), bytes.size(), &options, &other),
      RECFLEX_OK);
  EXPECT_EQ(other, nullptr);
}

} // namespace
} // namespace recflex
