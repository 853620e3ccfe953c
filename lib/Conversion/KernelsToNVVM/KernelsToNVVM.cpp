//===- KernelsToNVVM.cpp - RecFlex's kernels to the NVVM dialect ----------===//

#include "recflex/Conversion/Passes.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace recflex {

#define GEN_PASS_DEF_CONVERTEMBKERNELSTONVVMPASS
#include "recflex/Conversion/Passes.h.inc"

/// What one gpu.module goes through.
static OpPassManager buildPipeline() {
  OpPassManager pm(gpu::GPUModuleOp::getOperationName());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addPass(createSCFToControlFlowPass());
  ConvertGpuOpsToNVVMOpsOptions options;
  options.indexBitwidth = 32;
  pm.addPass(createConvertGpuOpsToNVVMOps(options));
  pm.addPass(createReconcileUnrealizedCastsPass());
  return pm;
}

namespace {
struct ConvertEmbKernelsToNVVM
    : impl::ConvertEmbKernelsToNVVMPassBase<ConvertEmbKernelsToNVVM> {
  using ConvertEmbKernelsToNVVMPassBase::ConvertEmbKernelsToNVVMPassBase;

  void getDependentDialects(DialectRegistry &registry) const override {
    buildPipeline().getDependentDialects(registry);
  }

  void runOnOperation() override {
    OpPassManager pipeline = buildPipeline();
    for (auto kernels : getOperation().getOps<gpu::GPUModuleOp>()) {
      ArrayAttr targets = kernels.getTargetsAttr();
      if (!targets || llvm::none_of(targets, llvm::IsaPred<emb::TargetAttr>))
        continue;
      if (failed(runPipeline(pipeline, kernels)))
        return signalPassFailure();
    }
  }
};
} // namespace

} // namespace recflex
