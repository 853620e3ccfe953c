//===- ScheduleProvider.h - Where candidate schedules come from -*- C++ -*-===//

#ifndef RECFLEX_DIALECT_EMB_IR_SCHEDULEPROVIDER_H
#define RECFLEX_DIALECT_EMB_IR_SCHEDULEPROVIDER_H

#include "recflex/Dialect/Emb/IR/Emb.h"

#include "mlir/IR/DialectInterface.h"

namespace recflex::emb {

/// A dialect that defines schedules names the candidates for a lookup. The
/// interface is looked up on every loaded dialect, so schedules of other
/// dialects take part in selection and tuning.
class ScheduleProvider : public mlir::DialectInterface::Base<ScheduleProvider> {
public:
  explicit ScheduleProvider(mlir::Dialect *dialect) : Base(dialect) {}

  /// Calls `add` with every schedule worth considering for such a lookup.
  virtual void
  enumerate(const LookupShape &shape, const BagStats &stats,
            llvm::function_ref<void(ScheduleAttrInterface)> add) const = 0;
};

/// All candidates of all loaded dialects that can do this lookup with
/// `threads` threads a block, in a fixed order.
llvm::SmallVector<ScheduleAttrInterface>
enumerateSchedules(mlir::MLIRContext *context, const LookupShape &shape,
                   const BagStats &stats, int64_t threads);

/// Whether a loaded dialect has a schedule of that name: "sub_warp", which is
/// emb's, or "other.schedule".
bool isKnownSchedule(mlir::MLIRContext *context, llvm::StringRef name);

} // namespace recflex::emb

#endif // RECFLEX_DIALECT_EMB_IR_SCHEDULEPROVIDER_H
