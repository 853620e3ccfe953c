//===- ScanOffsets.cpp - Lengths to offsets -------------------------------===//
//
// An exclusive prefix sum in two kernels: the first adds up each chunk of
// lengths, the second adds the sums of the chunks before its own to the prefix
// sums inside it. Lengths are read twice and sums by every block behind them,
// which costs less than atomics or a third kernel, and gives the same bits
// whatever runs first. Sums saturate just past the largest offset allowed, so
// that no length, however wrong, makes one wrap.
//
//===----------------------------------------------------------------------===//

#include "InputKernels.h"

#include "recflex/Runtime/BatchArguments.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace recflex {

static constexpr int64_t kItems = abi::kInputItems;
static constexpr int64_t kWarps = abi::kInputThreads / abi::kWarpSize;

namespace {

/// The arguments that both kernels begin with.
struct Scan {
  Scan(ValueRange arguments, const InputTypes &types)
      : types(types), lengths(arguments[0]), views(arguments[1]),
        batch(arguments[2]), count(arguments[3]), limit(arguments[4]) {}

  /// The sum, or limit + 1 if it is larger; no operand is larger than that.
  Value add(KernelBuilder &b, Value a, Value c) const {
    return clamp(b, b.add(a, c));
  }
  Value clamp(KernelBuilder &b, Value sum) const {
    return b.minimum(sum, b.add(limit, b.i64(1)));
  }

  const InputTypes &types;
  Value lengths, views, batch, count, limit;
};

/// The length of a bag, 0 if something is bad.
struct Length {
  Value length; ///< of the index type
  Value bad;    ///< whether there is a fault to record
  Value kind, value;
};

} // namespace

static Value kindOf(KernelBuilder &b, FaultKind kind) {
  return b.i32(static_cast<int64_t>(kind));
}

static Value constant(KernelBuilder &b, Type type, int64_t value) {
  return arith::ConstantIntOp::create(b, type, value);
}

/// Of bag `number` in the array of lengths.
static Length givenLength(KernelBuilder &b, const Scan &scan, Value number) {
  Type index = scan.types.index;
  Value length = b.loadInvariant(index, b.gep(scan.lengths, index, number),
                                 scan.types.indexBytes);
  Value zero = constant(b, index, 0);
  return {b.maximum(length, zero), b.less(length, zero),
          kindOf(b, FaultKind::length), b.widen(length)};
}

/// Of bag `number`, key by key, of the views.
static Length viewLength(KernelBuilder &b, const Scan &scan, Value number) {
  Type index = scan.types.index;
  unsigned bytes = scan.types.indexBytes;
  BagOfBatch bag = splitBag(b, number, scan.batch);
  LoadedView view = loadView(b, scan.views, bag.key);
  Value zero = b.i64(0), sample = b.widen(bag.sample);
  // Where there are no values, no bag but an empty one at 0 is right.
  Value lookups =
      b.select(b.isNull(view.values), zero, b.maximum(view.lookups, zero));
  Value badKey = b.either(b.less(view.samples, zero),
                          b.less(b.widen(scan.batch), view.samples));
  Value good = constant(b, b.getI1Type(), 0);
  Value goodKey = b.equal(b.either(badKey, b.isNull(view.offsets)), good);
  Value exists = b.both(goodKey, b.less(sample, view.samples));
  // A bag that doesn't exist reads the view in place of its offsets: no branch,
  // so that the loads of all items are under way together.
  Value offsets = b.select(exists, view.offsets, view.address);
  Value address = b.gep(offsets, index, b.select(exists, bag.sample, b.i32(0)));
  Value next = b.gep(address, index, b.i32(1));
  Value begin = b.widen(b.loadInvariant(index, address, bytes));
  Value end = b.widen(b.loadInvariant(index, next, bytes));
  // Unsigned: what is negative is past every end.
  Value beginInside = b.atMost(begin, lookups);
  Value goodBounds = b.both(b.atMost(begin, end), b.atMost(end, lookups));
  Value isRight = b.both(exists, goodBounds);
  Value length = b.select(isRight, b.sub(end, begin), zero);
  if (!index.isInteger(64))
    length = b.narrow(length);
  // A key's fault is that of its first bag.
  Value badBag = b.both(exists, b.equal(goodBounds, good));
  Value bad = b.either(badBag, b.both(badKey, b.equal(sample, zero)));
  return {length, bad,
          b.select(badKey, kindOf(b, FaultKind::keyStart),
                   kindOf(b, FaultKind::offsets)),
          b.select(badKey, view.samples, b.select(beginInside, end, begin))};
}

/// The calling thread's lengths, 0 past the last bag, and whether one is bad.
static SmallVector<Value> loadLengths(KernelBuilder &b, const Scan &scan,
                                      Value thread) {
  using LengthOf = Length(KernelBuilder &, const Scan &, Value);
  auto load = [&](LengthOf lengthOf) {
    return [&scan, thread, lengthOf](OpBuilder &builder, Location loc) {
      KernelBuilder in(loc, builder);
      SmallVector<Value> results;
      Value anyBad = constant(in, in.getI1Type(), 0);
      for (int64_t item = 0; item < kItems; ++item) {
        ChunkEntry entry =
            chunkEntry(in, thread, in.i32(item), in.widen(scan.count));
        Length found = lengthOf(in, scan, entry.number);
        Value none = constant(in, scan.types.index, 0);
        results.push_back(in.select(entry.inside, found.length, none));
        anyBad = in.either(anyBad, in.both(entry.inside, found.bad));
      }
      results.push_back(anyBad);
      scf::YieldOp::create(in, results);
    };
  };
  auto loadNothing = [&](OpBuilder &builder, Location loc) {
    KernelBuilder in(loc, builder);
    SmallVector<Value> results(kItems, constant(in, scan.types.index, 0));
    results.push_back(constant(in, in.getI1Type(), 0));
    scf::YieldOp::create(in, results);
  };
  auto choice = scf::IfOp::create(
      b, b.isNull(scan.views),
      [&](OpBuilder &builder, Location loc) {
        KernelBuilder in(loc, builder);
        // Without bags there need not be an array.
        auto some = scf::IfOp::create(in, in.less(in.i32(0), scan.count),
                                      load(givenLength), loadNothing);
        scf::YieldOp::create(in, some.getResults());
      },
      load(viewLength));
  return llvm::to_vector_of<Value>(choice.getResults());
}

/// Records the faults of the calling thread's bags, loading them again.
static void recordBags(KernelBuilder &b, const Scan &scan, Value thread,
                       const FaultLog &log) {
  auto record = [&](Length (*lengthOf)(KernelBuilder &, const Scan &, Value)) {
    b.repeat(kItems, [&](Value item) {
      ChunkEntry entry = chunkEntry(b, thread, item, b.widen(scan.count));
      Length found = lengthOf(b, scan, entry.number);
      b.guarded(b.both(entry.inside, found.bad), [&] {
        BagOfBatch bag = splitBag(b, entry.number, scan.batch);
        log.record(b, found.kind, bag.key, bag.sample, found.value);
      });
    });
  };
  b.choose(
      b.isNull(scan.views), [&] { record(givenLength); },
      [&] { record(viewLength); });
}

/// sums[c] = the lengths of chunk c.
static void emitSums(KernelBuilder &b, const Scan &scan, Value sums,
                     LLVM::GlobalOp warps, bool overlaps) {
  if (overlaps)
    emitLaunchDependents(b);
  Value thread = b.threadId(), sum = b.i64(0);
  auto add = [&](Value a, Value c) { return scan.add(b, a, c); };
  SmallVector<Value> lengths = loadLengths(b, scan, thread);
  for (int64_t item = 0; item < kItems; ++item)
    sum = add(sum, scan.clamp(b, b.widen(lengths[item])));
  Value shared = LLVM::AddressOfOp::create(b, warps);
  sum = reduceBlock(b, sum, shared, thread, add);
  b.guarded(b.equal(thread, b.i32(0)),
            [&] { b.store(sum, b.gep(sums, scan.types.i64, b.blockId()), 8); });
}

/// The place of a chunk's entry in shared memory: threads that are kItems
/// entries apart use different banks.
static Value slot(KernelBuilder &b, Value entry) {
  return b.add(entry, b.divide(entry, abi::kWarpSize));
}
static constexpr int64_t kSlots =
    abi::kInputChunk + abi::kInputChunk / abi::kWarpSize;

/// The sum over all threads of the block before the calling one. `warps` has a
/// number for each warp.
static Value sumBefore(KernelBuilder &b, const Scan &scan, Value sum,
                       Value warps, Value thread) {
  Type i64 = scan.types.i64;
  Value lane = b.modulo(thread, abi::kWarpSize);
  Value warp = b.divide(thread, abi::kWarpSize);
  Value upTo = sum; // and with the lane's own
  for (int64_t distance = 1; distance < abi::kWarpSize; distance *= 2) {
    Value lower = b.shuffleUp(upTo, distance);
    Value has = b.lessOrEqual(b.i32(distance), lane);
    upTo = b.select(has, scan.add(b, upTo, lower), upTo);
  }
  b.guarded(b.equal(lane, b.i32(abi::kWarpSize - 1)),
            [&] { b.store(upTo, b.gep(warps, i64, warp), 8); });
  // What the sums saturate at cannot be subtracted again.
  Value lower = b.shuffleUp(upTo, 1);
  Value before = b.select(b.equal(lane, b.i32(0)), b.i64(0), lower);
  b.barrier();
  for (int64_t other = 0; other + 1 < kWarps; ++other) {
    Value total = b.load(i64, b.gep(warps, i64, b.i32(other)), 8);
    before = b.select(b.less(b.i32(other), warp), scan.add(b, before, total),
                      before);
  }
  return before;
}

/// The sum of all chunks before the block's own.
static Value sumOfChunksBefore(KernelBuilder &b, const Scan &scan, Value sums,
                               Value shared, Value thread) {
  auto loop = scf::ForOp::create(
      b, thread, b.blockId(), b.i32(abi::kInputThreads), ValueRange{b.i64(0)});
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    Value at = b.gep(sums, scan.types.i64, loop.getInductionVar());
    Value sum =
        scan.add(b, loop.getRegionIterArg(0), b.load(scan.types.i64, at, 8));
    scf::YieldOp::create(b, sum);
  }
  return reduceBlock(b, loop.getResult(0), shared, thread,
                     [&](Value a, Value c) { return scan.add(b, a, c); });
}

/// Records that item `cutItem`, unless it is -1, of the thread's bags in a row
/// is the first of a view that there is no room for. (Bags of lengths are in
/// memory already: whether they lie inside the values is for others to check.)
static void recordCut(KernelBuilder &b, const Scan &scan, Value thread,
                      Value cutItem, const FaultLog &log) {
  Value none = constant(b, b.getI1Type(), 0);
  Value isCut = b.both(b.lessOrEqual(b.i32(0), cutItem),
                       b.equal(b.isNull(scan.views), none));
  b.guarded(b.both(isCut, log.isKept(b)), [&] {
    Value first = b.mul(b.blockId(), b.i32(abi::kInputChunk));
    Value inChunk = b.add(b.mul(thread, b.i32(kItems)), cutItem);
    BagOfBatch bag = splitBag(b, b.add(first, inChunk), scan.batch);
    log.record(b, kindOf(b, FaultKind::offsets), bag.key, bag.sample,
               b.add(scan.limit, b.i64(1)));
  });
}

/// offsets[i] = the lengths before bag i; one more entry than bags.
static void emitOffsets(KernelBuilder &b, const Scan &scan, Value sums,
                        Value result, const FaultLog &log,
                        LLVM::GlobalOp tileMemory, LLVM::GlobalOp warpsMemory,
                        bool overlaps) {
  Type index = scan.types.index;
  unsigned bytes = scan.types.indexBytes;
  if (overlaps)
    emitLaunchDependents(b);
  Value thread = b.threadId();
  Value tile = LLVM::AddressOfOp::create(b, tileMemory);
  Value warps = LLVM::AddressOfOp::create(b, warpsMemory);
  auto place = [&](Value entry) { return b.gep(tile, index, slot(b, entry)); };
  auto strided = [&](int64_t item) {
    return place(b.add(thread, b.i32(item * abi::kInputThreads)));
  };
  auto inRow = [&](int64_t item) {
    return place(b.add(b.mul(thread, b.i32(kItems)), b.i32(item)));
  };

  // Through shared memory, so that neighbouring threads read neighbouring bags
  // and yet each adds up bags in a row.
  SmallVector<Value> lengths = loadLengths(b, scan, thread);
  Value bad = lengths.pop_back_val();
  for (int64_t item = 0; item < kItems; ++item)
    b.store(lengths[item], strided(item), bytes);
  b.barrier();
  Value sum = b.i64(0);
  for (int64_t item = 0; item < kItems; ++item) {
    lengths[item] = scan.clamp(b, b.widen(b.load(index, inRow(item), bytes)));
    sum = scan.add(b, sum, lengths[item]);
  }
  Value inChunk = sumBefore(b, scan, sum, warps, thread);
  b.guarded(b.both(bad, log.isKept(b)),
            [&] { recordBags(b, scan, thread, log); });

  if (overlaps)
    emitGridWait(b); // for sums
  Value others = b.gep(warps, scan.types.i64, b.i32(kWarps));
  Value offset =
      scan.add(b, sumOfChunksBefore(b, scan, sums, others, thread), inChunk);
  Value cutItem = b.i32(-1);
  for (int64_t item = 0; item < kItems; ++item) {
    Value cut = b.minimum(offset, scan.limit);
    b.store(index.isInteger(64) ? cut : b.narrow(cut), inRow(item), bytes);
    Value next = scan.add(b, offset, lengths[item]);
    Value passes =
        b.both(b.lessOrEqual(offset, scan.limit), b.less(scan.limit, next));
    cutItem = b.select(passes, b.i32(item), cutItem);
    offset = next;
  }
  recordCut(b, scan, thread, cutItem, log);
  b.barrier();
  Value entries = b.add(b.widen(scan.count), b.i64(1));
  for (int64_t item = 0; item < kItems; ++item) {
    ChunkEntry entry = chunkEntry(b, thread, b.i32(item), entries);
    Value found = b.load(index, strided(item), bytes);
    b.guarded(entry.inside, [&] {
      b.store(found, b.gep(result, index, entry.number), bytes);
    });
  }
}

void emitScanKernels(gpu::GPUModuleOp module, const KernelPlan &plan,
                     bool overlaps) {
  InputTypes types(module.getContext(), plan);
  LLVM::GlobalOp warps =
      createShared(module, "recflex_scan_warps", types.i64, 2 * kWarps);
  LLVM::GlobalOp tile =
      createShared(module, "recflex_scan_tile", types.index, kSlots);
  emitInputKernel(module, abi::kScanSumsKernel,
                  {types.pointer, types.pointer, types.i32, types.i32,
                   types.i64, types.pointer},
                  [&](KernelBuilder &b, ValueRange arguments) {
                    emitSums(b, Scan(arguments, types), arguments[5], warps,
                             overlaps);
                  });
  emitInputKernel(
      module, abi::kScanOffsetsKernel,
      {types.pointer, types.pointer, types.i32, types.i32, types.i64,
       types.pointer, types.pointer, types.pointer, types.i32},
      [&](KernelBuilder &b, ValueRange arguments) {
        emitOffsets(b, Scan(arguments, types), arguments[5], arguments[6],
                    {arguments[7], arguments[8]}, tile, warps, overlaps);
      });
}

} // namespace recflex
