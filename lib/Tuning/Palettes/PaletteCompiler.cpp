//===- PaletteCompiler.cpp - Palettes, compiled side by side --------------===//

#include "recflex/Tuning/Palettes/PaletteCompiler.h"

#include <chrono>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace recflex {

/// Gives back what compiling took. Freed memory stays with the thread that had
/// it, and there are as many threads as processors.
static void returnFreedMemory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

/// ptxas takes a second or two for a palette, and is not to hang for ever.
static constexpr std::chrono::seconds kAssembleLimit{120};

PaletteCompiler::PaletteCompiler(const mlir::DialectRegistry &given,
                                 std::optional<Ptxas> ptxas, unsigned count)
    : ptxas(std::move(ptxas)) {
  given.appendTo(registry);
  for (unsigned i = 0; i != count; ++i)
    threads.emplace_back([this] { work(); });
}

PaletteCompiler::~PaletteCompiler() {
  {
    std::lock_guard lock(mutex);
    isClosing = true;
    tasks.clear();
  }
  wakeUp.notify_all();
  for (std::thread &thread : threads)
    thread.join();
}

void PaletteCompiler::work() {
  for (;;) {
    Task task;
    {
      std::unique_lock lock(mutex);
      wakeUp.wait(lock, [&] { return isClosing || !tasks.empty(); });
      if (tasks.empty())
        return;
      task = std::move(tasks.front());
      tasks.pop_front();
    }
    task();
  }
}

std::shared_future<CompiledPalette> PaletteCompiler::submit(PaletteSpec spec) {
  Task task([this, spec = std::move(spec)] { return compile(spec); });
  std::shared_future<CompiledPalette> result = task.get_future().share();
  {
    std::lock_guard lock(mutex);
    tasks.push_back(std::move(task));
  }
  wakeUp.notify_one();
  return result;
}

PaletteCompiler::Seconds PaletteCompiler::spent() const {
  std::lock_guard lock(mutex);
  return seconds;
}

using Clock = std::chrono::steady_clock;

static double since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

Result<std::string> PaletteCompiler::makePtx(const PaletteSpec &spec) {
  size_t limit = ptxas ? (threads.size() + 1) / 2 : threads.size();
  {
    std::unique_lock lock(mutex);
    ptxDone.wait(lock, [&] { return makingPtx < limit; });
    ++makingPtx;
  }
  auto start = Clock::now();
  Result<std::string> ptx = compilePalette(registry, spec);
  returnFreedMemory();
  {
    std::lock_guard lock(mutex);
    --makingPtx;
    seconds.compile += since(start);
  }
  ptxDone.notify_one();
  return ptx;
}

CompiledPalette PaletteCompiler::compile(const PaletteSpec &spec) {
  CompiledPalette palette;
  palette.image.threads = static_cast<int32_t>(spec.threads);
  palette.image.scratchBytes = spec.scratchBytes;
  if (spec.fixed)
    palette.image.tileCuts.assign(spec.fixed->cuts.begin(),
                                  spec.fixed->cuts.end());
  palette.image.hasForward = spec.withForward;

  Result<std::string> ptx = makePtx(spec);
  auto start = Clock::now();
  if (!ptx) {
    palette.outcome = Outcome::compileFailed;
    palette.message = ptx.error().message;
  } else if (!ptxas) {
    palette.image.code = std::move(*ptx);
  } else if (auto cubin = ptxas->assemble(*ptx, spec.chip, kAssembleLimit)) {
    palette.image.code = std::move(*cubin);
    palette.image.isCubin = true;
  } else {
    palette.outcome = Outcome::assembleFailed;
    palette.message = cubin.error().message;
  }
  std::lock_guard lock(mutex);
  seconds.assemble += since(start);
  return palette;
}

} // namespace recflex
