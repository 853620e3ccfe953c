//===- BindKernels.cpp - Thread blocks to tiles, on the device ------------===//
//
// One warp a feature in both kernels. The first finds the feature's longest
// bag, the second its place among all features: how many come before it, and
// how many blocks those take. No sorting, no atomics: F^2 comparisons, 32 at a
// time, are faster than either up to some thousands of features.
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"

#include "recflex/Runtime/KernelABI.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <cstdint>

using namespace mlir;

namespace recflex {

namespace {
/// The part that both kernels share: a warp, and the feature it works on.
struct FeatureWarp {
  Value lane, number, valid, isFirst;
};
} // namespace

static FeatureWarp makeWarp(KernelBuilder &b, Value count) {
  FeatureWarp warp;
  Value thread = b.threadId();
  warp.lane = b.modulo(thread, abi::kWarpSize);
  warp.number =
      b.add(b.mul(b.blockId(), b.i32(abi::kBindThreads / abi::kWarpSize)),
            b.divide(thread, abi::kWarpSize));
  warp.valid = b.less(warp.number, count);
  warp.isFirst = b.less(warp.lane, b.i32(1));
  return warp;
}

Value reduceWarp(KernelBuilder &b, Value value,
                 function_ref<Value(Value, Value)> combine) {
  for (int64_t distance = 16; distance >= 1; distance /= 2)
    value = combine(value, b.shuffleXor(value, distance));
  return value;
}

/// abi::paddedFeatures(count).
static Value paddedCount(KernelBuilder &b, Value count) {
  Value groups =
      b.divide(b.add(count, b.i32(abi::kKeyVector - 1)), abi::kKeyVector);
  return b.mul(groups, b.i32(abi::kKeyVector));
}

/// The longest of `count` bags whose offsets are at `bags`, or 0: of those at
/// lane, lane + 32, ..., many at once, for the loop waits for memory. `index` is
/// the offsets' type, and the result's.
static Value longestOfLane(KernelBuilder &b, Value bags, Type index, Value count,
                           Value lane) {
  constexpr int64_t kUnroll = 16;
  unsigned bytes = index.getIntOrFloatBitWidth() / 8;
  Value zero = arith::ConstantIntOp::create(b, index, 0);
  auto loop = scf::ForOp::create(b, b.i32(0), count,
                                 b.i32(abi::kWarpSize * kUnroll), zero);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  SmallVector<Value> lengths;
  for (int64_t u = 0; u < kUnroll; ++u) {
    Value place = b.add(
        b.add(loop.getInductionVar(), b.i32(abi::kWarpSize * u)), lane);
    // A place past the end reads bag 0: no harm to a maximum.
    place = b.select(b.less(place, count), place, b.i32(0));
    Value address = b.gep(bags, index, place);
    Value next = b.gep(address, index, b.i32(1));
    Value begin = b.loadInvariant(index, address, bytes);
    Value end = b.loadInvariant(index, next, bytes);
    lengths.push_back(b.sub(end, begin));
  }
  Value longest = loop.getRegionIterArg(0);
  for (Value length : lengths)
    longest = arith::MaxSIOp::create(b, longest, length);
  scf::YieldOp::create(b, longest);
  return loop.getResult(0);
}

/// keys[f] = serial steps of feature f's longest bag;
/// keys[P + f] = its tiles, P being paddedFeatures(F). What is between is zero.
static void emitBindKeys(gpu::GPUModuleOp module, const KernelPlan &plan,
                         bool overlaps) {
  MLIRContext *context = module.getContext();
  Type i32 = IntegerType::get(context, 32);
  Type pointer = LLVM::LLVMPointerType::get(context, 1);
  Type index =
      IntegerType::get(context, 8 * byteSize(plan.indexType));
  gpu::GPUFuncOp kernel =
      createKernel(module, abi::kBindKeysKernel,
                   {pointer, i32, pointer, i32, pointer}, abi::kBindThreads);
  Block *entry = &kernel.getBody().front();
  OpBuilder builder = OpBuilder::atBlockTerminator(entry);
  KernelBuilder b(kernel.getLoc(), builder);
  Value descriptors = entry->getArgument(0), count = entry->getArgument(1);
  Value offsets = entry->getArgument(2), batch = entry->getArgument(3);
  Value keys = entry->getArgument(4);

  if (overlaps)
    emitLaunchDependents(b);
  FeatureWarp warp = makeWarp(b, count);
  Value padded = paddedCount(b, count);
  Value pads = b.both(b.lessOrEqual(count, warp.number),
                      b.less(warp.number, padded));
  b.guarded(b.both(pads, warp.isFirst), [&] {
    b.store(b.i32(0), b.gep(keys, i32, warp.number), 4);
    b.store(b.i32(0), b.gep(keys, i32, b.add(padded, warp.number)), 4);
  });
  b.guarded(warp.valid, [&] {
    auto field = [&](size_t offset) {
      return loadField(b, descriptors, warp.number, offset);
    };
    // All of them at once, ahead of the loop.
    Value feature = field(offsetof(abi::FeatureDescriptor, feature));
    Value samples = field(offsetof(abi::FeatureDescriptor, samplesPerTile));
    Value columns = field(offsetof(abi::FeatureDescriptor, columnTiles));
    Value parallel = field(offsetof(abi::FeatureDescriptor, parallelLookups));
    Value first = b.mul(b.widen(feature), b.widen(batch));
    Value bags = b.gep(offsets, index, first);
    Value longest = longestOfLane(b, bags, index, batch, warp.lane);
    longest = b.widen(longest);
    longest = reduceWarp(b, longest, [&](Value a, Value c) {
      return arith::MaxSIOp::create(b, a, c).getResult();
    });
    longest = arith::MinSIOp::create(
        b, longest,
        arith::ConstantIntOp::create(b, b.getI64Type(), abi::kLongestBag));
    Value wide = b.widen(parallel);
    Value steps = arith::DivSIOp::create(
        b,
        b.sub(b.add(longest, wide),
              arith::ConstantIntOp::create(b, b.getI64Type(), 1)),
        wide);
    steps = arith::MinSIOp::create(
        b, steps, arith::ConstantIntOp::create(b, b.getI64Type(), abi::kMaxKey));
    b.guarded(warp.isFirst, [&] {
      Value rows = arith::DivSIOp::create(
          b, b.sub(b.add(batch, samples), b.i32(1)), samples);
      b.store(arith::TruncIOp::create(b, i32, steps),
              b.gep(keys, i32, warp.number), 4);
      b.store(b.mul(rows, columns),
              b.gep(keys, i32, b.add(padded, warp.number)), 4);
    });
  });
}

namespace {
/// How the features compare with feature `number`, whose key is `mine`: the sums
/// over those ahead of it, in the order of tiles. A lane compares four
/// neighbours at a time.
class RankCounter {
public:
  RankCounter(KernelBuilder &b, Value keys, Value count, Value number,
              Value mine)
      : b(b), keys(keys), tiles(b.gep(keys, b.getI32Type(), paddedCount(b, count))),
        count(count), number(number), mine(mine),
        above(b.add(mine, b.i32(1))) {}

  /// Rank and first block of the feature, of this lane's part.
  std::pair<Value, Value> sum(Value lane) {
    Value stride = b.i32(abi::kWarpSize * kNeighbours * kGroups);
    auto loop =
        scf::ForOp::create(b, b.mul(lane, b.i32(kNeighbours)), count, stride,
                           ValueRange{b.i32(0), b.i32(0)});
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    rank = loop.getRegionIterArg(0);
    start = loop.getRegionIterArg(1);
    SmallVector<Group> groups;
    for (int64_t g = 0; g < kGroups; ++g)
      groups.push_back(
          load(b.add(loop.getInductionVar(),
                     b.i32(g * abi::kWarpSize * kNeighbours))));
    for (const Group &group : groups)
      add(group);
    scf::YieldOp::create(b, ValueRange{rank, start});
    return {loop.getResult(0), loop.getResult(1)};
  }

private:
  static constexpr int64_t kNeighbours = abi::kKeyVector;
  static constexpr int64_t kGroups = 4; ///< loads in flight a lane

  struct Group {
    Value at; ///< the first of its features, perhaps past the last
    Value keys, tiles;
  };

  Group load(Value at) {
    auto vector = VectorType::get(kNeighbours, b.getI32Type());
    Value inside = b.select(b.less(at, count), at, b.i32(0));
    auto loadFrom = [&](Value array) {
      return b.load(vector, b.gep(array, b.getI32Type(), inside),
                    kNeighbours * sizeof(int32_t));
    };
    return {at, loadFrom(keys), loadFrom(tiles)};
  }

  void add(const Group &group) {
    for (int64_t i = 0; i < kNeighbours; ++i) {
      Value theirs = vector::ExtractOp::create(b, group.keys, i);
      Value at = b.add(group.at, b.i32(i));
      // Heavier features come first, equal ones in their own order. Keys stay
      // below 2^31 - 1: `above` is one more.
      Value least = b.select(b.less(at, number), mine, above);
      Value ahead = b.both(b.less(at, count), b.lessOrEqual(least, theirs));
      rank = b.add(rank, arith::ExtUIOp::create(b, b.getI32Type(), ahead));
      Value theirTiles = vector::ExtractOp::create(b, group.tiles, i);
      start = b.add(start, b.select(ahead, theirTiles, b.i32(0)));
    }
  }

  KernelBuilder &b;
  Value keys, tiles, count, number, mine, above;
  Value rank, start;
};
} // namespace

/// order[r] = the feature of rank r; starts[r] = its first block;
/// starts[F] = all blocks.
static void emitBindOrder(gpu::GPUModuleOp module, bool overlaps) {
  MLIRContext *context = module.getContext();
  Type i32 = IntegerType::get(context, 32);
  Type pointer = LLVM::LLVMPointerType::get(context, 1);
  gpu::GPUFuncOp kernel =
      createKernel(module, abi::kBindOrderKernel,
                   {i32, pointer, pointer, pointer}, abi::kBindThreads);
  Block *entry = &kernel.getBody().front();
  OpBuilder builder = OpBuilder::atBlockTerminator(entry);
  KernelBuilder b(kernel.getLoc(), builder);
  Value count = entry->getArgument(0), keys = entry->getArgument(1);
  Value order = entry->getArgument(2), starts = entry->getArgument(3);

  if (overlaps) {
    emitLaunchDependents(b);
    emitGridWait(b); // for keys
  }
  FeatureWarp warp = makeWarp(b, count);
  b.guarded(warp.valid, [&] {
    Value mine = b.load(i32, b.gep(keys, i32, warp.number), 4);
    RankCounter counter(b, keys, count, warp.number, mine);
    auto [ownRank, ownStart] = counter.sum(warp.lane);
    auto sum = [&](Value a, Value c) { return b.add(a, c); };
    Value rank = reduceWarp(b, ownRank, sum);
    Value start = reduceWarp(b, ownStart, sum);
    b.guarded(warp.isFirst, [&] {
      b.store(warp.number, b.gep(order, i32, rank), 4);
      b.store(start, b.gep(starts, i32, rank), 4);
      Value next = b.add(rank, b.i32(1));
      b.guarded(b.equal(next, count), [&] {
        Value tiles = b.gep(keys, i32, paddedCount(b, count));
        Value own = b.load(i32, b.gep(tiles, i32, warp.number), 4);
        b.store(b.add(start, own), b.gep(starts, i32, count), 4);
      });
    });
  });
}

void emitBindKernels(gpu::GPUModuleOp module, const KernelPlan &plan,
                     bool overlaps) {
  emitBindKeys(module, plan, overlaps);
  emitBindOrder(module, overlaps);
}

} // namespace recflex
