// Which kernels let the next one start, and where that one waits. On chips
// without the instruction there is none of it.

// RUN: recflex-opt %s -convert-emb-to-gpu=chip=sm_90 | FileCheck %s --check-prefixes=CHECK,OVERLAP
// RUN: recflex-opt %s -convert-emb-to-gpu=chip=sm_100a | FileCheck %s --check-prefixes=CHECK,OVERLAP
// RUN: recflex-opt %s -convert-emb-to-gpu | FileCheck %s --check-prefixes=CHECK,OVERLAP
// RUN: recflex-opt %s -convert-emb-to-gpu=chip=sm_80 | FileCheck %s --check-prefixes=CHECK,PLAIN --implicit-check-not=griddepcontrol
// RUN: recflex-opt %s -convert-emb-to-gpu=chip=sm_89 | FileCheck %s --check-prefixes=CHECK,PLAIN --implicit-check-not=griddepcontrol
// RUN: recflex-opt %s -recflex-lower=chip=sm_90 | FileCheck %s --check-prefix=LOWERED
// RUN: recflex-opt %s -recflex-lower=chip=sm_80 | FileCheck %s --check-prefix=NONE --implicit-check-not=griddepcontrol

// The first kernel never waits: it is launched when all before it has ended.
// CHECK-LABEL: gpu.func @recflex_bind_keys(
// OVERLAP-NOT:   llvm.load
// OVERLAP:       nvvm.griddepcontrol launch_dependents
// OVERLAP-NOT:   nvvm.griddepcontrol
// CHECK:         gpu.return

// CHECK-LABEL: gpu.func @recflex_bind_order(
// OVERLAP-NOT:   {{llvm.load|scf.if}}
// OVERLAP:       nvvm.griddepcontrol launch_dependents
// OVERLAP-NEXT:  nvvm.griddepcontrol wait
// PLAIN:         llvm.load
// OVERLAP:       llvm.load
// OVERLAP-NOT:   nvvm.griddepcontrol
// CHECK:         gpu.return

// Every block waits, also those past the last tile. Nothing follows this
// kernel early: the batch after it writes what it reads.
// CHECK-LABEL: gpu.func @recflex_forward(
// OVERLAP-NOT:   {{llvm.load|scf.if|launch_dependents}}
// OVERLAP:       nvvm.griddepcontrol wait
// PLAIN:         llvm.load
// OVERLAP:       llvm.load
// OVERLAP-NOT:   nvvm.griddepcontrol
// CHECK:         gpu.return

// The pipeline hands its chip on.
// LOWERED-COUNT-2: nvvm.griddepcontrol launch_dependents
// LOWERED-COUNT-2: nvvm.griddepcontrol wait
// NONE: module

func.func @model(%kjt: !emb.kjt<2 x i32>, %t0: tensor<100x8xf32>)
    -> tensor<?x16xf32> {
  %0 = emb.fused_lookup %kjt tables(%t0) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
                         column = 0, schedule =
                         #emb.gather<vector = 4, lanes = 2, unroll = 4>>,
      #emb.fused_feature<key = 1, table = 0, pooling = mean, weighted = false,
                         column = 8, schedule =
                         #emb.gather<vector = 4, lanes = 2, unroll = 4>>]
      occupancy <threads = 128, blocks = 10>
      : !emb.kjt<2 x i32>, tensor<100x8xf32> -> tensor<?x16xf32>
  return %0 : tensor<?x16xf32>
}
