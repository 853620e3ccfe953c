// RUN: recflex-opt %s --split-input-file --verify-diagnostics --allow-unregistered-dialect --convert-emb-to-launch

func.func @no_kernels(%kjt: !emb.kjt<1 x i32>, %t0: tensor<1024x4xf32>)
    -> tensor<?x4xf32> {
  // expected-error @+1 {{has no kernels to launch; run -convert-emb-to-gpu first}}
  %0 = emb.fused_lookup %kjt tables(%t0) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
        column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>
    ] occupancy <threads = 128, blocks = 10>
    : !emb.kjt<1 x i32>, tensor<1024x4xf32> -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// -----

func.func @foreign(%kjt: !emb.kjt<1 x i32>) {
  // expected-error @+1 {{has a value of type '!emb.kjt<1 x i32>', which becomes two tensors; only ops of emb, func, scf and cf can pass it on: convert this one first}}
  "other.use"(%kjt) : (!emb.kjt<1 x i32>) -> ()
  return
}

// -----

func.func @fixed_binding(%kjt: !emb.kjt<1 x i32>, %t0: tensor<1024x4xf32>)
    -> tensor<?x4xf32> {
  // expected-error @+1 {{binds its blocks once, which launches cannot; fuse with -emb-fuse=binding=runtime}}
  %0 = emb.fused_lookup %kjt tables(%t0) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
        column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>
    ] occupancy <threads = 128, blocks = 10> order [0]
    : !emb.kjt<1 x i32>, tensor<1024x4xf32> -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}
