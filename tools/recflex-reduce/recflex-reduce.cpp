//===- recflex-reduce.cpp - mlir-reduce that knows lookups ----------------===//

#include "recflex/Dialect/Emb/Transforms/Reduction.h"
#include "recflex/InitAll.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-reduce/MlirReduceMain.h"

int main(int argc, char **argv) {
  mlir::registerAllPasses();
  recflex::registerAllPasses();
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  recflex::registerAllDialects(registry);
  recflex::emb::registerReductionPatterns(registry);
  mlir::MLIRContext context(registry);
  return mlir::failed(mlir::mlirReduceMain(argc, argv, context));
}
