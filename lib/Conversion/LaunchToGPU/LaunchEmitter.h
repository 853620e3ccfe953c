//===- LaunchEmitter.h - The kernels of a batch, from IR --------*- C++ -*-===//
//
// The compiled twin of LaunchSequence and Workspace.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_LIB_CONVERSION_LAUNCHTOGPU_LAUNCHEMITTER_H
#define RECFLEX_LIB_CONVERSION_LAUNCHTOGPU_LAUNCHEMITTER_H

#include "recflex/Dialect/Emb/IR/Emb.h"
#include "recflex/Runtime/KernelABI.h"
#include "recflex/Runtime/Manifest.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/SymbolTable.h"

namespace recflex {

/// Emits, ahead of one emb.launch on memrefs, the host code that launches its
/// kernels.
class LaunchEmitter {
public:
  LaunchEmitter(emb::LaunchOp op, mlir::SymbolTable &symbols);

  /// Errors: tensors, kernels that are not there, memory that the kernels
  /// cannot read or write as it lies.
  mlir::LogicalResult check();

  /// Emits it; the op is still there. It has passed check().
  void emit();

private:
  /// The arrays that the kernels share, as memrefs in one allocation.
  struct Workspace {
    mlir::Value memory; ///< what is to be freed
    mlir::Value descriptors, keys, order, starts, scratch;
  };
  /// How rows are written: abi::outputFormat(), i32, and whether that is
  /// abi::kUsualFormat, if that is known.
  struct RowsFormat {
    mlir::Value format;
    std::optional<bool> usual;
  };

  mlir::LogicalResult checkMemref(mlir::Value value, llvm::StringRef name);
  void emitSizes();
  mlir::Value emitHostDescriptors();
  Workspace emitWorkspace();
  void emitBinding(const Workspace &workspace);
  void emitForward(const Workspace &workspace);
  RowsFormat emitFormat(mlir::Value address, mlir::Value stride);
  mlir::Value emitBlocks();
  void launch(const char *kernel, mlir::Value blocks, int64_t threads,
              mlir::ValueRange operands);

  mlir::Value index(int64_t value);
  mlir::Value i32(int64_t value);
  mlir::Value pointer(mlir::Value memref);
  mlir::Value null();

  emb::LaunchOp op;
  mlir::SymbolTable &symbols;
  mlir::ImplicitLocOpBuilder b;
  Manifest manifest; ///< its sizes and features; no names
  std::vector<abi::FeatureDescriptor> descriptors;
  mlir::Value batch;            ///< samples, index
  mlir::Value batch32, lookups; ///< i32; length of values, i64
  mlir::Value features;         ///< their number, i32
};

} // namespace recflex

#endif // RECFLEX_LIB_CONVERSION_LAUNCHTOGPU_LAUNCHEMITTER_H
