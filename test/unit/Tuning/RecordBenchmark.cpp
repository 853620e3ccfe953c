//===- RecordBenchmark.cpp - How fast a large record is -------------------===//
//
// Tunes lookups of many classes on a scripted device, at all occupancies of an
// H200, on a new record and again on the full one; then lists, exports and
// imports it. Prints seconds. No test, for it says nothing of right and wrong:
//
//   ninja RecordBenchmark && bin/RecordBenchmark CLASSES FOLDER
//
//===----------------------------------------------------------------------===//

#include "ScriptedMeasurer.h"

#include "recflex/Tuning/Explain/Explanation.h"
#include "recflex/Tuning/TrialText.h"

#include "llvm/Support/Format.h"

#include <chrono>
#include <cmath>
#include <cstdlib>

using namespace recflex;

namespace {

/// Runs `step` and prints how long it took. An error ends the program.
template <typename Step> auto timed(const char *name, Step step) {
  auto begin = std::chrono::steady_clock::now();
  auto result = step();
  std::chrono::duration<double> seconds =
      std::chrono::steady_clock::now() - begin;
  llvm::outs() << llvm::format("%8.3f s  ", seconds.count()) << name << '\n';
  llvm::outs().flush();
  if (!result) {
    llvm::errs() << result.error().message << '\n';
    std::exit(1);
  }
  return result;
}

/// Lookups of so many classes, one each, of 8 widths and bags that grow.
std::vector<TunedLookup> makeClasses(size_t count) {
  std::vector<TunedLookup> lookups;
  for (size_t i = 0; i != count; ++i) {
    TunedLookup lookup;
    lookup.name = "f" + std::to_string(i);
    lookup.shape.width = int64_t(4) << (i % 8);
    lookup.shape.rows = 100000;
    double mean = 2 * std::pow(1.25, static_cast<double>(i / 8));
    lookup.stats = {mean,
                    /*stddev=*/3,
                    /*max=*/1000,
                    /*coverage=*/0.9,
                    /*distinct=*/500,
                    /*batch=*/512};
    lookups.push_back(lookup);
  }
  return lookups;
}

} // namespace

int main(int argc, char **argv) {
  if (argc != 3) {
    llvm::errs() << "usage: RecordBenchmark CLASSES FOLDER\n";
    return 1;
  }
  std::string folder = argv[2];
  auto context = makeTuningContext();
  TuningProblem problem(makeClasses(std::strtoul(argv[1], nullptr, 10)));
  ScriptedMeasurer measurer;
  measurer.description.maxBlocks = 32;
  measurer.offered = occupanciesToTry(measurer.description, 128);
  TuningObserver nobody;
  Budget budget([] { return 0; });
  auto record = timed(
      "open", [&] { return TrialRecord::open(folder + "/benchmark.db"); });
  auto tune = [&] {
    return Tuner(context.get(), problem, measurer, *record, budget, nobody)
        .run();
  };
  auto result = timed("tune, on a new record", tune);
  llvm::outs() << problem.classes.size() << " classes, "
               << measurer.offered.size() << " occupancies, "
               << result->measured << " trials\n";
  (void)timed("tune, on the full record", tune);
  (void)timed("plan", [&] {
    return Tuner(context.get(), problem, measurer, *record, budget, nobody)
        .plan();
  });
  TunedState state;
  state.occupancy = result->occupancy;
  for (const ClassChoice &choice : result->choices)
    state.assignment.push_back(choice.chosen.schedule);
  auto trials = timed("select the model's trials", [&] {
    return selectTrials(context.get(), *record, problem, "",
                        emb::BindingKind::Runtime);
  });
  (void)timed("explain", [&] { return explain(problem, state, *trials); });
  auto text = timed("export", [&] { return exportTrials(*record); });
  (void)timed("open again",
              [&] { return TrialRecord::open(folder + "/benchmark.db"); });
  auto copy = TrialRecord::open(folder + "/copy.db");
  (void)timed("import", [&] { return importTrials(*copy, *text); });
  return 0;
}
