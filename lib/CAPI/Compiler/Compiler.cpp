//===- Compiler.cpp - What compiling shares -------------------------------===//

#include "Arguments.h"
#include "Handles.h"
#include "Specs.h"

using namespace recflex;
using namespace recflex::capi;

static RecflexSeverity severityOf(mlir::DiagnosticSeverity severity) {
  switch (severity) {
  case mlir::DiagnosticSeverity::Error:
    return RECFLEX_ERROR;
  case mlir::DiagnosticSeverity::Warning:
    return RECFLEX_WARNING;
  case mlir::DiagnosticSeverity::Note:
  case mlir::DiagnosticSeverity::Remark:
    return RECFLEX_REMARK;
  }
  return RECFLEX_REMARK;
}

RecflexStatus recflexCompilerCreate(const RecflexCompilerOptions *options,
                                    RecflexCompiler **compiler) {
  return guarded([&]() -> Status {
    if (Status status = needPlace(compiler, "compiler"); !status)
      return status;
    RecflexCompilerOptions known = {};
    if (options)
      if (Status status = readStruct(options, known); !status)
        return status;
    std::string remarks = known.remarks ? known.remarks : "";
    if (Status status = checkRemarks(remarks); !status)
      return status.error().in("RecflexCompilerOptions.remarks");
    DiagnosticListener listener;
    if (known.handler)
      listener = [handler = known.handler,
                  user = known.user](mlir::DiagnosticSeverity severity,
                                     const std::string &text) {
        handler(severityOf(severity), text.c_str(), user);
      };
    *compiler = new RecflexCompiler{std::make_shared<CompilerSession>(
        SessionOptions{remarks, /*remarksFile=*/"", /*timing=*/false},
        std::move(listener))};
    return {};
  });
}

void recflexCompilerDestroy(RecflexCompiler *compiler) { delete compiler; }
