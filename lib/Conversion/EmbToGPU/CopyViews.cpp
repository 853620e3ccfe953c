//===- CopyViews.cpp - The keys' own arrays into one ----------------------===//
//
// A warp copies a tile of neighbouring positions of the result. It finds the
// first and the last bag of the tile together, then each lane those of its own
// positions between the two. So the work is even however long the bags are, and
// as good as all accesses are to neighbours.
//
//===----------------------------------------------------------------------===//

#include "InputKernels.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace recflex {

static constexpr int64_t kItems = abi::kCopyItems;

namespace {
struct Copy {
  Value views, batch, count, offsets, values, weights;
  const InputTypes &types;

  /// Where bag `number` begins in the result; i64. The kernel ahead writes it.
  Value loadOffset(KernelBuilder &b, Value number) const {
    return b.widen(b.load(types.index, b.gep(offsets, types.index, number),
                          types.indexBytes));
  }
  /// A position as an offset.
  Value narrow(KernelBuilder &b, Value position) const {
    return types.index.isInteger(64) ? position : b.narrow(position);
  }
};

/// A position of the result that a lane copies, and its bag.
struct Item {
  Value position, inside; ///< i64; i1
  Value bag;              ///< i32
};
} // namespace

/// The bags of `positions`, which lie in the `span` bags from `first` on: the
/// same number of steps for all lanes.
static SmallVector<Value> findBags(KernelBuilder &b, const Copy &copy,
                                   Value first, Value span,
                                   ArrayRef<Value> positions) {
  SmallVector<Value> start(kItems, first);
  start.push_back(span);
  SmallVector<Type> types(kItems + 1, b.getI32Type());
  auto loop = scf::WhileOp::create(
      b, types, start,
      [&](OpBuilder &builder, Location loc, ValueRange state) {
        KernelBuilder in(loc, builder);
        scf::ConditionOp::create(in, in.less(in.i32(1), state[kItems]), state);
      },
      [&](OpBuilder &builder, Location loc, ValueRange state) {
        KernelBuilder in(loc, builder);
        Value half = in.divide(state[kItems], 2);
        SmallVector<Value> next, middles, offsets;
        for (int64_t item = 0; item < kItems; ++item) {
          middles.push_back(in.add(state[item], half));
          offsets.push_back(copy.loadOffset(in, middles[item]));
        }
        for (int64_t item = 0; item < kItems; ++item)
          next.push_back(
              in.select(in.lessOrEqual(offsets[item], positions[item]),
                        middles[item], state[item]));
        next.push_back(in.sub(state[kItems], half));
        scf::YieldOp::create(in, next);
      });
  return llvm::to_vector_of<Value>(loop.getResults().drop_back());
}

/// The items of a tile that begins at position `first`.
static SmallVector<Item> findItems(KernelBuilder &b, const Copy &copy,
                                   Value first, Value total, Value lane) {
  Value end = b.minimum(b.add(first, b.i64(abi::kCopyTile)), total);
  Value last = b.sub(end, b.i64(1));
  auto find = [&](Value position) {
    return findLast(b, copy.offsets, copy.types.index, copy.count,
                    copy.narrow(b, position), lane);
  };
  Value firstBag = find(first), lastBag = find(last);
  Value span = b.add(b.sub(lastBag, firstBag), b.i32(1));

  SmallVector<Item> items;
  SmallVector<Value> positions;
  for (int64_t item = 0; item < kItems; ++item) {
    Value inTile = b.add(lane, b.i32(item * abi::kWarpSize));
    Value position = b.add(first, b.widen(inTile));
    items.push_back({b.minimum(position, last), b.less(position, end), {}});
    positions.push_back(items.back().position);
  }
  SmallVector<Value> bags = findBags(b, copy, firstBag, span, positions);
  for (int64_t item = 0; item < kItems; ++item)
    items[item].bag = bags[item];
  return items;
}

/// Copies what stands at `items`. Loads come before stores, so that all are
/// under way together; those past the end load the last position once more.
static void copyItems(KernelBuilder &b, const Copy &copy,
                      ArrayRef<Item> items) {
  const InputTypes &types = copy.types;
  Type f32 = b.getF32Type();
  SmallVector<LoadedView> views;
  SmallVector<Value> sources, values;
  for (const Item &item : items) {
    BagOfBatch bag = splitBag(b, item.bag, copy.batch);
    LoadedView view = loadView(b, copy.views, bag.key);
    Value begin = b.widen(b.loadInvariant(
        types.index, b.gep(view.offsets, types.index, bag.sample),
        types.indexBytes));
    Value inBag = b.sub(item.position, copy.loadOffset(b, item.bag));
    views.push_back(view);
    sources.push_back(b.add(begin, inBag));
  }
  for (auto [view, source] : llvm::zip_equal(views, sources))
    values.push_back(b.loadInvariant(types.index,
                                     b.gep(view.values, types.index, source),
                                     types.indexBytes));
  auto store = [&](ArrayRef<Value> found, Value array, Type type,
                   unsigned bytes) {
    for (int64_t item = 0; item < kItems; ++item)
      b.guarded(items[item].inside, [&] {
        b.store(found[item], b.gep(array, type, items[item].position), bytes);
      });
  };
  store(values, copy.values, types.index, types.indexBytes);

  Value none = arith::ConstantIntOp::create(b, b.getI1Type(), 0);
  b.guarded(b.equal(b.isNull(copy.weights), none), [&] {
    Value zero = arith::ConstantOp::create(b, b.getF32FloatAttr(0.0f));
    SmallVector<Value> weights;
    for (auto [view, source] : llvm::zip_equal(views, sources)) {
      // A view without weights is read itself, for nothing.
      Value missing = b.isNull(view.weights);
      Value base = b.select(missing, view.address, view.weights);
      Value at = b.gep(base, f32, b.select(missing, b.i64(0), source));
      weights.push_back(b.select(missing, zero, b.loadInvariant(f32, at, 4)));
    }
    store(weights, copy.weights, f32, 4);
  });
}

void emitCopyViews(gpu::GPUModuleOp module, const KernelPlan &plan,
                   bool overlaps) {
  InputTypes types(module.getContext(), plan);
  emitInputKernel(
      module, abi::kCopyViewsKernel,
      {types.pointer, types.i32, types.i32, types.pointer, types.pointer,
       types.pointer},
      [&](KernelBuilder &b, ValueRange arguments) {
        Copy copy = {arguments[0], arguments[1], arguments[2], arguments[3],
                     arguments[4], arguments[5], types};
        if (overlaps)
          emitGridWait(b); // for offsets
        Value total = copy.loadOffset(b, copy.count);
        Value thread = b.threadId();
        Value lane = b.modulo(thread, abi::kWarpSize);
        constexpr int64_t warpsPerBlock = abi::kInputThreads / abi::kWarpSize;
        Value warp = b.add(b.mul(b.blockId(), b.i32(warpsPerBlock)),
                           b.divide(thread, abi::kWarpSize));
        Value tile = b.i64(abi::kCopyTile);
        Value stride = b.mul(b.widen(b.blockCount()),
                             b.i64(warpsPerBlock * abi::kCopyTile));
        auto loop =
            scf::ForOp::create(b, b.mul(b.widen(warp), tile), total, stride);
        OpBuilder::InsertionGuard guard(b);
        b.setInsertionPointToStart(loop.getBody());
        copyItems(b, copy,
                  findItems(b, copy, loop.getInductionVar(), total, lane));
      });
}

} // namespace recflex
