//===- Pipelines.cpp - The public pass pipelines --------------------------===//

#include "recflex/Pipelines/Compiler.h"

#include "recflex/Conversion/Passes.h"
#include "recflex/Dialect/Emb/Transforms/Passes.h"

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace recflex {

Status checkBinding(StringRef word) {
  if (word.empty() || emb::symbolizeBindingKind(word))
    return {};
  return makeError("is neither runtime nor fixed");
}

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
  fuse.binding = options.binding;
  pm.addNestedPass<func::FuncOp>(emb::createEmbFusePass(fuse));
  ConvertEmbToGPUPassOptions kernels;
  kernels.chip = options.chip;
  pm.addPass(createConvertEmbToGPUPass(kernels));
  pm.addPass(createConvertEmbKernelsToNVVMPass());
}

void registerPipelines() {
  // Some hosts of a plugin have them: recflex-opt, or mlir-opt where it is
  // named twice. MLIR with assertions takes a second registration for a bug.
  if (PassPipelineInfo::lookup("recflex-schedule"))
    return;
  PassPipelineRegistration<CompileOptions>("recflex-schedule",
                                           "Give every lookup a schedule",
                                           buildSchedulePipeline);
  PassPipelineRegistration<CompileOptions>(
      "recflex-lower", "Fuse scheduled lookups into kernels, to NVVM",
      buildLoweringPipeline);
}

} // namespace recflex
