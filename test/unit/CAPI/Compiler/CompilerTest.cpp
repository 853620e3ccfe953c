//===- CompilerTest.cpp - Compilers, texts, versions ----------------------===//

#include "Owned.h"

#include <thread>
#include <vector>

namespace recflex {
namespace {

TEST(CCompiler, Versions) {
  EXPECT_EQ(recflexCompilerApiVersion(),
            static_cast<uint32_t>(RECFLEX_COMPILER_API_VERSION));
  EXPECT_STREQ(recflexCompilerVersion(), recflexVersion());
  EXPECT_EQ(std::string(recflexCompilerLLVMVersion()).find("22.1"), 0u);
}

TEST(CCompiler, NullHandlesAreFineToDestroy) {
  recflexTextDestroy(nullptr);
  recflexDescriptionDestroy(nullptr);
  recflexCompilerDestroy(nullptr);
  recflexModelDestroy(nullptr);
  recflexArtifactDestroy(nullptr);
  EXPECT_STREQ(recflexTextData(nullptr), "");
  EXPECT_EQ(recflexTextSize(nullptr), 0u);
}

TEST(CCompiler, BadOptions) {
  RecflexCompiler *compiler = nullptr;
  expectError(recflexCompilerCreate(nullptr, nullptr), "compiler is null");
  RecflexCompilerOptions unset = {};
  expectError(recflexCompilerCreate(&unset, &compiler),
              "RecflexCompilerOptions.structSize is 0");
  RecflexCompilerOptions options = RECFLEX_INIT(options);
  options.remarks = "emb-(";
  expectError(recflexCompilerCreate(&options, &compiler),
              "RecflexCompilerOptions.remarks: is no regular expression: ");
  EXPECT_EQ(compiler, nullptr);
}

using Heard = std::vector<std::pair<RecflexSeverity, std::string>>;

void hear(RecflexSeverity severity, const char *message, void *user) {
  static_cast<Heard *>(user)->push_back({severity, message});
}

TEST(CCompiler, TheHandlerHearsOfErrorsAndRemarks) {
  Heard heard;
  RecflexCompilerOptions options = RECFLEX_INIT(options);
  options.handler = hear;
  options.user = &heard;
  options.remarks = "emb-select-schedules";
  Owned<RecflexCompiler> compiler = createCompiler(&options);
  RecflexModel *none = nullptr;
  expectError(recflexModelParse(compiler.get(), "nonsense", 8, "x.mlir", &none),
              "x.mlir: is not valid IR");
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_EQ(heard[0].first, RECFLEX_ERROR);
  EXPECT_EQ(heard[0].second.find("x.mlir:1:1: "), 0u);
  expectMentioned(heard[0].second);

  heard.clear();
  Owned<RecflexModel> model = createShop(compiler);
  auto artifact = make<RecflexArtifact>([&](RecflexArtifact **made) {
    return recflexModelCompile(model.get(), nullptr, made);
  });
  ASSERT_EQ(heard.size(), 2u);
  for (auto &[severity, message] : heard)
    EXPECT_EQ(severity, RECFLEX_REMARK);
  EXPECT_EQ(heard[0].second.find("feature 'user': "), 0u);
}

TEST(CCompiler, EveryThreadMayHaveOne) {
  std::string ptx[2];
  auto compile = [&](int number) {
    Owned<RecflexCompiler> compiler = createCompiler();
    Owned<RecflexModel> model = createShop(compiler);
    auto artifact = make<RecflexArtifact>([&](RecflexArtifact **made) {
      return recflexModelCompile(model.get(), nullptr, made);
    });
    ptx[number] = recflexArtifactPTX(artifact.get());
  };
  std::thread other(compile, 1);
  compile(0);
  other.join();
  EXPECT_NE(ptx[0], "");
  EXPECT_EQ(ptx[0], ptx[1]);
}

} // namespace
} // namespace recflex
