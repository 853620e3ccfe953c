//===- CompilerSession.h - A context that keeps its errors ------*- C++ -*-===//

#ifndef RECFLEX_PIPELINES_COMPILERSESSION_H
#define RECFLEX_PIPELINES_COMPILERSESSION_H

#include "recflex/Support/Result.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"

#include <functional>
#include <string>

namespace recflex {

/// Hears of every diagnostic, as one text with its place and its notes.
using DiagnosticListener =
    std::function<void(mlir::DiagnosticSeverity, const std::string &)>;

/// Prints all but errors to standard error: what a command wants.
void printDiagnostic(mlir::DiagnosticSeverity severity,
                     const std::string &text);

/// A context with everything registered, for one thread at a time, whose errors
/// are kept rather than printed.
class CompilerSession {
public:
  /// `remarks`: a regular expression; remarks of the categories that it matches
  /// are made, and told to the listener as everything else is.
  explicit CompilerSession(const std::string &remarks = "",
                           DiagnosticListener listener = printDiagnostic);

  mlir::MLIRContext &context() { return mlirContext; }
  /// The errors since the last call, as one Error.
  Error takeError();
  /// The same as lines to append to another message; empty if there are none.
  std::string takeDetail();

private:
  void hear(mlir::Diagnostic &diagnostic);

  mlir::MLIRContext mlirContext;
  DiagnosticListener listener;
  std::string errors;
};

/// Whether a session takes `remarks`; the error is "is no regular expression:
/// ...".
Status checkRemarks(const std::string &remarks);

} // namespace recflex

#endif // RECFLEX_PIPELINES_COMPILERSESSION_H
