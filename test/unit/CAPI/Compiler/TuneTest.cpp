//===- TuneTest.cpp - Schedules by trials, through the C API --------------===//

#include "Owned.h"

#include <cmath>
#include <unistd.h>

namespace recflex {
namespace {

struct CTune : testing::Test {
  Owned<RecflexCompiler> compiler = createCompiler();
  Owned<RecflexModel> model = createShop(compiler);
  RecflexTuneOptions options = RECFLEX_INIT(options);

  void expectRefused(const std::string &message) {
    std::string before = print(model);
    expectError(recflexModelTune(model.get(), &options, nullptr), message);
    EXPECT_EQ(print(model), before);
  }
};

TEST_F(CTune, AttachesSchedulesAndOccupancy) {
  RecflexTuneResult result = RECFLEX_INIT(result);
  ASSERT_EQ(recflexModelTune(model.get(), nullptr, &result), RECFLEX_OK)
      << recflexLastError();
  EXPECT_EQ(result.threads, 128);
  EXPECT_EQ(result.blocks, 10);
  EXPECT_GT(result.measured, 2);
  EXPECT_EQ(result.known, 0);
  EXPECT_EQ(result.outOfTime, 0);
  EXPECT_GT(result.seconds, 0);
  std::string text = print(model);
  EXPECT_NE(text.find("emb.occupancy = #emb.occupancy<threads = 128, blocks = "
                      "10>"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("schedule = #emb."), std::string::npos);
}

TEST_F(CTune, DoesAsTheOptionsSay) {
  const char *schedules[] = {"block_reduce"};
  options.schedules = schedules;
  options.scheduleCount = 1;
  options.threads = 320;
  options.binding = "fixed";
  RecflexTuneResult result = RECFLEX_INIT(result);
  ASSERT_EQ(recflexModelTune(model.get(), &options, &result), RECFLEX_OK)
      << recflexLastError();
  EXPECT_EQ(result.threads, 320);
  EXPECT_EQ(result.blocks, 4);
  std::string text = print(model);
  EXPECT_NE(text.find("#emb.block_reduce"), std::string::npos);
  EXPECT_EQ(text.find("#emb.sub_warp"), std::string::npos);
  EXPECT_EQ(text.find("#emb.gather"), std::string::npos);
  EXPECT_NE(text.find("emb.binding = #emb.binding<fixed>"), std::string::npos)
      << text;
}

TEST_F(CTune, BadOptions) {
  options.device = 2;
  expectRefused("RecflexTuneOptions.device is 2; give one of");
  options.device = RECFLEX_TUNE_COST_MODEL;
  options.threads = 33;
  expectRefused("RecflexTuneOptions: 'threads' must be a multiple of 32");
  options.threads = -32;
  expectRefused("RecflexTuneOptions: 'threads' must be a multiple of 32");
  options.threads = 0;
  options.blocks = 33;
  expectRefused("RecflexTuneOptions: 'blocks' must be from 1 to 32, not 33");
  options.blocks = 0;
  options.timeBudget = -1;
  expectRefused("RecflexTuneOptions.timeBudget is -1; it must be 0 or more");
  options.timeBudget = std::nan("");
  expectRefused("RecflexTuneOptions.timeBudget is nan");
  options.timeBudget = 0;
  options.binding = "late";
  expectRefused("RecflexTuneOptions.binding: 'late' is neither runtime nor "
                "fixed");
  options.binding = nullptr;
  options.scheduleCount = 1;
  expectRefused("RecflexTuneOptions.schedules is null; give the addresses");
  const char *schedules[] = {"fastest"};
  options.schedules = schedules;
  expectRefused("RecflexTuneOptions.schedules: no dialect has a schedule "
                "'fastest'");
  options.scheduleCount = -1;
  expectRefused("RecflexTuneOptions.schedules: their number is -1");
  options.scheduleCount = 0;
  options.record = "/no/such/folder/record";
  std::string before = print(model);
  expectError(recflexModelTune(model.get(), &options, nullptr),
              "/no/such/folder/record: ", RECFLEX_IO_ERROR);
  EXPECT_EQ(print(model), before);
}

TEST_F(CTune, NullsAreRefused) {
  expectError(recflexModelTune(nullptr, nullptr, nullptr), "model is null");
  RecflexTuneResult unset = {};
  expectError(recflexModelTune(model.get(), nullptr, &unset),
              "RecflexTuneResult.structSize is 0");
  options = {};
  expectRefused("RecflexTuneOptions.structSize is 0");
}

TEST_F(CTune, OnAGpuNeedsSamplesAndTables) {
  options.device = RECFLEX_TUNE_GPU;
  options.tables = "/no/such/file";
  std::string before = print(model);
  expectError(recflexModelTune(model.get(), &options, nullptr),
              "/no/such/file: cannot open the file", RECFLEX_IO_ERROR);
  EXPECT_EQ(print(model), before);
  // The statistics alone do not do.
  model = parse(compiler, before);
  expectRefused("the model has no samples, which trials on a GPU run on");
}

TEST_F(CTune, OnAGpuThatIsNotThere) {
  if (access("/dev/nvidiactl", F_OK) == 0)
    GTEST_SKIP() << "there is one";
  options.device = RECFLEX_TUNE_GPU;
  std::string before = print(model);
  expectError(recflexModelTune(model.get(), &options, nullptr),
              "no CUDA driver: ", RECFLEX_NO_DEVICE);
  EXPECT_EQ(print(model), before);
}

TEST_F(CTune, NeedsStatisticsAndLookups) {
  model = import(compiler, describeShop());
  expectRefused("feature 'user'");
  model = parse(compiler, "module {}");
  expectRefused("the model has no lookups to tune");
}

} // namespace
} // namespace recflex
