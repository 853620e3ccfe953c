//===- PoolFunctions.h - One loop nest a kind of lookup ---------*- C++ -*-===//

#ifndef RECFLEX_LIB_CONVERSION_EMBTOLOOPS_POOLFUNCTIONS_H
#define RECFLEX_LIB_CONVERSION_EMBTOLOOPS_POOLFUNCTIONS_H

#include "recflex/Dialect/Emb/IR/LookupShape.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/SymbolTable.h"

#include <map>
#include <tuple>

namespace recflex {

/// The functions of a module that pool one lookup each: private, made when
/// first asked for, and shared by all lookups that differ in rows, width and
/// place alone, so that ten thousand lookups compile as fast as one.
class PoolFunctions {
public:
  explicit PoolFunctions(mlir::ModuleOp module)
      : module(module), symbols(module) {}

  /// The function that pools lookups of `shape`, whose rows and width do not
  /// matter. Its arguments: values memref<?xi>, offsets memref<?xi>, weights
  /// memref<?xf32> if the shape is weighted, the number of the feature (index),
  /// the table memref<?x?xT>, the output memref<?x?xf32>, and the first of the
  /// output's columns that it writes (index).
  mlir::func::FuncOp get(const emb::LookupShape &shape);

private:
  mlir::func::FuncOp create(const emb::LookupShape &shape);

  mlir::ModuleOp module;
  mlir::SymbolTable symbols;
  std::map<std::tuple<RowType, IndexType, Pooling, bool>, mlir::func::FuncOp>
      functions;
};

} // namespace recflex

#endif // RECFLEX_LIB_CONVERSION_EMBTOLOOPS_POOLFUNCTIONS_H
