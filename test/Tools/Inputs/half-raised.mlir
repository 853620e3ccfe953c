// The second embedding is no bag, so -raise-torch-embedding-bag-to-emb left it.
func.func @model(%kjt: !emb.kjt<1 x i64>, %t: tensor<9x4xf32>, %v: tensor<?xi64>) -> tensor<?x8xf32> {
  %b = emb.feature %kjt[0] : !emb.kjt<1 x i64> -> !emb.bags<i64>
  %0 = emb.lookup sum %t[%b] : tensor<9x4xf32>, !emb.bags<i64> -> tensor<?x4xf32>
  %false = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %1 = "torch.aten.embedding"(%t, %v, %false)
      : (tensor<9x4xf32>, tensor<?xi64>, !torch.bool) -> tensor<?x4xf32>
  %2 = emb.concat %0, %1 : tensor<?x4xf32>, tensor<?x4xf32> -> tensor<?x8xf32>
  return %2 : tensor<?x8xf32>
}
