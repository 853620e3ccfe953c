//===- ManifestTest.cpp - The manifest and its JSON -----------------------===//

#include "recflex/Runtime/ManifestJson.h"

#include "TestModel.h"
#include "recflex/Runtime/Binding.h"

#include <functional>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace recflex {
namespace {

using Json = nlohmann::ordered_json;

TEST(Manifest, DescriptorsCarryTheFeatures) {
  Manifest m = makeTestManifest();
  std::vector<abi::FeatureDescriptor> d = makeDescriptors(m);
  ASSERT_EQ(d.size(), 3u);
  EXPECT_EQ(d[1].table, 0u);
  EXPECT_EQ(d[1].rows, 10);
  EXPECT_EQ(d[1].feature, 1);
  EXPECT_EQ(d[1].body, 1);
  EXPECT_EQ(d[1].column, 10);
  EXPECT_EQ(d[1].width, m.tables[m.features[1].table].width);
  EXPECT_EQ(d[1].samplesPerTile, 2);
  EXPECT_EQ(d[1].columnTiles, 1);
  EXPECT_EQ(d[1].parallelLookups, 2);
  EXPECT_EQ(d[0].feature, 3);
  EXPECT_EQ(d[2].rows, 20);
  EXPECT_EQ(d[2].columnTiles, 2);
  EXPECT_EQ(d[0].warpSamples, m.features[0].warpSamples);
  EXPECT_EQ(d[2].rowTile.magic, abi::divider(2).magic);
  EXPECT_EQ(d[2].rowTile.shift, abi::divider(2).shift);
  EXPECT_EQ(d[2].scratch, m.features[2].scratch);
}

TEST(Manifest, DividersAreExact) {
  for (int32_t divisor : {1, 2, 3, 5, 7, 8, 63, 64, 65, 641, 1000, 1024, 65535,
                          65537, 1 << 20, INT32_MAX}) {
    abi::Divider d = abi::divider(divisor);
    auto expectExact = [&](int64_t n) {
      if (n < 0 || n > INT32_MAX)
        return;
      EXPECT_EQ(static_cast<uint64_t>(n) * d.magic >> d.shift,
                static_cast<uint64_t>(n / divisor))
          << n << " / " << divisor;
    };
    // Around multiples is where a quotient may be off by one.
    for (int64_t q = 0; q <= INT32_MAX / divisor; q += 1 + q / 16)
      for (int64_t off : {-1, 0, 1})
        expectExact(q * divisor + off);
    expectExact(INT32_MAX);
    expectExact(int64_t{INT32_MAX} / divisor * divisor - 1);
  }
}

TEST(Manifest, JsonRoundTripKeepsEveryField) {
  Manifest m = makeTestManifest();
  m.indexType = IndexType::i64;
  m.maxLookups = int64_t{1} << 40;
  m.name = "quotes \" and \\ and \n and \xc3\xbc";
  m.tables[0].rows = int64_t{1} << 40;
  std::string text = toJson(m);
  EXPECT_EQ(text, toJson(m));
  Result<Manifest> read = manifestFromJson(text);
  ASSERT_TRUE(read) << read.error().message;
  // The writer visits the fields that the reader visits; these are compared
  // by hand so that a field missing from both is seen.
  EXPECT_EQ(read->name, m.name);
  EXPECT_EQ(read->chip, m.chip);
  EXPECT_EQ(read->ptxVersion, m.ptxVersion);
  EXPECT_EQ(read->leastDriver, m.leastDriver);
  EXPECT_EQ(read->producer, m.producer);
  EXPECT_EQ(read->indexType, m.indexType);
  EXPECT_EQ(read->jaggedFeatures, m.jaggedFeatures);
  EXPECT_EQ(read->outputWidth, m.outputWidth);
  EXPECT_EQ(read->maxBatch, m.maxBatch);
  EXPECT_EQ(read->maxLookups, m.maxLookups);
  EXPECT_EQ(read->threads, m.threads);
  EXPECT_EQ(read->blocksPerSM, m.blocksPerSM);
  EXPECT_EQ(read->sharedBytes, m.sharedBytes);
  EXPECT_EQ(read->scratchBytes, m.scratchBytes);
  EXPECT_EQ(read->weighted, m.weighted);
  EXPECT_EQ(read->fixedBinding, m.fixedBinding);
  ASSERT_EQ(read->tables.size(), m.tables.size());
  for (size_t i = 0; i != m.tables.size(); ++i) {
    EXPECT_EQ(read->tables[i].name, m.tables[i].name);
    EXPECT_EQ(read->tables[i].rows, m.tables[i].rows);
    EXPECT_EQ(read->tables[i].width, m.tables[i].width);
    EXPECT_EQ(read->tables[i].type, m.tables[i].type);
  }
  ASSERT_EQ(read->features.size(), m.features.size());
  for (size_t i = 0; i != m.features.size(); ++i) {
    const ManifestFeature &a = read->features[i], &e = m.features[i];
    EXPECT_EQ(a.name, e.name);
    EXPECT_EQ(a.key, e.key);
    EXPECT_EQ(a.table, e.table);
    EXPECT_EQ(a.body, e.body);
    EXPECT_EQ(a.column, e.column);
    EXPECT_EQ(a.pooling, e.pooling);
    EXPECT_EQ(a.weighted, e.weighted);
    EXPECT_EQ(a.samplesPerTile, e.samplesPerTile);
    EXPECT_EQ(a.columnTiles, e.columnTiles);
    EXPECT_EQ(a.parallelLookups, e.parallelLookups);
    EXPECT_EQ(a.warpSamples, e.warpSamples);
    EXPECT_EQ(a.scratch, e.scratch);
    EXPECT_EQ(a.rank, e.rank);
  }
  ASSERT_EQ(read->bodies.size(), m.bodies.size());
  for (size_t i = 0; i != m.bodies.size(); ++i) {
    EXPECT_EQ(read->bodies[i].schedule, m.bodies[i].schedule);
    EXPECT_EQ(read->bodies[i].name, m.bodies[i].name);
  }
  EXPECT_EQ(toJson(*read), text);
}

TEST(Manifest, NamesThatAreNotUtf8AreWrittenAnyway) {
  Manifest m = makeTestManifest();
  m.name = "a\xff";
  Result<Manifest> read = manifestFromJson(toJson(m));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->name, "a\xef\xbf\xbd");
}

/// The JSON of the test model after `change`, read.
std::string errorAfter(const std::function<void(Json &)> &change) {
  Json json = Json::parse(toJson(makeTestManifest()));
  change(json);
  Result<Manifest> read = manifestFromJson(json.dump());
  return read ? "no error" : read.error().message;
}

struct Rejection {
  const char *what;
  std::function<void(Json &)> change;
  const char *message; ///< must be a part of the error
};

class ManifestRejections : public testing::TestWithParam<Rejection> {};

TEST_P(ManifestRejections, NamesThePlace) {
  std::string error = errorAfter(GetParam().change);
  EXPECT_NE(error.find(GetParam().message), std::string::npos)
      << GetParam().what << ": " << error;
}

INSTANTIATE_TEST_SUITE_P(
    All, ManifestRejections,
    testing::Values(
        Rejection{"missing", [](Json &j) { j.erase("chip"); },
                  "chip: is missing"},
        Rejection{"missing in a list",
                  [](Json &j) { j["features"][1].erase("body"); },
                  "features[1].body: is missing"},
        Rejection{"unknown", [](Json &j) { j["bodies"][2]["x"] = 1; },
                  "bodies[2].x: is no field"},
        Rejection{"wrong type", [](Json &j) { j["threads"] = "128"; },
                  "threads: is not an integer"},
        Rejection{"fraction", [](Json &j) { j["threads"] = 128.0; },
                  "threads: is not an integer"},
        Rejection{"boolean", [](Json &j) { j["weighted"] = 1; },
                  "weighted: is neither"},
        Rejection{"string", [](Json &j) { j["tables"][0]["name"] = 5; },
                  "tables[0].name: is not a string"},
        Rejection{"list", [](Json &j) { j["tables"] = Json::object(); },
                  "tables: is not a list"},
        Rejection{"object", [](Json &j) { j["tables"][1] = 3; },
                  "tables[1]: is not an object"},
        Rejection{"whole", [](Json &j) { j = Json::array(); },
                  "the manifest: is not an object"},
        Rejection{"enumerator",
                  [](Json &j) { j["features"][0]["pooling"] = "median"; },
                  "features[0].pooling: 'median'"},
        Rejection{"32 bits",
                  [](Json &j) { j["features"][0]["key"] = 2147483648; },
                  "features[0].key: 2147483648 does not fit 32 bits"},
        Rejection{"64 bits",
                  [](Json &j) { j["tables"][0]["rows"] = UINT64_MAX; },
                  "tables[0].rows: 18446744073709551615 does not fit 64 bits"},
        Rejection{"chip", [](Json &j) { j["chip"] = "gfx90a"; },
                  "chip: 'gfx90a'"},
        Rejection{"PTX version", [](Json &j) { j["ptxVersion"] = "eight"; },
                  "ptxVersion: 'eight'"},
        Rejection{"driver", [](Json &j) { j["leastDriver"] = 12045; },
                  "leastDriver: 12045 is not a CUDA version"},
        Rejection{"driver negative", [](Json &j) { j["leastDriver"] = -10; },
                  "leastDriver: -10 is not a CUDA version"},
        Rejection{"batch negative", [](Json &j) { j["maxBatch"] = -1; },
                  "maxBatch: -1 is not in 0..536870911"},
        // 4 keys: 2^31 bags.
        Rejection{"batch", [](Json &j) { j["maxBatch"] = 536870912; },
                  "maxBatch: 536870912 is not in 0..536870911"},
        Rejection{"lookups of i32",
                  [](Json &j) { j["maxLookups"] = 2147483648; },
                  "maxLookups: 2147483648 is not in 0..2147483647"},
        Rejection{"threads", [](Json &j) { j["threads"] = 100; },
                  "threads: 100"},
        Rejection{"many threads", [](Json &j) { j["threads"] = 1056; },
                  "threads: 1056"},
        Rejection{"no threads", [](Json &j) { j["threads"] = 0; },
                  "threads: 0"},
        Rejection{"no width", [](Json &j) { j["tables"][1]["width"] = 0; },
                  "tables[1].width: 0 is not in 1..1024"},
        Rejection{"wide", [](Json &j) { j["tables"][1]["width"] = 1025; },
                  "tables[1].width: 1025"},
        Rejection{"no rows", [](Json &j) { j["tables"][0]["rows"] = 0; },
                  "tables[0].rows: 0"},
        Rejection{"bytes overflow",
                  [](Json &j) { j["tables"][0]["rows"] = INT64_MAX; },
                  "tables[0].rows: 9223372036854775807"},
        Rejection{"key", [](Json &j) { j["features"][0]["key"] = 4; },
                  "features[0].key: 4 names none of the 4"},
        Rejection{"table", [](Json &j) { j["features"][0]["table"] = 2; },
                  "features[0].table: 2 names none of the 2"},
        Rejection{"body", [](Json &j) { j["features"][2]["body"] = -1; },
                  "features[2].body: -1 names none of the 3"},
        Rejection{"rank without fixed binding",
                  [](Json &j) { j["features"][1]["rank"] = 1; },
                  "features[1].rank: 1 names none of the 1 ranks"},
        Rejection{"no rank",
                  [](Json &j) {
                    j["fixedBinding"] = true;
                    j["features"][1]["rank"] = 3;
                  },
                  "features[1].rank: 3 names none of the 3 ranks"},
        Rejection{"rank twice", [](Json &j) { j["fixedBinding"] = true; },
                  "features[1].rank: 0 belongs to another feature"},
        Rejection{"samples",
                  [](Json &j) { j["features"][1]["samplesPerTile"] = 0; },
                  "features[1].samplesPerTile: 0 is not positive"},
        Rejection{"column tiles",
                  [](Json &j) { j["features"][1]["columnTiles"] = 0; },
                  "features[1].columnTiles: 0 is not positive"},
        Rejection{"more tiles than columns",
                  [](Json &j) { j["features"][1]["columnTiles"] = 3; },
                  "features[1].columnTiles: 3 parts"},
        Rejection{"more tiles than parts of columns",
                  [](Json &j) {
                    j["scratchBytes"] = 64;
                    j["features"][1]["columnTiles"] = 33;
                  },
                  "features[1].columnTiles: 33 parts"},
        Rejection{"scratch in pieces", [](Json &j) { j["scratchBytes"] = 24; },
                  "scratchBytes: 24 is not a multiple of 16"},
        Rejection{"scratch negative", [](Json &j) { j["scratchBytes"] = -16; },
                  "scratchBytes: -16 is not a multiple of 16"},
        Rejection{"scratch outside",
                  [](Json &j) { j["features"][0]["scratch"] = 16; },
                  "features[0].scratch: 16 is not a multiple of 16 in 0..0"},
        Rejection{"lookups",
                  [](Json &j) { j["features"][1]["parallelLookups"] = -5; },
                  "features[1].parallelLookups: -5 is not positive"},
        Rejection{"warp samples",
                  [](Json &j) { j["features"][1]["warpSamples"] = -3; },
                  "features[1].warpSamples: -3 for each of"},
        Rejection{"column outside",
                  [](Json &j) { j["features"][1]["column"] = 11; },
                  "features[1].column: 2 columns from 11 on"},
        Rejection{"column negative",
                  [](Json &j) { j["features"][0]["column"] = -1; },
                  "features[0].column: 2 columns from -1 on"},
        Rejection{"column at the end of numbers",
                  [](Json &j) { j["features"][0]["column"] = INT64_MAX; },
                  "features[0].column: 2 columns from 9223372036854775807"},
        Rejection{"overlap", [](Json &j) { j["features"][2]["column"] = 1; },
                  "features[2].column: column 1 belongs to features[0]"},
        Rejection{"same column",
                  [](Json &j) { j["features"][2]["column"] = 0; },
                  "features[2].column: column 0 belongs to features[0]"},
        Rejection{"output", [](Json &j) { j["outputWidth"] = 2147483648; },
                  "outputWidth: 2147483648"},
        Rejection{"weighted max",
                  [](Json &j) { j["features"][2]["weighted"] = true; },
                  "features[2].weighted: max pooling"},
        Rejection{"weighted model", [](Json &j) { j["weighted"] = false; },
                  "weighted: is false, but a feature is"}));

TEST(Manifest, LargestBatchIsWhatTheGridTakes) {
  Manifest m = makeTestManifest();
  auto accepts = [&](int64_t batch) {
    return static_cast<bool>(checkGrid(countBlocks(makeDescriptors(m), batch),
                                       m.jaggedFeatures, batch));
  };
  auto expectLargest = [&](int64_t largest) {
    EXPECT_EQ(largestBatch(m), largest);
    EXPECT_TRUE(accepts(largest));
    EXPECT_FALSE(accepts(largest + 1));
  };
  expectLargest(INT32_MAX / 4); // bags of 4 keys
  m.jaggedFeatures = 1;
  // Blocks: a quarter, a half and two a sample.
  expectLargest(780903144);
  m.features.resize(1);
  expectLargest(kMaxBatch);
}

TEST(Manifest, TextThatIsNotJsonIsRefused) {
  std::string text = toJson(makeTestManifest());
  for (const std::string &bad :
       {std::string(), std::string("null"), text.substr(0, text.size() - 1),
        text + "x", std::string(100000, '['), std::string(100000, '{'),
        std::string(8, '\0'), std::string("{\"name\": \"\xff\"}")}) {
    Result<Manifest> read = manifestFromJson(bad);
    ASSERT_FALSE(read);
    EXPECT_FALSE(read.error().message.empty());
  }
  std::string twice = "{\"name\": \"other\"," + text.substr(1);
  EXPECT_FALSE(manifestFromJson(twice));
}

TEST(Manifest, AShortManifestDoesNotAskForMuch) {
  Manifest m = makeTestManifest();
  m.maxBatch = 1;
  m.jaggedFeatures = kMaxJaggedFeatures;
  EXPECT_TRUE(check(m));
  m.jaggedFeatures = kMaxJaggedFeatures + 1;
  EXPECT_EQ(check(m).error().message,
            "jaggedFeatures: 1048577 is not in 0..1048576");

  // A list of what are no features ends with the first.
  Json json = Json::parse(toJson(makeTestManifest()));
  json["features"] = std::vector<int>(100000, 1);
  Result<Manifest> read = manifestFromJson(json.dump());
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message, "features[0]: is not an object");
}

TEST(Manifest, ManyFeaturesInOnePlaceAreFoundSoon) {
  Manifest m = makeTestManifest();
  m.features.resize(1, m.features[0]);
  m.features.resize(1000000, m.features[0]);
  EXPECT_EQ(check(m).error().message.find("features[1].column: column 0"), 0u);
}

TEST(Manifest, MessagesShowLittleOfLongNames) {
  std::string name(1 << 20, '\n');
  for (const char *place : {"chip", "indexType"}) {
    Json json = Json::parse(toJson(makeTestManifest()));
    json[place] = name;
    Result<Manifest> read = manifestFromJson(json.dump());
    ASSERT_FALSE(read) << place;
    EXPECT_LT(read.error().message.size(), 4000u) << place;
    EXPECT_EQ(read.error().message.find('\n'), std::string::npos) << place;
  }
  Json json = Json::parse(toJson(makeTestManifest()));
  json[name] = 1;
  Result<Manifest> read = manifestFromJson(json.dump());
  ASSERT_FALSE(read);
  EXPECT_LT(read.error().message.size(), 4000u);
  EXPECT_EQ(read.error().message.find('\n'), std::string::npos);
}

TEST(Manifest, FixedBindingTellsSomeCutsApart) {
  Manifest m = makeTestManifest();
  ManifestFeature feature = m.features.front();
  m.features.clear();
  int64_t width = m.tables[feature.table].width;
  m.outputWidth = 100 * width;
  m.maxBatch = 1;
  m.fixedBinding = true;
  for (int32_t i = 0; i != 65; ++i) {
    feature.samplesPerTile = i + 1;
    feature.warpSamples = 0;
    feature.column = i * width;
    feature.rank = i;
    m.features.push_back(feature);
    Status status = check(m);
    if (i < 64)
      EXPECT_TRUE(status) << status.error().message;
    else
      EXPECT_EQ(status.error().message,
                "fixedBinding: features have 65 different samplesPerTile, at "
                "most 64 can be told apart; bind at run time");
  }
}

TEST(Manifest, NoFeaturesAtAllIsAModelToo) {
  Manifest m = makeTestManifest();
  m.tables.clear();
  m.features.clear();
  m.bodies.clear();
  m.weighted = false;
  m.outputWidth = m.jaggedFeatures = 0;
  Result<Manifest> read = manifestFromJson(toJson(m));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_TRUE(makeDescriptors(*read).empty());
}

} // namespace
} // namespace recflex
