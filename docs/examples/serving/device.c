#define _POSIX_C_SOURCE 200112L

#include "device.h"

#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The driver's functions, as <cuda.h> declares them. */
typedef int CudaResult;
typedef uint64_t CudaAddress;
typedef void *CudaContext;
typedef void *CudaStream;

struct Device {
  int number; /* -1: the CPU, and nothing below is set */
  void *library;
  int handle;
  CudaContext context;
  CudaResult (*init)(unsigned);
  CudaResult (*getErrorName)(CudaResult, const char **);
  CudaResult (*deviceGet)(int *, int);
  CudaResult (*primaryRetain)(CudaContext *, int);
  CudaResult (*primaryRelease)(int);
  CudaResult (*setCurrent)(CudaContext);
  CudaResult (*memAlloc)(CudaAddress *, size_t);
  CudaResult (*memFree)(CudaAddress);
  CudaResult (*memset8)(CudaAddress, unsigned char, size_t);
  CudaResult (*copyToDevice)(CudaAddress, const void *, size_t, CudaStream);
  CudaResult (*copyToHost)(void *, CudaAddress, size_t, CudaStream);
  CudaResult (*streamCreate)(CudaStream *, unsigned);
  CudaResult (*streamDestroy)(CudaStream);
  CudaResult (*streamSynchronize)(CudaStream);
};

static int check(const Device *device, CudaResult result, const char *what) {
  const char *name = NULL;
  if (result == 0)
    return 1;
  if (device->getErrorName(result, &name) != 0 || !name)
    name = "unknown error";
  fprintf(stderr, "%s failed: %s (%d)\n", what, name, result);
  return 0;
}

/* Writes the address of a function of the library through `function`. */
static int find(const Device *device, const char *name, void *function) {
  void *symbol = dlsym(device->library, name);
  if (!symbol)
    fprintf(stderr, "libcuda.so.1 has no function %s\n", name);
  memcpy(function, &symbol, sizeof symbol);
  return symbol != NULL;
}

static int openGpu(Device *d) {
  d->library = dlopen("libcuda.so.1", RTLD_NOW);
  if (!d->library) {
    fprintf(stderr, "no CUDA driver: %s\n", dlerror());
    return 0;
  }
  if (!find(d, "cuInit", &d->init) ||
      !find(d, "cuGetErrorName", &d->getErrorName) ||
      !find(d, "cuDeviceGet", &d->deviceGet) ||
      !find(d, "cuDevicePrimaryCtxRetain", &d->primaryRetain) ||
      !find(d, "cuDevicePrimaryCtxRelease_v2", &d->primaryRelease) ||
      !find(d, "cuCtxSetCurrent", &d->setCurrent) ||
      !find(d, "cuMemAlloc_v2", &d->memAlloc) ||
      !find(d, "cuMemFree_v2", &d->memFree) ||
      !find(d, "cuMemsetD8_v2", &d->memset8) ||
      !find(d, "cuMemcpyHtoDAsync_v2", &d->copyToDevice) ||
      !find(d, "cuMemcpyDtoHAsync_v2", &d->copyToHost) ||
      !find(d, "cuStreamCreate", &d->streamCreate) ||
      !find(d, "cuStreamDestroy_v2", &d->streamDestroy) ||
      !find(d, "cuStreamSynchronize", &d->streamSynchronize))
    return 0;
  if (!check(d, d->init(0), "cuInit") ||
      !check(d, d->deviceGet(&d->handle, d->number), "cuDeviceGet"))
    return 0;
  /* The context that RecFlex, PyTorch and the CUDA runtime use too. */
  return check(d, d->primaryRetain(&d->context, d->handle),
               "cuDevicePrimaryCtxRetain");
}

Device *deviceOpen(int number) {
  Device *device = calloc(1, sizeof *device);
  if (!device)
    return NULL;
  device->number = number;
  if (number >= 0 && !openGpu(device)) {
    deviceClose(device);
    return NULL;
  }
  return device;
}

void deviceClose(Device *device) {
  if (device && device->context)
    device->primaryRelease(device->handle);
  /* The driver's library stays: it has threads of its own. */
  free(device);
}

int deviceUse(const Device *device) {
  return device->number < 0 ||
         check(device, device->setCurrent(device->context), "cuCtxSetCurrent");
}

void *deviceAllocate(const Device *device, size_t bytes) {
  CudaAddress address = 0;
  void *memory = NULL;
  if (bytes == 0)
    bytes = 1;
  if (device->number < 0) {
    if (posix_memalign(&memory, 64, bytes) != 0) {
      fprintf(stderr, "no memory for %lu bytes\n", (unsigned long)bytes);
      return NULL;
    }
    return memset(memory, 0, bytes);
  }
  if (!check(device, device->memAlloc(&address, bytes), "cuMemAlloc"))
    return NULL;
  if (!check(device, device->memset8(address, 0, bytes), "cuMemsetD8") ||
      !streamWait(device, NULL)) {
    device->memFree(address);
    return NULL;
  }
  return (void *)(uintptr_t)address;
}

void deviceFree(const Device *device, void *memory) {
  if (device->number < 0)
    free(memory);
  else if (memory)
    device->memFree((CudaAddress)(uintptr_t)memory);
}

int deviceWrite(const Device *device, void *to, const void *from, size_t bytes,
                void *stream) {
  if (bytes == 0)
    return 1;
  if (device->number < 0) {
    memcpy(to, from, bytes);
    return 1;
  }
  return check(device,
               device->copyToDevice((CudaAddress)(uintptr_t)to, from, bytes,
                                    stream),
               "cuMemcpyHtoDAsync") &&
         streamWait(device, stream);
}

int deviceRead(const Device *device, void *to, const void *from, size_t bytes,
               void *stream) {
  if (bytes == 0)
    return 1;
  if (device->number < 0) {
    memcpy(to, from, bytes);
    return 1;
  }
  return check(device,
               device->copyToHost(to, (CudaAddress)(uintptr_t)from, bytes,
                                  stream),
               "cuMemcpyDtoHAsync") &&
         streamWait(device, stream);
}

int streamCreate(const Device *device, void **stream) {
  *stream = NULL;
  /* 1: not ordered with the default stream. */
  return device->number < 0 ||
         check(device, device->streamCreate(stream, 1), "cuStreamCreate");
}

void streamDestroy(const Device *device, void *stream) {
  if (stream)
    device->streamDestroy(stream);
}

int streamWait(const Device *device, void *stream) {
  return device->number < 0 || check(device, device->streamSynchronize(stream),
                                     "cuStreamSynchronize");
}
