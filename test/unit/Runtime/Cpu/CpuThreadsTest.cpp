//===- CpuThreadsTest.cpp - Many callers, and what a launch allocates -----===//

#include "../Allocations.h"
#include "CpuFixture.h"

#include "ThreadPool.h"

#include <atomic>
#include <chrono>
#include <thread>

namespace recflex {
namespace {

TEST(CpuThreadPool, EachPieceOnceForEachCaller) {
  for (int32_t threads : {1, 2, 5}) {
    auto pool = CpuThreadPool::create(threads);
    ASSERT_TRUE(pool);
    constexpr int64_t pieces = 1000;
    std::vector<std::thread> callers;
    std::atomic<int64_t> wrong{0};
    for (int caller = 0; caller != 4; ++caller)
      callers.emplace_back([&] {
        for (int64_t claim : {1, 3, 999, 2000}) {
          std::vector<std::atomic<int32_t>> done(pieces);
          (*pool)->run(pieces, claim, [&](int64_t piece) { ++done[piece]; });
          for (const std::atomic<int32_t> &count : done)
            wrong += count != 1;
        }
      });
    for (std::thread &caller : callers)
      caller.join();
    EXPECT_EQ(wrong, 0);
    (*pool)->run(0, 1, [&](int64_t) { FAIL(); });
  }
}

TEST(CpuThreadPool, WorksWithAsManyThreadsAsItSays) {
  auto pool = CpuThreadPool::create(3);
  ASSERT_TRUE(pool);
  // Three pieces that end only when all three have begun.
  std::atomic<int> begun{0};
  (*pool)->run(3, 1, [&](int64_t) {
    ++begun;
    while (begun < 3)
      std::this_thread::yield();
  });
  EXPECT_EQ(begun, 3);

  // Never more, callers included; and every caller's own thread works.
  std::atomic<int> working{0}, most{0};
  std::vector<std::thread> callers;
  std::atomic<int> ownWork{0};
  for (int caller = 0; caller != 3; ++caller)
    callers.emplace_back([&] {
      std::thread::id self = std::this_thread::get_id();
      std::atomic<bool> worked{false};
      (*pool)->run(40, 1, [&](int64_t) {
        int now = ++working;
        int seen = most;
        while (now > seen && !most.compare_exchange_weak(seen, now))
          ;
        if (std::this_thread::get_id() == self)
          worked = true;
        std::this_thread::sleep_for(std::chrono::microseconds(50));
        --working;
      });
      ownWork += worked;
    });
  for (std::thread &caller : callers)
    caller.join();
  // A helper may still be at a piece when a caller comes: one more each.
  EXPECT_LE(most, 5);
  EXPECT_EQ(ownWork, 3);
}

TEST(CpuThreadPool, TooManyThreadsIsAnError) {
  auto model = CpuModel::load(makeManifest({1}, RowType::f32, IndexType::i32),
                              {INT32_MAX});
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, ErrorCode::invalidArgument);
}

TEST(CpuThreads, ManyCallersGetTheBitsOfOne) {
  Manifest m = makeManifest({4, 33, 128}, RowType::f32, IndexType::i32);
  Tables tables(m, 1);
  Batch batch = makeRandomBatch(m, 300, 20, 4000, 2);
  std::vector<float> expected;
  CpuContext alone = makeCpuContext(m, tables, {1});
  ASSERT_TRUE(alone.launch(makeArguments(m, batch, expected)));

  auto model = CpuModel::load(m, {3});
  ASSERT_TRUE(model);
  auto attached = CpuTables::attach(*model, tables.addresses());
  ASSERT_TRUE(attached);
  std::vector<std::thread> callers;
  std::atomic<int> right{0};
  for (int caller = 0; caller != 8; ++caller)
    callers.emplace_back([&] {
      auto context = CpuContext::create(*attached);
      std::vector<float> output;
      for (int round = 0; round != 5; ++round) {
        BatchArguments arguments = makeArguments(m, batch, output);
        right += context->launch(arguments) && output == expected;
      }
    });
  for (std::thread &caller : callers)
    caller.join();
  EXPECT_EQ(right, 40);
}

TEST(CpuThreads, ALaunchAllocatesNothing) {
  Manifest m = makeManifest({4, 33, 300}, RowType::f32, IndexType::i32);
  Tables tables(m, 3);
  Batch batch = makeRandomBatch(m, 300, 20, 4000, 4);
  batch.values.set(7, 99);
  ContextOptions options;
  options.checks = InputChecks::zeroRow;
  options.maxBatch = 300;
  CpuContext context = makeCpuContext(m, tables, {3}, options);
  std::vector<float> output;
  BatchArguments byOffsets = makeArguments(m, batch, output);
  std::vector<int32_t> lengths;
  for (int64_t bag = 0; bag != m.jaggedFeatures * 300; ++bag)
    lengths.push_back(batch.offsets[bag + 1] - batch.offsets[bag]);
  BatchArguments byLengths = byOffsets;
  byLengths.offsets = 0;
  byLengths.lengths = addressOf(lengths.data());

  int64_t before = countAllocations();
  bool launched = true;
  for (int round = 0; round != 3; ++round) {
    launched &= static_cast<bool>(context.launch(byOffsets));
    launched &= static_cast<bool>(context.launch(byLengths));
  }
  EXPECT_EQ(countAllocations(), before);
  EXPECT_TRUE(launched);
  EXPECT_EQ(context.faults().total, 6);
  EXPECT_GT(countAllocations(), before) << "they are not counted";
}

} // namespace
} // namespace recflex
