//===- BodyBuilder.cpp - Integers, memory and cooperation -----------------===//

#include "recflex/Schedules/BodyBuilder.h"

#include "recflex/Runtime/KernelABI.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace recflex {

BodyBuilder::BodyBuilder(Location loc, OpBuilder &builder,
                         const BodyShape &shape, const TileArguments &arguments)
    : KernelBuilder(loc, builder), bodyShape(shape), arguments(arguments) {}

//===----------------------------------------------------------------------===//
// Integers
//===----------------------------------------------------------------------===//

Type BodyBuilder::indexType() {
  return lookup().indexType == recflex::IndexType::i32 ? getI32Type()
                                                       : getI64Type();
}

Value BodyBuilder::index(int64_t value) {
  return arith::ConstantIntOp::create(*this, indexType(), value);
}

Value BodyBuilder::toIndex(Value value) {
  return indexType().isInteger(32) ? value : widen(value);
}

//===----------------------------------------------------------------------===//
// Global memory
//===----------------------------------------------------------------------===//

Value BodyBuilder::sampleOfWarp(const emb::TileShape &shape) {
  return add(mul(divide(tile().tile, shape.columnTiles), i32(shape.samples)),
             mul(divide(tile().thread, 32), i32(shape.warpSamples)));
}

Value BodyBuilder::sampleOfTeam(const emb::TileShape &shape, int64_t team) {
  return add(mul(divide(tile().tile, shape.columnTiles), i32(shape.samples)),
             divide(tile().thread, team));
}

Value BodyBuilder::columnOfLane(const emb::TileShape &shape, int64_t lanes,
                                int64_t vector) {
  return mul(add(mul(modulo(tile().tile, shape.columnTiles), i32(lanes)),
                 modulo(tile().thread, lanes)),
             i32(vector));
}

Value BodyBuilder::offsetAddress(Value sample) {
  Value bag =
      add(mul(widen(tile().feature), widen(tile().batch)), widen(sample));
  return gep(tile().offsets, indexType(), bag);
}

Value BodyBuilder::loadOffset(Value sample) {
  return loadInvariant(indexType(), offsetAddress(sample),
                       byteSize(lookup().indexType));
}

BagRange BodyBuilder::loadBag(Value sample) {
  unsigned bytes = byteSize(lookup().indexType);
  Value address = offsetAddress(sample);
  Value next = LLVM::GEPOp::create(*this, address.getType(), indexType(),
                                   address, ArrayRef<LLVM::GEPArg>{1});
  Value begin = loadInvariant(indexType(), address, bytes);
  Value end = loadInvariant(indexType(), next, bytes);
  return bagRange(begin, end);
}

BagRange BodyBuilder::loadBag(Value sample, Value active) {
  auto load = scf::IfOp::create(*this, TypeRange{indexType(), indexType()},
                                active, /*withElseRegion=*/true);
  {
    OpBuilder::InsertionGuard guard(*this);
    setInsertionPointToStart(load.thenBlock());
    BagRange bag = loadBag(sample);
    scf::YieldOp::create(*this, ValueRange{bag.begin, bag.end});
    setInsertionPointToStart(load.elseBlock());
    Value zero = index(0);
    scf::YieldOp::create(*this, ValueRange{zero, zero});
  }
  return bagRange(load.getResult(0), load.getResult(1));
}

Value BodyBuilder::isLong(const BagRange &bag) {
  return less(index(1), sub(bag.end, bag.begin));
}

BagRange BodyBuilder::bagRange(Value begin, Value end) {
  return {begin, end,
          arith::CmpIOp::create(*this, arith::CmpIPredicate::sge, begin, end)};
}

Value BodyBuilder::loadIndex(Value position) {
  Value row =
      loadInvariant(indexType(), gep(tile().values, indexType(), position),
                    byteSize(lookup().indexType));
  // Row numbers of all but the longest tables fit 31 bits: then one 32-bit
  // multiplication with a 64-bit product addresses the row.
  if (row.getType().isInteger(64) && !bodyShape.wideRows)
    row = arith::TruncIOp::create(*this, getI32Type(), row);
  return row;
}

Value BodyBuilder::rowAddress(Value row, Value column) {
  // The column first: it is the same for all rows of a bag.
  Value start =
      gep(tile().table, emb::getElementType(getContext(), lookup().rowType),
          column);
  Value bytes = mul(widen(row), arith::ConstantIntOp::create(
                                    *this, getI64Type(), lookup().rowBytes()));
  return gep(start, getI8Type(), bytes);
}

Value BodyBuilder::loadStored(Value address, int64_t vector) {
  auto type = VectorType::get(
      vector, emb::getElementType(getContext(), lookup().rowType));
  return loadInvariant(type, address, vector * byteSize(lookup().rowType));
}

Value BodyBuilder::toF32(Value row) {
  auto type = cast<VectorType>(row.getType());
  if (type.getElementType().isF32())
    return row;
  return arith::ExtFOp::create(*this, type.clone(getF32Type()), row);
}

Value BodyBuilder::loadElements(Value address, int64_t vector) {
  return toF32(loadStored(address, vector));
}

Value BodyBuilder::weightAt(Value position, int64_t vector) {
  Value weight = loadInvariant(getF32Type(),
                               gep(tile().weights, getF32Type(), position), 4);
  return splat(weight, vector);
}

void BodyBuilder::storeRow(Value row, Value sample, Value column) {
  if (bodyShape.anyFormat) {
    Value start = mul(widen(sample), widen(tile().outputStride));
    return storeAsAsked(row, add(start, widen(add(tile().column, column))));
  }
  Value start = mul(widen(sample), widen(tile().outputStride));
  Value address = gep(tile().output, getF32Type(), start);
  address = gep(address, getF32Type(), tile().column);
  address = gep(address, getF32Type(), column);
  store(row, address, widestStore(row) * sizeof(float));
}

int64_t BodyBuilder::widestStore(Value row) {
  return std::min(cast<VectorType>(row.getType()).getNumElements(),
                  bodyShape.columnAlignment);
}

void BodyBuilder::storeAsAsked(Value row, Value start) {
  Value type = arith::AndIOp::create(*this, tile().outputFormat,
                                     i32(abi::kOutputTypeMask));
  auto isType = [&](RowType wanted) {
    return equal(type, i32(static_cast<int64_t>(wanted)));
  };
  auto store = [&](Value elements) {
    if (widestStore(row) == 1)
      return storeElements(elements, start, 1);
    Value wide = arith::AndIOp::create(*this, tile().outputFormat,
                                       i32(abi::kWideRows));
    choose(
        below(i32(0), wide),
        [&] { storeElements(elements, start, widestStore(row)); },
        [&] { storeElements(elements, start, 1); });
  };
  choose(
      isType(RowType::f32), [&] { store(row); },
      [&] {
        // Both 16-bit types share their stores: only the bits differ.
        store(select(isType(RowType::f16), roundTo(getF16Type(), row),
                     roundTo(getBF16Type(), row)));
      });
}

Value BodyBuilder::roundTo(Type element, Value row) {
  auto type = cast<VectorType>(row.getType());
  Value rounded = arith::TruncFOp::create(*this, type.clone(element), row);
  return arith::BitcastOp::create(*this, type.clone(getI16Type()), rounded);
}

void BodyBuilder::storeElements(Value elements, Value start, int64_t together) {
  Type element = cast<VectorType>(elements.getType()).getElementType();
  store(elements, gep(tile().output, element, start),
        together * element.getIntOrFloatBitWidth() / 8);
}

//===----------------------------------------------------------------------===//
// Cooperation
//===----------------------------------------------------------------------===//

Value BodyBuilder::shuffleRow(Value row, int64_t mask) {
  auto type = cast<VectorType>(row.getType());
  Value result = row;
  for (int64_t i = 0; i < type.getNumElements(); ++i) {
    Value element = vector::ExtractOp::create(*this, row, i);
    result =
        vector::InsertOp::create(*this, shuffleXor(element, mask), result, i);
  }
  return result;
}

void BodyBuilder::storeShared(Value row, Value slot) {
  int64_t vector = cast<VectorType>(row.getType()).getNumElements();
  Value address = gep(tile().shared, rowType(vector), slot);
  store(row, address, std::min<int64_t>(16, vector * 4));
}

Value BodyBuilder::loadShared(Value slot, int64_t vector) {
  Value address = gep(tile().shared, rowType(vector), slot);
  return load(rowType(vector), address, std::min<int64_t>(16, vector * 4));
}

} // namespace recflex
