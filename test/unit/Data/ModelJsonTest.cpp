//===- ModelJsonTest.cpp - Model descriptions in JSON ---------------------===//

#include "recflex/Data/ModelJson.h"

#include "TestFiles.h"
#include "recflex/Data/ModelLimits.h"

using namespace recflex;
using Kind = BagDistribution::Kind;

namespace {

const char *const oneTable = R"([{"name":"t","rows":10,"width":4}])";
const char *const oneFeature = R"([{"name":"f","table":"t"}])";

std::string document(const std::string &tables, const std::string &features,
                     const std::string &more = "") {
  return R"({"format":"recflex.model.v1",)" + more + R"("tables":)" + tables +
         R"(,"features":)" + features + "}";
}

void refusesTable(const std::string &members, const std::string &place,
                  const std::string &what) {
  expectError(parseModelJson(document("[{" + members + "}]", oneFeature)),
              place, what);
}
void refusesFeature(const std::string &members, const std::string &place,
                    const std::string &what) {
  expectError(parseModelJson(document(oneTable, "[{" + members + "}]")), place,
              what);
}
void refusesBags(const std::string &members, const std::string &place,
                 const std::string &what) {
  refusesFeature(R"("name":"f","table":"t","bags":{)" + members + "}", place,
                 what);
}

TEST(ModelJson, hasDefaults) {
  Result<ModelSpec> model = parseModelJson(document(oneTable, oneFeature));
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->name, "model");
  EXPECT_EQ(model->indexType, IndexType::i32);
  EXPECT_EQ(model->tables[0].type, RowType::f32);
  const FeatureSpec &feature = model->features[0];
  EXPECT_EQ(feature.pooling, Pooling::sum);
  EXPECT_FALSE(feature.weighted);
  EXPECT_EQ(feature.bags.kind, Kind::oneHot);
  EXPECT_EQ(feature.bags.coverage, 1.0);
}

TEST(ModelJson, readsEveryMember) {
  Result<ModelSpec> model = parseModelJson(R"({
    "format": "recflex.model.v1", "name": "m", "index_type": "i64",
    "tables": [{"name": "a", "rows": 1099511627776, "width": 1024,
                "type": "bf16"},
               {"name": "b", "rows": 1, "width": 1, "type": "f16"}],
    "features": [
      {"name": "w", "table": "b", "pooling": "mean", "weighted": true,
       "bags": {"kind": "multi-hot-static", "hotness": 9, "coverage": 0.5}},
      {"name": "x", "table": "a", "pooling": "max",
       "bags": {"kind": "multi-hot", "mean": 1.5, "stddev": 0, "max": 3}},
      {"name": "y", "table": "b",
       "bags": {"kind": "multi-hot-one-side", "mean": 7, "stddev": 2.25}},
      {"name": "z", "table": "b", "bags": {"kind": "one-hot", "coverage": 0}}]
  })");
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->name, "m");
  EXPECT_EQ(model->indexType, IndexType::i64);
  EXPECT_EQ(model->tables[0].rows, int64_t(1) << 40);
  EXPECT_EQ(model->tables[0].width, 1024);
  EXPECT_EQ(model->tables[0].type, RowType::bf16);
  EXPECT_EQ(model->tables[1].type, RowType::f16);
  ASSERT_EQ(model->features.size(), 4u);
  EXPECT_EQ(model->features[0].table, 1);
  EXPECT_EQ(model->features[0].pooling, Pooling::mean);
  EXPECT_TRUE(model->features[0].weighted);
  EXPECT_EQ(model->features[0].bags.kind, Kind::fixed);
  EXPECT_EQ(model->features[0].bags.hotness, 9);
  EXPECT_EQ(model->features[0].bags.coverage, 0.5);
  EXPECT_EQ(model->features[1].table, 0);
  EXPECT_EQ(model->features[1].pooling, Pooling::max);
  EXPECT_EQ(model->features[1].bags.kind, Kind::normal);
  EXPECT_EQ(model->features[1].bags.mean, 1.5);
  EXPECT_EQ(model->features[1].bags.max, 3);
  EXPECT_EQ(model->features[2].bags.kind, Kind::normalOneSide);
  EXPECT_EQ(model->features[2].bags.stddev, 2.25);
  EXPECT_EQ(model->features[3].bags.coverage, 0);
}

TEST(ModelJson, takesWholeNumbersInAnyForm) {
  Result<ModelSpec> model = parseModelJson(
      document(R"([{"name":"t","rows":1e6,"width":4.0}])", oneFeature));
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->tables[0].rows, 1000000);
  EXPECT_EQ(model->tables[0].width, 4);
}

TEST(ModelJson, numbersGroups) {
  Result<ModelSpec> model = parseModelJson(document(
      R"([{"name":"one","rows":5,"width":4},
          {"name":"many","rows":10,"width":8,"count":3}])",
      R"([{"name":"f","table":"many","count":3},
          {"name":"g","table":"one","count":2},
          {"name":"h","table":"many_1"},
          {"name":"k","table":"many_2","count":1}])"));
  ASSERT_TRUE(model) << model.error().message;
  std::vector<std::string> names;
  std::vector<int64_t> tables;
  for (const TableSpec &table : model->tables)
    names.push_back(table.name);
  EXPECT_EQ(names,
            (std::vector<std::string>{"one", "many_0", "many_1", "many_2"}));
  names.clear();
  for (const FeatureSpec &feature : model->features) {
    names.push_back(feature.name);
    tables.push_back(feature.table);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"f_0", "f_1", "f_2", "g_0", "g_1",
                                             "h", "k_0"}));
  EXPECT_EQ(tables, (std::vector<int64_t>{1, 2, 3, 0, 0, 2, 3}));
}

TEST(ModelJson, refusesGroupsThatDoNotMatch) {
  const char *tables = R"([{"name":"t","rows":10,"width":8,"count":3}])";
  for (const char *count : {"", R"(,"count":2)"})
    expectError(
        parseModelJson(document(
            tables, std::string(R"([{"name":"f","table":"t")") + count + "}]")),
        "features[0].table", "3 tables");
  expectError(parseModelJson(document(R"([{"name":"t","rows":1,"width":1,)"
                                      R"("count":2000000}])",
                                      oneFeature)),
              "tables[0].count", "65536");
  // Every entry within the limit, but not all of them together.
  expectError(parseModelJson(
                  document(oneTable, R"([{"name":"a","table":"t","count":60000},
                                {"name":"b","table":"t","count":60000}])")),
              "features[1]", "120000");
}

TEST(ModelJson, aShortTextDoesNotFillTheMemory) {
  std::string name(100000, 'x');
  auto counted = [&](int count, const std::string &name) {
    return R"([{"rows":10,"width":8,"count":)" + std::to_string(count) +
           R"(,"name":")" + name + "\"}]";
  };
  expectError(parseModelJson(document(counted(65536, name), oneFeature)),
              "tables[0].name", "has 100000 bytes", "65536 names", "shorter");
  // The limit is for all of them together, and a good name passes.
  expectError(parseModelJson(document(
                  oneTable, R"([{"name":"a)" + std::string(50, 'x') +
                                R"(","table":"t","count":40000},{"name":"b)" +
                                std::string(200, 'x') +
                                R"(","table":"t","count":20000}])")),
              "features[1].name", "has 201 bytes", "20000 names");
  expectValue(parseModelJson(document(
      counted(65536, "t"), R"([{"name":"f","table":"t","count":65536}])")));
}

TEST(ModelJson, listsHaveAnEnd) {
  std::string many = "[{}";
  for (int i = 0; i != 65536; ++i)
    many += ",{}";
  expectError(parseModelJson(document(many + "]", oneFeature)), "tables",
              "65537 entries", "65536");
}

TEST(ModelJson, messagesShowLittleOfLongNames) {
  std::string name(1 << 20, 'x');
  for (const std::string &text :
       {document(oneTable, R"([{"name":"f","table":")" + name + "\"}]"),
        document(oneTable, R"([{"name":"f","table":"t",")" + name + "\":1}]"),
        document(R"([{"name":"t","rows":")" + name + R"(","width":1}])",
                 oneFeature),
        R"({"format":")" + name + "\"}"}) {
    Result<ModelSpec> model = parseModelJson(text);
    ASSERT_FALSE(model);
    EXPECT_LT(model.error().message.size(), 2000u);
  }
}

// The suggestion must not cost seconds where there are many names to suggest.
TEST(ModelJson, suggestsAmongManyTables) {
  expectError(parseModelJson(document(
                  R"([{"name":"table","rows":1,"width":1,"count":65536}])",
                  R"([{"name":"f","table":"tabel"}])")),
              "features[0].table", "did you mean 'table'?");
}

TEST(ModelJson, refusesDuplicateNames) {
  expectError(parseModelJson(document(R"([{"name":"t","rows":1,"width":1},
                                          {"name":"t","rows":1,"width":1}])",
                                      oneFeature)),
              "tables[1].name", "'t'");
  expectError(parseModelJson(document(R"([{"name":"t_1","rows":1,"width":1},
                                          {"name":"t","rows":1,"width":1,
                                           "count":2}])",
                                      oneFeature)),
              "tables[1].name", "'t_1'");
  expectError(parseModelJson(document(R"([{"name":"t","rows":1,"width":1,
                                           "count":2},
                                          {"name":"t","rows":1,"width":1}])",
                                      oneFeature)),
              "tables[1].name", "'t'");
  expectError(parseModelJson(document(oneTable, R"([{"name":"f","table":"t"},
                                            {"name":"f","table":"t"}])")),
              "features[1].name", "'f'");
}

TEST(ModelJson, namesUnknownKeysAndTheNearest) {
  refusesTable(R"("name":"t","row":1,"width":1)", "tables[0].row", "'rows'");
  refusesTable(R"("name":"t","rows":1,"widht":1)", "tables[0].widht",
               "'width'");
  refusesFeature(R"("name":"f","table":"t","poolings":"sum")",
                 "features[0].poolings", "'pooling'");
  refusesBags(R"("coverag":1)", "features[0].bags.coverag", "'coverage'");
  // A key of another kind of bags.
  refusesBags(R"("kind":"one-hot","hotness":3)", "features[0].bags.hotness",
              "not a known key");
  expectError(
      parseModelJson(document(oneTable, oneFeature, R"("index-type":"i32",)")),
      "index-type", "'index_type'");
}

TEST(ModelJson, refusesBadTables) {
  refusesTable(R"("rows":1,"width":1)", "tables[0].name", "missing");
  refusesTable(R"("name":"","rows":1,"width":1)", "tables[0].name", "empty");
  refusesTable(R"("name":7,"rows":1,"width":1)", "tables[0].name", "7");
  refusesTable(R"("name":"__metadata__","rows":1,"width":1)", "tables[0].name",
               "__metadata__");
  refusesTable(R"("name":"t","width":1)", "tables[0].rows", "missing");
  refusesTable(R"("name":"t","rows":0,"width":1)", "tables[0].rows", "0");
  refusesTable(R"("name":"t","rows":1.5,"width":1)", "tables[0].rows", "1.5");
  refusesTable(R"("name":"t","rows":"1","width":1)", "tables[0].rows", "1");
  refusesTable(R"("name":"t","rows":18446744073709551615,"width":1)",
               "tables[0].rows", "18446744073709551615");
  refusesTable(R"("name":"t","rows":1e300,"width":1)", "tables[0].rows",
               "1e+300");
  refusesTable(R"("name":"t","rows":2147483649,"width":1)", "tables[0].rows",
               "index_type");
  refusesTable(R"("name":"t","rows":1,"width":1025)", "tables[0].width",
               "from 1 to 1024");
  refusesTable(R"("name":"t","rows":1,"width":1,"type":"f64")",
               "tables[0].type", "f32, f16, bf16");
  expectError(parseModelJson(document("[]", oneFeature)), "tables", "empty");
  expectError(parseModelJson(document("{}", oneFeature)), "tables", "list");
  expectError(parseModelJson(document("[7]", oneFeature)), "tables[0]",
              "object");
}

TEST(ModelJson, refusesBadFeatures) {
  refusesFeature(R"("table":"t")", "features[0].name", "missing");
  refusesFeature(R"("name":"f")", "features[0].table", "missing");
  refusesFeature(R"("name":"f","table":"tt")", "features[0].table",
                 "did you mean 't'?");
  refusesFeature(R"("name":"f","table":0)", "features[0].table", "0");
  refusesFeature(R"("name":"f","table":"t","pooling":"avg")",
                 "features[0].pooling", "sum, mean, max");
  refusesFeature(R"("name":"f","table":"t","weighted":1)",
                 "features[0].weighted", "true or false");
  refusesFeature(R"("name":"f","table":"t","bags":[])", "features[0].bags",
                 "object");
  refusesFeature(R"("name":"f","table":"t","count":0)", "features[0].count",
                 "0");
  expectError(parseModelJson(document(oneTable, "[]")), "features", "empty");
}

TEST(ModelJson, refusesBadBags) {
  refusesBags(R"("kind":"two-hot")", "features[0].bags.kind", "one-hot");
  refusesBags(R"("coverage":1.01)", "features[0].bags.coverage", "1.01");
  refusesBags(R"("coverage":"1")", "features[0].bags.coverage", "number");
  refusesBags(R"("kind":"multi-hot-static")", "features[0].bags.hotness",
              "missing");
  refusesBags(R"("kind":"multi-hot-static","hotness":-1)",
              "features[0].bags.hotness", "-1");
  refusesBags(R"("kind":"multi-hot","stddev":1,"max":2)",
              "features[0].bags.mean", "missing");
  refusesBags(R"("kind":"multi-hot","mean":-0.5,"stddev":1,"max":2)",
              "features[0].bags.mean", "-0.5");
  refusesBags(R"("kind":"multi-hot","mean":1,"stddev":1)",
              "features[0].bags.max", "missing");
  refusesBags(R"("kind":"multi-hot-one-side","mean":1)",
              "features[0].bags.stddev", "missing");
  refusesBags(R"("kind":"multi-hot-one-side","mean":1,"stddev":1,"max":2)",
              "features[0].bags.max", "not a known key");
}

TEST(ModelJson, refusesBadDocuments) {
  expectError(parseModelJson("[]"), "the document", "object");
  expectError(parseModelJson("{"), "line 1");
  expectError(parseModelJson("{}"), "format", "missing");
  expectError(parseModelJson(R"({"format":"recflex.model.v2"})"), "format",
              "recflex.model.v2");
  expectError(parseModelJson(R"({"format":"recflex.model.v1"})"), "tables",
              "missing");
  expectError(
      parseModelJson(document(oneTable, oneFeature, R"("index_type":"i16",)")),
      "index_type", "i32, i64");
  TestFolder folder;
  expectError(readModelJson(folder.put("m.json", "{}")), "m.json", "format");
  expectError(readModelJson(folder.file("none.json")), "none.json");
}

void expectSame(const ModelSpec &a, const ModelSpec &b) {
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.indexType, b.indexType);
  ASSERT_EQ(a.tables.size(), b.tables.size());
  for (size_t i = 0; i < a.tables.size(); ++i) {
    EXPECT_EQ(a.tables[i].name, b.tables[i].name);
    EXPECT_EQ(a.tables[i].rows, b.tables[i].rows);
    EXPECT_EQ(a.tables[i].width, b.tables[i].width);
    EXPECT_EQ(a.tables[i].type, b.tables[i].type);
  }
  ASSERT_EQ(a.features.size(), b.features.size());
  for (size_t i = 0; i < a.features.size(); ++i) {
    const FeatureSpec &x = a.features[i], &y = b.features[i];
    EXPECT_EQ(x.name, y.name);
    EXPECT_EQ(x.table, y.table);
    EXPECT_EQ(x.pooling, y.pooling);
    EXPECT_EQ(x.weighted, y.weighted);
    EXPECT_EQ(x.bags.kind, y.bags.kind);
    EXPECT_EQ(x.bags.coverage, y.bags.coverage);
    EXPECT_EQ(x.bags.hotness, y.bags.hotness);
    EXPECT_EQ(x.bags.mean, y.bags.mean);
    EXPECT_EQ(x.bags.stddev, y.bags.stddev);
    EXPECT_EQ(x.bags.max, y.bags.max);
  }
}

TEST(ModelJson, printsWhatItReads) {
  ModelSpec model;
  model.name = "a \"name\"";
  model.indexType = IndexType::i64;
  model.tables = {{"t\\0", int64_t(1) << 40, 3, RowType::f16},
                  {"t1", 7, 1024, RowType::bf16}};
  BagDistribution fixed{Kind::fixed, 0.1, 12, 0, 0, 0};
  BagDistribution normal{Kind::normal, 1.0 / 3, 1, 10.25, 0.7, 99};
  BagDistribution oneSide{Kind::normalOneSide, 1.0, 1, 1e-9, 1e6, 0};
  model.features = {{"a", 1, Pooling::sum, false, {}},
                    {"b", 0, Pooling::mean, true, fixed},
                    {"c", 1, Pooling::max, false, normal},
                    {"d", 1, Pooling::sum, true, oneSide}};
  Result<ModelSpec> back = parseModelJson(printModelJson(model));
  ASSERT_TRUE(back) << back.error().message;
  expectSame(model, *back);

  TestFolder folder;
  expectValue(writeModelJson(model, folder.file("m.json")));
  Result<ModelSpec> read = readModelJson(folder.file("m.json"));
  ASSERT_TRUE(read) << read.error().message;
  expectSame(model, *read);
}

TEST(ShippedModels, sampleIsVariedAndSmall) {
  Result<ModelSpec> model =
      readModelJson(RECFLEX_SOURCE_DIR "/models/sample.json");
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_GE(model->features.size(), 95u);
  EXPECT_LE(model->features.size(), 105u);
  EXPECT_TRUE(model->hasWeights());
  EXPECT_LT(model->tables.size(), model->features.size());
  int64_t bytes = 0;
  bool oddWidth = false, poolings[3] = {}, types[3] = {}, kinds[4] = {};
  for (const TableSpec &table : model->tables) {
    bytes += table.rows * table.width * byteSize(table.type);
    oddWidth |= table.width % 2 == 1;
    types[size_t(table.type)] = true;
    EXPECT_GE(table.width, 4);
    EXPECT_LE(table.width, 128);
  }
  for (const FeatureSpec &feature : model->features) {
    poolings[size_t(feature.pooling)] = true;
    kinds[size_t(feature.bags.kind)] = true;
  }
  EXPECT_LT(bytes, 80000000);
  EXPECT_TRUE(oddWidth);
  for (bool seen : poolings)
    EXPECT_TRUE(seen);
  for (bool seen : types)
    EXPECT_TRUE(seen);
  for (bool seen : kinds)
    EXPECT_TRUE(seen);
}

TEST(ShippedModels, tinyIsTiny) {
  Result<ModelSpec> model =
      readModelJson(RECFLEX_SOURCE_DIR "/models/tiny.json");
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_GE(model->features.size(), 5u);
  EXPECT_LE(model->features.size(), 8u);
}

} // namespace
