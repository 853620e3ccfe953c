func.func @model(%kjt: !emb.kjt<2 x i32>, %t0: tensor<1024x4xf32>,
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
