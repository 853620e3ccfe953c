//===- FormEndurance.h - Every form of input and output, often --*- C++ -*-===//

#ifndef RECFLEX_SERVING_FORMENDURANCE_H
#define RECFLEX_SERVING_FORMENDURANCE_H

#include "recflex/Serving/Endurance.h"
#include "recflex/Serving/FormLauncher.h"

#include <functional>

namespace recflex {

/// Makes a launcher with a context of such options.
using LauncherFactory = std::function<Result<std::unique_ptr<FormLauncher>>(
    const ContextOptions &options)>;

/// A model on a device and on the CPU.
struct FormTest {
  const Manifest &manifest;
  const std::vector<Batch> &batches; ///< right; at least one
  LauncherFactory device;
  LauncherFactory cpu;
  /// Called before a batch is launched that may be malformed: makes sure that
  /// the tables have the rows which it reads.
  std::function<Status(const Batch &)> prepare;
};

/// Batches that one round of the test has: each form of input, right without
/// checks and with each kind of them, and malformed with each kind.
constexpr int64_t kFormsOfARound = 25;

/// Makes `count` batches of the test's, each in the next form of input, and
/// launches each on the device into six outputs: f32, f16 and bf16 rows,
/// aligned and not. Every byte of an output and around it must be, for a right
/// batch, that of the same batch given as offsets, pooled to f32 and rounded;
/// for a malformed one, that of the batch which the host makes of it
/// (convertForm()). The CPU must pool the same, but for rounding, and report
/// the same faults.
EnduranceReport enduranceForms(const FormTest &test, int64_t count);

} // namespace recflex

#endif // RECFLEX_SERVING_FORMENDURANCE_H
