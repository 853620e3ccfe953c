//===- MemrefAddress.h - Where a memref's elements are ----------*- C++ -*-===//

#ifndef RECFLEX_LIB_CONVERSION_LAUNCHTOGPU_MEMREFADDRESS_H
#define RECFLEX_LIB_CONVERSION_LAUNCHTOGPU_MEMREFADDRESS_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace recflex {

/// Offset and strides of `type`, in elements; nullopt if its layout is no
/// strided one.
struct Strides {
  int64_t offset;
  llvm::SmallVector<int64_t> strides;
};
std::optional<Strides> getStrides(mlir::MemRefType type);

/// Whether elements follow one another without gaps, whatever the offset.
bool isDense(mlir::MemRefType type);

/// Whether its first element lies at a multiple of `bytes` from where the
/// memref begins, as far as the type says.
bool isOffsetAligned(mlir::MemRefType type, int64_t bytes);

/// Whether what it is a part of begins at a multiple of `bytes`: an allocation,
/// or what a memref.assume_alignment says it of.
bool isBaseAligned(mlir::Value memref, int64_t bytes);

/// The address of element 0, i64.
mlir::Value emitAddress(mlir::ImplicitLocOpBuilder &b, mlir::Value memref);

/// Elements from one row to the next, as an index.
mlir::Value emitRowStride(mlir::ImplicitLocOpBuilder &b, mlir::Value memref);

} // namespace recflex

#endif // RECFLEX_LIB_CONVERSION_LAUNCHTOGPU_MEMREFADDRESS_H
