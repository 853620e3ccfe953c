//===- Compiler.cpp - From emb IR to a kernel -----------------------------===//

#include "recflex/Pipelines/Compiler.h"

#include "recflex/Target/PTX.h"

#include "mlir/Pass/PassManager.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/Cloning.h"

using namespace mlir;

namespace recflex {

LoweredModel::LoweredModel() = default;
LoweredModel::LoweredModel(LoweredModel &&) = default;
// Swaps, so that the old kernels go before the context that owns their types.
LoweredModel &LoweredModel::operator=(LoweredModel &&other) {
  std::swap(llvmContext, other.llvmContext);
  std::swap(kernels, other.kernels);
  std::swap(manifest, other.manifest);
  return *this;
}
LoweredModel::~LoweredModel() = default;

/// The one fused lookup of `module`: an artifact holds one.
static FailureOr<emb::FusedLookupOp> findLookup(ModuleOp module) {
  SmallVector<emb::FusedLookupOp> lookups;
  module.walk([&](emb::FusedLookupOp op) { lookups.push_back(op); });
  if (lookups.size() == 1)
    return lookups.front();
  if (lookups.empty())
    return emitError(module.getLoc()) << "the model has no lookups to compile: "
                                         "none whose result is used";
  InFlightDiagnostic error = emitError(lookups[1].getLoc())
                             << "the model has " << lookups.size()
                             << " concatenations of lookups; an artifact holds "
                                "one: join them, or compile them apart";
  error.attachNote(lookups[0].getLoc()) << "the first one is here";
  return error;
}

FailureOr<LoweredModel> lowerModel(ModuleOp module,
                                   const CompileOptions &options) {
  PassManager pm(module.getContext());
  buildSchedulePipeline(pm, options);
  buildLoweringPipeline(pm, options);
  if (failed(pm.run(module)))
    return failure();

  FailureOr<emb::FusedLookupOp> lookup = findLookup(module);
  if (failed(lookup))
    return failure();
  auto kernels = SymbolTable::lookupNearestSymbolFrom<gpu::GPUModuleOp>(
      *lookup, lookup->getKernelAttr());
  auto function = (*lookup)->getParentOfType<FunctionOpInterface>();

  LoweredModel model;
  model.manifest = buildManifest(
      *lookup, function ? function.getName() : "model", options.chip);
  model.llvmContext = std::make_unique<llvm::LLVMContext>();
  PTXOptions target;
  target.chip = options.chip;
  model.kernels = translateToLLVM(kernels, *model.llvmContext, target);
  if (!model.kernels)
    return failure();
  return model;
}

FailureOr<Artifact> emitArtifact(const LoweredModel &model, Location loc) {
  // The backend's passes change the module; the simulator wants it as it is.
  std::unique_ptr<llvm::Module> copy = llvm::CloneModule(*model.kernels);
  PTXOptions target;
  target.chip = model.manifest.chip;
  FailureOr<std::string> ptx = emitPTX(*copy, target, loc);
  if (failed(ptx))
    return failure();
  return Artifact{model.manifest, std::move(*ptx)};
}

} // namespace recflex
