//===- OrderStage.h - The order of blocks -----------------------*- C++ -*-===//

#ifndef RECFLEX_TUNING_ORDERSTAGE_H
#define RECFLEX_TUNING_ORDERSTAGE_H

#include "recflex/Tuning/BlockOrder.h"
#include "recflex/Tuning/GlobalStage.h"

#include <set>

namespace recflex {

/// A kernel in the order that was found for its blocks.
struct OrderedKernel {
  Trial trial;
  BlockOrder order;  ///< empty if none is faster than that of the statistics
  double before = 0; ///< seconds a batch in that one
  size_t tried = 0;  ///< orders, no two of them alike
};

/// Looks for an order of the chosen kernel's blocks, with fixed binding. An
/// order costs no compiling, it is a table: so hundreds can be tried. First
/// large tables are spread over the grid, then lookups drawn at random; what
/// makes the whole batch faster beyond noise, twice, stays. Never slower than
/// what it starts from.
class OrderStage {
public:
  /// `kernel` has the trial of a finalist, and outlives the stage.
  OrderStage(const TuningContext &context, const MeasuredKernel &kernel)
      : context(context), kernel(kernel) {}

  Result<OrderedKernel> run();

private:
  std::vector<int64_t> ranksOf(const BlockOrder &order) const;
  Result<std::optional<Trial>> measure(const BlockOrder &order,
                                       llvm::ArrayRef<int64_t> ranks,
                                       int repetition) const;
  Result<bool> tryNext(const Spread &spread, OrderedKernel &best,
                       TuningStep &step);
  Status confirm(OrderedKernel &best) const;

  const TuningContext &context;
  const MeasuredKernel &kernel;
  std::set<std::vector<int64_t>>
      seen;              ///< ranks of what was tried, and of the statistics
  bool isTrusted = true; ///< no order of the code has failed dangerously
};

} // namespace recflex

#endif // RECFLEX_TUNING_ORDERSTAGE_H
