//===- RewriteCalls.cpp - Calls, special registers, host intrinsics -------===//

#include "Rewriter.h"

#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicsNVPTX.h"

using namespace llvm;

namespace recflex::sim {

namespace {

/// Target-independent intrinsics that the host's code generator implements and
/// that touch no memory.
bool isHostIntrinsic(Intrinsic::ID id) {
  switch (id) {
  case Intrinsic::abs:
  case Intrinsic::bitreverse:
  case Intrinsic::bswap:
  case Intrinsic::canonicalize:
  case Intrinsic::ceil:
  case Intrinsic::copysign:
  case Intrinsic::cos:
  case Intrinsic::ctlz:
  case Intrinsic::ctpop:
  case Intrinsic::cttz:
  case Intrinsic::exp:
  case Intrinsic::exp2:
  case Intrinsic::fabs:
  case Intrinsic::floor:
  case Intrinsic::fma:
  case Intrinsic::fptosi_sat:
  case Intrinsic::fptoui_sat:
  case Intrinsic::fshl:
  case Intrinsic::fshr:
  case Intrinsic::is_fpclass:
  case Intrinsic::ldexp:
  case Intrinsic::log:
  case Intrinsic::log10:
  case Intrinsic::log2:
  case Intrinsic::maximum:
  case Intrinsic::maximumnum:
  case Intrinsic::minimum:
  case Intrinsic::minimumnum:
  case Intrinsic::nearbyint:
  case Intrinsic::pow:
  case Intrinsic::ptrmask:
  case Intrinsic::rint:
  case Intrinsic::round:
  case Intrinsic::roundeven:
  case Intrinsic::sadd_sat:
  case Intrinsic::sadd_with_overflow:
  case Intrinsic::scmp:
  case Intrinsic::sin:
  case Intrinsic::smax:
  case Intrinsic::smin:
  case Intrinsic::smul_with_overflow:
  case Intrinsic::sqrt:
  case Intrinsic::ssub_sat:
  case Intrinsic::ssub_with_overflow:
  case Intrinsic::trunc:
  case Intrinsic::uadd_sat:
  case Intrinsic::uadd_with_overflow:
  case Intrinsic::ucmp:
  case Intrinsic::umax:
  case Intrinsic::umin:
  case Intrinsic::umul_with_overflow:
  case Intrinsic::usub_sat:
  case Intrinsic::usub_with_overflow:
  case Intrinsic::vector_extract:
  case Intrinsic::vector_insert:
  case Intrinsic::vector_reduce_add:
  case Intrinsic::vector_reduce_and:
  case Intrinsic::vector_reduce_fadd:
  case Intrinsic::vector_reduce_fmax:
  case Intrinsic::vector_reduce_fmaximum:
  case Intrinsic::vector_reduce_fmin:
  case Intrinsic::vector_reduce_fminimum:
  case Intrinsic::vector_reduce_fmul:
  case Intrinsic::vector_reduce_mul:
  case Intrinsic::vector_reduce_or:
  case Intrinsic::vector_reduce_smax:
  case Intrinsic::vector_reduce_smin:
  case Intrinsic::vector_reduce_umax:
  case Intrinsic::vector_reduce_umin:
  case Intrinsic::vector_reduce_xor:
    return true;
  default:
    return false;
  }
}

/// Hints, and fences of engines that the simulator does not have.
bool hasNoEffect(Intrinsic::ID id) {
  switch (id) {
  case Intrinsic::assume:
  case Intrinsic::dbg_assign:
  case Intrinsic::dbg_declare:
  case Intrinsic::dbg_label:
  case Intrinsic::dbg_value:
  case Intrinsic::donothing:
  case Intrinsic::experimental_noalias_scope_decl:
  case Intrinsic::invariant_end:
  case Intrinsic::lifetime_end:
  case Intrinsic::lifetime_start:
  case Intrinsic::prefetch:
  case Intrinsic::pseudoprobe:
  case Intrinsic::sideeffect:
  case Intrinsic::nvvm_applypriority_global_L2_evict_normal:
  case Intrinsic::nvvm_applypriority_L2_evict_normal:
  case Intrinsic::nvvm_cp_async_bulk_prefetch_L2:
  case Intrinsic::nvvm_cp_async_commit_group:
  case Intrinsic::nvvm_cp_async_wait_all:
  case Intrinsic::nvvm_cp_async_wait_group:
  case Intrinsic::nvvm_griddepcontrol_launch_dependents:
  case Intrinsic::nvvm_griddepcontrol_wait:
  case Intrinsic::nvvm_nanosleep:
  case Intrinsic::nvvm_prefetch_global_L1:
  case Intrinsic::nvvm_prefetch_global_L2:
  case Intrinsic::nvvm_prefetch_global_L2_evict_last:
  case Intrinsic::nvvm_prefetch_global_L2_evict_normal:
  case Intrinsic::nvvm_prefetch_L1:
  case Intrinsic::nvvm_prefetch_L2:
  case Intrinsic::nvvm_prefetch_local_L1:
  case Intrinsic::nvvm_prefetch_local_L2:
  case Intrinsic::nvvm_prefetchu_L1:
    return true;
  default:
    return false;
  }
}

/// Bytes of a cp.async, or 0.
unsigned asyncCopyBytes(Intrinsic::ID id) {
  switch (id) {
  case Intrinsic::nvvm_cp_async_ca_shared_global_4:
    return 4;
  case Intrinsic::nvvm_cp_async_ca_shared_global_8:
    return 8;
  case Intrinsic::nvvm_cp_async_ca_shared_global_16:
  case Intrinsic::nvvm_cp_async_cg_shared_global_16:
    return 16;
  default:
    return 0;
  }
}

} // namespace

Status Rewriter::rewriteCall(CallInst &call) {
  if (call.isInlineAsm())
    return unsupported(
        call,
        "inline assembly \"" +
            cast<InlineAsm>(call.getCalledOperand())->getAsmString().str() +
            "\"");
  Function *callee = call.getCalledFunction();
  if (!callee)
    return unsupported(call, "an indirect call");
  if (Intrinsic::ID id = callee->getIntrinsicID())
    return rewriteIntrinsic(call, id);

  auto found = rewritten.find(callee);
  if (found == rewritten.end()) {
    // Calls that the rewriting itself has added.
    if (callee->getName().starts_with("rfx."))
      return {};
    if (callee->getName() == "__assertfail" && call.arg_size() > 0) {
      callAssertion(call);
      return {};
    }
    return unsupported(call, "a call of '" + callee->getName().str() +
                                 "', which the module only declares,");
  }
  if (functions.find(found->second)->second.kernel)
    return unsupported(call, "a call of kernel '" +
                                 found->second->getName().str() + "'");
  SmallVector<Value *> arguments = {contextOf(call)};
  for (unsigned i = 0; i < call.arg_size(); ++i) {
    if (call.isByValArgument(i))
      return unsupported(call, "an argument passed by value");
    arguments.push_back(call.getArgOperand(i));
  }
  IRBuilder<> builder(&call);
  CallInst *result = builder.CreateCall(found->second, arguments);
  current->callees.push_back(found->second);
  replace(call, call.getType()->isVoidTy() ? nullptr : result);
  return {};
}

Status Rewriter::rewriteIntrinsic(CallInst &call, Intrinsic::ID id) {
  IRBuilder<> builder(&call);
  if (hasNoEffect(id)) {
    replace(call, nullptr);
    return {};
  }
  if (unsigned bytes = asyncCopyBytes(id))
    return rewriteAsyncCopy(call, bytes);
  if (rewriteSpecialRegister(call, id) || rewriteMath(call))
    return {};
  if (rewriteWarpOperation(call, id) || rewriteBarrier(call)) {
    current->synchronizes = true;
    return {};
  }
  switch (id) {
  case Intrinsic::memcpy:
  case Intrinsic::memcpy_inline:
  case Intrinsic::memmove:
  case Intrinsic::memset:
  case Intrinsic::memset_inline:
    return rewriteMemoryIntrinsic(call);
  case Intrinsic::nvvm_membar_cta:
  case Intrinsic::nvvm_membar_gl:
  case Intrinsic::nvvm_membar_sys:
    builder.CreateFence(AtomicOrdering::SequentiallyConsistent);
    replace(call, nullptr);
    return {};
  case Intrinsic::nvvm_ldu_global_f:
  case Intrinsic::nvvm_ldu_global_i:
  case Intrinsic::nvvm_ldu_global_p: {
    auto align = cast<ConstantInt>(call.getArgOperand(1))->getZExtValue();
    LoadInst *load =
        builder.CreateAlignedLoad(call.getType(), call.getArgOperand(0),
                                  Align(std::max<uint64_t>(align, 1)));
    replace(call, load);
    return rewriteInstruction(*load);
  }
  case Intrinsic::trap:
  case Intrinsic::debugtrap:
  case Intrinsic::ubsantrap:
    callTrap(call);
    replace(call, nullptr);
    return {};
  default:
    if (isHostIntrinsic(id))
      return {};
    return unsupported(
        call, "intrinsic '" + call.getCalledFunction()->getName().str() + "'");
  }
}

bool Rewriter::rewriteSpecialRegister(CallInst &call, Intrinsic::ID id) {
  IRBuilder<> builder(&call);
  Type *i32 = builder.getInt32Ty();
  auto lane = [&](size_t offset) {
    return loadField(builder, contextOf(call), offset, i32);
  };
  auto block = [&](size_t offset) {
    Value *state = loadField(builder, contextOf(call),
                             offsetof(LaneContext, block), builder.getPtrTy());
    return loadField(builder, state, offset, i32);
  };
  auto number = [&](uint32_t value) -> Value * {
    return builder.getInt32(value);
  };
  auto laneBit = [&] {
    return builder.CreateShl(number(1), lane(offsetof(LaneContext, lane)));
  };
  Value *value = nullptr;
  switch (id) {
  case Intrinsic::nvvm_read_ptx_sreg_tid_x:
    value = lane(offsetof(LaneContext, thread));
    break;
  case Intrinsic::nvvm_read_ptx_sreg_ctaid_x:
    value = block(offsetof(BlockState, index));
    break;
  case Intrinsic::nvvm_read_ptx_sreg_ntid_x:
    value = block(offsetof(BlockState, threads));
    break;
  case Intrinsic::nvvm_read_ptx_sreg_nctaid_x:
    value = block(offsetof(BlockState, blocks));
    break;
  case Intrinsic::nvvm_read_ptx_sreg_tid_y:
  case Intrinsic::nvvm_read_ptx_sreg_tid_z:
  case Intrinsic::nvvm_read_ptx_sreg_ctaid_y:
  case Intrinsic::nvvm_read_ptx_sreg_ctaid_z:
    value = number(0);
    break;
  case Intrinsic::nvvm_read_ptx_sreg_ntid_y:
  case Intrinsic::nvvm_read_ptx_sreg_ntid_z:
  case Intrinsic::nvvm_read_ptx_sreg_nctaid_y:
  case Intrinsic::nvvm_read_ptx_sreg_nctaid_z:
    value = number(1);
    break;
  case Intrinsic::nvvm_read_ptx_sreg_laneid:
    value = lane(offsetof(LaneContext, lane));
    break;
  case Intrinsic::nvvm_read_ptx_sreg_warpsize:
    value = number(warpSize);
    break;
  case Intrinsic::nvvm_read_ptx_sreg_warpid:
    value = builder.CreateLShr(lane(offsetof(LaneContext, thread)), 5);
    break;
  case Intrinsic::nvvm_read_ptx_sreg_nwarpid:
    value = builder.CreateLShr(
        builder.CreateAdd(block(offsetof(BlockState, threads)), number(31)), 5);
    break;
  case Intrinsic::nvvm_read_ptx_sreg_lanemask_eq:
    value = laneBit();
    break;
  case Intrinsic::nvvm_read_ptx_sreg_lanemask_lt:
    value = builder.CreateSub(laneBit(), number(1));
    break;
  case Intrinsic::nvvm_read_ptx_sreg_lanemask_ge:
    value = builder.CreateNeg(laneBit());
    break;
  case Intrinsic::nvvm_read_ptx_sreg_lanemask_le: {
    Value *bit = laneBit();
    value = builder.CreateOr(builder.CreateSub(bit, number(1)), bit);
    break;
  }
  case Intrinsic::nvvm_read_ptx_sreg_lanemask_gt: {
    Value *bit = laneBit();
    value = builder.CreateXor(builder.CreateNeg(bit), bit);
    break;
  }
  case Intrinsic::nvvm_read_ptx_sreg_dynamic_smem_size:
    value = block(offsetof(BlockState, dynamicSharedBytes));
    break;
  case Intrinsic::nvvm_read_ptx_sreg_clock:
  case Intrinsic::nvvm_read_ptx_sreg_clock64:
  case Intrinsic::nvvm_read_ptx_sreg_globaltimer:
  case Intrinsic::nvvm_read_ptx_sreg_globaltimer_lo:
    value = builder.CreateTrunc(callClock(call), call.getType());
    break;
  default:
    return false;
  }
  replace(call, value);
  return true;
}

} // namespace recflex::sim
