/* Memory and streams of a GPU or of the CPU, for the examples. A serving system
 * has them already, through the CUDA runtime or PyTorch: only their addresses
 * matter to RecFlex. The GPU's driver is opened with dlopen, so that the
 * examples build where there is no CUDA toolkit, and run where there is no GPU.
 *
 * Every function that can fail prints why, and returns 0 or null. */

#ifndef SERVING_DEVICE_H
#define SERVING_DEVICE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct Device Device;

/** Opens GPU `number`, or the CPU for -1. Thread-safe but for closing. */
Device *deviceOpen(int number);
void deviceClose(Device *device);

/** Makes the GPU the calling thread's: once in each thread that calls the
 *  functions below. */
int deviceUse(const Device *device);

/** Zeroed memory of the device; `bytes` may be 0. */
void *deviceAllocate(const Device *device, size_t bytes);
void deviceFree(const Device *device, void *memory);

/** Copies from or to host memory, in stream order, and waits. */
int deviceWrite(const Device *device, void *to, const void *from, size_t bytes,
                void *stream);
int deviceRead(const Device *device, void *to, const void *from, size_t bytes,
               void *stream);

/** A stream (a CUstream); null on the CPU, which has none. */
int streamCreate(const Device *device, void **stream);
void streamDestroy(const Device *device, void *stream);
/** Waits until all work in the stream is done. */
int streamWait(const Device *device, void *stream);

#ifdef __cplusplus
}
#endif

#endif /* SERVING_DEVICE_H */
