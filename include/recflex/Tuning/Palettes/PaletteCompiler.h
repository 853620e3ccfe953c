//===- PaletteCompiler.h - Palettes, compiled side by side ------*- C++ -*-===//

#ifndef RECFLEX_TUNING_PALETTES_PALETTECOMPILER_H
#define RECFLEX_TUNING_PALETTES_PALETTECOMPILER_H

#include "recflex/Conversion/EmbToGPU/Palette.h"
#include "recflex/Profiling/PaletteBench.h"
#include "recflex/Target/Ptxas.h"
#include "recflex/Tuning/Trial.h"

#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <optional>
#include <thread>

namespace recflex {

struct CompiledPalette {
  Outcome outcome = Outcome::ok; ///< or compileFailed, assembleFailed
  std::string message;
  PaletteImage image;
};

/// Compiles palettes in some threads, first come, first served. Where ptxas
/// assembles them, half of the threads make PTX at a time: each needs 150 to 250
/// MiB for it, and ptxas takes longer than that half does.
class PaletteCompiler {
public:
  /// Thread seconds until now.
  struct Seconds {
    double compile = 0;  ///< to PTX
    double assemble = 0; ///< by ptxas
  };

  /// Without `ptxas` images are PTX, for the driver to compile.
  PaletteCompiler(const mlir::DialectRegistry &registry,
                  std::optional<Ptxas> ptxas, unsigned threads);
  /// Drops what has not begun, and waits for the rest.
  ~PaletteCompiler();

  std::shared_future<CompiledPalette> submit(PaletteSpec spec);
  Seconds spent() const;

private:
  using Task = std::packaged_task<CompiledPalette()>;
  void work();
  CompiledPalette compile(const PaletteSpec &spec);
  Result<std::string> makePtx(const PaletteSpec &spec);

  mlir::DialectRegistry registry;
  std::optional<Ptxas> ptxas;
  std::vector<std::thread> threads;
  mutable std::mutex mutex;
  std::condition_variable wakeUp;
  std::condition_variable ptxDone;
  unsigned makingPtx = 0; ///< threads
  std::deque<Task> tasks;
  Seconds seconds;
  bool isClosing = false;
};

} // namespace recflex

#endif // RECFLEX_TUNING_PALETTES_PALETTECOMPILER_H
