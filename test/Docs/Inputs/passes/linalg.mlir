func.func @model(%values: tensor<?xi32>, %offsets: tensor<?xi32>,
                 %t0: tensor<1024x4xf16>) -> tensor<?x4xf32> {
  %b0 = emb.bags %values, %offsets {include_last_offset}
      : tensor<?xi32>, tensor<?xi32> -> !emb.bags<i32>
  %0 = emb.lookup sum %t0[%b0]
      : tensor<1024x4xf16>, !emb.bags<i32> -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}
