// emb.launch by upstream's one-shot bufferization.

// RUN: recflex-opt %s --split-input-file --eliminate-empty-tensors \
// RUN:     --one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map" --cse --canonicalize \
// RUN:   | FileCheck %s

// The rows are new memory where nothing else is asked for.
// CHECK-LABEL: func.func @alone(
// CHECK-SAME:    %[[VALUES:[a-z0-9]+]]: memref<?xi32>, %[[OFFSETS:[a-z0-9]+]]: memref<?xi32>, %[[TABLE:[a-z0-9]+]]: memref<8x4xf32>
// CHECK:         %[[ROWS:.*]] = memref.alloc(%{{.*}}) {{.*}} : memref<?x4xf32>
// CHECK-NEXT:    emb.launch @k %[[VALUES]], %[[OFFSETS]] keys 1 tables(%[[TABLE]]) {{.*}} outs(%[[ROWS]]) : (memref<?xi32>, memref<?xi32>, memref<8x4xf32>, memref<?x4xf32>) -> ()
// CHECK-NEXT:    return %[[ROWS]]
func.func @alone(%values: tensor<?xi32>, %offsets: tensor<?xi32>,
                 %table: tensor<8x4xf32>, %batch: index) -> tensor<?x4xf32> {
  %place = tensor.empty(%batch) : tensor<?x4xf32>
  %rows = emb.launch @k %values, %offsets keys 1 tables(%table) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
        column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>
    ] occupancy <threads = 128, blocks = 10> outs(%place)
    : (tensor<?xi32>, tensor<?xi32>, tensor<8x4xf32>, tensor<?x4xf32>)
    -> tensor<?x4xf32>
  return %rows : tensor<?x4xf32>
}

// -----

// Columns of a wider array, in place: no rows of their own, and no copy.
// CHECK-LABEL: func.func @columns(
// CHECK-SAME:    %[[WEIGHTS:[a-z0-9]+]]: memref<?xf32>, %[[WIDE:[a-z0-9]+]]: memref<?x12xf32>
// CHECK:         %[[PLACE:.*]] = memref.subview %[[WIDE]][0, 8] [%{{.*}}, 4] [1, 1] : memref<?x12xf32> to memref<?x4xf32, strided<[12, 1], offset: 8>>
// CHECK:         emb.launch {{.*}} weights(%[[WEIGHTS]]) {{.*}} outs(%[[PLACE]]) : (memref<?xi32>, memref<?xi32>, memref<8x4xf32>, memref<?xf32>, memref<?x4xf32, strided<[12, 1], offset: 8>>) -> ()
// CHECK-NOT:     copy
// CHECK:         return %[[WIDE]]
func.func @columns(%values: tensor<?xi32>, %offsets: tensor<?xi32>,
                   %table: tensor<8x4xf32>, %batch: index,
                   %weights: tensor<?xf32>, %wide: tensor<?x12xf32>)
    -> tensor<?x12xf32> {
  %place = tensor.empty(%batch) : tensor<?x4xf32>
  %rows = emb.launch @k %values, %offsets keys 1 tables(%table) weights(%weights) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = true,
        column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>
    ] occupancy <threads = 128, blocks = 10> outs(%place)
    : (tensor<?xi32>, tensor<?xi32>, tensor<8x4xf32>, tensor<?xf32>,
       tensor<?x4xf32>) -> tensor<?x4xf32>
  %all = tensor.insert_slice %rows into %wide[0, 8] [%batch, 4] [1, 1]
      : tensor<?x4xf32> into tensor<?x12xf32>
  return %all : tensor<?x12xf32>
}

// -----

// A destination that is read again is not overwritten.
// CHECK-LABEL: func.func @kept(
// CHECK-SAME:    %[[OLD:[a-z0-9]+]]: memref<?x4xf32>)
// CHECK:         %[[NEW:.*]] = memref.alloc
// CHECK-NOT:     memref.copy
// CHECK:         emb.launch {{.*}} outs(%[[NEW]])
// CHECK:         return %[[NEW]], %[[OLD]]
func.func @kept(%values: tensor<?xi32>, %offsets: tensor<?xi32>,
                %table: tensor<8x4xf32>, %old: tensor<?x4xf32>)
    -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %rows = emb.launch @k %values, %offsets keys 1 tables(%table) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
        column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>
    ] occupancy <threads = 128, blocks = 10> outs(%old)
    : (tensor<?xi32>, tensor<?xi32>, tensor<8x4xf32>, tensor<?x4xf32>)
    -> tensor<?x4xf32>
  return %rows, %old : tensor<?x4xf32>, tensor<?x4xf32>
}
