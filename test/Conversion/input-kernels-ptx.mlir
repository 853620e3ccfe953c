// What the kernel ahead writes is loaded behind the wait and off the read-only
// path (.nc); all threads of all blocks wait. Chips without the instruction have
// none of it.

// RUN: recflex compile %s --arch=sm_90 --emit=ptx -o %t.ptx
// RUN: FileCheck %s < %t.ptx
// RUN: recflex compile %s --arch=sm_80 --emit=ptx | FileCheck %s --check-prefix=PLAIN --implicit-check-not=griddepcontrol

// Reads only what the caller gives.
// CHECK-LABEL: .visible .entry recflex_scan_sums(
// CHECK-NOT:     {{ld|st}}.global
// CHECK:         griddepcontrol.launch_dependents;
// CHECK-NOT:     griddepcontrol
// CHECK-NOT:     ld.global.b
// CHECK:         st.global.b64

// The lengths are the caller's: they are loaded before the wait, the sums
// behind it; and nothing but faults is stored before it.
// CHECK-LABEL: .visible .entry recflex_scan_offsets(
// CHECK-NOT:     {{ld|st}}.global
// CHECK:         griddepcontrol.launch_dependents;
// CHECK-NOT:     ld.global.b
// CHECK:         ld.global.nc
// CHECK-NOT:     ld.global.b
// CHECK:         griddepcontrol.wait;
// CHECK-NOT:     ld.global.nc
// CHECK:         ld.global.b64
// CHECK-NOT:     {{ld.global.nc|griddepcontrol}}
// CHECK:         st.global.b64

// CHECK-LABEL: .visible .entry recflex_expand_offsets(
// CHECK-NOT:     {{ld|st}}.global
// CHECK-NOT:     bra
// CHECK:         griddepcontrol.wait;
// CHECK-NOT:     griddepcontrol
// CHECK:         ld.global.b64
// CHECK:         st.global.b64

// The total, then the search.
// CHECK-LABEL: .visible .entry recflex_copy_views(
// CHECK-NOT:     {{ld|st}}.global
// CHECK-NOT:     bra
// CHECK:         griddepcontrol.wait;
// CHECK-NOT:     {{ld.global.nc|griddepcontrol}}
// CHECK-COUNT-2: ld.global.b64
// CHECK:         st.global.b64
// CHECK:         .visible .entry

// PLAIN: .visible .entry recflex_copy_views(

func.func @model(%kjt: !emb.kjt<1 x i64>, %t0: tensor<100x8xf32>)
    -> tensor<?x8xf32> {
  %b0 = emb.feature %kjt[0] : !emb.kjt<1 x i64> -> !emb.bags<i64>
  %0 = emb.lookup sum %t0[%b0]
      : tensor<100x8xf32>, !emb.bags<i64> -> tensor<?x8xf32>
  %1 = emb.concat %0 : tensor<?x8xf32> -> tensor<?x8xf32>
  return %1 : tensor<?x8xf32>
}
