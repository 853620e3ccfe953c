//===- CompilerSession.cpp - A context that keeps its errors --------------===//

#include "recflex/Pipelines/CompilerSession.h"

#include "recflex/InitAll.h"

#include "mlir/IR/Remarks.h"
#include "mlir/Remark/RemarkStreamer.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace recflex {

void printDiagnostic(DiagnosticSeverity severity, const std::string &text) {
  if (severity != DiagnosticSeverity::Error)
    llvm::errs() << text << '\n';
}

static void print(llvm::raw_ostream &os, Diagnostic &diagnostic) {
  Location loc = diagnostic.getLocation();
  // Imported operations bear their feature's name.
  if (auto name = dyn_cast<NameLoc>(loc))
    os << "feature '" << name.getName().getValue() << "': ";
  else if (auto file = dyn_cast<FileLineColLoc>(loc))
    os << file.getFilename().getValue() << ':' << file.getLine() << ':'
       << file.getColumn() << ": ";
  else if (!isa<UnknownLoc>(loc))
    os << loc << ": ";
  os << diagnostic.str();
}

CompilerSession::CompilerSession(const SessionOptions &options,
                                 DiagnosticListener listener)
    : mlirContext(MLIRContext::Threading::DISABLED),
      listener(std::move(listener)) {
  timingManager.setEnabled(options.timing);
  timingScope = timingManager.getRootScope();
  DialectRegistry registry;
  registerAllDialects(registry);
  mlirContext.appendDialectRegistry(registry);
  mlirContext.loadAllAvailableDialects();
  mlirContext.printOpOnDiagnostic(false);
  mlirContext.getDiagEngine().registerHandler(
      [this](Diagnostic &diagnostic) { hear(diagnostic); });
  enableRemarks(options);
}

void CompilerSession::enableRemarks(const SessionOptions &options) {
  bool print = !options.remarks.empty();
  if (!print && options.remarksFile.empty())
    return;
  // The engine wants each kind's filter set, even where `all` covers it.
  std::string filter = print ? options.remarks : ".*";
  remark::RemarkCategories categories{filter, filter, filter, filter, filter};
  auto policy = std::make_unique<remark::RemarkEmittingPolicyAll>();
  if (options.remarksFile.empty())
    (void)remark::enableOptimizationRemarks(mlirContext, /*streamer=*/nullptr,
                                            std::move(policy), categories,
                                            print);
  else
    (void)remark::enableOptimizationRemarksWithLLVMStreamer(
        mlirContext, options.remarksFile, llvm::remarks::Format::YAML,
        std::move(policy), categories, print);
}

void CompilerSession::hear(Diagnostic &diagnostic) {
  std::string text;
  llvm::raw_string_ostream os(text);
  print(os, diagnostic);
  for (Diagnostic &note : diagnostic.getNotes()) {
    os << "\n  note: ";
    print(os, note);
  }
  if (diagnostic.getSeverity() == DiagnosticSeverity::Error) {
    if (!errors.empty())
      errors += '\n';
    errors += text;
  }
  if (listener)
    listener(diagnostic.getSeverity(), text);
}

Error CompilerSession::takeError() {
  if (errors.empty())
    return {"compilation failed"};
  return {std::exchange(errors, {})};
}

std::string CompilerSession::takeDetail() {
  return errors.empty() ? "" : "\n" + std::exchange(errors, {});
}

Status checkRemarks(const std::string &remarks) {
  std::string why;
  if (!remarks.empty() && !llvm::Regex(remarks).isValid(why))
    return makeError("is no regular expression: ", why);
  return {};
}

} // namespace recflex
