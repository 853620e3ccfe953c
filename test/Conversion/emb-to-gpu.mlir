// The structure of what the pass builds; what the bodies compute is the
// business of the differential tests.

// RUN: recflex-opt %s --split-input-file --convert-emb-to-gpu | FileCheck %s
// A second run finds every lookup with its kernels and adds nothing.
// RUN: recflex-opt %s --split-input-file --convert-emb-to-gpu --convert-emb-to-gpu | FileCheck %s

// Two features with the same code: one body, and no switch.

// CHECK:       module attributes {gpu.container_module}
// CHECK-LABEL: func.func @one_body(
// CHECK:         emb.fused_lookup
// CHECK-SAME:      kernel @recflex_kernels :
// CHECK:       gpu.module @recflex_kernels [#emb.target<chip = "sm_90">] {
// CHECK:         gpu.func @recflex_bind_keys(
// CHECK-SAME:      kernel attributes {known_block_size = array<i32: 64, 1, 1>}
// CHECK:         gpu.func @recflex_bind_order(
// CHECK-SAME:      kernel attributes {known_block_size = array<i32: 64, 1, 1>}
// CHECK-LABEL:   func.func private @body0_sub_warp_w8_f32_sum(
// CHECK-SAME:      %{{.*}}: !llvm.ptr<1>, %{{.*}}: i32, %{{.*}}: i32, %{{.*}}: i32, %{{.*}}: !llvm.ptr<1>, %{{.*}}: !llvm.ptr<1>, %{{.*}}: !llvm.ptr<1>, %{{.*}}: !llvm.ptr<1>, %{{.*}}: i32, %{{.*}}: i32) {
// CHECK-NOT:     func.func private @body{{.*}}_sum(
// CHECK:         func.func private @body0_sub_warp_w8_f32_sum_any(
// CHECK-NOT:     func.func private
// CHECK:         gpu.func @recflex_forward(
// CHECK-SAME:      kernel attributes {known_block_size = array<i32: 64, 1, 1>, nvvm.minctasm = 12 : i32}
// CHECK-NOT:       scf.index_switch
// CHECK:           call @body0_sub_warp_w8_f32_sum(
// CHECK-NOT:       call
// CHECK:           gpu.return
// CHECK:         gpu.func @recflex_forward_checked(
// CHECK:           call @body0_sub_warp_w8_f32_sum(
// CHECK:         gpu.func @recflex_forward_any(
// CHECK:           call @body0_sub_warp_w8_f32_sum_any(
// CHECK-NOT:   gpu.module
func.func @one_body(%kjt: !emb.kjt<2 x i32>, %t0: tensor<100x8xf32>,
                    %t1: tensor<200x8xf32>) -> tensor<?x16xf32> {
  %0 = emb.fused_lookup %kjt tables(%t0, %t1) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
          column = 0,
          schedule = #emb.sub_warp<vector = 4, lanes = 2, unroll = 2>>,
      #emb.fused_feature<key = 1, table = 1, pooling = sum, weighted = false,
          column = 8,
          schedule = #emb.sub_warp<vector = 4, lanes = 2, unroll = 2>>]
      occupancy <threads = 64, blocks = 12>
      : !emb.kjt<2 x i32>, tensor<100x8xf32>, tensor<200x8xf32>
      -> tensor<?x16xf32>
  return %0 : tensor<?x16xf32>
}

// -----

// A body for each distinct schedule, width, row type, pooling and weighting.

// CHECK-LABEL: func.func @bodies(
// CHECK:       gpu.module @recflex_kernels [#emb.target<chip = "sm_90">] {
// 128 threads x 4 f32, which block_reduce needs; the others need none.
// CHECK:         llvm.mlir.global internal @recflex_shared() {addr_space = 3 : i32, alignment = 16 : i64} : !llvm.array<512 x f32>
// CHECK-DAG:     func.func private @body0_gather_w8_f32_sum(
// CHECK-DAG:     func.func private @body1_gather_w8_f32_mean(
// CHECK-DAG:     func.func private @body2_gather_w8_f32_sum_weighted(
// CHECK-DAG:     func.func private @body3_gather_w8_f32_sum(
// CHECK-DAG:     func.func private @body4_block_reduce_w8_f16_max(
// CHECK:         gpu.func @recflex_forward(
// CHECK:           scf.index_switch
// CHECK-NEXT:      case 0 {
// CHECK-NEXT:        call @body0_gather_w8_f32_sum(
// CHECK:           case 1 {
// CHECK-NEXT:        call @body1_gather_w8_f32_mean(
// CHECK:           case 2 {
// CHECK-NEXT:        call @body2_gather_w8_f32_sum_weighted(
// CHECK:           case 3 {
// CHECK-NEXT:        call @body3_gather_w8_f32_sum(
// CHECK-NOT:       case 4
// CHECK:           default {
// CHECK-NEXT:        call @body4_block_reduce_w8_f16_max(
func.func @bodies(%kjt: !emb.kjt<6 x i32>, %w: tensor<?xf32>,
                  %t0: tensor<100x8xf32>, %t1: tensor<100x8xf16>)
    -> tensor<?x48xf32> {
  %0 = emb.fused_lookup %kjt tables(%t0, %t1) weights(%w) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
          column = 0, schedule = #emb.gather<vector = 4, lanes = 2, unroll = 2>>,
      #emb.fused_feature<key = 1, table = 0, pooling = mean, weighted = false,
          column = 8, schedule = #emb.gather<vector = 4, lanes = 2, unroll = 2>>,
      #emb.fused_feature<key = 2, table = 0, pooling = sum, weighted = true,
          column = 16, schedule = #emb.gather<vector = 4, lanes = 2, unroll = 2>>,
      #emb.fused_feature<key = 3, table = 0, pooling = sum, weighted = false,
          column = 24, schedule = #emb.gather<vector = 2, lanes = 4, unroll = 2>>,
      #emb.fused_feature<key = 4, table = 0, pooling = sum, weighted = false,
          column = 32, schedule = #emb.gather<vector = 4, lanes = 2, unroll = 2>>,
      #emb.fused_feature<key = 5, table = 1, pooling = max, weighted = false,
          column = 40, schedule = #emb.block_reduce<vector = 4, lanes = 2,
                                                    rows = 32, unroll = 2>>]
      occupancy <threads = 128, blocks = 10>
      : !emb.kjt<6 x i32>, tensor<100x8xf32>, tensor<100x8xf16>
        weights tensor<?xf32> -> tensor<?x48xf32>
  return %0 : tensor<?x48xf32>
}

// -----

// Stores are as wide as the feature's column allows, where rows are aligned; a
// body for any format narrows them where they are not.

// CHECK-LABEL: func.func @alignment(
// CHECK:       func.func private @body0_gather_w4_f32_sum(
// CHECK:         llvm.store %{{.*}} {alignment = 16 : i64} : vector<4xf32>
// CHECK:       func.func private @body1_gather_w1_f32_sum(
// CHECK:         llvm.store %{{.*}} {alignment = 4 : i64} : vector<1xf32>
// CHECK:       func.func private @body0_gather_w4_f32_sum_any(
// CHECK:         llvm.store %{{.*}} {alignment = 16 : i64} : vector<4xf32>
// CHECK:         llvm.store %{{.*}} {alignment = 4 : i64} : vector<4xf32>
// CHECK:         llvm.store %{{.*}} {alignment = 8 : i64} : vector<4xi16>
// CHECK:         llvm.store %{{.*}} {alignment = 2 : i64} : vector<4xi16>
func.func @alignment(%kjt: !emb.kjt<2 x i32>, %t0: tensor<100x4xf32>,
                     %t1: tensor<100x1xf32>) -> tensor<?x5xf32> {
  %0 = emb.fused_lookup %kjt tables(%t0, %t1) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
          column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>>,
      #emb.fused_feature<key = 1, table = 1, pooling = sum, weighted = false,
          column = 4, schedule = #emb.gather<vector = 1, lanes = 1, unroll = 1>>]
      occupancy <threads = 128, blocks = 10>
      : !emb.kjt<2 x i32>, tensor<100x4xf32>, tensor<100x1xf32>
      -> tensor<?x5xf32>
  return %0 : tensor<?x5xf32>
}

// -----

// CHECK-LABEL: func.func @aligned(
// CHECK:         llvm.store %{{.*}} {alignment = 16 : i64} : vector<4xf32>
func.func @aligned(%kjt: !emb.kjt<1 x i64>, %t0: tensor<100x4xf32>)
    -> tensor<?x4xf32> {
  %0 = emb.fused_lookup %kjt tables(%t0) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
          column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>>]
      occupancy <threads = 128, blocks = 10>
      : !emb.kjt<1 x i64>, tensor<100x4xf32> -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// -----

// Rows past 2^31 take 64-bit row numbers, which is other code.

// CHECK-LABEL: func.func @wide(
// CHECK:         func.func private @body0_gather_w4_f32_sum(
// CHECK:         func.func private @body1_gather_w4_f32_sum_wide(
func.func @wide(%kjt: !emb.kjt<2 x i64>, %t0: tensor<100x4xf32>,
                %t1: tensor<3000000000x4xf32>) -> tensor<?x8xf32> {
  %0 = emb.fused_lookup %kjt tables(%t0, %t1) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
          column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>>,
      #emb.fused_feature<key = 1, table = 1, pooling = sum, weighted = false,
          column = 4, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>>]
      occupancy <threads = 128, blocks = 10>
      : !emb.kjt<2 x i64>, tensor<100x4xf32>, tensor<3000000000x4xf32>
      -> tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
}

// -----

// A module each, under a name of its own.

// CHECK-LABEL: func.func @two(
// CHECK:         kernel @recflex_kernels :
// CHECK:         kernel @[[SECOND:recflex_kernels_[0-9]+]] :
// CHECK-DAG:   gpu.module @recflex_kernels [#emb.target<chip = "sm_90">] {
// CHECK-DAG:   gpu.module @[[SECOND]] [#emb.target<chip = "sm_90">] {
func.func @two(%kjt: !emb.kjt<1 x i32>, %t0: tensor<100x4xf32>)
    -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %0 = emb.fused_lookup %kjt tables(%t0) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
          column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>>]
      occupancy <threads = 128, blocks = 10>
      : !emb.kjt<1 x i32>, tensor<100x4xf32> -> tensor<?x4xf32>
  %1 = emb.fused_lookup %kjt tables(%t0) [
      #emb.fused_feature<key = 0, table = 0, pooling = max, weighted = false,
          column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 1>>]
      occupancy <threads = 128, blocks = 10>
      : !emb.kjt<1 x i32>, tensor<100x4xf32> -> tensor<?x4xf32>
  return %0, %1 : tensor<?x4xf32>, tensor<?x4xf32>
}

// -----

// Nothing to build: the module stays as it is.

// CHECK:       module {
// CHECK-LABEL: func.func @none(
// CHECK-NOT:   gpu.module
func.func @none() {
  return
}
