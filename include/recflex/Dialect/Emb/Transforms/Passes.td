//===- Passes.td - Passes on the emb dialect ---------------*- tablegen -*-===//

#ifndef RECFLEX_DIALECT_EMB_TRANSFORMS_PASSES_TD
#define RECFLEX_DIALECT_EMB_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def EmbJoinBagsPass : Pass<"emb-join-bags", "::mlir::func::FuncOp"> {
  let summary = "Make bags of their own features of one jagged input";
  let description = [{
    Lookups of bags that are no features of a jagged input, as `emb.bags` makes
    them, take features of an `emb.join` of these bags instead. So they can be
    given statistics, and be fused. Feature i is the i-th of the bags, in the order
    of the lookups. Lookups of one block, of bags of one type, share a jagged
    input; what computes the bags is moved ahead of the first of them.

    Weighted lookups stay as they are: their weights stand beside arrays of their
    own.

    ```mlir
    // Before
    %b0 = emb.bags %v0, %o0 : tensor<?xi64>, tensor<?xi64> -> !emb.bags<i64>
    %0 = emb.lookup sum %t0[%b0] ...
    %b1 = emb.bags %v1, %o1 : tensor<?xi64>, tensor<?xi64> -> !emb.bags<i64>
    %1 = emb.lookup sum %t1[%b1] ...
    // After
    %b0 = emb.bags %v0, %o0 : tensor<?xi64>, tensor<?xi64> -> !emb.bags<i64>
    %b1 = emb.bags %v1, %o1 : tensor<?xi64>, tensor<?xi64> -> !emb.bags<i64>
    %kjt = emb.join %b0, %b1
        : !emb.bags<i64>, !emb.bags<i64> -> !emb.kjt<2 x i64>
    %f0 = emb.feature %kjt[0] : !emb.kjt<2 x i64> -> !emb.bags<i64>
    %f1 = emb.feature %kjt[1] : !emb.kjt<2 x i64> -> !emb.bags<i64>
    %0 = emb.lookup sum %t0[%f0] ...
    %1 = emb.lookup sum %t1[%f1] ...
    ```
  }];
}

def EmbImportStatsPass : Pass<"emb-import-stats", "::mlir::func::FuncOp"> {
  let summary = "Attach measured statistics to every lookup";
  let description = [{
    Reads sample batches (safetensors files, feature-major values and offsets)
    and attaches `#emb.stats` to the lookups of the function's jagged input, which
    may be an argument or, after `-emb-join-bags`, joined.

    ```mlir
    // Before, with --emb-import-stats="batches=b0.safetensors,b1.safetensors"
    %0 = emb.lookup sum %t0[%b0]
        : tensor<1024x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
    // After
    %0 = emb.lookup sum %t0[%b0] {stats = #emb.stats<mean = 1.0, stddev = 0.0,
        max = 1, coverage = 1.0, distinct = 398.0, batch = 512>}
        : tensor<1024x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
    ```
  }];
  let options = [
    ListOption<"batches", "batches", "std::string",
               "safetensors files with sample batches">,
  ];
}

def EmbSelectSchedulesPass
    : Pass<"emb-select-schedules", "::mlir::func::FuncOp"> {
  let summary = "Choose a schedule for every lookup from its statistics";
  let description = [{
    Ranks the candidates of all loaded dialects by an estimate and attaches the
    best. Two steps: every lookup takes the candidate with the fewest warp
    instructions; then lookups whose heaviest tile would outlast the whole
    kernel take the cheapest candidate that does not. Lookups that have a
    schedule keep it. Lookups without statistics count as bags of one row.
    `segmented_scan` and `multi_block` are considered only where `only` names
    them.

    Every choice is a remark of the category `emb-select-schedules`.

    ```mlir
    // Before
    %0 = emb.lookup sum %t0[%b0] {stats = #emb.stats<mean = 40.0, ...>} ...
    // After
    %0 = emb.lookup sum %t0[%b0] {
        schedule = #emb.sub_warp<vector = 4, lanes = 1, unroll = 8>,
        stats = #emb.stats<mean = 40.0, ...>} ...
    ```
  }];
  let options = [
    Option<"batch", "batch", "int64_t", /*default=*/"0",
           "samples a batch to optimise for; 0 takes the statistics' own">,
    Option<"threads", "threads", "int64_t", /*default=*/"0",
           "threads a block of the fused kernel; 0 takes the function's "
           "emb.occupancy, or 128">,
    ListOption<"only", "only", "std::string",
               "schedules to consider, say sub_warp; if none is named, all but "
               "those for tuning">,
  ];
  let statistics = [
    Statistic<"numSelected", "selected", "Lookups given a schedule">,
  ];
}

def EmbFusePass : Pass<"emb-fuse", "::mlir::func::FuncOp"> {
  let summary = "Fuse the lookups of a concatenation into one op";
  let description = [{
    Turns a concatenation of lookups of one jagged input into an
    `emb.fused_lookup`, which becomes one kernel. Every lookup needs a schedule.
    The launch bounds are the options', else those of the function's attribute
    `emb.occupancy`, else 128 threads, and 1280 threads a multiprocessor in at
    most 10 blocks. So it is with the binding, else at run time; a fixed one
    goes by the lookups' `emb.rank`, and by their statistics where they have
    none.

    What one kernel serves is a remark of the category `emb-fuse`.

    ```mlir
    // Before
    %0 = emb.lookup sum %t0[%b0] {schedule = #emb.gather<...>} ...
    %1 = emb.lookup sum %t1[%b1] {schedule = #emb.sub_warp<...>} ...
    %out = emb.concat %0, %1 ...
    // After
    %out = emb.fused_lookup %kjt tables(%t0, %t1) [
        #emb.fused_feature<key = 0, table = 0, ...>,
        #emb.fused_feature<key = 1, table = 1, ...>
      ] occupancy <threads = 128, blocks = 10> ...
    ```
  }];
  let dependentDialects = ["::recflex::emb::EmbDialect"];
  let options = [
    Option<"threads", "threads", "int64_t", /*default=*/"0",
           "threads a block of the fused kernel; 0 takes the function's "
           "emb.occupancy, or 128">,
    Option<"blocks", "blocks", "int64_t", /*default=*/"0",
           "blocks that must fit one multiprocessor; 0 takes the function's "
           "emb.occupancy, or 1280 threads in at most 10">,
    Option<"binding", "binding", "std::string", /*default=*/"",
           "when blocks are bound to tiles: runtime or fixed; empty takes the "
           "function's emb.binding, or runtime">,
  ];
}

#endif // RECFLEX_DIALECT_EMB_TRANSFORMS_PASSES_TD
