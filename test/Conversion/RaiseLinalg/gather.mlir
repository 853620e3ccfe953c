// RUN: recflex-opt %s -split-input-file -raise-linalg-gather-to-emb \
// RUN:   | FileCheck %s --implicit-check-not=tensor.extract[^_]
// RUN: recflex-opt %s -split-input-file -raise-linalg-gather-to-emb \
// RUN:     --remarks-filter='raise-.*' -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK --implicit-check-not=Missed
// REMARK-COUNT-3: remark: [Passed] raised | Category:raise-linalg-gather-to-emb | Function={{[a-z]+}} | Remark="linalg.generic became emb.lookup"

#inputs = affine_map<(s, l, c) -> (s, l)>
#result = affine_map<(s, l, c) -> (s, c)>

// The example of the pass's description.
// CHECK-LABEL: func.func @sum(
// CHECK-SAME:      %[[T:.*]]: tensor<1000x64xf32>, %[[I:.*]]: tensor<512x3xi64>)
// CHECK:         %[[VALUES:.*]] = tensor.collapse_shape %[[I]] {{\[\[}}0, 1]] : tensor<512x3xi64> into tensor<1536xi64>
// CHECK:         %[[THREE:.*]] = arith.constant 3 : index
// CHECK:         %[[ROOM:.*]] = tensor.empty() : tensor<512xi64>
// CHECK:         %[[OFFSETS:.*]] = linalg.generic {{.*}}"parallel"]} outs(%[[ROOM]] : tensor<512xi64>)
// CHECK:           %[[S:.*]] = linalg.index 0
// CHECK:           %[[F:.*]] = arith.muli %[[S]], %[[THREE]]
// CHECK:           %[[O:.*]] = arith.index_cast %[[F]] : index to i64
// CHECK:           linalg.yield %[[O]]
// CHECK:         %[[BAGS:.*]] = emb.bags %[[VALUES]], %[[OFFSETS]] : tensor<1536xi64>, tensor<512xi64> -> !emb.bags<i64>
// CHECK:         %[[ROWS:.*]] = emb.lookup sum %[[T]][%[[BAGS]]] : tensor<1000x64xf32>, !emb.bags<i64> -> tensor<?x64xf32>
// CHECK:         %[[OUT:.*]] = tensor.cast %[[ROWS]] : tensor<?x64xf32> to tensor<512x64xf32>
// CHECK:         return %[[OUT]]
func.func @sum(%table: tensor<1000x64xf32>, %indices: tensor<512x3xi64>)
    -> tensor<512x64xf32> {
  %zeros = arith.constant dense<0.0> : tensor<512x64xf32>
  %0 = linalg.generic {indexing_maps = [#inputs, #result],
      iterator_types = ["parallel", "reduction", "parallel"]}
      ins(%indices : tensor<512x3xi64>) outs(%zeros : tensor<512x64xf32>) {
  ^bb0(%index: i64, %sum: f32):
    %row = arith.index_cast %index : i64 to index
    %column = linalg.index 2 : index
    %element = tensor.extract %table[%row, %column] : tensor<1000x64xf32>
    %next = arith.addf %sum, %element : f32
    linalg.yield %next : f32
  } -> tensor<512x64xf32>
  return %0 : tensor<512x64xf32>
}

// -----

#inputs = affine_map<(s, l, c) -> (s, l)>
#result = affine_map<(s, l, c) -> (s, c)>

// Weighted rows of f16; sizes that are not known; other orders of operands.
// CHECK-LABEL: func.func @weighted(
// CHECK-SAME:      %[[T:.*]]: tensor<10x4xf16>, %[[I:.*]]: tensor<?x?xi32>, %[[W:.*]]: tensor<?x?xf32>, %{{.*}}: index)
// CHECK:         %[[VALUES:.*]] = tensor.collapse_shape %[[I]] {{\[\[}}0, 1]] : tensor<?x?xi32> into tensor<?xi32>
// CHECK-DAG:     %[[B:.*]] = tensor.dim %[[I]], %c0
// CHECK-DAG:     %[[L:.*]] = tensor.dim %[[I]], %c1
// CHECK:         tensor.empty(%[[B]]) : tensor<?xi32>
// CHECK:           arith.muli %{{.*}}, %[[L]]
// CHECK:         %[[BAGS:.*]] = emb.bags %[[VALUES]], %{{.*}} : tensor<?xi32>, tensor<?xi32> -> !emb.bags<i32>
// CHECK:         %[[WS:.*]] = tensor.collapse_shape %[[W]]
// CHECK:         %[[ROWS:.*]] = emb.lookup sum %[[T]][%[[BAGS]]] weights(%[[WS]])
// CHECK-NEXT:    return %[[ROWS]]
func.func @weighted(%table: tensor<10x4xf16>, %indices: tensor<?x?xi32>,
                    %weights: tensor<?x?xf32>, %batch: index) -> tensor<?x4xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty(%batch) : tensor<?x4xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<?x4xf32>)
      -> tensor<?x4xf32>
  %0 = linalg.generic {indexing_maps = [#inputs, #inputs, #result],
      iterator_types = ["parallel", "reduction", "parallel"]}
      ins(%weights, %indices : tensor<?x?xf32>, tensor<?x?xi32>)
      outs(%zeros : tensor<?x4xf32>) {
  ^bb0(%weight: f32, %index: i32, %sum: f32):
    %row = arith.index_cast %index : i32 to index
    %column = linalg.index 2 : index
    %half = tensor.extract %table[%row, %column] : tensor<10x4xf16>
    %element = arith.extf %half : f16 to f32
    %product = arith.mulf %weight, %element : f32
    %next = arith.addf %product, %sum : f32
    linalg.yield %next : f32
  } -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// -----

#inputs = affine_map<(s, l, c) -> (s, l)>
#result = affine_map<(s, l, c) -> (s, c)>

// CHECK-LABEL: func.func @max(
// CHECK:         emb.lookup max
func.func @max(%table: tensor<10x4xf32>, %indices: tensor<8x2xi32>)
    -> tensor<8x4xf32> {
  %low = arith.constant dense<0xFF800000> : tensor<8x4xf32>
  %0 = linalg.generic {indexing_maps = [#inputs, #result],
      iterator_types = ["parallel", "reduction", "parallel"]}
      ins(%indices : tensor<8x2xi32>) outs(%low : tensor<8x4xf32>) {
  ^bb0(%index: i32, %max: f32):
    %row = arith.index_cast %index : i32 to index
    %column = linalg.index 2 : index
    %element = tensor.extract %table[%row, %column] : tensor<10x4xf32>
    %next = arith.maxnumf %max, %element : f32
    linalg.yield %next : f32
  } -> tensor<8x4xf32>
  return %0 : tensor<8x4xf32>
}
