//===- Passes.td - Tuning as passes ------------------------*- tablegen -*-===//

#ifndef RECFLEX_TUNING_PASSES_TD
#define RECFLEX_TUNING_PASSES_TD

include "mlir/Pass/PassBase.td"

class TuningPass<string name> : Pass<name, "::mlir::ModuleOp"> {
  let options = [
    Option<"record", "record", "std::string", /*default=*/"",
           "file that trials are kept in and taken from; it is created. "
           "Without, they are forgotten at the end of the pass">,
    ListOption<"schedules", "schedules", "std::string",
               "schedules to try, say sub_warp; if none is named, all, or those "
               "whose estimates were measured where nothing is">,
    Option<"threads", "threads", "int64_t", /*default=*/"0",
           "threads a block of the fused kernel; 0 leaves it to the measurer">,
    Option<"blocks", "blocks", "int64_t", /*default=*/"0",
           "blocks a multiprocessor; 0 leaves it to the measurer">,
    Option<"binding", "binding", "std::string", /*default=*/"",
           "when blocks are bound to tiles, in trials and in kernels of the tuned "
           "model: runtime or fixed; empty takes the functions' emb.binding, or "
           "runtime">,
    Option<"timeBudget", "time-budget", "double", /*default=*/"0",
           "seconds that measuring may take; 0 is no limit">,
  ];
}

def EmbTuneLocalPass : TuningPass<"emb-tune-local"> {
  let summary = "Try every schedule of every class of lookups";
  let description = [{
    The local stage of the tuner: measures the candidates of each class of alike
    lookups, at every occupancy that the measurer offers. All trials go into the
    record; with it, `emb-tune-occupancy` goes on from there.

    Attaches to each lookup its class's winner at the occupancy whose winners
    promise the shortest fused kernel, and that occupancy to the functions that
    have lookups. No fused kernel is measured. Schedules and occupancies that
    are there are replaced, `emb.rank` is taken off; nothing else is changed.

    Every lookup needs statistics. The measurer is the one that the pass was
    created with (`recflex/Tuning/Passes.h`); in `recflex-opt` it is the cost
    model, which measures nothing.

    Every choice is a remark of the category `emb-tune-local`.

    ```mlir
    // Before, with --emb-tune-local=record=trials.db
    func.func @model(...) -> tensor<?x64xf32> {
      ...
      %0 = emb.lookup sum %t0[%b0] {stats = #emb.stats<mean = 8.0, ...>} ...
    // After
    func.func @model(...) -> tensor<?x64xf32>
        attributes {emb.occupancy = #emb.occupancy<threads = 128, blocks = 10>} {
      ...
      %0 = emb.lookup sum %t0[%b0] {
          schedule = #emb.sub_warp<vector = 4, lanes = 16, unroll = 8>,
          stats = #emb.stats<mean = 8.0, ...>} ...
    ```
  }];
}

def EmbTuneOccupancyPass : TuningPass<"emb-tune-occupancy"> {
  let summary = "Choose the occupancy, and the schedules that are best at it";
  let description = [{
    All of the tuner, as `recflex tune` does it: fused kernels of the local
    winners at each occupancy and of uniform settings, then refining of the
    fastest, many classes at once and then single ones, and a final among the
    best in code of their own; with fixed binding and a measurer that can order
    blocks, their order too. It begins with the trials of the local stage.
    Those that the record has are known; the others are made now. So after
    `emb-tune-local` with the same record only fused kernels are measured, and
    the two passes give what `recflex tune` gives; without a record this pass
    alone gives it, and one before it was in vain.

    Attaches a schedule to each lookup, `emb.rank` if an order was found, and
    the occupancy to the functions that have lookups, in place of those that are
    there; nothing else is changed.

    Every choice is a remark of the category `emb-tune-occupancy`.

    ```mlir
    // Before, with --emb-tune-occupancy="record=trials.db blocks=8"
    func.func @model(...) -> tensor<?x64xf32>
        attributes {emb.occupancy = #emb.occupancy<threads = 128, blocks = 10>} {
      ...
      %0 = emb.lookup sum %t0[%b0] {
          schedule = #emb.sub_warp<vector = 4, lanes = 16, unroll = 8>,
          stats = #emb.stats<mean = 8.0, ...>} ...
    // After
    func.func @model(...) -> tensor<?x64xf32>
        attributes {emb.occupancy = #emb.occupancy<threads = 128, blocks = 8>} {
      ...
      %0 = emb.lookup sum %t0[%b0] {
          schedule = #emb.sub_warp<vector = 4, lanes = 16, unroll = 8>,
          stats = #emb.stats<mean = 8.0, ...>} ...
    ```
  }];
}

#endif // RECFLEX_TUNING_PASSES_TD
