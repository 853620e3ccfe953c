//===- recflex-reduce.cpp - mlir-reduce that knows lookups ----------------===//

#include "recflex/Dialect/Emb/Transforms/Reduction.h"
#include "recflex/InitAll.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-reduce/MlirReduceMain.h"
#include "llvm/Support/raw_ostream.h"

/// Without a handler MLIR prints errors alone, and keeps to itself that the
/// test does not find the input interesting.
static mlir::LogicalResult printWarning(mlir::Diagnostic &diagnostic) {
  if (diagnostic.getSeverity() != mlir::DiagnosticSeverity::Warning)
    return mlir::failure();
  llvm::errs() << diagnostic.getLocation() << ": warning: " << diagnostic
               << '\n';
  return mlir::success();
}

int main(int argc, char **argv) {
  mlir::registerAllPasses();
  recflex::registerAllPasses();
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  recflex::registerAllDialects(registry);
  recflex::emb::registerReductionPatterns(registry);
  mlir::MLIRContext context(registry);
  context.getDiagEngine().registerHandler(printWarning);
  return mlir::failed(mlir::mlirReduceMain(argc, argv, context));
}
