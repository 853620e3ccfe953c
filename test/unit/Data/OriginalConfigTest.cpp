//===- OriginalConfigTest.cpp - The original RecFlex's model files --------===//

#include "recflex/Data/OriginalConfig.h"

#include "TestFiles.h"

using namespace recflex;
using Kind = BagDistribution::Kind;

namespace {

class OriginalConfig : public testing::Test {
protected:
  Result<ModelSpec> read(std::string_view tables, std::string_view data) {
    return readOriginalConfig(folder.put("table_config.txt", tables),
                              folder.put("data_config.txt", data), "m");
  }
  TestFolder folder;
};

TEST_F(OriginalConfig, readsEveryKind) {
  Result<ModelSpec> model = read("10,4\n20,8\n30,16\n40,32\n50,64\n",
                                 "one-hot,1,0.75\n"
                                 "multi-hot-static,2,7,1.0\n"
                                 "multi-hot,1,10,2.5,50,0\n"
                                 "multi-hot-one-side,1,100,50,0.5\n");
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->name, "m");
  EXPECT_EQ(model->indexType, IndexType::i32);
  ASSERT_EQ(model->tables.size(), 5u);
  EXPECT_EQ(model->tables[2].name, "t2");
  EXPECT_EQ(model->tables[2].rows, 30);
  EXPECT_EQ(model->tables[2].width, 16);
  EXPECT_EQ(model->tables[2].type, RowType::f32);
  ASSERT_EQ(model->features.size(), 5u);
  for (int64_t i = 0; i < 5; ++i) {
    EXPECT_EQ(model->features[i].name, "f" + std::to_string(i));
    EXPECT_EQ(model->features[i].table, i);
    EXPECT_EQ(model->features[i].pooling, Pooling::sum);
    EXPECT_FALSE(model->features[i].weighted);
  }
  EXPECT_EQ(model->features[0].bags.kind, Kind::oneHot);
  EXPECT_EQ(model->features[0].bags.coverage, 0.75);
  EXPECT_EQ(model->features[1].bags.kind, Kind::fixed);
  EXPECT_EQ(model->features[2].bags.hotness, 7);
  EXPECT_EQ(model->features[3].bags.kind, Kind::normal);
  EXPECT_EQ(model->features[3].bags.mean, 10);
  EXPECT_EQ(model->features[3].bags.stddev, 2.5);
  EXPECT_EQ(model->features[3].bags.max, 50);
  EXPECT_EQ(model->features[3].bags.coverage, 0);
  EXPECT_EQ(model->features[4].bags.kind, Kind::normalOneSide);
  EXPECT_EQ(model->features[4].bags.stddev, 50);
}

TEST_F(OriginalConfig, toleratesBlanksAndLineEnds) {
  Result<ModelSpec> model =
      read("10, 4\r\n\r\n20,8", "\n one-hot , 2 , 1.0\r\n\n");
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->features.size(), 2u);
}

TEST_F(OriginalConfig, takesWiderIndicesForHugeTables) {
  Result<ModelSpec> model = read("2147483648,4\n", "one-hot,1,1\n");
  ASSERT_TRUE(model);
  EXPECT_EQ(model->indexType, IndexType::i32);
  model = read("2147483649,4\n", "one-hot,1,1\n");
  ASSERT_TRUE(model);
  EXPECT_EQ(model->indexType, IndexType::i64);
}

TEST_F(OriginalConfig, namesFileAndLineOfBadTables) {
  const char *data = "one-hot,1,1\n";
  expectError(read("10,4\n10\n", data), "table_config.txt:2", "rows,width");
  expectError(read("10,4,\n", data), "table_config.txt:1", "3 fields");
  expectError(read("0,4\n", data), "table_config.txt:1", "rows is '0'");
  expectError(read("10,1025\n", data), "width is '1025'", "1024");
  expectError(read("10,4.5\n", data), "'4.5'");
  expectError(read("99999999999999999999,4\n", data), "rows");
  expectError(read("\n\n", data), "table_config.txt", "no table");
}

TEST_F(OriginalConfig, namesFileAndLineOfBadFeatures) {
  const char *tables = "10,4\n10,4\n";
  auto refuses = [&](std::string_view data, auto... parts) {
    expectError(read(tables, data), "data_config.txt:2", parts...);
  };
  refuses("one-hot,1,1\nmulti-cold,1,1\n", "'multi-cold'", "multi-hot-static");
  refuses("one-hot,1,1\none-hot,1\n", "2 fields", "one-hot,n,coverage");
  refuses("one-hot,1,1\nmulti-hot,1,2,3,4\n", "5 fields");
  refuses("one-hot,1,1\none-hot,1,1.5\n", "coverage is '1.5'");
  refuses("one-hot,1,1\none-hot,1,nan\n", "coverage is 'nan'");
  refuses("one-hot,1,1\none-hot,0,1\n", "features is '0'");
  refuses("one-hot,1,1\none-hot,x,1\n", "features is 'x'");
  refuses("one-hot,1,1\nmulti-hot-static,1,-1,1\n", "hotness is '-1'");
  refuses("one-hot,1,1\nmulti-hot,1,2,-3,4,1\n", "stddev is '-3'");
  refuses("one-hot,1,1\nmulti-hot-one-side,1,inf,3,1\n", "mean is 'inf'");
  refuses("one-hot,1,1\n,\n", "''");
}

TEST_F(OriginalConfig, longLinesAndFilesAreRefused) {
  std::string commas(1 << 20, ',');
  expectError(read("10,4" + commas + "\n", "one-hot,1,1\n"),
              "table_config.txt:1", "too many fields");
  expectError(read("10,4\n", "one-hot,1,1" + commas + "\n"),
              "data_config.txt:1", "too many fields");
  std::string tables;
  for (int i = 0; i != 65537; ++i)
    tables += "1,1\n";
  expectError(read(tables, "one-hot,1,1\n"), "table_config.txt:65537", "65536");
}

TEST_F(OriginalConfig, wantsAsManyFeaturesAsTables) {
  expectError(read("10,4\n10,4\n", "one-hot,1,1\n"), "data_config.txt",
              "1 features", "2 tables");
  expectError(read("10,4\n10,4\n", "one-hot,1,1\none-hot,2,1\n"),
              "data_config.txt:2", "3", "2 tables");
  expectError(read("10,4\n", "one-hot,1000000,1\n"), "data_config.txt:1");
  expectError(readOriginalConfig(folder.file("none"), folder.file("none"), ""),
              "none", "cannot open");
}

/// The original's own benchmark models, where they are at hand: the folder
/// named by RECFLEX_ORIGINAL_MODELS, or `shared/models` beside the sources.
TEST(OriginalModels, readAsPublished) {
  const char *named = std::getenv("RECFLEX_ORIGINAL_MODELS");
  std::string folder = named ? named : RECFLEX_SOURCE_DIR "/../shared/models";
  if (!std::filesystem::is_directory(folder))
    GTEST_SKIP() << "no folder of the original's models; name it in "
                    "RECFLEX_ORIGINAL_MODELS";
  const std::pair<const char *, size_t> models[] = {
      {"A", 1000}, {"B", 1200},  {"C", 800},     {"D", 1000},
      {"E", 1000}, {"F", 10000}, {"mlperf", 26}, {"test", 6}};
  for (auto [name, features] : models) {
    std::string path = folder + "/" + name;
    Result<ModelSpec> model = readOriginalConfig(
        path + "/table_config.txt", path + "/data_config.txt", name);
    ASSERT_TRUE(model) << model.error().message;
    EXPECT_EQ(model->features.size(), features) << name;
    EXPECT_EQ(model->tables.size(), features) << name;
  }
}

} // namespace
