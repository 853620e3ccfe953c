//===- MemrefAddress.cpp - Where a memref's elements are ------------------===//

#include "MemrefAddress.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

#include <cstddef>

using namespace mlir;

namespace recflex {

std::optional<Strides> getStrides(MemRefType type) {
  Strides found;
  if (failed(type.getStridesAndOffset(found.strides, found.offset)))
    return std::nullopt;
  return found;
}

bool isDense(MemRefType type) {
  std::optional<Strides> found = getStrides(type);
  if (!found)
    return false;
  int64_t stride = 1;
  for (int64_t i = type.getRank() - 1; i >= 0; --i) {
    if (found->strides[i] != stride)
      return false;
    stride *= type.getDimSize(i); // only the first may be dynamic
  }
  return true;
}

static int64_t elementBytes(MemRefType type) {
  return type.getElementTypeBitWidth() / 8;
}

bool isOffsetAligned(MemRefType type, int64_t bytes) {
  std::optional<Strides> found = getStrides(type);
  return found && !ShapedType::isDynamic(found->offset) &&
         found->offset * elementBytes(type) % bytes == 0;
}

bool isBaseAligned(Value memref, int64_t bytes) {
  // No function returns memory that is aligned to less (C11, 7.22.3).
  constexpr int64_t leastAlignment = alignof(std::max_align_t);
  Operation *op = memref.getDefiningOp();
  while (isa_and_nonnull<memref::SubViewOp, memref::CastOp>(op))
    op = op->getOperand(0).getDefiningOp();
  if (auto assumption = dyn_cast_or_null<memref::AssumeAlignmentOp>(op))
    return assumption.getAlignment() % bytes == 0;
  return isa_and_nonnull<memref::AllocOp, gpu::AllocOp>(op) &&
         leastAlignment % bytes == 0;
}

Value emitAddress(ImplicitLocOpBuilder &b, Value memref) {
  auto type = cast<MemRefType>(memref.getType());
  Value begin = memref::ExtractAlignedPointerAsIndexOp::create(b, memref);
  int64_t offset = getStrides(type)->offset;
  if (offset != 0) {
    Value elements =
        ShapedType::isDynamic(offset)
            ? memref::ExtractStridedMetadataOp::create(b, memref).getOffset()
            : arith::ConstantIndexOp::create(b, offset).getResult();
    Value bytes = arith::MulIOp::create(
        b, elements, arith::ConstantIndexOp::create(b, elementBytes(type)));
    begin = arith::AddIOp::create(b, begin, bytes);
  }
  return arith::IndexCastOp::create(b, b.getI64Type(), begin);
}

Value emitRowStride(ImplicitLocOpBuilder &b, Value memref) {
  int64_t stride =
      getStrides(cast<MemRefType>(memref.getType()))->strides.front();
  if (!ShapedType::isDynamic(stride))
    return arith::ConstantIndexOp::create(b, stride);
  return memref::ExtractStridedMetadataOp::create(b, memref)
      .getStrides()
      .front();
}

} // namespace recflex
