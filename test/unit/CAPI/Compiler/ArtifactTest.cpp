//===- ArtifactTest.cpp - Models, compiled --------------------------------===//

#include "Owned.h"

#include <cstdlib>
#include <fstream>
#include <unistd.h>

namespace recflex {
namespace {

struct CArtifact : testing::Test {
  Owned<RecflexCompiler> compiler = createCompiler();
  Owned<RecflexModel> model = createShop(compiler);
  RecflexCompileOptions options = RECFLEX_INIT(options);

  Owned<RecflexArtifact> compile() {
    return make<RecflexArtifact>([&](RecflexArtifact **made) {
      return recflexModelCompile(model.get(), &options, made);
    });
  }
  void expectRefused(const std::string &message) {
    RecflexArtifact *made = nullptr;
    expectError(recflexModelCompile(model.get(), &options, &made), message);
    EXPECT_EQ(made, nullptr);
  }
};

std::string bytesOf(const Owned<RecflexArtifact> &artifact) {
  size_t size = 0;
  const void *bytes = recflexArtifactBytes(artifact.get(), &size);
  return {static_cast<const char *>(bytes), size};
}

Owned<RecflexModule> load(const Owned<RecflexArtifact> &artifact) {
  std::string bytes = bytesOf(artifact);
  RecflexLoadOptions cpu = RECFLEX_INIT(cpu);
  cpu.device = RECFLEX_DEVICE_CPU;
  return make<RecflexModule>([&](RecflexModule **made) {
    return recflexModuleLoadMemory(bytes.data(), bytes.size(), &cpu, made);
  });
}

TEST_F(CArtifact, LoadsInThisProcess) {
  Owned<RecflexArtifact> artifact = compile();
  Owned<RecflexModule> module = load(artifact);
  RecflexModuleInfo info = RECFLEX_INIT(info);
  ASSERT_EQ(recflexModuleInfo(module.get(), &info), RECFLEX_OK);
  EXPECT_STREQ(info.name, "shop");
  EXPECT_STREQ(info.chip, "sm_90");
  EXPECT_EQ(info.features, 2);
  EXPECT_EQ(info.outputWidth, 68);
  EXPECT_STREQ(recflexArtifactManifest(artifact.get()),
               recflexModuleManifest(module.get()));
  EXPECT_NE(
      std::string(recflexArtifactPTX(artifact.get())).find(".target sm_90"),
      std::string::npos);
}

TEST_F(CArtifact, TheModelStaysAsItWas) {
  std::string before = print(model);
  Owned<RecflexArtifact> first = compile();
  EXPECT_EQ(print(model), before);
  EXPECT_EQ(bytesOf(compile()), bytesOf(first));
}

TEST_F(CArtifact, OutlivesModelAndCompiler) {
  Owned<RecflexArtifact> artifact = compile();
  model.reset();
  compiler.reset();
  auto text = make<RecflexText>([&](RecflexText **made) {
    return recflexArtifactPrint(artifact.get(), RECFLEX_IR_LLVM, made);
  });
  EXPECT_NE(std::string(recflexTextData(text.get())).find("recflex_forward"),
            std::string::npos);
}

TEST_F(CArtifact, TunedModelsKeepTheirSchedules) {
  RecflexTuneOptions tuning = RECFLEX_INIT(tuning);
  tuning.threads = 256;
  tuning.blocks = 4;
  ASSERT_EQ(recflexModelTune(model.get(), &tuning, nullptr), RECFLEX_OK);
  EXPECT_NE(std::string(recflexArtifactManifest(compile().get()))
                .find("\"threads\": 256"),
            std::string::npos);
}

TEST_F(CArtifact, DoesAsTheOptionsSay) {
  const char *schedules[] = {"sub_warp"};
  options.schedules = schedules;
  options.scheduleCount = 1;
  options.chip = "sm_80";
  options.threads = 64;
  options.blocks = 8;
  options.batch = 1000;
  Owned<RecflexArtifact> artifact = compile();
  std::string manifest = recflexArtifactManifest(artifact.get());
  EXPECT_NE(manifest.find("sm_80"), std::string::npos);
  EXPECT_NE(manifest.find("#emb.sub_warp"), std::string::npos);
  EXPECT_EQ(manifest.find("#emb.gather"), std::string::npos);
  auto text = make<RecflexText>([&](RecflexText **made) {
    return recflexArtifactPrint(artifact.get(), RECFLEX_IR_MLIR, made);
  });
  std::string ir = recflexTextData(text.get());
  EXPECT_NE(ir.find("occupancy <threads = 64, blocks = 8>"), std::string::npos);
  EXPECT_NE(ir.find("gpu.module"), std::string::npos);
}

TEST_F(CArtifact, BadOptions) {
  const char *names[] = {"fastest", "sm_90", "sm_90"};
  options.chip = "sm_9";
  expectRefused("unknown chip 'sm_9'; use sm_80");
  options.chip = "sm_70";
  expectRefused("chip 'sm_70' is too old; use sm_80 or later");
  options.chip = nullptr;
  options.threads = 33;
  expectRefused("'threads' must be a multiple of 32 from 32 to 1024, not 33");
  options.threads = -1;
  expectRefused("'threads' must be a multiple of 32 from 32 to 1024, not -1");
  options.threads = 0;
  options.blocks = 33;
  expectRefused("'blocks' must be from 1 to 32, not 33");
  options.blocks = 0;
  options.batch = -1;
  expectRefused("'batch' must be 0 or more samples, not -1");
  options.batch = 0;
  options.schedules = names;
  options.scheduleCount = 1;
  expectRefused("unknown schedule 'fastest'; use gather");
  options.scheduleCount = -1;
  expectRefused("RecflexCompileOptions.schedules: their number is -1");
  options.scheduleCount = 0;
  options.cubinCount = 1;
  expectRefused("RecflexCompileOptions.cubins is null; give");
  options.cubins = names;
  expectRefused("RecflexCompileOptions.cubins: fastest: is not a GPU arch");
  options.cubins = names + 1;
  options.cubinCount = 2;
  expectRefused("RecflexCompileOptions.cubins: sm_90: is named twice");
  options.cubinCount = 1;
  options.chip = "sm_100";
  expectRefused("RecflexCompileOptions.cubins: sm_90: PTX for sm_100 cannot");
  options.cubinCount = 0;
  options.binding = "sometimes";
  expectRefused("RecflexCompileOptions.binding: 'sometimes' is neither");
  options = {};
  expectRefused("RecflexCompileOptions.structSize is 0");
}

TEST_F(CArtifact, ModelsThatAreNoArtifact) {
  model = parse(compiler, "module {}");
  expectRefused("");
  expectMentioned("the model has no lookups to compile");
  EXPECT_NE(std::string(recflexLastError()).find("shop.mlir:1:1: "),
            std::string::npos)
      << recflexLastError();
}

TEST_F(CArtifact, IsWrittenWhole) {
  Owned<RecflexArtifact> artifact = compile();
  std::string path =
      testing::TempDir() + "recflex-capi-" + std::to_string(getpid());
  ASSERT_EQ(recflexArtifactWrite(artifact.get(), path.c_str()), RECFLEX_OK)
      << recflexLastError();
  std::ifstream file(path, std::ios::binary);
  std::string written{std::istreambuf_iterator<char>(file), {}};
  unlink(path.c_str());
  EXPECT_EQ(written, bytesOf(artifact));
  expectError(recflexArtifactWrite(artifact.get(), "/no/such/folder/x"),
              "/no/such/folder/x: ", RECFLEX_IO_ERROR);
}

TEST_F(CArtifact, NullsAreRefused) {
  Owned<RecflexArtifact> artifact = compile();
  RecflexArtifact *made = nullptr;
  RecflexText *text = nullptr;
  expectError(recflexModelCompile(nullptr, nullptr, &made), "model is null");
  expectError(recflexModelCompile(model.get(), nullptr, nullptr),
              "artifact is null");
  expectError(recflexArtifactWrite(nullptr, "x"), "artifact is null");
  expectError(recflexArtifactWrite(artifact.get(), nullptr), "path is null");
  expectError(recflexArtifactPrint(nullptr, RECFLEX_IR_MLIR, &text),
              "artifact is null");
  expectError(recflexArtifactPrint(artifact.get(), RECFLEX_IR_MLIR, nullptr),
              "text is null");
  expectError(
      recflexArtifactPrint(artifact.get(), static_cast<RecflexIR>(2), &text),
      "ir is 2; give one of RecflexIR");
  size_t size = 7;
  EXPECT_EQ(recflexArtifactBytes(nullptr, &size), nullptr);
  EXPECT_EQ(size, 0u);
  EXPECT_EQ(recflexArtifactBytes(nullptr, nullptr), nullptr);
  EXPECT_STREQ(recflexArtifactManifest(nullptr), "");
  EXPECT_STREQ(recflexArtifactPTX(nullptr), "");
  EXPECT_EQ(made, nullptr);
  EXPECT_EQ(text, nullptr);
}

} // namespace
} // namespace recflex
