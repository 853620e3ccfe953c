// RUN: recflex-opt %s --emb-fuse | FileCheck %s
// RUN: recflex-opt %s --emb-fuse="threads=256 blocks=4" | FileCheck %s --check-prefix=OCCUPANCY

// RUN: recflex-opt %s --emb-fuse="blocks=3" | FileCheck %s --check-prefix=BLOCKS
// RUN: recflex-opt %s --emb-fuse="threads=512" | FileCheck %s --check-prefix=LARGE
// RUN: recflex-opt %s --emb-fuse="binding=runtime" | FileCheck %s --check-prefix=RUNTIME

// Said to the pass, it counts more than what the function says.
// RUNTIME-NOT: order [

// OCCUPANCY-COUNT-11: occupancy <threads = 256, blocks = 4>

// Where nothing is said of blocks, large ones are fewer: a thread has as many
// registers.
// LARGE: occupancy <threads = 512, blocks = 2>

// The example of the pass's description.
// CHECK-LABEL: func.func @example(
// CHECK-SAME:    %[[KJT:[^:]*]]: !emb.kjt<2 x i32>, %[[T0:[^:]*]]: tensor<1024x4xf32>, %[[T1:[^:]*]]: tensor<4096x64xf32>
// CHECK-NEXT:    %[[OUT:.*]] = emb.fused_lookup %[[KJT]] tables(%[[T0]], %[[T1]]) [
// CHECK-SAME:      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false, column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>,
// CHECK-SAME:      #emb.fused_feature<key = 1, table = 1, pooling = sum, weighted = false, column = 4, schedule = #emb.sub_warp<vector = 4, lanes = 16, unroll = 8>>]
// CHECK-SAME:      occupancy <threads = 128, blocks = 10> :
// CHECK-NEXT:    return %[[OUT]]
func.func @example(%kjt: !emb.kjt<2 x i32>, %t0: tensor<1024x4xf32>,
                   %t1: tensor<4096x64xf32>) -> tensor<?x68xf32> {
  %b0 = emb.feature %kjt[0] : !emb.kjt<2 x i32> -> !emb.bags<i32>
  %b1 = emb.feature %kjt[1] : !emb.kjt<2 x i32> -> !emb.bags<i32>
  %0 = emb.lookup sum %t0[%b0]
      {schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>}
      : tensor<1024x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  %1 = emb.lookup sum %t1[%b1]
      {schedule = #emb.sub_warp<vector = 4, lanes = 16, unroll = 8>}
      : tensor<4096x64xf32>, !emb.bags<i32> -> tensor<?x64xf32>
  %out = emb.concat %0, %1
      : tensor<?x4xf32>, tensor<?x64xf32> -> tensor<?x68xf32>
  return %out : tensor<?x68xf32>
}

// A table that several features share is one operand; tables stand in the
// order of the arguments, whatever the order of use. One lookup may be joined
// twice.
// CHECK-LABEL: func.func @shared_tables(
// CHECK-SAME:    %[[KJT:[^:]*]]: !emb.kjt<3 x i64>, %[[T0:[^:]*]]: tensor<8x4xf32>, %[[T1:[^:]*]]: tensor<8x8xf16>
// CHECK:         emb.fused_lookup %[[KJT]] tables(%[[T0]], %[[T1]]) [
// CHECK-SAME:      <key = 2, table = 1, pooling = mean, weighted = false, column = 0,
// CHECK-SAME:      <key = 0, table = 0, pooling = sum, weighted = false, column = 8,
// CHECK-SAME:      <key = 0, table = 1, pooling = max, weighted = false, column = 12,
// CHECK-SAME:      <key = 2, table = 1, pooling = mean, weighted = false, column = 20,
// CHECK-NOT:     emb.lookup
func.func @shared_tables(%kjt: !emb.kjt<3 x i64>, %t0: tensor<8x4xf32>,
                         %t1: tensor<8x8xf16>) -> tensor<?x28xf32> {
  %b0 = emb.feature %kjt[0] : !emb.kjt<3 x i64> -> !emb.bags<i64>
  %b2 = emb.feature %kjt[2] : !emb.kjt<3 x i64> -> !emb.bags<i64>
  %0 = emb.lookup mean %t1[%b2]
      {schedule = #emb.gather<vector = 4, lanes = 2, unroll = 1>}
      : tensor<8x8xf16>, !emb.bags<i64> -> tensor<?x8xf32>
  %1 = emb.lookup sum %t0[%b0]
      {schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>}
      : tensor<8x4xf32>, !emb.bags<i64> -> tensor<?x4xf32>
  %2 = emb.lookup max %t1[%b0]
      {schedule = #emb.gather<vector = 8, lanes = 1, unroll = 1>}
      : tensor<8x8xf16>, !emb.bags<i64> -> tensor<?x8xf32>
  %out = emb.concat %0, %1, %2, %0
      : tensor<?x8xf32>, tensor<?x4xf32>, tensor<?x8xf32>, tensor<?x8xf32>
      -> tensor<?x28xf32>
  return %out : tensor<?x28xf32>
}

// CHECK-LABEL: func.func @weights(
// CHECK-SAME:    %{{[^:]*}}: !emb.kjt<2 x i32>, %[[W:[^:]*]]: tensor<?xf32>
// CHECK:         emb.fused_lookup %{{.*}} tables(%{{.*}}) weights(%[[W]]) [
// CHECK-SAME:      pooling = sum, weighted = true, column = 0,
// CHECK-SAME:      pooling = max, weighted = false, column = 4,
func.func @weights(%kjt: !emb.kjt<2 x i32>, %w: tensor<?xf32>,
                   %t: tensor<8x4xf32>) -> tensor<?x8xf32> {
  %b0 = emb.feature %kjt[0] : !emb.kjt<2 x i32> -> !emb.bags<i32>
  %b1 = emb.feature %kjt[1] : !emb.kjt<2 x i32> -> !emb.bags<i32>
  %0 = emb.lookup sum %t[%b0] weights(%w)
      {schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>}
      : tensor<8x4xf32>, !emb.bags<i32>, tensor<?xf32> -> tensor<?x4xf32>
  %1 = emb.lookup max %t[%b1]
      {schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>}
      : tensor<8x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  %out = emb.concat %0, %1
      : tensor<?x4xf32>, tensor<?x4xf32> -> tensor<?x8xf32>
  return %out : tensor<?x8xf32>
}

// Two concatenations are two fused lookups; a lookup that both join is in both.
// CHECK-LABEL: func.func @two_concats(
// CHECK:         %[[A:.*]] = emb.fused_lookup {{.*}}<key = 0,
// CHECK-SAME:      <key = 1,
// CHECK:         %[[B:.*]] = emb.fused_lookup {{.*}}<key = 1,
// CHECK-NOT:     emb.lookup
// CHECK:         return %[[A]], %[[B]]
func.func @two_concats(%kjt: !emb.kjt<2 x i32>, %t: tensor<8x4xf32>)
    -> (tensor<?x8xf32>, tensor<?x4xf32>) {
  %b0 = emb.feature %kjt[0] : !emb.kjt<2 x i32> -> !emb.bags<i32>
  %b1 = emb.feature %kjt[1] : !emb.kjt<2 x i32> -> !emb.bags<i32>
  %0 = emb.lookup sum %t[%b0]
      {schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>}
      : tensor<8x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  %1 = emb.lookup sum %t[%b1]
      {schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>}
      : tensor<8x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  %2 = emb.concat %0, %1
      : tensor<?x4xf32>, tensor<?x4xf32> -> tensor<?x8xf32>
  %3 = emb.concat %1 : tensor<?x4xf32> -> tensor<?x4xf32>
  return %2, %3 : tensor<?x8xf32>, tensor<?x4xf32>
}

// A lookup that nothing joins is fused alone.
// CHECK-LABEL: func.func @lone_lookup(
// CHECK:         %[[OUT:.*]] = emb.fused_lookup {{.*}}[#emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false, column = 0,
// CHECK-NEXT:    return %[[OUT]]
func.func @lone_lookup(%kjt: !emb.kjt<1 x i32>, %t: tensor<8x4xf32>)
    -> tensor<?x4xf32> {
  %b = emb.feature %kjt[0] : !emb.kjt<1 x i32> -> !emb.bags<i32>
  %0 = emb.lookup sum %t[%b]
      {schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>}
      : tensor<8x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// One that is joined, and returned as well.
// CHECK-LABEL: func.func @joined_and_returned(
// CHECK:         emb.fused_lookup {{.*}}column = 0, {{.*}} -> tensor<?x4xf32>
// CHECK:         emb.fused_lookup {{.*}}column = 0, {{.*}}column = 4, {{.*}} -> tensor<?x8xf32>
// CHECK-NOT:     emb.lookup
func.func @joined_and_returned(%kjt: !emb.kjt<1 x i32>, %t: tensor<8x4xf32>)
    -> (tensor<?x4xf32>, tensor<?x8xf32>) {
  %b = emb.feature %kjt[0] : !emb.kjt<1 x i32> -> !emb.bags<i32>
  %0 = emb.lookup sum %t[%b]
      {schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>}
      : tensor<8x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  %1 = emb.concat %0, %0
      : tensor<?x4xf32>, tensor<?x4xf32> -> tensor<?x8xf32>
  return %0, %1 : tensor<?x4xf32>, tensor<?x8xf32>
}

// A tuned function says for which launch bounds; options still come first.
// CHECK-LABEL:  func.func @tuned(
// CHECK:          occupancy <threads = 256, blocks = 6>
// BLOCKS-LABEL: func.func @tuned(
// BLOCKS:         occupancy <threads = 256, blocks = 3>
func.func @tuned(%kjt: !emb.kjt<1 x i32>, %t: tensor<8x4xf32>)
    -> tensor<?x4xf32>
    attributes {emb.occupancy = #emb.occupancy<threads = 256, blocks = 6>} {
  %b = emb.feature %kjt[0] : !emb.kjt<1 x i32> -> !emb.bags<i32>
  %0 = emb.lookup sum %t[%b]
      {schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>}
      : tensor<8x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// Ranks come first, whatever the statistics, which are not needed then.
// CHECK-LABEL: func.func @ranks(
// CHECK:         occupancy <threads = 128, blocks = 10> order [2, 0, 1] :
// RUNTIME-LABEL: func.func @ranks(
func.func @ranks(%kjt: !emb.kjt<3 x i32>, %t0: tensor<1024x4xf32>)
    -> tensor<?x12xf32> attributes {emb.binding = #emb.binding<fixed>} {
  %b0 = emb.feature %kjt[0] : !emb.kjt<3 x i32> -> !emb.bags<i32>
  %b1 = emb.feature %kjt[1] : !emb.kjt<3 x i32> -> !emb.bags<i32>
  %b2 = emb.feature %kjt[2] : !emb.kjt<3 x i32> -> !emb.bags<i32>
  %0 = emb.lookup sum %t0[%b0]
      {emb.rank = 7 : i64,
       schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>}
      : tensor<1024x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  %1 = emb.lookup sum %t0[%b1]
      {schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>,
       stats = #emb.stats<mean = 5.0, stddev = 1.0, max = 40, coverage = 1.0,
                          distinct = 9.0, batch = 8>}
      : tensor<1024x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  %2 = emb.lookup sum %t0[%b2]
      {emb.rank = 5 : i64,
       schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>}
      : tensor<1024x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  %out = emb.concat %0, %1, %2
      : tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32> -> tensor<?x12xf32>
  return %out : tensor<?x12xf32>
}

// Fixed binding goes by the steps of the longest bag; equal ones keep their
// order.
// CHECK-LABEL: func.func @fixed_binding(
// CHECK:         occupancy <threads = 128, blocks = 10> order [1, 0, 2] :
func.func @fixed_binding(%kjt: !emb.kjt<3 x i32>, %t0: tensor<1024x4xf32>)
    -> tensor<?x12xf32> attributes {emb.binding = #emb.binding<fixed>} {
  %b0 = emb.feature %kjt[0] : !emb.kjt<3 x i32> -> !emb.bags<i32>
  %b1 = emb.feature %kjt[1] : !emb.kjt<3 x i32> -> !emb.bags<i32>
  %b2 = emb.feature %kjt[2] : !emb.kjt<3 x i32> -> !emb.bags<i32>
  %0 = emb.lookup sum %t0[%b0]
      {schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>,
       stats = #emb.stats<mean = 5.0, stddev = 1.0, max = 10, coverage = 1.0,
                          distinct = 9.0, batch = 8>}
      : tensor<1024x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  %1 = emb.lookup sum %t0[%b1]
      {schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>,
       stats = #emb.stats<mean = 5.0, stddev = 1.0, max = 40, coverage = 1.0,
                          distinct = 9.0, batch = 8>}
      : tensor<1024x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  %2 = emb.lookup sum %t0[%b2]
      {schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>,
       stats = #emb.stats<mean = 5.0, stddev = 1.0, max = 10, coverage = 1.0,
                          distinct = 9.0, batch = 8>}
      : tensor<1024x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  %out = emb.concat %0, %1, %2
      : tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32> -> tensor<?x12xf32>
  return %out : tensor<?x12xf32>
}
