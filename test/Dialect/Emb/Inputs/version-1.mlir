module {
  func.func @poolings(%arg0: !emb.kjt<3 x i32>, %arg1: tensor<1024x4xf32>) -> tensor<?x12xf32> {
    %0 = emb.feature %arg0[0] : !emb.kjt<3 x i32> -> !emb.bags<i32>
    %1 = emb.feature %arg0[2] : !emb.kjt<3 x i32> -> !emb.bags<i32>
    %2 = emb.lookup sum %arg1[%0] : tensor<1024x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
    %3 = emb.lookup mean %arg1[%0] : tensor<1024x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
    %4 = emb.lookup max %arg1[%1] : tensor<1024x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
    %5 = emb.concat %2, %3, %4 : tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32> -> tensor<?x12xf32>
    return %5 : tensor<?x12xf32>
  }
  func.func @kjt(%arg0: tensor<9xi32>, %arg1: tensor<7xi32>) -> !emb.kjt<2 x i32> {
    %0 = emb.kjt %arg0, %arg1 : tensor<9xi32>, tensor<7xi32> -> !emb.kjt<2 x i32>
    return %0 : !emb.kjt<2 x i32>
  }
  func.func @bags(%arg0: tensor<?xi64>, %arg1: tensor<513xi64>, %arg2: tensor<7xf32>) -> (!emb.bags<i64>, tensor<?xf32>) {
    %0 = emb.bags %arg0, %arg1 : tensor<?xi64>, tensor<513xi64> -> !emb.bags<i64>
    %1 = emb.bags %arg0, %arg1 {include_last_offset} : tensor<?xi64>, tensor<513xi64> -> !emb.bags<i64>
    %kept = emb.drop_row 0 of %0 : !emb.bags<i64> -> !emb.bags<i64>
    %kept_0, %keptWeights = emb.drop_row 5 of %kept weights(%arg2) : !emb.bags<i64>, tensor<7xf32> -> !emb.bags<i64>, tensor<?xf32>
    return %kept_0, %keptWeights : !emb.bags<i64>, tensor<?xf32>
  }
  func.func @join(%arg0: !emb.bags<i32>, %arg1: !emb.bags<i32>) -> !emb.kjt<3 x i32> {
    %0 = emb.join %arg0, %arg1, %arg0 : !emb.bags<i32>, !emb.bags<i32>, !emb.bags<i32> -> !emb.kjt<3 x i32>
    return %0 : !emb.kjt<3 x i32>
  }
  func.func @weights(%arg0: !emb.kjt<2 x i64>, %arg1: tensor<?xf32>, %arg2: tensor<8x3xf16>, %arg3: tensor<8x1xbf16>) -> (tensor<?x3xf32>, tensor<?x1xf32>) {
    %0 = emb.feature %arg0[0] : !emb.kjt<2 x i64> -> !emb.bags<i64>
    %1 = emb.feature %arg0[1] : !emb.kjt<2 x i64> -> !emb.bags<i64>
    %2 = emb.lookup sum %arg2[%0] weights(%arg1) : tensor<8x3xf16>, !emb.bags<i64>, tensor<?xf32> -> tensor<?x3xf32>
    %3 = emb.lookup mean %arg3[%1] weights(%arg1) : tensor<8x1xbf16>, !emb.bags<i64>, tensor<?xf32> -> tensor<?x1xf32>
    return %2, %3 : tensor<?x3xf32>, tensor<?x1xf32>
  }
  func.func @limits(%arg0: !emb.kjt<1 x i32>, %arg1: !emb.kjt<1 x i64>, %arg2: tensor<2147483648x1xf32>, %arg3: tensor<2147483649x1xf32>, %arg4: tensor<1x1024xf32>) {
    %0 = emb.feature %arg0[0] : !emb.kjt<1 x i32> -> !emb.bags<i32>
    %1 = emb.feature %arg1[0] : !emb.kjt<1 x i64> -> !emb.bags<i64>
    %2 = emb.lookup sum %arg2[%0] : tensor<2147483648x1xf32>, !emb.bags<i32> -> tensor<?x1xf32>
    %3 = emb.lookup sum %arg3[%1] : tensor<2147483649x1xf32>, !emb.bags<i64> -> tensor<?x1xf32>
    %4 = emb.lookup sum %arg4[%1] : tensor<1x1024xf32>, !emb.bags<i64> -> tensor<?x1024xf32>
    return
  }
  func.func @attributes(%arg0: !emb.kjt<1 x i32>, %arg1: tensor<1024x64xf16>) {
    %0 = emb.feature %arg0[0] : !emb.kjt<1 x i32> -> !emb.bags<i32>
    %1 = emb.lookup sum %arg1[%0] {stats = #emb.stats<mean = 8.100000e+00, stddev = 9.5999999999999996, max = 50, coverage = 8.000000e-01, distinct = 9.500000e+02, batch = 512>} : tensor<1024x64xf16>, !emb.bags<i32> -> tensor<?x64xf32>
    %2 = emb.lookup sum %arg1[%0] {schedule = #emb.gather<vector = 8, lanes = 8, unroll = 4>} : tensor<1024x64xf16>, !emb.bags<i32> -> tensor<?x64xf32>
    %3 = emb.lookup sum %arg1[%0] {schedule = #emb.sub_warp<vector = 4, lanes = 16, unroll = 8>} : tensor<1024x64xf16>, !emb.bags<i32> -> tensor<?x64xf32>
    %4 = emb.lookup sum %arg1[%0] {schedule = #emb.multi_block<vector = 4, lanes = 16, rows = 8, parts = 4, unroll = 2>} : tensor<1024x64xf16>, !emb.bags<i32> -> tensor<?x64xf32>
    %5 = emb.lookup sum %arg1[%0] {schedule = #emb.segmented_scan<vector = 4, lanes = 8, samples = 64, unroll = 4>} : tensor<1024x64xf16>, !emb.bags<i32> -> tensor<?x64xf32>
    %6 = emb.lookup mean %arg1[%0] {schedule = #emb.block_reduce<vector = 4, lanes = 4, rows = 16, unroll = 4>, stats = #emb.stats<mean = 0.000000e+00, stddev = 0.000000e+00, max = 0, coverage = 0.000000e+00, distinct = 0.000000e+00, batch = 0>} : tensor<1024x64xf16>, !emb.bags<i32> -> tensor<?x64xf32>
    return
  }
  func.func @fused(%arg0: !emb.kjt<2 x i32>, %arg1: tensor<1024x4xf32>, %arg2: tensor<4096x64xf32>) -> tensor<?x68xf32> {
    %0 = emb.fused_lookup %arg0 tables(%arg1, %arg2) [#emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false, column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>, #emb.fused_feature<key = 1, table = 1, pooling = max, weighted = false, column = 4, schedule = #emb.sub_warp<vector = 4, lanes = 16, unroll = 8>>] occupancy <threads = 128, blocks = 10> : !emb.kjt<2 x i32>, tensor<1024x4xf32>, tensor<4096x64xf32> -> tensor<?x68xf32>
    return %0 : tensor<?x68xf32>
  }
  func.func @fused_weights(%arg0: !emb.kjt<1 x i32>, %arg1: tensor<?xf32>, %arg2: tensor<1024x4xf32>) -> tensor<?x4xf32> {
    %0 = emb.fused_lookup %arg0 tables(%arg2) weights(%arg1) [#emb.fused_feature<key = 0, table = 0, pooling = mean, weighted = true, column = 0, schedule = #emb.block_reduce<vector = 4, lanes = 1, rows = 128, unroll = 1>>] occupancy <threads = 128, blocks = 16> order [0] kernel @kernels : !emb.kjt<1 x i32>, tensor<1024x4xf32> weights tensor<?xf32> -> tensor<?x4xf32>
    return %0 : tensor<?x4xf32>
  }
  func.func private @names(!emb.kjt<2 x i64> {emb.keys = ["user", "item"]}, tensor<8x4xf32> {emb.name = "users"})
  module @attributes_alone attributes {test.first = #emb.occupancy<threads = 32, blocks = 32>, test.fourth = #emb.target<chip = "sm_90">, test.second = #emb.pooling<max>, test.third = !emb.bags<i64>} {
  }
  func.func @launch(%arg0: tensor<?xi64>, %arg1: tensor<?xi64>, %arg2: tensor<8x4xbf16>, %arg3: tensor<?xf32>, %arg4: tensor<?x8xf32>) -> tensor<?x8xf32> {
    %0 = emb.launch @kernels %arg0, %arg1 keys 2 tables(%arg2) weights(%arg3) [#emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = true, column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>, #emb.fused_feature<key = 1, table = 0, pooling = max, weighted = false, column = 4, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>] occupancy <threads = 128, blocks = 10> outs(%arg4) : (tensor<?xi64>, tensor<?xi64>, tensor<8x4xbf16>, tensor<?xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
    return %0 : tensor<?x8xf32>
  }
  func.func @launch_on_buffers(%arg0: memref<?xi32>, %arg1: memref<9xi32>, %arg2: memref<8x4xf32>, %arg3: memref<?x4xf32, strided<[16, 1], offset: 4>>) {
    emb.launch @kernels %arg0, %arg1 keys 1 tables(%arg2) [#emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false, column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>] occupancy <threads = 128, blocks = 10> outs(%arg3) : (memref<?xi32>, memref<9xi32>, memref<8x4xf32>, memref<?x4xf32, strided<[16, 1], offset: 4>>) -> ()
    return
  }
}

