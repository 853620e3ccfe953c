/*===- GpuRuntime.h - What MLIR's GPU lowering calls --------------*- C -*-===*\
|*                                                                            *|
|* The functions that -gpu-to-llvm and the translation of gpu.binary call, by *|
|* upstream's names and with upstream's parameters. Two libraries have them:  *|
|*                                                                            *|
|*   librecflex_gpu_runtime.so    a GPU, by its driver (libcuda.so.1)         *|
|*   librecflex_gpu_simulator.so  the CPU, by RecFlex's simulator             *|
|*                                                                            *|
|* for mlir-runner's --shared-libs, or to link with compiled host code. No    *|
|* call returns an error: what fails is said on stderr and ends the process   *|
|* with status 1. Clusters, tensor maps and cuSPARSE are not there.           *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef RECFLEX_C_GPURUNTIME_H
#define RECFLEX_C_GPURUNTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The GPU to use, by the driver's numbers; 0 unless said before all else, and
    an error if another one is in use. Its primary context becomes current in a
    thread by the thread's first call, and must stay so. The simulator has no
    number. */
void mgpuSetDefaultDevice(int32_t device);

/** A module of PTX that ends with a zero, of a cubin or a fatbin, or
   (simulator) of LLVM bitcode. The image must stay; it is read when a kernel is
   first asked for. `optLevel`, 0 to 4, is that of the driver's compiler. */
void *mgpuModuleLoad(const void *image, size_t bytes);
void *mgpuModuleLoadJIT(const void *ptx, int32_t optLevel);
/** Forgets the module. Code stays on the GPU until the process ends: this is
    called where the driver may be gone already. */
void mgpuModuleUnload(void *module);
void *mgpuModuleGetFunction(void *module, const char *name);

/** Blocks, threads a block and bytes of dynamic shared memory a block; `params`
    are addresses of the kernel's arguments. */
void mgpuLaunchKernel(void *function, intptr_t gridX, intptr_t gridY,
                      intptr_t gridZ, intptr_t blockX, intptr_t blockY,
                      intptr_t blockZ, int32_t sharedBytes, void *stream,
                      void **params, void **extra, size_t paramsCount);

/** Streams are kept when they are destroyed, and given out again. */
void *mgpuStreamCreate(void);
void mgpuStreamDestroy(void *stream);
void mgpuStreamSynchronize(void *stream);
void mgpuStreamWaitEvent(void *stream, void *event);

void *mgpuEventCreate(void);
void mgpuEventDestroy(void *event);
void mgpuEventRecord(void *event, void *stream);
void mgpuEventSynchronize(void *event);

/** Memory of the GPU, in the order of the stream; from the driver's pool, which
    keeps what is freed. With `isHostShared` managed memory, which both reach.
 */
void *mgpuMemAlloc(uint64_t bytes, void *stream, bool isHostShared);
void mgpuMemFree(void *memory, void *stream);
/** Between the host and the GPU, or on the GPU. */
void mgpuMemcpy(void *to, const void *from, size_t bytes, void *stream);
void mgpuMemset32(void *to, uint32_t value, size_t count, void *stream);
void mgpuMemset16(void *to, uint16_t value, size_t count, void *stream);

/** Lets kernels reach memory of the host at its own address. */
void mgpuMemHostRegister(void *memory, uint64_t bytes);
void mgpuMemHostUnregister(void *memory);
/** The same for a memref: of `rank`, with that descriptor. */
void mgpuMemHostRegisterMemRef(int64_t rank, void *descriptor,
                               int64_t elementBytes);
void mgpuMemHostUnregisterMemRef(int64_t rank, void *descriptor,
                                 int64_t elementBytes);

/** memref.alloc and memref.dealloc behind
    -finalize-memref-to-llvm=use-generic-functions: memory of the GPU, which the
    host's own code must not touch. When it is freed no kernel may use it. */
void *_mlir_memref_to_llvm_alloc(size_t bytes);
void *_mlir_memref_to_llvm_aligned_alloc(size_t alignment, size_t bytes);
void _mlir_memref_to_llvm_free(void *memory);

#ifdef __cplusplus
}
#endif

#endif /* RECFLEX_C_GPURUNTIME_H */
