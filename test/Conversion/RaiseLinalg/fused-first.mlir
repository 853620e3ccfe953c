// A gather and a reduction as two ops, which is how exporters leave them, are one
// after upstream's fusion. Alone, neither is a lookup, and nothing is said.

// RUN: recflex-opt %s -linalg-fuse-elementwise-ops -raise-linalg-gather-to-emb \
// RUN:   | FileCheck %s
// RUN: recflex-opt %s -raise-linalg-gather-to-emb --remarks-filter='raise-.*' 2>&1 \
// RUN:   | FileCheck %s --check-prefix=APART --implicit-check-not=emb. --implicit-check-not=remark
// APART: func.func @two(

// CHECK-LABEL: func.func @two(
// CHECK:         %[[ROWS:.*]] = emb.lookup sum %{{.*}} : tensor<1000x64xf32>, !emb.bags<i64> -> tensor<?x64xf32>
// CHECK:         %[[OUT:.*]] = tensor.cast %[[ROWS]]
// CHECK:         return %[[OUT]]
func.func @two(%table: tensor<1000x64xf32>, %indices: tensor<512x3xi64>)
    -> tensor<512x64xf32> {
  %room = tensor.empty() : tensor<512x3x64xf32>
  %gathered = linalg.generic {
      indexing_maps = [affine_map<(s, l, c) -> (s, l)>,
                       affine_map<(s, l, c) -> (s, l, c)>],
      iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%indices : tensor<512x3xi64>) outs(%room : tensor<512x3x64xf32>) {
  ^bb0(%index: i64, %unused: f32):
    %row = arith.index_cast %index : i64 to index
    %column = linalg.index 2 : index
    %element = tensor.extract %table[%row, %column] : tensor<1000x64xf32>
    linalg.yield %element : f32
  } -> tensor<512x3x64xf32>
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<512x64xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<512x64xf32>)
      -> tensor<512x64xf32>
  %sum = linalg.generic {
      indexing_maps = [affine_map<(s, l, c) -> (s, l, c)>,
                       affine_map<(s, l, c) -> (s, c)>],
      iterator_types = ["parallel", "reduction", "parallel"]}
      ins(%gathered : tensor<512x3x64xf32>) outs(%zeros : tensor<512x64xf32>) {
  ^bb0(%element: f32, %so_far: f32):
    %next = arith.addf %element, %so_far : f32
    linalg.yield %next : f32
  } -> tensor<512x64xf32>
  return %sum : tensor<512x64xf32>
}
