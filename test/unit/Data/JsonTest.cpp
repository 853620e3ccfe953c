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

TEST(Json, refusesMoreValuesThanAnyModelHas) {
  std::string many = "[";
  for (int i = 0; i != (1 << 21); ++i)
    many += "1,";
  many += "1]";
  expectError(parseJson(many), "has more than 2097152 values");
}

TEST(Json, messagesShowLittleOfTheText) {
  std::string junk(1 << 20, '\x01');
  for (const std::string &text :
       {"\"" + junk,
        "{\"" + std::string(1 << 20, 'x') + "\":1,\"" +
            std::string(1 << 20, 'x') + "\":2}",
        std::string(1 << 20, '9')}) {
    Result<json> document = parseJson(text);
    ASSERT_FALSE(document);
    EXPECT_LT(document.error().message.size(), 1000u);
    EXPECT_EQ(document.error().message.find('\x01'), std::string::npos);
  }
}

} // namespace
