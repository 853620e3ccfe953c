//===- GpuTarget.cpp - #emb.target for MLIR's gpu dialect -----------------===//

#include "recflex/Target/GpuTarget.h"

#include "recflex/Dialect/Emb/IR/Emb.h"
#include "recflex/Target/PTX.h"

#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"

using namespace mlir;

namespace recflex {
namespace {

struct GpuTarget final
    : gpu::TargetAttrInterface::ExternalModel<GpuTarget, emb::TargetAttr> {

  /// LLVM bitcode if that is asked for, and else PTX: a driver compiles it as
  /// it loads it, so no toolkit is needed.
  std::optional<SmallVector<char, 0>>
  serializeToObject(Attribute attribute, Operation *op,
                    const gpu::TargetOptions &options) const {
    auto module = cast<gpu::GPUModuleOp>(op);
    PTXOptions target;
    target.chip = cast<emb::TargetAttr>(attribute).getChip().str();
    llvm::LLVMContext context;
    std::unique_ptr<llvm::Module> kernels =
        translateToLLVM(module, context, target);
    if (!kernels)
      return std::nullopt;
    if (auto callback = options.getOptimizedLlvmIRCallback())
      callback(*kernels);
    if (isBitcode(options)) {
      SmallVector<char, 0> bitcode;
      llvm::raw_svector_ostream stream(bitcode);
      llvm::WriteBitcodeToFile(*kernels, stream);
      return bitcode;
    }
    FailureOr<std::string> ptx = emitPTX(*kernels, target, module.getLoc());
    if (failed(ptx))
      return std::nullopt;
    if (auto callback = options.getISACallback())
      callback(*ptx);
    return SmallVector<char, 0>(ptx->begin(), ptx->end());
  }

  /// The object has upstream's target, so that upstream's tools can read it:
  /// they embed it, and never compile it again.
  Attribute createObject(Attribute attribute, Operation *,
                         const SmallVector<char, 0> &object,
                         const gpu::TargetOptions &options) const {
    Builder builder(attribute.getContext());
    auto target = NVVM::NVVMTargetAttr::get(
        builder.getContext(), /*optLevel=*/2, "nvptx64-nvidia-cuda",
        cast<emb::TargetAttr>(attribute).getChip());
    // Of the driver's compiler, which the translation to LLVM IR tells it; the
    // driver's own default is 4.
    NamedAttribute level =
        builder.getNamedAttr("O", builder.getI32IntegerAttr(4));
    return builder.getAttr<gpu::ObjectAttr>(
        target,
        isBitcode(options) ? gpu::CompilationTarget::Offload
                           : gpu::CompilationTarget::Assembly,
        builder.getStringAttr(StringRef(object.data(), object.size())),
        isBitcode(options) ? DictionaryAttr()
                           : builder.getDictionaryAttr(level),
        /*kernels=*/gpu::KernelTableAttr());
  }

private:
  static bool isBitcode(const gpu::TargetOptions &options) {
    return options.getCompilationTarget() == gpu::CompilationTarget::Offload;
  }
};

} // namespace

void registerGpuTarget(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, emb::EmbDialect *) {
    emb::TargetAttr::attachInterface<GpuTarget>(*context);
  });
}

} // namespace recflex
