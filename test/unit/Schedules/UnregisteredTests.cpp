//===- UnregisteredTests.cpp - A program that registers too little --------===//
//
// Loading the emb dialect is not enough: code generators and candidates are
// attached by registerAllDialects(). Without it, passes say so.
//
//===----------------------------------------------------------------------===//

#include "recflex/Pipelines/Compiler.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace recflex;
using testing::HasSubstr;

namespace {

/// What the pipelines say of a lookup with these attributes.
std::string errorFor(const std::string &attributes) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<emb::EmbDialect, mlir::func::FuncDialect>();
  std::string message;
  mlir::ScopedDiagnosticHandler handler(
      &context, [&](mlir::Diagnostic &error) { message += error.str() + '\n'; });
  auto module = mlir::parseSourceString<mlir::ModuleOp>(
      "func.func @m(%k: !emb.kjt<1 x i32>, %t: tensor<9x4xf32>)"
      "    -> tensor<?x4xf32> {"
      "  %b = emb.feature %k[0] : !emb.kjt<1 x i32> -> !emb.bags<i32>"
      "  %0 = emb.lookup sum %t[%b] {" +
          attributes +
          "} : tensor<9x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>"
          "  return %0 : tensor<?x4xf32>"
          "}",
      &context);
  if (!module)
    return "does not parse: " + message;
  mlir::PassManager pm(&context);
  CompileOptions options;
  buildSchedulePipeline(pm, options);
  buildLoweringPipeline(pm, options);
  EXPECT_TRUE(failed(pm.run(*module)));
  return message;
}

TEST(Unregistered, NobodyOffersSchedules) {
  EXPECT_THAT(errorFor(""),
              HasSubstr("no dialect offers schedules: the program that loads emb "
                        "must call recflex::registerAllDialects()"));
}

TEST(Unregistered, NobodyEmitsCode) {
  EXPECT_THAT(
      errorFor("schedule = #emb.sub_warp<vector = 4, lanes = 1, unroll = 1>"),
      HasSubstr("emits no code: load the library that implements "
                "ScheduleBodyInterface for it"));
}

} // namespace
