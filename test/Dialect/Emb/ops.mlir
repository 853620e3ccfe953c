// Every operation, type and attribute, in text and in bytecode.

// RUN: recflex-opt %s --verify-roundtrip | FileCheck %s
// RUN: recflex-opt %s --emit-bytecode | recflex-opt | FileCheck %s
// RUN: recflex-opt %s --mlir-print-op-generic | recflex-opt | FileCheck %s

// CHECK-LABEL: func.func @poolings(
// CHECK-SAME:    %[[KJT:.*]]: !emb.kjt<3 x i32>, %[[TABLE:.*]]: tensor<1024x4xf32>
func.func @poolings(%kjt: !emb.kjt<3 x i32>, %table: tensor<1024x4xf32>)
    -> tensor<?x12xf32> {
  // CHECK: %[[B0:.*]] = emb.feature %[[KJT]][0] : !emb.kjt<3 x i32> -> !emb.bags<i32>
  %b0 = emb.feature %kjt[0] : !emb.kjt<3 x i32> -> !emb.bags<i32>
  // CHECK: %[[B2:.*]] = emb.feature %[[KJT]][2]
  %b2 = emb.feature %kjt[2] : !emb.kjt<3 x i32> -> !emb.bags<i32>
  // CHECK: %[[SUM:.*]] = emb.lookup sum %[[TABLE]][%[[B0]]] : tensor<1024x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  %sum = emb.lookup sum %table[%b0]
      : tensor<1024x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  // One feature may be pooled twice, and one table may serve several features.
  // CHECK: %[[MEAN:.*]] = emb.lookup mean %[[TABLE]][%[[B0]]]
  %mean = emb.lookup mean %table[%b0]
      : tensor<1024x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  // CHECK: %[[MAX:.*]] = emb.lookup max %[[TABLE]][%[[B2]]]
  %max = emb.lookup max %table[%b2]
      : tensor<1024x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  // CHECK: emb.concat %[[SUM]], %[[MEAN]], %[[MAX]] : tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32> -> tensor<?x12xf32>
  %out = emb.concat %sum, %mean, %max
      : tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32> -> tensor<?x12xf32>
  return %out : tensor<?x12xf32>
}

// CHECK-LABEL: func.func @kjt(
// CHECK-SAME:    %[[V:.*]]: tensor<9xi32>, %[[O:.*]]: tensor<7xi32>
func.func @kjt(%values: tensor<9xi32>, %offsets: tensor<7xi32>)
    -> !emb.kjt<2 x i32> {
  // CHECK: emb.kjt %[[V]], %[[O]] : tensor<9xi32>, tensor<7xi32> -> !emb.kjt<2 x i32>
  %0 = emb.kjt %values, %offsets
      : tensor<9xi32>, tensor<7xi32> -> !emb.kjt<2 x i32>
  return %0 : !emb.kjt<2 x i32>
}

// CHECK-LABEL: func.func @bags(
// CHECK-SAME:    %[[V:.*]]: tensor<?xi64>, %[[O:.*]]: tensor<513xi64>, %[[W:.*]]: tensor<7xf32>
func.func @bags(%values: tensor<?xi64>, %offsets: tensor<513xi64>,
                %w: tensor<7xf32>) -> (!emb.bags<i64>, tensor<?xf32>) {
  // CHECK: %[[B0:.*]] = emb.bags %[[V]], %[[O]] : tensor<?xi64>, tensor<513xi64> -> !emb.bags<i64>
  %b0 = emb.bags %values, %offsets
      : tensor<?xi64>, tensor<513xi64> -> !emb.bags<i64>
  // CHECK: emb.bags %[[V]], %[[O]] {include_last_offset} : tensor<?xi64>, tensor<513xi64> -> !emb.bags<i64>
  %b1 = emb.bags %values, %offsets {include_last_offset}
      : tensor<?xi64>, tensor<513xi64> -> !emb.bags<i64>
  // CHECK: %[[K0:.*]] = emb.drop_row 0 of %[[B0]] : !emb.bags<i64> -> !emb.bags<i64>
  %k0 = emb.drop_row 0 of %b0 : !emb.bags<i64> -> !emb.bags<i64>
  // CHECK: %[[K1:.*]], %[[KW:.*]] = emb.drop_row 5 of %[[K0]] weights(%[[W]]) : !emb.bags<i64>, tensor<7xf32> -> !emb.bags<i64>, tensor<?xf32>
  %k1, %kw = emb.drop_row 5 of %k0 weights(%w)
      : !emb.bags<i64>, tensor<7xf32> -> !emb.bags<i64>, tensor<?xf32>
  return %k1, %kw : !emb.bags<i64>, tensor<?xf32>
}

// CHECK-LABEL: func.func @join(
// CHECK-SAME:    %[[B0:.*]]: !emb.bags<i32>, %[[B1:.*]]: !emb.bags<i32>
func.func @join(%b0: !emb.bags<i32>, %b1: !emb.bags<i32>) -> !emb.kjt<3 x i32> {
  // CHECK: emb.join %[[B0]], %[[B1]], %[[B0]] : !emb.bags<i32>, !emb.bags<i32>, !emb.bags<i32> -> !emb.kjt<3 x i32>
  %0 = emb.join %b0, %b1, %b0
      : !emb.bags<i32>, !emb.bags<i32>, !emb.bags<i32> -> !emb.kjt<3 x i32>
  return %0 : !emb.kjt<3 x i32>
}

// CHECK-LABEL: func.func @weights(
// CHECK-SAME:    %[[W:[^:]*]]: tensor<?xf32>
func.func @weights(%kjt: !emb.kjt<2 x i64>, %w: tensor<?xf32>,
                   %t0: tensor<8x3xf16>, %t1: tensor<8x1xbf16>)
    -> (tensor<?x3xf32>, tensor<?x1xf32>) {
  %b0 = emb.feature %kjt[0] : !emb.kjt<2 x i64> -> !emb.bags<i64>
  %b1 = emb.feature %kjt[1] : !emb.kjt<2 x i64> -> !emb.bags<i64>
  // CHECK: emb.lookup sum %{{.*}}[%{{.*}}] weights(%[[W]]) : tensor<8x3xf16>, !emb.bags<i64>, tensor<?xf32> -> tensor<?x3xf32>
  %0 = emb.lookup sum %t0[%b0] weights(%w)
      : tensor<8x3xf16>, !emb.bags<i64>, tensor<?xf32> -> tensor<?x3xf32>
  // CHECK: emb.lookup mean %{{.*}}[%{{.*}}] weights(%[[W]]) : tensor<8x1xbf16>, !emb.bags<i64>, tensor<?xf32> -> tensor<?x1xf32>
  %1 = emb.lookup mean %t1[%b1] weights(%w)
      : tensor<8x1xbf16>, !emb.bags<i64>, tensor<?xf32> -> tensor<?x1xf32>
  return %0, %1 : tensor<?x3xf32>, tensor<?x1xf32>
}

// The widest row, the most rows that an i32 counts, and more by an i64.
// CHECK-LABEL: func.func @limits(
func.func @limits(%narrow: !emb.kjt<1 x i32>, %wide: !emb.kjt<1 x i64>,
                  %t0: tensor<2147483648x1xf32>, %t1: tensor<2147483649x1xf32>,
                  %t2: tensor<1x1024xf32>) {
  %b0 = emb.feature %narrow[0] : !emb.kjt<1 x i32> -> !emb.bags<i32>
  %b1 = emb.feature %wide[0] : !emb.kjt<1 x i64> -> !emb.bags<i64>
  // CHECK: tensor<2147483648x1xf32>, !emb.bags<i32>
  %0 = emb.lookup sum %t0[%b0]
      : tensor<2147483648x1xf32>, !emb.bags<i32> -> tensor<?x1xf32>
  // CHECK: tensor<2147483649x1xf32>, !emb.bags<i64>
  %1 = emb.lookup sum %t1[%b1]
      : tensor<2147483649x1xf32>, !emb.bags<i64> -> tensor<?x1xf32>
  // CHECK: tensor<1x1024xf32>, !emb.bags<i64> -> tensor<?x1024xf32>
  %2 = emb.lookup sum %t2[%b1]
      : tensor<1x1024xf32>, !emb.bags<i64> -> tensor<?x1024xf32>
  return
}

// CHECK-LABEL: func.func @attributes(
func.func @attributes(%kjt: !emb.kjt<1 x i32>, %t: tensor<1024x64xf16>) {
  %b = emb.feature %kjt[0] : !emb.kjt<1 x i32> -> !emb.bags<i32>
  // Numbers keep every digit.
  // CHECK: emb.lookup sum %{{.*}}[%{{.*}}] {stats = #emb.stats<mean = 8.100000e+00, stddev = 9.5999999999999996, max = 50, coverage = 8.000000e-01, distinct = 9.500000e+02, batch = 512>}
  %0 = emb.lookup sum %t[%b] {stats = #emb.stats<mean = 8.1, stddev = 9.6,
      max = 50, coverage = 0.8, distinct = 950.0, batch = 512>}
      : tensor<1024x64xf16>, !emb.bags<i32> -> tensor<?x64xf32>
  // CHECK: {schedule = #emb.gather<vector = 8, lanes = 8, unroll = 4>}
  %1 = emb.lookup sum %t[%b]
      {schedule = #emb.gather<vector = 8, lanes = 8, unroll = 4>}
      : tensor<1024x64xf16>, !emb.bags<i32> -> tensor<?x64xf32>
  // CHECK: {schedule = #emb.sub_warp<vector = 4, lanes = 16, unroll = 8>}
  %2 = emb.lookup sum %t[%b]
      {schedule = #emb.sub_warp<vector = 4, lanes = 16, unroll = 8>}
      : tensor<1024x64xf16>, !emb.bags<i32> -> tensor<?x64xf32>
  // CHECK: {schedule = #emb.multi_block<vector = 4, lanes = 16, rows = 8, parts = 4, unroll = 2>}
  %5 = emb.lookup sum %t[%b]
      {schedule = #emb.multi_block<vector = 4, lanes = 16, rows = 8, parts = 4,
                                   unroll = 2>}
      : tensor<1024x64xf16>, !emb.bags<i32> -> tensor<?x64xf32>
  // CHECK: {schedule = #emb.segmented_scan<vector = 4, lanes = 8, samples = 64, unroll = 4>}
  %4 = emb.lookup sum %t[%b]
      {schedule = #emb.segmented_scan<vector = 4, lanes = 8, samples = 64,
                                      unroll = 4>}
      : tensor<1024x64xf16>, !emb.bags<i32> -> tensor<?x64xf32>
  // CHECK: {schedule = #emb.block_reduce<vector = 4, lanes = 4, rows = 16, unroll = 4>, stats = #emb.stats<
  %3 = emb.lookup mean %t[%b]
      {schedule = #emb.block_reduce<vector = 4, lanes = 4, rows = 16,
                                    unroll = 4>,
       stats = #emb.stats<mean = 0.0, stddev = 0.0, max = 0, coverage = 0.0,
                          distinct = 0.0, batch = 0>}
      : tensor<1024x64xf16>, !emb.bags<i32> -> tensor<?x64xf32>
  return
}

// CHECK-LABEL: func.func @fused(
// CHECK-SAME:    %[[KJT:[^:]*]]: !emb.kjt<2 x i32>, %[[T0:[^:]*]]: tensor<1024x4xf32>, %[[T1:[^:]*]]: tensor<4096x64xf32>
func.func @fused(%kjt: !emb.kjt<2 x i32>, %t0: tensor<1024x4xf32>,
                 %t1: tensor<4096x64xf32>) -> tensor<?x68xf32> {
  // CHECK:      emb.fused_lookup %[[KJT]] tables(%[[T0]], %[[T1]]) [
  // CHECK-SAME:   #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false, column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>,
  // CHECK-SAME:   #emb.fused_feature<key = 1, table = 1, pooling = max, weighted = false, column = 4, schedule = #emb.sub_warp<vector = 4, lanes = 16, unroll = 8>>]
  // CHECK-SAME:   occupancy <threads = 128, blocks = 10> :
  // CHECK-SAME:   !emb.kjt<2 x i32>, tensor<1024x4xf32>, tensor<4096x64xf32> -> tensor<?x68xf32>
  %out = emb.fused_lookup %kjt tables(%t0, %t1) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
          column = 0,
          schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>,
      #emb.fused_feature<key = 1, table = 1, pooling = max, weighted = false,
          column = 4,
          schedule = #emb.sub_warp<vector = 4, lanes = 16, unroll = 8>>
    ] occupancy <threads = 128, blocks = 10>
      : !emb.kjt<2 x i32>, tensor<1024x4xf32>, tensor<4096x64xf32>
      -> tensor<?x68xf32>
  return %out : tensor<?x68xf32>
}

// CHECK-LABEL: func.func @fused_weights(
func.func @fused_weights(%kjt: !emb.kjt<1 x i32>, %w: tensor<?xf32>,
                         %t: tensor<1024x4xf32>) -> tensor<?x4xf32> {
  // CHECK:      emb.fused_lookup %{{.*}} tables(%{{.*}}) weights(%{{.*}}) [
  // CHECK-SAME:   weighted = true
  // CHECK-SAME:   order [0] kernel @kernels
  // CHECK-SAME:   tensor<1024x4xf32> weights tensor<?xf32> -> tensor<?x4xf32>
  %out = emb.fused_lookup %kjt tables(%t) weights(%w) [
      #emb.fused_feature<key = 0, table = 0, pooling = mean, weighted = true,
          column = 0,
          schedule = #emb.block_reduce<vector = 4, lanes = 1, rows = 128,
                                       unroll = 1>>
    ] occupancy <threads = 128, blocks = 16> order [0] kernel @kernels
      : !emb.kjt<1 x i32>, tensor<1024x4xf32> weights tensor<?xf32>
      -> tensor<?x4xf32>
  return %out : tensor<?x4xf32>
}

// CHECK:      func.func private @names(
// CHECK-SAME:   !emb.kjt<2 x i64> {emb.keys = ["user", "item"]}
// CHECK-SAME:   tensor<8x4xf32> {emb.name = "users"}
func.func private @names(!emb.kjt<2 x i64> {emb.keys = ["user", "item"]},
                         tensor<8x4xf32> {emb.name = "users"})

// Attributes stand anywhere.
// CHECK: module @attributes_alone
// CHECK-SAME: test.first = #emb.occupancy<threads = 32, blocks = 32>
// CHECK-SAME: test.fourth = #emb.target<chip = "sm_90">
// CHECK-SAME: test.second = #emb.pooling<max>
// CHECK-SAME: test.third = !emb.bags<i64>
module @attributes_alone attributes {
  test.first = #emb.occupancy<threads = 32, blocks = 32>,
  test.second = #emb.pooling<max>,
  test.third = !emb.bags<i64>,
  test.fourth = #emb.target<chip = "sm_90">
} {}

// CHECK-LABEL: func.func @launch(
func.func @launch(%values: tensor<?xi64>, %offsets: tensor<?xi64>,
                  %table: tensor<8x4xbf16>, %w: tensor<?xf32>,
                  %place: tensor<?x8xf32>) -> tensor<?x8xf32> {
  // CHECK: emb.launch @kernels %{{.*}}, %{{.*}} keys 2 tables(%{{.*}}) weights(%{{.*}}) [#emb.fused_feature<{{.*}}>, #emb.fused_feature<{{.*}}>] occupancy <threads = 128, blocks = 10> outs(%{{.*}}) : (tensor<?xi64>, tensor<?xi64>, tensor<8x4xbf16>, tensor<?xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  %0 = emb.launch @kernels %values, %offsets keys 2 tables(%table) weights(%w) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = true,
        column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>,
      #emb.fused_feature<key = 1, table = 0, pooling = max, weighted = false,
        column = 4, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>
    ] occupancy <threads = 128, blocks = 10> outs(%place)
    : (tensor<?xi64>, tensor<?xi64>, tensor<8x4xbf16>, tensor<?xf32>,
       tensor<?x8xf32>) -> tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
}

// CHECK-LABEL: func.func @launch_on_buffers(
func.func @launch_on_buffers(%values: memref<?xi32>, %offsets: memref<9xi32>,
                             %table: memref<8x4xf32>,
                             %place: memref<?x4xf32, strided<[16, 1], offset: 4>>) {
  // CHECK: emb.launch @kernels {{.*}} : (memref<?xi32>, memref<9xi32>, memref<8x4xf32>, memref<?x4xf32, strided<[16, 1], offset: 4>>) -> ()
  emb.launch @kernels %values, %offsets keys 1 tables(%table) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
        column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>
    ] occupancy <threads = 128, blocks = 10> outs(%place)
    : (memref<?xi32>, memref<9xi32>, memref<8x4xf32>,
       memref<?x4xf32, strided<[16, 1], offset: 4>>) -> ()
  return
}
