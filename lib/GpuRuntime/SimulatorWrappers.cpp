//===- SimulatorWrappers.cpp - MLIR's GPU runtime by the simulator --------===//
//
// Device memory is the host's. Everything is done when it is called: a stream
// orders nothing that its calls do not.
//
//===----------------------------------------------------------------------===//

#include "Failure.h"

#include "recflex-c/GpuRuntime.h"
#include "recflex/Simulator/Simulator.h"

#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/DataLayout.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/IntrinsicsNVPTX.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Transforms/Utils/Cloning.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <mutex>

using namespace recflex;

namespace {

[[noreturn]] void fail(const Error &error) {
  endProcess("recflex_gpu_simulator", error);
}

/// The dimension, 0 to 2 for x to z, in which a grid has its blocks and a block
/// its threads.
using Axes = std::pair<int, int>;

struct Module;

struct Kernel {
  Module *module;
  llvm::Function *function;
};

/// Kernels that were given as bitcode, compiled for the host once they are
/// launched.
struct Module {
  llvm::StringRef bitcode;
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> kernels;
  std::map<Axes, std::unique_ptr<Simulator>> simulators;
  std::map<std::string, Kernel> known; ///< those that were asked for

  void parse();
  Simulator &simulator(Axes axes);
};

/// What kernels may touch, by address.
struct Memory {
  std::mutex mutex;
  std::map<char *, size_t> allocations;

  static Memory &get() {
    static Memory memory;
    return memory;
  }
  void add(void *begin, size_t bytes) {
    std::lock_guard<std::mutex> lock(mutex);
    allocations[static_cast<char *>(begin)] = bytes;
  }
  std::map<char *, size_t> copy() {
    std::lock_guard<std::mutex> lock(mutex);
    return allocations;
  }
  void remove(void *begin) {
    std::lock_guard<std::mutex> lock(mutex);
    if (allocations.erase(static_cast<char *>(begin)) == 0)
      fail(makeError("memory that was never allocated or registered is freed"));
  }
};

} // namespace

void Module::parse() {
  if (!bitcode.starts_with("BC"))
    fail(makeError("the kernels are no LLVM bitcode, which the simulator runs; "
                   "compile them with gpu-module-to-binary=format=llvm"));
  llvm::Expected<std::unique_ptr<llvm::Module>> parsed = llvm::parseBitcodeFile(
      llvm::MemoryBufferRef(bitcode, "kernels"), context);
  if (!parsed)
    fail(makeError("the kernels: ", llvm::toString(parsed.takeError())));
  kernels = std::move(*parsed);
}

/// The kernels with x and another dimension of these registers exchanged: the
/// simulator counts blocks and threads in x.
static void exchangeAxis(llvm::Module &kernels,
                         const llvm::Intrinsic::ID (&registers)[3], int axis) {
  for (llvm::Function &function : kernels)
    for (llvm::Instruction &instruction : llvm::instructions(function)) {
      auto *call = llvm::dyn_cast<llvm::IntrinsicInst>(&instruction);
      if (!call)
        continue;
      llvm::Intrinsic::ID id = call->getIntrinsicID(), first = registers[0];
      if (id != first && id != registers[axis])
        continue;
      call->setCalledFunction(llvm::Intrinsic::getOrInsertDeclaration(
          &kernels, id == first ? registers[axis] : first));
    }
}

Simulator &Module::simulator(Axes axes) {
  using namespace llvm;
  std::unique_ptr<Simulator> &simulator = simulators[axes];
  if (simulator)
    return *simulator;
  std::unique_ptr<llvm::Module> turned = CloneModule(*kernels);
  exchangeAxis(*turned,
               {Intrinsic::nvvm_read_ptx_sreg_ctaid_x,
                Intrinsic::nvvm_read_ptx_sreg_ctaid_y,
                Intrinsic::nvvm_read_ptx_sreg_ctaid_z},
               axes.first);
  exchangeAxis(*turned,
               {Intrinsic::nvvm_read_ptx_sreg_nctaid_x,
                Intrinsic::nvvm_read_ptx_sreg_nctaid_y,
                Intrinsic::nvvm_read_ptx_sreg_nctaid_z},
               axes.first);
  exchangeAxis(*turned,
               {Intrinsic::nvvm_read_ptx_sreg_tid_x,
                Intrinsic::nvvm_read_ptx_sreg_tid_y,
                Intrinsic::nvvm_read_ptx_sreg_tid_z},
               axes.second);
  exchangeAxis(*turned,
               {Intrinsic::nvvm_read_ptx_sreg_ntid_x,
                Intrinsic::nvvm_read_ptx_sreg_ntid_y,
                Intrinsic::nvvm_read_ptx_sreg_ntid_z},
               axes.second);
  Result<std::unique_ptr<Simulator>> created = Simulator::create(*turned);
  if (!created)
    fail(created.error());
  simulator = std::move(*created);
  return *simulator;
}

/// The bits of a parameter of `type` at `value`.
static KernelArgument readArgument(const llvm::DataLayout &layout,
                                   llvm::Type *type, const void *value) {
  KernelArgument bits = 0;
  size_t bytes = layout.getTypeStoreSize(type);
  if (bytes > sizeof bits)
    fail(makeError("a kernel's parameter of ", bytes,
                   " bytes; the simulator takes numbers and pointers"));
  std::memcpy(&bits, value, bytes);
  return bits;
}

void mgpuSetDefaultDevice(int32_t) {}

void *mgpuModuleLoad(const void *image, size_t bytes) {
  auto *module = new Module;
  module->bitcode = llvm::StringRef(static_cast<const char *>(image), bytes);
  return module;
}

void *mgpuModuleLoadJIT(const void *, int32_t) {
  return new Module; // parse() says what is wrong with it
}

void mgpuModuleUnload(void *module) { delete static_cast<Module *>(module); }

void *mgpuModuleGetFunction(void *handle, const char *name) {
  static std::mutex mutex;
  std::lock_guard<std::mutex> lock(mutex);
  auto *module = static_cast<Module *>(handle);
  if (!module->kernels)
    module->parse();
  llvm::Function *function = module->kernels->getFunction(name);
  if (!function)
    fail(makeError("the module has no kernel '", std::string(name), "'"));
  return &module->known.try_emplace(name, Kernel{module, function})
              .first->second;
}

/// With RECFLEX_PRINT_LAUNCHES in the environment: a line for each launch.
static void printLaunch(const Kernel &kernel, LaunchShape shape,
                        size_t parameters) {
  static const bool wanted = std::getenv("RECFLEX_PRINT_LAUNCHES");
  if (wanted)
    std::fprintf(
        stderr, "launch %s: %lld blocks of %d threads, %zu parameters\n",
        kernel.function->getName().str().c_str(),
        static_cast<long long>(shape.blocks), shape.threads, parameters);
}

/// The dimension in which a grid or a block is larger than 1.
static int findAxis(const std::string &kernel, const char *what,
                    const intptr_t (&sizes)[3]) {
  int axis = 0, larger = 0;
  for (int i = 0; i != 3; ++i)
    if (sizes[i] > 1) {
      axis = i;
      ++larger;
    }
  if (larger > 1)
    fail(makeError("kernel '", kernel, "' is launched with ", sizes[0], " x ",
                   sizes[1], " x ", sizes[2], " ", what,
                   "; the simulator has one dimension"));
  return axis;
}

void mgpuLaunchKernel(void *function, intptr_t gridX, intptr_t gridY,
                      intptr_t gridZ, intptr_t blockX, intptr_t blockY,
                      intptr_t blockZ, int32_t sharedBytes, void *,
                      void **params, void **, size_t) {
  auto &kernel = *static_cast<Kernel *>(function);
  std::string name = kernel.function->getName().str();
  Axes axes{findAxis(name, "blocks", {gridX, gridY, gridZ}),
            findAxis(name, "threads a block", {blockX, blockY, blockZ})};
  LaunchShape shape{gridX * gridY * gridZ,
                    static_cast<int32_t>(blockX * blockY * blockZ),
                    sharedBytes};
  const llvm::DataLayout &layout = kernel.module->kernels->getDataLayout();
  std::vector<KernelArgument> arguments;
  for (const llvm::Argument &argument : kernel.function->args())
    arguments.push_back(
        readArgument(layout, argument.getType(), params[argument.getArgNo()]));
  printLaunch(kernel, shape, arguments.size());

  static std::mutex mutex;
  std::lock_guard<std::mutex> lock(mutex);
  Simulator &simulator = kernel.module->simulator(axes);
  simulator.clearMemory();
  size_t number = 0;
  for (auto [begin, bytes] : Memory::get().copy())
    simulator.addMemory("allocation " + std::to_string(number++), begin, bytes,
                        /*writable=*/true);
  if (auto stats = simulator.launch(name, shape, arguments); !stats)
    fail(stats.error());
}

void *mgpuStreamCreate(void) {
  static char stream;
  return &stream;
}
void mgpuStreamDestroy(void *) {}
void mgpuStreamSynchronize(void *) {}
void mgpuStreamWaitEvent(void *, void *) {}

void *mgpuEventCreate(void) {
  static char event;
  return &event;
}
void mgpuEventDestroy(void *) {}
void mgpuEventRecord(void *, void *) {}
void mgpuEventSynchronize(void *) {}

/// Memory of some number that is right nowhere: what no kernel writes is seen.
static void *allocate(size_t alignment, size_t bytes) {
  constexpr size_t kLeastAlignment = 256; // as the driver's
  alignment = std::max(alignment, kLeastAlignment);
  // A gap between two allocations, so that a kernel can't run into the next.
  size_t room = (bytes / alignment + 2) * alignment;
  void *memory = std::aligned_alloc(alignment, room);
  if (!memory)
    fail(makeError(ErrorCode::outOfMemory, "no memory for ", bytes, " bytes"));
  std::memset(memory, 0xff, room);
  Memory::get().add(memory, bytes);
  return memory;
}

static void release(void *memory) {
  Memory::get().remove(memory);
  std::free(memory);
}

void *mgpuMemAlloc(uint64_t bytes, void *, bool) {
  return allocate(/*alignment=*/1, bytes);
}
void mgpuMemFree(void *memory, void *) { release(memory); }

void mgpuMemcpy(void *to, const void *from, size_t bytes, void *) {
  std::memcpy(to, from, bytes);
}
void mgpuMemset32(void *to, uint32_t value, size_t count, void *) {
  std::fill_n(static_cast<uint32_t *>(to), count, value);
}
void mgpuMemset16(void *to, uint16_t value, size_t count, void *) {
  std::fill_n(static_cast<uint16_t *>(to), count, value);
}

void mgpuMemHostRegister(void *memory, uint64_t bytes) {
  if (bytes != 0)
    Memory::get().add(memory, bytes);
}
void mgpuMemHostUnregister(void *memory) { Memory::get().remove(memory); }

void *_mlir_memref_to_llvm_alloc(size_t bytes) {
  return allocate(/*alignment=*/1, bytes);
}
void *_mlir_memref_to_llvm_aligned_alloc(size_t alignment, size_t bytes) {
  return allocate(alignment, bytes);
}
void _mlir_memref_to_llvm_free(void *memory) {
  if (memory)
    release(memory);
}
