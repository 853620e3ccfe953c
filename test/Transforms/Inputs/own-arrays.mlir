func.func @own(%t: tensor<10x4xf32>, %v0: tensor<?xi32>, %o0: tensor<?xi32>,
               %v1: tensor<?xi32>, %o1: tensor<?xi32>, %v2: tensor<?xi32>,
               %o2: tensor<?xi32>) -> tensor<?x12xf32> {
  %b0 = emb.bags %v0, %o0 : tensor<?xi32>, tensor<?xi32> -> !emb.bags<i32>
  %b1 = emb.bags %v1, %o1 : tensor<?xi32>, tensor<?xi32> -> !emb.bags<i32>
  %b2 = emb.bags %v2, %o2 : tensor<?xi32>, tensor<?xi32> -> !emb.bags<i32>
  %0 = emb.lookup sum %t[%b0]
      : tensor<10x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  %1 = emb.lookup mean %t[%b1]
      : tensor<10x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  %2 = emb.lookup max %t[%b2]
      : tensor<10x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  %out = emb.concat %0, %1, %2
      : tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32> -> tensor<?x12xf32>
  return %out : tensor<?x12xf32>
}
