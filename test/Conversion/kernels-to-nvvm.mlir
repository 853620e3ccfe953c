// Kernels with an #emb.target are lowered, others are nobody's business.

// RUN: recflex-opt %s --convert-emb-kernels-to-nvvm | FileCheck %s

// CHECK-LABEL: gpu.module @ours [#emb.target<chip = "sm_90">] {
// CHECK:         llvm.func @kernel(%{{.*}}: !llvm.ptr<1>) attributes {
// CHECK-SAME:      gpu.kernel
// CHECK:           nvvm.read.ptx.sreg.tid.x
// 32 bits are enough for an index of theirs.
// CHECK-NOT:       i64
// CHECK:           llvm.return
gpu.module @ours [#emb.target<chip = "sm_90">] {
  gpu.func @kernel(%p: !llvm.ptr<1>) kernel {
    %t = gpu.thread_id x
    %i = arith.index_cast %t : index to i32
    llvm.store %i, %p : i32, !llvm.ptr<1>
    gpu.return
  }
}

// CHECK-LABEL: gpu.module @others [#nvvm.target] {
// CHECK-NEXT:    gpu.func @kernel(
// CHECK-NEXT:      gpu.thread_id x
gpu.module @others [#nvvm.target] {
  gpu.func @kernel(%p: !llvm.ptr<1>) kernel {
    %t = gpu.thread_id x
    %i = arith.index_cast %t : index to i32
    llvm.store %i, %p : i32, !llvm.ptr<1>
    gpu.return
  }
}

// CHECK-LABEL: gpu.module @nobodys {
// CHECK-NEXT:    gpu.func @kernel()
gpu.module @nobodys {
  gpu.func @kernel() kernel {
    gpu.return
  }
}
