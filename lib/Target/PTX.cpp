//===- PTX.cpp - Kernels to LLVM IR and PTX -------------------------------===//

#include "recflex/Target/PTX.h"

#include "Optimizer.h"
#include "recflex/Runtime/KernelABI.h"

#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Transforms/IPO/AlwaysInliner.h"
#include "llvm/Transforms/IPO/GlobalDCE.h"
#include "llvm/Transforms/Utils/Cloning.h"

#include <mutex>

using namespace mlir;

namespace recflex {

static void initializeBackend() {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeNVPTXTargetInfo();
    LLVMInitializeNVPTXTarget();
    LLVMInitializeNVPTXTargetMC();
    LLVMInitializeNVPTXAsmPrinter();
  });
}

static std::unique_ptr<llvm::TargetMachine>
createTargetMachine(const PTXOptions &options, Location loc) {
  initializeBackend();
  llvm::Triple triple("nvptx64-nvidia-cuda");
  std::string error;
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, error);
  if (!target) {
    emitError(loc) << "LLVM has no NVPTX backend: " << error;
    return nullptr;
  }
  // Asked first, for a target machine of an unknown chip prints warnings.
  std::unique_ptr<llvm::MCSubtargetInfo> chips(
      target->createMCSubtargetInfo(triple, /*CPU=*/"", /*Features=*/""));
  if (!chips->isCPUStringValid(options.chip)) {
    emitError(loc) << "unknown chip '" << options.chip
                   << "'; use sm_80, sm_90, sm_100 or another that LLVM knows";
    return nullptr;
  }
  if (abi::chipNumber(options.chip) < 80) {
    emitError(loc) << "chip '" << options.chip
                   << "' is too old; use sm_80 or later";
    return nullptr;
  }
  return std::unique_ptr<llvm::TargetMachine>(target->createTargetMachine(
      triple, options.chip, /*Features=*/"", {}, std::nullopt, std::nullopt,
      llvm::CodeGenOptLevel::Aggressive));
}

/// Bodies stay functions while they are optimised: see
/// lib/Conversion/EmbToGPU/BodyFunction.cpp.
static void setInlining(llvm::Module &module, llvm::Attribute::AttrKind kind) {
  for (llvm::Function &function : module) {
    if (function.isDeclaration() ||
        function.getCallingConv() == llvm::CallingConv::PTX_Kernel)
      continue;
    function.removeFnAttr(llvm::Attribute::NoInline);
    function.addFnAttr(kind);
    function.setLinkage(llvm::GlobalValue::InternalLinkage);
  }
}

static void optimize(llvm::Module &module, llvm::TargetMachine &machine) {
  // Schedules say themselves how far a loop is unrolled; more costs registers
  // and instruction cache.
  llvm::PipelineTuningOptions tuning;
  tuning.LoopUnrolling = false;
  Optimizer optimizer(machine, tuning);
  setInlining(module, llvm::Attribute::NoInline);
  optimizer.runDefault(module);
  setInlining(module, llvm::Attribute::AlwaysInline);
  llvm::ModulePassManager last;
  last.addPass(llvm::AlwaysInlinerPass());
  last.addPass(llvm::GlobalDCEPass());
  optimizer.run(module, std::move(last));
}

std::unique_ptr<llvm::Module> translateToLLVM(gpu::GPUModuleOp module,
                                              llvm::LLVMContext &context,
                                              const PTXOptions &options) {
  std::unique_ptr<llvm::TargetMachine> machine =
      createTargetMachine(options, module.getLoc());
  if (!machine)
    return nullptr;
  std::unique_ptr<llvm::Module> llvmModule =
      translateModuleToLLVMIR(module, context, module.getName());
  if (!llvmModule) {
    module.emitError("cannot translate the kernels to LLVM IR");
    return nullptr;
  }
  llvmModule->setTargetTriple(machine->getTargetTriple());
  llvmModule->setDataLayout(machine->createDataLayout());
  optimize(*llvmModule, *machine);
  return llvmModule;
}

FailureOr<std::string> emitPTX(const llvm::Module &module,
                               const PTXOptions &options, Location loc) {
  std::unique_ptr<llvm::TargetMachine> machine =
      createTargetMachine(options, loc);
  if (!machine)
    return failure();
  SmallString<0> ptx;
  llvm::raw_svector_ostream os(ptx);
  llvm::legacy::PassManager passes;
  if (machine->addPassesToEmitFile(passes, os, nullptr,
                                   llvm::CodeGenFileType::AssemblyFile))
    return emitError(loc) << "the NVPTX backend cannot emit assembly";
  // The backend's passes change the module. And its copy has the uses of each
  // value in an order of its own, which decides between equals.
  passes.run(*llvm::CloneModule(module));
  return ptx.str().str();
}

} // namespace recflex
