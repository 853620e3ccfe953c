// A small model of the DLRM kind as one module: embeddings by emb, and around
// them what other dialects say of the rest: a concatenation with dense features,
// a matrix product, a bias and a rectifier. Upstream passes and MLIR's own runner
// do the whole; plain loops do it once more. All numbers are small integers, so
// the results must be equal. The runner prints how many of them are.

// RUN: recflex-opt %s -convert-emb-to-linalg %to-llvm | %run-main | FileCheck %s
// Schedules and fusion change nothing.
// RUN: recflex-opt %s -pass-pipeline='builtin.module(func.func(emb-select-schedules,emb-fuse),convert-emb-to-linalg)' \
// RUN:   | recflex-opt %to-llvm | %run-main | FileCheck %s
// CHECK: {{^}}12{{$}}

// The same for a GPU: lookups in RecFlex's kernels, linalg in upstream's, and host
// code that launches both, here on the simulator. Rows of 11 columns are no
// multiple of a vector.
// RUN: %lower-for-gpu %s %t.mlir sm_90 llvm
// RUN: env RECFLEX_PRINT_LAUNCHES=1 %simulate-main %t.mlir 2>&1 | FileCheck %s --check-prefix=SIM
// SIM:      launch recflex_bind_keys: 2 blocks of 64 threads, 5 parameters
// SIM-NEXT: launch recflex_bind_order: 2 blocks of 64 threads, 4 parameters
// SIM-NEXT: launch recflex_forward_any: 3 blocks of 128 threads, 17 parameters
// SIM-NEXT: launch main_kernel: 4 blocks of 256 threads
// SIM-NEXT: launch main_kernel: 4 blocks of 256 threads
// SIM-NEXT: launch main_kernel: 4 blocks of 256 threads
// SIM-NEXT: {{^}}12{{$}}

#row = affine_map<(d0, d1) -> (d1)>
#both = affine_map<(d0, d1) -> (d0, d1)>

func.func @dlrm(%dense: tensor<?x3xf32>, %kjt: !emb.kjt<3 x i32>,
                %t0: tensor<5x4xf32>, %t1: tensor<6x2xf16>,
                %weight: tensor<11x3xf32>, %bias: tensor<3xf32>)
    -> tensor<?x3xf32> {
  %b0 = emb.feature %kjt[0] : !emb.kjt<3 x i32> -> !emb.bags<i32>
  %b1 = emb.feature %kjt[1] : !emb.kjt<3 x i32> -> !emb.bags<i32>
  %b2 = emb.feature %kjt[2] : !emb.kjt<3 x i32> -> !emb.bags<i32>
  %e0 = emb.lookup sum %t0[%b0]
      : tensor<5x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  %e1 = emb.lookup max %t1[%b1]
      : tensor<6x2xf16>, !emb.bags<i32> -> tensor<?x2xf32>
  %e2 = emb.lookup mean %t1[%b2]
      : tensor<6x2xf16>, !emb.bags<i32> -> tensor<?x2xf32>
  %pooled = emb.concat %e0, %e1, %e2
      : tensor<?x4xf32>, tensor<?x2xf32>, tensor<?x2xf32> -> tensor<?x8xf32>
  %all = tensor.concat dim(1) %dense, %pooled
      : (tensor<?x3xf32>, tensor<?x8xf32>) -> tensor<?x11xf32>

  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %batch = tensor.dim %dense, %c0 : tensor<?x3xf32>
  %empty = tensor.empty(%batch) : tensor<?x3xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<?x3xf32>)
      -> tensor<?x3xf32>
  %product = linalg.matmul
      ins(%all, %weight : tensor<?x11xf32>, tensor<11x3xf32>)
      outs(%init : tensor<?x3xf32>) -> tensor<?x3xf32>
  %out = linalg.generic {indexing_maps = [#row, #both],
                         iterator_types = ["parallel", "parallel"]}
      ins(%bias : tensor<3xf32>) outs(%product : tensor<?x3xf32>) {
  ^bb0(%b: f32, %p: f32):
    %s = arith.addf %p, %b : f32
    %r = arith.maximumf %s, %zero : f32
    linalg.yield %r : f32
  } -> tensor<?x3xf32>
  return %out : tensor<?x3xf32>
}

// One column of one row, by plain loops.
func.func @reference(%s: index, %c: index, %dense: tensor<4x3xf32>,
                     %values: tensor<17xi32>, %offsets: tensor<13xi32>,
                     %t0: tensor<5x4xf32>, %t1: tensor<6x2xf16>,
                     %weight: tensor<11x3xf32>, %bias: tensor<3xf32>) -> f32 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c3 = arith.constant 3 : index
  %c4 = arith.constant 4 : index
  %c7 = arith.constant 7 : index
  %c8 = arith.constant 8 : index
  %c9 = arith.constant 9 : index
  %zero = arith.constant 0.0 : f32
  %low = arith.constant -1000.0 : f32

  // Dense features: columns 0 to 2 of the joined row.
  %start = tensor.extract %bias[%c] : tensor<3xf32>
  %a0 = scf.for %k = %c0 to %c3 step %c1 iter_args(%a = %start) -> f32 {
    %x = tensor.extract %dense[%s, %k] : tensor<4x3xf32>
    %w = tensor.extract %weight[%k, %c] : tensor<11x3xf32>
    %p = arith.mulf %x, %w : f32
    %n = arith.addf %a, %p : f32
    scf.yield %n : f32
  }
  // Feature 0, a sum: columns 3 to 6.
  %o0:2 = call @bag(%offsets, %c0, %s) : (tensor<13xi32>, index, index) -> (index, index)
  %a1 = scf.for %d = %c0 to %c4 step %c1 iter_args(%a = %a0) -> f32 {
    %sum = scf.for %l = %o0#0 to %o0#1 step %c1 iter_args(%q = %zero) -> f32 {
      %i = tensor.extract %values[%l] : tensor<17xi32>
      %row = arith.index_cast %i : i32 to index
      %x = tensor.extract %t0[%row, %d] : tensor<5x4xf32>
      %n = arith.addf %q, %x : f32
      scf.yield %n : f32
    }
    %k = arith.addi %d, %c3 : index
    %w = tensor.extract %weight[%k, %c] : tensor<11x3xf32>
    %p = arith.mulf %sum, %w : f32
    %n = arith.addf %a, %p : f32
    scf.yield %n : f32
  }
  // Feature 1, a maximum: columns 7 and 8. An empty bag gives 0.
  %o1:2 = call @bag(%offsets, %c1, %s) : (tensor<13xi32>, index, index) -> (index, index)
  %has = arith.cmpi ult, %o1#0, %o1#1 : index
  %first = arith.select %has, %low, %zero : f32
  %a2 = scf.for %d = %c0 to %c2 step %c1 iter_args(%a = %a1) -> f32 {
    %max = scf.for %l = %o1#0 to %o1#1 step %c1 iter_args(%q = %first) -> f32 {
      %i = tensor.extract %values[%l] : tensor<17xi32>
      %row = arith.index_cast %i : i32 to index
      %h = tensor.extract %t1[%row, %d] : tensor<6x2xf16>
      %x = arith.extf %h : f16 to f32
      %n = arith.maximumf %q, %x : f32
      scf.yield %n : f32
    }
    %k = arith.addi %d, %c7 : index
    %w = tensor.extract %weight[%k, %c] : tensor<11x3xf32>
    %p = arith.mulf %max, %w : f32
    %n = arith.addf %a, %p : f32
    scf.yield %n : f32
  }
  // Feature 2, a mean: columns 9 and 10.
  %o2:2 = call @bag(%offsets, %c2, %s) : (tensor<13xi32>, index, index) -> (index, index)
  %length = arith.subi %o2#1, %o2#0 : index
  %count = arith.maxui %length, %c1 : index
  %count32 = arith.index_cast %count : index to i32
  %divisor = arith.sitofp %count32 : i32 to f32
  %a3 = scf.for %d = %c0 to %c2 step %c1 iter_args(%a = %a2) -> f32 {
    %sum = scf.for %l = %o2#0 to %o2#1 step %c1 iter_args(%q = %zero) -> f32 {
      %i = tensor.extract %values[%l] : tensor<17xi32>
      %row = arith.index_cast %i : i32 to index
      %h = tensor.extract %t1[%row, %d] : tensor<6x2xf16>
      %x = arith.extf %h : f16 to f32
      %n = arith.addf %q, %x : f32
      scf.yield %n : f32
    }
    %mean = arith.divf %sum, %divisor : f32
    %k = arith.addi %d, %c9 : index
    %w = tensor.extract %weight[%k, %c] : tensor<11x3xf32>
    %p = arith.mulf %mean, %w : f32
    %n = arith.addf %a, %p : f32
    scf.yield %n : f32
  }
  %result = arith.maximumf %a3, %zero : f32
  return %result : f32
}

// Where bag `s` of feature `f` begins and ends, of 4 samples.
func.func @bag(%offsets: tensor<13xi32>, %f: index, %s: index) -> (index, index) {
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %first = arith.muli %f, %c4 : index
  %at = arith.addi %first, %s : index
  %next = arith.addi %at, %c1 : index
  %b = tensor.extract %offsets[%at] : tensor<13xi32>
  %e = tensor.extract %offsets[%next] : tensor<13xi32>
  %begin = arith.index_cast %b : i32 to index
  %end = arith.index_cast %e : i32 to index
  return %begin, %end : index, index
}

func.func @main() -> i32 {
  %dense = arith.constant dense<[[1.0, -2.0, 3.0], [0.0, 5.0, -1.0],
                                 [2.0, 2.0, 2.0], [-4.0, 0.0, 1.0]]>
      : tensor<4x3xf32>
  // Lengths: 2 0 1 3 | 1 2 0 1 | 0 4 2 1
  %values = arith.constant dense<[0, 4, 2, 1, 1, 3, 5, 0, 2, 3, 1, 2, 3, 4, 5, 0, 4]>
      : tensor<17xi32>
  %offsets = arith.constant dense<[0, 2, 2, 3, 6, 7, 9, 9, 10, 10, 14, 16, 17]>
      : tensor<13xi32>
  %t0 = arith.constant dense<[[1.0, 2.0, 3.0, 4.0], [-1.0, 0.0, 2.0, 5.0],
                              [3.0, 3.0, -3.0, 1.0], [0.0, 7.0, 1.0, -2.0],
                              [2.0, -5.0, 0.0, 6.0]]> : tensor<5x4xf32>
  %t1 = arith.constant dense<[[2.0, -8.0], [4.0, 0.0], [-4.0, -2.0],
                              [-6.0, 10.0], [8.0, 2.0], [-2.0, -4.0]]>
      : tensor<6x2xf16>
  %weight = arith.constant dense<[
      [1.0, -1.0, 2.0], [0.0, 1.0, 1.0], [2.0, 0.0, -1.0], [1.0, 1.0, 1.0],
      [-1.0, 2.0, 0.0], [0.0, 1.0, -2.0], [1.0, 0.0, 1.0], [2.0, -1.0, 1.0],
      [1.0, 1.0, -1.0], [0.0, 2.0, 1.0], [-1.0, 1.0, 2.0]]> : tensor<11x3xf32>
  %bias = arith.constant dense<[1.0, -2.0, 3.0]> : tensor<3xf32>

  // Copies: kernels reach what is allocated, and no constant.
  %dense1 = bufferization.alloc_tensor() copy(%dense) : tensor<4x3xf32>
  %values1 = bufferization.alloc_tensor() copy(%values) : tensor<17xi32>
  %offsets1 = bufferization.alloc_tensor() copy(%offsets) : tensor<13xi32>
  %t01 = bufferization.alloc_tensor() copy(%t0) : tensor<5x4xf32>
  %t11 = bufferization.alloc_tensor() copy(%t1) : tensor<6x2xf16>
  %weight1 = bufferization.alloc_tensor() copy(%weight) : tensor<11x3xf32>
  %bias1 = bufferization.alloc_tensor() copy(%bias) : tensor<3xf32>
  %batch = tensor.cast %dense1 : tensor<4x3xf32> to tensor<?x3xf32>
  %kjt = emb.kjt %values1, %offsets1
      : tensor<17xi32>, tensor<13xi32> -> !emb.kjt<3 x i32>
  %result = call @dlrm(%batch, %kjt, %t01, %t11, %weight1, %bias1)
      : (tensor<?x3xf32>, !emb.kjt<3 x i32>, tensor<5x4xf32>, tensor<6x2xf16>,
         tensor<11x3xf32>, tensor<3xf32>) -> tensor<?x3xf32>

  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %none = arith.constant 0 : i32
  %samples = tensor.dim %result, %c0 : tensor<?x3xf32>
  %equal = scf.for %s = %c0 to %samples step %c1 iter_args(%outer = %none) -> i32 {
    %row = scf.for %c = %c0 to %c3 step %c1 iter_args(%inner = %outer) -> i32 {
      %actual = tensor.extract %result[%s, %c] : tensor<?x3xf32>
      %expected = func.call @reference(%s, %c, %dense, %values, %offsets, %t0,
                                       %t1, %weight, %bias)
          : (index, index, tensor<4x3xf32>, tensor<17xi32>, tensor<13xi32>,
             tensor<5x4xf32>, tensor<6x2xf16>, tensor<11x3xf32>, tensor<3xf32>)
          -> f32
      %same = arith.cmpf oeq, %actual, %expected : f32
      %one = arith.extui %same : i1 to i32
      %count = arith.addi %inner, %one : i32
      scf.yield %count : i32
    }
    scf.yield %row : i32
  }
  return %equal : i32
}
