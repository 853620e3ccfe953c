//===- PresetBinding.h - One order for all batches --------------*- C++ -*-===//

#ifndef RECFLEX_TOOLS_RECFLEX_PRESETBINDING_H
#define RECFLEX_TOOLS_RECFLEX_PRESETBINDING_H

#include "CudaSetup.h"

namespace recflex {

/// A context whose binding table was made once, from all batches, as systems
/// do that bind thread blocks ahead of time: what binding at run time gains and
/// costs can be seen beside it.
class PresetBinding {
public:
  /// The weight of a feature: its tiles' key (abi::tileKey), over the batches.
  enum class Rule { mean, max };

  /// Batches must be of one size, and the first binding of a context of its own
  /// is replaced; launchPooling() of it is what to time. Errors: batches of
  /// different sizes, the driver's.
  static Result<PresetBinding> create(const LoadedModel &model,
                                      const std::vector<Batch> &batches,
                                      Rule rule, const Stream &stream);

  const ExecutionContext &context() const { return *own; }

private:
  explicit PresetBinding(ExecutionContext context)
      : own(std::make_unique<ExecutionContext>(std::move(context))) {}
  std::unique_ptr<ExecutionContext> own;
};

} // namespace recflex

#endif // RECFLEX_TOOLS_RECFLEX_PRESETBINDING_H
