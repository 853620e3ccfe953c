//===- EmbOps.td - Operations of the emb dialect -----------*- tablegen -*-===//

#ifndef RECFLEX_DIALECT_EMB_IR_EMBOPS_TD
#define RECFLEX_DIALECT_EMB_IR_EMBOPS_TD

include "mlir/IR/OpBase.td"
include "mlir/Interfaces/DestinationStyleOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "recflex/Dialect/Emb/IR/EmbAttributes.td"
include "recflex/Dialect/Emb/IR/EmbTypes.td"

class Emb_Op<string opMnemonic, list<Trait> traits = []>
    : Op<Emb_Dialect, opMnemonic, traits>;

def Emb_Table : 2DTensorOf<[F32, F16, BF16]>;
def Emb_PooledRows : 2DTensorOf<[F32]>;
def Emb_SampleWeights : 1DTensorOf<[F32]>;
def Emb_AnySchedule : Attr<
    CPred<"::llvm::isa<::recflex::emb::ScheduleAttrInterface>($_self)">,
    "schedule of a loaded dialect; if it is another library's, load that or its "
    "plugin"> {
  let storageType = "::recflex::emb::ScheduleAttrInterface";
  let returnType = "::recflex::emb::ScheduleAttrInterface";
  let convertFromStorage = "$_self";
}
def Emb_IndexArray : 1DTensorOf<[I32, I64]>;

def Emb_FeatureOp : Emb_Op<"feature", [Pure]> {
  let summary = "One feature of a jagged input";
  let description = [{
    ```mlir
    %bags = emb.feature %kjt[3] : !emb.kjt<26 x i64> -> !emb.bags<i64>
    ```
  }];
  let arguments = (ins Emb_KjtType:$kjt, I64Attr:$index);
  let results = (outs Emb_BagsType:$bags);
  let assemblyFormat = [{
    $kjt `[` $index `]` attr-dict `:` qualified(type($kjt)) `->`
    qualified(type($bags))
  }];
  let hasVerifier = 1;
}

def Emb_KjtOp : Emb_Op<"kjt", [Pure]> {
  let summary = "A jagged input from its arrays";
  let description = [{
    For functions that have values and offsets as tensors: the way from other
    dialects to `!emb.kjt`. Bag s of feature f is `values` from
    `offsets[f * samples + s]` up to the next offset; there is one more of them
    than features x samples. They begin with 0 and never fall; others are the
    caller's error.

    ```mlir
    %kjt = emb.kjt %values, %offsets
        : tensor<?xi64>, tensor<?xi64> -> !emb.kjt<26 x i64>
    ```
  }];
  let arguments = (ins Emb_IndexArray:$values, Emb_IndexArray:$offsets);
  let results = (outs Emb_KjtType:$kjt);
  let assemblyFormat = [{
    $values `,` $offsets attr-dict `:` type($values) `,` type($offsets) `->`
    qualified(type($kjt))
  }];
  let hasVerifier = 1;
}

def Emb_BagsOp : Emb_Op<"bags", [Pure]> {
  let summary = "Bags from arrays of values and offsets";
  let description = [{
    The bags of a feature that has arrays of its own, as PyTorch's EmbeddingBag
    takes them: bag s is `values` from `offsets[s]` up to `offsets[s + 1]`, and
    the last one ends where the values do. With `include_last_offset` the offsets
    say that too: there is one more of them than there are bags. Offsets begin
    with 0 and never fall; others are the caller's error.

    Weights of a lookup of these bags stand beside `values`.

    ```mlir
    %0 = emb.bags %values, %offsets
        : tensor<?xi64>, tensor<512xi64> -> !emb.bags<i64>
    %1 = emb.bags %values, %ends {include_last_offset}
        : tensor<?xi64>, tensor<513xi64> -> !emb.bags<i64>
    ```
  }];
  let arguments = (ins Emb_IndexArray:$values, Emb_IndexArray:$offsets,
                       UnitAttr:$include_last_offset);
  let results = (outs Emb_BagsType:$bags);
  let assemblyFormat = [{
    $values `,` $offsets attr-dict `:` type($values) `,` type($offsets) `->`
    qualified(type($bags))
  }];
  let hasVerifier = 1;
}

def Emb_DropRowOp : Emb_Op<"drop_row", [Pure]> {
  let summary = "Bags without the lookups of one row";
  let description = [{
    What PyTorch calls a padding index: lookups of `row` do not count, neither in
    a sum nor for the length of a bag. With `weights`, which stand beside the
    values of `bags`, the second result stands beside those of the first.

    ```mlir
    %0 = emb.drop_row 0 of %bags : !emb.bags<i64> -> !emb.bags<i64>
    %1, %w1 = emb.drop_row 0 of %bags weights(%w)
        : !emb.bags<i64>, tensor<?xf32> -> !emb.bags<i64>, tensor<?xf32>
    ```
  }];
  let arguments = (ins I64Attr:$row, Emb_BagsType:$bags,
                       Optional<Emb_SampleWeights>:$weights);
  let results = (outs Emb_BagsType:$kept,
                      Optional<Emb_SampleWeights>:$keptWeights);
  let assemblyFormat = [{
    $row `of` $bags (`weights` `(` $weights^ `)`)? attr-dict `:`
    qualified(type($bags)) (`,` type($weights)^)? `->` qualified(type($kept))
    (`,` type($keptWeights)^)?
  }];
  let hasVerifier = 1;
}

def Emb_JoinOp : Emb_Op<"join", [Pure]> {
  let summary = "Bags of several features as one jagged input";
  let description = [{
    Feature i of the result has the bags of operand i. All have as many samples,
    and all their lookups together must fit the index type. `-emb-join-bags`
    makes it of features that have arrays of their own.

    ```mlir
    %kjt = emb.join %b0, %b1
        : !emb.bags<i64>, !emb.bags<i64> -> !emb.kjt<2 x i64>
    ```
  }];
  let arguments = (ins Variadic<Emb_BagsType>:$bags);
  let results = (outs Emb_KjtType:$kjt);
  let assemblyFormat = [{
    $bags attr-dict `:` qualified(type($bags)) `->` qualified(type($kjt))
  }];
  let hasVerifier = 1;
}

def Emb_LookupOp : Emb_Op<"lookup", [Pure]> {
  let summary = "Looks up the rows of every bag and pools them";
  let description = [{
    Row s of the result is the sum, mean or maximum of the table's rows that
    bag s names; zeros where the bag is empty. With `weights` every looked-up
    row is first multiplied by its weight (sum and mean only; a mean divides by
    the bag's length). Weights stand beside the values that the bags are made
    of. For those of a jagged input that is one a lookup of the whole batch, over
    all features. Accumulates in f32.

    A maximum ignores NaNs; of NaNs alone it is -inf. An index outside the
    table is the caller's error.

    ```mlir
    %0 = emb.lookup sum %table[%bags]
        : tensor<1024x64xf16>, !emb.bags<i32> -> tensor<?x64xf32>
    %1 = emb.lookup mean %table[%bags] weights(%w)
        {schedule = #emb.sub_warp<vector = 4, lanes = 16, unroll = 8>}
        : tensor<1024x64xf32>, !emb.bags<i32>, tensor<?xf32> -> tensor<?x64xf32>
    ```
  }];
  let arguments = (ins
    Emb_PoolingAttr:$pooling,
    Emb_Table:$table,
    Emb_BagsType:$bags,
    Optional<Emb_SampleWeights>:$weights,
    OptionalAttr<Emb_StatsAttr>:$stats,
    OptionalAttr<Emb_AnySchedule>:$schedule);
  let results = (outs Emb_PooledRows:$result);
  let assemblyFormat = [{
    custom<Pooling>($pooling) $table `[` $bags `]`
    (`weights` `(` $weights^ `)`)? attr-dict `:` type($table) `,`
    qualified(type($bags)) (`,` type($weights)^)? `->` type($result)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// What a schedule needs to know of this lookup.
    LookupShape getShape();
  }];
}

def Emb_ConcatOp : Emb_Op<"concat", [Pure]> {
  let summary = "Pooled features side by side";
  let description = [{
    Joins pooled features along the columns, in order.

    ```mlir
    %out = emb.concat %0, %1
        : tensor<?x4xf32>, tensor<?x64xf32> -> tensor<?x68xf32>
    ```
  }];
  let arguments = (ins Variadic<Emb_PooledRows>:$inputs);
  let results = (outs Emb_PooledRows:$result);
  let assemblyFormat = "$inputs attr-dict `:` type($inputs) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def Emb_FusedLookupOp : Emb_Op<"fused_lookup", [Pure, AttrSizedOperandSegments]> {
  let summary = "Many lookups as one, each with its schedule";
  let description = [{
    The form that lowering works on, made by `-emb-fuse`: all features of one
    jagged input, their schedules and their output columns. `-convert-emb-to-gpu`
    builds the kernel and names it in `kernel`.

    ```mlir
    %out = emb.fused_lookup %kjt tables(%t0, %t1) [
        #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
            column = 0,
            schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>,
        #emb.fused_feature<key = 1, table = 1, pooling = sum, weighted = false,
            column = 4,
            schedule = #emb.sub_warp<vector = 4, lanes = 16, unroll = 8>>
      ] occupancy <threads = 128, blocks = 10>
        : !emb.kjt<2 x i32>, tensor<1024x4xf32>, tensor<4096x64xf32>
        -> tensor<?x68xf32>
    ```

    With fixed binding, `order` lists the features by the rank of their blocks:
    `occupancy <threads = 128, blocks = 10> order [1, 0]`. Without it they are
    bound to blocks at run time, by what each batch is like.
  }];
  let arguments = (ins
    Emb_KjtType:$kjt,
    Variadic<Emb_Table>:$tables,
    Optional<Emb_SampleWeights>:$weights,
    TypedArrayAttrBase<Emb_FusedFeatureAttr, "fused features">:$features,
    Emb_OccupancyAttr:$occupancy,
    OptionalAttr<DenseI32ArrayAttr>:$order,
    OptionalAttr<SymbolRefAttr>:$kernel);
  let results = (outs Emb_PooledRows:$result);
  let assemblyFormat = [{
    $kjt `tables` `(` $tables `)` (`weights` `(` $weights^ `)`)? $features
    `occupancy` $occupancy (`order` $order^)? (`kernel` $kernel^)? attr-dict `:`
    qualified(type($kjt)) `,` type($tables) (`weights` type($weights)^)? `->`
    type($result)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// What a schedule needs to know of feature `f`.
    LookupShape getShape(FusedFeatureAttr feature);
  }];
}

class Emb_TensorOrBuffer<int rank, list<Type> elements>
    : AnyTypeOf<[TensorRankOf<elements, [rank]>,
                 MemRefRankOf<elements, [rank]>]>;

def Emb_LaunchOp : Emb_Op<"launch", [
    AttrSizedOperandSegments, DestinationStyleOpInterface,
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "Pools a batch by kernels, into given rows";
  let description = [{
    A fused lookup whose kernels are there, and whose jagged input is its two
    arrays: what `-convert-emb-to-launch` makes of `emb.fused_lookup`. All that
    it writes is `outs`, each element once, and it reads none of them. `keys` is
    the number of features of the jagged input; there is one more of `offsets`
    than keys x samples.

    On tensors the result is what has become of `outs`. Bufferization makes all
    operands memrefs, in the destination's own buffer where it can: pooled rows
    may be columns of a wider array. `-convert-emb-launch-to-gpu` goes on from
    there.

    ```mlir
    %rows = emb.launch @recflex_kernels %values, %offsets keys 1 tables(%t0) [
        #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
            column = 0,
            schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>
      ] occupancy <threads = 128, blocks = 10> outs(%place)
        : (tensor<?xi32>, tensor<?xi32>, tensor<1024x4xf32>, tensor<?x4xf32>)
        -> tensor<?x4xf32>
    ```
  }];
  let arguments = (ins
    SymbolRefAttr:$kernels,
    Emb_TensorOrBuffer<1, [I32, I64]>:$values,
    Emb_TensorOrBuffer<1, [I32, I64]>:$offsets,
    Variadic<Emb_TensorOrBuffer<2, [F32, F16, BF16]>>:$tables,
    Optional<Emb_TensorOrBuffer<1, [F32]>>:$weights,
    Emb_TensorOrBuffer<2, [F32]>:$rows,
    I64Attr:$keys,
    TypedArrayAttrBase<Emb_FusedFeatureAttr, "fused features">:$features,
    Emb_OccupancyAttr:$occupancy);
  let results = (outs Optional<Emb_PooledRows>:$result);
  let assemblyFormat = [{
    $kernels $values `,` $offsets `keys` $keys `tables` `(` $tables `)`
    (`weights` `(` $weights^ `)`)? $features `occupancy` $occupancy
    `outs` `(` $rows `)` attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// What a schedule needs to know of feature `f`.
    LookupShape getShape(FusedFeatureAttr feature);
    /// The type of values and offsets.
    ::mlir::IntegerType getIndexType();

    ::mlir::MutableOperandRange getDpsInitsMutable() {
      return ::mlir::MutableOperandRange(getRowsMutable());
    }
  }];
}

#endif // RECFLEX_DIALECT_EMB_IR_EMBOPS_TD
