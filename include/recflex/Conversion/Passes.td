//===- Passes.td - Lowering the emb dialect ----------------*- tablegen -*-===//

#ifndef RECFLEX_CONVERSION_PASSES_TD
#define RECFLEX_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

def RaiseTorchEmbeddingBagToEmbPass : Pass<"raise-torch-embedding-bag-to-emb"> {
  let summary = "Recognise PyTorch's embedding_bag";
  let description = [{
    Replaces these ops of torch-mlir by an `emb.lookup` each:
    `torch.aten.embedding_bag.padding_idx`, `torch.aten.embedding_bag`,
    `torch.aten._embedding_bag`, `torch.aten._embedding_bag_forward_only`, and
    each of them as a `torch.operator` of that name. A `torch.aten.cat` that
    joins their results along the columns becomes `emb.concat`.

    Ops are known by their names and types by how they are printed, so this needs
    no torch-mlir: it runs where its dialects are registered, and where
    unregistered ones are allowed. Between torch's types and builtin tensors stand
    `torch_c.to_builtin_tensor` and `torch_c.from_builtin_tensor` where they are
    registered, and otherwise `builtin.unrealized_conversion_cast`. Operands that
    are builtin tensors are taken as they are.

    Tables need a static type, and mode, include_last_offset and padding_idx must
    be constants. Calls that take the same indices and offsets share their bags. A
    padding index becomes an `emb.drop_row`. Index arrays of two types are
    widened to i64, weights to f32; tables of f16 and bf16 are pooled in f32 and
    the result is rounded.

    An op that cannot be taken stays as it is. Remarks of the category
    `raise-torch-embedding-bag-to-emb` say which, and why.

    ```mlir
    // Before
    %false = "torch.constant.bool"() {value = false} : () -> !torch.bool
    %mode = "torch.constant.int"() {value = 0 : i64} : () -> !torch.int
    %none = "torch.constant.none"() : () -> !torch.none
    %0:4 = "torch.aten.embedding_bag.padding_idx"(%weight, %indices, %offsets,
        %false, %mode, %false, %none, %false, %none)
        : (!torch.vtensor<[1000,64],f32>, !torch.vtensor<[?],si64>,
           !torch.vtensor<[512],si64>, !torch.bool, !torch.int, !torch.bool,
           !torch.none, !torch.bool, !torch.none)
        -> (!torch.vtensor<[512,64],f32>, !torch.vtensor<[0],si64>,
            !torch.vtensor<[512],si64>, !torch.vtensor<[512],si64>)
    // After
    %offsets_0 = builtin.unrealized_conversion_cast %offsets
        : !torch.vtensor<[512],si64> to tensor<512xi64>
    %values = builtin.unrealized_conversion_cast %indices
        : !torch.vtensor<[?],si64> to tensor<?xi64>
    %table = builtin.unrealized_conversion_cast %weight
        : !torch.vtensor<[1000,64],f32> to tensor<1000x64xf32>
    %bags = emb.bags %values, %offsets_0
        : tensor<?xi64>, tensor<512xi64> -> !emb.bags<i64>
    %rows = emb.lookup sum %table[%bags]
        : tensor<1000x64xf32>, !emb.bags<i64> -> tensor<?x64xf32>
    %cast = tensor.cast %rows : tensor<?x64xf32> to tensor<512x64xf32>
    %0 = builtin.unrealized_conversion_cast %cast
        : tensor<512x64xf32> to !torch.vtensor<[512,64],f32>
    ```
  }];
  let statistics = [
    Statistic<"numRaised", "raised", "Calls of embedding_bag raised">,
    Statistic<"numLeft", "left", "Calls of embedding_bag left alone">,
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::tensor::TensorDialect",
    "::recflex::emb::EmbDialect",
  ];
}

def RaiseLinalgGatherToEmbPass : Pass<"raise-linalg-gather-to-emb"> {
  let summary = "Recognise a gather and its reduction in one linalg.generic";
  let description = [{
    Replaces a `linalg.generic` over samples, lookups and columns, which reads one
    row of a table for each index and adds them up, or takes their maximum, by an
    `emb.lookup` of bags that are all of one length. That is what exporters make of
    an embedding with a fixed number of lookups a sample, once a gather and the
    reduction behind it are one op: run `-linalg-fuse-elementwise-ops` first.

    Rows may be f16 or bf16, extended to f32 as they are read, and weighted by an
    input beside the indices. The loops must be in the order of samples, lookups,
    columns; the sum must start from 0, the maximum (arith.maxnumf) from -inf.
    Reductions of a table's elements that are something else stay as they are, and
    remarks of the category `raise-linalg-gather-to-emb` say why.

    ```mlir
    // Before
    %0 = linalg.generic {
        indexing_maps = [affine_map<(s, l, c) -> (s, l)>,
                         affine_map<(s, l, c) -> (s, c)>],
        iterator_types = ["parallel", "reduction", "parallel"]}
        ins(%indices : tensor<512x3xi64>) outs(%zeros : tensor<512x64xf32>) {
    ^bb0(%index: i64, %sum: f32):
      %row = arith.index_cast %index : i64 to index
      %column = linalg.index 2 : index
      %element = tensor.extract %table[%row, %column] : tensor<1000x64xf32>
      %next = arith.addf %sum, %element : f32
      linalg.yield %next : f32
    } -> tensor<512x64xf32>
    // After
    %values = tensor.collapse_shape %indices [[0, 1]]
        : tensor<512x3xi64> into tensor<1536xi64>
    ...
    %offsets = linalg.generic ... // 0, 3, 6, ...
    %bags = emb.bags %values, %offsets
        : tensor<1536xi64>, tensor<512xi64> -> !emb.bags<i64>
    %rows = emb.lookup sum %table[%bags]
        : tensor<1000x64xf32>, !emb.bags<i64> -> tensor<?x64xf32>
    %0 = tensor.cast %rows : tensor<?x64xf32> to tensor<512x64xf32>
    ```
  }];
  let statistics = [
    Statistic<"numRaised", "raised", "Ops raised to lookups">,
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::tensor::TensorDialect", "::recflex::emb::EmbDialect",
  ];
}

def ConvertEmbToGPUPass : Pass<"convert-emb-to-gpu", "::mlir::ModuleOp"> {
  let summary = "Build the kernels of every fused lookup";
  let description = [{
    Adds a `gpu.module` for every `emb.fused_lookup` with its three kernels: two
    that bind thread blocks to (feature, tile) from the batch's offsets, and the
    fused one, a switch over one body for each distinct (schedule, shape). The
    op names its module in `kernel` and otherwise stays as it is.

    ```mlir
    // Before
    %out = emb.fused_lookup %kjt tables(%t0) [...] occupancy ...
    // After
    %out = emb.fused_lookup %kjt tables(%t0) [...] occupancy ...
        kernel @recflex_kernels ...
    gpu.module @recflex_kernels [#emb.target<chip = "sm_90">] {
      ...
      gpu.func @recflex_bind_keys(...) kernel attributes {...} { ... }
      gpu.func @recflex_bind_order(...) kernel attributes {...} { ... }
      ...
      gpu.func @recflex_forward(...) kernel attributes {...} { ... }
      ...
    }
    ```

    Which bodies there are, and how many features share each, is a remark of the
    category `convert-emb-to-gpu`.

    From sm_90 on, the second and the third kernel may be launched while the one
    ahead of them still runs: `nvvm.griddepcontrol` says when a kernel lets the
    next one start, and where that one waits.
  }];
  let options = [
    Option<"chip", "chip", "std::string", [{"sm_90"}],
           "GPU to build for: sm_80, sm_90, sm_100">,
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
    "::mlir::gpu::GPUDialect",
    "::mlir::LLVM::LLVMDialect", "::mlir::NVVM::NVVMDialect", "::mlir::scf::SCFDialect",
    "::mlir::vector::VectorDialect",
  ];
}

def ConvertEmbKernelsToNVVMPass
    : Pass<"convert-emb-kernels-to-nvvm", "::mlir::ModuleOp"> {
  let summary = "Lower the kernels of fused lookups to the NVVM dialect";
  let description = [{
    Runs MLIR's own passes (`-convert-scf-to-cf`, `-convert-gpu-to-nvvm`, ...) on
    every `gpu.module` with an `#emb.target`, and leaves other modules alone.

    ```mlir
    // Before
    gpu.module @recflex_kernels [#emb.target<chip = "sm_90">] {
      ...
      gpu.func @recflex_forward(...) kernel attributes {...} { ... }
      ...
    }
    gpu.module @others { ... }
    // After
    gpu.module @recflex_kernels [#emb.target<chip = "sm_90">] {
      ...
      llvm.func @recflex_forward(...) attributes {gpu.kernel, ...} { ... }
      ...
    }
    gpu.module @others { ... }
    ```
  }];
}

def ConvertEmbToLoopsPass : Pass<"convert-emb-to-loops", "::mlir::ModuleOp"> {
  let summary = "Lower lookups to plain loops on memrefs";
  let description = [{
    The reference lowering: correct and readable, in upstream dialects alone. A
    function that uses emb gets arrays for tensors: two for a jagged input
    (values and offsets), one for weights and for each table, and one, after all
    other arguments, for each result of pooled rows; that one's rows are the
    batch. A lookup, fused or not, becomes a call of a private function that
    pools in f32; lookups of the same row type, index type and pooling share it.

    What is not supported is an error: tables, weights and jagged inputs that
    are no arguments of the function, pooled rows that are neither concatenated
    nor returned, and calls of such functions.

    ```mlir
    // Before
    func.func @model(%kjt: !emb.kjt<1 x i32>, %t0: tensor<1024x4xf32>)
        -> tensor<?x4xf32> {
      %b0 = emb.feature %kjt[0] : !emb.kjt<1 x i32> -> !emb.bags<i32>
      %0 = emb.lookup sum %t0[%b0]
          : tensor<1024x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
      return %0 : tensor<?x4xf32>
    }
    // After
    func.func @model(%values: memref<?xi32>, %offsets: memref<?xi32>,
                     %t0: memref<1024x4xf32>, %out: memref<?x4xf32>) {
      %rows = memref.cast %out : memref<?x4xf32> to memref<?x?xf32>
      %feature = arith.constant 0 : index
      %table = memref.cast %t0 : memref<1024x4xf32> to memref<?x?xf32>
      %column = arith.constant 0 : index
      call @pool_sum_f32_i32(%values, %offsets, %feature, %table, %rows,
                             %column)
          : (memref<?xi32>, memref<?xi32>, index, memref<?x?xf32>,
             memref<?x?xf32>, index) -> ()
      return
    }
    func.func private @pool_sum_f32_i32(
        %values: memref<?xi32>, %offsets: memref<?xi32>, %feature: index,
        %table: memref<?x?xf32>, %out: memref<?x?xf32>, %column: index) {
      ...
      scf.for %sample = %zero to %batch step %one {
        ...
        scf.for %d = %zero to %width step %one {
          // out[sample, column + d] = 0
        }
        scf.for %lookup = %begin to %end step %one {
          %index = memref.load %values[%lookup] : memref<?xi32>
          %row = arith.index_cast %index : i32 to index
          scf.for %d = %zero to %width step %one {
            // out[sample, column + d] += table[row, d]
          }
        }
      }
      return
    }
    ```
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
  ];
}

def ConvertEmbToLinalgPass : Pass<"convert-emb-to-linalg", "::mlir::ModuleOp"> {
  let summary = "Lower lookups to linalg, scf and tensor on tensors";
  let description = [{
    The lowering for other compilers to go on from: every emb op becomes upstream
    ops on tensors, in place, so that the rest of a function may be whatever it
    is. `-one-shot-bufferize` and the backends of linalg do the rest. Pools in
    f32; empty bags give 0. Schedules and statistics are dropped.

    A jagged input becomes two tensors, values and offsets, wherever it is passed
    on: in signatures, calls, returns, branches and the structured control flow
    of scf. So do bags; they have one offset more than there are samples.

    ```mlir
    // Before
    func.func @model(%values: tensor<?xi32>, %offsets: tensor<?xi32>,
                     %t0: tensor<1024x4xf16>) -> tensor<?x4xf32> {
      %b0 = emb.bags %values, %offsets {include_last_offset}
          : tensor<?xi32>, tensor<?xi32> -> !emb.bags<i32>
      %0 = emb.lookup sum %t0[%b0]
          : tensor<1024x4xf16>, !emb.bags<i32> -> tensor<?x4xf32>
      return %0 : tensor<?x4xf32>
    }
    // After
    func.func @model(%values: tensor<?xi32>, %offsets: tensor<?xi32>,
                     %t0: tensor<1024x4xf16>) -> tensor<?x4xf32> {
      ...
      %batch = arith.subi %length, %one : index
      %out = tensor.empty(%batch) : tensor<?x4xf32>
      %0 = scf.forall (%sample) in (%batch) shared_outs(%rows = %out)
          -> (tensor<?x4xf32>) {
        %place = tensor.extract_slice %rows[%sample, 0] [1, 4] [1, 1]
            : tensor<?x4xf32> to tensor<4xf32>
        // %begin, %end: offsets[sample], offsets[sample + 1]
        %first = linalg.fill ins(%zero : f32) outs(%place : tensor<4xf32>)
            -> tensor<4xf32>
        %pooled = scf.for %lookup = %begin to %end step %one
            iter_args(%sum = %first) -> (tensor<4xf32>) {
          %index = tensor.extract %values[%lookup] : tensor<?xi32>
          %number = arith.index_cast %index : i32 to index
          %row = tensor.extract_slice %t0[%number, 0] [1, 4] [1, 1]
              : tensor<1024x4xf16> to tensor<4xf16>
          // %sum + %row
          %next = linalg.generic {indexing_maps = [#map, #map],
                                  iterator_types = ["parallel"]}
              ins(%row : tensor<4xf16>) outs(%sum : tensor<4xf32>) { ... }
              -> tensor<4xf32>
          scf.yield %next : tensor<4xf32>
        }
        scf.forall.in_parallel {
          tensor.parallel_insert_slice %pooled into %rows[%sample, 0] [1, 4]
              [1, 1] : tensor<4xf32> into tensor<?x4xf32>
        }
      }
      return %0 : tensor<?x4xf32>
    }
    ```
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect",
  ];
}

def ConvertEmbToLaunchPass : Pass<"convert-emb-to-launch", "::mlir::ModuleOp"> {
  let summary = "Prepare fused lookups for bufferization, with their kernels";
  let description = [{
    The first step to the host side as IR: every `emb.fused_lookup` becomes an
    `emb.launch` of the kernels that `-convert-emb-to-gpu` has built for it. That
    op writes into a destination, as linalg's do, and bufferizes by upstream's
    interface: with `-eliminate-empty-tensors` right into the columns of a wider
    concatenation.

    A jagged input becomes two tensors, values and offsets, wherever it is passed
    on, as in `-convert-emb-to-linalg`. So do bags, and what makes a jagged input
    of them becomes linalg. Lookups that are not fused have no kernel: they
    become linalg as well, and a remark of the category `convert-emb-to-launch`
    says so. A fused lookup without kernels is an error, and
    so is one with a fixed order: its blocks are bound at run time.

    ```mlir
    // Before
    func.func @model(%kjt: !emb.kjt<1 x i32>, %t0: tensor<1024x4xf32>)
        -> tensor<?x4xf32> {
      %0 = emb.fused_lookup %kjt tables(%t0) [...] occupancy <...>
          kernel @recflex_kernels
          : !emb.kjt<1 x i32>, tensor<1024x4xf32> -> tensor<?x4xf32>
      return %0 : tensor<?x4xf32>
    }
    // After
    func.func @model(%values: tensor<?xi32>, %offsets: tensor<?xi32>,
                     %t0: tensor<1024x4xf32>) -> tensor<?x4xf32> {
      // %batch: (the number of offsets - 1) / 1
      %place = tensor.empty(%batch) : tensor<?x4xf32>
      %0 = emb.launch @recflex_kernels %values, %offsets keys 1 tables(%t0) [...]
          occupancy <...> outs(%place)
          : (tensor<?xi32>, tensor<?xi32>, tensor<1024x4xf32>, tensor<?x4xf32>)
          -> tensor<?x4xf32>
      return %0 : tensor<?x4xf32>
    }
    ```
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect",
  ];
}

def ConvertEmbLaunchToGPUPass
    : Pass<"convert-emb-launch-to-gpu", "::mlir::ModuleOp"> {
  let summary = "Launch kernels by gpu.launch_func, from ordinary memrefs";
  let description = [{
    The second step, behind bufferization: an `emb.launch` on memrefs becomes
    what RecFlex's own runtime does for a batch. One `gpu.alloc` is the workspace
    that the kernels share, of the runtime's size; descriptors are a constant,
    copied there with the tables' addresses; two binding kernels and the forward
    kernel follow, with grids computed from the number of offsets. Nothing is
    checked at run time.

    Kernels read tables, values, offsets and weights, and write rows, where they
    are: the host compiler sees to it that a GPU reaches them. Tables, values,
    offsets and weights must be dense; bufferize with
    `function-boundary-type-conversion=identity-layout-map`. Tables begin at
    multiples of 16 bytes.

    Rows may have any stride. Where their address and stride are known to be
    multiples of 16 bytes, `recflex_forward` writes them: in columns of an
    allocation, or of what `memref.assume_alignment` says it of. Where they are
    known not to be, `recflex_forward_any` does. Else the host chooses.

    The gpu ops are synchronous, as those of `-convert-parallel-loops-to-gpu` are:
    `-gpu-async-region` puts all of a block on one stream, and `-gpu-to-llvm`
    lowers them then. Run this behind `-buffer-deallocation-pipeline`, for it
    frees what it allocates.

    ```mlir
    // Before
    emb.launch @recflex_kernels %values, %offsets keys 1 tables(%t0) [...]
        occupancy <threads = 128, blocks = 10> outs(%rows)
        : (memref<?xi32>, memref<?xi32>, memref<1024x4xf32>, memref<?x4xf32>)
        -> ()
    // After
    memref.global "private" constant @recflex_kernels_descriptors
        : memref<1x8xi64> = dense<...>
    ...
    %host = memref.alloca() : memref<1x8xi64>
    ...
    memref.copy %descriptors, %host : memref<1x8xi64> to memref<1x8xi64>
    ... // %address: of the table
    memref.store %address, %host[%c0, %c0] : memref<1x8xi64>
    ...
    %memory = gpu.alloc () : memref<512xi8>
    ...
    %device = memref.view %memory[%c384][]
        : memref<512xi8> to memref<1x8xi64>
    gpu.memcpy %device, %host : memref<1x8xi64>, memref<1x8xi64>
    ...
    gpu.launch_func @recflex_kernels::@recflex_bind_keys blocks in (%c2, %c1, %c1)
        threads in (%c64, %c1, %c1) args(...)
    ...
    gpu.launch_func @recflex_kernels::@recflex_bind_order blocks in (...) ...
    // %blocks: tiles of all features, for the batch at hand
    gpu.launch_func @recflex_kernels::@recflex_forward blocks in (%blocks, ...)
        threads in (%c128, %c1, %c1) args(...)
    gpu.dealloc %memory : memref<512xi8>
    ```
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::gpu::GPUDialect",
    "::mlir::LLVM::LLVMDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect",
  ];
}

#endif // RECFLEX_CONVERSION_PASSES_TD
