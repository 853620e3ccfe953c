// RUN: recflex-opt %s -split-input-file -emb-join-bags | FileCheck %s
// What is joined can be fused.
// RUN: recflex-opt %s -split-input-file -emb-join-bags -emb-select-schedules \
// RUN:     | FileCheck %s --check-prefix=SELECTED
// SELECTED: schedule = #emb.

// The example of the pass's description: bags are moved ahead.
// CHECK-LABEL: func.func @example(
// CHECK:         %[[B0:.*]] = emb.bags %arg2, %arg3
// CHECK-NEXT:    %[[B1:.*]] = emb.bags %arg4, %arg5
// CHECK-NEXT:    %[[KJT:.*]] = emb.join %[[B0]], %[[B1]] : !emb.bags<i64>, !emb.bags<i64> -> !emb.kjt<2 x i64>
// CHECK-NEXT:    %[[F0:.*]] = emb.feature %[[KJT]][0]
// CHECK-NEXT:    %[[F1:.*]] = emb.feature %[[KJT]][1]
// CHECK-NEXT:    emb.lookup sum %arg0[%[[F0]]]
// CHECK-NEXT:    emb.lookup mean %arg1[%[[F1]]]
// CHECK-NEXT:    emb.lookup max %arg1[%[[F0]]]
func.func @example(%t0: tensor<8x4xf32>, %t1: tensor<8x4xf32>, %v0: tensor<?xi64>,
                   %o0: tensor<?xi64>, %v1: tensor<?xi64>, %o1: tensor<?xi64>)
    -> (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>) {
  %b0 = emb.bags %v0, %o0 : tensor<?xi64>, tensor<?xi64> -> !emb.bags<i64>
  %0 = emb.lookup sum %t0[%b0]
      : tensor<8x4xf32>, !emb.bags<i64> -> tensor<?x4xf32>
  %b1 = emb.bags %v1, %o1 : tensor<?xi64>, tensor<?xi64> -> !emb.bags<i64>
  %1 = emb.lookup mean %t1[%b1]
      : tensor<8x4xf32>, !emb.bags<i64> -> tensor<?x4xf32>
  %2 = emb.lookup max %t1[%b0]
      : tensor<8x4xf32>, !emb.bags<i64> -> tensor<?x4xf32>
  return %0, %1, %2 : tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>
}

// -----

// Features, and weighted lookups, stay; i32 and i64 do not mix.
// CHECK-LABEL: func.func @kinds(
// CHECK:         %[[F:.*]] = emb.feature %arg0[0]
// CHECK:         emb.lookup sum %arg1[%[[F]]]
// CHECK:         emb.lookup sum %arg1[%arg2] weights
// CHECK:         %[[K64:.*]] = emb.join %arg2 : !emb.bags<i64> -> !emb.kjt<1 x i64>
// CHECK:         %[[F64:.*]] = emb.feature %[[K64]][0]
// CHECK:         emb.lookup mean %arg1[%[[F64]]]
// CHECK:         %[[K32:.*]] = emb.join %arg3 : !emb.bags<i32> -> !emb.kjt<1 x i32>
// CHECK:         %[[F32:.*]] = emb.feature %[[K32]][0]
// CHECK:         emb.lookup mean %arg1[%[[F32]]]
func.func @kinds(%kjt: !emb.kjt<1 x i64>, %t: tensor<8x4xf32>, %b: !emb.bags<i64>,
                 %c: !emb.bags<i32>, %w: tensor<?xf32>)
    -> (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>) {
  %f = emb.feature %kjt[0] : !emb.kjt<1 x i64> -> !emb.bags<i64>
  %0 = emb.lookup sum %t[%f]
      : tensor<8x4xf32>, !emb.bags<i64> -> tensor<?x4xf32>
  %1 = emb.lookup sum %t[%b] weights(%w)
      : tensor<8x4xf32>, !emb.bags<i64>, tensor<?xf32> -> tensor<?x4xf32>
  %2 = emb.lookup mean %t[%b]
      : tensor<8x4xf32>, !emb.bags<i64> -> tensor<?x4xf32>
  %3 = emb.lookup mean %t[%c]
      : tensor<8x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  return %0, %1, %2, %3
      : tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>
}

// -----

// Bags that hang on pooled rows cannot be joined with those that they come from,
// nor can those of another block.
// CHECK-LABEL: func.func @apart(
// CHECK:         emb.join %arg1 :
// CHECK:         %[[ROWS:.*]] = emb.lookup
// CHECK:         arith.fptosi %{{.*}}
// CHECK:         %[[B:.*]] = emb.bags
// CHECK:         emb.join %[[B]] :
// CHECK:         scf.if
// CHECK:           emb.join %arg1 :
func.func @apart(%t: tensor<8x1xf32>, %b: !emb.bags<i64>, %o: tensor<?xi64>, %c: i1)
    -> tensor<?x1xf32> {
  %0 = emb.lookup sum %t[%b]
      : tensor<8x1xf32>, !emb.bags<i64> -> tensor<?x1xf32>
  %i = arith.fptosi %0 : tensor<?x1xf32> to tensor<?x1xi64>
  %v = tensor.collapse_shape %i [[0, 1]] : tensor<?x1xi64> into tensor<?xi64>
  %d = emb.bags %v, %o : tensor<?xi64>, tensor<?xi64> -> !emb.bags<i64>
  %1 = emb.lookup sum %t[%d]
      : tensor<8x1xf32>, !emb.bags<i64> -> tensor<?x1xf32>
  %2 = scf.if %c -> tensor<?x1xf32> {
    %3 = emb.lookup sum %t[%b]
        : tensor<8x1xf32>, !emb.bags<i64> -> tensor<?x1xf32>
    scf.yield %3 : tensor<?x1xf32>
  } else {
    scf.yield %1 : tensor<?x1xf32>
  }
  return %2 : tensor<?x1xf32>
}
