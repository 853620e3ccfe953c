//===- OrderStage.h - The order of blocks -----------------------*- C++ -*-===//

#ifndef RECFLEX_TUNING_ORDERSTAGE_H
#define RECFLEX_TUNING_ORDERSTAGE_H

#include "recflex/Tuning/BlockOrder.h"
#include "recflex/Tuning/GlobalStage.h"

namespace recflex {

/// A kernel in the order that was found for its blocks.
struct OrderedKernel {
  Trial trial;
  BlockOrder order;  ///< empty if none is faster than that of the statistics
  double before = 0; ///< seconds a batch in that one
  size_t tried = 0;  ///< orders
};

/// Looks for an order of the chosen kernel's blocks, with fixed binding. An
/// order costs no compiling, it is a table: so hundreds can be tried. First
/// large tables are spread over the grid, then lookups drawn at random; what
/// makes the whole batch faster beyond noise, twice, stays. Never slower than
/// what it starts from.
class OrderStage {
public:
  explicit OrderStage(const TuningContext &context) : context(context) {}

  /// `kernel` has the trial of a finalist.
  Result<OrderedKernel> run(const MeasuredKernel &kernel);

private:
  /// Whether it was in time.
  Result<bool> tryNext(const MeasuredKernel &kernel, const Spread &spread,
                       OrderedKernel &best);
  Result<std::optional<Trial>> measure(const MeasuredKernel &kernel,
                                       const BlockOrder &order,
                                       int repetition) const;
  bool isFaster(const Trial &trial, const Trial &best) const;

  const TuningContext &context;
};

} // namespace recflex

#endif // RECFLEX_TUNING_ORDERSTAGE_H
