// Features that have arrays of their own, one of them without a row: pooled one
// by one, and fused, for which their arrays are joined. The runner prints how
// many of the 18 elements are right.

// RUN: recflex-opt %s -convert-emb-to-linalg %to-llvm | %run-main | FileCheck %s
// RUN: recflex-opt %s -pass-pipeline='builtin.module(func.func(emb-join-bags,emb-select-schedules,emb-fuse),convert-emb-to-linalg)' \
// RUN:   | recflex-opt %to-llvm | %run-main | FileCheck %s
// CHECK: {{^}}18{{$}}

// The second way joins them.
// RUN: recflex-opt %s -pass-pipeline='builtin.module(func.func(emb-join-bags,emb-select-schedules,emb-fuse))' \
// RUN:   | FileCheck %s --check-prefix=FUSED
// FUSED: emb.join %{{.*}}, %{{.*}}, %{{.*}} :
// FUSED: emb.fused_lookup

func.func @pool(%table: tensor<4x2xf32>, %v0: tensor<5xi32>, %o0: tensor<3xi32>,
                %v1: tensor<2xi32>, %o1: tensor<4xi32>) -> tensor<?x6xf32> {
  %b0 = emb.bags %v0, %o0 : tensor<5xi32>, tensor<3xi32> -> !emb.bags<i32>
  %b1 = emb.bags %v1, %o1 {include_last_offset}
      : tensor<2xi32>, tensor<4xi32> -> !emb.bags<i32>
  %b2 = emb.drop_row 1 of %b0 : !emb.bags<i32> -> !emb.bags<i32>
  %0 = emb.lookup sum %table[%b0]
      : tensor<4x2xf32>, !emb.bags<i32> -> tensor<?x2xf32>
  %1 = emb.lookup max %table[%b1]
      : tensor<4x2xf32>, !emb.bags<i32> -> tensor<?x2xf32>
  %2 = emb.lookup mean %table[%b2]
      : tensor<4x2xf32>, !emb.bags<i32> -> tensor<?x2xf32>
  %out = emb.concat %0, %1, %2
      : tensor<?x2xf32>, tensor<?x2xf32>, tensor<?x2xf32> -> tensor<?x6xf32>
  return %out : tensor<?x6xf32>
}

func.func @main() -> i32 {
  %table = arith.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, -6.0],
                                 [-7.0, 8.0]]> : tensor<4x2xf32>
  // Bags: 1 0 1 | 3 2 |    and    | 2 | 0
  %v0 = arith.constant dense<[1, 0, 1, 3, 2]> : tensor<5xi32>
  %o0 = arith.constant dense<[0, 3, 5]> : tensor<3xi32>
  %v1 = arith.constant dense<[2, 0]> : tensor<2xi32>
  %o1 = arith.constant dense<[0, 0, 1, 2]> : tensor<4xi32>
  %expected = arith.constant dense<[[ 7.0, 10.0, 0.0,  0.0,  1.0, 2.0],
                                    [-2.0,  2.0, 5.0, -6.0, -1.0, 1.0],
                                    [ 0.0,  0.0, 1.0,  2.0,  0.0, 0.0]]>
      : tensor<3x6xf32>
  %actual = call @pool(%table, %v0, %o0, %v1, %o1)
      : (tensor<4x2xf32>, tensor<5xi32>, tensor<3xi32>, tensor<2xi32>,
         tensor<4xi32>) -> tensor<?x6xf32>
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %c6 = arith.constant 6 : index
  %none = arith.constant 0 : i32
  %equal = scf.for %s = %c0 to %c3 step %c1 iter_args(%n = %none) -> i32 {
    %row = scf.for %d = %c0 to %c6 step %c1 iter_args(%m = %n) -> i32 {
      %a = tensor.extract %actual[%s, %d] : tensor<?x6xf32>
      %e = tensor.extract %expected[%s, %d] : tensor<3x6xf32>
      %same = arith.cmpf oeq, %a, %e : f32
      %one = arith.extui %same : i1 to i32
      %next = arith.addi %m, %one : i32
      scf.yield %next : i32
    }
    scf.yield %row : i32
  }
  return %equal : i32
}
