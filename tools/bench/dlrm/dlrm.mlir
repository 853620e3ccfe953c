// A model of the DLRM kind as one module, for a GPU: a layer on dense features,
// eight lookups, their concatenation, a layer on that. Lookups are emb, all else
// is linalg; @embed is the lookups alone. Shapes are those of main.cpp.

!kjt = !emb.kjt<8 x i32>
!bags = !emb.bags<i32>
!t0 = tensor<100000x64xf32>
!t1 = tensor<50000x32xf32>
!t2 = tensor<200000x128xf16>
!t3 = tensor<1000x16xf32>
!t4 = tensor<10000x8xf32>
!t5 = tensor<500000x32xf32>
!t6 = tensor<20000x64xbf16>

#row = affine_map<(d0, d1) -> (d1)>
#both = affine_map<(d0, d1) -> (d0, d1)>

func.func private @lookups(%kjt: !kjt, %t0: !t0, %t1: !t1, %t2: !t2, %t3: !t3,
                           %t4: !t4, %t5: !t5, %t6: !t6) -> tensor<?x376xf32> {
  %b0 = emb.feature %kjt[0] : !kjt -> !bags
  %b1 = emb.feature %kjt[1] : !kjt -> !bags
  %b2 = emb.feature %kjt[2] : !kjt -> !bags
  %b3 = emb.feature %kjt[3] : !kjt -> !bags
  %b4 = emb.feature %kjt[4] : !kjt -> !bags
  %b5 = emb.feature %kjt[5] : !kjt -> !bags
  %b6 = emb.feature %kjt[6] : !kjt -> !bags
  %b7 = emb.feature %kjt[7] : !kjt -> !bags
  %e0 = emb.lookup sum %t0[%b0] {stats = #emb.stats<mean = 20.0, stddev = 12.0,
      max = 40, coverage = 0.97, distinct = 5.0e4, batch = 4096>}
      : !t0, !bags -> tensor<?x64xf32>
  %e1 = emb.lookup mean %t1[%b1] {stats = #emb.stats<mean = 5.0, stddev = 3.0,
      max = 10, coverage = 0.9, distinct = 1.0e4, batch = 4096>}
      : !t1, !bags -> tensor<?x32xf32>
  %e2 = emb.lookup sum %t2[%b2] {stats = #emb.stats<mean = 40.0, stddev = 24.0,
      max = 80, coverage = 0.98, distinct = 1.0e5, batch = 4096>}
      : !t2, !bags -> tensor<?x128xf32>
  %e3 = emb.lookup max %t3[%b3] {stats = #emb.stats<mean = 2.0, stddev = 1.5,
      max = 4, coverage = 0.8, distinct = 1.0e3, batch = 4096>}
      : !t3, !bags -> tensor<?x16xf32>
  %e4 = emb.lookup sum %t4[%b4] {stats = #emb.stats<mean = 0.5, stddev = 0.5,
      max = 1, coverage = 0.5, distinct = 2.0e3, batch = 4096>}
      : !t4, !bags -> tensor<?x8xf32>
  %e5 = emb.lookup sum %t5[%b5] {stats = #emb.stats<mean = 0.5, stddev = 0.5,
      max = 1, coverage = 0.5, distinct = 2.0e3, batch = 4096>}
      : !t5, !bags -> tensor<?x32xf32>
  %e6 = emb.lookup mean %t5[%b6] {stats = #emb.stats<mean = 100.0,
      stddev = 60.0, max = 200, coverage = 0.99, distinct = 2.0e5,
      batch = 4096>} : !t5, !bags -> tensor<?x32xf32>
  %e7 = emb.lookup sum %t6[%b7] {stats = #emb.stats<mean = 10.0, stddev = 6.0,
      max = 20, coverage = 0.95, distinct = 1.0e4, batch = 4096>}
      : !t6, !bags -> tensor<?x64xf32>
  %pooled = emb.concat %e0, %e1, %e2, %e3, %e4, %e5, %e6, %e7
      : tensor<?x64xf32>, tensor<?x32xf32>, tensor<?x128xf32>,
        tensor<?x16xf32>, tensor<?x8xf32>, tensor<?x32xf32>, tensor<?x32xf32>,
        tensor<?x64xf32> -> tensor<?x376xf32>
  return %pooled : tensor<?x376xf32>
}

func.func @embed(%kjt: !kjt, %t0: !t0, %t1: !t1, %t2: !t2, %t3: !t3, %t4: !t4,
                 %t5: !t5, %t6: !t6, %given: memref<?x376xf32>)
    attributes {llvm.emit_c_interface} {
  %rows = memref.assume_alignment %given, 16 : memref<?x376xf32>
  %pooled = call @lookups(%kjt, %t0, %t1, %t2, %t3, %t4, %t5, %t6)
      : (!kjt, !t0, !t1, !t2, !t3, !t4, !t5, !t6) -> tensor<?x376xf32>
  bufferization.materialize_in_destination %pooled in restrict writable %rows
      : (tensor<?x376xf32>, memref<?x376xf32>) -> ()
  return
}

func.func @dlrm(%dense: tensor<?x13xf32>, %kjt: !kjt, %t0: !t0, %t1: !t1,
                %t2: !t2, %t3: !t3, %t4: !t4, %t5: !t5, %t6: !t6,
                %bottom: tensor<13x16xf32>, %bottom_bias: tensor<16xf32>,
                %top: tensor<392x256xf32>, %top_bias: tensor<256xf32>,
                %scores: memref<?x256xf32>)
    attributes {llvm.emit_c_interface} {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %batch = tensor.dim %dense, %c0 : tensor<?x13xf32>

  // relu(dense x bottom + bias)
  %h0 = tensor.empty(%batch) : tensor<?x16xf32>
  %h1 = linalg.fill ins(%zero : f32) outs(%h0 : tensor<?x16xf32>)
      -> tensor<?x16xf32>
  %h2 = linalg.matmul ins(%dense, %bottom : tensor<?x13xf32>, tensor<13x16xf32>)
      outs(%h1 : tensor<?x16xf32>) -> tensor<?x16xf32>
  %h3 = linalg.generic {indexing_maps = [#row, #both],
                        iterator_types = ["parallel", "parallel"]}
      ins(%bottom_bias : tensor<16xf32>) outs(%h2 : tensor<?x16xf32>) {
  ^bb0(%b: f32, %p: f32):
    %s = arith.addf %p, %b : f32
    %r = arith.maximumf %s, %zero : f32
    linalg.yield %r : f32
  } -> tensor<?x16xf32>

  // Beside the pooled rows.
  %pooled = call @lookups(%kjt, %t0, %t1, %t2, %t3, %t4, %t5, %t6)
      : (!kjt, !t0, !t1, !t2, !t3, !t4, !t5, !t6) -> tensor<?x376xf32>
  %all = tensor.concat dim(1) %h3, %pooled
      : (tensor<?x16xf32>, tensor<?x376xf32>) -> tensor<?x392xf32>

  // relu(all x top + bias)
  %s0 = tensor.empty(%batch) : tensor<?x256xf32>
  %s1 = linalg.fill ins(%zero : f32) outs(%s0 : tensor<?x256xf32>)
      -> tensor<?x256xf32>
  %s2 = linalg.matmul ins(%all, %top : tensor<?x392xf32>, tensor<392x256xf32>)
      outs(%s1 : tensor<?x256xf32>) -> tensor<?x256xf32>
  %s3 = linalg.generic {indexing_maps = [#row, #both],
                        iterator_types = ["parallel", "parallel"]}
      ins(%top_bias : tensor<256xf32>) outs(%s2 : tensor<?x256xf32>) {
  ^bb0(%b: f32, %p: f32):
    %s = arith.addf %p, %b : f32
    %r = arith.maximumf %s, %zero : f32
    linalg.yield %r : f32
  } -> tensor<?x256xf32>
  bufferization.materialize_in_destination %s3 in restrict writable %scores
      : (tensor<?x256xf32>, memref<?x256xf32>) -> ()
  return
}
