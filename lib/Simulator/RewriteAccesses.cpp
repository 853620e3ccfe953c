//===- RewriteAccesses.cpp - Checks before memory accesses ----------------===//

#include "EntryPoints.h"
#include "Rewriter.h"

#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/Support/NVPTXAddrSpace.h"

using namespace llvm;

namespace recflex::sim {

namespace {
/// Whether the simulator knows what memory the address space means.
bool isKnownSpace(unsigned space) {
  return space == NVPTXAS::ADDRESS_SPACE_GENERIC ||
         space == NVPTXAS::ADDRESS_SPACE_GLOBAL ||
         space == NVPTXAS::ADDRESS_SPACE_SHARED ||
         space == NVPTXAS::ADDRESS_SPACE_CONST ||
         space == NVPTXAS::ADDRESS_SPACE_LOCAL;
}
} // namespace

Status Rewriter::rewriteAccess(Instruction &inst, Value *pointer, Type *type,
                               Align align, AccessKind kind) {
  const DataLayout &layout = module.getDataLayout();
  unsigned space = pointer->getType()->getPointerAddressSpace();
  if (!isKnownSpace(space))
    return unsupported(inst,
                       "access to address space " + std::to_string(space));
  uint64_t bytes = layout.getTypeStoreSize(type);
  IRBuilder<> builder(&inst);

  if (auto *alloca = dyn_cast<AllocaInst>(getUnderlyingObject(pointer, 0))) {
    // A local variable. Most offsets are constant and need no check later.
    std::optional<TypeSize> size = alloca->getAllocationSize(layout);
    if (!size)
      return unsupported(inst, "a local variable of variable size");
    APInt offset(layout.getIndexTypeSizeInBits(pointer->getType()), 0);
    const Value *base = pointer->stripAndAccumulateConstantOffsets(
        layout, offset, /*AllowNonInbounds=*/true);
    if (base == alloca && !offset.isNegative() && *size >= bytes &&
        offset.ule(*size - bytes))
      return {};
    callEntry(builder, entry::checkLocal, builder.getVoidTy(),
              {contextOf(inst), pointer, alloca, builder.getInt64(*size),
               builder.getInt32(addSite(inst, kind, bytes, align.value()))});
    return {};
  }
  const char *check = space == NVPTXAS::ADDRESS_SPACE_SHARED
                          ? entry::checkShared
                          : entry::checkAccess;
  callEntry(builder, check, builder.getVoidTy(),
            {contextOf(inst), pointer,
             builder.getInt32(addSite(inst, kind, bytes, align.value()))});
  return {};
}

Status Rewriter::rewriteAlloca(AllocaInst &alloca) {
  if (!alloca.isStaticAlloca())
    return unsupported(alloca, "a local variable of variable size");
  if (alloca.getAddressSpace() == 0)
    return {};
  IRBuilder<> builder(&alloca);
  auto *local =
      builder.CreateAlloca(alloca.getAllocatedType(), 0, alloca.getArraySize());
  local->setAlignment(alloca.getAlign());
  alloca.replaceAllUsesWith(
      builder.CreateAddrSpaceCast(local, alloca.getType()));
  alloca.eraseFromParent();
  return {};
}

Status Rewriter::rewriteDivision(BinaryOperator &division) {
  // A host processor traps where a GPU returns some number.
  Value *divisor = division.getOperand(1);
  bool isSigned = division.getOpcode() == Instruction::SDiv ||
                  division.getOpcode() == Instruction::SRem;
  if (auto *constant = dyn_cast<ConstantInt>(divisor))
    if (!constant->isZero() && !(isSigned && constant->isMinusOne()))
      return {};
  IRBuilder<> builder(&division);
  Type *type = division.getType();
  Value *bad = builder.CreateICmpEQ(divisor, Constant::getNullValue(type));
  if (isSigned) {
    unsigned bits = type->getScalarSizeInBits();
    Value *overflow = builder.CreateAnd(
        builder.CreateICmpEQ(divisor, Constant::getAllOnesValue(type)),
        builder.CreateICmpEQ(
            division.getOperand(0),
            ConstantInt::get(type, APInt::getSignedMinValue(bits))));
    bad = builder.CreateOr(bad, overflow);
  }
  if (type->isVectorTy())
    bad = builder.CreateOrReduce(bad);
  callEntry(builder, entry::checkDivisor, builder.getVoidTy(),
            {contextOf(division), builder.CreateZExt(bad, builder.getInt32Ty()),
             builder.getInt32(addSite(division, AccessKind::Load, 0, 1))});
  return {};
}

Status Rewriter::rewriteMemoryIntrinsic(CallInst &call) {
  auto &transfer = cast<AnyMemIntrinsic>(call);
  IRBuilder<> builder(&call);
  Value *bytes =
      builder.CreateZExtOrTrunc(transfer.getLength(), builder.getInt64Ty());
  auto check = [&](Value *pointer, AccessKind kind) {
    callEntry(builder, entry::checkRange, builder.getVoidTy(),
              {contextOf(call), pointer, bytes,
               builder.getInt32(addSite(call, kind, 0, 1))});
  };
  if (auto *copy = dyn_cast<AnyMemTransferInst>(&transfer))
    check(copy->getRawSource(), AccessKind::Load);
  check(transfer.getRawDest(), AccessKind::Store);
  return {};
}

Status Rewriter::rewriteAsyncCopy(CallInst &call, unsigned bytes) {
  // Done at once: the GPU may take until the wait.
  IRBuilder<> builder(&call);
  Type *type = builder.getIntNTy(bytes * 8);
  LoadInst *value =
      builder.CreateAlignedLoad(type, call.getArgOperand(1), Align(bytes));
  StoreInst *store =
      builder.CreateAlignedStore(value, call.getArgOperand(0), Align(bytes));
  if (Status status = rewriteInstruction(*value); !status)
    return status;
  if (Status status = rewriteInstruction(*store); !status)
    return status;
  call.eraseFromParent();
  return {};
}

} // namespace recflex::sim
