//===- TileFaults.cpp - What was bad in a tile ----------------------------===//
//
// A block that met bad input looks at all bags of its tile again, one a warp:
// counts faults, lists the first ones, and zeroes bags if that is asked for.
// Schedules need to know nothing of it, and every lookup is counted once
// whatever they do with it. It is slow only for who sends bad input.
//
//===----------------------------------------------------------------------===//

#include "TileFaults.h"

#include "recflex/Runtime/BatchArguments.h"
#include "recflex/Runtime/KernelABI.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace recflex {
namespace {

/// One bag of the tile's feature.
struct Bag {
  Value key, sample;
  Value begin, end; ///< i64, in the values
};

class TileSweep {
public:
  TileSweep(KernelBuilder &b, const FaultArguments &arguments, Value feature,
            Value tile)
      : b(b), arguments(arguments), feature(feature), tile(tile) {}

  void emit(int64_t threads);

private:
  Value field(size_t offset) {
    return loadField(b, arguments.descriptors, feature, offset);
  }
  void record(FaultKind kind, const Bag &bag, Value position, Value value);
  void loadBounds(Bag &bag);
  Value recordIndices(const Bag &bag);
  void zeroBag(const Bag &bag);

  KernelBuilder &b;
  const FaultArguments &arguments;
  Value feature, tile;
  Value lane;
  Value counts; ///< whether this tile's part of the width counts faults
};

} // namespace

void TileSweep::record(FaultKind kind, const Bag &bag, Value position,
                       Value value) {
  recordFault(b, arguments.state, arguments.capacity,
              {b.i32(static_cast<int64_t>(kind)), feature, bag.key, bag.sample,
               position, value});
}

/// Loads the bag's bounds; bad ones are recorded, and the bag is then empty.
void TileSweep::loadBounds(Bag &bag) {
  Value at = b.add(b.mul(b.widen(bag.key), b.widen(arguments.batch)),
                   b.widen(bag.sample));
  Type index = arguments.indexType;
  unsigned bytes = index.getIntOrFloatBitWidth() / 8;
  Value address = b.gep(arguments.offsets, index, at);
  Value next = b.gep(address, index, b.i32(1));
  Value begin = b.widen(b.loadInvariant(index, address, bytes));
  Value end = b.widen(b.loadInvariant(index, next, bytes));
  // Unsigned: what is negative is past every end.
  Value beginInside = b.atMost(begin, arguments.lookups);
  Value good = b.both(b.atMost(begin, end), b.atMost(end, arguments.lookups));
  Value bad = b.equal(good, arith::ConstantIntOp::create(b, b.getI1Type(), 0));
  b.guarded(b.both(b.both(bad, b.less(lane, b.i32(1))), counts), [&] {
    record(FaultKind::offsets, bag, b.i64(0), b.select(beginInside, end, begin));
  });
  Value zero = b.i64(0);
  bag.begin = b.select(good, begin, zero);
  bag.end = b.select(good, end, zero);
}

/// Records the bag's bad indices; whether the calling lane saw any.
Value TileSweep::recordIndices(const Bag &bag) {
  Value rows = loadRows(b, arguments.descriptors, feature);
  Type index = arguments.indexType;
  Value none = arith::ConstantIntOp::create(b, b.getI1Type(), 0);
  auto loop =
      scf::ForOp::create(b, b.add(bag.begin, b.widen(lane)), bag.end,
                         b.i64(abi::kWarpSize), ValueRange{none});
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Value at = loop.getInductionVar();
  Value value = b.widen(
      b.loadInvariant(index, b.gep(arguments.values, index, at),
                      index.getIntOrFloatBitWidth() / 8));
  Value bad = b.atMost(rows, value);
  b.guarded(b.both(bad, counts), [&] {
    record(FaultKind::index, bag, at, value);
  });
  scf::YieldOp::create(b, b.either(loop.getRegionIterArg(0), bad));
  return loop.getResult(0);
}

/// Zeroes the bag's columns, a lane each. All parts of the width do so behind
/// their own stores: whoever comes last, zeros are left.
void TileSweep::zeroBag(const Bag &bag) {
  Value row = b.add(b.mul(b.widen(bag.sample), arguments.outputStride),
                    b.widen(field(offsetof(abi::FeatureDescriptor, column))));
  Value type = arith::AndIOp::create(b, arguments.outputFormat,
                                     b.i32(abi::kOutputTypeMask));
  Value isF32 = b.equal(type, b.i32(static_cast<int64_t>(RowType::f32)));
  auto loop = scf::ForOp::create(
      b, lane, field(offsetof(abi::FeatureDescriptor, width)),
      b.i32(abi::kWarpSize));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Value element = b.add(row, b.widen(loop.getInductionVar()));
  auto store = [&](Type zeroType) {
    Value zero = arith::ConstantIntOp::create(b, zeroType, 0);
    b.store(zero, b.gep(arguments.output, zeroType, element),
            zeroType.getIntOrFloatBitWidth() / 8);
  };
  b.choose(
      isF32, [&] { store(b.getI32Type()); }, [&] { store(b.getI16Type()); });
}

void TileSweep::emit(int64_t threads) {
  Value thread = b.threadId();
  lane = b.modulo(thread, abi::kWarpSize);
  Value samplesPerTile =
      field(offsetof(abi::FeatureDescriptor, samplesPerTile));
  Value columnTiles = field(offsetof(abi::FeatureDescriptor, columnTiles));
  Value rank = arith::DivUIOp::create(b, tile, columnTiles);
  counts = b.equal(b.mul(rank, columnTiles), tile);
  Value first = b.mul(rank, samplesPerTile);
  Value past = arith::MinSIOp::create(b, b.add(first, samplesPerTile),
                                      arguments.batch);
  auto loop = scf::ForOp::create(
      b, b.add(first, b.divide(thread, abi::kWarpSize)), past,
      b.i32(threads / abi::kWarpSize));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Bag bag;
  bag.key = field(offsetof(abi::FeatureDescriptor, feature));
  bag.sample = loop.getInductionVar();
  loadBounds(bag);
  Value some = b.ballot(recordIndices(bag));
  b.guarded(b.both(b.below(b.i32(0), some),
                   b.below(b.i32(0), arguments.zeroBags)),
            [&] { zeroBag(bag); });
}

void emitTileFaults(KernelBuilder &b, const FaultArguments &arguments,
                    Value feature, Value tile, int64_t threads) {
  TileSweep(b, arguments, feature, tile).emit(threads);
}

} // namespace recflex
