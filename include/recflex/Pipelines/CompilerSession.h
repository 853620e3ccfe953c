//===- CompilerSession.h - A context that keeps its errors ------*- C++ -*-===//

#ifndef RECFLEX_PIPELINES_COMPILERSESSION_H
#define RECFLEX_PIPELINES_COMPILERSESSION_H

#include "recflex/Support/Result.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Support/Timing.h"

#include <functional>
#include <string>

namespace recflex {

/// Hears of every diagnostic, as one text with its place and its notes.
using DiagnosticListener =
    std::function<void(mlir::DiagnosticSeverity, const std::string &)>;

/// Prints all but errors to standard error: what a command wants.
void printDiagnostic(mlir::DiagnosticSeverity severity,
                     const std::string &text);

/// What is to be said of a compilation besides errors.
struct SessionOptions {
  /// A regular expression: remarks of the categories that it matches are made,
  /// and told to the listener as everything else is. None if empty.
  std::string remarks;
  std::string remarksFile; ///< YAML of those, or else of all; none if empty
  bool timing = false;     ///< what took how long, on standard error at the end
};

/// A context with everything registered, for one thread at a time, whose errors
/// are kept rather than printed.
class CompilerSession {
public:
  explicit CompilerSession(const SessionOptions &options = {},
                           DiagnosticListener listener = printDiagnostic);

  mlir::MLIRContext &context() { return mlirContext; }
  /// Parts of the session's work are timed in scopes inside this one.
  mlir::TimingScope &timing() { return timingScope; }
  /// The errors since the last call, as one Error.
  Error takeError();
  /// The same as lines to append to another message; empty if there are none.
  std::string takeDetail();

private:
  void hear(mlir::Diagnostic &diagnostic);
  void enableRemarks(const SessionOptions &options);

  mlir::MLIRContext mlirContext;
  DiagnosticListener listener;
  std::string errors;
  mlir::DefaultTimingManager timingManager;
  mlir::TimingScope timingScope;
};

/// Whether a session takes `remarks`; the error is "is no regular expression:
/// ...".
Status checkRemarks(const std::string &remarks);

} // namespace recflex

#endif // RECFLEX_PIPELINES_COMPILERSESSION_H
