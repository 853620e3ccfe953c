func.func @own(%t0: tensor<100x8xf32> {emb.name = "user"},
               %v0: tensor<?xi64>, %o0: tensor<?xi64>,
               %t1: tensor<50x4xf16> {emb.name = "item"},
               %v1: tensor<?xi64>, %o1: tensor<?xi64>) -> tensor<?x12xf32> {
  %b0 = emb.bags %v0, %o0 : tensor<?xi64>, tensor<?xi64> -> !emb.bags<i64>
  %b1 = emb.bags %v1, %o1 {include_last_offset}
      : tensor<?xi64>, tensor<?xi64> -> !emb.bags<i64>
  %0 = emb.lookup sum %t0[%b0]
      : tensor<100x8xf32>, !emb.bags<i64> -> tensor<?x8xf32>
  %1 = emb.lookup mean %t1[%b1]
      : tensor<50x4xf16>, !emb.bags<i64> -> tensor<?x4xf32>
  %out = emb.concat %0, %1
      : tensor<?x8xf32>, tensor<?x4xf32> -> tensor<?x12xf32>
  return %out : tensor<?x12xf32>
}
