// The simulator as MLIR's GPU runtime, without a lookup: memory of the host that is
// registered, device memory, copies, and threads that are counted in y. The
// runner prints the sum of 3 i + 7 for i below 64.

// DEFINE: %{format} = llvm
// DEFINE: %{lower} = recflex-opt --pass-pipeline="builtin.module(gpu-kernel-outlining,func.func(gpu-async-region),nvvm-attach-target{chip=sm_90},gpu.module(convert-gpu-to-nvvm),gpu-module-to-binary{format=%{format}},convert-scf-to-cf,gpu-to-llvm,reconcile-unrealized-casts)"
// RUN: split-file %s %t
// RUN: cat %t/kernel.mlir %t/right.mlir > %t/all.mlir
// RUN: %{lower} %t/all.mlir \
// RUN:   | env RECFLEX_PRINT_LAUNCHES=1 %simulate-main 2>&1 | FileCheck %s
// CHECK:      launch scale_kernel: 2 blocks of 32 threads, {{[0-9]+}} parameters
// CHECK-NEXT: {{^}}6496{{$}}

// Memory that nobody has registered.
// RUN: cat %t/kernel.mlir %t/foreign.mlir > %t/all.mlir
// RUN: %{lower} %t/all.mlir -o %t/foreign-llvm.mlir
// RUN: not %simulate-main %t/foreign-llvm.mlir 2>&1 | FileCheck %s --check-prefix=FOREIGN
// FOREIGN: recflex_gpu_simulator: error: kernel 'scale_kernel', block {{.*}}, thread {{.*}}: load of 4 bytes at

// PTX, which it cannot run.
// REDEFINE: %{format} = isa
// RUN: %{lower} %t/all.mlir -o %t/ptx.mlir
// RUN: not %simulate-main %t/ptx.mlir 2>&1 | FileCheck %s --check-prefix=PTX
// PTX: recflex_gpu_simulator: error: the kernels are no LLVM bitcode, which the simulator runs; compile them with gpu-module-to-binary=format=llvm

// Blocks of two dimensions.
// REDEFINE: %{format} = llvm
// RUN: sed 's/threads(%%tx, %%ty, %%tz) in (%%bx = %%c1/threads(%%tx, %%ty, %%tz) in (%%bx = %%c2/' %t/all.mlir > %t/plane.mlir
// RUN: %{lower} %t/plane.mlir -o %t/plane-llvm.mlir
// RUN: not %simulate-main %t/plane-llvm.mlir 2>&1 | FileCheck %s --check-prefix=PLANE
// PLANE: error: kernel 'scale_kernel' is launched with 2 x 32 x 1 threads a block; the simulator has one dimension

//--- kernel.mlir
// to[i] = 3 from[i] + to[i], by 2 blocks of 32 threads in y.
func.func @scale(%from: memref<64xi32>, %to: memref<64xi32>) {
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c32 = arith.constant 32 : index
  gpu.launch blocks(%x, %y, %z) in (%gx = %c2, %gy = %c1, %gz = %c1)
             threads(%tx, %ty, %tz) in (%bx = %c1, %by = %c32, %bz = %c1) {
    %three = arith.constant 3 : i32
    %first = arith.muli %x, %by : index
    %i = arith.addi %first, %ty : index
    %a = memref.load %from[%i] : memref<64xi32>
    %b = memref.load %to[%i] : memref<64xi32>
    %product = arith.muli %a, %three : i32
    %sum = arith.addi %product, %b : i32
    memref.store %sum, %to[%i] : memref<64xi32>
    gpu.terminator
  }
  return
}
//--- right.mlir
func.func @main() -> i32 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c64 = arith.constant 64 : index
  %zero = arith.constant 0 : i32
  %seven = arith.constant 7 : i32
  %from = memref.alloc() : memref<64xi32>
  scf.for %i = %c0 to %c64 step %c1 {
    %number = arith.index_cast %i : index to i32
    memref.store %number, %from[%i] : memref<64xi32>
  }
  %unranked = memref.cast %from : memref<64xi32> to memref<*xi32>
  gpu.host_register %unranked : memref<*xi32>
  %to = gpu.alloc () : memref<64xi32>
  gpu.memset %to, %seven : memref<64xi32>, i32
  call @scale(%from, %to) : (memref<64xi32>, memref<64xi32>) -> ()
  %result = memref.alloc() : memref<64xi32>
  gpu.memcpy %result, %to : memref<64xi32>, memref<64xi32>
  gpu.dealloc %to : memref<64xi32>
  gpu.host_unregister %unranked : memref<*xi32>
  %sum = scf.for %i = %c0 to %c64 step %c1 iter_args(%s = %zero) -> i32 {
    %number = memref.load %result[%i] : memref<64xi32>
    %next = arith.addi %s, %number : i32
    scf.yield %next : i32
  }
  return %sum : i32
}
//--- foreign.mlir
func.func @main() -> i32 {
  %zero = arith.constant 0 : i32
  %from = memref.alloc() : memref<64xi32>
  %to = gpu.alloc () : memref<64xi32>
  call @scale(%from, %to) : (memref<64xi32>, memref<64xi32>) -> ()
  return %zero : i32
}
