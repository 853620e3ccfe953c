//===- HostCode.cpp - Machine code for the host, in memory ----------------===//

#include "HostCode.h"

#include "EntryPoints.h"

#include "llvm/ExecutionEngine/JITLink/JITLinkMemoryManager.h"
#include "llvm/ExecutionEngine/Orc/AbsoluteSymbols.h"
#include "llvm/ExecutionEngine/Orc/Core.h"
#include "llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h"
#include "llvm/ExecutionEngine/Orc/SelfExecutorProcessControl.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/DataExtractor.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"

using namespace llvm;

namespace recflex::sim {

namespace {

/// The processor to generate code for. x86-64-v3 has the conversions of f16
/// and fused multiply-add, and stops short of the AVX-512 instructions that
/// flush subnormal bfloats.
std::string baselineProcessor(const Triple &triple) {
  if (triple.getArch() != Triple::x86_64)
    return "generic";
  StringMap<bool> features = sys::getHostCPUFeatures();
  for (const char *name :
       {"avx2", "bmi", "bmi2", "f16c", "fma", "lzcnt", "movbe"})
    if (!features.lookup(name))
      return "x86-64";
  return "x86-64-v3";
}

/// The largest frame that the object's .stack_sizes section lists: an address
/// and a LEB128 number a function.
size_t readLargestFrame(MemoryBufferRef object) {
  Expected<std::unique_ptr<object::ObjectFile>> file =
      object::ObjectFile::createObjectFile(object);
  if (!file) {
    consumeError(file.takeError());
    return 0;
  }
  uint64_t largest = 0;
  for (const object::SectionRef &section : (*file)->sections()) {
    Expected<StringRef> name = section.getName();
    if (!name) {
      consumeError(name.takeError());
      continue;
    }
    if (*name != ".stack_sizes")
      continue;
    Expected<StringRef> contents = section.getContents();
    if (!contents) {
      consumeError(contents.takeError());
      continue;
    }
    DataExtractor data(*contents, /*IsLittleEndian=*/true, /*AddressSize=*/8);
    DataExtractor::Cursor cursor(0);
    while (cursor && !data.eof(cursor)) {
      data.getAddress(cursor);
      largest = std::max(largest, data.getULEB128(cursor));
    }
    consumeError(cursor.takeError());
  }
  return largest;
}

recflex::Error failure(const char *what, llvm::Error error) {
  return makeError("the simulator cannot ", what, ": ",
                   toString(std::move(error)));
}

} // namespace

HostCode::~HostCode() {
  if (session)
    if (llvm::Error error = session->endSession())
      consumeError(std::move(error));
}

Result<std::unique_ptr<TargetMachine>> HostCode::createTargetMachine() {
  static const bool known =
      !InitializeNativeTarget() && !InitializeNativeTargetAsmPrinter();
  Triple triple(sys::getProcessTriple());
  std::string message = "LLVM was built without it";
  const Target *target =
      known ? TargetRegistry::lookupTarget(triple, message) : nullptr;
  if (!target)
    return makeError("no code generator for the host '", triple.str(),
                     "': ", message);
  TargetOptions options;
  options.AllowFPOpFusion = FPOpFusion::Strict;
  options.EmitStackSizeSection = true;
  std::unique_ptr<TargetMachine> machine(target->createTargetMachine(
      triple, baselineProcessor(triple), "", options, Reloc::PIC_,
      CodeModel::Small, CodeGenOptLevel::None, /*JIT=*/true));
  if (!machine)
    return makeError("no code generator for the host '", triple.str(), "'");
  // Unoptimised code: measured on a module of a dozen pooling bodies, the
  // default level takes five times as long to set up and runs 10% faster, since
  // the checks dominate.
  machine->setFastISel(true);
  machine->setGlobalISel(false);
  return {std::move(machine)};
}

Result<std::unique_ptr<HostCode>> HostCode::compile(Module &module,
                                                    TargetMachine &machine) {
  SmallVector<char, 0> bytes;
  {
    raw_svector_ostream stream(bytes);
    legacy::PassManager passes;
    MCContext *context = nullptr;
    if (machine.addPassesToEmitMC(passes, context, stream,
                                  /*DisableVerify=*/true))
      return makeError("the host's code generator cannot emit object code");
    passes.run(module);
  }
  auto object = std::make_unique<SmallVectorMemoryBuffer>(
      std::move(bytes), "simulated kernels",
      /*RequiresNullTerminator=*/false);

  std::unique_ptr<HostCode> code(new HostCode());
  code->frameBytes = readLargestFrame(object->getMemBufferRef());
  auto control = orc::SelfExecutorProcessControl::Create();
  if (!control)
    return failure("reach its own process", control.takeError());
  code->session = std::make_unique<orc::ExecutionSession>(std::move(*control));
  orc::ExecutionSession &session = *code->session;
  // A failed lookup returns the same error.
  session.setErrorReporter(
      [](llvm::Error error) { consumeError(std::move(error)); });
  code->linker = std::make_unique<orc::ObjectLinkingLayer>(
      session, session.getExecutorProcessControl().getMemMgr());
  code->library = &session.createBareJITDylib("kernels");

  orc::SymbolMap symbols;
  auto define = [&](const HostSymbol &symbol) {
    symbols[session.intern(symbol.name)] = {
        orc::ExecutorAddr::fromPtr(symbol.address),
        JITSymbolFlags::Exported | JITSymbolFlags::Callable};
  };
  for (const HostSymbol &symbol : entryPoints())
    define(symbol);
  for (const HostSymbol &symbol : libraryFunctions())
    define(symbol);
  orc::JITDylib &host = session.createBareJITDylib("host");
  if (llvm::Error error = host.define(orc::absoluteSymbols(std::move(symbols))))
    return failure("define its functions", std::move(error));
  code->library->addToLinkOrder(host);
  if (llvm::Error error = code->linker->add(*code->library, std::move(object)))
    return failure("read the code that it generated", std::move(error));
  return {std::move(code)};
}

Result<void *> HostCode::lookup(const std::string &name) const {
  Expected<orc::ExecutorSymbolDef> symbol =
      session->lookup({library}, session->intern(name));
  if (!symbol)
    return failure("link the kernels", symbol.takeError());
  return symbol->getAddress().toPtr<void *>();
}

} // namespace recflex::sim
