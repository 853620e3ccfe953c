// The kernels of other forms of input: their arguments, as in KernelABI.h, and
// which of them wait.

// RUN: recflex-opt %s -convert-emb-to-gpu=chip=sm_90 | FileCheck %s --check-prefixes=CHECK,OVERLAP
// RUN: recflex-opt %s -convert-emb-to-gpu=chip=sm_80 | FileCheck %s --check-prefixes=CHECK --implicit-check-not=griddepcontrol

// A chunk has 2,048 offsets, one in 33 places of shared memory unused.
// CHECK-DAG:   llvm.mlir.global internal @recflex_scan_tile() {addr_space = 3 : i32, alignment = 16 : i64} : !llvm.array<2112 x i32>
// CHECK-DAG:   llvm.mlir.global internal @recflex_scan_warps() {addr_space = 3 : i32, alignment = 16 : i64} : !llvm.array<16 x i64>

// CHECK-LABEL: gpu.func @recflex_scan_sums(
// CHECK-SAME:    %{{.*}}: !llvm.ptr<1>, %{{.*}}: !llvm.ptr<1>, %{{.*}}: i32, %{{.*}}: i32, %{{.*}}: i64, %{{.*}}: !llvm.ptr<1>)
// CHECK-SAME:    kernel attributes {known_block_size = array<i32: 256, 1, 1>}
// OVERLAP-NEXT:  nvvm.griddepcontrol launch_dependents
// OVERLAP-NOT:   griddepcontrol
// CHECK-NOT:     llvm.atomicrmw
// CHECK:         gpu.return

// CHECK-LABEL: gpu.func @recflex_scan_offsets(
// CHECK-SAME:    %{{.*}}: !llvm.ptr<1>, %{{.*}}: !llvm.ptr<1>, %{{.*}}: i32, %{{.*}}: i32, %{{.*}}: i64, %{{.*}}: !llvm.ptr<1>, %{{.*}}: !llvm.ptr<1>, %{{.*}}: !llvm.ptr<1>, %{{.*}}: i32)
// CHECK-SAME:    kernel attributes {known_block_size = array<i32: 256, 1, 1>}
// OVERLAP-NEXT:  nvvm.griddepcontrol launch_dependents
// The lengths, of the views or given: their loads may move anywhere.
// CHECK:         scf.if
// CHECK-COUNT-8: llvm.load %{{.*}} invariant {alignment = 4 : i64} : !llvm.ptr<1> -> i32
// CHECK:         gpu.barrier
// CHECK-COUNT-5: gpu.shuffle {{ *}}up
// OVERLAP:       nvvm.griddepcontrol wait
// OVERLAP-NOT:   griddepcontrol
// CHECK:         gpu.return

// CHECK-LABEL: gpu.func @recflex_expand_offsets(
// CHECK-SAME:    %{{.*}}: !llvm.ptr<1>, %{{.*}}: !llvm.ptr<1>, %{{.*}}: !llvm.ptr<1>, %{{.*}}: i32, %{{.*}}: i32, %{{.*}}: i32, %{{.*}}: !llvm.ptr<1>, %{{.*}}: !llvm.ptr<1>, %{{.*}}: i32)
// CHECK-SAME:    kernel attributes {known_block_size = array<i32: 256, 1, 1>}
// OVERLAP-NEXT:  nvvm.griddepcontrol wait
// OVERLAP-NOT:   griddepcontrol
// CHECK:         gpu.return

// CHECK-LABEL: gpu.func @recflex_copy_views(
// CHECK-SAME:    %{{.*}}: !llvm.ptr<1>, %{{.*}}: i32, %{{.*}}: i32, %{{.*}}: !llvm.ptr<1>, %{{.*}}: !llvm.ptr<1>, %{{.*}}: !llvm.ptr<1>)
// CHECK-SAME:    kernel attributes {known_block_size = array<i32: 256, 1, 1>}
// OVERLAP-NEXT:  nvvm.griddepcontrol wait
// OVERLAP-NOT:   griddepcontrol
// CHECK:         nvvm.vote.sync
// CHECK:         gpu.return
// CHECK-LABEL: gpu.func @recflex_bind_keys(

func.func @model(%kjt: !emb.kjt<1 x i32>, %t0: tensor<100x8xf32>)
    -> tensor<?x8xf32> {
  %0 = emb.fused_lookup %kjt tables(%t0) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
                         column = 0, schedule =
                         #emb.gather<vector = 4, lanes = 2, unroll = 4>>]
      occupancy <threads = 128, blocks = 10>
      : !emb.kjt<1 x i32>, tensor<100x8xf32> -> tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
}
