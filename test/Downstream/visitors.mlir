// Rows of 5 and 64 elements; the scores are none of RecFlex's business.
func.func @visitors(%ids: !emb.kjt<2 x i32> {emb.keys = ["colours", "words"]},
                    %colours: tensor<100x5xf32> {emb.name = "colour"},
                    %words: tensor<5000x64xf16> {emb.name = "word"})
    -> tensor<?xf32> {
  %profile = shop.profile %ids tables(%colours, %words)
      : !emb.kjt<2 x i32>, tensor<100x5xf32>, tensor<5000x64xf16>
      -> tensor<?x69xf32>
  %scores = shop.score %profile : tensor<?x69xf32> -> tensor<?xf32>
  return %scores : tensor<?xf32>
}

// Not RecFlex's either: a kernel of the shop's own.
gpu.module @shop_kernels {
  gpu.func @warm_up() kernel {
    gpu.return
  }
}
