//===- CheckedTile.cpp - Tiles of input that nobody checked ---------------===//
//
// Threads look at the offsets and indices of a tile before its body reads
// them. They do so side by side, a thread an index, where a body has all lanes
// of a bag read the same one: a fraction of the instructions that checks inside
// a body would take, no registers of the body's, and the body then finds the
// indices in the L1 cache. Where a schedule says which samples each warp pools
// by itself, each looks at those alone and waits for no other; else the block
// looks at its tile together. Schedules need to know no more of it.
//
// What has something bad is pooled here instead, slowly, bag by bag: each fault
// is met once.
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

/// Indices in flight a thread. Most warps look at all of theirs at once.
static constexpr int64_t kUnroll = 8;

/// Samples in flight a thread where a warp has more samples than lanes.
static constexpr int64_t kWideRounds = 4;

static Value constant(KernelBuilder &b, bool value) {
  return arith::ConstantIntOp::create(b, b.getI1Type(), value);
}

static Value invert(KernelBuilder &b, Value condition) {
  return b.equal(condition, constant(b, false));
}

/// A quotient by an abi::Divider whose fields are given.
static Value quotient(KernelBuilder &b, Value number, Value magic,
                      Value shift) {
  Type i64 = b.getI64Type();
  auto extend = [&](Value value) -> Value {
    return arith::ExtUIOp::create(b, i64, value);
  };
  Value product = b.mul(extend(number), extend(magic));
  return b.narrow(arith::ShRUIOp::create(b, product, extend(shift)));
}

CheckedTile::CheckedTile(KernelBuilder &b, const ForwardArguments &arguments,
                         Value feature, Value tile, int64_t threads)
    : b(b), arguments(arguments), feature(feature), tile(tile),
      threads(threads) {
  using abi::FeatureDescriptor;
  thread = b.threadId();
  lane = b.modulo(thread, abi::kWarpSize);
  warp = b.divide(thread, abi::kWarpSize);
  key = field(offsetof(FeatureDescriptor, feature));
  rows = loadRows(b, arguments.descriptors, feature);
  Value samples = field(offsetof(FeatureDescriptor, samplesPerTile));
  Value warpSamples = field(offsetof(FeatureDescriptor, warpSamples));
  constexpr size_t divider = offsetof(FeatureDescriptor, rowTile);
  rank = quotient(b, tile, field(divider + offsetof(abi::Divider, magic)),
                  field(divider + offsetof(abi::Divider, shift)));

  apart = b.below(b.i32(0), warpSamples);
  Value begin = b.mul(rank, samples);
  Value end = b.minimum(b.add(begin, samples), arguments.batch);
  Value own = b.add(begin, b.mul(warp, warpSamples));
  past = b.select(apart, b.minimum(b.add(own, warpSamples), end), end);
  first = b.minimum(own, past);
  number = b.select(apart, lane, thread);
  count = b.select(apart, b.i32(abi::kWarpSize), b.i32(threads));
}

Value CheckedTile::field(size_t offset) {
  return loadField(b, arguments.descriptors, feature, offset);
}

/// Where the bag of `sample` begins, i64; that of the batch's size is where the
/// last one ends.
Value CheckedTile::loadOffset(Value sample) {
  return b.widen(rawOffset(sample));
}

/// The index at an i64 position, i64.
Value CheckedTile::loadIndex(Value position) {
  return loadNumber(arguments.values, position);
}

/// Entry `at` of an array of the index type, i64.
Value CheckedTile::loadNumber(Value array, Value at) {
  return b.widen(rawNumber(array, at));
}

/// The same as it stands there.
Value CheckedTile::rawNumber(Value array, Value at) {
  Type type = arguments.indexType;
  return b.loadInvariant(type, b.gep(array, type, at),
                         type.getIntOrFloatBitWidth() / 8);
}

/// Offset `sample` of the key as it stands there.
Value CheckedTile::rawOffset(Value sample) {
  Value first = b.mul(b.widen(key), b.widen(arguments.batch));
  return rawNumber(b.gep(arguments.offsets, arguments.indexType, first),
                   sample);
}

/// Whether a bag's bounds are right. All three are of one type, and unsigned:
/// what is negative is past every end.
Value CheckedTile::isRight(Value begin, Value end, Value lookups) {
  return b.both(b.atMost(begin, end), b.atMost(end, lookups));
}

//===----------------------------------------------------------------------===//
// Looking
//
// In the index type: half the instructions where it has 32 bits. Sums may pass
// the largest index by some hundreds, so all comparisons are unsigned; what is
// negative is then past every end.
//===----------------------------------------------------------------------===//

/// An i64 that is not negative as an unsigned number of the index type, `most`
/// where it does not fit.
Value CheckedTile::narrowed(Value number, uint64_t most) {
  if (arguments.indexType.isInteger(64))
    return number;
  return b.narrow(
      arith::MinUIOp::create(b, number, b.i64(static_cast<int64_t>(most))));
}

/// Whether an index in [begin, end) is bad: the calling thread looks at every
/// `count`-th.
Value CheckedTile::badIndices(Value begin, Value end) {
  Type type = arguments.indexType;
  auto toIndex = [&](Value value) {
    return type.isInteger(64) ? b.widen(value) : value;
  };
  Value start = b.add(begin, toIndex(number)), stride = toIndex(count);
  Value step = toIndex(b.mul(count, b.i32(kUnroll)));
  auto loop =
      scf::ForOp::create(b, start, end, step, ValueRange{toIndex(b.i32(0))},
                         /*bodyBuilder=*/nullptr, /*unsignedCmp=*/true);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    Value position = loop.getInductionVar();
    Value largest = loop.getRegionIterArg(0);
    SmallVector<Value> indices;
    Value at = position;
    for (int64_t u = 0; u < kUnroll; ++u) {
      if (u)
        at = b.add(at, stride);
      Value inside = b.select(b.below(at, end), at, position);
      indices.push_back(rawNumber(arguments.values, inside));
    }
    for (Value index : indices)
      largest = arith::MaxUIOp::create(b, largest, index);
    scf::YieldOp::create(b, largest);
  }
  Value bound = narrowed(rows, uint64_t{1} << 31);
  return b.atMost(bound, loop.getResult(0));
}

/// The sample that the calling thread looks at in its round `round`; may be
/// past the last.
Value CheckedTile::sampleOf(int64_t round) {
  return b.add(b.add(first, number), b.mul(count, b.i32(round)));
}

/// Whether the calling thread's samples from its round `round` on have bad
/// bounds.
Value CheckedTile::badFurtherOffsets(int64_t round, Value lookups) {
  auto loop = scf::ForOp::create(b, sampleOf(round), past, count,
                                 ValueRange{constant(b, false)});
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Value sample = loop.getInductionVar();
  Value right =
      isRight(rawOffset(sample), rawOffset(b.add(sample, b.i32(1))), lookups);
  scf::YieldOp::create(b, b.either(loop.getRegionIterArg(0), invert(b, right)));
  return loop.getResult(0);
}

/// Whether the calling thread sees something bad. The offsets of its first
/// `rounds` samples are all asked for before one is waited for.
Value CheckedTile::seesBad(int64_t rounds) {
  Value begin = rawOffset(first), end = rawOffset(past);
  // A tile has a sample; spare threads look at the last.
  Value last = b.sub(past, b.i32(1));
  SmallVector<std::pair<Value, Value>> bags;
  for (int64_t round = 0; round < rounds; ++round) {
    Value sample = b.minimum(sampleOf(round), last);
    bags.emplace_back(rawOffset(sample), rawOffset(b.add(sample, b.i32(1))));
  }

  Value lookups = narrowed(arguments.lookups, INT32_MAX);
  Value right = isRight(begin, end, lookups);
  Value zero = arith::ConstantIntOp::create(b, arguments.indexType, 0);
  Value from = b.select(right, begin, zero), to = b.select(right, end, zero);
  for (auto [ownBegin, ownEnd] : bags)
    right = b.both(right, isRight(ownBegin, ownEnd, lookups));
  Value bad = b.either(badIndices(from, to), invert(b, right));
  if (rounds > 1)
    bad = b.either(bad, badFurtherOffsets(rounds, lookups));
  return bad;
}

Value CheckedTile::isBad(Value wanted) {
  auto look = [&] {
    Value isWide = b.less(count, b.sub(past, first));
    Value bad = b.choose(
        b.getI1Type(), isWide, [&] { return seesBad(kWideRounds); },
        [&] { return seesBad(1); });
    return b.choose(
        b.getI1Type(), apart, [&] { return b.below(b.i32(0), b.ballot(bad)); },
        [&] { return b.anyThread(bad); });
  };
  return b.choose(b.getI1Type(), wanted, look,
                  [&] { return constant(b, false); });
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
  Value right = isRight(begin, end, arguments.lookups), zero = b.i64(0);
  Value culprit = b.select(b.atMost(begin, arguments.lookups), end, begin);
  b.guarded(b.both(invert(b, right), b.equal(lane, b.i32(0))),
            [&] { record(FaultKind::offsets, bag, zero, culprit); });
  bag.begin = b.select(right, begin, zero);
  bag.end = b.select(right, end, zero);
  // Views were copied: their own positions are what the caller knows.
  Value copied =
      b.both(invert(b, b.isNull(arguments.views)), b.less(bag.begin, bag.end));
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
  auto loop =
      scf::ForOp::create(b, b.add(bag.begin, b.widen(lane)), bag.end,
                         b.i64(abi::kWarpSize), ValueRange{constant(b, false)});
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Value at = loop.getInductionVar(), index = loadIndex(at);
  Value bad = b.atMost(rows, index);
  b.guarded(bad, [&] {
    record(FaultKind::index, bag, b.add(bag.ownBegin, b.sub(at, bag.begin)),
           index);
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
  Value start = b.select(isMax, number(-std::numeric_limits<float>::infinity()),
                         number(0));
  auto loop =
      scf::ForOp::create(b, bag.begin, bag.end, b.i64(1), ValueRange{start});
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
  width = field(offsetof(abi::FeatureDescriptor, width));
  kind = field(offsetof(abi::FeatureDescriptor, rowKind));
  // The tile of the first columns pools all of them.
  Value parts = field(offsetof(abi::FeatureDescriptor, columnTiles));
  b.guarded(b.equal(b.mul(rank, parts), tile), [&] {
    Value start = b.add(first, b.select(apart, b.i32(0), warp));
    Value warps = b.select(apart, b.i32(1), b.i32(threads / abi::kWarpSize));
    auto bags = scf::ForOp::create(b, start, past, warps);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(bags.getBody());
    Bag bag = loadBag(bags.getInductionVar());
    Value bad = b.below(b.i32(0), b.ballot(recordIndices(bag)));
    Value zeroed = b.both(bad, b.below(b.i32(0), arguments.zeroBags));
    auto columns = scf::ForOp::create(b, lane, width, b.i32(abi::kWarpSize));
    b.setInsertionPointToStart(columns.getBody());
    Value column = columns.getInductionVar();
    Value zero = arith::ConstantOp::create(b, b.getF32FloatAttr(0));
    storeColumn(bag, column, b.select(zeroed, zero, poolColumn(bag, column)));
  });
}

} // namespace recflex
