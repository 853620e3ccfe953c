// Statistics of two batches, of 4 and 2 samples, small enough to count by hand.

// RUN: rm -rf %t && mkdir -p %t
// RUN: printf '4\n2\n' > %t/batch_sizes.txt
// RUN: printf '1\n2\n1\n3\n0\n0\n' > %t/f0.txt
// RUN: printf '1,1,2\n\n5\n\n\n7,8\n' > %t/f1.txt
// RUN: printf '\n\n\n\n\n\n' > %t/f2.txt
// RUN: recflex generate %S/Inputs/three.json --from-text=%t -o %t
// RUN: recflex-opt %s "--emb-import-stats=batches=%t/batch0.safetensors,%t/batch1.safetensors" | FileCheck %s
// RUN: recflex-opt %s "--emb-import-stats=batches=%t/batch0.safetensors" | FileCheck %s --check-prefix=ONE

// CHECK-LABEL: func.func @model(
// ONE-LABEL:   func.func @model(
func.func @model(%kjt: !emb.kjt<3 x i32>, %t: tensor<10x4xf32>)
    -> tensor<?x16xf32> {
  // Bags of one row; rows {1, 2, 3}, then {0}: 2 distinct rows a batch.
  %b0 = emb.feature %kjt[0] : !emb.kjt<3 x i32> -> !emb.bags<i32>
  // CHECK: emb.lookup sum {{.*}} {stats = #emb.stats<mean = 1.000000e+00, stddev = 0.000000e+00, max = 1, coverage = 1.000000e+00, distinct = 2.000000e+00, batch = 3>}
  // ONE:   emb.lookup sum {{.*}} {stats = #emb.stats<mean = 1.000000e+00, stddev = 0.000000e+00, max = 1, coverage = 1.000000e+00, distinct = 3.000000e+00, batch = 4>}
  %0 = emb.lookup sum %t[%b0]
      : tensor<10x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>

  // Lengths 3, 0, 1, 0 and 0, 2: the mean is 1, the variance 14/6 - 1 = 4/3.
  // Rows {1, 2, 5} and {7, 8}.
  %b1 = emb.feature %kjt[1] : !emb.kjt<3 x i32> -> !emb.bags<i32>
  // CHECK: emb.lookup mean {{.*}} {stats = #emb.stats<mean = 1.000000e+00, stddev = 1.1547005383792{{[0-9]*}}, max = 3, coverage = 5.000000e-01, distinct = 2.500000e+00, batch = 3>}
  // ONE:   emb.lookup mean {{.*}} {stats = #emb.stats<mean = 1.000000e+00, stddev = 1.2247448713915{{[0-9]*}}, max = 3, coverage = 5.000000e-01, distinct = 3.000000e+00, batch = 4>}
  %1 = emb.lookup mean %t[%b1]
      : tensor<10x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>

  // Another lookup of the same feature; what stood there is replaced, the
  // schedule stays.
  // CHECK: emb.lookup max {{.*}} {schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>, stats = #emb.stats<mean = 1.000000e+00, {{.*}} max = 3,
  %2 = emb.lookup max %t[%b1]
      {schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>,
       stats = #emb.stats<mean = 9.0, stddev = 0.0, max = 9, coverage = 1.0,
                          distinct = 9.0, batch = 9>}
      : tensor<10x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>

  // Nothing but empty bags.
  %b2 = emb.feature %kjt[2] : !emb.kjt<3 x i32> -> !emb.bags<i32>
  // CHECK: emb.lookup sum {{.*}} {stats = #emb.stats<mean = 0.000000e+00, stddev = 0.000000e+00, max = 0, coverage = 0.000000e+00, distinct = 0.000000e+00, batch = 3>}
  %3 = emb.lookup sum %t[%b2]
      : tensor<10x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>

  %out = emb.concat %0, %1, %2, %3
      : tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>
      -> tensor<?x16xf32>
  return %out : tensor<?x16xf32>
}

// A function without a jagged input is none of the pass's business.
// CHECK-LABEL: func.func @other(
func.func @other() {
  return
}

// Features that were joined have statistics too.
// RUN: recflex-opt %S/Inputs/own-arrays.mlir -emb-join-bags "--emb-import-stats=batches=%t/batch0.safetensors" | FileCheck %s --check-prefix=JOINED
// JOINED: emb.lookup sum {{.*}} {stats = #emb.stats<mean = 1.0{{.*}} distinct = 3.0
// JOINED: emb.lookup mean {{.*}} max = 3, coverage = 5.0
// JOINED: emb.lookup max {{.*}} max = 0, coverage = 0.0

// Generated batches: one-hot features have one row a bag, a static hotness is
// met exactly, and no bag passes its maximum.
// RUN: recflex generate %models/tiny.json --batch-size=64 --batches=2 -o %t/tiny
// RUN: recflex import %models/tiny.json | recflex-opt "--emb-import-stats=batches=%t/tiny/batch0.safetensors,%t/tiny/batch1.safetensors" | FileCheck %s --check-prefix=TINY
// TINY: emb.lookup sum {{.*}}mean = 1.000000e+00, stddev = 0.000000e+00, max = 1, coverage = 1.000000e+00, {{.*}} batch = 64>
// TINY: emb.lookup sum {{.*}}max = 1, coverage = 9.{{.*}}e-01, {{.*}} batch = 64>
// TINY: emb.lookup mean {{.*}}max = {{(1[0-9]|20)}}, coverage = {{(7|8)\.?[0-9]*e-01|0\.[78][0-9]*}},
// TINY: emb.lookup sum {{.*}}mean = 6.000000e+00, stddev = 0.000000e+00, max = 6, coverage = 1.000000e+00,
