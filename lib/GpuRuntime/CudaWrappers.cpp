//===- CudaWrappers.cpp - MLIR's GPU runtime by the CUDA driver -----------===//

#include "Failure.h"

#include "recflex-c/GpuRuntime.h"
#include "recflex/Runtime/CudaDriver.h"

#include <atomic>
#include <mutex>
#include <unordered_set>
#include <vector>

using namespace recflex;

namespace {

constexpr unsigned kAttachGlobal = 1;    // CU_MEM_ATTACH_GLOBAL
constexpr int kReleaseThreshold = 4;     // CU_MEMPOOL_ATTR_RELEASE_THRESHOLD
constexpr int kJitOptimizationLevel = 7; // CU_JIT_OPTIMIZATION_LEVEL
constexpr unsigned kPortable = 1;        // CU_MEMHOSTREGISTER_PORTABLE

[[noreturn]] void fail(const Error &error) {
  endProcess("recflex_gpu_runtime", error);
}

std::atomic<int32_t> defaultDevice{0};
std::atomic<bool> isOpen{false}; ///< the GPU, and no other can be chosen

/// The GPU, opened when it is first needed: a program whose kernels are never
/// launched runs without one.
class Gpu {
public:
  static Gpu &get() {
    static Gpu gpu;
    thread_local bool current = false;
    if (!current) {
      gpu.call(gpu.driver->ctxPushCurrent, "cuCtxPushCurrent", gpu.context);
      current = true;
    }
    return gpu;
  }

  /// Calls a function of the driver, which the driver may not have.
  template <typename... Types, typename... Args>
  void call(int (*function)(Types...), const char *name, Args... args) const {
    if (!function)
      fail(makeError("the CUDA driver has no function ", name,
                     "; update the NVIDIA driver"));
    if (Status status = driver->check(function(args...), name); !status)
      fail(status.error());
  }

  const CudaDriver &cuda() const { return *driver; }

  /// Ordered by itself: what memory without a stream is allocated and freed in.
  CUstream_st *memoryStream() const { return ownStream; }

  CUstream_st *takeStream();
  void keepStream(CUstream_st *stream);
  void noteManaged(DevicePtr memory);
  /// Whether it was noted; it is not any more.
  bool forgetManaged(DevicePtr memory);

private:
  Gpu();

  std::shared_ptr<const CudaDriver> driver;
  CUctx_st *context = nullptr;
  CUstream_st *ownStream = nullptr;
  std::mutex mutex;
  std::vector<CUstream_st *> idleStreams;
  std::unordered_set<DevicePtr> managed;
};

/// An image, and the driver's module once it has been asked for a kernel.
struct Module {
  const void *image;
  int optLevel; ///< of the driver's compiler; -1: there is nothing to compile
  CUmod_st *loaded = nullptr;
};

} // namespace

Gpu::Gpu() {
  Result<std::shared_ptr<const CudaDriver>> found = CudaDriver::load();
  if (!found)
    fail(found.error());
  driver = std::move(*found);
  int device = 0;
  isOpen = true;
  call(driver->deviceGet, "cuDeviceGet", &device,
       static_cast<int>(defaultDevice));
  call(driver->primaryCtxRetain, "cuDevicePrimaryCtxRetain", &context, device);
  call(driver->ctxPushCurrent, "cuCtxPushCurrent", context);
  call(driver->streamCreate, "cuStreamCreate", &ownStream,
       cuda::kStreamNonBlocking);
  // Freed memory stays in the pool: a batch allocates what the one before
  // freed.
  CUmemPoolHandle_st *pool = nullptr;
  uint64_t all = UINT64_MAX;
  call(driver->deviceGetDefaultMemPool, "cuDeviceGetDefaultMemPool", &pool,
       device);
  call(driver->memPoolSetAttribute, "cuMemPoolSetAttribute", pool,
       kReleaseThreshold, static_cast<void *>(&all));
  CUctx_st *popped = nullptr;
  call(driver->ctxPopCurrent, "cuCtxPopCurrent", &popped);
}

CUstream_st *Gpu::takeStream() {
  {
    std::lock_guard<std::mutex> lock(mutex);
    if (!idleStreams.empty()) {
      CUstream_st *stream = idleStreams.back();
      idleStreams.pop_back();
      return stream;
    }
  }
  CUstream_st *stream = nullptr;
  call(driver->streamCreate, "cuStreamCreate", &stream,
       cuda::kStreamNonBlocking);
  return stream;
}

void Gpu::keepStream(CUstream_st *stream) {
  std::lock_guard<std::mutex> lock(mutex);
  idleStreams.push_back(stream);
}

void Gpu::noteManaged(DevicePtr memory) {
  std::lock_guard<std::mutex> lock(mutex);
  managed.insert(memory);
}

bool Gpu::forgetManaged(DevicePtr memory) {
  std::lock_guard<std::mutex> lock(mutex);
  return managed.erase(memory) != 0;
}

static DevicePtr address(const void *memory) {
  return reinterpret_cast<DevicePtr>(memory);
}

static CUstream_st *asStream(void *stream) {
  return static_cast<CUstream_st *>(stream);
}

static void load(const Gpu &gpu, Module &module) {
  char log[4096] = "";
  int names[] = {cuda::kJitErrorLogBuffer, cuda::kJitErrorLogBufferSizeBytes,
                 kJitOptimizationLevel};
  void *values[] = {
      log, reinterpret_cast<void *>(sizeof log),
      reinterpret_cast<void *>(static_cast<intptr_t>(module.optLevel))};
  unsigned count = module.optLevel < 0 ? 2 : 3;
  int code = gpu.cuda().moduleLoadDataEx(&module.loaded, module.image, count,
                                         names, values);
  if (code != cuda::kSuccess)
    fail(gpu.cuda()
             .error(code, "cuModuleLoadDataEx")
             .then(std::string("\n") + log));
}

//===----------------------------------------------------------------------===//
// Modules and launches
//===----------------------------------------------------------------------===//

void mgpuSetDefaultDevice(int32_t device) {
  if (isOpen && device != defaultDevice)
    fail(makeError("GPU ", device, " is chosen when GPU ",
                   static_cast<int32_t>(defaultDevice),
                   " is in use already; choose before all else"));
  defaultDevice = device;
}

void *mgpuModuleLoad(const void *image, size_t) {
  return new Module{image, /*optLevel=*/-1};
}

void *mgpuModuleLoadJIT(const void *ptx, int32_t optLevel) {
  return new Module{ptx, optLevel};
}

// Called at the program's end, where the driver may be gone: its own exit takes
// the code away.
void mgpuModuleUnload(void *module) { delete static_cast<Module *>(module); }

void *mgpuModuleGetFunction(void *handle, const char *name) {
  Gpu &gpu = Gpu::get();
  auto &module = *static_cast<Module *>(handle);
  static std::mutex mutex;
  {
    std::lock_guard<std::mutex> lock(mutex);
    if (!module.loaded)
      load(gpu, module);
  }
  CUfunc_st *function = nullptr;
  gpu.call(gpu.cuda().moduleGetFunction, "cuModuleGetFunction", &function,
           module.loaded, name);
  return function;
}

void mgpuLaunchKernel(void *function, intptr_t gridX, intptr_t gridY,
                      intptr_t gridZ, intptr_t blockX, intptr_t blockY,
                      intptr_t blockZ, int32_t sharedBytes, void *stream,
                      void **params, void **extra, size_t) {
  for (intptr_t size : {gridX, gridY, gridZ, blockX, blockY, blockZ})
    if (size < 1 || size > INT32_MAX)
      fail(makeError("a launch of ", gridX, " x ", gridY, " x ", gridZ,
                     " blocks of ", blockX, " x ", blockY, " x ", blockZ,
                     " threads; each is 1 to ", INT32_MAX));
  Gpu &gpu = Gpu::get();
  gpu.call(gpu.cuda().launchKernel, "cuLaunchKernel",
           static_cast<CUfunc_st *>(function), static_cast<unsigned>(gridX),
           static_cast<unsigned>(gridY), static_cast<unsigned>(gridZ),
           static_cast<unsigned>(blockX), static_cast<unsigned>(blockY),
           static_cast<unsigned>(blockZ), static_cast<unsigned>(sharedBytes),
           asStream(stream), params, extra);
}

//===----------------------------------------------------------------------===//
// Streams and events
//===----------------------------------------------------------------------===//

void *mgpuStreamCreate(void) { return Gpu::get().takeStream(); }

void mgpuStreamDestroy(void *stream) {
  Gpu::get().keepStream(asStream(stream));
}

void mgpuStreamSynchronize(void *stream) {
  Gpu &gpu = Gpu::get();
  gpu.call(gpu.cuda().streamSynchronize, "cuStreamSynchronize",
           asStream(stream));
}

void mgpuStreamWaitEvent(void *stream, void *event) {
  Gpu &gpu = Gpu::get();
  gpu.call(gpu.cuda().streamWaitEvent, "cuStreamWaitEvent", asStream(stream),
           static_cast<CUevent_st *>(event), 0u);
}

void *mgpuEventCreate(void) {
  Gpu &gpu = Gpu::get();
  CUevent_st *event = nullptr;
  gpu.call(gpu.cuda().eventCreate, "cuEventCreate", &event,
           cuda::kEventDisableTiming);
  return event;
}

void mgpuEventDestroy(void *event) {
  Gpu &gpu = Gpu::get();
  gpu.call(gpu.cuda().eventDestroy, "cuEventDestroy",
           static_cast<CUevent_st *>(event));
}

void mgpuEventRecord(void *event, void *stream) {
  Gpu &gpu = Gpu::get();
  gpu.call(gpu.cuda().eventRecord, "cuEventRecord",
           static_cast<CUevent_st *>(event), asStream(stream));
}

void mgpuEventSynchronize(void *event) {
  Gpu &gpu = Gpu::get();
  gpu.call(gpu.cuda().eventSynchronize, "cuEventSynchronize",
           static_cast<CUevent_st *>(event));
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

void *mgpuMemAlloc(uint64_t bytes, void *stream, bool isHostShared) {
  Gpu &gpu = Gpu::get();
  DevicePtr memory = 0;
  size_t size = bytes == 0 ? 1 : bytes; // the driver takes no 0
  if (isHostShared) {
    gpu.call(gpu.cuda().memAllocManaged, "cuMemAllocManaged", &memory, size,
             kAttachGlobal);
    gpu.noteManaged(memory);
  } else {
    gpu.call(gpu.cuda().memAllocAsync, "cuMemAllocAsync", &memory, size,
             asStream(stream));
  }
  return reinterpret_cast<void *>(memory);
}

void mgpuMemFree(void *memory, void *stream) {
  Gpu &gpu = Gpu::get();
  if (gpu.forgetManaged(address(memory)))
    gpu.call(gpu.cuda().memFree, "cuMemFree", address(memory));
  else
    gpu.call(gpu.cuda().memFreeAsync, "cuMemFreeAsync", address(memory),
             asStream(stream));
}

void mgpuMemcpy(void *to, const void *from, size_t bytes, void *stream) {
  Gpu &gpu = Gpu::get();
  gpu.call(gpu.cuda().memcpyAsync, "cuMemcpyAsync", address(to), address(from),
           bytes, asStream(stream));
}

void mgpuMemset32(void *to, uint32_t value, size_t count, void *stream) {
  Gpu &gpu = Gpu::get();
  gpu.call(gpu.cuda().memsetD32Async, "cuMemsetD32Async", address(to), value,
           count, asStream(stream));
}

void mgpuMemset16(void *to, uint16_t value, size_t count, void *stream) {
  Gpu &gpu = Gpu::get();
  gpu.call(gpu.cuda().memsetD16Async, "cuMemsetD16Async", address(to), value,
           count, asStream(stream));
}

void mgpuMemHostRegister(void *memory, uint64_t bytes) {
  Gpu &gpu = Gpu::get();
  if (bytes != 0)
    gpu.call(gpu.cuda().memHostRegister, "cuMemHostRegister", memory, bytes,
             kPortable);
}

void mgpuMemHostUnregister(void *memory) {
  Gpu &gpu = Gpu::get();
  gpu.call(gpu.cuda().memHostUnregister, "cuMemHostUnregister", memory);
}

void *_mlir_memref_to_llvm_alloc(size_t bytes) {
  CUstream_st *stream = Gpu::get().memoryStream();
  void *memory = mgpuMemAlloc(bytes, stream, /*isHostShared=*/false);
  mgpuStreamSynchronize(stream); // whatever stream uses it next
  return memory;
}

void *_mlir_memref_to_llvm_aligned_alloc(size_t alignment, size_t bytes) {
  constexpr size_t kPoolAlignment = 256; // CUDA C++ Programming Guide
  if (alignment > kPoolAlignment)
    fail(makeError("an allocation aligned to ", alignment,
                   " bytes; the driver aligns to ", kPoolAlignment));
  return _mlir_memref_to_llvm_alloc(bytes);
}

void _mlir_memref_to_llvm_free(void *memory) {
  if (memory)
    mgpuMemFree(memory, Gpu::get().memoryStream());
}
