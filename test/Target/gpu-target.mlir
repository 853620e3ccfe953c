// MLIR's own pass compiles what has an #emb.target, beside what has another.

// RUN: recflex-opt %s --gpu-module-to-binary=format=isa | FileCheck %s
// RUN: sed '/^gpu.module @others/,$d' %s | recflex-opt --gpu-module-to-binary=format=bin | FileCheck %s --check-prefix=PTX
// RUN: recflex-opt %s --gpu-module-to-binary=format=llvm | FileCheck %s --check-prefix=LLVM
// RUN: sed 's/sm_90/sm_9000/' %s | not recflex-opt --gpu-module-to-binary=format=isa 2>&1 | FileCheck %s --check-prefix=CHIP

// The object has a target that tools without emb know.
// CHECK:      gpu.binary @ours [#gpu.object<#nvvm.target<chip = "sm_90">, properties = {O = 4 : i32}, assembly = "
// CHECK-SAME: .target sm_90
// CHECK-SAME: .entry kernel(
// CHECK:      gpu.binary @others [#gpu.object<#nvvm.target
// CHECK-SAME: .target sm_50

// No toolkit is needed for whatever is asked for: a driver takes PTX.
// PTX:        gpu.binary @ours [#gpu.object<#nvvm.target<chip = "sm_90">, properties = {O = 4 : i32}, assembly = "
// PTX-SAME:   .target sm_90

// Bitcode, for the simulator.
// LLVM:       gpu.binary @ours [#gpu.object<#nvvm.target<chip = "sm_90">, offload = "BC\C0\DE
// CHIP: unknown chip 'sm_9000'; use sm_80, sm_90, sm_100
gpu.module @ours [#emb.target<chip = "sm_90">] {
  llvm.func @kernel() attributes {gpu.kernel, nvvm.kernel} {
    llvm.return
  }
}

gpu.module @others [#nvvm.target] {
  llvm.func @kernel() attributes {gpu.kernel, nvvm.kernel} {
    llvm.return
  }
}
