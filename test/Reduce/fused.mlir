// Features of a fused lookup go, with their tables, keys, columns and weights.
// RUN: recflex-reduce %s -reduction-tree='traversal-mode=0 test=%S/Inputs/has.sh test-arg=emb.multi_block' | FileCheck %s

// CHECK:      func.func @model(%[[B:.*]]: !emb.bags<i32>, %[[T:.*]]: tensor<30x64xf32>) -> tensor<?x64xf32> {
// CHECK-NEXT:   %[[KJT:.*]] = emb.join %[[B]] : !emb.bags<i32> -> !emb.kjt<1 x i32>
// CHECK-NEXT:   emb.fused_lookup %[[KJT]] tables(%[[T]]) [
// CHECK-SAME:     #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false, column = 0, schedule = #emb.multi_block<
// CHECK-SAME:     occupancy <threads = 128, blocks = 10> order [0] : !emb.kjt<1 x i32>, tensor<30x64xf32> -> tensor<?x64xf32>
func.func @model(%b0: !emb.bags<i32>, %b1: !emb.bags<i32>, %b2: !emb.bags<i32>,
                 %w: tensor<?xf32>, %t0: tensor<10x4xf32>, %t1: tensor<30x64xf32>) -> tensor<?x72xf32> {
  %kjt = emb.join %b0, %b1, %b2 : !emb.bags<i32>, !emb.bags<i32>, !emb.bags<i32> -> !emb.kjt<3 x i32>
  %0 = emb.fused_lookup %kjt tables(%t0, %t1) weights(%w) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = true, column = 0,
          schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>,
      #emb.fused_feature<key = 2, table = 1, pooling = sum, weighted = false, column = 4,
          schedule = #emb.multi_block<vector = 4, lanes = 16, rows = 8, parts = 4, unroll = 2>>,
      #emb.fused_feature<key = 1, table = 0, pooling = max, weighted = false, column = 68,
          schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>
    ] occupancy <threads = 128, blocks = 10> order [2, 1, 0]
      : !emb.kjt<3 x i32>, tensor<10x4xf32>, tensor<30x64xf32> weights tensor<?xf32> -> tensor<?x72xf32>
  return %0 : tensor<?x72xf32>
}
