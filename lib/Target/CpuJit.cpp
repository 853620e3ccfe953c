//===- CpuJit.cpp - Loops to machine code for this host -------------------===//

#include "recflex/Target/CpuJit.h"

#include "Optimizer.h"
#include "PackArguments.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"

using namespace mlir;

namespace recflex {

CpuJit::CpuJit(std::unique_ptr<llvm::orc::LLJIT> jit, Entry entry)
    : jit(std::move(jit)), entry(entry) {}
CpuJit::CpuJit(CpuJit &&) = default;
CpuJit &CpuJit::operator=(CpuJit &&) = default;
CpuJit::~CpuJit() = default;

void CpuJit::call(ArrayRef<CpuArray> arguments) const {
  entry(arguments.data());
}

/// Emits `error` at the module.
static LogicalResult report(ModuleOp module, llvm::Error error) {
  return module.emitError("cannot compile for this CPU: ")
         << llvm::toString(std::move(error));
}

static FailureOr<llvm::orc::JITTargetMachineBuilder> findHost(ModuleOp module) {
  static const bool known = !llvm::InitializeNativeTarget() &&
                            !llvm::InitializeNativeTargetAsmPrinter();
  if (!known)
    return module.emitError("cannot compile for this CPU: LLVM was built "
                            "without its code generator");
  auto host = llvm::orc::JITTargetMachineBuilder::detectHost();
  if (!host)
    return report(module, host.takeError());
  host->setCodeGenOptLevel(llvm::CodeGenOptLevel::Default);
  return std::move(*host);
}

static LogicalResult lowerToLLVM(ModuleOp module) {
  PassManager pm(module.getContext());
  pm.addPass(createSCFToControlFlowPass());
  pm.addPass(createConvertToLLVMPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
  return pm.run(module);
}

/// The module's optimised LLVM IR, in which `function` alone can be called from
/// outside.
static FailureOr<llvm::orc::ThreadSafeModule>
translate(ModuleOp module, StringRef function,
          llvm::orc::JITTargetMachineBuilder &host) {
  auto context = std::make_unique<llvm::LLVMContext>();
  std::unique_ptr<llvm::Module> code =
      translateModuleToLLVMIR(module, *context);
  if (!code)
    return failure();
  for (llvm::Function &other : *code) {
    if (other.isDeclaration() || other.getName() == function)
      continue;
    other.setLinkage(llvm::GlobalValue::InternalLinkage);
    // The inliner would copy a loop nest of a few dozen instructions into every
    // call: with 1,000 calls that took 11.7 s instead of 0.27 s.
    other.addFnAttr(llvm::Attribute::NoInline);
  }
  auto machine = host.createTargetMachine();
  if (!machine)
    return report(module, machine.takeError());
  code->setTargetTriple((*machine)->getTargetTriple());
  code->setDataLayout((*machine)->createDataLayout());
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = true;
  Optimizer(**machine, tuning).runDefault(*code);
  return llvm::orc::ThreadSafeModule(std::move(code), std::move(context));
}

FailureOr<CpuJit> CpuJit::compile(ModuleOp module, StringRef name) {
  auto function = module.lookupSymbol<func::FuncOp>(name);
  if (!function)
    return module.emitError("has no function '") << name << "' to compile";
  FailureOr<llvm::orc::JITTargetMachineBuilder> host = findHost(module);
  if (failed(host) || failed(packArguments(function)) ||
      failed(lowerToLLVM(module)))
    return failure();
  auto code = translate(module, name, *host);
  if (failed(code))
    return failure();

  llvm::orc::LLJITBuilder builder;
  builder.setJITTargetMachineBuilder(std::move(*host));
  auto jit = builder.create();
  if (!jit)
    return report(module, jit.takeError());
  if (llvm::Error error = (*jit)->addIRModule(std::move(*code)))
    return report(module, std::move(error));
  auto address = (*jit)->lookup(name);
  if (!address)
    return report(module, address.takeError());
  return CpuJit(std::move(*jit), address->toPtr<Entry>());
}

} // namespace recflex
