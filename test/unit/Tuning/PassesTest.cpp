//===- PassesTest.cpp - Passes with a measurer of another compiler's ------===//

#include "ScriptedMeasurer.h"
#include "TemporaryFolder.h"

#include "recflex/Tuning/Passes.h"
#include "recflex/Tuning/TunedModule.h"

#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

#include <gmock/gmock.h>

using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

namespace recflex {
namespace {

constexpr const char *kModule = R"(
func.func @model(%a: !emb.bags<i32>, %b: !emb.bags<i32>, %t: tensor<1000x64xf32>)
    -> (tensor<?x64xf32>, tensor<?x64xf32>) {
  %0 = emb.lookup sum %t[%a] {stats = #emb.stats<mean = 8.0, stddev = 2.0,
      max = 20, coverage = 1.0, distinct = 400.0, batch = 512>}
      : tensor<1000x64xf32>, !emb.bags<i32> -> tensor<?x64xf32>
  %1 = emb.lookup sum %t[%b] {stats = #emb.stats<mean = 30.0, stddev = 9.0,
      max = 90, coverage = 1.0, distinct = 900.0, batch = 512>}
      : tensor<1000x64xf32>, !emb.bags<i32> -> tensor<?x64xf32>
  return %0, %1 : tensor<?x64xf32>, tensor<?x64xf32>
})";

/// Passes trials on to a measurer that outlives the pass.
class Borrowed final : public Measurer {
public:
  explicit Borrowed(Measurer &inner) : inner(inner) {}
  const TuningDevice &device() const override { return inner.device(); }
  const TuningVersions &versions() const override { return inner.versions(); }
  std::vector<Occupancy> occupancies() const override {
    return inner.occupancies();
  }
  std::vector<Trial>
  measureCandidates(const FeatureClass &featureClass,
                    llvm::ArrayRef<emb::ScheduleAttrInterface> candidates,
                    const Occupancy &occupancy) override {
    return inner.measureCandidates(featureClass, candidates, occupancy);
  }
  Trial measureKernel(llvm::ArrayRef<FeatureClass> classes,
                      const Assignment &assignment,
                      const Occupancy &occupancy) override {
    return inner.measureKernel(classes, assignment, occupancy);
  }

private:
  Measurer &inner;
};

class PassesTest : public testing::Test {
protected:
  MeasurerFactory factory() {
    return [this](const MeasurerRequest &request)
               -> Result<std::unique_ptr<Measurer>> {
      threads = request.threads;
      binding = request.binding;
      return std::unique_ptr<Measurer>(std::make_unique<Borrowed>(measurer));
    };
  }
  std::unique_ptr<mlir::Pass> local() {
    EmbTuneLocalPassOptions options;
    options.record = folder.file("trials.db");
    options.threads = 256;
    return createEmbTuneLocalPass(factory(), options);
  }
  std::unique_ptr<mlir::Pass> occupancy() {
    EmbTuneOccupancyPassOptions options;
    options.record = folder.file("trials.db");
    return createEmbTuneOccupancyPass(factory(), options);
  }
  mlir::OwningOpRef<mlir::ModuleOp> parse() {
    return mlir::parseSourceString<mlir::ModuleOp>(kModule, context.get());
  }
  void run(mlir::ModuleOp module, std::unique_ptr<mlir::Pass> pass) {
    mlir::PassManager manager(context.get());
    manager.addPass(std::move(pass));
    EXPECT_TRUE(succeeded(manager.run(module)));
  }
  static std::string print(mlir::ModuleOp module) {
    std::string text;
    llvm::raw_string_ostream(text) << module;
    return text;
  }

  std::unique_ptr<mlir::MLIRContext> context = makeTuningContext();
  ScriptedMeasurer measurer;
  TemporaryFolder folder;
  int64_t threads = 0;
  std::optional<emb::BindingKind> binding;
};

TEST_F(PassesTest, BothGiveWhatTheTunerGives) {
  mlir::OwningOpRef<mlir::ModuleOp> expected = parse(), module = parse();
  TuningProblem problem(*collectLookups(*expected));
  TrialRecord record = std::move(*TrialRecord::openInMemory());
  Budget budget([] { return 0; });
  TuningObserver nobody;
  auto result =
      Tuner(context.get(), problem, measurer, record, budget, nobody).run();
  ASSERT_TRUE(result);
  attachTuning(*expected, problem, *result);

  run(*module, local());
  run(*module, occupancy());
  EXPECT_EQ(print(*module), print(*expected));
}

TEST_F(PassesTest, TheBindingIsOfTrialsAndOfTheModule) {
  for (const char *word : {"fixed", "runtime"}) {
    mlir::OwningOpRef<mlir::ModuleOp> module = parse();
    EmbTuneOccupancyPassOptions options;
    options.binding = word;
    run(*module, createEmbTuneOccupancyPass(factory(), options));
    EXPECT_EQ(binding, emb::symbolizeBindingKind(word));
    EXPECT_THAT(print(*module),
                HasSubstr("emb.binding = #emb.binding<" + std::string(word)));
  }
  mlir::OwningOpRef<mlir::ModuleOp> module = parse();
  run(*module, occupancy());
  EXPECT_EQ(binding, std::nullopt);
  EXPECT_THAT(print(*module), Not(HasSubstr("emb.binding")));
}

TEST_F(PassesTest, TheSecondMeasuresFusedKernelsAlone) {
  mlir::OwningOpRef<mlir::ModuleOp> module = parse();
  run(*module, local());
  EXPECT_THAT(measurer.asked, Not(Contains(StartsWith("kernel "))));
  EXPECT_THAT(measurer.asked, Not(IsEmpty()));
  measurer.asked.clear();
  run(*module, occupancy());
  EXPECT_THAT(measurer.asked, Each(StartsWith("kernel ")));
  EXPECT_THAT(measurer.asked, Not(IsEmpty()));
}

TEST_F(PassesTest, TheFactoryIsToldTheOptions) {
  run(*parse(), local());
  EXPECT_EQ(threads, 256);
}

// Of the local winners at all occupancies those that promise most.
TEST_F(PassesTest, TheFirstAttachesTheBestPromise) {
  measurer.candidate = [](const FeatureClass &, const std::string &text,
                          Occupancy occupancy) {
    Trial trial;
    bool best = text.find("sub_warp<vector = 2, lanes = 32, unroll = 4>") !=
                std::string::npos;
    trial.cost = (best ? 1e-6 : 2e-6) * (occupancy.blocks == 8 ? 0.5 : 1);
    return trial;
  };
  mlir::OwningOpRef<mlir::ModuleOp> module = parse();
  run(*module, local());
  EXPECT_THAT(print(*module),
              HasSubstr("emb.occupancy = #emb.occupancy<threads = 128, "
                        "blocks = 8>"));
  EXPECT_THAT(print(*module),
              HasSubstr("#emb.sub_warp<vector = 2, lanes = 32, unroll = 4>"));
}

TEST_F(PassesTest, AFactoryMayFail) {
  mlir::OwningOpRef<mlir::ModuleOp> module = parse();
  std::string before = print(*module), message;
  mlir::ScopedDiagnosticHandler handler(
      context.get(), [&](mlir::Diagnostic &d) { message = d.str(); });
  mlir::PassManager manager(context.get());
  manager.addPass(createEmbTuneLocalPass(
      [](const MeasurerRequest &) -> Result<std::unique_ptr<Measurer>> {
        return makeError("no device today");
      }));
  EXPECT_TRUE(failed(manager.run(*module)));
  EXPECT_EQ(message, "no device today");
  EXPECT_EQ(print(*module), before);
}

} // namespace
} // namespace recflex
