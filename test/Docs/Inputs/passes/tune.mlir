func.func @model(%kjt: !emb.kjt<1 x i32>, %t0: tensor<1024x64xf32>)
    -> tensor<?x64xf32> {
  %b0 = emb.feature %kjt[0] : !emb.kjt<1 x i32> -> !emb.bags<i32>
  %0 = emb.lookup sum %t0[%b0] {stats = #emb.stats<mean = 8.0, stddev = 0.0,
      max = 8, coverage = 1.0, distinct = 900.0, batch = 512>}
      : tensor<1024x64xf32>, !emb.bags<i32> -> tensor<?x64xf32>
  return %0 : tensor<?x64xf32>
}
