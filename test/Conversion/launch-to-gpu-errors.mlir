// RUN: recflex-opt %s --split-input-file --verify-diagnostics --convert-emb-launch-to-gpu

gpu.module @k {}
func.func @tensors(%values: tensor<?xi32>, %offsets: tensor<?xi32>,
                   %t0: tensor<8x4xf32>, %place: tensor<?x4xf32>)
    -> tensor<?x4xf32> {
  // expected-error @+1 {{works on tensors; run -one-shot-bufferize first}}
  %rows = emb.launch @k %values, %offsets keys 1 tables(%t0) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
        column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>
    ] occupancy <threads = 128, blocks = 10> outs(%place)
    : (tensor<?xi32>, tensor<?xi32>, tensor<8x4xf32>, tensor<?x4xf32>)
    -> tensor<?x4xf32>
  return %rows : tensor<?x4xf32>
}

// -----

func.func @no_kernels(%values: memref<?xi32>, %offsets: memref<?xi32>,
                      %t0: memref<8x4xf32>, %rows: memref<?x4xf32>) {
  // expected-error @+1 {{launches kernels of @k, which is no gpu.module and no gpu.binary here; -convert-emb-to-gpu makes them}}
  emb.launch @k %values, %offsets keys 1 tables(%t0) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
        column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>
    ] occupancy <threads = 128, blocks = 10> outs(%rows)
    : (memref<?xi32>, memref<?xi32>, memref<8x4xf32>, memref<?x4xf32>) -> ()
  return
}

// -----

gpu.module @k {}
func.func @strided(%values: memref<?xi32, strided<[?], offset: ?>>,
                   %offsets: memref<?xi32>, %t0: memref<8x4xf32>,
                   %rows: memref<?x4xf32>) {
  // expected-error @+1 {{values has type 'memref<?xi32, strided<[?], offset: ?>>'; kernels read it without gaps: bufferize with function-boundary-type-conversion=identity-layout-map}}
  emb.launch @k %values, %offsets keys 1 tables(%t0) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
        column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>
    ] occupancy <threads = 128, blocks = 10> outs(%rows)
    : (memref<?xi32, strided<[?], offset: ?>>, memref<?xi32>, memref<8x4xf32>,
       memref<?x4xf32>) -> ()
  return
}

// -----

gpu.module @k {}
func.func @wide_table(%values: memref<?xi32>, %offsets: memref<?xi32>,
                      %t0: memref<8x4xf32, strided<[6, 1]>>,
                      %rows: memref<?x4xf32>) {
  // expected-error @+1 {{table 0 has type 'memref<8x4xf32, strided<[6, 1]>>'; kernels read it without gaps}}
  emb.launch @k %values, %offsets keys 1 tables(%t0) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
        column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>
    ] occupancy <threads = 128, blocks = 10> outs(%rows)
    : (memref<?xi32>, memref<?xi32>, memref<8x4xf32, strided<[6, 1]>>,
       memref<?x4xf32>) -> ()
  return
}

// -----

gpu.module @k {}
func.func @unaligned_table(%values: memref<?xi32>, %offsets: memref<?xi32>,
                           %t0: memref<8x4xf32, strided<[4, 1], offset: 2>>,
                           %rows: memref<?x4xf32>) {
  // expected-error @+1 {{it must begin at a multiple of 16 bytes, known here: copy it to a buffer of its own}}
  emb.launch @k %values, %offsets keys 1 tables(%t0) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
        column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>
    ] occupancy <threads = 128, blocks = 10> outs(%rows)
    : (memref<?xi32>, memref<?xi32>,
       memref<8x4xf32, strided<[4, 1], offset: 2>>, memref<?x4xf32>) -> ()
  return
}

// -----

gpu.module @k {}
func.func @column_major(%values: memref<?xi32>, %offsets: memref<?xi32>,
                        %t0: memref<8x4xf32>,
                        %rows: memref<?x4xf32, strided<[1, ?]>>) {
  // expected-error @+1 {{the columns of a row must lie side by side}}
  emb.launch @k %values, %offsets keys 1 tables(%t0) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
        column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>
    ] occupancy <threads = 128, blocks = 10> outs(%rows)
    : (memref<?xi32>, memref<?xi32>, memref<8x4xf32>,
       memref<?x4xf32, strided<[1, ?]>>) -> ()
  return
}
