//===- Measurer.h - Who runs the trials -------------------------*- C++ -*-===//
//
// The tuner's only way to a device. A tool injects one: a GPU, the cost model,
// or a script in tests.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_TUNING_MEASURER_H
#define RECFLEX_TUNING_MEASURER_H

#include "recflex/Dialect/Emb/IR/Emb.h"
#include "recflex/Tuning/FeatureClasses.h"
#include "recflex/Tuning/Occupancy.h"
#include "recflex/Tuning/Trial.h"

namespace recflex {

/// A schedule for each class.
using Assignment = std::vector<emb::ScheduleAttrInterface>;

/// What a fused kernel is made of.
struct KernelChoice {
  Assignment assignment;
  Occupancy occupancy;
};

/// What the trials depend on besides the device.
struct TuningVersions {
  /// Of the compiler that made the kernels, and how they were made: with
  /// kFixedMark in it where the binding was fixed.
  std::string recflex;
  std::string ptxas; ///< of the assembler; may be the driver's own
};
constexpr const char *kFixedMark = "+fixed";

class Measurer {
public:
  virtual ~Measurer() = default;

  virtual const TuningDevice &device() const = 0;
  virtual const TuningVersions &versions() const = 0;

  /// Whether trials are estimates: they are then never taken from a record, for
  /// asking again costs nothing.
  virtual bool estimates() const { return false; }

  /// The occupancies that there is something to say about, best guess first.
  virtual std::vector<Occupancy> occupancies() const = 0;

  /// Says what will be asked for at `occupancy`, schedules by class: much can
  /// then be prepared together. Whether it is asked for remains open.
  virtual void expectCandidates(const Occupancy &occupancy,
                                llvm::ArrayRef<Assignment> candidates) {}
  /// The same of kernels: each class will have one of its schedules.
  virtual void expectKernels(const Occupancy &occupancy,
                             llvm::ArrayRef<Assignment> candidates) {}

  /// The same of finalists.
  virtual void expectFinalists(llvm::ArrayRef<KernelChoice> choices) {}

  /// Measures candidates of one class, all in one kernel at that occupancy,
  /// with the multiprocessors as full as in a fused kernel. Gives one trial a
  /// candidate. Where the common kernel fails, the measurer finds out which
  /// candidates are to blame: their trials say so, the others count.
  virtual std::vector<Trial>
  measureCandidates(const FeatureClass &featureClass,
                    llvm::ArrayRef<emb::ScheduleAttrInterface> candidates,
                    const Occupancy &occupancy) = 0;

  /// Measures the fused kernel of all lookups on whole batches. `shares` of
  /// the trial has an entry a class.
  virtual Trial measureKernel(llvm::ArrayRef<FeatureClass> classes,
                              const Assignment &assignment,
                              const Occupancy &occupancy) = 0;

  /// The same of the very code that the tuned model will be compiled to, where
  /// measureKernel() may have other bodies beside it.
  virtual Trial measureFinalist(llvm::ArrayRef<FeatureClass> classes,
                                const Assignment &assignment,
                                const Occupancy &occupancy) {
    return measureKernel(classes, assignment, occupancy);
  }

  /// Whether it can say what another order of blocks takes: binding is fixed.
  virtual bool ordersBlocks() const { return false; }
  /// Measures a finalist with its blocks in the order of `ranks`, the lookups'
  /// `emb.rank`, in turns with the order of the statistics, whose trial is
  /// `byStats`: costs are relative to that one's, so that they compare with
  /// those of another day. Asked for only if it ordersBlocks().
  virtual Trial measureOrder(llvm::ArrayRef<FeatureClass> classes,
                             const Assignment &assignment,
                             const Occupancy &occupancy,
                             llvm::ArrayRef<int64_t> ranks,
                             const Trial &byStats) {
    return byStats;
  }

  /// Where the time went, as a line to print; empty if there is nothing to say.
  virtual std::string summary() const { return ""; }
};

/// "#emb.sub_warp<vector = 4, lanes = 8, unroll = 4>".
std::string toText(emb::ScheduleAttrInterface schedule);

} // namespace recflex

#endif // RECFLEX_TUNING_MEASURER_H
