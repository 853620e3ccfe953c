/* A libcuda.so.1 without a GPU: memory of the host, launches that do nothing but
   say what they are. What was allocated and not freed is counted at the end. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned long long Pointer;

#define STUB(name)                                                             \
  int name(void) { return 0; }
STUB(cuInit)
STUB(cuCtxPushCurrent_v2)
STUB(cuCtxPopCurrent_v2)
STUB(cuDevicePrimaryCtxRelease_v2)
STUB(cuDriverGetVersion)
STUB(cuDeviceGetCount)
STUB(cuDeviceGetName)
STUB(cuDeviceGetAttribute)
STUB(cuDeviceTotalMem_v2)
STUB(cuModuleUnload)
STUB(cuFuncGetAttribute)
STUB(cuOccupancyMaxActiveBlocksPerMultiprocessor)
STUB(cuMemGetInfo_v2)
STUB(cuMemAlloc_v2)
STUB(cuMemFree_v2)
STUB(cuMemHostAlloc)
STUB(cuMemFreeHost)
STUB(cuMemcpyHtoDAsync_v2)
STUB(cuMemcpyDtoHAsync_v2)
STUB(cuMemcpyDtoDAsync_v2)
STUB(cuMemsetD8Async)
STUB(cuStreamDestroy_v2)
STUB(cuStreamSynchronize)
STUB(cuEventCreate)
STUB(cuEventDestroy_v2)
STUB(cuEventRecord)
STUB(cuEventSynchronize)
STUB(cuEventElapsedTime)
STUB(cuStreamBeginCapture_v2)
STUB(cuStreamEndCapture)
STUB(cuGraphInstantiateWithFlags)
STUB(cuGraphLaunch)
STUB(cuGraphExecDestroy)
STUB(cuGraphDestroy)
STUB(cuDeviceGetDefaultMemPool)
STUB(cuMemPoolSetAttribute)

int cuGetErrorName(int code, const char **name) {
  *name = "CUDA_ERROR_OF_THE_TEST";
  return 0;
}
int cuGetErrorString(int code, const char **text) {
  *text = "as the test asked";
  return 0;
}

int cuDeviceGet(int *device, int ordinal) {
  printf("device %d\n", ordinal);
  *device = ordinal;
  return 0;
}
int cuDevicePrimaryCtxRetain(void **context, int device) {
  *context = &cuDevicePrimaryCtxRetain;
  return 0;
}

int cuModuleLoadDataEx(void **module, const char *ptx, unsigned count,
                       int *options, void **values) {
  if (getenv("REFUSE_MODULES")) {
    strcpy(values[0], "ptxas fatal: as the test asked");
    return 218;
  }
  *module = (void *)ptx;
  printf("module of %s, level %d\n", strncmp(ptx, "//", 2) ? "code" : "PTX",
         count == 3 ? (int)(intptr_t)values[2] : -1);
  return 0;
}
int cuModuleGetFunction(void **function, void *module, const char *name) {
  *function = strdup(name);
  return 0;
}

int cuStreamCreate(void **stream, unsigned flags) {
  static intptr_t number;
  *stream = (void *)++number;
  printf("stream %d\n", (int)number);
  return 0;
}

static int live;

static void report(void) { printf("%d allocations are left\n", live); }

int cuMemAllocAsync(Pointer *memory, size_t bytes, void *stream) {
  if (!live)
    atexit(report);
  ++live;
  *memory = (Pointer)malloc(bytes);
  return 0;
}
int cuMemFreeAsync(Pointer memory, void *stream) {
  --live;
  free((void *)memory);
  return 0;
}
int cuMemAllocManaged(Pointer *memory, size_t bytes, unsigned flags) {
  return cuMemAllocAsync(memory, bytes, 0);
}
int cuMemcpyAsync(Pointer to, Pointer from, size_t bytes, void *stream) {
  memcpy((void *)to, (void *)from, bytes);
  return 0;
}
int cuMemsetD32Async(Pointer to, unsigned value, size_t count, void *stream) {
  for (size_t i = 0; i != count; ++i)
    ((unsigned *)to)[i] = value;
  return 0;
}

/* The first parameter of recflex_bind_keys is the descriptors, the second their
   number: 64 bytes each, which begin with a table's address and rows. */
static void printDescriptors(void **params) {
  const int64_t *words = *(const int64_t **)params[0];
  int count = *(int *)params[1];
  for (int i = 0; i != count; ++i)
    printf("  table %s, %lld rows\n", words[8 * i] ? "given" : "missing",
           (long long)words[8 * i + 1]);
}

int cuLaunchKernel(const char *name, unsigned gridX, unsigned gridY,
                   unsigned gridZ, unsigned blockX, unsigned blockY,
                   unsigned blockZ, unsigned shared, void *stream,
                   void **params, void **extra) {
  printf("%s: %u x %u x %u blocks of %u x %u x %u threads on stream %d\n", name,
         gridX, gridY, gridZ, blockX, blockY, blockZ, (int)(intptr_t)stream);
  if (!strcmp(name, "recflex_bind_keys"))
    printDescriptors(params);
  return 0;
}
