//===- Descriptor.cpp - Reading a feature's descriptor --------------------===//

#include "Kernels.h"

#include "recflex/Runtime/KernelABI.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace recflex {

static Value loadAt(KernelBuilder &b, Value descriptors, Value number,
                    size_t offset, Type type) {
  Value bytes = b.mul(
      b.widen(number),
      arith::ConstantIntOp::create(b, b.getI64Type(),
                                   sizeof(abi::FeatureDescriptor)));
  Value address = b.gep(b.gep(descriptors, b.getI8Type(), bytes), b.getI8Type(),
                        b.i32(offset));
  return b.loadInvariant(type, address, type.getIntOrFloatBitWidth() / 8);
}

Value loadField(KernelBuilder &b, Value descriptors, Value number,
                size_t offset) {
  return loadAt(b, descriptors, number, offset, b.getI32Type());
}

Value loadRows(KernelBuilder &b, Value descriptors, Value number) {
  return loadAt(b, descriptors, number, offsetof(abi::FeatureDescriptor, rows),
                b.getI64Type());
}

Value loadTable(KernelBuilder &b, Value descriptors, Value number) {
  Value address =
      loadAt(b, descriptors, number, offsetof(abi::FeatureDescriptor, table),
             b.getI64Type());
  return LLVM::IntToPtrOp::create(b, descriptors.getType(), address);
}

} // namespace recflex
