// RUN: recflex-opt %s -allow-unregistered-dialect -split-input-file \
// RUN:     -raise-torch-embedding-bag-to-emb | FileCheck %s --implicit-check-not='torch.aten' --implicit-check-not='torch.constant'
// What it makes can be lowered, by those who know torch's types.
// RUN: recflex-opt %s -allow-unregistered-dialect -split-input-file \
// RUN:     -raise-torch-embedding-bag-to-emb -convert-emb-to-linalg -o /dev/null
// RUN: recflex-opt %s -allow-unregistered-dialect -split-input-file \
// RUN:     -raise-torch-embedding-bag-to-emb --remarks-filter='raise-.*' \
// RUN:     -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK --implicit-check-not=Missed
// Who does not ask for remarks gets none.
// RUN: recflex-opt %s -allow-unregistered-dialect -split-input-file \
// RUN:     -raise-torch-embedding-bag-to-emb -o /dev/null 2>&1 | count 0

// REMARK: remark: [Passed] raised | Category:raise-torch-embedding-bag-to-emb | Function=model | Remark="torch.aten.embedding_bag.padding_idx became emb.lookup"
// REMARK: remark: [Passed] raised {{.*}} Remark="torch.aten.cat became emb.concat"

// The example of the pass's description.
// CHECK-LABEL: func.func @model(
// CHECK-SAME:      %[[WEIGHT:.*]]: !torch.vtensor<[1000,64],f32>, %[[INDICES:.*]]: !torch.vtensor<[?],si64>,
// CHECK-SAME:      %[[OFFSETS:.*]]: !torch.vtensor<[512],si64>) -> !torch.vtensor<[512,64],f32> {
// CHECK-NEXT:    %[[O:.*]] = builtin.unrealized_conversion_cast %[[OFFSETS]] : !torch.vtensor<[512],si64> to tensor<512xi64>
// CHECK-NEXT:    %[[V:.*]] = builtin.unrealized_conversion_cast %[[INDICES]] : !torch.vtensor<[?],si64> to tensor<?xi64>
// CHECK-NEXT:    %[[T:.*]] = builtin.unrealized_conversion_cast %[[WEIGHT]] : !torch.vtensor<[1000,64],f32> to tensor<1000x64xf32>
// CHECK-NEXT:    %[[BAGS:.*]] = emb.bags %[[V]], %[[O]] : tensor<?xi64>, tensor<512xi64> -> !emb.bags<i64>
// CHECK-NEXT:    %[[POOLED:.*]] = emb.lookup sum %[[T]][%[[BAGS]]] : tensor<1000x64xf32>, !emb.bags<i64> -> tensor<?x64xf32>
// CHECK-NEXT:    %[[CAST:.*]] = tensor.cast %[[POOLED]] : tensor<?x64xf32> to tensor<512x64xf32>
// CHECK-NEXT:    %[[ROWS:.*]] = builtin.unrealized_conversion_cast %[[CAST]] : tensor<512x64xf32> to !torch.vtensor<[512,64],f32>
// CHECK-NEXT:    return %[[ROWS]]
func.func @model(%weight: !torch.vtensor<[1000,64],f32>,
                 %indices: !torch.vtensor<[?],si64>,
                 %offsets: !torch.vtensor<[512],si64>)
    -> !torch.vtensor<[512,64],f32> {
  %false = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %mode = "torch.constant.int"() {value = 0 : i64} : () -> !torch.int
  %none = "torch.constant.none"() : () -> !torch.none
  %0:4 = "torch.aten.embedding_bag.padding_idx"(%weight, %indices, %offsets,
      %false, %mode, %false, %none, %false, %none)
      : (!torch.vtensor<[1000,64],f32>, !torch.vtensor<[?],si64>,
         !torch.vtensor<[512],si64>, !torch.bool, !torch.int, !torch.bool,
         !torch.none, !torch.bool, !torch.none)
      -> (!torch.vtensor<[512,64],f32>, !torch.vtensor<[0],si64>,
          !torch.vtensor<[512],si64>, !torch.vtensor<[512],si64>)
  return %0#0 : !torch.vtensor<[512,64],f32>
}

// -----

// Constants as properties, which is how torch-mlir prints them in generic form;
// include_last_offset; mean; a result of unknown size; 32 bits.
// CHECK-LABEL: func.func @mean_last(
// CHECK:         emb.bags %{{.*}}, %{{.*}} {include_last_offset} : tensor<204790xi32>, tensor<2049xi32> -> !emb.bags<i32>
// CHECK-NEXT:    %[[P:.*]] = emb.lookup mean {{.*}} : tensor<1000x64xf32>, !emb.bags<i32> -> tensor<?x64xf32>
// CHECK-NEXT:    builtin.unrealized_conversion_cast %[[P]] : tensor<?x64xf32> to !torch.vtensor<[?,64],f32>
func.func @mean_last(%weight: !torch.vtensor<[1000,64],f32>,
                     %indices: !torch.vtensor<[204790],si32>,
                     %offsets: !torch.vtensor<[2049],si32>)
    -> !torch.vtensor<[?,64],f32> {
  %true = "torch.constant.bool"() <{value = true}> : () -> !torch.bool
  %mode = "torch.constant.int"() <{value = 1 : i64}> : () -> !torch.int
  %none = "torch.constant.none"() : () -> !torch.none
  %0:4 = "torch.aten.embedding_bag"(%weight, %indices, %offsets, %true, %mode,
      %true, %none, %true)
      : (!torch.vtensor<[1000,64],f32>, !torch.vtensor<[204790],si32>,
         !torch.vtensor<[2049],si32>, !torch.bool, !torch.int, !torch.bool,
         !torch.none, !torch.bool)
      -> (!torch.vtensor<[?,64],f32>, !torch.vtensor<[?],si32>,
          !torch.vtensor<[?],si32>, !torch.vtensor<[?],si32>)
  return %0#0 : !torch.vtensor<[?,64],f32>
}

// -----

// f16 tables are pooled in f32 and rounded; indices of two types are widened.
// CHECK-LABEL: func.func @f16_max(
// CHECK-DAG:     %[[O32:.*]] = builtin.unrealized_conversion_cast %{{.*}} to tensor<8xi32>
// CHECK-DAG:     %[[V:.*]] = builtin.unrealized_conversion_cast %{{.*}} to tensor<?xi64>
// CHECK:         %[[O:.*]] = arith.extsi %[[O32]] : tensor<8xi32> to tensor<8xi64>
// CHECK:         emb.bags %[[V]], %[[O]] : tensor<?xi64>, tensor<8xi64> -> !emb.bags<i64>
// CHECK:         %[[P:.*]] = emb.lookup max {{.*}} : tensor<10x4xf16>, !emb.bags<i64> -> tensor<?x4xf32>
// CHECK:         %[[ROUNDED:.*]] = arith.truncf %[[P]] : tensor<?x4xf32> to tensor<?x4xf16>
// CHECK:         tensor.cast %[[ROUNDED]] : tensor<?x4xf16> to tensor<8x4xf16>
func.func @f16_max(%weight: !torch.vtensor<[10,4],f16>,
                   %indices: !torch.vtensor<[?],si64>,
                   %offsets: !torch.vtensor<[8],si32>)
    -> !torch.vtensor<[8,4],f16> {
  %false = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %mode = "torch.constant.int"() {value = 2 : i64} : () -> !torch.int
  %none = "torch.constant.none"() : () -> !torch.none
  %minus = "torch.constant.int"() {value = -1 : i64} : () -> !torch.int
  // -1 is no padding index here.
  %0:4 = "torch.aten._embedding_bag"(%weight, %indices, %offsets,
      %false, %mode, %false, %none, %false, %minus)
      : (!torch.vtensor<[10,4],f16>, !torch.vtensor<[?],si64>,
         !torch.vtensor<[8],si32>, !torch.bool, !torch.int, !torch.bool,
         !torch.none, !torch.bool, !torch.int)
      -> (!torch.vtensor<[8,4],f16>, !torch.vtensor<[?],si64>,
          !torch.vtensor<[8],si64>, !torch.vtensor<[8,4],si64>)
  return %0#0 : !torch.vtensor<[8,4],f16>
}

// -----

// As torch.export leaves it; per-sample weights, made optional and of bf16; a
// padding index, here of the last row.
// CHECK-LABEL: func.func @weighted_padded(
// CHECK-SAME:      %{{.*}}: {{.*}}, %{{.*}}: {{.*}}, %{{.*}}: {{.*}}, %[[W:.*]]: !torch.vtensor<[?],bf16>)
// CHECK:         %[[WT:.*]] = builtin.unrealized_conversion_cast %[[W]] : !torch.vtensor<[?],bf16> to tensor<?xbf16>
// CHECK:         %[[BAGS:.*]] = emb.bags
// CHECK:         %[[W32:.*]] = arith.extf %[[WT]] : tensor<?xbf16> to tensor<?xf32>
// CHECK:         %[[KEPT:.*]], %[[WK:.*]] = emb.drop_row 9 of %[[BAGS]] weights(%[[W32]]) : !emb.bags<i64>, tensor<?xf32> -> !emb.bags<i64>, tensor<?xf32>
// CHECK:         emb.lookup sum %{{.*}}[%[[KEPT]]] weights(%[[WK]])
func.func @weighted_padded(%weight: !torch.vtensor<[10,4],bf16>,
                           %indices: !torch.vtensor<[?],si64>,
                           %offsets: !torch.vtensor<[?],si64>,
                           %w: !torch.vtensor<[?],bf16>)
    -> !torch.vtensor<[?,4],bf16> {
  %false = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %mode = "torch.constant.int"() {value = 0 : i64} : () -> !torch.int
  %pad = "torch.constant.int"() {value = 9 : i64} : () -> !torch.int
  %some = "torch.derefine"(%w)
      : (!torch.vtensor<[?],bf16>) -> !torch.optional<vtensor>
  %0:4 = "torch.operator"(%weight, %indices, %offsets, %false, %mode, %false,
      %some, %false, %pad)
      <{name = "torch.aten._embedding_bag_forward_only.default"}>
      : (!torch.vtensor<[10,4],bf16>, !torch.vtensor<[?],si64>,
         !torch.vtensor<[?],si64>, !torch.bool, !torch.int, !torch.bool,
         !torch.optional<vtensor>, !torch.bool, !torch.int)
      -> (!torch.vtensor<[?,4],bf16>, !torch.vtensor<[?],si64>,
          !torch.vtensor<[?],si64>, !torch.vtensor<[?],si64>)
  return %0#0 : !torch.vtensor<[?,4],bf16>
}

// -----

// embedding_bag.padding_idx counts from the end as well; others do not.
// CHECK-LABEL: func.func @negative_padding(
// CHECK:         emb.drop_row 9 of %{{.*}} : !emb.bags<i64> -> !emb.bags<i64>
func.func @negative_padding(%weight: tensor<10x4xf32>, %indices: tensor<?xi64>,
                            %offsets: tensor<?xi64>) -> tensor<?x4xf32> {
  %false = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %mode = "torch.constant.int"() {value = 0 : i64} : () -> !torch.int
  %pad = "torch.constant.int"() {value = -1 : i64} : () -> !torch.int
  %some = "torch.derefine"(%pad) : (!torch.int) -> !torch.optional<int>
  %none = "torch.constant.none"() : () -> !torch.none
  %0:4 = "torch.aten.embedding_bag.padding_idx"(%weight, %indices, %offsets,
      %false, %mode, %false, %none, %false, %some)
      : (tensor<10x4xf32>, tensor<?xi64>, tensor<?xi64>, !torch.bool,
         !torch.int, !torch.bool, !torch.none, !torch.bool,
         !torch.optional<int>)
      -> (tensor<?x4xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)
  return %0#0 : tensor<?x4xf32>
}

// -----

// Calls share what they have in common, and their concatenation is one of emb.
// CHECK-LABEL: func.func @shared(
// CHECK-SAME:      %[[T0:.*]]: tensor<10x4xf32>, %[[T1:.*]]: tensor<20x3xf32>, %[[V:.*]]: tensor<?xi64>, %[[O:.*]]: tensor<?xi64>)
// CHECK-NEXT:    %[[B0:.*]] = emb.bags %[[V]], %[[O]] :
// CHECK-NEXT:    %[[R0:.*]] = emb.lookup sum %[[T0]][%[[B0]]]
// CHECK-NEXT:    %[[R1:.*]] = emb.lookup sum %[[T1]][%[[B0]]]
// CHECK-NEXT:    %[[B1:.*]] = emb.bags %[[V]], %[[O]] {include_last_offset}
// CHECK-NEXT:    %[[R2:.*]] = emb.lookup sum %[[T1]][%[[B1]]]
// CHECK-NEXT:    %[[OUT:.*]] = emb.concat %[[R0]], %[[R1]], %[[R0]], %[[R2]]
// CHECK-NEXT:    return %[[OUT]]
func.func @shared(%t0: tensor<10x4xf32>, %t1: tensor<20x3xf32>,
                  %indices: tensor<?xi64>, %offsets: tensor<?xi64>)
    -> tensor<?x14xf32> {
  %false = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %true = "torch.constant.bool"() {value = true} : () -> !torch.bool
  %mode = "torch.constant.int"() {value = 0 : i64} : () -> !torch.int
  %none = "torch.constant.none"() : () -> !torch.none
  %0:4 = "torch.aten.embedding_bag.padding_idx"(%t0, %indices, %offsets,
      %false, %mode, %false, %none, %false, %none)
      : (tensor<10x4xf32>, tensor<?xi64>, tensor<?xi64>, !torch.bool,
         !torch.int, !torch.bool, !torch.none, !torch.bool, !torch.none)
      -> (tensor<?x4xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)
  %1:4 = "torch.aten.embedding_bag.padding_idx"(%t1, %indices, %offsets,
      %false, %mode, %false, %none, %false, %none)
      : (tensor<20x3xf32>, tensor<?xi64>, tensor<?xi64>, !torch.bool,
         !torch.int, !torch.bool, !torch.none, !torch.bool, !torch.none)
      -> (tensor<?x3xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)
  %2:4 = "torch.aten.embedding_bag.padding_idx"(%t1, %indices, %offsets,
      %false, %mode, %false, %none, %true, %none)
      : (tensor<20x3xf32>, tensor<?xi64>, tensor<?xi64>, !torch.bool,
         !torch.int, !torch.bool, !torch.none, !torch.bool, !torch.none)
      -> (tensor<?x3xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)
  %one = "torch.constant.int"() {value = 1 : i64} : () -> !torch.int
  %list = "torch.prim.ListConstruct"(%0#0, %1#0, %0#0, %2#0)
      : (tensor<?x4xf32>, tensor<?x3xf32>, tensor<?x4xf32>, tensor<?x3xf32>)
      -> !torch.list<vtensor>
  %out = "torch.aten.cat"(%list, %one)
      : (!torch.list<vtensor>, !torch.int) -> tensor<?x14xf32>
  return %out : tensor<?x14xf32>
}

// -----

// One cast serves calls in several blocks; bags are made in each.
// CHECK-LABEL: func.func @blocks(
// CHECK:         builtin.unrealized_conversion_cast %{{.*}} to tensor<?xi64>
// CHECK-NOT:     unrealized_conversion_cast
// CHECK:         scf.if
// CHECK:           %[[B0:.*]] = emb.bags
// CHECK-NEXT:      emb.lookup sum %{{.*}}[%[[B0]]]
// CHECK:         else
// CHECK:           %[[B1:.*]] = emb.bags
// CHECK-NEXT:      emb.lookup mean %{{.*}}[%[[B1]]]
func.func @blocks(%c: i1, %t0: tensor<10x4xf32>,
                  %indices: !torch.vtensor<[?],si64>, %offsets: tensor<?xi64>)
    -> tensor<?x4xf32> {
  %false = "torch.constant.bool"() {value = false} : () -> !torch.bool
  %none = "torch.constant.none"() : () -> !torch.none
  %r = scf.if %c -> tensor<?x4xf32> {
    %mode = "torch.constant.int"() {value = 0 : i64} : () -> !torch.int
    %0:4 = "torch.aten.embedding_bag.padding_idx"(%t0, %indices, %offsets,
        %false, %mode, %false, %none, %false, %none)
        : (tensor<10x4xf32>, !torch.vtensor<[?],si64>, tensor<?xi64>,
           !torch.bool, !torch.int, !torch.bool, !torch.none, !torch.bool,
           !torch.none)
        -> (tensor<?x4xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)
    scf.yield %0#0 : tensor<?x4xf32>
  } else {
    %mode = "torch.constant.int"() {value = 1 : i64} : () -> !torch.int
    %1:4 = "torch.aten.embedding_bag.padding_idx"(%t0, %indices, %offsets,
        %false, %mode, %false, %none, %false, %none)
        : (tensor<10x4xf32>, !torch.vtensor<[?],si64>, tensor<?xi64>,
           !torch.bool, !torch.int, !torch.bool, !torch.none, !torch.bool,
           !torch.none)
        -> (tensor<?x4xf32>, tensor<?xi64>, tensor<?xi64>, tensor<?xi64>)
    scf.yield %1#0 : tensor<?x4xf32>
  }
  return %r : tensor<?x4xf32>
}
