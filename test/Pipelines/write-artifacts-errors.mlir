// Two lookups of one function would be two files of one name.

// RUN: rm -rf %t && mkdir -p %t
// RUN: recflex-opt %s --pass-pipeline="builtin.module(recflex-schedule,recflex-lower,emb-write-artifacts{folder=%t})" --verify-diagnostics -o /dev/null

func.func @two(%kjt: !emb.kjt<1 x i32>, %t0: tensor<1024x4xf32>)
    -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %b0 = emb.feature %kjt[0] : !emb.kjt<1 x i32> -> !emb.bags<i32>
  // expected-note @below {{the first one is here}}
  %0 = emb.lookup sum %t0[%b0] : tensor<1024x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  // expected-error @below {{is not the only one in 'two', whose name the artifact has; concatenate the lookups}}
  %1 = emb.lookup max %t0[%b0] : tensor<1024x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  return %0, %1 : tensor<?x4xf32>, tensor<?x4xf32>
}
