//===- KernelBuilder.cpp - Building device code ---------------------------===//

#include "recflex/Schedules/KernelBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace recflex {

//===----------------------------------------------------------------------===//
// Integers
//===----------------------------------------------------------------------===//

Value KernelBuilder::i32(int64_t value) {
  return arith::ConstantIntOp::create(*this, getI32Type(), value);
}

Value KernelBuilder::i64(int64_t value) {
  return arith::ConstantIntOp::create(*this, getI64Type(), value);
}

Value KernelBuilder::boolean(bool value) {
  return arith::ConstantIntOp::create(*this, getI1Type(), value);
}

Value KernelBuilder::add(Value a, Value b) {
  return arith::AddIOp::create(*this, a, b);
}

Value KernelBuilder::sub(Value a, Value b) {
  return arith::SubIOp::create(*this, a, b);
}

Value KernelBuilder::mul(Value a, Value b) {
  return arith::MulIOp::create(*this, a, b);
}

Value KernelBuilder::divide(Value a, int64_t divisor) {
  return arith::DivUIOp::create(*this, a, i32(divisor));
}

Value KernelBuilder::modulo(Value a, int64_t divisor) {
  return arith::RemUIOp::create(*this, a, i32(divisor));
}

Value KernelBuilder::less(Value a, Value b) {
  return arith::CmpIOp::create(*this, arith::CmpIPredicate::slt, a, b);
}

Value KernelBuilder::lessOrEqual(Value a, Value b) {
  return arith::CmpIOp::create(*this, arith::CmpIPredicate::sle, a, b);
}

Value KernelBuilder::below(Value a, Value b) {
  return arith::CmpIOp::create(*this, arith::CmpIPredicate::ult, a, b);
}

Value KernelBuilder::atMost(Value a, Value b) {
  return arith::CmpIOp::create(*this, arith::CmpIPredicate::ule, a, b);
}

Value KernelBuilder::equal(Value a, Value b) {
  return arith::CmpIOp::create(*this, arith::CmpIPredicate::eq, a, b);
}

Value KernelBuilder::both(Value a, Value b) {
  return arith::AndIOp::create(*this, a, b);
}

Value KernelBuilder::either(Value a, Value b) {
  return arith::OrIOp::create(*this, a, b);
}

Value KernelBuilder::minimum(Value a, Value b) {
  return arith::MinSIOp::create(*this, a, b);
}

Value KernelBuilder::maximum(Value a, Value b) {
  return arith::MaxSIOp::create(*this, a, b);
}

Value KernelBuilder::select(Value condition, Value a, Value b) {
  return arith::SelectOp::create(*this, condition, a, b);
}

Value KernelBuilder::widen(Value value) {
  if (value.getType().isInteger(64))
    return value;
  return arith::ExtSIOp::create(*this, getI64Type(), value);
}

Value KernelBuilder::narrow(Value value) {
  if (value.getType().isInteger(32))
    return value;
  return arith::TruncIOp::create(*this, getI32Type(), value);
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

Value KernelBuilder::gep(Value base, Type element, Value offset) {
  return LLVM::GEPOp::create(*this, base.getType(), element, base,
                             ValueRange{widen(offset)});
}

Value KernelBuilder::load(Type type, Value address, unsigned alignment) {
  return LLVM::LoadOp::create(*this, type, address, alignment);
}

Value KernelBuilder::loadInvariant(Type type, Value address,
                                   unsigned alignment) {
  return LLVM::LoadOp::create(*this, type, address, alignment,
                              /*isVolatile=*/false, /*isNonTemporal=*/false,
                              /*isInvariant=*/true);
}

void KernelBuilder::store(Value value, Value address, unsigned alignment) {
  LLVM::StoreOp::create(*this, value, address, alignment);
}

Value KernelBuilder::isNull(Value pointer) {
  Value null = LLVM::ZeroOp::create(*this, pointer.getType());
  return LLVM::ICmpOp::create(*this, LLVM::ICmpPredicate::eq, pointer, null);
}

Value KernelBuilder::countUp(Value address, Value last) {
  return LLVM::AtomicRMWOp::create(*this, LLVM::AtomicBinOp::uinc_wrap, address,
                                   last, LLVM::AtomicOrdering::monotonic,
                                   "device");
}

void KernelBuilder::releaseFence() {
  LLVM::FenceOp::create(*this, LLVM::AtomicOrdering::release, "device");
}

void KernelBuilder::acquireFence() {
  LLVM::FenceOp::create(*this, LLVM::AtomicOrdering::acquire, "device");
}

//===----------------------------------------------------------------------===//
// Control and cooperation
//===----------------------------------------------------------------------===//

void KernelBuilder::guarded(Value condition, function_ref<void()> then) {
  auto branch = scf::IfOp::create(*this, condition);
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(branch.thenBlock());
  then();
}

void KernelBuilder::choose(Value condition, function_ref<void()> then,
                           function_ref<void()> otherwise) {
  auto branch = scf::IfOp::create(*this, condition, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(branch.thenBlock());
  then();
  setInsertionPointToStart(branch.elseBlock());
  otherwise();
}

Value KernelBuilder::choose(Type type, Value condition,
                            function_ref<Value()> then,
                            function_ref<Value()> otherwise) {
  auto branch = scf::IfOp::create(*this, TypeRange{type}, condition,
                                  /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(branch.thenBlock());
  scf::YieldOp::create(*this, then());
  setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(*this, otherwise());
  return branch.getResult(0);
}

SmallVector<Value>
KernelBuilder::chooseAll(Value condition,
                         function_ref<SmallVector<Value>()> then,
                         function_ref<SmallVector<Value>()> otherwise) {
  auto branch = scf::IfOp::create(
      *this, condition,
      [&](OpBuilder &, Location) { scf::YieldOp::create(*this, then()); },
      [&](OpBuilder &, Location) { scf::YieldOp::create(*this, otherwise()); });
  return llvm::to_vector_of<Value>(branch.getResults());
}

SmallVector<Value>
KernelBuilder::loopWhile(ArrayRef<Value> start,
                         function_ref<Value(ValueRange)> condition,
                         function_ref<SmallVector<Value>(ValueRange)> next) {
  auto loop = scf::WhileOp::create(
      *this, TypeRange(ValueRange(start)), start,
      [&](OpBuilder &, Location, ValueRange state) {
        scf::ConditionOp::create(*this, condition(state), state);
      },
      [&](OpBuilder &, Location, ValueRange state) {
        scf::YieldOp::create(*this, next(state));
      });
  return llvm::to_vector_of<Value>(loop.getResults());
}

void KernelBuilder::repeat(int64_t count, function_ref<void(Value)> body) {
  auto loop = scf::ForOp::create(*this, i32(0), i32(count), i32(1));
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVar());
}

Value KernelBuilder::shuffleXor(Value scalar, int64_t mask) {
  return gpu::ShuffleOp::create(*this, scalar, i32(mask), i32(32),
                                gpu::ShuffleMode::XOR)
      .getShuffleResult();
}

Value KernelBuilder::shuffleUp(Value scalar, int64_t distance) {
  return gpu::ShuffleOp::create(*this, scalar, i32(distance), i32(32),
                                gpu::ShuffleMode::UP)
      .getShuffleResult();
}

Value KernelBuilder::shuffleFrom(Value scalar, Value lane) {
  return gpu::ShuffleOp::create(*this, scalar, lane, i32(32),
                                gpu::ShuffleMode::IDX)
      .getShuffleResult();
}

Value KernelBuilder::ballot(Value predicate) {
  return NVVM::VoteSyncOp::create(*this, getI32Type(), i32(-1), predicate,
                                  NVVM::VoteSyncKind::ballot);
}

void KernelBuilder::barrier() { gpu::BarrierOp::create(*this); }

Value KernelBuilder::anyThread(Value condition) {
  Value vote = arith::ExtUIOp::create(*this, getI32Type(), condition);
  auto barrier = NVVM::BarrierOp::create(
      *this, getI32Type(), /*barrierId=*/Value(), /*numberOfThreads=*/Value(),
      NVVM::BarrierReductionAttr::get(getContext(), NVVM::BarrierReduction::OR),
      vote);
  return below(i32(0), barrier.getRes());
}

Value KernelBuilder::threadId() {
  return arith::IndexCastOp::create(
      *this, getI32Type(), gpu::ThreadIdOp::create(*this, gpu::Dimension::x));
}

Value KernelBuilder::blockId() {
  return arith::IndexCastOp::create(
      *this, getI32Type(), gpu::BlockIdOp::create(*this, gpu::Dimension::x));
}

Value KernelBuilder::blockCount() {
  return arith::IndexCastOp::create(
      *this, getI32Type(), gpu::GridDimOp::create(*this, gpu::Dimension::x));
}

} // namespace recflex
