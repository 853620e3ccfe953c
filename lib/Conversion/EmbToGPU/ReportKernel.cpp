//===- ReportKernel.cpp - What was bad in a batch -------------------------===//
//
// Runs behind the checked forward kernel and ends at once unless a kernel of
// the batch raised the flag. Then it looks at every bag again, one a warp:
// counts faults, lists the first ones, and zeroes bags if that is asked for. It
// is slow only for who sends bad input.
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"

#include "recflex/Runtime/BatchArguments.h"
#include "recflex/Runtime/KernelABI.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace recflex {
namespace {

/// The kernel's arguments that its parts share.
struct Report {
  Value descriptors, values, offsets, lookups, output, outputStride;
  Value outputFormat, batch, state, capacity, zeroBags;
  Type index;     ///< of values and offsets
  unsigned bytes; ///< of an index
};

/// One bag of one feature.
struct Bag {
  Value feature, key, sample, rows;
  Value begin, end; ///< i64
};

} // namespace

static Value i64(KernelBuilder &b, int64_t value) {
  return arith::ConstantIntOp::create(b, b.getI64Type(), value);
}

static Value addUp(KernelBuilder &b, Value address, Value value) {
  return LLVM::AtomicRMWOp::create(b, LLVM::AtomicBinOp::add, address, value,
                                   LLVM::AtomicOrdering::monotonic, "device");
}

static Value stateField(KernelBuilder &b, const Report &report, size_t offset) {
  return b.gep(report.state, b.getI8Type(), b.i32(offset));
}

/// Counts a fault, and lists it while there is room.
static void record(KernelBuilder &b, const Report &report, FaultKind kind,
                   const Bag &bag, Value position, Value value) {
  Value slot =
      addUp(b, stateField(b, report, offsetof(abi::CheckState, total)),
            i64(b, 1));
  b.guarded(b.below(slot, b.widen(report.capacity)), [&] {
    Value fault =
        b.gep(stateField(b, report, sizeof(abi::CheckState)), b.getI8Type(),
              b.mul(slot, i64(b, sizeof(Fault))));
    auto store = [&](Value field, size_t offset, unsigned bytes) {
      b.store(field, b.gep(fault, b.getI8Type(), b.i32(offset)), bytes);
    };
    store(b.i32(static_cast<int64_t>(kind)), offsetof(Fault, kind), 4);
    store(bag.feature, offsetof(Fault, feature), 4);
    store(bag.key, offsetof(Fault, key), 4);
    store(bag.sample, offsetof(Fault, sample), 4);
    store(position, offsetof(Fault, position), 8);
    store(value, offsetof(Fault, value), 8);
  });
}

/// Loads the bag's bounds; bad ones are recorded, and the bag is then empty.
static void loadBounds(KernelBuilder &b, const Report &report, Bag &bag,
                       Value isFirst) {
  Value at = b.add(b.mul(b.widen(bag.key), b.widen(report.batch)),
                   b.widen(bag.sample));
  Value address = b.gep(report.offsets, report.index, at);
  Value next = b.gep(address, report.index, b.i32(1));
  Value begin =
      b.widen(b.loadInvariant(report.index, address, report.bytes));
  Value end = b.widen(b.loadInvariant(report.index, next, report.bytes));
  Value beginInside = b.atMost(begin, report.lookups);
  Value good = b.both(b.atMost(begin, end), b.atMost(end, report.lookups));
  Value bad = b.equal(good, arith::ConstantIntOp::create(b, b.getI1Type(), 0));
  b.guarded(b.both(bad, isFirst), [&] {
    record(b, report, FaultKind::offsets, bag, i64(b, 0),
           b.select(beginInside, end, begin));
  });
  Value zero = i64(b, 0);
  bag.begin = b.select(good, begin, zero);
  bag.end = b.select(good, end, zero);
}

/// Records the bag's bad indices; whether the calling lane saw any.
static Value recordIndices(KernelBuilder &b, const Report &report,
                           const Bag &bag, Value lane) {
  Value none = arith::ConstantIntOp::create(b, b.getI1Type(), 0);
  auto loop = scf::ForOp::create(b, b.add(bag.begin, b.widen(lane)), bag.end,
                                 i64(b, abi::kWarpSize), ValueRange{none});
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Value at = loop.getInductionVar();
  Value index = b.widen(b.loadInvariant(
      report.index, b.gep(report.values, report.index, at), report.bytes));
  Value bad = b.atMost(bag.rows, index);
  b.guarded(bad, [&] {
    record(b, report, FaultKind::index, bag, at, index);
  });
  scf::YieldOp::create(b, b.either(loop.getRegionIterArg(0), bad));
  return loop.getResult(0);
}

/// Zeroes the bag's columns, a lane each.
static void zeroBag(KernelBuilder &b, const Report &report, const Bag &bag,
                    Value lane) {
  Value column = loadField(b, report.descriptors, bag.feature,
                           offsetof(abi::FeatureDescriptor, column));
  Value width = loadField(b, report.descriptors, bag.feature,
                          offsetof(abi::FeatureDescriptor, width));
  Value row = b.add(b.mul(b.widen(bag.sample), report.outputStride),
                    b.widen(column));
  Value type = arith::AndIOp::create(b, report.outputFormat,
                                     b.i32(abi::kOutputTypeMask));
  Value isF32 = b.equal(type, b.i32(static_cast<int64_t>(RowType::f32)));
  auto loop = scf::ForOp::create(b, lane, width, b.i32(abi::kWarpSize));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Value element = b.add(row, b.widen(loop.getInductionVar()));
  auto choice = scf::IfOp::create(b, isF32, /*withElseRegion=*/true);
  b.setInsertionPointToStart(choice.thenBlock());
  b.store(b.i32(0), b.gep(report.output, b.getI32Type(), element), 4);
  b.setInsertionPointToStart(choice.elseBlock());
  b.store(arith::ConstantIntOp::create(b, b.getI16Type(), 0),
          b.gep(report.output, b.getI16Type(), element), 2);
}

/// Looks at every bag of every feature, one a warp.
static void sweepBags(KernelBuilder &b, const Report &report, Value count,
                      Value warp, Value warps, Value lane) {
  Value bags = b.mul(b.widen(count), b.widen(report.batch));
  auto loop =
      scf::ForOp::create(b, b.widen(warp), bags, b.widen(warps));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Value number = loop.getInductionVar(), batch = b.widen(report.batch);
  Bag bag;
  bag.feature = b.narrow(arith::DivUIOp::create(b, number, batch));
  bag.sample = b.narrow(arith::RemUIOp::create(b, number, batch));
  bag.key = loadField(b, report.descriptors, bag.feature,
                      offsetof(abi::FeatureDescriptor, feature));
  bag.rows = loadRows(b, report.descriptors, bag.feature);
  loadBounds(b, report, bag, b.less(lane, b.i32(1)));
  Value bad = recordIndices(b, report, bag, lane);
  Value some = b.ballot(bad);
  Value zeroing = b.both(b.below(b.i32(0), some),
                         b.below(b.i32(0), report.zeroBags));
  b.guarded(zeroing, [&] { zeroBag(b, report, bag, lane); });
}

/// The last block to end lowers the flag, which all have read by then.
static void lowerFlag(KernelBuilder &b, const Report &report, Value thread,
                      Value blocks) {
  b.barrier();
  b.guarded(b.less(thread, b.i32(1)), [&] {
    Value done = stateField(b, report, offsetof(abi::CheckState, done));
    Value ended = b.add(addUp(b, done, b.i32(1)), b.i32(1));
    b.guarded(b.equal(ended, blocks), [&] {
      b.store(b.i32(0), done, 4);
      b.store(b.i32(0),
              stateField(b, report, offsetof(abi::CheckState, raised)), 4);
    });
  });
}

void emitReportKernel(gpu::GPUModuleOp module, const KernelPlan &plan,
                      bool overlaps) {
  MLIRContext *context = module.getContext();
  Type i32 = IntegerType::get(context, 32), i64 = IntegerType::get(context, 64);
  Type pointer = LLVM::LLVMPointerType::get(context, 1);
  gpu::GPUFuncOp kernel = createKernel(
      module, abi::kReportFaultsKernel,
      {pointer, i32, pointer, pointer, i64, pointer, i64, i32, i32, pointer,
       i32, i32},
      abi::kReportThreads);
  Block *entry = &kernel.getBody().front();
  OpBuilder builder = OpBuilder::atBlockTerminator(entry);
  KernelBuilder b(kernel.getLoc(), builder);
  Report report;
  report.descriptors = entry->getArgument(0);
  Value count = entry->getArgument(1);
  report.values = entry->getArgument(2);
  report.offsets = entry->getArgument(3);
  report.lookups = entry->getArgument(4);
  report.output = entry->getArgument(5);
  report.outputStride = entry->getArgument(6);
  report.outputFormat = entry->getArgument(7);
  report.batch = entry->getArgument(8);
  report.state = entry->getArgument(9);
  report.capacity = entry->getArgument(10);
  report.zeroBags = entry->getArgument(11);
  report.bytes = byteSize(plan.indexType);
  report.index = IntegerType::get(context, 8 * report.bytes);

  if (overlaps)
    emitGridWait(b); // for the flag
  Value raised = b.load(
      i32, stateField(b, report, offsetof(abi::CheckState, raised)), 4);
  b.guarded(b.below(b.i32(0), raised), [&] {
    constexpr int64_t warpsPerBlock = abi::kReportThreads / abi::kWarpSize;
    Value thread = b.threadId(), blocks = b.blockCount();
    Value warp = b.add(b.mul(b.blockId(), b.i32(warpsPerBlock)),
                       b.divide(thread, abi::kWarpSize));
    sweepBags(b, report, count, warp, b.mul(blocks, b.i32(warpsPerBlock)),
              b.modulo(thread, abi::kWarpSize));
    lowerFlag(b, report, thread, blocks);
  });
}

} // namespace recflex
