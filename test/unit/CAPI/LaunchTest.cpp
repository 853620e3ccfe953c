//===- LaunchTest.cpp - Tables, contexts and launches over the C API ------===//

#include "Loaded.h"

#include "../Runtime/FakeCuda.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace recflex {
namespace {

TEST(CTables, OnesThatCannotBeAttached) {
  FakeCuda cuda;
  Loaded loaded(cuda.driver());
  ASSERT_TRUE(loaded.module);
  RecflexTables *tables = nullptr;
  auto statusOf = [&](std::vector<const void *> addresses) {
    return recflexTablesAttach(loaded.module, addresses.data(),
                               static_cast<int32_t>(addresses.size()), &tables);
  };
  const void *users = Loaded::address(0x10000);
  const void *items = Loaded::address(0x20000);
  EXPECT_EQ(statusOf({users}), RECFLEX_INVALID_ARGUMENT);
  EXPECT_STREQ(recflexLastError(), "count is 1; the model has 2 tables, give "
                                   "the address of each");
  EXPECT_EQ(statusOf({users, items, items}), RECFLEX_INVALID_ARGUMENT);
  EXPECT_EQ(statusOf({users, nullptr}), RECFLEX_INVALID_ARGUMENT);
  EXPECT_EQ(std::string(recflexLastError()).find("table 1 ('items')"), 0u);
  EXPECT_EQ(statusOf({Loaded::address(0x10008), items}),
            RECFLEX_INVALID_ARGUMENT);
  EXPECT_EQ(recflexTablesAttach(loaded.module, nullptr, 2, &tables),
            RECFLEX_INVALID_ARGUMENT);
  EXPECT_EQ(recflexTablesAttach(loaded.module, &users, -1, &tables),
            RECFLEX_INVALID_ARGUMENT);
  EXPECT_EQ(recflexTablesAttach(nullptr, &users, 1, &tables),
            RECFLEX_INVALID_ARGUMENT);
  const void *both[] = {users, items};
  EXPECT_EQ(recflexTablesAttach(loaded.module, both, 2, nullptr),
            RECFLEX_INVALID_ARGUMENT);
  EXPECT_EQ(tables, nullptr);

  cuda.failName = "cuMemAlloc";
  EXPECT_EQ(statusOf({users, items}), RECFLEX_OUT_OF_MEMORY);
  cuda.failName = "";
  EXPECT_EQ(statusOf({users, items}), RECFLEX_OK);
  recflexTablesDestroy(tables);
}

TEST(CContext, OnesThatCannotBeCreated) {
  FakeCuda cuda;
  Loaded loaded(cuda.driver());
  ASSERT_TRUE(loaded.tables);
  RecflexContext *context = nullptr;
  auto errorOf = [&](void (*change)(RecflexContextOptions &)) {
    RecflexContextOptions options = RECFLEX_INIT(options);
    change(options);
    RecflexStatus status =
        recflexContextCreate(loaded.tables, &options, &context);
    EXPECT_EQ(status, RECFLEX_INVALID_ARGUMENT);
    return std::string(recflexLastError()).substr(0, 12);
  };
  using Options = RecflexContextOptions;
  EXPECT_EQ(errorOf([](Options &o) { o.structSize = 0; }), "RecflexConte");
  EXPECT_EQ(errorOf([](Options &o) { o.checks = 3; }), "checks is 3;");
  EXPECT_EQ(errorOf([](Options &o) { o.checks = -1; }), "checks is -1");
  EXPECT_EQ(errorOf([](Options &o) { o.faultCapacity = -1; }), "faultCapacit");
  EXPECT_EQ(errorOf([](Options &o) { o.maxBatch = -1; }), "maxBatch is ");
  EXPECT_EQ(errorOf([](Options &o) { o.maxLookups = -1; }), "maxLookups i");
  EXPECT_EQ(recflexContextCreate(nullptr, nullptr, &context),
            RECFLEX_INVALID_ARGUMENT);
  EXPECT_EQ(recflexContextCreate(loaded.tables, nullptr, nullptr),
            RECFLEX_INVALID_ARGUMENT);
  EXPECT_EQ(context, nullptr);
}

/// A batch, changed, is launched; the arguments that arrive at the forward
/// kernel, or none.
class CLaunch : public testing::Test {
protected:
  RecflexStatus launch(void (*change)(RecflexBatch &),
                       void *stream = Loaded::address(0x99)) {
    RecflexBatch batch = Loaded::batch();
    change(batch);
    return recflexLaunch(loaded.context, &batch, stream);
  }

  FakeCuda cuda;
  Loaded loaded{cuda.driver()};
};

TEST_F(CLaunch, PassesTheBatchOn) {
  ASSERT_EQ(launch([](RecflexBatch &b) { b.outputStride = 16; }), RECFLEX_OK)
      << recflexLastError();
  ASSERT_EQ(cuda.launches.size(), 3u);
  const FakeLaunch &forward = cuda.launches[2];
  EXPECT_EQ(forward.stream, Loaded::address(0x99));
  for (uint64_t argument : {0x1004, 0x2008, 0x300c, 0x4010, 16, 9})
    EXPECT_TRUE(std::count(forward.arguments.begin(), forward.arguments.end(),
                           argument))
        << argument;
}

TEST_F(CLaunch, TheStrideIsTheWidthByDefault) {
  ASSERT_EQ(launch([](RecflexBatch &) {}, nullptr), RECFLEX_OK);
  ASSERT_EQ(cuda.launches.size(), 3u);
  const FakeLaunch &forward = cuda.launches[2];
  EXPECT_EQ(forward.stream, nullptr);
  EXPECT_EQ(std::count(forward.arguments.begin(), forward.arguments.end(), 12u),
            1);
}

TEST_F(CLaunch, NoSamplesAreNothingToDo) {
  EXPECT_EQ(launch([](RecflexBatch &b) { b = RECFLEX_INIT(b); }), RECFLEX_OK);
  EXPECT_TRUE(cuda.launches.empty());
}

TEST_F(CLaunch, BatchesThatCannotBe) {
  auto errorOf = [&](void (*change)(RecflexBatch &)) {
    EXPECT_EQ(launch(change), RECFLEX_INVALID_ARGUMENT);
    return std::string(recflexLastError());
  };
  EXPECT_NE(errorOf([](RecflexBatch &b) {
              b.structSize = 0;
            }).find("RecflexBatch.structSize is 0"),
            std::string::npos);
  EXPECT_NE(errorOf([](RecflexBatch &b) {
              b.outputType = 3;
            }).find("RecflexBatch.outputType is 3"),
            std::string::npos);
  EXPECT_NE(errorOf([](RecflexBatch &b) {
              b.outputType = -1;
            }).find("RecflexBatch.outputType is -1"),
            std::string::npos);
  EXPECT_NE(errorOf([](RecflexBatch &b) {
              b.unused = 1;
            }).find("RecflexBatch.unused is 1"),
            std::string::npos);
  EXPECT_NE(errorOf([](RecflexBatch &b) { b.output = nullptr; }).find("output"),
            std::string::npos);
  EXPECT_NE(
      errorOf([](RecflexBatch &b) { b.offsets = nullptr; }).find("offsets"),
      std::string::npos);
  EXPECT_NE(
      errorOf([](RecflexBatch &b) { b.weights = nullptr; }).find("weights"),
      std::string::npos);
  EXPECT_NE(errorOf([](RecflexBatch &b) { b.values = nullptr; }).find("values"),
            std::string::npos);
  EXPECT_NE(errorOf([](RecflexBatch &b) { b.lookups = -1; }).find("lookups"),
            std::string::npos);
  EXPECT_NE(errorOf([](RecflexBatch &b) { b.batchSize = -1; }).find("batch"),
            std::string::npos);
  EXPECT_NE(
      errorOf([](RecflexBatch &b) { b.outputStride = 11; }).find("output"),
      std::string::npos);
  EXPECT_NE(errorOf([](RecflexBatch &b) {
              b.lengths = Loaded::address(0x5000);
            }).find("offsets and lengths"),
            std::string::npos);
  // The context has no room for lengths.
  EXPECT_NE(errorOf([](RecflexBatch &b) {
              b.lengths = b.offsets;
              b.offsets = nullptr;
            }).find("maxBatch"),
            std::string::npos);
  EXPECT_EQ(recflexLaunch(loaded.context, nullptr, nullptr),
            RECFLEX_INVALID_ARGUMENT);
  RecflexBatch batch = Loaded::batch();
  EXPECT_EQ(recflexLaunch(nullptr, &batch, nullptr), RECFLEX_INVALID_ARGUMENT);
  EXPECT_TRUE(cuda.launches.empty());
}

TEST_F(CLaunch, BatchesThatAreTooLarge) {
  EXPECT_EQ(launch([](RecflexBatch &b) { b.batchSize = 1 << 29; }),
            RECFLEX_LIMIT_EXCEEDED);
  EXPECT_EQ(launch([](RecflexBatch &b) { b.batchSize = int64_t{1} << 40; }),
            RECFLEX_LIMIT_EXCEEDED);
  EXPECT_TRUE(cuda.launches.empty());
}

TEST_F(CLaunch, DriversThatFail) {
  cuda.failName = "cuLaunchKernel";
  cuda.failCode = 719;
  EXPECT_EQ(launch([](RecflexBatch &) {}), RECFLEX_DRIVER_ERROR);
  EXPECT_EQ(std::string(recflexLastError()).find("recflex_bind_keys"), 0u);
  cuda.failName = "";
  EXPECT_EQ(launch([](RecflexBatch &) {}), RECFLEX_OK);
}

} // namespace
} // namespace recflex
