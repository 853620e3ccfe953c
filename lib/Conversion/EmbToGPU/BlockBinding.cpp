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
    b.guarded(b.less(b.blockId(), loadStart(b, arguments.count)), emit);
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

/// Features in runs whose tiles have as many samples, and so as many rows of
/// tiles in this batch: each slot of a run is that many blocks. KernelABI.h,
/// FixedRun and FixedSlot.
class FixedBinding final : public BlockBinding {
public:
  FixedBinding(const KernelPlan &plan, const ForwardArguments &arguments)
      : runs(plan.countRuns()), arguments(arguments) {}

  bool readsKernelAhead() const override { return false; }

  /// The host knows the grid: every block has a tile.
  void forBoundBlocks(KernelBuilder &, function_ref<void()> emit) const override {
    emit();
  }

  BoundTile find(KernelBuilder &b) const override {
    Value block = b.blockId();
    auto [first, base] = skipRuns(b, block);
    Scan scan = scanRuns(b, first, base);
    Value passed = b.ballot(b.lessOrEqual(scan.end, block));
    Value lane = LLVM::CtPopOp::create(b, b.getI32Type(), passed);
    Value rows = b.shuffleFrom(scan.rows, lane);
    Value inRun = b.sub(block, b.shuffleFrom(scan.begin, lane));
    Value slot = b.add(b.shuffleFrom(scan.firstSlot, lane),
                       arith::DivUIOp::create(b, inRun, rows));
    Value entry = b.loadInvariant(
        VectorType::get(2, b.getI32Type()),
        bytesAt(b, arguments.starts, slot, sizeof(abi::FixedSlot)),
        sizeof(abi::FixedSlot));
    Value ahead = vector::ExtractOp::create(b, entry, 1);
    return {vector::ExtractOp::create(b, entry, 0),
            b.sub(inRun, b.mul(rows, ahead))};
  }

private:
  /// A run a lane: its rows of tiles and first slot, its first block and the
  /// one behind its last.
  struct Scan {
    Value rows, firstSlot, begin, end;
  };

  static Value bytesAt(KernelBuilder &b, Value array, Value number,
                       size_t size) {
    return b.gep(array, b.getI8Type(),
                 b.mul(b.widen(number), b.i64(static_cast<int64_t>(size))));
  }

  /// The 32 runs that the block is in: number of the first and its first block.
  std::pair<Value, Value> skipRuns(KernelBuilder &b, Value block) const {
    Value zero = b.i32(0);
    if (runs <= abi::kWarpSize)
      return {zero, zero};
    auto endOf = [&](ValueRange state) {
      return b.shuffleFrom(scanRuns(b, state[0], state[1]).end,
                           b.i32(abi::kWarpSize - 1));
    };
    SmallVector<Value> found = b.loopWhile(
        {zero, zero},
        [&](ValueRange state) { return b.lessOrEqual(endOf(state), block); },
        [&](ValueRange state) {
          return SmallVector<Value>{b.add(state[0], b.i32(abi::kWarpSize)),
                                    endOf(state)};
        });
    return {found[0], found[1]};
  }

  Scan scanRuns(KernelBuilder &b, Value first, Value base) const {
    Value lane = b.modulo(b.threadId(), abi::kWarpSize);
    Value run = b.add(first, lane), last = b.i32(runs - 1);
    Value entry = b.loadInvariant(
        VectorType::get(4, b.getI32Type()),
        bytesAt(b, arguments.order, b.minimum(run, last), sizeof(abi::FixedRun)),
        sizeof(abi::FixedRun));
    Value samples = vector::ExtractOp::create(b, entry, 0);
    Value slots = b.select(b.lessOrEqual(run, last),
                           vector::ExtractOp::create(b, entry, 1), b.i32(0));
    Scan scan;
    scan.firstSlot = vector::ExtractOp::create(b, entry, 2);
    scan.rows = arith::DivUIOp::create(
        b, b.sub(b.add(arguments.batch, samples), b.i32(1)), samples);
    Value blocks = b.mul(scan.rows, slots);
    Value sum = blocks;
    for (int64_t distance = 1; distance < abi::kWarpSize; distance *= 2) {
      Value below = b.shuffleUp(sum, distance);
      sum = b.add(sum, b.select(b.less(lane, b.i32(distance)), b.i32(0), below));
    }
    scan.end = b.add(base, sum);
    scan.begin = b.sub(scan.end, blocks);
    return scan;
  }

  int64_t runs;
  const ForwardArguments &arguments;
};

} // namespace

std::unique_ptr<BlockBinding> makeBinding(const KernelPlan &plan,
                                          const ForwardArguments &arguments) {
  if (plan.isFixed())
    return std::make_unique<FixedBinding>(plan, arguments);
  return std::make_unique<RuntimeBinding>(arguments);
}

} // namespace recflex
