//===- EmbAttributes.td - Statistics, schedules, occupancy -*- tablegen -*-===//

#ifndef RECFLEX_DIALECT_EMB_IR_EMBATTRIBUTES_TD
#define RECFLEX_DIALECT_EMB_IR_EMBATTRIBUTES_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "recflex/Dialect/Emb/IR/EmbDialect.td"
include "recflex/Dialect/Emb/IR/EmbInterfaces.td"

def Emb_Pooling : I32EnumAttr<"PoolingKind", "how a bag's rows become one row", [
    I32EnumAttrCase<"Sum", 0, "sum">,
    I32EnumAttrCase<"Mean", 1, "mean">,
    I32EnumAttrCase<"Max", 2, "max">]> {
  let cppNamespace = "::recflex::emb";
  let genSpecializedAttr = 0;
}

def Emb_Binding : I32EnumAttr<"BindingKind", "when thread blocks are bound to tiles", [
    I32EnumAttrCase<"Runtime", 0, "runtime">,
    I32EnumAttrCase<"Fixed", 1, "fixed">]> {
  let cppNamespace = "::recflex::emb";
  let genSpecializedAttr = 0;
}

class Emb_Attr<string name, string attrMnemonic, list<Trait> traits = []>
    : AttrDef<Emb_Dialect, name, traits> {
  let mnemonic = attrMnemonic;
}

def Emb_PoolingAttr : EnumAttr<Emb_Dialect, Emb_Pooling, "pooling"> {
  let assemblyFormat = "`<` $value `>`";
}

def Emb_BindingAttr : EnumAttr<Emb_Dialect, Emb_Binding, "binding"> {
  let description = [{
    Which feature's tiles the first blocks of the fused kernel take, the longest
    first: `runtime` looks at every batch, in two small kernels ahead of it;
    `fixed` takes the statistics' word for all batches, and needs no kernel but
    the fused one.

    ```mlir
    #emb.binding<fixed>
    ```
  }];
  let assemblyFormat = "`<` $value `>`";
}

def Emb_StatsAttr : Emb_Attr<"Stats", "stats"> {
  let summary = "What a feature's bags look like";
  let description = [{
    Measured over sample batches by `-emb-import-stats`: mean, standard
    deviation and maximum of the bag lengths (empty bags count), the share of
    bags that are not empty, and the distinct rows a batch touches.

    ```mlir
    #emb.stats<mean = 8.1, stddev = 9.6, max = 50, coverage = 0.8,
               distinct = 950.0, batch = 512>
    ```
  }];
  let parameters = (ins
    APFloatParameter<"lookups a bag">:$mean,
    APFloatParameter<"of the lookups a bag">:$stddev,
    "int64_t":$max,
    APFloatParameter<"share of bags that are not empty">:$coverage,
    APFloatParameter<"distinct rows a batch">:$distinct,
    "int64_t":$batch);
  let builders = [AttrBuilder<(ins "const ::recflex::emb::BagStats &":$stats), [{
    return $_get($_ctxt, ::llvm::APFloat(stats.mean),
                 ::llvm::APFloat(stats.stddev), stats.max,
                 ::llvm::APFloat(stats.coverage),
                 ::llvm::APFloat(stats.distinct), stats.batch);
  }]>];
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// The same numbers, free of MLIR.
    BagStats toStruct() const {
      return {getMean().convertToDouble(), getStddev().convertToDouble(),
              getMax(), getCoverage().convertToDouble(),
              getDistinct().convertToDouble(), getBatch()};
    }
  }];
}

def Emb_OccupancyAttr : Emb_Attr<"Occupancy", "occupancy"> {
  let summary = "Threads a block, and blocks a multiprocessor";
  let description = [{
    The launch bounds of the fused kernel: registers are cut so that `blocks`
    blocks of `threads` threads fit one multiprocessor.

    ```mlir
    #emb.occupancy<threads = 128, blocks = 10>
    ```
  }];
  let parameters = (ins "int64_t":$threads, "int64_t":$blocks);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

def Emb_TargetAttr : Emb_Attr<"Target", "target"> {
  let summary = "What a gpu.module of fused lookups is compiled for";
  let description = [{
    Marks the kernels that `-convert-emb-to-gpu` makes, and compiles them to PTX
    where MLIR's `-gpu-module-to-binary` does so with other modules, or with
    `format=llvm` to bitcode, which the simulator runs. The code is optimised as
    `recflex compile` does it, which is not as an `#nvvm.target` would. The
    object's target is an `#nvvm.target` all the same, so that upstream's tools
    can read it.

    ```mlir
    gpu.module @recflex_kernels [#emb.target<chip = "sm_90">] { ... }
    ```
  }];
  let parameters = (ins StringRefParameter<"sm_80 and later">:$chip);
  let assemblyFormat = "`<` struct(params) `>`";
}

def Emb_FusedFeatureAttr : Emb_Attr<"FusedFeature", "fused_feature"> {
  let summary = "One feature of a fused lookup";
  let description = [{
    Feature `key` of the jagged input, pooled from operand `table`, into the
    output's columns from `column` on.

    ```mlir
    #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
        column = 0, schedule = #emb.sub_warp<vector = 4, lanes = 8, unroll = 8>>
    ```
  }];
  let parameters = (ins
    "int64_t":$key, "int64_t":$table,
    EnumParameter<Emb_Pooling>:$pooling, "bool":$weighted, "int64_t":$column,
    "::recflex::emb::ScheduleAttrInterface":$schedule);
  let assemblyFormat = "`<` struct(params) `>`";
}

//===----------------------------------------------------------------------===//
// Schedules
//===----------------------------------------------------------------------===//

class Emb_Schedule<string name, string attrMnemonic>
    : Emb_Attr<name, attrMnemonic, [
        DeclareAttrInterfaceMethods<Emb_ScheduleAttrInterface,
                                    ["getSetting"]>]> {
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

def Emb_GatherAttr : Emb_Schedule<"Gather", "gather"> {
  let summary = "Samples over lanes, for bags of at most one row";
  let description = [{
    A group of `lanes` lanes copies rows, `vector` elements a lane, for `unroll`
    samples at once. Right for longer bags too, but slow: their further rows
    come one by one.

    ```mlir
    #emb.gather<vector = 4, lanes = 8, unroll = 4>
    ```
  }];
  let parameters = (ins "int64_t":$vector, "int64_t":$lanes,
                        "int64_t":$unroll);
}

def Emb_SubWarpAttr : Emb_Schedule<"SubWarp", "sub_warp"> {
  let summary = "A group of lanes a bag";
  let description = [{
    A group of `lanes` lanes pools one bag, `vector` elements a lane, with
    `unroll` rows in flight. A block does threads / lanes bags; rows wider than
    lanes x vector take several tiles side by side.

    ```mlir
    #emb.sub_warp<vector = 4, lanes = 16, unroll = 8>
    ```
  }];
  let parameters = (ins "int64_t":$vector, "int64_t":$lanes,
                        "int64_t":$unroll);
}

def Emb_BlockReduceAttr : Emb_Schedule<"BlockReduce", "block_reduce"> {
  let summary = "Lookups of a bag side by side in a block, then a reduction";
  let description = [{
    `rows` groups of `lanes` lanes share one bag: group y takes lookups y,
    y + rows, ...; the partial rows meet in shared memory. A block does
    threads / (lanes x rows) bags. For long bags of narrow rows.

    ```mlir
    #emb.block_reduce<vector = 4, lanes = 4, rows = 16, unroll = 4>
    ```
  }];
  let parameters = (ins "int64_t":$vector, "int64_t":$lanes, "int64_t":$rows,
                        "int64_t":$unroll);
}

def Emb_SegmentedScanAttr : Emb_Schedule<"SegmentedScan", "segmented_scan"> {
  let summary = "Lookups of a tile in equal shares, wherever bags end";
  let description = [{
    A tile is `samples` neighbouring samples, whose lookups are one range of the
    values. Groups of `lanes` lanes, `vector` elements a lane, take equal shares
    of it, with `unroll` rows in flight. A group writes the bags that end in its
    share; a bag in the shares of several groups is put together in shared
    memory. For bags of very different lengths.

    ```mlir
    #emb.segmented_scan<vector = 4, lanes = 8, samples = 64, unroll = 4>
    ```
  }];
  let parameters = (ins "int64_t":$vector, "int64_t":$lanes,
                        "int64_t":$samples, "int64_t":$unroll);
}

def Emb_MultiBlockAttr : Emb_Schedule<"MultiBlock", "multi_block"> {
  let summary = "A bag over several blocks";
  let description = [{
    `parts` blocks share a bag: each pools its part as `#emb.block_reduce` does
    and leaves the row in global memory; the last to come combines them, in the
    order of the parts. Bags of at most rows x unroll lookups take one block. For
    bags that are too long for one.

    ```mlir
    #emb.multi_block<vector = 4, lanes = 16, rows = 8, parts = 4, unroll = 4>
    ```
  }];
  let parameters = (ins "int64_t":$vector, "int64_t":$lanes, "int64_t":$rows,
                        "int64_t":$parts, "int64_t":$unroll);
  let extraClassDeclaration = [{
    /// Scratch of a sample: an i32 for each `vector` columns, then a row of f32
    /// for each part. The bytes of the former.
    static int64_t counterBytes(const LookupShape &shape, int64_t vector);
  }];
}

#endif // RECFLEX_DIALECT_EMB_IR_EMBATTRIBUTES_TD
