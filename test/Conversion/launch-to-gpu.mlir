// Launches on buffers: workspace, descriptors, three gpu.launch_func.

// RUN: recflex-opt %s --split-input-file --convert-emb-launch-to-gpu | FileCheck %s
// Upstream's passes take it from there: one stream, and calls of the runtime.
// RUN: recflex-opt %s --split-input-file --pass-pipeline="builtin.module(convert-emb-launch-to-gpu,func.func(gpu-async-region))" \
// RUN:   | FileCheck %s --check-prefix=ASYNC
// RUN: recflex-opt %s --split-input-file --pass-pipeline="builtin.module(convert-emb-launch-to-gpu,func.func(gpu-async-region),convert-scf-to-cf,gpu-to-llvm,reconcile-unrealized-casts)" \
// RUN:   | FileCheck %s --check-prefix=LLVM

// The example of the pass. The descriptor: row 0 is filled in, 1024 rows, key 0,
// body 0, column 0, width 4.
// CHECK: memref.global "private" constant @recflex_kernels_descriptors : memref<1x8xi64> = dense<{{\[\[}}0, 1024, 0, 17179869184, {{.*}}]]> {alignment = 8 : i64}
// CHECK-LABEL: func.func @model(
// CHECK-SAME:    %[[VALUES:[a-z0-9]+]]: memref<?xi32>, %[[OFFSETS:[a-z0-9]+]]: memref<?xi32>, %[[TABLE:[a-z0-9]+]]: memref<1024x4xf32>)
// CHECK-NEXT:    %[[HOST:.*]] = memref.alloca() : memref<1x8xi64>
// CHECK-NEXT:    %[[CONSTANT:.*]] = memref.get_global @recflex_kernels_descriptors
// CHECK-NEXT:    memref.copy %[[CONSTANT]], %[[HOST]]
// CHECK-NEXT:    %[[AT:.*]] = memref.extract_aligned_pointer_as_index %[[TABLE]]
// CHECK-NEXT:    %[[ADDRESS:.*]] = arith.index_cast %[[AT]] : index to i64
// CHECK:         memref.store %[[ADDRESS]], %[[HOST]][%{{.*}}, %{{.*}}]
// CHECK:         %[[ROWS:.*]] = memref.alloc
// CHECK:         %[[ENTRIES:.*]] = memref.dim %[[OFFSETS]]
// CHECK:         %[[BAGS:.*]] = arith.subi %[[ENTRIES]]
// CHECK:         %[[BATCH:.*]] = arith.divui %[[BAGS]]
// CHECK:         %[[MEMORY:.*]] = gpu.alloc () : memref<512xi8>
// CHECK:         memref.view %[[MEMORY]]{{.*}} to memref<8xi32>
// CHECK:         memref.view %[[MEMORY]]{{.*}} to memref<1xi32>
// CHECK:         memref.view %[[MEMORY]]{{.*}} to memref<2xi32>
// CHECK:         %[[DEVICE:.*]] = memref.view %[[MEMORY]]{{.*}} to memref<1x8xi64>
// CHECK:         gpu.memcpy %[[DEVICE]], %[[HOST]]
// CHECK-NOT:     gpu.memset
// CHECK:         gpu.launch_func @recflex_kernels::@recflex_bind_keys blocks in (%{{.*}}) threads in (%{{.*}}) args(%{{.*}} : !llvm.ptr<1>, %{{.*}} : i32, %{{.*}} : !llvm.ptr<1>, %{{.*}} : i32, %{{.*}} : !llvm.ptr<1>)
// CHECK:         gpu.launch_func @recflex_kernels::@recflex_bind_order blocks in (%{{.*}}) threads in (%{{.*}}) args(%{{.*}} : i32, %{{.*}} : !llvm.ptr<1>, %{{.*}} : !llvm.ptr<1>, %{{.*}} : !llvm.ptr<1>)
// 128 threads, one sample each and four at a time: 512 samples a tile.
// CHECK:         %[[LAST:.*]] = arith.constant 511 : index
// CHECK-NEXT:    %[[COVERING:.*]] = arith.addi %[[BATCH]], %[[LAST]]
// CHECK:         %[[CUTS:.*]] = arith.divui %[[COVERING]]
// CHECK:         %[[TILES:.*]] = arith.muli %[[CUTS]]
// CHECK:         %[[BLOCKS:.*]] = arith.maxui %[[TILES]]
// CHECK:         gpu.launch_func @recflex_kernels::@recflex_forward blocks in (%[[BLOCKS]], %{{.*}}) threads in (%{{.*}})
// CHECK-NEXT:    gpu.dealloc %[[MEMORY]] : memref<512xi8>
// CHECK-NEXT:    return %[[ROWS]]

// ASYNC-LABEL: func.func @model(
// ASYNC:         %[[T0:.*]] = gpu.wait async
// ASYNC-NEXT:    %[[MEMORY:.*]], %[[T1:.*]] = gpu.alloc async [%[[T0]]] ()
// ASYNC:         %[[T2:.*]] = gpu.memcpy async [%[[T1]]]
// ASYNC:         %[[T3:.*]] = gpu.launch_func async [%[[T2]]] {{.*}}@recflex_bind_keys
// ASYNC:         %[[T4:.*]] = gpu.launch_func async [%[[T3]]] {{.*}}@recflex_bind_order
// ASYNC:         %[[T5:.*]] = gpu.launch_func async [%[[T4]]] {{.*}}@recflex_forward blocks
// ASYNC-NEXT:    %[[T6:.*]] = gpu.dealloc async [%[[T5]]] %[[MEMORY]]
// ASYNC-NEXT:    gpu.wait [%[[T6]]]

// LLVM-LABEL:  llvm.func @model(
// LLVM:          %[[STREAM:.*]] = llvm.call @mgpuStreamCreate()
// LLVM:          llvm.call @mgpuMemAlloc(%{{.*}}, %[[STREAM]], %{{.*}})
// LLVM:          llvm.call @mgpuMemcpy
// LLVM:          gpu.launch_func <%[[STREAM]] : !llvm.ptr> @recflex_kernels::@recflex_bind_keys
// LLVM:          llvm.call @mgpuMemFree
// LLVM:          llvm.call @mgpuStreamSynchronize(%[[STREAM]])
module attributes {gpu.container_module} {
func.func @model(%values: memref<?xi32>, %offsets: memref<?xi32>,
                 %t0: memref<1024x4xf32>) -> memref<?x4xf32> {
  %batch = arith.constant 7 : index
  %rows = memref.alloc(%batch) : memref<?x4xf32>
  emb.launch @recflex_kernels %values, %offsets keys 1 tables(%t0) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
        column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>
    ] occupancy <threads = 128, blocks = 10> outs(%rows)
    : (memref<?xi32>, memref<?xi32>, memref<1024x4xf32>, memref<?x4xf32>) -> ()
  return %rows : memref<?x4xf32>
}
gpu.module @recflex_kernels {
  llvm.func @recflex_bind_keys() attributes {gpu.kernel, nvvm.kernel}
  llvm.func @recflex_bind_order() attributes {gpu.kernel, nvvm.kernel}
  llvm.func @recflex_forward() attributes {gpu.kernel, nvvm.kernel}
}
}

// -----

// Rows of a stride that vectors cannot have, and weights.
// CHECK-LABEL: func.func @narrow(
// CHECK-SAME:    %[[WEIGHTS:[a-z0-9]+]]: memref<?xf32>
// CHECK:         memref.extract_aligned_pointer_as_index %[[WEIGHTS]]
// CHECK-NOT:     @recflex_forward blocks
// CHECK:         gpu.launch_func @k::@recflex_forward_any
module attributes {gpu.container_module} {
func.func @narrow(%values: memref<?xi64>, %offsets: memref<?xi64>,
                  %t0: memref<1024x4xf32>, %weights: memref<?xf32>) {
  %batch = arith.constant 7 : index
  %rows = memref.alloc(%batch) : memref<?x11xf32>
  %place = memref.subview %rows[0, 4] [%batch, 4] [1, 1]
      : memref<?x11xf32> to memref<?x4xf32, strided<[11, 1], offset: 4>>
  emb.launch @k %values, %offsets keys 1 tables(%t0) weights(%weights) [
      #emb.fused_feature<key = 0, table = 0, pooling = mean, weighted = true,
        column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>
    ] occupancy <threads = 128, blocks = 10> outs(%place)
    : (memref<?xi64>, memref<?xi64>, memref<1024x4xf32>, memref<?xf32>,
       memref<?x4xf32, strided<[11, 1], offset: 4>>) -> ()
  return
}
gpu.module @k {
  llvm.func @recflex_bind_keys() attributes {gpu.kernel, nvvm.kernel}
  llvm.func @recflex_bind_order() attributes {gpu.kernel, nvvm.kernel}
  llvm.func @recflex_forward_any() attributes {gpu.kernel, nvvm.kernel}
}
}

// -----

// Columns of an allocation, 16 bytes from its beginning: aligned.
// CHECK-LABEL: func.func @columns(
// CHECK-NOT:     scf.if
// CHECK:         gpu.launch_func @k::@recflex_forward blocks
module attributes {gpu.container_module} {
func.func @columns(%values: memref<?xi32>, %offsets: memref<?xi32>,
                   %t0: memref<1024x4xf32>) {
  %batch = arith.constant 7 : index
  %rows = memref.alloc(%batch) : memref<?x12xf32>
  %place = memref.subview %rows[0, 4] [%batch, 4] [1, 1]
      : memref<?x12xf32> to memref<?x4xf32, strided<[12, 1], offset: 4>>
  emb.launch @k %values, %offsets keys 1 tables(%t0) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
        column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>
    ] occupancy <threads = 128, blocks = 10> outs(%place)
    : (memref<?xi32>, memref<?xi32>, memref<1024x4xf32>,
       memref<?x4xf32, strided<[12, 1], offset: 4>>) -> ()
  return
}
gpu.module @k {
  llvm.func @recflex_bind_keys() attributes {gpu.kernel, nvvm.kernel}
  llvm.func @recflex_bind_order() attributes {gpu.kernel, nvvm.kernel}
  llvm.func @recflex_forward() attributes {gpu.kernel, nvvm.kernel}
}
}

// -----

// The caller's rows, of which somebody says that they are aligned.
// CHECK-LABEL: func.func @assumed(
// CHECK-NOT:     scf.if
// CHECK:         gpu.launch_func @k::@recflex_forward blocks
module attributes {gpu.container_module} {
func.func @assumed(%values: memref<?xi32>, %offsets: memref<?xi32>,
                   %t0: memref<1024x4xf32>, %given: memref<?x4xf32>) {
  %rows = memref.assume_alignment %given, 16 : memref<?x4xf32>
  emb.launch @k %values, %offsets keys 1 tables(%t0) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
        column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>
    ] occupancy <threads = 128, blocks = 10> outs(%rows)
    : (memref<?xi32>, memref<?xi32>, memref<1024x4xf32>, memref<?x4xf32>) -> ()
  return
}
gpu.module @k {
  llvm.func @recflex_bind_keys() attributes {gpu.kernel, nvvm.kernel}
  llvm.func @recflex_bind_order() attributes {gpu.kernel, nvvm.kernel}
  llvm.func @recflex_forward() attributes {gpu.kernel, nvvm.kernel}
}
}

// -----

// Whose rows are the caller's, and of any layout, the host chooses a kernel for.
// CHECK-LABEL: func.func @unknown(
// CHECK-SAME:    %[[ROWS:[a-z0-9]+]]: memref<?x4xf32, strided<[?, 1], offset: ?>>)
// CHECK:         %{{.*}}, %[[OFFSET:.*]], %{{.*}}:2, %{{.*}}:2 = memref.extract_strided_metadata %[[ROWS]]
// CHECK:         arith.muli %[[OFFSET]]
// CHECK:         %[[FORMAT:.*]] = arith.select
// CHECK:         %[[USUAL:.*]] = arith.cmpi eq, %[[FORMAT]]
// CHECK:         scf.if %[[USUAL]]
// CHECK:           gpu.launch_func @k::@recflex_forward blocks
// CHECK-NEXT:    } else {
// CHECK:           gpu.launch_func @k::@recflex_forward_any blocks
module attributes {gpu.container_module} {
func.func @unknown(%values: memref<?xi32>, %offsets: memref<?xi32>,
                   %t0: memref<1024x4xf32>,
                   %rows: memref<?x4xf32, strided<[?, 1], offset: ?>>) {
  emb.launch @k %values, %offsets keys 1 tables(%t0) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
        column = 0, schedule = #emb.gather<vector = 4, lanes = 1, unroll = 4>>
    ] occupancy <threads = 128, blocks = 10> outs(%rows)
    : (memref<?xi32>, memref<?xi32>, memref<1024x4xf32>,
       memref<?x4xf32, strided<[?, 1], offset: ?>>) -> ()
  return
}
gpu.module @k {
  llvm.func @recflex_bind_keys() attributes {gpu.kernel, nvvm.kernel}
  llvm.func @recflex_bind_order() attributes {gpu.kernel, nvvm.kernel}
  llvm.func @recflex_forward() attributes {gpu.kernel, nvvm.kernel}
  llvm.func @recflex_forward_any() attributes {gpu.kernel, nvvm.kernel}
}
}

// -----

// Blocks that share bags have scratch of the batch's size, zero at first.
// CHECK-LABEL: func.func @scratch(
// CHECK:         %[[SIZE:.*]] = arith.addi
// CHECK-NEXT:    %[[MEMORY:.*]] = gpu.alloc (%[[SIZE]]) : memref<?xi8>
// CHECK:         %[[SCRATCH:.*]] = memref.view %[[MEMORY]][%{{.*}}][%{{.*}}] : memref<?xi8> to memref<?xi32>
// CHECK:         gpu.memset %[[SCRATCH]], %{{.*}} : memref<?xi32>, i32
module attributes {gpu.container_module} {
func.func @scratch(%values: memref<?xi32>, %offsets: memref<?xi32>,
                   %t0: memref<1024x64xf32>, %rows: memref<?x64xf32>) {
  emb.launch @k %values, %offsets keys 1 tables(%t0) [
      #emb.fused_feature<key = 0, table = 0, pooling = sum, weighted = false,
        column = 0, schedule = #emb.multi_block<vector = 4, lanes = 16,
          rows = 8, unroll = 4, parts = 4>>
    ] occupancy <threads = 128, blocks = 10> outs(%rows)
    : (memref<?xi32>, memref<?xi32>, memref<1024x64xf32>, memref<?x64xf32>)
    -> ()
  return
}
gpu.module @k {
  llvm.func @recflex_bind_keys() attributes {gpu.kernel, nvvm.kernel}
  llvm.func @recflex_bind_order() attributes {gpu.kernel, nvvm.kernel}
  llvm.func @recflex_forward() attributes {gpu.kernel, nvvm.kernel}
  llvm.func @recflex_forward_any() attributes {gpu.kernel, nvvm.kernel}
}
}
