//===- FormLauncher.h - Launches a batch in any form ------------*- C++ -*-===//

#ifndef RECFLEX_SERVING_FORMLAUNCHER_H
#define RECFLEX_SERVING_FORMLAUNCHER_H

#include "recflex/Runtime/CpuForward.h"
#include "recflex/Runtime/ExecutionContext.h"
#include "recflex/Serving/InputForms.h"

namespace recflex {

/// How a launch's output stands in a block of memory, which has a margin at
/// both ends.
struct OutputLayout {
  RowType type = RowType::f32;
  /// Rows of an odd number of elements, aligned as an element is and no better;
  /// else addresses and strides are such as the fastest kernels want.
  bool odd = false;

  /// Elements from one row to the next, for rows of `width`.
  int64_t stride(int64_t width) const;
  /// Where the first row begins in the block.
  int64_t begin() const;
  /// Bytes of the block.
  int64_t bytes(int64_t width, int64_t batchSize) const;
};

/// What a launch left.
struct FormResult {
  std::vector<std::byte> block; ///< what nobody wrote is 0xFF
  FaultReport faults;
};

/// A context that launches what stands in host memory, whichever the device.
class FormLauncher {
public:
  virtual ~FormLauncher() = default;

  /// Launches a batch, whose arrays are at odd addresses if the output is, and
  /// waits. Errors: as a launch has them, or too little memory.
  virtual Result<FormResult> launch(const FormedBatch &batch,
                                    const OutputLayout &layout) = 0;
};

/// Copies batches to the GPU.
Result<std::unique_ptr<FormLauncher>>
createFormLauncher(std::shared_ptr<const AttachedTables> tables,
                   const ContextOptions &options);

/// The same on the CPU.
Result<std::unique_ptr<FormLauncher>>
createFormLauncher(std::shared_ptr<const CpuTables> tables,
                   const ContextOptions &options);

} // namespace recflex

#endif // RECFLEX_SERVING_FORMLAUNCHER_H
