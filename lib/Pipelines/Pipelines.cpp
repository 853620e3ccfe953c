//===- Pipelines.cpp - The public pass pipelines --------------------------===//

#include "recflex/Pipelines/Compiler.h"

#include "recflex/Conversion/Passes.h"
#include "recflex/Dialect/Emb/Transforms/Passes.h"
#include "recflex/Target/PTX.h"

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace recflex {

void buildSchedulePipeline(OpPassManager &pm, const CompileOptions &options) {
  OpPassManager &functions = pm.nest<func::FuncOp>();
  functions.addPass(createCanonicalizerPass());
  functions.addPass(createCSEPass());
  functions.addPass(emb::createEmbJoinBagsPass());
  emb::EmbSelectSchedulesPassOptions select;
  select.batch = options.batch;
  select.threads = options.threads;
  llvm::append_range(select.only, options.only);
  functions.addPass(emb::createEmbSelectSchedulesPass(select));
}

void buildLoweringPipeline(OpPassManager &pm, const CompileOptions &options) {
  emb::EmbFusePassOptions fuse;
  fuse.threads = options.threads;
  fuse.blocks = options.blocks;
  pm.addNestedPass<func::FuncOp>(emb::createEmbFusePass(fuse));
  ConvertEmbToGPUPassOptions kernels;
  kernels.chip = options.chip;
  pm.addPass(createConvertEmbToGPUPass(kernels));
  buildNVVMPipeline(pm);
}

void registerPipelines() {
  PassPipelineRegistration<CompileOptions>(
      "recflex-schedule", "Give every lookup a schedule",
      buildSchedulePipeline);
  PassPipelineRegistration<CompileOptions>(
      "recflex-lower", "Fuse scheduled lookups into kernels, to NVVM",
      buildLoweringPipeline);
}

} // namespace recflex
