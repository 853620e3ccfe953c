//===- Simulator.cpp - Runs an emitted kernel on the CPU ------------------===//

#include "recflex/Simulator/Simulator.h"

#include "BlockRunner.h"
#include "HostCode.h"
#include "Rewriter.h"

#include "llvm/IR/DebugInfo.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Transforms/Utils/Cloning.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

namespace recflex {

using namespace sim;

namespace {

/// ptxas refuses more static shared memory on every architecture so far.
constexpr uint64_t maxStaticShared = 48 * 1024;
/// The most that any architecture offers a block: 227 KiB, sm_90 (CUDA C++
/// Programming Guide, "Technical Specifications per Compute Capability").
constexpr uint64_t maxShared = 227 * 1024;
constexpr int maxWorkers = 256;

/// Runs `launch` on one runner, or several side by side. The lowest block's
/// error is returned, whatever the number of runners.
Status runBlocks(const Launch &launch,
                 const std::vector<std::unique_ptr<BlockRunner>> &runners) {
  std::atomic<int64_t> next{0};
  std::atomic<int64_t> limit{launch.shape.blocks};
  std::mutex mutex;
  std::string message;
  auto work = [&](BlockRunner &runner) {
    // Blocks start in order, so those below a failed one have started and go on
    // to their ends.
    for (int64_t block; (block = next.fetch_add(1)) < limit.load();) {
      Status status = runner.run(static_cast<uint32_t>(block));
      if (status)
        continue;
      std::lock_guard<std::mutex> lock(mutex);
      if (block < limit.load()) {
        limit.store(block);
        message = status.error().message;
      }
    }
  };
  std::vector<std::thread> threads;
  for (size_t i = 1; i < runners.size(); ++i)
    threads.emplace_back(work, std::ref(*runners[i]));
  work(*runners.front());
  for (std::thread &thread : threads)
    thread.join();
  if (limit.load() != launch.shape.blocks)
    return Error{message};
  return {};
}

} // namespace

struct Simulator::Impl {
  SimulatorOptions options;
  Program program;
  std::unique_ptr<HostCode> code;
  std::vector<Region> globals;
  MemoryMap memory;
  bool memoryChanged = true;
  std::vector<std::unique_ptr<BlockRunner>> runners;

  Status link();
  void resetMemory();
  Status checkShape(const Kernel &kernel, const LaunchShape &shape) const;
};

Status Simulator::Impl::link() {
  for (Kernel &kernel : program.kernels) {
    Result<void *> entry = code->lookup(kernel.name);
    if (!entry)
      return entry.error();
    kernel.entry = reinterpret_cast<KernelFunction>(*entry);
  }
  for (const GlobalObject &global : program.globals) {
    Result<void *> address = code->lookup(global.name);
    if (!address)
      return address.error();
    globals.push_back({global.name, reinterpret_cast<uint64_t>(*address),
                       global.bytes, global.writable});
  }
  return {};
}

void Simulator::Impl::resetMemory() {
  memory.clear();
  for (const Region &global : globals)
    memory.add(global);
  memoryChanged = true;
}

Status Simulator::Impl::checkShape(const Kernel &kernel,
                                   const LaunchShape &shape) const {
  auto refuse = [&](const auto &...what) {
    return makeError("kernel '", kernel.name, "': ", what...);
  };
  if (shape.blocks < 1 || shape.blocks > INT32_MAX)
    return refuse("a grid of ", shape.blocks,
                  " blocks: launch between 1 and 2147483647");
  if (shape.threads < 1 || shape.threads > static_cast<int>(maxThreads))
    return refuse("blocks of ", shape.threads,
                  " threads: launch between 1 and 1024");
  auto threads = static_cast<uint32_t>(shape.threads);
  if (threads > kernel.maxThreads)
    return refuse("blocks of ", threads, " threads, over its launch bound of ",
                  kernel.maxThreads);
  if (kernel.requiredThreads != 0 && threads != kernel.requiredThreads)
    return refuse("blocks of ", threads, " threads where it requires ",
                  kernel.requiredThreads);
  if (shape.sharedBytes < 0)
    return refuse(shape.sharedBytes, " bytes of dynamic shared memory");
  if (kernel.staticSharedBytes > maxStaticShared)
    return refuse(kernel.staticSharedBytes,
                  " bytes of static shared memory, over the limit of ",
                  maxStaticShared, ": use dynamic shared memory");
  uint64_t shared =
      kernel.staticSharedBytes + static_cast<uint64_t>(shape.sharedBytes);
  if (shared > maxShared)
    return refuse(shared, " bytes of shared memory, over the limit of ",
                  maxShared);
  return {};
}

Simulator::Simulator(std::unique_ptr<Impl> impl) : impl(std::move(impl)) {}
Simulator::~Simulator() = default;

Result<std::unique_ptr<Simulator>>
Simulator::create(const llvm::Module &module, const SimulatorOptions &options) {
  if (options.workers < 1 || options.workers > maxWorkers)
    return makeError(options.workers, " workers: ask for 1 to ", maxWorkers);
  std::string broken;
  llvm::raw_string_ostream stream(broken);
  if (llvm::verifyModule(module, &stream))
    return makeError("the module to simulate is not valid: ", broken);

  std::unique_ptr<llvm::Module> copy = llvm::CloneModule(module);
  Result<Program> program = Rewriter(*copy).run();
  if (!program)
    return program.error();
  Result<std::unique_ptr<llvm::TargetMachine>> machine =
      HostCode::createTargetMachine();
  if (!machine)
    return machine.error();
  llvm::StripDebugInfo(*copy);
  copy->setTargetTriple((*machine)->getTargetTriple());
  copy->setDataLayout((*machine)->createDataLayout());
  Result<std::unique_ptr<HostCode>> code = HostCode::compile(*copy, **machine);
  if (!code)
    return code.error();

  auto impl = std::make_unique<Impl>();
  impl->options = options;
  impl->program = std::move(*program);
  impl->code = std::move(*code);
  if (Status status = impl->link(); !status)
    return status.error();
  impl->resetMemory();
  size_t stackBytes = impl->code->largestFrame() * impl->program.callDepth;
  for (int i = 0; i < options.workers; ++i)
    impl->runners.push_back(std::make_unique<BlockRunner>(
        impl->program, impl->memory, stackBytes, options));
  return std::unique_ptr<Simulator>(new Simulator(std::move(impl)));
}

void Simulator::addMemory(const std::string &name, void *base, size_t bytes,
                          bool writable) {
  impl->memory.add({name, reinterpret_cast<uint64_t>(base), bytes, writable});
  impl->memoryChanged = true;
}

void Simulator::clearMemory() { impl->resetMemory(); }

Result<SimulationStats>
Simulator::launch(const std::string &kernel, LaunchShape shape,
                  const std::vector<KernelArgument> &arguments) {
  const std::vector<Kernel> &kernels = impl->program.kernels;
  auto found = std::find_if(kernels.begin(), kernels.end(),
                            [&](const Kernel &k) { return k.name == kernel; });
  if (found == kernels.end()) {
    std::string known;
    for (const Kernel &k : kernels)
      known += (known.empty() ? "" : ", ") + k.name;
    return makeError("the module has no kernel '", kernel,
                     "'; it has: ", known);
  }
  if (arguments.size() != found->parameters)
    return makeError("kernel '", kernel, "' takes ", found->parameters,
                     " arguments and was given ", arguments.size());
  if (Status status = impl->checkShape(*found, shape); !status)
    return status.error();
  if (impl->memoryChanged) {
    if (Status status = impl->memory.seal(); !status)
      return status.error();
    for (const auto &runner : impl->runners)
      runner->forgetMemory();
    impl->memoryChanged = false;
  }
  Launch launch;
  launch.kernel = &*found;
  launch.arguments = arguments.data();
  launch.shape = shape;
  for (const auto &runner : impl->runners)
    if (Status status = runner->prepare(launch); !status)
      return status.error();
  if (Status status = runBlocks(launch, impl->runners); !status)
    return status.error();
  SimulationStats stats;
  stats.blocks = shape.blocks;
  stats.lanes = shape.blocks * shape.threads;
  return stats;
}

} // namespace recflex
