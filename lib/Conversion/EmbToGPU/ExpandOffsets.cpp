//===- ExpandOffsets.cpp - Keys with different numbers of samples ---------===//
//
// Offsets of the bags that there are become offsets of all bags of the batch.
// Bags follow one another without gaps in both, so a key that cannot be right
// has no place of its own to begin at: it and all keys behind it are empty.
//
//===----------------------------------------------------------------------===//

#include "InputKernels.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace recflex {

namespace {
struct Expansion {
  Value offsets, keyStarts, keys, batch, bags, expanded, flag;
};
} // namespace

/// Number of the first key that cannot be right, J if there is none; i64.
static Value findBadKey(KernelBuilder &b, const Expansion &e, Value thread,
                        Value shared) {
  Type i32 = b.getI32Type();
  auto loop = scf::ForOp::create(b, thread, e.keys,
                                 b.i32(abi::kInputThreads),
                                 ValueRange{b.widen(e.keys)});
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    Value key = loop.getInductionVar(), first = loop.getRegionIterArg(0);
    Value address = b.gep(e.keyStarts, i32, key);
    Value next = b.gep(address, i32, b.i32(1));
    Value start = b.loadInvariant(i32, address, 4);
    Value end = b.loadInvariant(i32, next, 4);
    Value samples = b.sub(b.widen(end), b.widen(start));
    Value outside =
        b.either(b.less(start, b.i32(0)), b.less(e.bags, end));
    Value badCount = b.either(b.less(samples, b.i64(0)),
                              b.less(b.widen(e.batch), samples));
    Value found = b.select(b.either(outside, badCount), b.widen(key), first);
    scf::YieldOp::create(b, b.minimum(first, found));
  }
  return reduceBlock(b, loop.getResult(0), shared, thread,
                     [&](Value a, Value c) { return b.minimum(a, c); });
}

/// The number among `offsets` of the offset of `bag`; that of key J is the last.
static Value findOffset(KernelBuilder &b, const Expansion &e, BagOfBatch bag,
                        Value badKey) {
  Type i32 = b.getI32Type();
  Value isRight = b.less(bag.key, badKey);
  Value key = b.select(isRight, bag.key, badKey);
  Value next = b.minimum(b.add(key, b.i32(1)), e.keys);
  Value start = b.loadInvariant(i32, b.gep(e.keyStarts, i32, key), 4);
  Value end = b.loadInvariant(i32, b.gep(e.keyStarts, i32, next), 4);
  Value sample = b.minimum(bag.sample, b.sub(end, start));
  Value at = b.add(start, b.select(isRight, sample, b.i32(0)));
  return b.maximum(b.minimum(at, e.bags), b.i32(0));
}

static void emitExpansion(KernelBuilder &b, const Expansion &e,
                          const InputTypes &types, LLVM::GlobalOp memory,
                          bool overlaps) {
  // Every thread comes here: who waits for this kernel has waited for the one
  // ahead.
  if (overlaps)
    emitGridWait(b); // for offsets, if a scan makes them
  Value thread = b.threadId();
  Value shared = LLVM::AddressOfOp::create(b, memory);
  Value badKey = b.narrow(findBadKey(b, e, thread, shared));
  Value entries =
      b.add(b.mul(b.widen(e.keys), b.widen(e.batch)), b.i64(1));
  for (int64_t item = 0; item < abi::kInputItems; ++item) {
    ChunkEntry entry = chunkEntry(b, thread, item, entries);
    Value at = findOffset(b, e, splitBag(b, entry.number, e.batch), badKey);
    Value offset =
        b.load(types.index, b.gep(e.offsets, types.index, at),
               types.indexBytes);
    b.guarded(entry.inside, [&] {
      b.store(offset, b.gep(e.expanded, types.index, entry.number),
              types.indexBytes);
    });
  }
  raiseFlag(b, b.less(badKey, e.keys), e.flag);
}

void emitExpandOffsets(gpu::GPUModuleOp module, const KernelPlan &plan,
                       bool overlaps) {
  InputTypes types(module.getContext(), plan);
  LLVM::GlobalOp shared =
      createShared(module, "recflex_expand_warps", types.i64,
                   abi::kInputThreads / abi::kWarpSize);
  emitInputKernel(module, abi::kExpandOffsetsKernel,
                  {types.pointer, types.pointer, types.i32, types.i32,
                   types.i32, types.pointer, types.pointer},
                  [&](KernelBuilder &b, ValueRange arguments) {
                    Expansion expansion = {arguments[0], arguments[1],
                                           arguments[2], arguments[3],
                                           arguments[4], arguments[5],
                                           arguments[6]};
                    emitExpansion(b, expansion, types, shared, overlaps);
                  });
}

} // namespace recflex
