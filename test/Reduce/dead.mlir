// A concatenation that nobody needs goes as soon as the reducer touches it, and
// so do binding, occupancy and names.
// RUN: recflex-reduce %s -reduction-tree='traversal-mode=0 test=%S/Inputs/has.sh test-arg=emb.feature' | FileCheck %s

// CHECK:      func.func @model(%[[KJT:.*]]: !emb.kjt<1 x i32>) -> !emb.bags<i32> {
// CHECK-NEXT:   emb.feature %[[KJT]][0]
// CHECK-NEXT:   return
func.func @model(%kjt: !emb.kjt<2 x i32>, %t: tensor<10x4xf32> {emb.name = "t"})
    -> !emb.bags<i32> attributes {emb.binding = #emb.binding<fixed>,
                                  emb.occupancy = #emb.occupancy<threads = 128, blocks = 8>} {
  %b0 = emb.feature %kjt[0] : !emb.kjt<2 x i32> -> !emb.bags<i32>
  %b1 = emb.feature %kjt[1] : !emb.kjt<2 x i32> -> !emb.bags<i32>
  %0 = emb.lookup sum %t[%b0] : tensor<10x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  %1 = emb.lookup sum %t[%b1] : tensor<10x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  %2 = emb.lookup max %t[%b1] : tensor<10x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  %c = emb.concat %0, %1, %2 : tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32> -> tensor<?x12xf32>
  return %b1 : !emb.bags<i32>
}
