func.func @model(%v0: tensor<?xi64>, %o0: tensor<?xi64>, %v1: tensor<?xi64>,
                 %o1: tensor<?xi64>, %t0: tensor<9x4xf32>,
                 %t1: tensor<9x4xf32>) -> tensor<?x8xf32> {
  %b0 = emb.bags %v0, %o0 : tensor<?xi64>, tensor<?xi64> -> !emb.bags<i64>
  %0 = emb.lookup sum %t0[%b0]
      : tensor<9x4xf32>, !emb.bags<i64> -> tensor<?x4xf32>
  %b1 = emb.bags %v1, %o1 : tensor<?xi64>, tensor<?xi64> -> !emb.bags<i64>
  %1 = emb.lookup sum %t1[%b1]
      : tensor<9x4xf32>, !emb.bags<i64> -> tensor<?x4xf32>
  %2 = emb.concat %0, %1 : tensor<?x4xf32>, tensor<?x4xf32> -> tensor<?x8xf32>
  return %2 : tensor<?x8xf32>
}
