//===- Descriptor.cpp - Reading a feature's descriptor --------------------===//

#include "Kernels.h"

#include "recflex/Runtime/KernelABI.h"

using namespace mlir;

namespace recflex {

Value entryAt(KernelBuilder &b, Value array, Value number, int64_t bytes) {
  return b.gep(array, b.getI8Type(), b.mul(b.widen(number), b.i64(bytes)));
}

static Value loadAt(KernelBuilder &b, Value descriptors, Value number,
                    size_t offset, Type type) {
  Value address =
      b.gep(entryAt(b, descriptors, number, sizeof(abi::FeatureDescriptor)),
            b.getI8Type(), b.i32(offset));
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
