//===- InitAll.cpp - Everything that a tool registers ---------------------===//

#include "recflex/InitAll.h"

#include "recflex/Conversion/Passes.h"
#include "recflex/Dialect/Emb/Transforms/BufferizableOpInterfaceImpl.h"
#include "recflex/Dialect/Emb/Transforms/Passes.h"
#include "recflex/Pipelines/Compiler.h"
#include "recflex/Pipelines/Passes.h"
#include "recflex/Schedules/Schedules.h"
#include "recflex/Target/GpuTarget.h"
#include "recflex/Tuning/Passes.h"

#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/NVVMToLLVM/NVVMToLLVM.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Dialect/Func/Extensions/InlinerExtension.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/GPU/GPUToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/NVVM/NVVMToLLVMIRTranslation.h"

namespace recflex {

void registerAllDialects(mlir::DialectRegistry &registry) {
  registry.insert<emb::EmbDialect, mlir::func::FuncDialect,
                  mlir::gpu::GPUDialect, mlir::arith::ArithDialect,
                  mlir::scf::SCFDialect, mlir::math::MathDialect,
                  mlir::memref::MemRefDialect, mlir::vector::VectorDialect,
                  mlir::LLVM::LLVMDialect, mlir::NVVM::NVVMDialect>();
  registerSchedules(registry);
  registerGpuTarget(registry);
  emb::registerBufferizableOpInterfaceModels(registry);
  mlir::func::registerInlinerExtension(registry); // for -inline
  // What -convert-gpu-to-nvvm lowers beside its own dialect.
  mlir::arith::registerConvertArithToLLVMInterface(registry);
  mlir::cf::registerConvertControlFlowToLLVMInterface(registry);
  mlir::registerConvertFuncToLLVMInterface(registry);
  mlir::registerConvertMathToLLVMInterface(registry);
  mlir::registerConvertMemRefToLLVMInterface(registry);
  mlir::registerConvertNVVMToLLVMInterface(registry);
  mlir::vector::registerConvertVectorToLLVMInterface(registry);
  mlir::registerBuiltinDialectTranslation(registry);
  mlir::registerGPUDialectTranslation(registry);
  mlir::registerLLVMDialectTranslation(registry);
  mlir::registerNVVMDialectTranslation(registry);
}

void registerAllPasses() {
  emb::registerRecFlexEmbPasses();
  registerRecFlexConversionPasses();
  registerRecFlexTuningPasses();
  registerRecFlexPipelinePasses();
  registerPipelines();
}

} // namespace recflex
