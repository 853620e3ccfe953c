// Fused lookups with kernels become launches in destination style; jagged inputs
// become two tensors.

// RUN: recflex-opt %s --split-input-file --convert-emb-to-launch | FileCheck %s
// RUN: recflex-opt %s --split-input-file --convert-emb-to-launch --remarks-filter=convert-emb-to-launch 2>&1 \
// RUN:   | FileCheck %s --check-prefix=REMARK

// The example of the pass.
// CHECK-LABEL: func.func @model(
// CHECK-SAME:    %[[VALUES:[a-z0-9]+]]: tensor<?xi32>, %[[OFFSETS:[a-z0-9]+]]: tensor<?xi32>,
// CHECK-SAME:    %[[TABLE:[a-z0-9]+]]: tensor<1024x4xf32>) -> tensor<?x4xf32> {
// CHECK:         %[[ENTRIES:.*]] = tensor.dim %[[OFFSETS]]
// CHECK:         %[[BAGS:.*]] = arith.subi %[[ENTRIES]], %{{.*}} : index
// CHECK:         %[[ONE:.*]] = arith.constant 1 : index
// CHECK-NEXT:    %[[BATCH:.*]] = arith.divui %[[BAGS]], %[[ONE]] : index
// CHECK-NEXT:    %[[PLACE:.*]] = tensor.empty(%[[BATCH]]) : tensor<?x4xf32>
// CHECK-NEXT:    %[[ROWS:.*]] = emb.launch @recflex_kernels %[[VALUES]], %[[OFFSETS]] keys 1 tables(%[[TABLE]]) [#emb.fused_feature<key = 0, {{.*}}>] occupancy <threads = 128, blocks = 10> outs(%[[PLACE]]) : (tensor<?xi32>, tensor<?xi32>, tensor<1024x4xf32>, tensor<?x4xf32>) -> tensor<?x4xf32>
// CHECK-NEXT:    return %[[ROWS]]
func.func @model(%kjt: !emb.kjt<1 x i32>, %t0: tensor<1024x4xf32> {emb.name = "t"})
    -> tensor<?x4xf32> {
  %0 = emb.fused_lookup %kjt tables(%t0) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
        column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>
    ] occupancy <threads = 128, blocks = 10> kernel @recflex_kernels
    : !emb.kjt<1 x i32>, tensor<1024x4xf32> -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// -----

// Weights; features of their own arrays, which are joined; control flow.
// CHECK-LABEL: func.func @joined(
// CHECK-SAME:    %[[CHOICE:[a-z0-9]+]]: i1, %{{.*}}: tensor<?xi64>, %{{.*}}: tensor<?xi64>, %{{.*}}: tensor<?xi64>, %{{.*}}: tensor<?xi64>, %[[TABLE:[a-z0-9]+]]: tensor<8x2xf16>, %[[WEIGHTS:[a-z0-9]+]]: tensor<?xf32>
// CHECK:         scf.if %[[CHOICE]] -> (tensor<?x2xf32>)
// CHECK:         linalg.generic
// CHECK:         emb.launch @k %{{.*}}, %{{.*}} keys 2 tables(%[[TABLE]]) weights(%[[WEIGHTS]])
// CHECK-SAME:      : (tensor<?xi64>, tensor<?xi64>, tensor<8x2xf16>, tensor<?xf32>, tensor<?x2xf32>) -> tensor<?x2xf32>
func.func @joined(%choice: i1, %v0: tensor<?xi64>, %o0: tensor<?xi64>,
                  %v1: tensor<?xi64>, %o1: tensor<?xi64>, %t: tensor<8x2xf16>,
                  %w: tensor<?xf32>, %otherwise: tensor<?x2xf32>)
    -> tensor<?x2xf32> {
  %0 = scf.if %choice -> (tensor<?x2xf32>) {
    %b0 = emb.bags %v0, %o0 : tensor<?xi64>, tensor<?xi64> -> !emb.bags<i64>
    %b1 = emb.bags %v1, %o1 : tensor<?xi64>, tensor<?xi64> -> !emb.bags<i64>
    %kjt = emb.join %b0, %b1 : !emb.bags<i64>, !emb.bags<i64> -> !emb.kjt<2 x i64>
    %1 = emb.fused_lookup %kjt tables(%t) weights(%w) [
        #emb.fused_feature<key = 1, table = 0, pooling = mean, weighted = true,
          column = 0, schedule = #emb.gather<vector = 1, lanes = 1, unroll = 1>>
      ] occupancy <threads = 128, blocks = 10> kernel @k
      : !emb.kjt<2 x i64>, tensor<8x2xf16> weights tensor<?xf32> -> tensor<?x2xf32>
    scf.yield %1 : tensor<?x2xf32>
  } else {
    scf.yield %otherwise : tensor<?x2xf32>
  }
  return %0 : tensor<?x2xf32>
}

// -----

// A lookup without a kernel is linalg, and a remark.
// CHECK-LABEL: func.func @alone(
// CHECK-NOT:     emb.
// CHECK:         scf.forall
// REMARK: remark: {{.*}}the lookup is in no fused one, so it has no kernel: it becomes linalg; run -emb-fuse first
func.func @alone(%kjt: !emb.kjt<1 x i32>, %t0: tensor<1024x4xf32>)
    -> tensor<?x4xf32> {
  %b0 = emb.feature %kjt[0] : !emb.kjt<1 x i32> -> !emb.bags<i32>
  %0 = emb.lookup sum %t0[%b0]
      : tensor<1024x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}
