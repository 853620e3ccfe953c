//===- ModelTest.cpp - emb IR in and out ----------------------------------===//

#include "Owned.h"

namespace recflex {
namespace {

TEST(CModel, ADescriptionBecomesLookups) {
  Owned<RecflexModel> model = import(createCompiler(), describeShop());
  std::string text = print(model);
  EXPECT_NE(text.find("func.func @shop("), std::string::npos) << text;
  EXPECT_NE(text.find("emb.lookup mean"), std::string::npos) << text;
  EXPECT_EQ(text.find("stats"), std::string::npos);
  EXPECT_EQ(text.substr(text.size() - 3), "\n}\n");
}

TEST(CModel, TextAndBytecodeReadBack) {
  Owned<RecflexCompiler> compiler = createCompiler();
  Owned<RecflexModel> model = createShop(compiler);
  std::string text = print(model);
  EXPECT_EQ(print(parse(compiler, text)), text);
  std::string bytecode = bytesOf(make<RecflexText>([&](RecflexText **made) {
    return recflexModelWriteBytecode(model.get(), made);
  }));
  EXPECT_EQ(bytecode.substr(0, 4), "ML\xefR");
  // Another compiler reads it, from an address that is not aligned.
  std::string shifted = "x" + bytecode;
  auto read = make<RecflexModel>([&](RecflexModel **made) {
    return recflexModelParse(createCompiler().get(), shifted.data() + 1,
                             bytecode.size(), nullptr, made);
  });
  EXPECT_EQ(print(read), text);
}

TEST(CModel, OutlivesItsCompilerAndDescription) {
  Owned<RecflexCompiler> compiler = createCompiler();
  Owned<RecflexDescription> shop = describeShop();
  Owned<RecflexModel> model = import(compiler, shop);
  compiler.reset();
  shop.reset();
  EXPECT_NE(print(model).find("@shop"), std::string::npos);
}

TEST(CModel, NoHeedIsTakenOfWhatFollowsTheText) {
  std::string text = "module {}garbage";
  auto model = make<RecflexModel>([&](RecflexModel **made) {
    return recflexModelParse(createCompiler().get(), text.data(), 9, nullptr,
                             made);
  });
  EXPECT_NE(print(model).find("module"), std::string::npos);
}

TEST(CModel, BadSources) {
  Owned<RecflexCompiler> compiler = createCompiler();
  RecflexModel *model = nullptr;
  auto statusOf = [&](const std::string &source, const char *name = nullptr) {
    return recflexModelParse(compiler.get(), source.data(), source.size(), name,
                             &model);
  };
  expectError(statusOf("func.func @f(", "bad.mlir"),
              "bad.mlir: is not valid IR\nbad.mlir:1:13: ");
  expectError(statusOf("%0 = emb.nothing"), "model: is not valid IR\nmodel:1:");
  expectMentioned("emb.nothing");
  // Of emb's verifiers.
  expectError(statusOf("func.func @f(%k: !emb.kjt<2 x i32>) {\n"
                       "  %b = emb.feature %k[5] : !emb.kjt<2 x i32> -> "
                       "!emb.bags<i32>\n  return\n}"),
              "model: is not valid IR\nmodel:2:");
  expectError(statusOf(std::string("ML\xefR") + "garbage"),
              "model: is not valid IR\n");
  // No error is left for the next call to find.
  EXPECT_EQ(statusOf(""), RECFLEX_OK);
  recflexModelDestroy(model);
}

TEST(CModel, NullsAreRefused) {
  Owned<RecflexCompiler> compiler = createCompiler();
  Owned<RecflexDescription> shop = describeShop();
  Owned<RecflexModel> model = import(compiler, shop);
  RecflexModel *made = nullptr;
  RecflexText *text = nullptr;
  expectError(recflexModelImport(nullptr, shop.get(), &made),
              "compiler is null");
  expectError(recflexModelImport(compiler.get(), nullptr, &made),
              "description is null");
  expectError(recflexModelImport(compiler.get(), shop.get(), nullptr),
              "model is null");
  expectError(recflexModelParse(nullptr, "", 0, nullptr, &made),
              "compiler is null");
  expectError(recflexModelParse(compiler.get(), nullptr, 0, nullptr, &made),
              "source is null");
  expectError(recflexModelParse(compiler.get(), "", 0, nullptr, nullptr),
              "model is null");
  expectError(recflexModelPrint(nullptr, &text), "model is null");
  expectError(recflexModelPrint(model.get(), nullptr), "text is null");
  expectError(recflexModelWriteBytecode(nullptr, &text), "model is null");
  expectError(recflexModelWriteBytecode(model.get(), nullptr),
              "bytecode is null");
  EXPECT_EQ(made, nullptr);
  EXPECT_EQ(text, nullptr);
}

TEST(CModel, ADescriptionNeedsFeatures) {
  Owned<RecflexDescription> shop = createDescription();
  ASSERT_EQ(addTable(shop, "users", 100, 4), RECFLEX_OK);
  RecflexModel *made = nullptr;
  expectError(recflexModelImport(createCompiler().get(), shop.get(), &made),
              "the description has no features; add at least one");
  EXPECT_EQ(made, nullptr);
}

} // namespace
} // namespace recflex
