//===- Occupancy.h - What a device has room for -----------------*- C++ -*-===//

#ifndef RECFLEX_TUNING_OCCUPANCY_H
#define RECFLEX_TUNING_OCCUPANCY_H

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

namespace recflex {

/// Threads a block, and blocks a multiprocessor: #emb.occupancy.
struct Occupancy {
  int64_t threads = 0;
  int64_t blocks = 0;

  bool operator==(const Occupancy &other) const {
    return std::tie(threads, blocks) == std::tie(other.threads, other.blocks);
  }
  bool operator!=(const Occupancy &other) const { return !(*this == other); }
};

/// "128 x 10".
std::string toString(const Occupancy &occupancy);

/// The device that trials are made on. The limits are of one multiprocessor.
struct TuningDevice {
  std::string name;   ///< "NVIDIA H200"
  std::string chip;   ///< "sm_90"
  std::string driver; ///< "13.0"
  int64_t multiprocessors = 0;
  int64_t maxThreads = 0;
  int64_t maxBlocks = 0;
  int64_t registers = 0;
  int64_t sharedBytes = 0;
};

/// Registers are handed out to a thread in multiples of this.
constexpr int64_t kRegisterUnit = 8;

/// Registers that `occupancy` leaves each thread; a thread has at most 255.
int64_t registersLeft(const TuningDevice &device, const Occupancy &occupancy);

/// The occupancies worth trying with `threads` threads a block. Of those that
/// leave a thread equally many registers the one with the most blocks. The one
/// closest to 40 warps (the untuned default) comes first, for a time budget may
/// end before the others have had their turn.
std::vector<Occupancy> occupanciesToTry(const TuningDevice &device,
                                        int64_t threads);

/// The same where blocks may have any size: all of emb::kDefaultThreads threads
/// and, behind the best three of these, the first of each larger size. Warps of
/// a large block share the L1 cache with more of their feature, but keep its
/// place until the last one ends.
std::vector<Occupancy> occupanciesToTry(const TuningDevice &device);

} // namespace recflex

#endif // RECFLEX_TUNING_OCCUPANCY_H
