// The IR of docs/generated/EmbDialect.md is valid: all of it is here.
// RUN: recflex-opt %s --verify-roundtrip -o /dev/null
// RUN: %python %S/Inputs/reference.py %docs/generated/EmbDialect.md %s

func.func @model(%kjt: !emb.kjt<2 x i32>, %t0: tensor<1024x4xf32>,
                 %t1: tensor<4096x64xf32>) -> tensor<?x68xf32> {
  %b0 = emb.feature %kjt[0] : !emb.kjt<2 x i32> -> !emb.bags<i32>
  %b1 = emb.feature %kjt[1] : !emb.kjt<2 x i32> -> !emb.bags<i32>
  %0 = emb.lookup sum %t0[%b0]
      : tensor<1024x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  %1 = emb.lookup mean %t1[%b1]
      : tensor<4096x64xf32>, !emb.bags<i32> -> tensor<?x64xf32>
  %out = emb.concat %0, %1
      : tensor<?x4xf32>, tensor<?x64xf32> -> tensor<?x68xf32>
  return %out : tensor<?x68xf32>
}

func.func @inputs(%values: tensor<?xi64>, %offsets: tensor<512xi64>,
                  %ends: tensor<513xi64>, %all: tensor<?xi64>,
                  %bags: !emb.bags<i64>, %w: tensor<?xf32>) {
  %0 = emb.bags %values, %offsets
      : tensor<?xi64>, tensor<512xi64> -> !emb.bags<i64>
  %1 = emb.bags %values, %ends {include_last_offset}
      : tensor<?xi64>, tensor<513xi64> -> !emb.bags<i64>
  %kjt = emb.kjt %values, %all
      : tensor<?xi64>, tensor<?xi64> -> !emb.kjt<26 x i64>
  %b = emb.feature %kjt[3] : !emb.kjt<26 x i64> -> !emb.bags<i64>
  %2 = emb.drop_row 0 of %bags : !emb.bags<i64> -> !emb.bags<i64>
  %3, %w1 = emb.drop_row 0 of %bags weights(%w)
      : !emb.bags<i64>, tensor<?xf32> -> !emb.bags<i64>, tensor<?xf32>
  %joined = emb.join %0, %1
      : !emb.bags<i64>, !emb.bags<i64> -> !emb.kjt<2 x i64>
  return
}

func.func @lookups(%table: tensor<1024x64xf16>, %other: tensor<1024x64xf32>,
                   %bags: !emb.bags<i32>, %w: tensor<?xf32>) {
  %0 = emb.lookup sum %table[%bags]
      : tensor<1024x64xf16>, !emb.bags<i32> -> tensor<?x64xf32>
  %1 = emb.lookup mean %other[%bags] weights(%w)
      {schedule = #emb.sub_warp<vector = 4, lanes = 16, unroll = 8>}
      : tensor<1024x64xf32>, !emb.bags<i32>, tensor<?xf32> -> tensor<?x64xf32>
  return
}

func.func @fused(%kjt: !emb.kjt<2 x i32>, %t0: tensor<1024x4xf32>,
                 %t1: tensor<4096x64xf32>) -> tensor<?x68xf32> {
  %out = emb.fused_lookup %kjt tables(%t0, %t1) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
          column = 0,
          schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>,
      #emb.fused_feature<key = 1, table = 1, pooling = sum, weighted = false,
          column = 4,
          schedule = #emb.sub_warp<vector = 4, lanes = 16, unroll = 8>>
    ] occupancy <threads = 128, blocks = 10>
      : !emb.kjt<2 x i32>, tensor<1024x4xf32>, tensor<4096x64xf32>
      -> tensor<?x68xf32>
  return %out : tensor<?x68xf32>
}

func.func @launch(%values: tensor<?xi32>, %offsets: tensor<?xi32>,
                  %t0: tensor<1024x4xf32>, %place: tensor<?x4xf32>)
    -> tensor<?x4xf32> {
  %rows = emb.launch @recflex_kernels %values, %offsets keys 1 tables(%t0) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
          column = 0,
          schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>
    ] occupancy <threads = 128, blocks = 10> outs(%place)
      : (tensor<?xi32>, tensor<?xi32>, tensor<1024x4xf32>, tensor<?x4xf32>)
      -> tensor<?x4xf32>
  return %rows : tensor<?x4xf32>
}

module @attributes attributes {
  gpu.container_module,
  test.binding = #emb.binding<fixed>,
  test.block_reduce =
      #emb.block_reduce<vector = 4, lanes = 4, rows = 16, unroll = 4>,
  test.fused_feature =
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
          column = 0, schedule = #emb.sub_warp<vector = 4, lanes = 8, unroll = 8>>,
  test.gather = #emb.gather<vector = 4, lanes = 8, unroll = 4>,
  test.multi_block =
      #emb.multi_block<vector = 4, lanes = 16, rows = 8, parts = 4, unroll = 4>,
  test.occupancy = #emb.occupancy<threads = 128, blocks = 10>,
  test.segmented_scan =
      #emb.segmented_scan<vector = 4, lanes = 8, samples = 64, unroll = 4>,
  test.stats = #emb.stats<mean = 8.1, stddev = 9.6, max = 50, coverage = 0.8,
                          distinct = 950.0, batch = 512>,
  test.bags = !emb.bags<i32>
} {
  gpu.module @recflex_kernels [#emb.target<chip = "sm_90">] {
  }
}
