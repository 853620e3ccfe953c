//===- SelectSchedules.cpp - Schedules from statistics alone --------------===//

#include "recflex/Analysis/ScheduleSelector.h"
#include "recflex/Dialect/Emb/IR/Remark.h"
#include "recflex/Dialect/Emb/Transforms/Passes.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"

using namespace mlir;

namespace recflex::emb {

#define GEN_PASS_DEF_EMBSELECTSCHEDULESPASS
#include "recflex/Dialect/Emb/Transforms/Passes.h.inc"

/// A lookup without statistics counts as one row a sample.
static BagStats statsOf(LookupOp lookup) {
  if (StatsAttr stats = lookup.getStatsAttr())
    return stats.toStruct();
  BagStats stats;
  stats.mean = stats.max = stats.coverage = 1;
  return stats;
}

static std::string microseconds(double time) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.3g us", time);
  return text;
}

/// Says what was chosen, what came second, and why.
static void remarkChoice(LookupOp lookup, const ScheduleChoice &choice,
                         double kernelTime) {
  auto remark =
      remark::passed(lookup.getLoc(), remarkOn(lookup, "schedule-selected",
                                               "emb-select-schedules"));
  if (!remark)
    return;
  std::string text;
  llvm::raw_string_ostream os(text);
  auto describe = [&](const RankedSchedule &ranked) {
    os << ranked.schedule << " (" << microseconds(ranked.issueTime)
       << " of the GPU, heaviest tile " << microseconds(ranked.tileTime) << ")";
  };
  os << "chose ";
  describe(choice.chosen);
  if (choice.runnerUp.schedule) {
    os << " over ";
    describe(choice.runnerUp);
  }
  if (choice.forLatency)
    os << ", whose heaviest tile would outlast the kernel's "
       << microseconds(kernelTime);
  else
    os << ": fewest instructions";
  using Arg = remark::detail::Remark::Arg;
  remark << text;
  addFeature(remark, lookup);
  remark << Arg("Schedule", Attribute(choice.chosen.schedule));
  if (choice.runnerUp.schedule)
    remark << Arg("RunnerUp", Attribute(choice.runnerUp.schedule));
}

namespace {
struct EmbSelectSchedules
    : impl::EmbSelectSchedulesPassBase<EmbSelectSchedules> {
  using EmbSelectSchedulesPassBase::EmbSelectSchedulesPassBase;

  void runOnOperation() override {
    // The number of blocks makes no difference here, only that of threads.
    int64_t blockThreads = threads;
    if (auto tuned = getOperation()->getAttrOfType<OccupancyAttr>(
            EmbDialect::kOccupancyAttr);
        tuned && threads == 0)
      blockThreads = tuned.getThreads();
    else if (threads == 0)
      blockThreads = kDefaultThreads;
    if (failed(checkOptions(blockThreads)))
      return signalPassFailure();
    std::vector<LookupOp> lookups;
    std::vector<LookupProblem> problems;
    int64_t samples = batch;
    getOperation().walk([&](LookupOp lookup) {
      if (lookup.getScheduleAttr())
        return;
      lookups.push_back(lookup);
      problems.push_back({lookup.getShape(), statsOf(lookup)});
      if (batch == 0)
        samples = std::max(samples, problems.back().stats.batch);
    });

    SelectionOptions options;
    options.threads = blockThreads;
    options.batch = std::max<int64_t>(samples, 1);
    options.only.assign(only.begin(), only.end());
    ScheduleSelector selector(&getContext(), options);
    ScheduleSelection selection = selector.select(problems);
    for (auto [lookup, choice] : llvm::zip_equal(lookups, selection.choices)) {
      if (!choice.chosen.schedule) {
        explainFailure(lookup, blockThreads);
        return signalPassFailure();
      }
      lookup.setScheduleAttr(choice.chosen.schedule);
      ++numSelected;
      remarkChoice(lookup, choice, selection.kernelTime);
    }
  }

  void explainFailure(LookupOp lookup, int64_t blockThreads) {
    auto offers = [](Dialect *dialect) {
      return dialect->getRegisteredInterface<ScheduleProvider>() != nullptr;
    };
    if (llvm::none_of(getContext().getLoadedDialects(), offers)) {
      lookup.emitOpError("no dialect offers schedules: the program that loads "
                         "emb must call recflex::registerAllDialects()");
      return;
    }
    lookup.emitOpError("none of the schedules considered (")
        << (only.empty() ? "all" : llvm::join(only, ", "))
        << ") fits it and blocks of " << blockThreads
        << " threads; use more threads or consider more schedules";
  }

  /// Every schedule in `only` must be an attribute that some dialect defines.
  LogicalResult checkOptions(int64_t blockThreads) {
    if (blockThreads < 32 || blockThreads > 1024 || blockThreads % 32 != 0)
      return emitError(getOperation().getLoc())
             << "'threads' must be a multiple of 32 from 32 to 1024, not "
             << blockThreads;
    if (batch < 0)
      return emitError(getOperation().getLoc())
             << "'batch' must be 0 or more samples, not " << batch.getValue();
    for (const std::string &name : only)
      if (!isKnownSchedule(&getContext(), name))
        return emitError(getOperation().getLoc())
               << "unknown schedule '" << name
               << "'; use gather, sub_warp, block_reduce, segmented_scan, "
                  "multi_block or the full name of another dialect's";
    return success();
  }
};
} // namespace

} // namespace recflex::emb
