gpu.module @m {
  gpu.func @f(%kjt: !emb.kjt<1 x i32>, %t: tensor<64x4xf32>) {
    %b = emb.feature %kjt[0] : !emb.kjt<1 x i32> -> !emb.bags<i32>
    %0 = emb.lookup sum %t[%b] {stats = #emb.stats<mean = 5.0, stddev = 2.0, max = 9, coverage = 1.0, distinct = 64.0, batch = 32>, schedule = #emb.sub_warp<vector = 4, lanes = 1, unroll = 8>} : tensor<64x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
    gpu.return
  }
}
