//===- Compiler.cpp - From emb IR to a kernel -----------------------------===//

#include "recflex/Pipelines/Compiler.h"

#include "recflex/Target/PTX.h"

#include "mlir/Pass/PassManager.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/Cloning.h"

using namespace mlir;

namespace recflex {

CompiledModel::CompiledModel() = default;
CompiledModel::CompiledModel(CompiledModel &&) = default;
CompiledModel &CompiledModel::operator=(CompiledModel &&) = default;
CompiledModel::~CompiledModel() { kernels.reset(); }

/// The one fused lookup of `module`: an artifact holds one.
static FailureOr<emb::FusedLookupOp> findLookup(ModuleOp module) {
  SmallVector<emb::FusedLookupOp> lookups;
  module.walk([&](emb::FusedLookupOp op) { lookups.push_back(op); });
  if (lookups.size() == 1)
    return lookups.front();
  if (lookups.empty())
    return module.emitError("has no lookups to compile");
  InFlightDiagnostic error = module.emitError("has ")
                             << lookups.size()
                             << " concatenations of lookups; an artifact holds "
                                "one: join them, or compile them apart";
  error.attachNote(lookups[1].getLoc()) << "the second one is here";
  return error;
}

FailureOr<CompiledModel> compileModel(ModuleOp module,
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

  CompiledModel model;
  FailureOr<Manifest> manifest =
      buildManifest(*lookup, function ? function.getName() : "model",
                    options.chip);
  if (failed(manifest))
    return failure();
  model.artifact.manifest = std::move(*manifest);
  model.llvmContext = std::make_unique<llvm::LLVMContext>();
  PTXOptions target;
  target.chip = options.chip;
  model.kernels = translateToLLVM(kernels, *model.llvmContext, target);
  if (!model.kernels)
    return failure();
  // The backend's passes change the module; the simulator gets it as it was.
  std::unique_ptr<llvm::Module> copy = llvm::CloneModule(*model.kernels);
  FailureOr<std::string> ptx = emitPTX(*copy, target, kernels.getLoc());
  if (failed(ptx))
    return failure();
  model.artifact.ptx = std::move(*ptx);
  return model;
}

} // namespace recflex
