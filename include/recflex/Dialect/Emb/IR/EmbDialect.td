//===- EmbDialect.td - The emb dialect ---------------------*- tablegen -*-===//

#ifndef RECFLEX_DIALECT_EMB_IR_EMBDIALECT_TD
#define RECFLEX_DIALECT_EMB_IR_EMBDIALECT_TD

include "mlir/IR/DialectBase.td"

def Emb_Dialect : Dialect {
  let name = "emb";
  let cppNamespace = "::recflex::emb";
  let summary = "Embedding layers of recommendation models";
  let description = [{
    A recommendation model looks up hundreds to thousands of sparse features.
    Each feature gives every sample of a batch a *bag* of row numbers; the rows
    are read from the feature's embedding table and *pooled* into one row. This
    dialect says that, one op a feature, with value semantics on tensors:

    ```mlir
    func.func @model(%kjt: !emb.kjt<2 x i32>, %t0: tensor<1024x4xf32>,
                     %t1: tensor<4096x64xf32>) -> tensor<?x68xf32> {
      %b0 = emb.feature %kjt[0] : !emb.kjt<2 x i32> -> !emb.bags<i32>
      %b1 = emb.feature %kjt[1] : !emb.kjt<2 x i32> -> !emb.bags<i32>
      %0 = emb.lookup sum %t0[%b0]
          : tensor<1024x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
      %1 = emb.lookup mean %t1[%b1]
          : tensor<4096x64xf32>, !emb.bags<i32> -> tensor<?x64xf32>
      %out = emb.concat %0, %1
          : tensor<?x4xf32>, tensor<?x64xf32> -> tensor<?x68xf32>
      return %out : tensor<?x68xf32>
    }
    ```

    Two typed attributes may stand on a lookup: `stats` says what its bags look
    like, `schedule` how a GPU is to do it. Neither changes what it means.
    Schedules implement `ScheduleAttrInterface`, so one from another dialect is
    as good as the ones defined here.

    Function arguments may carry names, which artifacts and messages use:
    `emb.name` (a string) on a table, `emb.keys` (an array of strings, one a
    feature) on a jagged input. A function may carry `emb.occupancy` (an
    `#emb.occupancy`): the launch bounds that its schedules were tuned for,
    which `-emb-fuse` takes over. So it does with `emb.binding` (an
    `#emb.binding`). A lookup may carry `emb.rank` (an i64, 0 or more): with
    fixed binding, where its feature's blocks stand in the grid, those of the
    smallest rank first. Features without one follow, by their statistics.
  }];

  let useDefaultTypePrinterParser = 1;
  let useDefaultAttributePrinterParser = 1;
  let hasRegionArgAttrVerify = 1;
  let hasOperationAttrVerify = 1;

  let extraClassDeclaration = [{
    static constexpr ::llvm::StringLiteral kNameAttr = "emb.name";
    static constexpr ::llvm::StringLiteral kKeysAttr = "emb.keys";
    static constexpr ::llvm::StringLiteral kOccupancyAttr = "emb.occupancy";
    static constexpr ::llvm::StringLiteral kBindingAttr = "emb.binding";
    static constexpr ::llvm::StringLiteral kRankAttr = "emb.rank";
    /// What functions say of kernels: goes with the last lookup.
    static constexpr ::llvm::StringLiteral kFunctionAttrs[] = {kOccupancyAttr,
                                                               kBindingAttr};
    /// Widest row that a lookup may pool.
    static constexpr int64_t kMaxWidth = 1024;
    /// Most rows of a table: 2^40.
    static constexpr int64_t kMaxRows = int64_t(1) << 40;

    void registerTypes();
    void registerAttributes();
  }];
}

#endif // RECFLEX_DIALECT_EMB_IR_EMBDIALECT_TD
