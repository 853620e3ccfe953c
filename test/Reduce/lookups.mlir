// Of a model of eight features, the one that a script looks for is left, in a
// function that takes and returns nothing else.
// RUN: recflex-reduce %s -reduction-tree='traversal-mode=0 test=%S/Inputs/has.sh test-arg=emb.lookup.max' | FileCheck %s

// What the script does not miss to begin with stays as it is.
// RUN: not recflex-reduce %s -o %t -reduction-tree='traversal-mode=0 test=%S/Inputs/has.sh test-arg=emb.nothing' 2>&1 | FileCheck %s --check-prefix=BORING
// BORING: warning: uninterested module will not be reduced

// CHECK:      module {
// CHECK-NEXT:   func.func @model(%[[KJT:.*]]: !emb.kjt<1 x i64>, %[[TABLE:.*]]: tensor<50x16xbf16>) -> tensor<?x16xf32> {
// CHECK-NEXT:     %[[BAGS:.*]] = emb.feature %[[KJT]][0] : !emb.kjt<1 x i64> -> !emb.bags<i64>
// CHECK-NEXT:     %[[ROWS:.*]] = emb.lookup max %[[TABLE]][%[[BAGS]]] : tensor<50x16xbf16>, !emb.bags<i64> -> tensor<?x16xf32>
// CHECK-NEXT:     return %[[ROWS]] : tensor<?x16xf32>
// CHECK-NEXT:   }
// CHECK-NEXT: }

// Nobody calls it, and it is not interesting.
func.func @other(%table: tensor<9x4xf32>) -> tensor<9x4xf32> {
  return %table : tensor<9x4xf32>
}

func.func @model(%kjt: !emb.kjt<8 x i64> {emb.keys = ["a", "b", "c", "d", "e", "f", "g", "h"]},
                 %w: tensor<?xf32>, %t0: tensor<10x4xf32> {emb.name = "t0"},
                 %t1: tensor<50x16xbf16>, %t2: tensor<20x8xf16>)
    -> (tensor<?x64xf32>, tensor<?x4xf32>)
    attributes {emb.occupancy = #emb.occupancy<threads = 64, blocks = 8>} {
  %b0 = emb.feature %kjt[0] : !emb.kjt<8 x i64> -> !emb.bags<i64>
  %0 = emb.lookup sum %t0[%b0] weights(%w) : tensor<10x4xf32>, !emb.bags<i64>, tensor<?xf32> -> tensor<?x4xf32>
  %b1 = emb.feature %kjt[1] : !emb.kjt<8 x i64> -> !emb.bags<i64>
  %1 = emb.lookup sum %t2[%b1] : tensor<20x8xf16>, !emb.bags<i64> -> tensor<?x8xf32>
  %b2 = emb.feature %kjt[2] : !emb.kjt<8 x i64> -> !emb.bags<i64>
  %2 = emb.lookup mean %t0[%b2] : tensor<10x4xf32>, !emb.bags<i64> -> tensor<?x4xf32>
  %b3 = emb.feature %kjt[3] : !emb.kjt<8 x i64> -> !emb.bags<i64>
  %3 = emb.lookup sum %t1[%b3] : tensor<50x16xbf16>, !emb.bags<i64> -> tensor<?x16xf32>
  %b4 = emb.feature %kjt[4] : !emb.kjt<8 x i64> -> !emb.bags<i64>
  %4 = emb.lookup sum %t0[%b4] : tensor<10x4xf32>, !emb.bags<i64> -> tensor<?x4xf32>
  %b5 = emb.feature %kjt[5] : !emb.kjt<8 x i64> -> !emb.bags<i64>
  %5 = emb.lookup max %t1[%b5] {
      emb.rank = 3 : i64,
      schedule = #emb.sub_warp<vector = 4, lanes = 4, unroll = 8>,
      stats = #emb.stats<mean = 4.0, stddev = 0.0, max = 4, coverage = 1.0, distinct = 50.0, batch = 64>}
      : tensor<50x16xbf16>, !emb.bags<i64> -> tensor<?x16xf32>
  %b6 = emb.feature %kjt[6] : !emb.kjt<8 x i64> -> !emb.bags<i64>
  %6 = emb.lookup sum %t2[%b6] : tensor<20x8xf16>, !emb.bags<i64> -> tensor<?x8xf32>
  %b7 = emb.feature %kjt[7] : !emb.kjt<8 x i64> -> !emb.bags<i64>
  %7 = emb.lookup sum %t0[%b7] : tensor<10x4xf32>, !emb.bags<i64> -> tensor<?x4xf32>
  %8 = emb.concat %0, %1, %2, %3, %4, %5, %6, %7
      : tensor<?x4xf32>, tensor<?x8xf32>, tensor<?x4xf32>, tensor<?x16xf32>, tensor<?x4xf32>,
        tensor<?x16xf32>, tensor<?x8xf32>, tensor<?x4xf32> -> tensor<?x64xf32>
  return %8, %0 : tensor<?x64xf32>, tensor<?x4xf32>
}
