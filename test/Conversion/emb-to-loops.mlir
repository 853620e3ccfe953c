// RUN: recflex-opt %s -split-input-file -convert-emb-to-loops \
// RUN:   | FileCheck %s --implicit-check-not=emb.

// The example of the pass's description.
func.func @model(%kjt: !emb.kjt<1 x i32>, %t0: tensor<1024x4xf32>)
    -> tensor<?x4xf32> {
  %b0 = emb.feature %kjt[0] : !emb.kjt<1 x i32> -> !emb.bags<i32>
  %0 = emb.lookup sum %t0[%b0]
      : tensor<1024x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// CHECK-LABEL: func.func @model(
// CHECK-SAME:      %[[VALUES:.*]]: memref<?xi32>, %[[OFFSETS:.*]]: memref<?xi32>,
// CHECK-SAME:      %[[T0:.*]]: memref<1024x4xf32>, %[[OUT:.*]]: memref<?x4xf32>) {
// CHECK-NEXT:    %[[ROWS:.*]] = memref.cast %[[OUT]] : memref<?x4xf32> to memref<?x?xf32>
// CHECK-NEXT:    %[[FEATURE:.*]] = arith.constant 0 : index
// CHECK-NEXT:    %[[TABLE:.*]] = memref.cast %[[T0]] : memref<1024x4xf32> to memref<?x?xf32>
// CHECK-NEXT:    %[[COLUMN:.*]] = arith.constant 0 : index
// CHECK-NEXT:    call @pool_sum_f32_i32(%[[VALUES]], %[[OFFSETS]], %[[FEATURE]], %[[TABLE]], %[[ROWS]], %[[COLUMN]])
// CHECK-NEXT:    return
// CHECK-NEXT:  }

// CHECK:       func.func private @pool_sum_f32_i32(
// CHECK-SAME:      %[[VALUES:[^:]*]]: memref<?xi32>, %[[OFFSETS:[^:]*]]: memref<?xi32>,
// CHECK-SAME:      %[[FEATURE:[^:]*]]: index, %[[TABLE:[^:]*]]: memref<?x?xf32>,
// CHECK-SAME:      %[[OUT:[^:]*]]: memref<?x?xf32>, %[[COLUMN:[^:]*]]: index) {
// CHECK-DAG:     %[[C0:.*]] = arith.constant 0 : index
// CHECK-DAG:     %[[C1:.*]] = arith.constant 1 : index
// CHECK-DAG:     %[[BATCH:.*]] = memref.dim %[[OUT]], %[[C0]]
// CHECK-DAG:     %[[WIDTH:.*]] = memref.dim %[[TABLE]], %[[C1]]
// CHECK:         %[[FIRST:.*]] = arith.muli %[[FEATURE]], %[[BATCH]]
// CHECK:         scf.for %[[SAMPLE:.*]] = %[[C0]] to %[[BATCH]] step %[[C1]] {
// CHECK:           %[[BAG:.*]] = arith.addi %[[FIRST]], %[[SAMPLE]]
// CHECK:           %[[B:.*]] = memref.load %[[OFFSETS]][%[[BAG]]]
// CHECK:           %[[BEGIN:.*]] = arith.index_cast %[[B]] : i32 to index
// CHECK:           %[[NEXT:.*]] = arith.addi %[[BAG]], %[[C1]]
// CHECK:           %[[E:.*]] = memref.load %[[OFFSETS]][%[[NEXT]]]
// CHECK:           %[[END:.*]] = arith.index_cast %[[E]] : i32 to index
// CHECK:           %[[ZERO:.*]] = arith.constant 0.0{{.*}} : f32
// CHECK:           scf.for %[[D:.*]] = %[[C0]] to %[[WIDTH]] step %[[C1]] {
// CHECK:             %[[AT:.*]] = arith.addi %[[COLUMN]], %[[D]]
// CHECK:             memref.store %[[ZERO]], %[[OUT]][%[[SAMPLE]], %[[AT]]]
// CHECK:           scf.for %[[LOOKUP:.*]] = %[[BEGIN]] to %[[END]] step %[[C1]] {
// CHECK:             %[[INDEX:.*]] = memref.load %[[VALUES]][%[[LOOKUP]]]
// CHECK:             %[[ROW:.*]] = arith.index_cast %[[INDEX]] : i32 to index
// CHECK:             scf.for %[[D:.*]] = %[[C0]] to %[[WIDTH]] step %[[C1]] {
// CHECK:               %[[AT:.*]] = arith.addi %[[COLUMN]], %[[D]]
// CHECK:               %[[POOLED:.*]] = memref.load %[[OUT]][%[[SAMPLE]], %[[AT]]]
// CHECK:               %[[ELEMENT:.*]] = memref.load %[[TABLE]][%[[ROW]], %[[D]]]
// CHECK:               %[[SUM:.*]] = arith.addf %[[POOLED]], %[[ELEMENT]] : f32
// CHECK:               memref.store %[[SUM]], %[[OUT]][%[[SAMPLE]], %[[AT]]]

// -----

// Lookups of one kind share a function; names and other attributes of arguments
// go, or stay, with the arguments.
func.func @shared(%x: i32, %kjt: !emb.kjt<3 x i64> {emb.keys = ["a", "b", "c"]},
                  %t0: tensor<10x4xf32> {emb.name = "t0", test.keep},
                  %t1: tensor<20x7xf32>, %t2: tensor<20x7xf16>)
    -> (tensor<?x22xf32> {test.out}, i32) {
  %b0 = emb.feature %kjt[0] : !emb.kjt<3 x i64> -> !emb.bags<i64>
  %b1 = emb.feature %kjt[1] : !emb.kjt<3 x i64> -> !emb.bags<i64>
  %b2 = emb.feature %kjt[2] : !emb.kjt<3 x i64> -> !emb.bags<i64>
  %0 = emb.lookup sum %t0[%b2]
      : tensor<10x4xf32>, !emb.bags<i64> -> tensor<?x4xf32>
  %1 = emb.lookup sum %t1[%b1]
      : tensor<20x7xf32>, !emb.bags<i64> -> tensor<?x7xf32>
  %2 = emb.lookup sum %t2[%b0]
      : tensor<20x7xf16>, !emb.bags<i64> -> tensor<?x7xf32>
  %dead = emb.lookup max %t2[%b0]
      : tensor<20x7xf16>, !emb.bags<i64> -> tensor<?x7xf32>
  %inner = emb.concat %1, %2
      : tensor<?x7xf32>, tensor<?x7xf32> -> tensor<?x14xf32>
  %out = emb.concat %0, %inner, %0
      : tensor<?x4xf32>, tensor<?x14xf32>, tensor<?x4xf32> -> tensor<?x22xf32>
  return %out, %x : tensor<?x22xf32>, i32
}

// CHECK-LABEL: func.func @shared(
// CHECK-SAME:      %[[X:.*]]: i32, %[[VALUES:.*]]: memref<?xi64>, %[[OFFSETS:.*]]: memref<?xi64>,
// CHECK-SAME:      %[[T0:.*]]: memref<10x4xf32> {test.keep},
// CHECK-SAME:      %[[T1:.*]]: memref<20x7xf32>, %[[T2:.*]]: memref<20x7xf16>,
// CHECK-SAME:      %[[OUT:.*]]: memref<?x22xf32> {test.out}) -> i32 {
// CHECK:         %[[ROWS:.*]] = memref.cast %[[OUT]]
// CHECK:         %[[KEY2:.*]] = arith.constant 2 : index
// CHECK:         %[[TABLE0:.*]] = memref.cast %[[T0]]
// CHECK:         %[[AT0:.*]] = arith.constant 0 : index
// CHECK:         call @pool_sum_f32_i64(%[[VALUES]], %[[OFFSETS]], %[[KEY2]], %[[TABLE0]], %[[ROWS]], %[[AT0]])
// CHECK:         %[[KEY1:.*]] = arith.constant 1 : index
// CHECK:         %[[TABLE1:.*]] = memref.cast %[[T1]]
// CHECK:         %[[AT4:.*]] = arith.constant 4 : index
// CHECK:         call @pool_sum_f32_i64(%[[VALUES]], %[[OFFSETS]], %[[KEY1]], %[[TABLE1]], %[[ROWS]], %[[AT4]])
// CHECK:         %[[KEY0:.*]] = arith.constant 0 : index
// CHECK:         %[[TABLE2:.*]] = memref.cast %[[T2]]
// CHECK:         %[[AT11:.*]] = arith.constant 11 : index
// CHECK:         call @pool_sum_f16_i64(%[[VALUES]], %[[OFFSETS]], %[[KEY0]], %[[TABLE2]], %[[ROWS]], %[[AT11]])
// CHECK:         %[[AT18:.*]] = arith.constant 18 : index
// CHECK:         call @pool_sum_f32_i64(%{{.*}}, %[[AT18]])
// CHECK-NEXT:    return %[[X]] : i32
// CHECK-COUNT-1: func.func private @pool_sum_f32_i64(
// CHECK-COUNT-1: func.func private @pool_sum_f16_i64(
// CHECK:         arith.extf %{{.*}} : f16 to f32
// CHECK-NOT:     func.func

// -----

func.func @mean(%kjt: !emb.kjt<1 x i32>, %w: tensor<?xf32>,
                %t: tensor<8x3xbf16>) -> tensor<?x3xf32> {
  %b = emb.feature %kjt[0] : !emb.kjt<1 x i32> -> !emb.bags<i32>
  %0 = emb.lookup mean %t[%b] weights(%w)
      : tensor<8x3xbf16>, !emb.bags<i32>, tensor<?xf32> -> tensor<?x3xf32>
  return %0 : tensor<?x3xf32>
}

// CHECK-LABEL: func.func @mean(
// CHECK-SAME:      %[[VALUES:.*]]: memref<?xi32>, %[[OFFSETS:.*]]: memref<?xi32>, %[[W:.*]]: memref<?xf32>,
// CHECK:         call @pool_mean_weighted_bf16_i32(%[[VALUES]], %[[OFFSETS]], %[[W]], %{{.*}}
// CHECK-LABEL: func.func private @pool_mean_weighted_bf16_i32(
// CHECK-SAME:      %[[WEIGHTS:[^:]*]]: memref<?xf32>
// CHECK:         scf.for %[[SAMPLE:.*]] =
// CHECK:           scf.for %[[LOOKUP:.*]] =
// CHECK:             %[[WEIGHT:.*]] = memref.load %[[WEIGHTS]][%[[LOOKUP]]]
// CHECK:             scf.for
// CHECK:               %[[ROW:.*]] = arith.extf %{{.*}} : bf16 to f32
// CHECK:               %[[PRODUCT:.*]] = arith.mulf %[[ROW]], %[[WEIGHT]]
// CHECK:               arith.addf %{{.*}}, %[[PRODUCT]]
// CHECK:           %[[LENGTH:.*]] = arith.subi
// CHECK:           %[[ATLEAST1:.*]] = arith.maxsi %[[LENGTH]]
// CHECK:           %[[I64:.*]] = arith.index_cast %[[ATLEAST1]] : index to i64
// CHECK:           %[[DIVISOR:.*]] = arith.sitofp %[[I64]] : i64 to f32
// CHECK:           scf.for
// CHECK:             arith.divf %{{.*}}, %[[DIVISOR]]

// -----

func.func @max(%kjt: !emb.kjt<1 x i32>, %t: tensor<8x3xf32>)
    -> tensor<?x3xf32> {
  %b = emb.feature %kjt[0] : !emb.kjt<1 x i32> -> !emb.bags<i32>
  %0 = emb.lookup max %t[%b]
      : tensor<8x3xf32>, !emb.bags<i32> -> tensor<?x3xf32>
  return %0 : tensor<?x3xf32>
}

// CHECK-LABEL: func.func private @pool_max_f32_i32(
// CHECK-DAG:     %[[ZERO:.*]] = arith.constant 0.0{{.*}} : f32
// CHECK-DAG:     %[[LOWEST:.*]] = arith.constant 0xFF800000 : f32
// CHECK-DAG:     %[[HASROWS:.*]] = arith.cmpi slt
// CHECK:         %[[START:.*]] = arith.select %[[HASROWS]], %[[LOWEST]], %[[ZERO]]
// CHECK:         memref.store %[[START]]
// CHECK:         arith.maxnumf

// -----

// Fused lookups mean the same.
func.func @fused(%kjt: !emb.kjt<2 x i32>, %t0: tensor<1024x4xf32>,
                 %t1: tensor<4096x64xf32>, %w: tensor<128xf32>)
    -> tensor<?x68xf32> {
  %out = emb.fused_lookup %kjt tables(%t0, %t1) weights(%w) [
      #emb.fused_feature<key = 1, table = 0, pooling = sum, weighted = false,
          column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>,
      #emb.fused_feature<key = 0, table = 1, pooling = mean, weighted = true,
          column = 4,
          schedule = #emb.sub_warp<vector = 4, lanes = 16, unroll = 8>>
    ] occupancy <threads = 128, blocks = 10>
      : !emb.kjt<2 x i32>, tensor<1024x4xf32>, tensor<4096x64xf32>
      weights tensor<128xf32> -> tensor<?x68xf32>
  return %out : tensor<?x68xf32>
}

// CHECK-LABEL: func.func @fused(
// CHECK-SAME:      %[[VALUES:.*]]: memref<?xi32>, %[[OFFSETS:.*]]: memref<?xi32>,
// CHECK-SAME:      %[[T0:.*]]: memref<1024x4xf32>, %[[T1:.*]]: memref<4096x64xf32>,
// CHECK-SAME:      %[[W:.*]]: memref<128xf32>, %[[OUT:.*]]: memref<?x68xf32>) {
// CHECK:         %[[ROWS:.*]] = memref.cast %[[OUT]]
// CHECK:         %[[KEY1:.*]] = arith.constant 1 : index
// CHECK:         %[[TABLE0:.*]] = memref.cast %[[T0]]
// CHECK:         %[[AT0:.*]] = arith.constant 0 : index
// CHECK:         call @pool_sum_f32_i32(%[[VALUES]], %[[OFFSETS]], %[[KEY1]], %[[TABLE0]], %[[ROWS]], %[[AT0]])
// CHECK:         %[[WEIGHTS:.*]] = memref.cast %[[W]] : memref<128xf32> to memref<?xf32>
// CHECK:         %[[KEY0:.*]] = arith.constant 0 : index
// CHECK:         %[[TABLE1:.*]] = memref.cast %[[T1]]
// CHECK:         %[[AT4:.*]] = arith.constant 4 : index
// CHECK:         call @pool_mean_weighted_f32_i32(%[[VALUES]], %[[OFFSETS]], %[[WEIGHTS]], %[[KEY0]], %[[TABLE1]], %[[ROWS]], %[[AT4]])

// -----

// Two results, two outputs; a name that is taken; a function without emb.
func.func private @pool_sum_f32_i32()
func.func @untouched(%t: tensor<4x4xf32>) -> tensor<4x4xf32> {
  return %t : tensor<4x4xf32>
}
func.func @two(%kjt: !emb.kjt<1 x i32>, %t: tensor<8x3xf32>, %i: !emb.kjt<2 x i32>)
    -> (tensor<?x3xf32>, tensor<?x3xf32>) {
  %b = emb.feature %kjt[0] : !emb.kjt<1 x i32> -> !emb.bags<i32>
  %c = emb.feature %i[1] : !emb.kjt<2 x i32> -> !emb.bags<i32>
  %0 = emb.lookup sum %t[%b]
      : tensor<8x3xf32>, !emb.bags<i32> -> tensor<?x3xf32>
  %1 = emb.lookup sum %t[%c]
      : tensor<8x3xf32>, !emb.bags<i32> -> tensor<?x3xf32>
  return %1, %0 : tensor<?x3xf32>, tensor<?x3xf32>
}

// CHECK-LABEL: func.func @untouched(%{{.*}}: tensor<4x4xf32>) -> tensor<4x4xf32>
// CHECK-LABEL: func.func @two(
// CHECK-SAME:      %[[V0:.*]]: memref<?xi32>, %[[O0:.*]]: memref<?xi32>, %{{.*}}: memref<8x3xf32>,
// CHECK-SAME:      %[[V1:.*]]: memref<?xi32>, %[[O1:.*]]: memref<?xi32>,
// CHECK-SAME:      %[[OUT0:.*]]: memref<?x3xf32>, %[[OUT1:.*]]: memref<?x3xf32>) {
// CHECK:         %[[ROWS0:.*]] = memref.cast %[[OUT0]]
// CHECK:         call @[[POOL:pool_sum_f32_i32_[0-9]+]](%[[V1]], %[[O1]], %{{.*}}, %{{.*}}, %[[ROWS0]],
// CHECK:         %[[ROWS1:.*]] = memref.cast %[[OUT1]]
// CHECK:         call @[[POOL]](%[[V0]], %[[O0]], %{{.*}}, %{{.*}}, %[[ROWS1]],
// CHECK:       func.func private @[[POOL]](

// -----

// Arrays of a feature's own are a jagged input of one feature. Where the last
// offset is missing it is appended, once for all lookups.
func.func @own_arrays(%v: tensor<90xi64>, %o: tensor<?xi64>,
                      %t: tensor<8x3xf32>)
    -> (tensor<?x3xf32>, tensor<?x3xf32>, tensor<?x3xf32>) {
  %b = emb.bags %v, %o : tensor<90xi64>, tensor<?xi64> -> !emb.bags<i64>
  %c = emb.bags %v, %o {include_last_offset}
      : tensor<90xi64>, tensor<?xi64> -> !emb.bags<i64>
  %0 = emb.lookup sum %t[%b]
      : tensor<8x3xf32>, !emb.bags<i64> -> tensor<?x3xf32>
  %1 = emb.lookup sum %t[%c]
      : tensor<8x3xf32>, !emb.bags<i64> -> tensor<?x3xf32>
  return %0, %1, %0 : tensor<?x3xf32>, tensor<?x3xf32>, tensor<?x3xf32>
}

// CHECK-LABEL: func.func @own_arrays(
// CHECK-SAME:      %[[V:[^:]*]]: memref<90xi64>, %[[O:[^:]*]]: memref<?xi64>, %{{.*}}: memref<8x3xf32>,
// CHECK-SAME:      %[[OUT0:[^:]*]]: memref<?x3xf32>, %[[OUT1:[^:]*]]: memref<?x3xf32>, %[[OUT2:[^:]*]]: memref<?x3xf32>) {
// CHECK:         %[[VALUES:.*]] = memref.cast %[[V]] : memref<90xi64> to memref<?xi64>
// CHECK:         %[[C1:.*]] = arith.constant 1 : index
// CHECK:         %[[BATCH:.*]] = memref.dim %[[O]],
// CHECK:         %[[LENGTH:.*]] = arith.addi %[[BATCH]], %[[C1]]
// CHECK:         %[[ALL:.*]] = memref.alloc(%[[LENGTH]]) : memref<?xi64>
// CHECK:         %[[FRONT:.*]] = memref.subview %[[ALL]][0] [%[[BATCH]]] [1]
// CHECK:         memref.copy %[[O]], %[[FRONT]]
// CHECK:         %[[N:.*]] = memref.dim %[[VALUES]],
// CHECK:         %[[LAST:.*]] = arith.index_cast %[[N]] : index to i64
// CHECK:         memref.store %[[LAST]], %[[ALL]][%[[BATCH]]]
// CHECK:         call @pool_sum_f32_i64(%[[VALUES]], %[[ALL]],
// CHECK:         call @pool_sum_f32_i64(%{{.*}}, %[[O]],
// CHECK-NOT:     memref.alloc
// CHECK:         call @pool_sum_f32_i64(%{{.*}}, %[[ALL]],
// CHECK:         memref.dealloc %[[ALL]]
// CHECK-NEXT:    return

// -----

// A jagged input of the function's arrays.
func.func @kjt_of_arrays(%v: tensor<?xi64>, %o: tensor<13xi64>, %t: tensor<8x3xf32>)
    -> tensor<?x3xf32> {
  %kjt = emb.kjt %v, %o : tensor<?xi64>, tensor<13xi64> -> !emb.kjt<2 x i64>
  %b = emb.feature %kjt[1] : !emb.kjt<2 x i64> -> !emb.bags<i64>
  %0 = emb.lookup sum %t[%b]
      : tensor<8x3xf32>, !emb.bags<i64> -> tensor<?x3xf32>
  return %0 : tensor<?x3xf32>
}

// CHECK-LABEL: func.func @kjt_of_arrays(
// CHECK-SAME:      %[[V:[^:]*]]: memref<?xi64>, %[[O:[^:]*]]: memref<13xi64>,
// CHECK:         %[[OFFSETS:.*]] = memref.cast %[[O]] : memref<13xi64> to memref<?xi64>
// CHECK:         %[[ONE:.*]] = arith.constant 1 : index
// CHECK:         call @pool_sum_f32_i64(%[[V]], %[[OFFSETS]], %[[ONE]],
