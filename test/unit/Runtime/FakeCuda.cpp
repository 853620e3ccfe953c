//===- FakeCuda.cpp - A driver that records its calls ---------------------===//

#include "FakeCuda.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <mutex>

namespace recflex {

namespace {
FakeCuda *current = nullptr;

/// What the driver's functions do, each with the lock held.
CudaDriver unlocked;
/// A test's hook may call the driver again.
std::recursive_mutex lock;

/// One function of the driver, for any number of threads.
template <auto Function> struct Locked;
template <typename... Parameters, int (*CudaDriver::*Function)(Parameters...)>
struct Locked<Function> {
  static inline const char *symbol;
  static int call(Parameters... parameters) {
    std::lock_guard<std::recursive_mutex> guard(lock);
    current->allCalls.push_back(symbol);
    return (unlocked.*Function)(parameters...);
  }
};

/// Bytes of each parameter, by the comment in KernelABI.h.
const std::vector<size_t> kForward = {8, 4, 8, 8, 8, 8, 8, 8,
                                      8, 4, 4, 8, 8, 4, 4, 8, 8};
std::vector<size_t> with(std::vector<size_t> arguments, size_t bytes) {
  arguments.push_back(bytes);
  return arguments;
}

const std::map<std::string, std::vector<size_t>> kSignatures = {
    {"recflex_scan_sums", {8, 8, 4, 4, 8, 8}},
    {"recflex_scan_offsets", {8, 8, 4, 4, 8, 8, 8, 8, 4}},
    {"recflex_expand_offsets", {8, 8, 8, 4, 4, 4, 8, 8, 4}},
    {"recflex_copy_views", {8, 4, 4, 8, 8, 8}},
    {"recflex_bind_keys", {8, 4, 8, 4, 8}},
    {"recflex_bind_order", {4, 8, 8, 8}},
    {"recflex_forward", kForward},
    {"recflex_forward_checked", kForward},
    {"recflex_forward_any", kForward},
    {"recflex_forward_profiled", with(kForward, 8)},
    {"recflex_column_errors", {8, 8, 8, 4, 8, 8}},
    {"recflex_copy", {8, 8, 4}},
    {"recflex_read_l2", {8, 4, 4, 8}},
    {"recflex_compare", {8, 8, 4, 8}},
    {"recflex_out_of_bounds", {8, 8, 8}},
    {"recflex_race", {8, 8, 8}},
    {"recflex_uninitialized", {8, 8, 8}},
    {"recflex_barrier", {8, 8, 8}},
};
} // namespace

struct FakeFunctions {
  /// Notes a call; whether it succeeds.
  static bool enter(const char *name, bool needsContext = true) {
    if (needsContext && current->depths[std::this_thread::get_id()] == 0)
      current->misuse.push_back(std::string(name) + " without a context");
    int number = static_cast<int>(current->calls.size());
    bool lost = current->lostAt >= 0 && number >= current->lostAt;
    bool succeeds =
        number != current->failAt && current->failName != name && !lost;
    current->calls.push_back(name);
    return succeeds;
  }

  /// Notes a call that must not be made during a capture.
  static bool enterOutsideCapture(const char *name) {
    if (current->capturing)
      current->misuse.push_back(std::string(name) + " during a capture");
    return enter(name);
  }

  static int failure() { return current->failCode; }

  /// Records a launch, whose `parameters` are as the kernel's signature says.
  static int launch(FakeLaunch launch, void **parameters) {
    for (size_t bytes : kSignatures.at(launch.kernel)) {
      uint64_t argument = 0;
      std::memcpy(&argument, parameters[launch.arguments.size()], bytes);
      launch.arguments.push_back(argument);
    }
    current->launches.push_back(launch);
    if (current->onLaunch && !current->capturing)
      current->onLaunch(launch);
    return 0;
  }

  template <typename Handle> static Handle create(const char *kind) {
    uint64_t handle = current->nextHandle += 0x100;
    current->alive[handle] = kind;
    return reinterpret_cast<Handle>(handle);
  }

  template <typename Handle>
  static int destroy(const char *kind, Handle handle) {
    auto it = current->alive.find(reinterpret_cast<uint64_t>(handle));
    if (it == current->alive.end() || it->second != kind)
      current->misuse.push_back(std::string("destroying no ") + kind);
    else
      current->alive.erase(it);
    if (current->depths[std::this_thread::get_id()] == 0)
      current->misuse.push_back(std::string("destroying a ") + kind +
                                " without a context");
    return 0;
  }

  static int64_t allocate(const char *kind, size_t bytes, uint64_t &address) {
    void *memory = std::aligned_alloc(256, (bytes + 255) / 256 * 256);
    std::memset(memory, 0xCD, bytes);
    address = reinterpret_cast<uint64_t>(memory);
    current->alive[address] = kind;
    current->sizes[address] = static_cast<int64_t>(bytes);
    int64_t total = 0;
    for (auto &[other, size] : current->sizes)
      if (current->alive[other] == kind)
        total += size;
    return total;
  }

  static void release(const char *kind, uint64_t address) {
    destroy(kind, address);
    current->sizes.erase(address);
    std::free(reinterpret_cast<void *>(address));
  }

  /// Whether [address, address + bytes) is device memory.
  static bool checkRange(DevicePtr address, size_t bytes) {
    auto it = current->sizes.upper_bound(address);
    if (it != current->sizes.begin()) {
      --it;
      if (current->alive[it->first] == "memory" &&
          address + bytes <= it->first + it->second)
        return true;
    }
    current->misuse.push_back("a copy outside device memory");
    return false;
  }

  static void fill(CudaDriver &d);
  static void fillDevice(CudaDriver &d);
  static void fillModule(CudaDriver &d);
  static void fillMemory(CudaDriver &d);
  static void fillStream(CudaDriver &d);
  static void fillGraph(CudaDriver &d);
};

void FakeFunctions::fill(CudaDriver &d) {
  d.init = [](unsigned) { return 0; };
  d.getErrorName = [](int code, const char **name) {
    *name = code == cuda::kErrorOutOfMemory ? "CUDA_ERROR_OUT_OF_MEMORY"
                                            : "CUDA_ERROR_FAKE";
    return 0;
  };
  d.getErrorString = [](int, const char **text) {
    *text = "as the test asked";
    return 0;
  };
  fillDevice(d);
  fillModule(d);
  fillMemory(d);
  fillStream(d);
  fillGraph(d);
}

void FakeFunctions::fillDevice(CudaDriver &d) {
  d.driverGetVersion = [](int *version) {
    *version = current->driverVersion;
    return enter("cuDriverGetVersion", false) ? 0 : failure();
  };
  d.deviceGetCount = [](int *count) {
    *count = 1;
    return enter("cuDeviceGetCount", false) ? 0 : failure();
  };
  d.deviceGet = [](int *device, int ordinal) {
    *device = ordinal + 40;
    return enter("cuDeviceGet", false) ? 0 : failure();
  };
  d.deviceGetName = [](char *name, int length, int) {
    std::strncpy(name, "Fake GPU", length);
    return enter("cuDeviceGetName", false) ? 0 : failure();
  };
  d.deviceGetAttribute = [](int *value, int attribute, int) {
    *value = attribute == cuda::kDeviceComputeCapabilityMajor   ? current->major
             : attribute == cuda::kDeviceComputeCapabilityMinor ? current->minor
             : attribute == cuda::kDeviceMultiprocessorCount    ? 132
             : attribute == cuda::kDeviceL2CacheSize            ? 50 << 20
                                                                : 233472;
    return enter("cuDeviceGetAttribute", false) ? 0 : failure();
  };
  d.deviceTotalMem = [](size_t *bytes, int) {
    *bytes = size_t{1} << 30;
    return enter("cuDeviceTotalMem", false) ? 0 : failure();
  };
  d.primaryCtxRetain = [](CUctx_st **context, int) {
    if (!enter("cuDevicePrimaryCtxRetain", false))
      return failure();
    ++current->retained;
    *context = reinterpret_cast<CUctx_st *>(0x77);
    return 0;
  };
  d.primaryCtxRelease = [](int device) {
    if (device != 40)
      current->misuse.push_back("released another device");
    --current->retained;
    return 0;
  };
  d.ctxPushCurrent = [](CUctx_st *context) {
    if (context != reinterpret_cast<CUctx_st *>(0x77))
      current->misuse.push_back("pushed another context");
    if (!enter("cuCtxPushCurrent", false))
      return failure();
    ++current->contextDepth;
    ++current->depths[std::this_thread::get_id()];
    return 0;
  };
  d.ctxPopCurrent = [](CUctx_st **) {
    --current->contextDepth;
    if (--current->depths[std::this_thread::get_id()] < 0)
      current->misuse.push_back("popped a context that was not pushed");
    return 0;
  };
}

void FakeFunctions::fillModule(CudaDriver &d) {
  d.moduleLoadDataEx = [](CUmod_st **module, const void *image, unsigned count,
                          int *options, void **values) {
    current->lastPtx = static_cast<const char *>(image);
    if (!enterOutsideCapture("cuModuleLoadDataEx")) {
      char *log = nullptr;
      size_t room = 0;
      for (unsigned i = 0; i != count; ++i) {
        if (options[i] == cuda::kJitErrorLogBuffer)
          log = static_cast<char *>(values[i]);
        if (options[i] == cuda::kJitErrorLogBufferSizeBytes)
          room = static_cast<unsigned>(reinterpret_cast<uintptr_t>(values[i]));
      }
      std::strncpy(log, current->loadLog.c_str(), room);
      return failure();
    }
    *module = create<CUmod_st *>("module");
    return 0;
  };
  d.moduleUnload = [](CUmod_st *module) { return destroy("module", module); };
  d.moduleGetFunction = [](CUfunc_st **function, CUmod_st *, const char *name) {
    if (!enter("cuModuleGetFunction"))
      return failure();
    auto it = kSignatures.find(name);
    if (it == kSignatures.end() || current->missingKernel == name)
      return 500;
    *function =
        reinterpret_cast<CUfunc_st *>(const_cast<std::string *>(&it->first));
    return 0;
  };
  d.funcGetAttribute = [](int *value, int attribute, CUfunc_st *) {
    *value = attribute == cuda::kFuncMaxThreadsPerBlock ? current->maxThreads
             : attribute == cuda::kFuncNumRegs          ? 40
             : attribute == cuda::kFuncSharedSizeBytes  ? 1024
                                                        : 16;
    return enter("cuFuncGetAttribute") ? 0 : failure();
  };
  d.occupancyMaxActiveBlocks = [](int *blocks, CUfunc_st *, int threads,
                                  size_t) {
    *blocks = 2048 / threads;
    return enter("cuOccupancyMaxActiveBlocksPerMultiprocessor") ? 0 : failure();
  };
  d.launchKernel = [](CUfunc_st *function, unsigned gridX, unsigned gridY,
                      unsigned gridZ, unsigned blockX, unsigned blockY,
                      unsigned blockZ, unsigned shared, CUstream_st *stream,
                      void **parameters, void **extra) {
    if (!enter("cuLaunchKernel"))
      return failure();
    if (gridX == 0 || gridY != 1 || gridZ != 1 || blockX == 0 || blockY != 1 ||
        blockZ != 1 || extra)
      current->misuse.push_back("a launch of a wrong shape");
    const auto &name = *reinterpret_cast<std::string *>(function);
    return launch({name, gridX, blockX, shared, stream, {}, false}, parameters);
  };
  d.launchKernelEx = [](const cuda::LaunchConfig *config, CUfunc_st *function,
                        void **parameters, void **extra) {
    if (!enter("cuLaunchKernelEx"))
      return failure();
    if (config->gridX == 0 || config->gridY != 1 || config->gridZ != 1 ||
        config->blockX == 0 || config->blockY != 1 || config->blockZ != 1 ||
        extra)
      current->misuse.push_back("a launch of a wrong shape");
    bool startsEarly = false;
    for (unsigned i = 0; i != config->attributeCount; ++i) {
      const cuda::LaunchAttribute &attribute = config->attributes[i];
      if (attribute.id != cuda::kLaunchProgrammaticStreamSerialization)
        current->misuse.push_back("a launch with an unknown attribute");
      startsEarly |= attribute.value != 0;
    }
    // CUDA ignores the attribute; the runtime must not rely on that.
    if (startsEarly && current->major < 9)
      current->misuse.push_back("an early start before compute capability 9.0");
    const auto &name = *reinterpret_cast<std::string *>(function);
    return launch({name,
                   config->gridX,
                   config->blockX,
                   config->sharedBytes,
                   config->stream,
                   {},
                   startsEarly},
                  parameters);
  };
}

void FakeFunctions::fillMemory(CudaDriver &d) {
  d.memGetInfo = [](size_t *free, size_t *total) {
    *free = 1 << 20;
    *total = 1 << 30;
    return enterOutsideCapture("cuMemGetInfo") ? 0 : failure();
  };
  d.memAlloc = [](DevicePtr *address, size_t bytes) {
    if (!enterOutsideCapture("cuMemAlloc"))
      return failure();
    if (bytes == 0)
      current->misuse.push_back("cuMemAlloc of 0 bytes");
    allocate("memory", bytes, *address);
    return 0;
  };
  d.memFree = [](DevicePtr address) {
    release("memory", address);
    return 0;
  };
  d.memHostAlloc = [](void **memory, size_t bytes, unsigned) {
    if (!enterOutsideCapture("cuMemHostAlloc"))
      return failure();
    uint64_t address;
    int64_t total = allocate("host memory", bytes, address);
    current->mostHostBytes = std::max(current->mostHostBytes, total);
    *memory = reinterpret_cast<void *>(address);
    return 0;
  };
  d.memFreeHost = [](void *memory) {
    release("host memory", reinterpret_cast<uint64_t>(memory));
    return 0;
  };
  d.memcpyHtoDAsync = [](DevicePtr to, const void *from, size_t bytes,
                         CUstream_st *) {
    if (!enter("cuMemcpyHtoDAsync"))
      return failure();
    if (checkRange(to, bytes))
      std::memcpy(reinterpret_cast<void *>(to), from, bytes);
    return 0;
  };
  d.memcpyDtoHAsync = [](void *to, DevicePtr from, size_t bytes,
                         CUstream_st *) {
    if (!enter("cuMemcpyDtoHAsync"))
      return failure();
    if (checkRange(from, bytes))
      std::memcpy(to, reinterpret_cast<const void *>(from), bytes);
    return 0;
  };
  d.memcpyDtoDAsync = [](DevicePtr to, DevicePtr from, size_t bytes,
                         CUstream_st *) {
    if (!enter("cuMemcpyDtoDAsync"))
      return failure();
    checkRange(from, bytes);
    checkRange(to, bytes);
    return 0;
  };
  d.memsetD8Async = [](DevicePtr to, unsigned char value, size_t bytes,
                       CUstream_st *) {
    if (!enter("cuMemsetD8Async"))
      return failure();
    if (checkRange(to, bytes))
      std::memset(reinterpret_cast<void *>(to), value, bytes);
    return 0;
  };
}

void FakeFunctions::fillStream(CudaDriver &d) {
  d.streamCreate = [](CUstream_st **stream, unsigned) {
    if (!enter("cuStreamCreate"))
      return failure();
    *stream = create<CUstream_st *>("stream");
    return 0;
  };
  d.streamDestroy = [](CUstream_st *stream) {
    return destroy("stream", stream);
  };
  d.streamSynchronize = [](CUstream_st *) {
    return enterOutsideCapture("cuStreamSynchronize") ? 0 : failure();
  };
  d.eventCreate = [](CUevent_st **event, unsigned) {
    if (!enter("cuEventCreate"))
      return failure();
    *event = create<CUevent_st *>("event");
    return 0;
  };
  d.eventDestroy = [](CUevent_st *event) { return destroy("event", event); };
  d.eventRecord = [](CUevent_st *, CUstream_st *) {
    return enter("cuEventRecord") ? 0 : failure();
  };
  d.eventSynchronize = [](CUevent_st *) {
    return enterOutsideCapture("cuEventSynchronize") ? 0 : failure();
  };
  d.eventElapsedTime = [](float *milliseconds, CUevent_st *, CUevent_st *) {
    *milliseconds = 1;
    return enter("cuEventElapsedTime") ? 0 : failure();
  };
}

void FakeFunctions::fillGraph(CudaDriver &d) {
  d.streamBeginCapture = [](CUstream_st *, int) {
    if (!enterOutsideCapture("cuStreamBeginCapture"))
      return failure();
    current->capturing = true;
    return 0;
  };
  d.streamEndCapture = [](CUstream_st *, CUgraph_st **graph) {
    current->capturing = false;
    if (!enter("cuStreamEndCapture"))
      return failure();
    *graph = create<CUgraph_st *>("graph");
    return 0;
  };
  d.graphInstantiate = [](CUgraphExec_st **executable, CUgraph_st *,
                          unsigned long long) {
    if (!enter("cuGraphInstantiate"))
      return failure();
    *executable = create<CUgraphExec_st *>("executable graph");
    return 0;
  };
  d.graphLaunch = [](CUgraphExec_st *, CUstream_st *) {
    return enter("cuGraphLaunch") ? 0 : failure();
  };
  d.graphExecDestroy = [](CUgraphExec_st *graph) {
    return destroy("executable graph", graph);
  };
  d.graphDestroy = [](CUgraph_st *graph) { return destroy("graph", graph); };
}

FakeCuda::FakeCuda() : table(std::make_shared<CudaDriver>()) {
  current = this;
  FakeFunctions::fill(unlocked);
#define RECFLEX_CUDA_SYMBOL(member, name, ...)                                 \
  table->member = Locked<&CudaDriver::member>::call;                           \
  Locked<&CudaDriver::member>::symbol = #name;
#include "recflex/Runtime/CudaSymbols.def"
}

FakeCuda::~FakeCuda() { current = nullptr; }

} // namespace recflex
