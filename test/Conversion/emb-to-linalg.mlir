// RUN: recflex-opt %s -split-input-file -convert-emb-to-linalg \
// RUN:   | FileCheck %s --implicit-check-not=emb.
// What it makes can be bufferized as it stands.
// RUN: recflex-opt %s -split-input-file -convert-emb-to-linalg \
// RUN:     -one-shot-bufferize=bufferize-function-boundaries \
// RUN:   | FileCheck %s --check-prefix=BUFFERS --implicit-check-not=tensor

// The example of the pass's description.
func.func @model(%values: tensor<?xi32>, %offsets: tensor<?xi32>,
                 %t0: tensor<1024x4xf16>) -> tensor<?x4xf32> {
  %b0 = emb.bags %values, %offsets {include_last_offset}
      : tensor<?xi32>, tensor<?xi32> -> !emb.bags<i32>
  %0 = emb.lookup sum %t0[%b0]
      : tensor<1024x4xf16>, !emb.bags<i32> -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// CHECK:       #[[MAP:.*]] = affine_map<(d0) -> (d0)>
// CHECK-LABEL: func.func @model(
// CHECK-SAME:      %[[VALUES:.*]]: tensor<?xi32>, %[[OFFSETS:.*]]: tensor<?xi32>,
// CHECK-SAME:      %[[T0:.*]]: tensor<1024x4xf16>) -> tensor<?x4xf32> {
// CHECK:         %[[ONE:.*]] = arith.constant 1 : index
// CHECK:         %[[LENGTH:.*]] = tensor.dim %[[OFFSETS]], %
// CHECK:         %[[BATCH:.*]] = arith.subi %[[LENGTH]], %
// CHECK:         %[[OUT:.*]] = tensor.empty(%[[BATCH]]) : tensor<?x4xf32>
// CHECK:         %[[ALL:.*]] = scf.forall (%[[SAMPLE:.*]]) in (%[[BATCH]]) shared_outs(%[[ROWS:.*]] = %[[OUT]]) -> (tensor<?x4xf32>) {
// CHECK:           %[[PLACE:.*]] = tensor.extract_slice %[[ROWS]][%[[SAMPLE]], 0] [1, 4] [1, 1] : tensor<?x4xf32> to tensor<4xf32>
// CHECK:           %[[B:.*]] = tensor.extract %[[OFFSETS]][%[[SAMPLE]]]
// CHECK:           %[[BEGIN:.*]] = arith.index_cast %[[B]] : i32 to index
// CHECK:           %[[NEXT:.*]] = arith.addi %[[SAMPLE]], %[[ONE]]
// CHECK:           %[[E:.*]] = tensor.extract %[[OFFSETS]][%[[NEXT]]]
// CHECK:           %[[END:.*]] = arith.index_cast %[[E]] : i32 to index
// CHECK:           %[[ZERO:.*]] = arith.constant 0.0{{.*}} : f32
// CHECK:           %[[FIRST:.*]] = linalg.fill ins(%[[ZERO]] : f32) outs(%[[PLACE]] : tensor<4xf32>)
// CHECK:           %[[POOLED:.*]] = scf.for %[[LOOKUP:.*]] = %[[BEGIN]] to %[[END]] step %[[ONE]] iter_args(%[[SUM:.*]] = %[[FIRST]]) -> (tensor<4xf32>) {
// CHECK:             %[[INDEX:.*]] = tensor.extract %[[VALUES]][%[[LOOKUP]]]
// CHECK:             %[[NUMBER:.*]] = arith.index_cast %[[INDEX]] : i32 to index
// CHECK:             %[[ROW:.*]] = tensor.extract_slice %[[T0]][%[[NUMBER]], 0] [1, 4] [1, 1] : tensor<1024x4xf16> to tensor<4xf16>
// CHECK:             %[[ADDED:.*]] = linalg.generic {indexing_maps = [#[[MAP]], #[[MAP]]], iterator_types = ["parallel"]} ins(%[[ROW]] : tensor<4xf16>) outs(%[[SUM]] : tensor<4xf32>) {
// CHECK-NEXT:        ^bb0(%[[IN:.*]]: f16, %[[ACC:.*]]: f32):
// CHECK-NEXT:          %[[WIDE:.*]] = arith.extf %[[IN]] : f16 to f32
// CHECK-NEXT:          %[[S:.*]] = arith.addf %[[ACC]], %[[WIDE]] : f32
// CHECK-NEXT:          linalg.yield %[[S]]
// CHECK:             scf.yield %[[ADDED]]
// CHECK:           scf.forall.in_parallel {
// CHECK-NEXT:        tensor.parallel_insert_slice %[[POOLED]] into %[[ROWS]][%[[SAMPLE]], 0] [1, 4] [1, 1] : tensor<4xf32> into tensor<?x4xf32>
// CHECK:         return %[[ALL]]

// Rows are pooled where they will stand: nothing else is allocated.
// BUFFERS-LABEL: func.func @model(
// BUFFERS-COUNT-1: memref.alloc
// BUFFERS-NOT:     memref.alloc
// BUFFERS:         return

// -----

// A mean divides by the length, or by 1; f32 needs no extension; weights.
func.func @mean(%b: !emb.bags<i64>, %t: tensor<8x3xf32>, %w: tensor<?xf32>)
    -> tensor<?x3xf32> {
  %0 = emb.lookup mean %t[%b] weights(%w)
      : tensor<8x3xf32>, !emb.bags<i64>, tensor<?xf32> -> tensor<?x3xf32>
  return %0 : tensor<?x3xf32>
}

// CHECK-LABEL: func.func @mean(
// CHECK-SAME:      %[[V:.*]]: tensor<?xi64>, %[[O:.*]]: tensor<?xi64>, %[[T:.*]]: tensor<8x3xf32>, %[[W:.*]]: tensor<?xf32>)
// CHECK:         %[[ONE:.*]] = arith.constant 1 : index
// CHECK:           %[[BEGIN:.*]] = arith.index_cast %{{.*}} : i64 to index
// CHECK:           %[[END:.*]] = arith.index_cast %{{.*}} : i64 to index
// CHECK:           %[[SUM:.*]] = scf.for %[[LOOKUP:.*]] = %[[BEGIN]] to %[[END]]
// CHECK:             %[[WEIGHT:.*]] = tensor.extract %[[W]][%[[LOOKUP]]]
// CHECK:             ^bb0(%[[IN:.*]]: f32, %[[ACC:.*]]: f32):
// CHECK-NEXT:          %[[PRODUCT:.*]] = arith.mulf %[[IN]], %[[WEIGHT]]
// CHECK-NEXT:          arith.addf %[[ACC]], %[[PRODUCT]]
// CHECK:           %[[DIFFERENCE:.*]] = arith.subi %[[END]], %[[BEGIN]]
// CHECK:           %[[COUNT:.*]] = arith.maxsi %[[DIFFERENCE]], %[[ONE]]
// CHECK:           %[[COUNT64:.*]] = arith.index_cast %[[COUNT]] : index to i64
// CHECK:           %[[DIVISOR:.*]] = arith.sitofp %[[COUNT64]] : i64 to f32
// CHECK:           linalg.generic {{.*}} outs(%[[SUM]] : tensor<3xf32>)
// CHECK:             arith.divf %{{.*}}, %[[DIVISOR]]

// BUFFERS-LABEL: func.func @mean(

// -----

// A maximum starts from -infinity, an empty bag's from 0.
func.func @max(%b: !emb.bags<i32>, %t: tensor<8x3xbf16>) -> tensor<?x3xf32> {
  %0 = emb.lookup max %t[%b]
      {schedule = #emb.gather<vector = 1, lanes = 1, unroll = 1>}
      : tensor<8x3xbf16>, !emb.bags<i32> -> tensor<?x3xf32>
  return %0 : tensor<?x3xf32>
}

// CHECK-LABEL: func.func @max(
// CHECK:           %[[HAS:.*]] = arith.cmpi slt, %[[BEGIN:.*]], %[[END:.*]] : index
// CHECK:           %[[INF:.*]] = arith.constant 0xFF800000 : f32
// CHECK:           %[[START:.*]] = arith.select %[[HAS]], %[[INF]], %{{.*}}
// CHECK:           linalg.fill ins(%[[START]] : f32)
// CHECK:             %[[WIDE:.*]] = arith.extf %{{.*}} : bf16 to f32
// CHECK-NEXT:        arith.maxnumf %{{.*}}, %[[WIDE]]

// BUFFERS-LABEL: func.func @max(

// -----

// A jagged input is two tensors; what else is said of arguments stays.
func.func @jagged(%kjt: !emb.kjt<3 x i64> {emb.keys = ["a", "b", "c"], test.k},
                  %t0: tensor<8x4xf32> {emb.name = "t0", test.t})
    -> (tensor<?x4xf32> {test.r})
    attributes {emb.binding = #emb.binding<fixed>,
                emb.occupancy = #emb.occupancy<threads = 128, blocks = 10>} {
  %b = emb.feature %kjt[2] : !emb.kjt<3 x i64> -> !emb.bags<i64>
  %0 = emb.lookup sum %t0[%b]
      : tensor<8x4xf32>, !emb.bags<i64> -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// CHECK-LABEL: func.func @jagged(
// CHECK-SAME:      %[[V:.*]]: tensor<?xi64> {test.k}, %[[O:.*]]: tensor<?xi64> {test.k},
// CHECK-SAME:      %{{.*}}: tensor<8x4xf32> {test.t}) -> (tensor<?x4xf32> {test.r}) {
// CHECK:         %[[LENGTH:.*]] = tensor.dim %[[O]],
// CHECK:         %[[ONE:.*]] = arith.constant 1 : index
// CHECK:         %[[BAGS:.*]] = arith.subi %[[LENGTH]], %[[ONE]]
// CHECK:         %[[THREE:.*]] = arith.constant 3 : index
// CHECK:         %[[BATCH:.*]] = arith.divui %[[BAGS]], %[[THREE]]
// CHECK:         %[[TWO:.*]] = arith.constant 2 : index
// CHECK:         %[[FIRST:.*]] = arith.muli %[[BATCH]], %[[TWO]]
// CHECK:         %[[COUNT:.*]] = arith.addi %[[BATCH]], %
// CHECK:         tensor.extract_slice %[[O]][%[[FIRST]]] [%[[COUNT]]] [1] : tensor<?xi64> to tensor<?xi64>

// BUFFERS-LABEL: func.func @jagged(

// -----

// The end of the last bag is appended where it is missing.
func.func @last(%values: tensor<7xi32>, %offsets: tensor<3xi32>) -> !emb.bags<i32> {
  %b = emb.bags %values, %offsets
      : tensor<7xi32>, tensor<3xi32> -> !emb.bags<i32>
  return %b : !emb.bags<i32>
}

// CHECK-LABEL: func.func @last(
// CHECK-SAME:      %[[V:.*]]: tensor<7xi32>, %[[O:.*]]: tensor<3xi32>) -> (tensor<?xi32>, tensor<?xi32>) {
// CHECK-DAG:     %[[VALUES:.*]] = tensor.cast %[[V]]
// CHECK-DAG:     %[[OFFSETS:.*]] = tensor.cast %[[O]]
// CHECK:         %[[BATCH:.*]] = tensor.dim %[[OFFSETS]],
// CHECK:         %[[LENGTH:.*]] = arith.addi %[[BATCH]],
// CHECK:         %[[ROOM:.*]] = tensor.empty(%[[LENGTH]]) : tensor<?xi32>
// CHECK:         %[[BEGINS:.*]] = tensor.insert_slice %[[OFFSETS]] into %[[ROOM]][0] [%[[BATCH]]] [1]
// CHECK:         %[[N:.*]] = tensor.dim %[[VALUES]],
// CHECK:         %[[LAST:.*]] = arith.index_cast %[[N]] : index to i32
// CHECK:         %[[ALL:.*]] = tensor.insert %[[LAST]] into %[[BEGINS]][%[[BATCH]]]
// CHECK:         return %[[VALUES]], %[[ALL]]

// BUFFERS-LABEL: func.func @last(

// -----

// A jagged input of arrays is these arrays.
func.func @arrays(%values: tensor<7xi32>, %offsets: tensor<?xi32>) -> !emb.kjt<2 x i32> {
  %kjt = emb.kjt %values, %offsets
      : tensor<7xi32>, tensor<?xi32> -> !emb.kjt<2 x i32>
  return %kjt : !emb.kjt<2 x i32>
}

// CHECK-LABEL: func.func @arrays(
// CHECK-SAME:      %[[V:.*]]: tensor<7xi32>, %[[O:.*]]: tensor<?xi32>) -> (tensor<?xi32>, tensor<?xi32>) {
// CHECK-NEXT:    %[[VALUES:.*]] = tensor.cast %[[V]] : tensor<7xi32> to tensor<?xi32>
// CHECK-NEXT:    return %[[VALUES]], %[[O]]

// BUFFERS-LABEL: func.func @arrays(

// -----

// Features one behind the other, and their offsets with them.
func.func @join(%b0: !emb.bags<i32>, %b1: !emb.bags<i32>) -> !emb.kjt<2 x i32> {
  %kjt = emb.join %b0, %b1
      : !emb.bags<i32>, !emb.bags<i32> -> !emb.kjt<2 x i32>
  return %kjt : !emb.kjt<2 x i32>
}

// CHECK-LABEL: func.func @join(
// CHECK-SAME:      %[[V0:.*]]: tensor<?xi32>, %[[O0:.*]]: tensor<?xi32>, %[[V1:.*]]: tensor<?xi32>, %[[O1:.*]]: tensor<?xi32>)
// CHECK:         %[[VALUES:.*]] = tensor.empty(%[[TOTAL:.*]]) : tensor<?xi32>
// CHECK:         %[[OFFSETS:.*]] = tensor.empty(%{{.*}}) : tensor<?xi32>
// CHECK:         %[[S0:.*]] = tensor.extract_slice %[[V0]][%[[BEGIN0:.*]]] [%[[N0:.*]]] [1]
// CHECK:         %[[VALUES0:.*]] = tensor.insert_slice %[[S0]] into %[[VALUES]][%{{.*}}] [%[[N0]]] [1]
// CHECK:         %[[BEGINS0:.*]] = linalg.generic
// CHECK:           arith.addi
// CHECK:         %[[OFFSETS0:.*]] = tensor.insert_slice %[[BEGINS0]] into %[[OFFSETS]]
// CHECK:         %[[S1:.*]] = tensor.extract_slice %[[V1]]
// CHECK:         %[[VALUES1:.*]] = tensor.insert_slice %[[S1]] into %[[VALUES0]]
// CHECK:         %[[BEGINS1:.*]] = linalg.generic
// CHECK:         %[[OFFSETS1:.*]] = tensor.insert_slice %[[BEGINS1]] into %[[OFFSETS0]]
// CHECK:         %[[END:.*]] = arith.index_cast %[[TOTAL]] : index to i32
// CHECK:         %[[ALL:.*]] = tensor.insert %[[END]] into %[[OFFSETS1]]
// CHECK:         return %[[VALUES1]], %[[ALL]]

// BUFFERS-LABEL: func.func @join(
// BUFFERS-COUNT-2: memref.alloc
// BUFFERS-NOT:     memref.alloc
// BUFFERS:         return

// -----

// Every lookup is stored behind those kept so far, and counts if it is kept.
func.func @drop(%b: !emb.bags<i32>, %w: tensor<?xf32>)
    -> (!emb.bags<i32>, tensor<?xf32>) {
  %k, %kw = emb.drop_row 5 of %b weights(%w)
      : !emb.bags<i32>, tensor<?xf32> -> !emb.bags<i32>, tensor<?xf32>
  return %k, %kw : !emb.bags<i32>, tensor<?xf32>
}

// CHECK-LABEL: func.func @drop(
// CHECK-SAME:      %[[V:.*]]: tensor<?xi32>, %[[O:.*]]: tensor<?xi32>, %[[W:.*]]: tensor<?xf32>)
// CHECK:         %[[FIVE:.*]] = arith.constant 5 : i32
// CHECK:         %[[R:.*]]:4 = scf.for %[[S:.*]] = {{.*}} iter_args(%[[N:.*]] = %{{.*}}, %[[VS:.*]] = %{{.*}}, %[[WS:.*]] = %{{.*}}, %[[OS:.*]] = %{{.*}})
// CHECK:           %[[AT:.*]] = arith.index_cast %[[N]] : index to i32
// CHECK:           %[[OS1:.*]] = tensor.insert %[[AT]] into %[[OS]][%[[S]]]
// CHECK:           %[[BAG:.*]]:3 = scf.for %[[L:.*]] = {{.*}} iter_args(%[[M:.*]] = %[[N]], %[[VL:.*]] = %[[VS]], %[[WL:.*]] = %[[WS]])
// CHECK:             %[[VALUE:.*]] = tensor.extract %[[V]][%[[L]]]
// CHECK:             %[[VL1:.*]] = tensor.insert %[[VALUE]] into %[[VL]][%[[M]]]
// CHECK:             %[[WEIGHT:.*]] = tensor.extract %[[W]][%[[L]]]
// CHECK:             %[[WL1:.*]] = tensor.insert %[[WEIGHT]] into %[[WL]][%[[M]]]
// CHECK:             %[[KEEPS:.*]] = arith.cmpi ne, %[[VALUE]], %[[FIVE]]
// CHECK:             %[[STEP:.*]] = arith.select %[[KEEPS]], %{{.*}}, %{{.*}} : index
// CHECK:             %[[M1:.*]] = arith.addi %[[M]], %[[STEP]]
// CHECK:             scf.yield %[[M1]], %[[VL1]], %[[WL1]]
// CHECK:           scf.yield %[[BAG]]#0, %[[BAG]]#1, %[[BAG]]#2, %[[OS1]]
// CHECK:         %[[TOTAL:.*]] = arith.index_cast %[[R]]#0 : index to i32
// CHECK:         %[[OFFSETS:.*]] = tensor.insert %[[TOTAL]] into %[[R]]#3[
// CHECK:         return %[[R]]#1, %[[OFFSETS]], %[[R]]#2

// BUFFERS-LABEL: func.func @drop(
// BUFFERS-COUNT-3: memref.alloc
// BUFFERS-NOT:     memref.alloc
// BUFFERS:         return

// -----

// Features side by side; fused ones as well.
func.func @columns(%kjt: !emb.kjt<2 x i32>, %t0: tensor<8x4xf32>,
                   %t1: tensor<8x3xf32>, %w: tensor<?xf32>)
    -> (tensor<?x7xf32>, tensor<?x7xf32>) {
  %b0 = emb.feature %kjt[0] : !emb.kjt<2 x i32> -> !emb.bags<i32>
  %b1 = emb.feature %kjt[1] : !emb.kjt<2 x i32> -> !emb.bags<i32>
  %0 = emb.lookup sum %t0[%b0]
      : tensor<8x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  %1 = emb.lookup max %t1[%b1]
      : tensor<8x3xf32>, !emb.bags<i32> -> tensor<?x3xf32>
  %2 = emb.concat %0, %1
      : tensor<?x4xf32>, tensor<?x3xf32> -> tensor<?x7xf32>
  %3 = emb.fused_lookup %kjt tables(%t0, %t1) weights(%w) [
      #emb.fused_feature<key = 1, table = 1, pooling = sum, weighted = true,
          column = 0,
          schedule = #emb.gather<vector = 1, lanes = 1, unroll = 4>>,
      #emb.fused_feature<key = 0, table = 0, pooling = mean, weighted = false,
          column = 3,
          schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>
    ] occupancy <threads = 128, blocks = 10>
      : !emb.kjt<2 x i32>, tensor<8x4xf32>, tensor<8x3xf32>
      weights tensor<?xf32> -> tensor<?x7xf32>
  return %2, %3 : tensor<?x7xf32>, tensor<?x7xf32>
}

// CHECK-LABEL: func.func @columns(
// CHECK-SAME:      %[[V:.*]]: tensor<?xi32>, %[[O:.*]]: tensor<?xi32>, %[[T0:.*]]: tensor<8x4xf32>, %[[T1:.*]]: tensor<8x3xf32>, %[[W:.*]]: tensor<?xf32>)
// CHECK:         %[[P0:.*]] = scf.forall {{.*}} -> (tensor<?x4xf32>)
// CHECK:         %[[P1:.*]] = scf.forall {{.*}} -> (tensor<?x3xf32>)
// CHECK:         %[[BATCH:.*]] = tensor.dim %[[P0]],
// CHECK:         %[[ROOM:.*]] = tensor.empty(%[[BATCH]]) : tensor<?x7xf32>
// CHECK:         %[[LEFT:.*]] = tensor.insert_slice %[[P0]] into %[[ROOM]][0, 0] [%[[BATCH]], 4] [1, 1]
// CHECK:         %[[BOTH:.*]] = tensor.insert_slice %[[P1]] into %[[LEFT]][0, 4] [%[[BATCH]], 3] [1, 1]
// CHECK:         %[[F0:.*]] = scf.forall {{.*}} -> (tensor<?x3xf32>)
// CHECK:           tensor.extract %[[W]]
// CHECK:           tensor.extract_slice %[[T1]]
// CHECK:         %[[F1:.*]] = scf.forall {{.*}} -> (tensor<?x4xf32>)
// CHECK-NOT:       tensor.extract %[[W]]
// CHECK:           tensor.extract_slice %[[T0]]
// CHECK:           arith.divf
// CHECK:         tensor.insert_slice %[[F0]] into %{{.*}}[0, 0]
// CHECK:         %[[FUSED:.*]] = tensor.insert_slice %[[F1]] into %{{.*}}[0, 3]
// CHECK:         return %[[BOTH]], %[[FUSED]]

// BUFFERS-LABEL: func.func @columns(

// -----

// Jagged inputs and bags wherever they are passed on.
func.func private @callee(i1, !emb.kjt<2 x i32> {emb.keys = ["a", "b"], test.k})
    -> (!emb.bags<i32>, i1)
func.func @passes(%c: i1, %kjt: !emb.kjt<2 x i32>, %n: index)
    -> (!emb.kjt<2 x i32>, !emb.bags<i32>) {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %b:2 = call @callee(%c, %kjt)
      : (i1, !emb.kjt<2 x i32>) -> (!emb.bags<i32>, i1)
  %r = scf.if %b#1 -> !emb.bags<i32> {
    scf.yield %b#0 : !emb.bags<i32>
  } else {
    %f = emb.feature %kjt[1] : !emb.kjt<2 x i32> -> !emb.bags<i32>
    scf.yield %f : !emb.bags<i32>
  }
  %l = scf.for %i = %zero to %n step %one iter_args(%x = %r) -> !emb.bags<i32> {
    scf.yield %x : !emb.bags<i32>
  }
  cf.br ^next(%l : !emb.bags<i32>)
^next(%last: !emb.bags<i32>):
  return %kjt, %last : !emb.kjt<2 x i32>, !emb.bags<i32>
}

// CHECK:       func.func private @callee(i1, tensor<?xi32> {test.k}, tensor<?xi32> {test.k}) -> (tensor<?xi32>, tensor<?xi32>, i1)
// CHECK-LABEL: func.func @passes(
// CHECK-SAME:      %[[C:.*]]: i1, %[[V:.*]]: tensor<?xi32>, %[[O:.*]]: tensor<?xi32>, %{{.*}}: index) -> (tensor<?xi32>, tensor<?xi32>, tensor<?xi32>, tensor<?xi32>) {
// CHECK:         %[[B:.*]]:3 = call @callee(%[[C]], %[[V]], %[[O]])
// CHECK:         %[[R:.*]]:2 = scf.if %[[B]]#2
// CHECK:           scf.yield %[[B]]#0, %[[B]]#1
// CHECK:           %[[F:.*]] = tensor.extract_slice %[[O]]
// CHECK:           scf.yield %[[V]], %[[F]]
// CHECK:         %[[L:.*]]:2 = scf.for {{.*}} iter_args(%{{.*}} = %[[R]]#0, %{{.*}} = %[[R]]#1)
// CHECK:         cf.br ^[[NEXT:.*]](%[[L]]#0, %[[L]]#1
// CHECK:       ^[[NEXT]](%[[LV:.*]]: tensor<?xi32>, %[[LO:.*]]: tensor<?xi32>):
// CHECK:         return %[[V]], %[[O]], %[[LV]], %[[LO]]

// BUFFERS-LABEL: func.func @passes(

// -----

// Nothing of emb, nothing to do.
func.func @untouched(%t: tensor<?x4xf32> {test.keep}) -> tensor<?x4xf32> {
  return %t : tensor<?x4xf32>
}

// CHECK-LABEL: func.func @untouched(
// CHECK-SAME:      %[[T:.*]]: tensor<?x4xf32> {test.keep}) -> tensor<?x4xf32> {
// CHECK-NEXT:    return %[[T]]

// BUFFERS-LABEL: func.func @untouched(
