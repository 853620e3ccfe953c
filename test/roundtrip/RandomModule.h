//===- RandomModule.h - A valid module of emb IR, at random ---------------===//

#ifndef RECFLEX_TEST_ROUNDTRIP_RANDOMMODULE_H
#define RECFLEX_TEST_ROUNDTRIP_RANDOMMODULE_H

#include "RandomAttributes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace recflex {

/// Draws modules of one to three functions, with every operation of the dialect
/// in every form, and with what the passes leave beside them.
class RandomModule {
public:
  RandomModule(uint64_t seed, mlir::MLIRContext *context);

  mlir::OwningOpRef<mlir::ModuleOp> module;

private:
  /// A function that grows arguments as its body asks for them.
  struct Body {
    mlir::func::FuncOp function;
    mlir::OpBuilder builder;
    llvm::SmallVector<mlir::Value> pooled; ///< tensors of f32, of some width
  };

  void addFunction(int64_t number);
  void addDeclaration(int64_t number);
  void addKernels();
  mlir::Value addArgument(Body &body, mlir::Type type);
  mlir::RankedTensorType drawTableType(int64_t mostRows);
  mlir::Value addTable(Body &body, mlir::IntegerType indexType);
  mlir::Value addArray(Body &body, mlir::Type element, int64_t size);
  mlir::Value addKjt(Body &body, int64_t features, mlir::IntegerType indexType);
  mlir::Value addBags(Body &body, mlir::IntegerType indexType);
  void addLookups(Body &body);
  /// Of a fused lookup or a launch, and what follows from them.
  struct Features {
    llvm::SmallVector<mlir::Attribute> list;
    int64_t width = 0;    ///< of all
    int64_t threads = 32; ///< that a block needs at least
    bool weighted = false;
  };
  Features drawFeatures(llvm::ArrayRef<mlir::Value> tables, int64_t keys);
  mlir::SymbolRefAttr drawKernel();
  void addFusedLookup(Body &body);
  void addLaunch(Body &body);
  mlir::DenseI32ArrayAttr drawOrder(size_t features);
  void addConcat(Body &body);
  void decorate(mlir::Operation *op);
  void finish(Body &body);

  RandomAttributes random;
  mlir::MLIRContext *context;
};

} // namespace recflex

#endif // RECFLEX_TEST_ROUNDTRIP_RANDOMMODULE_H
