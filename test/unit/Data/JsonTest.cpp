//===- JsonTest.cpp - JSON text to a document -----------------------------===//

#include "recflex/Support/Json.h"

#include "TestFiles.h"

using namespace recflex;
using nlohmann::json;

namespace {

TEST(Json, parsesEveryKindOfValue) {
  std::string text = R"({"a":[1,-2,2.5,true,null,"x",{}],"b":{"c":[]},)"
                     R"("big":18446744073709551615})";
  Result<json> document = parseJson(text);
  ASSERT_TRUE(document) << document.error().message;
  EXPECT_EQ(*document, json::parse(text));
}

TEST(Json, parsesABareValue) {
  Result<json> document = parseJson(" 7 ");
  ASSERT_TRUE(document);
  EXPECT_EQ(*document, json(7));
}

TEST(Json, namesLineAndColumn) {
  expectError(parseJson("{\n  \"a\": 1,\n  oops\n}"), "line 3");
  expectError(parseJson(""), "line 1");
  expectError(parseJson("{} {}"), "line 1");
  expectError(parseJson("[1e999]"), "1e999");
  expectError(parseJson("\"\xff\""), "line 1");
}

TEST(Json, refusesDuplicateKeys) {
  expectError(parseJson(R"({"a":{"b":1,"c":2,"b":3}})"), "'b'", "twice");
  expectValue(parseJson(R"({"a":{"b":1},"c":{"b":1}})"));
}

TEST(Json, refusesDeepNesting) {
  expectValue(parseJson(std::string(64, '[') + std::string(64, ']')));
  expectError(parseJson(std::string(65, '[') + std::string(65, ']')), "64");
  expectError(parseJson(std::string(1000000, '[')), "64");
}

} // namespace
