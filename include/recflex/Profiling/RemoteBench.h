//===- RemoteBench.h - A bench in another process ---------------*- C++ -*-===//
//
// What runs on a bench is not to be trusted: a kernel that reads past its table
// takes the process's CUDA context with it, one that never ends takes the
// process. So the bench lives in a child process, which is killed and started
// anew where it must be.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_PROFILING_REMOTEBENCH_H
#define RECFLEX_PROFILING_REMOTEBENCH_H

#include "recflex/Profiling/PaletteBench.h"
#include "recflex/Support/Result.h"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>

namespace recflex {

class ChildProcess;

class RemoteBench final : public PaletteBench {
public:
  using Duration = std::chrono::milliseconds;
  struct Limits {
    Duration start = std::chrono::minutes(1);
    /// A driver may compile, and with the first palette tables go to the
    /// device.
    Duration load = std::chrono::minutes(10);
    Duration run = std::chrono::seconds(20); ///< profile() and time()
  };
  /// Makes the bench, in the child; this process must not have touched the
  /// device, for a child of it could not.
  using Factory = std::function<Result<std::unique_ptr<PaletteBench>>()>;

  RemoteBench(Factory factory, const Limits &limits);
  ~RemoteBench() override;

  Benched<BenchDevice> describe() override;
  Benched<PaletteFigures> load(int64_t palette,
                               const PaletteImage &image) override;
  void unload(int64_t palette) override;
  Benched<std::vector<FeatureProfile>> profile(int64_t palette,
                                               const BodyAssignment &assignment,
                                               int rounds) override;
  Benched<KernelTiming> time(int64_t palette, const BodyAssignment &assignment,
                             int64_t yardstickPalette,
                             const BodyAssignment &yardstick,
                             int samples) override;

  /// Children started until now.
  int starts() const { return startCount; }

private:
  Benched<std::string> call(const std::string &request, Duration limit);
  template <typename T> Benched<T> run(const std::string &request);
  Benched<PaletteFigures> send(int64_t palette, const PaletteImage &image);
  std::optional<BenchFailure> start();
  std::optional<BenchFailure> restore(int64_t palette);
  BenchFailure fail(BenchFailure::Kind kind, const std::string &message);

  Factory factory;
  Limits limits;
  std::unique_ptr<ChildProcess> child;
  std::map<int64_t, PaletteImage> images; ///< what the child must know
  std::set<int64_t> loaded;               ///< what this child knows
  int startCount = 0;
};

} // namespace recflex

#endif // RECFLEX_PROFILING_REMOTEBENCH_H
