// What the kernels come out as: launch bounds, and wide loads on the read-only
// path.

// RUN: recflex compile %s --emit=ptx | FileCheck %s
// RUN: recflex compile %s --emit=ptx --arch=sm_80 --threads=128 --blocks=8 | FileCheck %s --check-prefix=SM80
// RUN: recflex compile %s --emit=llvm | FileCheck %s --check-prefix=LLVM

// CHECK: .target sm_90
// SM80:  .target sm_80

// CHECK-LABEL: .visible .entry recflex_bind_keys(
// CHECK:         .maxntid 64, 1, 1
// CHECK-NOT:     .minnctapersm
// CHECK-LABEL: .visible .entry recflex_bind_order(
// CHECK:         .maxntid 64, 1, 1
// CHECK-NOT:     .minnctapersm
// CHECK-LABEL: .visible .entry recflex_forward(
// CHECK:         .maxntid 128, 1, 1
// CHECK-NEXT:    .minnctapersm 10

// The block's rank, found by the whole warp.
// CHECK:         vote.sync.ballot.b32

// max, block_reduce: a row of four halves is one load of 8 bytes; 32 of the 64
// groups meet by shuffles, then the two warps of a bag in shared memory.
// CHECK:         ld.global.nc.v4.b16
// CHECK-COUNT-4: shfl.sync.bfly.b32 {{.*}}, 16, 31, -1;
// CHECK-COUNT-4: shfl.sync.bfly.b32 {{.*}}, 1, 31, -1;
// CHECK-NOT:     shfl.sync
// CHECK:         st.shared.v4.b32
// CHECK-NEXT:    bar.sync 0;
// CHECK-COUNT-2: ld.shared.v4.b32
// CHECK:         st.global.v4.b32

// sum, sub_warp: four indices, then four rows of 16 bytes, all in flight.
// CHECK-COUNT-4: ld.global.nc.b32
// CHECK-COUNT-4: ld.global.nc.v4.b32
// CHECK-COUNT-4: add{{.*}}.f32
// CHECK:         st.global.v4.b32
// CHECK-NOT:     {{ld|st}}.local

// An occupancy in the IR wins over options: --blocks is for emb-fuse.
// SM80:      .visible .entry recflex_forward(
// SM80:      .maxntid 128, 1, 1
// SM80-NEXT: .minnctapersm 10

// LLVM:      @recflex_shared = internal {{.*}}addrspace(3) global [512 x float]
// LLVM-DAG:  define ptx_kernel void @recflex_bind_keys(
// LLVM-DAG:  define ptx_kernel void @recflex_bind_order(
// LLVM-DAG:  define ptx_kernel void @recflex_forward(
// No body is left as a function.
// LLVM-NOT:  define {{.*}}body

func.func @model(%kjt: !emb.kjt<2 x i32>, %t0: tensor<100x64xf32>,
                 %t1: tensor<100x4xf16>) -> tensor<?x68xf32> {
  %0 = emb.fused_lookup %kjt tables(%t0, %t1) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
          column = 0,
          schedule = #emb.sub_warp<vector = 4, lanes = 16, unroll = 4>>,
      #emb.fused_feature<key = 1, table = 1, pooling = max, weighted = false,
          column = 64,
          schedule = #emb.block_reduce<vector = 4, lanes = 1, rows = 64,
                                       unroll = 2>>
    ] occupancy <threads = 128, blocks = 10>
      : !emb.kjt<2 x i32>, tensor<100x64xf32>, tensor<100x4xf16>
      -> tensor<?x68xf32>
  return %0 : tensor<?x68xf32>
}
