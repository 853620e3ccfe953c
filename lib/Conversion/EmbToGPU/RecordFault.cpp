//===- RecordFault.cpp - Counting and listing faults ----------------------===//

#include "Kernels.h"

#include "recflex/Runtime/BatchArguments.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;

namespace recflex {

void recordFault(KernelBuilder &b, Value state, Value capacity,
                 const FaultFields &fault) {
  static_assert(offsetof(abi::CheckState, total) == 0);
  Value slot =
      LLVM::AtomicRMWOp::create(b, LLVM::AtomicBinOp::add, state, b.i64(1),
                                LLVM::AtomicOrdering::monotonic, "device");
  b.guarded(b.below(slot, b.widen(capacity)), [&] {
    Value faults = b.gep(state, b.getI8Type(), b.i32(sizeof(abi::CheckState)));
    Value address =
        b.gep(faults, b.getI8Type(), b.mul(slot, b.i64(sizeof(Fault))));
    auto store = [&](Value field, size_t offset, unsigned bytes) {
      b.store(field, b.gep(address, b.getI8Type(), b.i32(offset)), bytes);
    };
    store(fault.kind, offsetof(Fault, kind), 4);
    store(fault.feature, offsetof(Fault, feature), 4);
    store(fault.key, offsetof(Fault, key), 4);
    store(fault.sample, offsetof(Fault, sample), 4);
    store(fault.position, offsetof(Fault, position), 8);
    store(fault.value, offsetof(Fault, value), 8);
  });
}

} // namespace recflex
