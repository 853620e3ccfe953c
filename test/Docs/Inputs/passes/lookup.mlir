func.func @model(%kjt: !emb.kjt<1 x i32>, %t0: tensor<1024x4xf32>)
    -> tensor<?x4xf32> {
  %b0 = emb.feature %kjt[0] : !emb.kjt<1 x i32> -> !emb.bags<i32>
  %0 = emb.lookup sum %t0[%b0]
      : tensor<1024x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}
