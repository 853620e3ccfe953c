//===- DescriptorGlobal.h - Descriptors as a constant -----------*- C++ -*-===//

#ifndef RECFLEX_LIB_CONVERSION_LAUNCHTOGPU_DESCRIPTORGLOBAL_H
#define RECFLEX_LIB_CONVERSION_LAUNCHTOGPU_DESCRIPTORGLOBAL_H

#include "recflex/Runtime/KernelABI.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/SymbolTable.h"

#include <vector>

namespace recflex {

/// Words of a descriptor, of 8 bytes each; the first is the table's address.
constexpr int64_t kDescriptorWords =
    sizeof(abi::FeatureDescriptor) / sizeof(uint64_t);

/// A private constant memref<F x kDescriptorWords x i64> of `descriptors`,
/// whose table addresses are zero, named after `name`.
mlir::memref::GlobalOp
createDescriptorGlobal(mlir::SymbolTable &symbols, mlir::Location loc,
                       llvm::StringRef name,
                       const std::vector<abi::FeatureDescriptor> &descriptors);

} // namespace recflex

#endif // RECFLEX_LIB_CONVERSION_LAUNCHTOGPU_DESCRIPTORGLOBAL_H
