func.func @model(%indices: tensor<512x3xi64>, %table: tensor<1000x64xf32>)
    -> tensor<512x64xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<512x64xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<512x64xf32>)
      -> tensor<512x64xf32>
  %0 = linalg.generic {
      indexing_maps = [affine_map<(s, l, c) -> (s, l)>,
                       affine_map<(s, l, c) -> (s, c)>],
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
