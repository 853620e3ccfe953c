//===- GpuTarget.cpp - #emb.target for MLIR's gpu dialect -----------------===//

#include "recflex/Target/GpuTarget.h"

#include "recflex/Dialect/Emb/IR/Emb.h"
#include "recflex/Target/PTX.h"

#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"

using namespace mlir;

namespace recflex {
namespace {

struct GpuTarget final
    : gpu::TargetAttrInterface::ExternalModel<GpuTarget, emb::TargetAttr> {

  /// PTX, whatever is asked for beside LLVM IR: a driver compiles it as it
  /// loads it, so no toolkit is needed.
  std::optional<SmallVector<char, 0>>
  serializeToObject(Attribute attribute, Operation *op,
                    const gpu::TargetOptions &options) const {
    auto module = cast<gpu::GPUModuleOp>(op);
    if (options.getCompilationTarget() == gpu::CompilationTarget::Offload) {
      module.emitOpError("has an #emb.target, which makes PTX and no LLVM IR; "
                         "use 'format=isa' where it says 'format=llvm'");
      return std::nullopt;
    }
    PTXOptions target;
    target.chip = cast<emb::TargetAttr>(attribute).getChip().str();
    llvm::LLVMContext context;
    std::unique_ptr<llvm::Module> kernels =
        translateToLLVM(module, context, target);
    if (!kernels)
      return std::nullopt;
    if (auto callback = options.getOptimizedLlvmIRCallback())
      callback(*kernels);
    FailureOr<std::string> ptx = emitPTX(*kernels, target, module.getLoc());
    if (failed(ptx))
      return std::nullopt;
    if (auto callback = options.getISACallback())
      callback(*ptx);
    return SmallVector<char, 0>(ptx->begin(), ptx->end());
  }

  Attribute createObject(Attribute attribute, Operation *,
                         const SmallVector<char, 0> &object,
                         const gpu::TargetOptions &) const {
    Builder builder(attribute.getContext());
    return builder.getAttr<gpu::ObjectAttr>(
        attribute, gpu::CompilationTarget::Assembly,
        builder.getStringAttr(StringRef(object.data(), object.size())),
        /*properties=*/DictionaryAttr(), /*kernels=*/gpu::KernelTableAttr());
  }
};

} // namespace

void registerGpuTarget(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, emb::EmbDialect *) {
    emb::TargetAttr::attachInterface<GpuTarget>(*context);
  });
}

} // namespace recflex
