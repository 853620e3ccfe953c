// With fixed binding there is one kernel a batch: none that binds, and none that
// the forward kernel would wait for.

// RUN: recflex-opt %s -convert-emb-to-gpu=chip=sm_90 | FileCheck %s --implicit-check-not=recflex_bind --implicit-check-not="griddepcontrol wait"

// Tiles of 16 and of 4 samples: a rank's first block is a sum over the two.
// CHECK-LABEL: gpu.func @recflex_forward(
// CHECK-SAME:    %{{[^,]*}}, %[[COUNT:[^ ]*]]: i32, %[[ORDER:[^ ]*]]: !llvm.ptr<1>, %[[STARTS:[^ ]*]]: !llvm.ptr<1>
// CHECK-DAG:     %[[FOUR:.*]] = arith.constant 4 : i32
// CHECK-DAG:     %[[SIXTEEN:.*]] = arith.constant 16 : i32
// CHECK:         %[[ROWS4:.*]] = arith.divsi %{{.*}}, %[[FOUR]] : i32
// CHECK:         %[[ROWS16:.*]] = arith.divsi %{{.*}}, %[[SIXTEEN]] : i32
// CHECK:         scf.while
// CHECK:           llvm.getelementptr %[[STARTS]]
// CHECK:           arith.muli %[[ROWS4]],
// CHECK:           arith.muli %[[ROWS16]],
// CHECK:         llvm.getelementptr %[[ORDER]]

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
