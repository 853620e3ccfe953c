//===- DescriptionTest.cpp - Tables and features, call by call ------------===//

#include "Owned.h"

#include <cmath>

namespace recflex {
namespace {

std::string print(const Owned<RecflexDescription> &description) {
  return bytesOf(make<RecflexText>([&](RecflexText **made) {
    return recflexDescriptionPrint(description.get(), made);
  }));
}

RecflexStatus parse(const std::string &json, RecflexDescription **made) {
  return recflexDescriptionParse(json.data(), json.size(), made);
}

TEST(CDescription, SaysAllThatJsonSays) {
  Owned<RecflexDescription> built = createDescription(RECFLEX_INDEX_I64);
  ASSERT_EQ(addTable(built, "a", 10, 4), RECFLEX_OK);
  ASSERT_EQ(addTable(built, "b", 20, 8, RECFLEX_F16), RECFLEX_OK);
  ASSERT_EQ(addTable(built, "c", int64_t{1} << 32, 16, RECFLEX_BF16),
            RECFLEX_OK);
  RecflexFeatureDescription feature = RECFLEX_INIT(feature);
  feature.name = "one";
  feature.table = "a";
  EXPECT_EQ(recflexDescriptionAddFeature(built.get(), &feature), RECFLEX_OK);
  feature.name = "fixed";
  feature.table = "b";
  feature.pooling = RECFLEX_POOLING_MEAN;
  feature.weighted = 1;
  feature.bags = RECFLEX_BAGS_FIXED;
  feature.hotness = 3;
  feature.coverage = 0.5;
  EXPECT_EQ(recflexDescriptionAddFeature(built.get(), &feature), RECFLEX_OK);
  feature = RECFLEX_INIT(feature);
  feature.name = "normal";
  feature.table = "c";
  feature.pooling = RECFLEX_POOLING_MAX;
  feature.bags = RECFLEX_BAGS_NORMAL;
  feature.mean = 20;
  feature.stddev = 2.5;
  feature.max = 50;
  EXPECT_EQ(recflexDescriptionAddFeature(built.get(), &feature), RECFLEX_OK);
  feature.name = "long";
  feature.bags = RECFLEX_BAGS_NORMAL_ONE_SIDE;
  EXPECT_EQ(recflexDescriptionAddFeature(built.get(), &feature), RECFLEX_OK);

  std::string json = R"({
  "format": "recflex.model.v1",
  "name": "shop",
  "index_type": "i64",
  "tables": [
    {"name": "a", "rows": 10, "width": 4, "type": "f32"},
    {"name": "b", "rows": 20, "width": 8, "type": "f16"},
    {"name": "c", "rows": 4294967296, "width": 16, "type": "bf16"}
  ],
  "features": [
    {"name": "one", "table": "a", "pooling": "sum", "bags": {"kind": "one-hot", "coverage": 1.0}},
    {"name": "fixed", "table": "b", "pooling": "mean", "weighted": true, "bags": {"kind": "multi-hot-static", "hotness": 3, "coverage": 0.5}},
    {"name": "normal", "table": "c", "pooling": "max", "bags": {"kind": "multi-hot", "mean": 20.0, "stddev": 2.5, "max": 50, "coverage": 1.0}},
    {"name": "long", "table": "c", "pooling": "max", "bags": {"kind": "multi-hot-one-side", "mean": 20.0, "stddev": 2.5, "coverage": 1.0}}
  ]
}
)";
  EXPECT_EQ(print(built), json);
  auto parsed = make<RecflexDescription>(
      [&](RecflexDescription **made) { return parse(json, made); });
  EXPECT_EQ(print(parsed), json);

  // What was read can be added to.
  expectError(addTable(parsed, "a", 10, 4), "table 'a': name: 'a' names two");
  expectError(addFeature(parsed, "one", "a"), "feature 'one': name: 'one' nam");
  EXPECT_EQ(addFeature(parsed, "more", "b"), RECFLEX_OK);
  EXPECT_NE(print(parsed).find("\"name\": \"more\", \"table\": \"b\""),
            std::string::npos);
}

TEST(CDescription, NullsAreRefused) {
  Owned<RecflexDescription> shop = describeShop();
  RecflexDescription *made = nullptr;
  RecflexText *text = nullptr;
  expectError(recflexDescriptionCreate("x", RECFLEX_INDEX_I32, nullptr),
              "description is null");
  expectError(recflexDescriptionParse(nullptr, 0, &made), "json is null");
  expectError(parse("{}", nullptr), "description is null");
  expectError(recflexDescriptionAddTable(shop.get(), nullptr),
              "RecflexTableDescription is null");
  expectError(recflexDescriptionAddFeature(shop.get(), nullptr),
              "RecflexFeatureDescription is null");
  expectError(addTable({}, "x", 1, 1), "description is null");
  expectError(addFeature({}, "x", "users"), "description is null");
  expectError(addTable(shop, nullptr, 1, 1),
              "RecflexTableDescription.name is null");
  expectError(addFeature(shop, nullptr, "users"),
              "RecflexFeatureDescription.name is null");
  expectError(addFeature(shop, "x", nullptr), "feature 'x': table is null");
  expectError(recflexDescriptionPrint(nullptr, &text), "description is null");
  expectError(recflexDescriptionPrint(shop.get(), nullptr), "json is null");
  RecflexTableDescription unset = {};
  expectError(recflexDescriptionAddTable(shop.get(), &unset),
              "RecflexTableDescription.structSize is 0");
  EXPECT_EQ(made, nullptr);
  EXPECT_EQ(text, nullptr);
  EXPECT_EQ(print(shop), print(describeShop()));
}

TEST(CDescription, ANameMayBeLeftOut) {
  for (const char *name : {static_cast<const char *>(nullptr), ""}) {
    auto made = make<RecflexDescription>([&](RecflexDescription **made) {
      return recflexDescriptionCreate(name, RECFLEX_INDEX_I32, made);
    });
    EXPECT_NE(print(made).find("\"name\": \"model\""), std::string::npos);
  }
}

TEST(CDescription, BadIndexTypes) {
  RecflexDescription *made = nullptr;
  expectError(
      recflexDescriptionCreate("x", static_cast<RecflexIndexType>(2), &made),
      "indexType is 2; give one of RecflexIndexType");
  EXPECT_EQ(made, nullptr);
}

TEST(CDescription, BadTables) {
  Owned<RecflexDescription> shop = describeShop();
  std::string before = print(shop);
  expectError(addTable(shop, "users", 5, 4),
              "table 'users': name: 'users' names two tables; rename one");
  expectError(addTable(shop, "", 5, 4), "table '': name: is empty");
  expectError(addTable(shop, "__metadata__", 5, 4),
              "table '__metadata__': name: '__metadata__' cannot name a table");
  expectError(addTable(shop, "x", 0, 4),
              "table 'x': rows: is 0 but must be a "
              "whole number from 1 to 1099511627776");
  expectError(addTable(shop, "x", -1, 4), "table 'x': rows: is -1");
  expectError(addTable(shop, "x", (int64_t{1} << 31) + 1, 4),
              "table 'x': rows: is 2147483649, too many for indices of type "
              "i32; set index_type to i64");
  expectError(addTable(shop, "x", 5, 0), "table 'x': width: is 0 but");
  expectError(addTable(shop, "x", 5, 1025), "table 'x': width: is 1025 but");
  expectError(addTable(shop, "x", 5, 4, 3),
              "table 'x': type is 3; give one of RecflexType");
  expectError(addTable(shop, "x", 5, 4, -1), "table 'x': type is -1");
  EXPECT_EQ(print(shop), before);
}

TEST(CDescription, BadFeatures) {
  Owned<RecflexDescription> shop = describeShop();
  std::string before = print(shop);
  expectError(addFeature(shop, "user", "users"),
              "feature 'user': name: 'user' names two features; rename one");
  expectError(addFeature(shop, "", "users"), "feature '': name: is empty");
  expectError(addFeature(shop, "x", "user"),
              "feature 'x': table: there is no table 'user'; did you mean "
              "'users'?");
  expectError(addFeature(createDescription(), "x", "users"),
              "feature 'x': table: there is no table 'users', nor any other");
  expectError(addFeature(shop, "x", "users", 3),
              "feature 'x': pooling is 3; give one of RecflexPooling");

  RecflexFeatureDescription good = RECFLEX_INIT(good);
  good.name = "x";
  good.table = "users";
  auto expectRefused = [&](auto change, const std::string &message) {
    RecflexFeatureDescription bad = good;
    change(bad);
    expectError(recflexDescriptionAddFeature(shop.get(), &bad), message);
  };
  using Feature = RecflexFeatureDescription;
  expectRefused([](Feature &f) { f.weighted = 2; },
                "feature 'x': weighted is 2; give 0 or 1");
  expectRefused([](Feature &f) { f.bags = 4; },
                "feature 'x': bags is 4; give one of RecflexBags");
  expectRefused([](Feature &f) { f.coverage = 1.5; },
                "feature 'x': bags.coverage: is 1.5 but must be a number from "
                "0 to 1");
  expectRefused([](Feature &f) { f.coverage = std::nan(""); },
                "feature 'x': bags.coverage: is nan");
  expectRefused(
      [](Feature &f) {
        f.bags = RECFLEX_BAGS_FIXED;
        f.hotness = -1;
      },
      "feature 'x': bags.hotness: is -1 but must be a whole number");
  expectRefused(
      [](Feature &f) {
        f.bags = RECFLEX_BAGS_NORMAL;
        f.max = 1 << 30;
      },
      "feature 'x': bags.max: is 1073741824");
  expectRefused(
      [](Feature &f) {
        f.bags = RECFLEX_BAGS_NORMAL_ONE_SIDE;
        f.mean = -2;
      },
      "feature 'x': bags.mean: is -2");
  expectRefused(
      [](Feature &f) {
        f.bags = RECFLEX_BAGS_NORMAL;
        f.stddev = HUGE_VAL;
      },
      "feature 'x': bags.stddev: is inf");
  expectRefused(
      [](Feature &f) {
        f.unused = 1;
        f.bags = -1;
      },
      "feature 'x': bags is -1");
  EXPECT_EQ(print(shop), before);
}

TEST(CDescription, BadJson) {
  RecflexDescription *made = nullptr;
  expectError(parse("", &made), "");
  EXPECT_STRNE(recflexLastError(), "");
  expectError(parse("{\"format\": ", &made), "");
  expectError(parse(R"({"format": "other"})", &made),
              "format: is 'other' but must be 'recflex.model.v1'");
  expectError(parse(R"({"format": "recflex.model.v1",
                        "tables": [{"name": "t", "rows": 5, "width": 4}],
                        "features": [{"name": "f", "table": "tt"}]})",
                    &made),
              "features[0].table: there is no table 'tt'; did you mean 't'?");
  EXPECT_EQ(made, nullptr);
}

} // namespace
} // namespace recflex
