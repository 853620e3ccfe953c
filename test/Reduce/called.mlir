// The type of a function that others call stays.
// RUN: recflex-reduce %s -reduction-tree='traversal-mode=0 test=%S/Inputs/has.sh test-arg=call test-arg=emb.lookup.max' | FileCheck %s

// CHECK:      func.func private @pool(%{{.*}}: !emb.bags<i64>, %{{.*}}: tensor<9x4xf32>, %{{.*}}: tensor<9x4xf32>) -> tensor<?x8xf32> {
// CHECK:      func.func @model(
// CHECK:        call @pool
func.func private @pool(%b: !emb.bags<i64>, %t0: tensor<9x4xf32>, %t1: tensor<9x4xf32>) -> tensor<?x8xf32> {
  %0 = emb.lookup sum %t0[%b] : tensor<9x4xf32>, !emb.bags<i64> -> tensor<?x4xf32>
  %1 = emb.lookup max %t1[%b] : tensor<9x4xf32>, !emb.bags<i64> -> tensor<?x4xf32>
  %2 = emb.concat %0, %1 : tensor<?x4xf32>, tensor<?x4xf32> -> tensor<?x8xf32>
  return %2 : tensor<?x8xf32>
}

func.func @model(%b: !emb.bags<i64>, %t0: tensor<9x4xf32>, %t1: tensor<9x4xf32>) -> tensor<?x8xf32> {
  %0 = call @pool(%b, %t0, %t1)
      : (!emb.bags<i64>, tensor<9x4xf32>, tensor<9x4xf32>) -> tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
}
