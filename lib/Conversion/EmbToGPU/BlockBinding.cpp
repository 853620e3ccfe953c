//===- BlockBinding.cpp - Which tile a block pools ------------------------===//

#include "BlockBinding.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

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

/// order[r] as above; the first block of rank r depends on the batch: it is the
/// sum over the plan's tileCuts() of ceil(B / cut), the rows of tiles that the
/// batch makes, times starts[cuts r + number of the cut], the blocks of such a
/// row that features before rank r take.
class FixedBinding final : public BlockBinding {
public:
  FixedBinding(const KernelPlan &plan, const ForwardArguments &arguments)
      : cuts(plan.tileCuts()), arguments(arguments) {}

  bool readsKernelAhead() const override { return false; }

  /// The host knows the grid: every block has a tile.
  void forBoundBlocks(KernelBuilder &, function_ref<void()> emit) const override {
    emit();
  }

  BoundTile find(KernelBuilder &b) const override {
    Type i32 = b.getI32Type();
    SmallVector<Value> rows;
    for (int64_t samples : cuts)
      rows.push_back(
          b.divide(b.add(arguments.batch, b.i32(samples - 1)), samples));
    Value block = b.blockId();
    Value rank = findLast(b, arguments.count, block,
                          b.modulo(b.threadId(), abi::kWarpSize),
                          [&](KernelBuilder &in, Value at) {
                            return firstBlock(in, rows, at);
                          });
    Value number = b.loadInvariant(i32, b.gep(arguments.order, i32, rank), 4);
    return {number, b.sub(block, firstBlock(b, rows, rank))};
  }

private:
  Value firstBlock(KernelBuilder &b, ArrayRef<Value> rows, Value rank) const {
    Type i32 = b.getI32Type();
    Value entry = b.gep(arguments.starts, i32,
                        b.mul(rank, b.i32(static_cast<int64_t>(rows.size()))));
    Value sum = b.i32(0);
    for (auto [cut, count] : llvm::enumerate(rows)) {
      Value ahead = b.loadInvariant(
          i32, b.gep(entry, i32, b.i32(static_cast<int64_t>(cut))), 4);
      sum = b.add(sum, b.mul(count, ahead));
    }
    return sum;
  }

  std::vector<int64_t> cuts;
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
