func.func @m(%k: !emb.kjt<1 x i32>, %t: tensor<100x4xf32>) -> tensor<?x8xf32> {
  %b = emb.feature %k[0] : !emb.kjt<1 x i32> -> !emb.bags<i32>
  %0 = emb.lookup sum %t[%b] : tensor<100x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  %1 = arith.addf %0, %0 : tensor<?x4xf32>
  %2 = emb.concat %0, %1 : tensor<?x4xf32>, tensor<?x4xf32> -> tensor<?x8xf32>
  return %2 : tensor<?x8xf32>
}
