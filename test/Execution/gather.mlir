// A linalg.generic that gathers and reduces, run as it is, and raised to a lookup
// and lowered again. The runner prints the sum of all results, each times its
// number.

// RUN: recflex-opt %s %to-llvm | %run-main | FileCheck %s
// RUN: recflex-opt %s -raise-linalg-gather-to-emb -o %t.mlir
// RUN: FileCheck %s --check-prefix=RAISED < %t.mlir
// RUN: recflex-opt %t.mlir -convert-emb-to-linalg %to-llvm | %run-main | FileCheck %s
// RAISED: emb.lookup sum {{.*}} weights(
// CHECK: {{^}}44{{$}}

func.func @pool(%table: tensor<4x2xf32>, %indices: tensor<?x?xi32>,
                %weights: tensor<?x?xf32>) -> tensor<?x2xf32> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %batch = tensor.dim %indices, %c0 : tensor<?x?xi32>
  %empty = tensor.empty(%batch) : tensor<?x2xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<?x2xf32>)
      -> tensor<?x2xf32>
  %0 = linalg.generic {
      indexing_maps = [affine_map<(s, l, c) -> (s, l)>,
                       affine_map<(s, l, c) -> (s, l)>,
                       affine_map<(s, l, c) -> (s, c)>],
      iterator_types = ["parallel", "reduction", "parallel"]}
      ins(%indices, %weights : tensor<?x?xi32>, tensor<?x?xf32>)
      outs(%zeros : tensor<?x2xf32>) {
  ^bb0(%index: i32, %weight: f32, %sum: f32):
    %row = arith.index_cast %index : i32 to index
    %column = linalg.index 2 : index
    %element = tensor.extract %table[%row, %column] : tensor<4x2xf32>
    %product = arith.mulf %element, %weight : f32
    %next = arith.addf %sum, %product : f32
    linalg.yield %next : f32
  } -> tensor<?x2xf32>
  return %0 : tensor<?x2xf32>
}

func.func @main() -> i32 {
  %table = arith.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, -6.0],
                                 [-7.0, 8.0]]> : tensor<4x2xf32>
  %i = arith.constant dense<[[0, 1, 1], [3, 2, 0]]> : tensor<2x3xi32>
  %w = arith.constant dense<[[1.0, 2.0, -1.0], [3.0, 1.0, 2.0]]> : tensor<2x3xf32>
  %indices = tensor.cast %i : tensor<2x3xi32> to tensor<?x?xi32>
  %weights = tensor.cast %w : tensor<2x3xf32> to tensor<?x?xf32>
  // [[1 + 6 - 3, 2 + 8 - 4], [-21 + 5 + 2, 24 - 6 + 4]] = [[4, 6], [-14, 22]]
  %r = call @pool(%table, %indices, %weights)
      : (tensor<4x2xf32>, tensor<?x?xi32>, tensor<?x?xf32>) -> tensor<?x2xf32>
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %none = arith.constant 0 : i32
  %total = scf.for %s = %c0 to %c2 step %c1 iter_args(%n = %none) -> i32 {
    %row = scf.for %d = %c0 to %c2 step %c1 iter_args(%m = %n) -> i32 {
      %x = tensor.extract %r[%s, %d] : tensor<?x2xf32>
      %whole = arith.fptosi %x : f32 to i32
      %first = arith.muli %s, %c2 : index
      %number = arith.addi %first, %d : index
      %times = arith.index_cast %number : index to i32
      %product = arith.muli %whole, %times : i32
      %sum = arith.addi %m, %product : i32
      scf.yield %sum : i32
    }
    scf.yield %row : i32
  }
  return %total : i32
}
