//===- CheckedTile.cpp - Tiles of input that nobody checked ---------------===//
//
// A block looks at the offsets and indices of its tile before its body reads
// them. It does so side by side, a thread an index, where a body has all lanes
// of a bag read the same one: a fraction of the instructions that checks inside
// a body would take, no registers of the body's, and the body then finds the
// indices in the L1 cache. Schedules need to know nothing of it.
//
// A tile with something bad is pooled here instead, slowly, bag by bag: each
// fault is met once.
//
//===----------------------------------------------------------------------===//

#include "CheckedTile.h"
#include "InputKernels.h"

#include "recflex/Runtime/KernelABI.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

#include <limits>

using namespace mlir;

namespace recflex {

/// Indices in flight a thread.
static constexpr int64_t kUnroll = 4;

static Value constant(KernelBuilder &b, bool value) {
  return arith::ConstantIntOp::create(b, b.getI1Type(), value);
}

static Value invert(KernelBuilder &b, Value condition) {
  return b.equal(condition, constant(b, false));
}

CheckedTile::CheckedTile(KernelBuilder &b, const ForwardArguments &arguments,
                         Value feature, Value tile, int64_t threads)
    : b(b), arguments(arguments), feature(feature), threads(threads) {
  thread = b.threadId();
  lane = b.modulo(thread, abi::kWarpSize);
  key = field(offsetof(abi::FeatureDescriptor, feature));
  width = field(offsetof(abi::FeatureDescriptor, width));
  kind = field(offsetof(abi::FeatureDescriptor, rowKind));
  rows = loadRows(b, arguments.descriptors, feature);
  Value samples = field(offsetof(abi::FeatureDescriptor, samplesPerTile));
  Value parts = field(offsetof(abi::FeatureDescriptor, columnTiles));
  Value rank = arith::DivUIOp::create(b, tile, parts);
  isFirstPart = b.equal(b.mul(rank, parts), tile);
  first = b.mul(rank, samples);
  past = b.minimum(b.add(first, samples), arguments.batch);
}

Value CheckedTile::field(size_t offset) {
  return loadField(b, arguments.descriptors, feature, offset);
}

/// Where the bag of `sample` begins, i64; that of the batch's size is where the
/// last one ends.
Value CheckedTile::loadOffset(Value sample) {
  return loadNumber(arguments.offsets,
                    b.add(b.mul(b.widen(key), b.widen(arguments.batch)),
                          b.widen(sample)));
}

/// The index at an i64 position, i64.
Value CheckedTile::loadIndex(Value position) {
  return loadNumber(arguments.values, position);
}

/// Entry `at` of an array of the index type, i64.
Value CheckedTile::loadNumber(Value array, Value at) {
  Type type = arguments.indexType;
  return b.widen(b.loadInvariant(type, b.gep(array, type, at),
                                 type.getIntOrFloatBitWidth() / 8));
}

/// Unsigned: what is negative is past every end.
Value CheckedTile::isRight(Value begin, Value end) {
  return b.both(b.atMost(begin, end), b.atMost(end, arguments.lookups));
}

//===----------------------------------------------------------------------===//
// Looking
//===----------------------------------------------------------------------===//

/// Whether the calling thread's bags have bad bounds.
Value CheckedTile::badOffsets() {
  auto loop = scf::ForOp::create(b, b.add(first, thread), past,
                                 b.i32(threads),
                                 ValueRange{constant(b, false)});
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Value sample = loop.getInductionVar();
  Value right = isRight(loadOffset(sample),
                        loadOffset(b.add(sample, b.i32(1))));
  scf::YieldOp::create(
      b, b.either(loop.getRegionIterArg(0), invert(b, right)));
  return loop.getResult(0);
}

/// Whether the calling thread's indices are bad, or the tile's bounds.
Value CheckedTile::badIndices() {
  Value begin = loadOffset(first), end = loadOffset(past);
  Value right = isRight(begin, end), zero = b.i64(0);
  begin = b.select(right, begin, zero);
  end = b.select(right, end, zero);
  auto loop = scf::ForOp::create(b, b.add(begin, b.widen(thread)), end,
                                 b.i64(kUnroll * threads), ValueRange{zero});
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    Value position = loop.getInductionVar();
    SmallVector<Value> indices;
    for (int64_t u = 0; u < kUnroll; ++u) {
      Value at = b.add(position, b.i64(u * threads));
      indices.push_back(
          loadIndex(b.select(b.less(at, end), at, position)));
    }
    Value largest = loop.getRegionIterArg(0);
    for (Value index : indices)
      largest = arith::MaxUIOp::create(b, largest, index);
    scf::YieldOp::create(b, largest);
  }
  return b.either(b.atMost(rows, loop.getResult(0)), invert(b, right));
}

Value CheckedTile::isBad(Value wanted, LLVM::GlobalOp badWarps) {
  return b.choose(
      b.getI1Type(), wanted,
      [&] { return anyThread(b.either(badIndices(), badOffsets()), badWarps); },
      [&] { return constant(b, false); });
}

/// Or over the block: by ballot in a warp, through shared memory over warps.
Value CheckedTile::anyThread(Value condition, LLVM::GlobalOp badWarps) {
  Type i32 = b.getI32Type();
  Value warps = LLVM::AddressOfOp::create(b, badWarps);
  Value lanes = b.ballot(condition);
  b.guarded(b.equal(lane, b.i32(0)), [&] {
    b.store(lanes, b.gep(warps, i32, b.divide(thread, abi::kWarpSize)), 4);
  });
  b.barrier();
  Value other = b.select(b.less(lane, b.i32(threads / abi::kWarpSize)), lane,
                         b.i32(0));
  Value seen = b.load(i32, b.gep(warps, i32, other), 4);
  return b.below(b.i32(0), b.ballot(b.below(b.i32(0), seen)));
}

//===----------------------------------------------------------------------===//
// Pooling a bad tile
//===----------------------------------------------------------------------===//

void CheckedTile::record(FaultKind faultKind, const Bag &bag, Value position,
                         Value value) {
  recordFault(b, arguments.state, arguments.capacity,
              {b.i32(static_cast<int64_t>(faultKind)), feature, key, bag.sample,
               position, value});
}

/// Bad bounds are recorded, and the bag is then empty.
CheckedTile::Bag CheckedTile::loadBag(Value sample) {
  Bag bag;
  bag.sample = sample;
  Value begin = loadOffset(sample);
  Value end = loadOffset(b.add(sample, b.i32(1)));
  Value right = isRight(begin, end), zero = b.i64(0);
  Value culprit =
      b.select(b.atMost(begin, arguments.lookups), end, begin);
  b.guarded(b.both(invert(b, right), b.equal(lane, b.i32(0))), [&] {
    record(FaultKind::offsets, bag, zero, culprit);
  });
  bag.begin = b.select(right, begin, zero);
  bag.end = b.select(right, end, zero);
  // Views were copied: their own positions are what the caller knows.
  Value copied = b.both(invert(b, b.isNull(arguments.views)),
                        b.less(bag.begin, bag.end));
  bag.ownBegin = b.choose(
      b.getI64Type(), copied,
      [&] {
        LoadedView view = loadView(b, arguments.views, key);
        return loadNumber(view.offsets, b.widen(sample));
      },
      [&] { return bag.begin; });
  return bag;
}

/// Records the bag's bad indices; whether the calling lane saw any.
Value CheckedTile::recordIndices(const Bag &bag) {
  auto loop = scf::ForOp::create(b, b.add(bag.begin, b.widen(lane)), bag.end,
                                 b.i64(abi::kWarpSize),
                                 ValueRange{constant(b, false)});
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Value at = loop.getInductionVar(), index = loadIndex(at);
  Value bad = b.atMost(rows, index);
  b.guarded(bad, [&] {
    record(FaultKind::index, bag,
           b.add(bag.ownBegin, b.sub(at, bag.begin)), index);
  });
  scf::YieldOp::create(b, b.either(loop.getRegionIterArg(0), bad));
  return loop.getResult(0);
}

/// Element `column` of row `index` as f32; zero outside the table.
Value CheckedTile::loadElement(Value index, Value column) {
  Value at = b.add(b.mul(index, b.widen(width)), b.widen(column));
  Value address = loadTable(b, arguments.descriptors, feature);
  Value type = arith::AndIOp::create(b, kind, b.i32(abi::kRowTypeMask));
  auto load = [&](Type element) -> Value {
    Value value = b.loadInvariant(element, b.gep(address, element, at),
                                  element.getIntOrFloatBitWidth() / 8);
    if (element.isF32())
      return value;
    return arith::ExtFOp::create(b, b.getF32Type(), value);
  };
  auto isType = [&](RowType wanted) {
    return b.equal(type, b.i32(static_cast<int64_t>(wanted)));
  };
  Type f32 = b.getF32Type();
  auto loadHalf = [&] {
    return b.choose(
        f32, isType(RowType::f16), [&] { return load(b.getF16Type()); },
        [&] { return load(b.getBF16Type()); });
  };
  auto loadAny = [&] {
    return b.choose(
        f32, isType(RowType::f32), [&] { return load(f32); }, loadHalf);
  };
  return b.choose(
      f32, b.atMost(rows, index),
      [&]() -> Value {
        return arith::ConstantOp::create(b, b.getF32FloatAttr(0));
      },
      loadAny);
}

/// Pools one column of a bag, one lookup after the other.
Value CheckedTile::poolColumn(const Bag &bag, Value column) {
  Type f32 = b.getF32Type();
  auto number = [&](float value) -> Value {
    return arith::ConstantOp::create(b, b.getF32FloatAttr(value));
  };
  Value pooling = arith::AndIOp::create(
      b, arith::ShRUIOp::create(b, kind, b.i32(abi::kPoolingShift)),
      b.i32(abi::kPoolingMask));
  auto isPooling = [&](Pooling wanted) {
    return b.equal(pooling, b.i32(static_cast<int64_t>(wanted)));
  };
  Value isMax = isPooling(Pooling::max), isMean = isPooling(Pooling::mean);
  Value weighted = b.below(
      b.i32(0), arith::AndIOp::create(b, kind, b.i32(abi::kWeightedRows)));
  Value start = b.select(
      isMax, number(-std::numeric_limits<float>::infinity()), number(0));
  auto loop = scf::ForOp::create(b, bag.begin, bag.end, b.i64(1),
                                 ValueRange{start});
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    Value at = loop.getInductionVar(), sum = loop.getRegionIterArg(0);
    Value element = loadElement(loadIndex(at), column);
    Value weight = b.choose(
        f32, weighted,
        [&] {
          return b.loadInvariant(f32, b.gep(arguments.weights, f32, at), 4);
        },
        [&] { return number(1); });
    Value added = LLVM::FMAOp::create(b, weight, element, sum);
    Value larger = LLVM::MaxNumOp::create(b, sum, element);
    scf::YieldOp::create(b, b.select(isMax, larger, added));
  }
  Value length = b.sub(bag.end, bag.begin);
  Value divisor = arith::SIToFPOp::create(
      b, f32, b.select(isMean, b.maximum(length, b.i64(1)), b.i64(1)));
  Value pooled = arith::DivFOp::create(b, loop.getResult(0), divisor);
  return b.select(b.equal(length, b.i64(0)), number(0), pooled);
}

void CheckedTile::storeColumn(const Bag &bag, Value column, Value value) {
  Value first = b.widen(field(offsetof(abi::FeatureDescriptor, column)));
  Value at = b.add(b.mul(b.widen(bag.sample), arguments.outputStride),
                   b.add(first, b.widen(column)));
  Value type = arith::AndIOp::create(b, arguments.outputFormat,
                                     b.i32(abi::kOutputTypeMask));
  auto isType = [&](RowType wanted) {
    return b.equal(type, b.i32(static_cast<int64_t>(wanted)));
  };
  auto store = [&](Type element) {
    Value rounded = value;
    if (!element.isF32())
      rounded = arith::TruncFOp::create(b, element, value);
    b.store(rounded, b.gep(arguments.output, element, at),
            element.getIntOrFloatBitWidth() / 8);
  };
  b.choose(
      isType(RowType::f32), [&] { store(b.getF32Type()); },
      [&] {
        b.choose(
            isType(RowType::f16), [&] { store(b.getF16Type()); },
            [&] { store(b.getBF16Type()); });
      });
}

void CheckedTile::pool() {
  b.guarded(isFirstPart, [&] {
    auto bags = scf::ForOp::create(
        b, b.add(first, b.divide(thread, abi::kWarpSize)), past,
        b.i32(threads / abi::kWarpSize));
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(bags.getBody());
    Bag bag = loadBag(bags.getInductionVar());
    Value bad = b.below(b.i32(0), b.ballot(recordIndices(bag)));
    Value zeroed = b.both(bad, b.below(b.i32(0), arguments.zeroBags));
    auto columns =
        scf::ForOp::create(b, lane, width, b.i32(abi::kWarpSize));
    b.setInsertionPointToStart(columns.getBody());
    Value column = columns.getInductionVar();
    Value zero = arith::ConstantOp::create(b, b.getF32FloatAttr(0));
    storeColumn(bag, column,
                b.select(zeroed, zero, poolColumn(bag, column)));
  });
}

} // namespace recflex
