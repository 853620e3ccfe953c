module {
  func.func @tiny(%arg0: !emb.kjt<6 x i32> {emb.keys = ["user", "item", "viewed", "title", "text", "colors"]}, %arg1: tensor<?xf32>, %arg2: tensor<1000x16xf32> {emb.name = "user"}, %arg3: tensor<500x32xf16> {emb.name = "item"}, %arg4: tensor<2000x64xbf16> {emb.name = "word"}, %arg5: tensor<12x5xf32> {emb.name = "color"}) -> tensor<?x213xf32> attributes {emb.occupancy = #emb.occupancy<threads = 128, blocks = 10>} {
    %0 = emb.feature %arg0[0] : !emb.kjt<6 x i32> -> !emb.bags<i32>
    %1 = emb.lookup sum %arg2[%0] {schedule = #emb.gather<vector = 4, lanes = 4, unroll = 4>, stats = #emb.stats<mean = 1.000000e+00, stddev = 0.000000e+00, max = 1, coverage = 1.000000e+00, distinct = 6.300000e+01, batch = 64>} : tensor<1000x16xf32>, !emb.bags<i32> -> tensor<?x16xf32>
    %2 = emb.feature %arg0[1] : !emb.kjt<6 x i32> -> !emb.bags<i32>
    %3 = emb.lookup sum %arg3[%2] {schedule = #emb.gather<vector = 8, lanes = 4, unroll = 2>, stats = #emb.stats<mean = 8.750000e-01, stddev = 0.33071891388307384, max = 1, coverage = 8.750000e-01, distinct = 5.500000e+01, batch = 64>} : tensor<500x32xf16>, !emb.bags<i32> -> tensor<?x32xf32>
    %4 = emb.feature %arg0[2] : !emb.kjt<6 x i32> -> !emb.bags<i32>
    %5 = emb.lookup mean %arg3[%4] {schedule = #emb.sub_warp<vector = 1, lanes = 32, unroll = 8>, stats = #emb.stats<mean = 5.625000e+00, stddev = 4.4947886490913005, max = 14, coverage = 7.343750e-01, distinct = 2.490000e+02, batch = 64>} : tensor<500x32xf16>, !emb.bags<i32> -> tensor<?x32xf32>
    %6 = emb.feature %arg0[3] : !emb.kjt<6 x i32> -> !emb.bags<i32>
    %7 = emb.lookup sum %arg4[%6] weights(%arg1) {schedule = #emb.sub_warp<vector = 8, lanes = 4, unroll = 2>, stats = #emb.stats<mean = 6.000000e+00, stddev = 0.000000e+00, max = 6, coverage = 1.000000e+00, distinct = 3.500000e+02, batch = 64>} : tensor<2000x64xbf16>, !emb.bags<i32>, tensor<?xf32> -> tensor<?x64xf32>
    %8 = emb.feature %arg0[4] : !emb.kjt<6 x i32> -> !emb.bags<i32>
    %9 = emb.lookup sum %arg4[%8] {schedule = #emb.sub_warp<vector = 4, lanes = 16, unroll = 8>, stats = #emb.stats<mean = 26.390625, stddev = 32.697294033442205, max = 108, coverage = 4.687500e-01, distinct = 1.119000e+03, batch = 64>} : tensor<2000x64xbf16>, !emb.bags<i32> -> tensor<?x64xf32>
    %10 = emb.feature %arg0[5] : !emb.kjt<6 x i32> -> !emb.bags<i32>
    %11 = emb.lookup max %arg5[%10] {schedule = #emb.sub_warp<vector = 1, lanes = 4, unroll = 2>, stats = #emb.stats<mean = 2.046875, stddev = 0.87374351750098844, max = 4, coverage = 9.687500e-01, distinct = 1.200000e+01, batch = 64>} : tensor<12x5xf32>, !emb.bags<i32> -> tensor<?x5xf32>
    %12 = emb.concat %1, %3, %5, %7, %9, %11 : tensor<?x16xf32>, tensor<?x32xf32>, tensor<?x32xf32>, tensor<?x64xf32>, tensor<?x64xf32>, tensor<?x5xf32> -> tensor<?x213xf32>
    return %12 : tensor<?x213xf32>
  }
}
