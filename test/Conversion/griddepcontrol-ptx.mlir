// LLVM must leave the loads of what the kernel ahead writes where they are:
// behind the wait, and off the read-only path (.nc), which need not see memory
// that was written after the kernel's start.

// RUN: recflex compile %s --arch=sm_90 --emit=ptx | FileCheck %s
// RUN: recflex compile %s --arch=sm_80 --emit=ptx | FileCheck %s --check-prefix=PLAIN --implicit-check-not=griddepcontrol

// CHECK-LABEL: .visible .entry recflex_bind_keys(
// CHECK-NOT:     ld.global
// CHECK:         griddepcontrol.launch_dependents;
// CHECK-NOT:     griddepcontrol

// All that this kernel loads are keys.
// CHECK-LABEL: .visible .entry recflex_bind_order(
// CHECK-NOT:     {{ld|st}}.global
// CHECK:         griddepcontrol.launch_dependents;
// CHECK-NEXT:    griddepcontrol.wait;
// CHECK-NOT:     ld.global.nc
// CHECK:         ld.global.b32
// CHECK-NOT:     {{ld.global.nc|griddepcontrol}}

// CHECK-LABEL: .visible .entry recflex_forward(
// CHECK-NOT:     {{ld|st}}.global
// CHECK:         griddepcontrol.wait;
// CHECK-NOT:     ld.global.nc
// The number of blocks, starts[F]; a step of the search; order[r], starts[r].
// CHECK-COUNT-4: ld.global.b32
// CHECK-NOT:     griddepcontrol

// CHECK-LABEL: .visible .entry recflex_forward_checked(
// CHECK-NOT:     {{ld|st}}.global
// CHECK:         griddepcontrol.wait;
// CHECK-NOT:     ld.global.nc
// CHECK-COUNT-4: ld.global.b32
// CHECK-NOT:     griddepcontrol

// CHECK-LABEL: .visible .entry recflex_forward_any(
// CHECK-NOT:     {{ld|st}}.global
// CHECK:         griddepcontrol.wait;
// CHECK-NOT:     ld.global.nc
// CHECK-COUNT-4: ld.global.b32
// CHECK-NOT:     griddepcontrol

// PLAIN: .visible .entry recflex_forward(

func.func @model(%kjt: !emb.kjt<2 x i32>, %t0: tensor<100x8xf32>,
                 %t1: tensor<100x64xf32>) -> tensor<?x72xf32> {
  %b0 = emb.feature %kjt[0] : !emb.kjt<2 x i32> -> !emb.bags<i32>
  %0 = emb.lookup sum %t0[%b0]
      : tensor<100x8xf32>, !emb.bags<i32> -> tensor<?x8xf32>
  %b1 = emb.feature %kjt[1] : !emb.kjt<2 x i32> -> !emb.bags<i32>
  %1 = emb.lookup mean %t1[%b1]
      : tensor<100x64xf32>, !emb.bags<i32> -> tensor<?x64xf32>
  %2 = emb.concat %0, %1
      : tensor<?x8xf32>, tensor<?x64xf32> -> tensor<?x72xf32>
  return %2 : tensor<?x72xf32>
}
