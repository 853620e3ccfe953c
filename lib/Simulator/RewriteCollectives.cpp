//===- RewriteCollectives.cpp - What needs other threads, and arithmetic --===//

#include "EntryPoints.h"
#include "Rewriter.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicsNVPTX.h"

#include <optional>

using namespace llvm;

namespace recflex::sim {

namespace {

std::optional<WarpOperation> shuffleMode(StringRef mode) {
  return StringSwitch<std::optional<WarpOperation>>(mode)
      .Case("up", WarpOperation::ShuffleUp)
      .Case("down", WarpOperation::ShuffleDown)
      .Case("bfly", WarpOperation::ShuffleButterfly)
      .Case("idx", WarpOperation::ShuffleIndex)
      .Default(std::nullopt);
}

std::optional<WarpOperation> voteMode(Intrinsic::ID id) {
  switch (id) {
  case Intrinsic::nvvm_vote_ballot_sync:
    return WarpOperation::Ballot;
  case Intrinsic::nvvm_vote_any_sync:
    return WarpOperation::VoteAny;
  case Intrinsic::nvvm_vote_all_sync:
    return WarpOperation::VoteAll;
  case Intrinsic::nvvm_vote_uni_sync:
    return WarpOperation::VoteUniform;
  case Intrinsic::nvvm_match_any_sync_i32:
  case Intrinsic::nvvm_match_any_sync_i64:
    return WarpOperation::MatchAny;
  case Intrinsic::nvvm_match_all_sync_i32p:
  case Intrinsic::nvvm_match_all_sync_i64p:
    return WarpOperation::MatchAll;
  default:
    return std::nullopt;
  }
}

std::optional<WarpOperation> reduction(Intrinsic::ID id) {
  switch (id) {
  case Intrinsic::nvvm_redux_sync_add:
    return WarpOperation::ReduceAdd;
  case Intrinsic::nvvm_redux_sync_min:
    return WarpOperation::ReduceMin;
  case Intrinsic::nvvm_redux_sync_max:
    return WarpOperation::ReduceMax;
  case Intrinsic::nvvm_redux_sync_umin:
    return WarpOperation::ReduceUnsignedMin;
  case Intrinsic::nvvm_redux_sync_umax:
    return WarpOperation::ReduceUnsignedMax;
  case Intrinsic::nvvm_redux_sync_and:
    return WarpOperation::ReduceAnd;
  case Intrinsic::nvvm_redux_sync_or:
    return WarpOperation::ReduceOr;
  case Intrinsic::nvvm_redux_sync_xor:
    return WarpOperation::ReduceXor;
  default:
    return std::nullopt;
  }
}

} // namespace

bool Rewriter::rewriteWarpOperation(CallInst &call, Intrinsic::ID id) {
  IRBuilder<> builder(&call);
  Type *i32 = builder.getInt32Ty();
  Value *zero = builder.getInt32(0);
  Value *mask = nullptr, *value = zero, *b = zero, *c = zero;
  std::optional<WarpOperation> operation;

  StringRef name = call.getCalledFunction()->getName();
  if (name.consume_front("llvm.nvvm.shfl.sync.")) {
    operation = shuffleMode(name.split('.').first);
    mask = call.getArgOperand(0);
    value = call.getArgOperand(1);
    b = call.getArgOperand(2);
    c = call.getArgOperand(3);
  } else if ((operation = voteMode(id))) {
    mask = call.getArgOperand(0);
    value = call.getArgOperand(1);
  } else if ((operation = reduction(id))) {
    value = call.getArgOperand(0);
    mask = call.getArgOperand(1);
  } else if (id == Intrinsic::nvvm_elect_sync) {
    operation = WarpOperation::Elect;
    mask = call.getArgOperand(0);
  } else if (id == Intrinsic::nvvm_bar_warp_sync) {
    operation = WarpOperation::Synchronize;
    mask = call.getArgOperand(0);
  }
  if (!operation)
    return false;

  if (value->getType()->isFloatTy())
    value = builder.CreateBitCast(value, i32);
  value = builder.CreateZExt(value, builder.getInt64Ty());
  Value *result = callEntry(
      builder, entry::warpOperation, i32,
      {contextOf(call), builder.getInt32(static_cast<uint32_t>(*operation)),
       mask, value, b, c});

  Type *type = call.getType();
  auto *pair = dyn_cast<StructType>(type);
  Type *first = pair ? pair->getElementType(0) : type;
  if (first->isVoidTy())
    return replace(call, nullptr), true;
  if (first->isFloatTy())
    result = builder.CreateBitCast(result, first);
  else
    result = builder.CreateTrunc(result, first);
  if (pair) {
    Value *predicate = loadField(builder, contextOf(call),
                                 offsetof(LaneContext, predicate), i32);
    Value *both = builder.CreateInsertValue(PoisonValue::get(pair), result, 0);
    result = builder.CreateInsertValue(
        both, builder.CreateTrunc(predicate, builder.getInt1Ty()), 1);
  }
  replace(call, result);
  return true;
}

bool Rewriter::rewriteBarrier(CallInst &call) {
  // llvm.nvvm.barrier.cta.{sync,red.{popc,and,or}}[.aligned].{all,count}
  StringRef name = call.getCalledFunction()->getName();
  if (!name.consume_front("llvm.nvvm.barrier.cta."))
    return false;
  auto result = BarrierResult::None;
  if (name.consume_front("red.popc"))
    result = BarrierResult::CountTrue;
  else if (name.consume_front("red.and"))
    result = BarrierResult::AllTrue;
  else if (name.consume_front("red.or"))
    result = BarrierResult::AnyTrue;
  else if (!name.consume_front("sync"))
    return false;
  bool aligned = name.consume_front(".aligned");

  IRBuilder<> builder(&call);
  unsigned operand = 0;
  Value *id = call.getArgOperand(operand++);
  Value *count = name == ".count" ? call.getArgOperand(operand++)
                                  : builder.getInt32(wholeBlock);
  Value *vote = builder.getInt32(0);
  if (result != BarrierResult::None)
    vote =
        builder.CreateZExt(call.getArgOperand(operand), builder.getInt32Ty());
  uint32_t site = addSite(call, AccessKind::Load, 0, 1);
  program.sites[site].convergent = aligned;
  Value *value =
      callEntry(builder, entry::barrier, builder.getInt32Ty(),
                {contextOf(call), builder.getInt32(site), id, count,
                 builder.getInt32(static_cast<uint32_t>(result)), vote});
  if (result == BarrierResult::None)
    value = nullptr;
  else
    value = builder.CreateTrunc(value, call.getType());
  replace(call, value);
  return true;
}

void Rewriter::callTrap(Instruction &inst) {
  IRBuilder<> builder(&inst);
  callEntry(builder, entry::trap, builder.getVoidTy(),
            {contextOf(inst),
             builder.getInt32(addSite(inst, AccessKind::Load, 0, 1))});
}

void Rewriter::callAssertion(CallInst &call) {
  // __assertfail(message, file, line, function, character size)
  IRBuilder<> builder(&call);
  callEntry(builder, entry::assertion, builder.getVoidTy(),
            {contextOf(call), call.getArgOperand(0),
             builder.getInt32(addSite(call, AccessKind::Load, 0, 1))});
  replace(call, nullptr);
}

Value *Rewriter::callClock(CallInst &call) {
  IRBuilder<> builder(&call);
  return callEntry(builder, entry::clock, builder.getInt64Ty(),
                   {contextOf(call)});
}

bool Rewriter::rewriteMath(CallInst &call) {
  IRBuilder<> builder(&call);
  auto operand = [&](unsigned i) { return call.getArgOperand(i); };
  auto one = [&] { return ConstantFP::get(call.getType(), 1.0); };
  auto unary = [&](Intrinsic::ID id) {
    return builder.CreateUnaryIntrinsic(id, operand(0));
  };
  auto binary = [&](Intrinsic::ID id) {
    return builder.CreateBinaryIntrinsic(id, operand(0), operand(1));
  };

  Value *value = nullptr;
  StringRef name = call.getCalledFunction()->getName();
  switch (call.getIntrinsicID()) {
  // NVPTX emits min and max, which order -0 below +0, and fma.
  case Intrinsic::minnum:
    value = binary(Intrinsic::minimumnum);
    break;
  case Intrinsic::maxnum:
    value = binary(Intrinsic::maximumnum);
    break;
  case Intrinsic::fmuladd:
    value = builder.CreateIntrinsic(call.getType(), Intrinsic::fma,
                                    {operand(0), operand(1), operand(2)});
    break;
  case Intrinsic::expect:
    value = operand(0);
    break;
  default:
    break;
  }
  if (!value) {
    // Names end in the type, which the operands tell as well; .ftz and .approx
    // variants compute what the exact ones do.
    if (!name.consume_front("llvm.nvvm."))
      return false;
    StringRef variant = name;
    auto is = [&](StringRef stem) {
      StringRef rest = name;
      if (!rest.consume_front(stem) || !(rest.empty() || rest[0] == '.'))
        return false;
      variant = rest;
      return true;
    };
    auto hasVariant = [&](StringRef part) { return variant.contains(part); };
    if (is("fmin") || is("fmax")) {
      if (hasVariant("xorsign"))
        return false;
      bool min = name.starts_with("fmin");
      if (hasVariant(".nan"))
        value = binary(min ? Intrinsic::minimum : Intrinsic::maximum);
      else
        value = binary(min ? Intrinsic::minimumnum : Intrinsic::maximumnum);
    } else if (is("fma.rn")) {
      if (hasVariant("relu") || hasVariant("sat"))
        return false;
      value = builder.CreateIntrinsic(call.getType(), Intrinsic::fma,
                                      {operand(0), operand(1), operand(2)});
    } else if (is("add.rn")) {
      if (hasVariant("sat"))
        return false;
      value = builder.CreateFAdd(operand(0), operand(1));
    } else if (is("mul.rn")) {
      value = builder.CreateFMul(operand(0), operand(1));
    } else if (is("div.rn") || is("div.approx") || is("div.full")) {
      value = builder.CreateFDiv(operand(0), operand(1));
    } else if (is("rcp.rn") || is("rcp.approx")) {
      value = builder.CreateFDiv(one(), operand(0));
    } else if (is("sqrt.rn") || is("sqrt.approx") || is("sqrt.f")) {
      value = unary(Intrinsic::sqrt);
    } else if (is("rsqrt.approx")) {
      value = builder.CreateFDiv(one(), unary(Intrinsic::sqrt));
    } else if (is("ex2.approx")) {
      value = unary(Intrinsic::exp2);
    } else if (is("lg2.approx")) {
      value = unary(Intrinsic::log2);
    } else if (is("fabs")) {
      value = unary(Intrinsic::fabs);
    } else {
      return false;
    }
  }
  replace(call, value);
  return true;
}

} // namespace recflex::sim
