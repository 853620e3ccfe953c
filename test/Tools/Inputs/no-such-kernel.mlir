func.func @m(%k: !emb.kjt<1 x i32>, %t: tensor<1024x4xf32>) -> tensor<?x4xf32> {
  %o = emb.fused_lookup %k tables(%t) [#emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false, column = 0, schedule = #emb.sub_warp<vector = 4, lanes = 1, unroll = 4>>] occupancy <threads = 128, blocks = 10> kernel @nope : !emb.kjt<1 x i32>, tensor<1024x4xf32> -> tensor<?x4xf32>
  return %o : tensor<?x4xf32>
}
