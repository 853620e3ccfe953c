// RUN: recflex-opt %s --canonicalize --cse | FileCheck %s

// CHECK-LABEL: func.func @nested_concat(
// CHECK-SAME:    %[[A:[^:]*]]: tensor<?x1xf32>, %[[B:[^:]*]]: tensor<?x2xf32>, %[[C:[^:]*]]: tensor<?x3xf32>
func.func @nested_concat(%a: tensor<?x1xf32>, %b: tensor<?x2xf32>,
                         %c: tensor<?x3xf32>) -> tensor<?x12xf32> {
  // CHECK-NEXT: %[[OUT:.*]] = emb.concat %[[A]], %[[A]], %[[B]], %[[C]], %[[B]], %[[C]] :
  // CHECK-NEXT: return %[[OUT]]
  %bc = emb.concat %b, %c
      : tensor<?x2xf32>, tensor<?x3xf32> -> tensor<?x5xf32>
  %abc = emb.concat %a, %bc
      : tensor<?x1xf32>, tensor<?x5xf32> -> tensor<?x6xf32>
  %out = emb.concat %a, %abc, %bc
      : tensor<?x1xf32>, tensor<?x6xf32>, tensor<?x5xf32> -> tensor<?x12xf32>
  return %out : tensor<?x12xf32>
}

// The inner one stays where something else reads it.
// CHECK-LABEL: func.func @shared_concat(
// CHECK-SAME:    %[[A:[^:]*]]: tensor<?x1xf32>, %[[B:[^:]*]]: tensor<?x2xf32>
func.func @shared_concat(%a: tensor<?x1xf32>, %b: tensor<?x2xf32>)
    -> (tensor<?x3xf32>, tensor<?x4xf32>) {
  // CHECK-NEXT: %[[INNER:.*]] = emb.concat %[[A]], %[[B]] :
  // CHECK-NEXT: %[[OUTER:.*]] = emb.concat %[[A]], %[[B]], %[[A]] :
  // CHECK-NEXT: return %[[INNER]], %[[OUTER]]
  %inner = emb.concat %a, %b
      : tensor<?x1xf32>, tensor<?x2xf32> -> tensor<?x3xf32>
  %outer = emb.concat %inner, %a
      : tensor<?x3xf32>, tensor<?x1xf32> -> tensor<?x4xf32>
  return %inner, %outer : tensor<?x3xf32>, tensor<?x4xf32>
}

// CHECK-LABEL: func.func @single_concat(
// CHECK-SAME:    %[[A:[^:]*]]: tensor<?x4xf32>
func.func @single_concat(%a: tensor<?x4xf32>) -> tensor<?x4xf32> {
  // CHECK-NEXT: return %[[A]]
  %0 = emb.concat %a : tensor<?x4xf32> -> tensor<?x4xf32>
  %1 = emb.concat %0 : tensor<?x4xf32> -> tensor<?x4xf32>
  return %1 : tensor<?x4xf32>
}

// CHECK-LABEL: func.func @equal_features(
func.func @equal_features(%kjt: !emb.kjt<2 x i32>, %t: tensor<8x4xf32>)
    -> tensor<?x12xf32> {
  // CHECK-NEXT: %[[B:.*]] = emb.feature %{{.*}}[1]
  // CHECK-NEXT: %[[SUM:.*]] = emb.lookup sum %{{.*}}[%[[B]]]
  // CHECK-NEXT: %[[MAX:.*]] = emb.lookup max %{{.*}}[%[[B]]]
  // CHECK-NEXT: emb.concat %[[SUM]], %[[SUM]], %[[MAX]]
  %b0 = emb.feature %kjt[1] : !emb.kjt<2 x i32> -> !emb.bags<i32>
  %b1 = emb.feature %kjt[1] : !emb.kjt<2 x i32> -> !emb.bags<i32>
  %0 = emb.lookup sum %t[%b0]
      : tensor<8x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  %1 = emb.lookup sum %t[%b1]
      : tensor<8x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  %2 = emb.lookup max %t[%b1]
      : tensor<8x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  %out = emb.concat %0, %1, %2
      : tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32> -> tensor<?x12xf32>
  return %out : tensor<?x12xf32>
}

// CHECK-LABEL: func.func @unused_lookup(
func.func @unused_lookup(%kjt: !emb.kjt<2 x i32>, %t: tensor<8x4xf32>) {
  // CHECK-NEXT: return
  %b = emb.feature %kjt[0] : !emb.kjt<2 x i32> -> !emb.bags<i32>
  %0 = emb.lookup sum %t[%b]
      : tensor<8x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  return
}

// Every operation is pure, so a call of the model is inlined.
// RUN: recflex-opt %s --inline | FileCheck %s --check-prefix=INLINE
func.func private @one(%kjt: !emb.kjt<1 x i32>, %t: tensor<8x4xf32>)
    -> tensor<?x4xf32> {
  %b = emb.feature %kjt[0] : !emb.kjt<1 x i32> -> !emb.bags<i32>
  %0 = emb.lookup sum %t[%b]
      : tensor<8x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}
// INLINE-LABEL: func.func @caller(
// INLINE:         emb.lookup sum
// INLINE-NOT:     call
func.func @caller(%kjt: !emb.kjt<1 x i32>, %t: tensor<8x4xf32>)
    -> tensor<?x4xf32> {
  %0 = call @one(%kjt, %t)
      : (!emb.kjt<1 x i32>, tensor<8x4xf32>) -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}
