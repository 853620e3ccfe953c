//===- RoundTrip.cpp - Random modules as text and bytecode, and back ------===//
//
// Every module is printed, in the dialect's own form and the generic one, and
// written as bytecode. What is read again must be equal to it, and be printed
// and written as before.
//
//===----------------------------------------------------------------------===//

#include "RandomModule.h"

#include "recflex/InitAll.h"
#include "recflex/Support/Result.h"

#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/OperationSupport.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/raw_ostream.h"

#include <map>

using namespace mlir;
using namespace recflex;

namespace {

/// Counts what was tried, by name.
using Coverage = std::map<std::string, int64_t>;

void count(ModuleOp module, Coverage &coverage) {
  AttrTypeWalker walker;
  walker.addWalk([&](Attribute attribute) {
    if (isa<emb::EmbDialect>(attribute.getDialect()))
      ++coverage["#" + attribute.getAbstractAttribute().getName().str()];
  });
  walker.addWalk([&](Type type) {
    if (isa<emb::EmbDialect>(type.getDialect()))
      ++coverage["!" + type.getAbstractType().getName().str()];
  });
  module.walk([&](Operation *op) {
    if (isa_and_nonnull<emb::EmbDialect>(op->getDialect()))
      ++coverage[op->getName().getStringRef().str()];
    walker.walk(op->getAttrDictionary());
    for (Type type : op->getResultTypes())
      walker.walk(type);
  });
}

std::string print(ModuleOp module, bool generic) {
  std::string text;
  llvm::raw_string_ostream os(text);
  OpPrintingFlags flags;
  flags.enableDebugInfo();
  flags.printGenericOpForm(generic);
  module.print(os, flags);
  return text;
}

Result<std::string> writeBytecode(ModuleOp module) {
  std::string bytes;
  llvm::raw_string_ostream os(bytes);
  if (failed(writeBytecodeToFile(module, os)))
    return makeError("cannot be written");
  return bytes;
}

/// Reads `source`, text or bytecode; the module must be equal to `original`.
Result<OwningOpRef<ModuleOp>> readAgain(ModuleOp original,
                                        const std::string &source) {
  std::string errors;
  ScopedDiagnosticHandler handler(
      original.getContext(),
      [&](Diagnostic &error) { errors += "\n" + error.str(); });
  auto module =
      parseSourceString<ModuleOp>(source, ParserConfig(original.getContext()));
  if (!module)
    return makeError("cannot be read again:", errors);
  if (!OperationEquivalence::isEquivalentTo(original, *module,
                                            OperationEquivalence::None))
    return makeError("is another module when it is read again");
  return module;
}

Status checkText(ModuleOp module, bool generic) {
  std::string text = print(module, generic);
  auto again = readAgain(module, text);
  if (!again)
    return again.error();
  if (print(**again, generic) != text)
    return makeError("is printed otherwise when it is read again");
  return {};
}

Status checkBytecode(ModuleOp module) {
  Result<std::string> bytes = writeBytecode(module);
  if (!bytes)
    return bytes.error();
  // What EmbBytecode.cpp does not know would be text, which has no version.
  for (const char *text : {"#emb.", "!emb."})
    if (bytes->find(text) != std::string::npos)
      return makeError("has '", text, "' as text");
  auto again = readAgain(module, *bytes);
  if (!again)
    return again.error();
  Result<std::string> bytesAgain = writeBytecode(**again);
  if (!bytesAgain)
    return bytesAgain.error();
  if (*bytesAgain != *bytes)
    return makeError("is written otherwise when it is read again");
  return {};
}

Status checkModule(ModuleOp module) {
  if (failed(verify(module)))
    return makeError("is not valid: a fault of RandomModule");
  if (Status status = checkText(module, /*generic=*/false); !status)
    return status.error().in("as text");
  if (Status status = checkText(module, /*generic=*/true); !status)
    return status.error().in("as generic text");
  if (Status status = checkBytecode(module); !status)
    return status.error().in("as bytecode");
  return {};
}

/// A context keeps all attributes it has ever had: a new one now and then.
constexpr int64_t kModulesAContext = 500;

std::unique_ptr<MLIRContext> createContext(const DialectRegistry &registry) {
  auto context =
      std::make_unique<MLIRContext>(registry, MLIRContext::Threading::DISABLED);
  context->loadDialect<emb::EmbDialect, func::FuncDialect, gpu::GPUDialect>();
  context->allowUnregisteredDialects(); // for attributes as test.note
  return context;
}

} // namespace

int main(int argc, char **argv) {
  llvm::cl::opt<int64_t> modules("modules", llvm::cl::init(100),
                                 llvm::cl::desc("modules to try"));
  llvm::cl::opt<uint64_t> first("seed", llvm::cl::init(0),
                                llvm::cl::desc("seed of the first module"));
  llvm::cl::ParseCommandLineOptions(
      argc, argv, "random emb modules as text and bytecode, and back\n");
  DialectRegistry registry;
  recflex::registerAllDialects(registry);

  std::unique_ptr<MLIRContext> context;
  Coverage coverage;
  int64_t failures = 0;
  for (int64_t i = 0; i < modules; ++i) {
    if (i % kModulesAContext == 0)
      context = createContext(registry);
    uint64_t seed = first + i;
    RandomModule random(seed, context.get());
    count(*random.module, coverage);
    Status status = checkModule(*random.module);
    if (status)
      continue;
    ++failures;
    llvm::errs() << "module " << seed << ": " << status.error().message << '\n'
                 << *random.module
                 << "\n  again: recflex-roundtrip --modules=1 --seed=" << seed
                 << '\n';
  }
  for (auto &[name, times] : coverage)
    llvm::outs() << times << " times " << name << '\n';
  llvm::outs() << modules - failures << " of " << int64_t(modules)
               << " modules come back as they were\n";
  // A test that tried nothing must not pass: 9 operations, 11 attributes and 2
  // types are what the dialect has.
  constexpr int64_t kFewModules = 100;
  bool all = coverage.size() >= 22;
  return failures == 0 && modules > 0 && (all || modules < kFewModules) ? 0 : 1;
}
