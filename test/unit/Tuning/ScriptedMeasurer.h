//===- ScriptedMeasurer.h - A device that does as it is told ----*- C++ -*-===//

#ifndef RECFLEX_TEST_UNIT_TUNING_SCRIPTEDMEASURER_H
#define RECFLEX_TEST_UNIT_TUNING_SCRIPTEDMEASURER_H

#include "recflex/InitAll.h"
#include "recflex/Tuning/Tuner.h"

#include "mlir/IR/MLIRContext.h"

#include <functional>

namespace recflex {

/// A context with the dialect and its schedules.
inline std::unique_ptr<mlir::MLIRContext> makeTuningContext() {
  mlir::DialectRegistry registry;
  registerAllDialects(registry);
  auto context = std::make_unique<mlir::MLIRContext>(
      registry, mlir::MLIRContext::Threading::DISABLED);
  context->loadAllAvailableDialects();
  return context;
}

/// A number from 0 to 1 that depends on the text alone, as a measured time
/// depends on the code: the same in every process.
inline double noiseOf(const std::string &text) {
  uint64_t hash = 14695981039346656037u; // FNV-1a
  for (char c : text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return static_cast<double>(hash >> 11) / static_cast<double>(1ull << 53);
}

/// A trial that did not go well.
inline Trial makeFailure(Outcome outcome,
                         const std::string &message = "as the script says") {
  Trial trial;
  trial.outcome = outcome;
  trial.message = message;
  return trial;
}

/// Gives times that are a function of what is measured; tests replace them, or
/// look at what was asked.
class ScriptedMeasurer : public Measurer {
public:
  using Candidate = std::function<Trial(const FeatureClass &,
                                        const std::string &, Occupancy)>;
  using Kernel = std::function<Trial(llvm::ArrayRef<FeatureClass>,
                                     const Assignment &, Occupancy)>;

  ScriptedMeasurer() {
    candidate = [](const FeatureClass &featureClass, const std::string &text,
                   Occupancy occupancy) {
      Trial trial;
      trial.cost = 1e-6 * (1 + noiseOf(featureClass.key + text +
                                       toString(occupancy)));
      return trial;
    };
  }

  /// A fused kernel in which nothing interferes with anything.
  Trial addUp(llvm::ArrayRef<FeatureClass> classes,
              const Assignment &assignment, Occupancy occupancy) const {
    Trial kernel;
    for (auto [featureClass, schedule] :
         llvm::zip_equal(classes, assignment)) {
      double cost =
          candidate(featureClass, toText(schedule), occupancy).cost *
          static_cast<double>(featureClass.members.size());
      kernel.shares.push_back(cost);
      kernel.cost += cost;
    }
    for (double &share : kernel.shares)
      share /= kernel.cost;
    kernel.cost /= 132.0 * static_cast<double>(occupancy.blocks);
    return kernel;
  }

  const TuningDevice &device() const override { return description; }
  const TuningVersions &versions() const override { return version; }
  std::vector<Occupancy> occupancies() const override { return offered; }

  void expectCandidates(const Occupancy &occupancy,
                        llvm::ArrayRef<Assignment>) override {
    announced.push_back(occupancy);
  }

  std::vector<Trial>
  measureCandidates(const FeatureClass &featureClass,
                    llvm::ArrayRef<emb::ScheduleAttrInterface> candidates,
                    const Occupancy &occupancy) override {
    ++calls;
    if (beforeCall)
      beforeCall();
    std::vector<Trial> trials;
    for (emb::ScheduleAttrInterface schedule : candidates) {
      asked.push_back(featureClass.lookup.name + " " + toText(schedule) + " " +
                      toString(occupancy));
      trials.push_back(candidate(featureClass, toText(schedule), occupancy));
    }
    return trials;
  }

  Trial measureKernel(llvm::ArrayRef<FeatureClass> classes,
                      const Assignment &assignment,
                      const Occupancy &occupancy) override {
    ask("kernel ", assignment, occupancy);
    return kernel ? kernel(classes, assignment, occupancy)
                  : addUp(classes, assignment, occupancy);
  }

  Trial measureFinalist(llvm::ArrayRef<FeatureClass> classes,
                        const Assignment &assignment,
                        const Occupancy &occupancy) override {
    ask("kernel, final ", assignment, occupancy);
    return finalist ? finalist(classes, assignment, occupancy)
           : kernel ? kernel(classes, assignment, occupancy)
                    : addUp(classes, assignment, occupancy);
  }

  bool ordersBlocks() const override { return static_cast<bool>(ordered); }
  Trial measureOrder(llvm::ArrayRef<FeatureClass>, const Assignment &assignment,
                     const Occupancy &occupancy, llvm::ArrayRef<int64_t> ranks,
                     const Trial &byStats) override {
    ask("order ", assignment, occupancy);
    return ordered(ranks, byStats);
  }

  void ask(std::string text, const Assignment &assignment,
           const Occupancy &occupancy) {
    ++calls;
    if (beforeCall)
      beforeCall();
    text += toString(occupancy);
    for (emb::ScheduleAttrInterface schedule : assignment)
      text += " " + toText(schedule);
    asked.push_back(text);
  }

  TuningDevice description{"scripted", "sm_90", "1.0", 132, 2048, 32, 65536,
                           233472};
  TuningVersions version{"test", "test"};
  std::vector<Occupancy> offered{{128, 10}, {128, 8}, {128, 16}};
  Candidate candidate;
  Kernel kernel;   ///< addUp() if empty
  Kernel finalist; ///< kernel if empty
  /// A finalist in another order; empty if binding is not fixed.
  std::function<Trial(llvm::ArrayRef<int64_t>, const Trial &)> ordered;
  std::function<void()> beforeCall;
  size_t calls = 0;
  std::vector<Occupancy> announced; ///< expectCandidates()
  std::vector<std::string> asked; ///< one entry a trial
};

/// Lookups of `count` classes, one or two each, of few candidates.
inline std::vector<TunedLookup> makeLookups(size_t count) {
  std::vector<TunedLookup> lookups;
  for (size_t i = 0; i != count; ++i)
    for (size_t copy = 0; copy <= i % 2; ++copy) {
      TunedLookup lookup;
      lookup.name = "f" + std::to_string(i) + (copy ? "b" : "");
      lookup.shape.width = int64_t(4) << (i % 5);
      lookup.shape.rows = 1000 * static_cast<int64_t>(i + 1);
      lookup.shape.pooling = i % 3 ? Pooling::sum : Pooling::mean;
      lookup.stats = {/*mean=*/4.0 + static_cast<double>(i), /*stddev=*/3,
                      /*max=*/40, /*coverage=*/0.9, /*distinct=*/500,
                      /*batch=*/256};
      lookups.push_back(lookup);
    }
  return lookups;
}

/// Everything about a result that must not depend on how it was come by.
inline std::string toText(const TuningResult &result) {
  std::string text = toString(result.occupancy) + " " + result.origin;
  for (const ClassChoice &choice : result.choices)
    text += "\n" + toText(choice.chosen.schedule) + " " +
            std::to_string(choice.chosen.trial.cost * 1e9) + " over " +
            (choice.runnerUp.schedule ? toText(choice.runnerUp.schedule)
                                      : "none");
  for (const Refinement &change : result.changes)
    text += "\n" + std::to_string(change.classes.front()) + " to " +
            toText(change.to);
  if (result.ordered)
    text += "\n" + toText(result.ordered->order);
  if (result.kernel)
    text += "\n" + std::to_string(result.kernel->cost * 1e9);
  return text;
}

} // namespace recflex

#endif // RECFLEX_TEST_UNIT_TUNING_SCRIPTEDMEASURER_H
