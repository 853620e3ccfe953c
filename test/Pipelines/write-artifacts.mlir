// Every lookup becomes a file, under its function's name; the module stays as it
// is.

// RUN: rm -rf %t && mkdir -p %t
// RUN: recflex-opt %s --pass-pipeline="builtin.module(recflex-schedule,recflex-lower)" -o %t/lowered.mlir
// RUN: recflex-opt %t/lowered.mlir --emb-write-artifacts=folder=%t -o %t/written.mlir
// RUN: cmp %t/lowered.mlir %t/written.mlir
// RUN: recflex inspect %t/first.recflex | FileCheck %s --check-prefix=FIRST
// RUN: recflex inspect %t/second.recflex | FileCheck %s --check-prefix=SECOND
// FIRST: output: 4 columns
// SECOND: output: 8 columns

// RUN: not recflex-opt %t/lowered.mlir --emb-write-artifacts=folder=%t/missing 2>&1 | FileCheck %s --check-prefix=FOLDER
// FOLDER: error: {{.*}}missing/first.recflex: cannot
// RUN: not recflex-opt %s --pass-pipeline="builtin.module(recflex-schedule,func.func(emb-fuse),emb-write-artifacts)" 2>&1 | FileCheck %s --check-prefix=KERNELS
// KERNELS: 'emb.fused_lookup' op has no kernels; run -convert-emb-to-gpu first
// RUN: sed 's/\[#emb.target<chip = "sm_90">\]//' %t/lowered.mlir | not recflex-opt --emb-write-artifacts=folder=%t 2>&1 | FileCheck %s --check-prefix=TARGET
// TARGET: 'gpu.module' op has no #emb.target; kernels come from -convert-emb-to-gpu

func.func @first(%kjt: !emb.kjt<1 x i32>, %t0: tensor<1024x4xf32>) -> tensor<?x4xf32> {
  %b0 = emb.feature %kjt[0] : !emb.kjt<1 x i32> -> !emb.bags<i32>
  %0 = emb.lookup sum %t0[%b0] : tensor<1024x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

func.func @second(%kjt: !emb.kjt<1 x i32>, %t0: tensor<1024x8xf32>) -> tensor<?x8xf32> {
  %b0 = emb.feature %kjt[0] : !emb.kjt<1 x i32> -> !emb.bags<i32>
  %0 = emb.lookup sum %t0[%b0] : tensor<1024x8xf32>, !emb.bags<i32> -> tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
}
