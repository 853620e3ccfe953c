//===- BlockBinding.cpp - Which tile a block pools ------------------------===//

#include "BlockBinding.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace recflex {

namespace {

/// order[r] is the feature of rank r, starts[r] its first block.
class RuntimeBinding final : public BlockBinding {
public:
  explicit RuntimeBinding(const ForwardArguments &arguments)
      : arguments(arguments) {}

  bool readsKernelAhead() const override { return true; }

  /// The grid is an upper bound.
  void forBoundBlocks(KernelBuilder &b,
                      function_ref<void()> emit) const override {
    Value blocks = loadStart(b, arguments.count);
    b.guarded(b.less(b.blockId(), blocks), emit);
  }

  BoundTile find(KernelBuilder &b) const override {
    Type i32 = b.getI32Type();
    Value block = b.blockId();
    Value rank = findLast(b, arguments.starts, i32, arguments.count, block,
                          b.modulo(b.threadId(), abi::kWarpSize));
    Value number = b.load(i32, b.gep(arguments.order, i32, rank), 4);
    return {number, b.sub(block, loadStart(b, rank))};
  }

private:
  Value loadStart(KernelBuilder &b, Value rank) const {
    Type i32 = b.getI32Type();
    return b.load(i32, b.gep(arguments.starts, i32, rank), 4);
  }

  const ForwardArguments &arguments;
};

/// Ranks in groups of 32. Where a group begins depends on the batch: it is the
/// sum over the ways in which tiles are cut (FixedTiles::cuts) of the rows
/// of tiles that the batch makes, each of so many blocks ahead of the group.
/// A warp looks at 32 groups at once, and then at the ranks of one.
class FixedBinding final : public BlockBinding {
public:
  FixedBinding(const FixedTiles &tiles, const ForwardArguments &arguments)
      : groups(abi::fixedGroups(tiles.features)), cuts(tiles.cuts),
        arguments(arguments) {}

  bool readsKernelAhead() const override { return false; }

  /// The host knows the grid: every block has a tile.
  void forBoundBlocks(KernelBuilder &,
                      function_ref<void()> emit) const override {
    emit();
  }

  BoundTile find(KernelBuilder &b) const override {
    Value lane = b.modulo(b.threadId(), abi::kWarpSize);
    Value group = b.i32(0), start = b.i32(0);
    if (groups > 1) {
      Value first = skipGroups(b);
      Value starts = startOf(b, b.add(first, lane));
      Value last =
          b.sub(count(b, b.lessOrEqual(starts, b.blockId())), b.i32(1));
      group = b.add(first, last);
      start = b.shuffleFrom(starts, last);
    }
    return findInGroup(b, group, start, lane);
  }

private:
  static Value rowsOf(KernelBuilder &b, Value batch, Value samples) {
    return arith::DivUIOp::create(b, b.sub(b.add(batch, samples), b.i32(1)),
                                  samples);
  }
  /// The lanes for which it holds.
  static Value count(KernelBuilder &b, Value holds) {
    return LLVM::CtPopOp::create(b, b.getI32Type(), b.ballot(holds));
  }

  /// The first block of a group; past the last group, a number that no block
  /// has.
  Value startOf(KernelBuilder &b, Value group) const {
    int64_t stride = abi::fixedCutStride(static_cast<int64_t>(cuts.size()));
    Value last = b.i32(groups - 1);
    Value entry = entryAt(b, arguments.starts, b.minimum(group, last),
                          stride * static_cast<int64_t>(sizeof(int32_t)));
    auto type = VectorType::get(abi::kCutVector, b.getI32Type());
    Value sum = b.i32(0), ahead;
    for (auto [cut, samples] : llvm::enumerate(cuts)) {
      int64_t number = static_cast<int64_t>(cut);
      if (number % abi::kCutVector == 0)
        ahead =
            b.loadInvariant(type, b.gep(entry, b.getI32Type(), b.i32(number)),
                            abi::kCutVector * sizeof(int32_t));
      Value rows = rowsOf(b, arguments.batch, b.i32(samples));
      sum = b.add(sum, b.mul(rows, vector::ExtractOp::create(
                                       b, ahead, number % abi::kCutVector)));
    }
    return b.select(b.lessOrEqual(group, last), sum, b.i32(INT32_MAX));
  }

  /// The first of the 32 groups that the block is in.
  Value skipGroups(KernelBuilder &b) const {
    if (groups <= abi::kWarpSize)
      return b.i32(0);
    auto next = [&](ValueRange state) {
      return b.add(state[0], b.i32(abi::kWarpSize));
    };
    return b.loopWhile(
        {b.i32(0)},
        [&](ValueRange state) {
          return b.lessOrEqual(startOf(b, next(state)), b.blockId());
        },
        [&](ValueRange state) { return SmallVector<Value>{next(state)}; })[0];
  }

  BoundTile findInGroup(KernelBuilder &b, Value group, Value start,
                        Value lane) const {
    Value rank = b.add(b.mul(group, b.i32(abi::kWarpSize)), lane);
    Value last = b.sub(arguments.count, b.i32(1));
    Value entry =
        b.loadInvariant(VectorType::get(4, b.getI32Type()),
                        entryAt(b, arguments.order, b.minimum(rank, last),
                                sizeof(abi::FixedRank)),
                        sizeof(abi::FixedRank));
    auto field = [&](int64_t number) -> Value {
      return vector::ExtractOp::create(b, entry, number);
    };
    Value tiles = b.mul(rowsOf(b, arguments.batch, field(0)), field(1));
    tiles = b.select(b.lessOrEqual(rank, last), tiles, b.i32(0));
    Value end = b.add(start, sumOfLanes(b, tiles, lane));
    // The last rank's lane and those past it end behind every block.
    Value found = count(b, b.lessOrEqual(end, b.blockId()));
    return {b.shuffleFrom(field(2), found),
            b.sub(b.blockId(), b.shuffleFrom(b.sub(end, tiles), found))};
  }

  /// The sum over the lanes up to this one.
  static Value sumOfLanes(KernelBuilder &b, Value sum, Value lane) {
    for (int64_t distance = 1; distance < abi::kWarpSize; distance *= 2) {
      Value below = b.shuffleUp(sum, distance);
      sum =
          b.add(sum, b.select(b.less(lane, b.i32(distance)), b.i32(0), below));
    }
    return sum;
  }

  int64_t groups;
  const std::set<int64_t> &cuts;
  const ForwardArguments &arguments;
};

} // namespace

std::unique_ptr<BlockBinding> makeBinding(const KernelPlan &plan,
                                          const ForwardArguments &arguments) {
  if (plan.fixed)
    return std::make_unique<FixedBinding>(*plan.fixed, arguments);
  return std::make_unique<RuntimeBinding>(arguments);
}

} // namespace recflex
