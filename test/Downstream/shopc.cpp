//===- shopc.cpp - A compiler that has RecFlex as a guest -----------------===//
//
// shopc MODEL.mlir [SCHEDULE...]: compiles a shop's model. Every fused lookup
// becomes an artifact, FUNCTION.recflex, in the current folder, once the
// simulator has run it; the module with all that is left to do is printed.
// Schedules that are named are the only ones considered.
//
//===----------------------------------------------------------------------===//

#include "FlatSchedule.h"
#include "Shop.h"
#include "Simulate.h"

#include "recflex/InitAll.h"
#include "recflex/Pipelines/Compiler.h"

#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

#include <string>
#include <vector>

using namespace mlir;

/// The shop's passes, and RecFlex's between them.
static LogicalResult lower(ModuleOp module,
                           const std::vector<std::string> &schedules) {
  PassManager pm(module.getContext());
  pm.addPass(shop::createLowerProfilesPass());
  recflex::CompileOptions options;
  options.chip = "sm_90";
  options.only = schedules;
  recflex::buildSchedulePipeline(pm, options);
  recflex::buildLoweringPipeline(pm, options);
  return pm.run(module);
}

/// What the runtime loads, for one fused lookup.
static LogicalResult emit(recflex::emb::FusedLookupOp lookup) {
  FailureOr<recflex::LoweredModel> model = recflex::translateKernels(lookup);
  if (failed(model))
    return failure();
  if (recflex::Status status = shop::simulate(*model); !status)
    return lookup.emitError(status.error().message);
  FailureOr<recflex::Artifact> artifact =
      recflex::emitArtifact(*model, lookup.getLoc());
  if (failed(artifact))
    return failure();
  std::string path = artifact->manifest.name + ".recflex";
  if (recflex::Status status = recflex::writeArtifact(*artifact, path); !status)
    return lookup.emitError(status.error().message);
  // The artifact has them now.
  SymbolTable::lookupNearestSymbolFrom(lookup, lookup.getKernelAttr())->erase();
  lookup.removeKernelAttr();
  return success();
}

int main(int argc, char **argv) {
  if (argc < 2) {
    llvm::errs() << "usage: shopc MODEL.mlir [SCHEDULE...]\n";
    return 2;
  }
  DialectRegistry registry;
  recflex::registerAllDialects(registry);
  flat::registerSchedule(registry);
  registry.insert<shop::ShopDialect>();
  MLIRContext context(registry);

  OwningOpRef<ModuleOp> module =
      parseSourceFile<ModuleOp>(argv[1], ParserConfig(&context));
  if (!module || failed(lower(*module, {argv + 2, argv + argc})))
    return 1;
  WalkResult emitted = module->walk([](recflex::emb::FusedLookupOp lookup) {
    return failed(emit(lookup)) ? WalkResult::interrupt()
                                : WalkResult::advance();
  });
  if (emitted.wasInterrupted())
    return 1;
  module->print(llvm::outs());
  return 0;
}
