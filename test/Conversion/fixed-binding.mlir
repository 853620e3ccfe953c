// With fixed binding there is one kernel a batch: none that binds, and none that
// the forward kernel would wait for.

// RUN: recflex-opt %s -convert-emb-to-gpu=chip=sm_90 | FileCheck %s --implicit-check-not=recflex_bind

// Few features are one group: a lane looks at each.
// CHECK-LABEL: gpu.func @recflex_forward(
// CHECK-SAME:    i32, %[[RANKS:[^ ]*]]: !llvm.ptr<1>, %[[SUMS:[^ ]*]]: !llvm.ptr<1>
// CHECK-NOT:     {{griddepcontrol|scf.while|%[[SUMS]]}}
// CHECK:         llvm.getelementptr %[[RANKS]]
// CHECK:         llvm.load {{.*}} invariant {{.*}} -> vector<4xi32>
// Lanes past the last feature add nothing: sums of theirs could pass 2^31.
// CHECK:         %[[TILES:.*]] = arith.muli
// CHECK:         arith.select %{{.*}}, %[[TILES]], %{{.*}} : i32
// CHECK-COUNT-5: gpu.shuffle up
// CHECK:         nvvm.vote.sync ballot
// CHECK:         gpu.shuffle idx
// CHECK-NOT:     griddepcontrol
// CHECK:         gpu.return

func.func @model(%kjt: !emb.kjt<2 x i32>, %t0: tensor<100x8xf32>)
    -> tensor<?x16xf32> {
  %0 = emb.fused_lookup %kjt tables(%t0) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
                         column = 0, schedule =
                         #emb.gather<vector = 4, lanes = 2, unroll = 4>>,
      #emb.fused_feature<key = 1, table = 0, pooling = mean, weighted = false,
                         column = 8, schedule =
                         #emb.sub_warp<vector = 4, lanes = 2, unroll = 4>>]
      occupancy <threads = 128, blocks = 10> order [1, 0]
      : !emb.kjt<2 x i32>, tensor<100x8xf32> -> tensor<?x16xf32>
  return %0 : tensor<?x16xf32>
}
