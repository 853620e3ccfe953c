//===- ExpandOffsets.cpp - Keys with different numbers of samples ---------===//
//
// Offsets of the bags that there are become offsets of all bags of the batch.
// Bags follow one another without gaps in both, so a key that cannot be right
// has no place of its own to begin at: it and all keys behind it are empty.
//
//===----------------------------------------------------------------------===//

#include "InputKernels.h"

#include "recflex/Runtime/BatchArguments.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace recflex {
namespace {

class Expansion {
public:
  Expansion(KernelBuilder &b, ValueRange arguments, const InputTypes &types)
      : b(b), types(types), offsets(arguments[0]), keyStarts(arguments[1]),
        lengths(arguments[2]), keys(arguments[3]), batch(arguments[4]),
        bags(arguments[5]),
        expanded(arguments[6]), log{arguments[7], arguments[8]},
        thread(b.threadId()) {}

  void emit(LLVM::GlobalOp shared);

private:
  /// An entry of `expanded`, and the bag whose offset it is.
  struct Entry {
    ChunkEntry place;
    BagOfBatch bag;
    Value number; ///< among the bags that there are
    Value exists; ///< whether it is one of them
  };

  Value load(Value array, Type type, Value at) {
    return b.loadInvariant(type, b.gep(array, type, at),
                           type.getIntOrFloatBitWidth() / 8);
  }
  Value findBadKey(Value shared);
  void recordKey(Value key, Value start, Value end);
  Entry findEntry(Value item, Value badKey);
  void recordLengths(Value badKey);

  KernelBuilder &b;
  const InputTypes &types;
  Value offsets, keyStarts, lengths, keys, batch, bags, expanded;
  FaultLog log;
  Value thread;
};

} // namespace

/// A key whose starts cannot be right. One block records them all.
void Expansion::recordKey(Value key, Value start, Value end) {
  b.guarded(b.both(b.equal(b.blockId(), b.i32(0)), log.isKept(b)), [&] {
    // Unsigned: what is negative is past the last bag.
    Value value = b.select(b.atMost(start, bags), end, start);
    log.record(b, b.i32(static_cast<int64_t>(FaultKind::keyStart)), key,
               b.i32(0), b.widen(value));
  });
}

/// Number of the first key that cannot be right, J if there is none.
Value Expansion::findBadKey(Value shared) {
  auto loop = scf::ForOp::create(b, thread, keys, b.i32(abi::kInputThreads),
                                 ValueRange{b.widen(keys)});
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    Value key = loop.getInductionVar(), first = loop.getRegionIterArg(0);
    Value start = load(keyStarts, types.i32, key);
    Value end = load(keyStarts, types.i32, b.add(key, b.i32(1)));
    Value samples = b.sub(b.widen(end), b.widen(start));
    Value outside = b.either(b.less(start, b.i32(0)), b.less(bags, end));
    Value badCount =
        b.either(b.less(samples, b.i64(0)), b.less(b.widen(batch), samples));
    Value bad = b.either(outside, badCount);
    b.guarded(bad, [&] { recordKey(key, start, end); });
    Value found = b.select(bad, b.widen(key), first);
    scf::YieldOp::create(b, b.minimum(first, found));
  }
  return b.narrow(
      reduceBlock(b, loop.getResult(0), shared, thread,
                  [&](Value a, Value c) { return b.minimum(a, c); }));
}

Expansion::Entry Expansion::findEntry(Value item, Value badKey) {
  Value entries = b.add(b.mul(b.widen(keys), b.widen(batch)), b.i64(1));
  Entry entry;
  entry.place = chunkEntry(b, thread, item, entries);
  entry.bag = splitBag(b, entry.place.number, batch);
  // The last entry is that of key J, which has no end.
  Value isRight = b.less(entry.bag.key, badKey);
  Value key = b.select(isRight, entry.bag.key, badKey);
  Value next = b.minimum(b.add(key, b.i32(1)), keys);
  Value start = load(keyStarts, types.i32, key);
  Value samples = b.sub(load(keyStarts, types.i32, next), start);
  Value sample =
      b.select(isRight, b.minimum(entry.bag.sample, samples), b.i32(0));
  entry.number = b.maximum(b.minimum(b.add(start, sample), bags), b.i32(0));
  entry.exists = b.both(b.both(entry.place.inside, isRight),
                        b.less(entry.bag.sample, samples));
  return entry;
}

/// Records negative lengths of the thread's bags.
void Expansion::recordLengths(Value badKey) {
  b.repeat(abi::kInputItems, [&](Value item) {
    Entry entry = findEntry(item, badKey);
    b.guarded(entry.exists, [&] {
      Value length = b.widen(load(lengths, types.index, entry.number));
      b.guarded(b.less(length, b.i64(0)), [&] {
        log.record(b, b.i32(static_cast<int64_t>(FaultKind::length)),
                   entry.bag.key, entry.bag.sample, length);
      });
    });
  });
}

void Expansion::emit(LLVM::GlobalOp sharedMemory) {
  Value badKey = findBadKey(LLVM::AddressOfOp::create(b, sharedMemory));
  SmallVector<Entry> entries;
  SmallVector<Value> found;
  for (int64_t item = 0; item < abi::kInputItems; ++item) {
    entries.push_back(findEntry(b.i32(item), badKey));
    // A scan may have made them: no load that the compiler might move.
    found.push_back(b.load(types.index,
                           b.gep(offsets, types.index, entries.back().number),
                           types.indexBytes));
  }
  for (int64_t item = 0; item < abi::kInputItems; ++item)
    b.guarded(entries[item].place.inside, [&] {
      b.store(found[item],
              b.gep(expanded, types.index, entries[item].place.number),
              types.indexBytes);
    });
  Value none = arith::ConstantIntOp::create(b, b.getI1Type(), 0);
  b.guarded(b.both(b.equal(b.isNull(lengths), none), log.isKept(b)),
            [&] { recordLengths(badKey); });
}

void emitExpandOffsets(gpu::GPUModuleOp module, const KernelPlan &plan,
                       bool overlaps) {
  InputTypes types(module.getContext(), plan);
  LLVM::GlobalOp shared =
      createShared(module, "recflex_expand_warps", types.i64,
                   abi::kInputThreads / abi::kWarpSize);
  emitInputKernel(module, abi::kExpandOffsetsKernel,
                  {types.pointer, types.pointer, types.pointer, types.i32,
                   types.i32, types.i32, types.pointer, types.pointer,
                   types.i32},
                  [&](KernelBuilder &b, ValueRange arguments) {
                    // Every thread comes here: who waits for this kernel has
                    // waited for the one ahead.
                    if (overlaps)
                      emitGridWait(b); // for offsets, if a scan makes them
                    Expansion(b, arguments, types).emit(shared);
                  });
}

} // namespace recflex
