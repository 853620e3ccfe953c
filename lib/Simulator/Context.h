//===- Context.h - What generated code and simulator share ------*- C++ -*-===//
//
// The rewritten kernels read these two records at fixed offsets (see
// Rewriter.cpp), so both are standard-layout and hold the fields that code
// reads first.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_LIB_SIMULATOR_CONTEXT_H
#define RECFLEX_LIB_SIMULATOR_CONTEXT_H

#include <cstdint>

namespace recflex::sim {

class BlockRunner;

/// Threads in a warp, on every NVIDIA GPU.
constexpr uint32_t warpSize = 32;
/// Threads in a block, at most (CUDA C++ Programming Guide, table "Technical
/// Specifications per Compute Capability").
constexpr uint32_t maxThreads = 1024;
constexpr uint32_t maxWarps = maxThreads / warpSize;

/// The addresses that one load or store may touch without a further look: the
/// region that it hit last. Holds iff address - base <= span.
struct AccessCache {
  uint64_t base = 0;
  uint64_t span = 0;
  uint64_t alignMask = 0;
};

/// The block that runs.
struct BlockState {
  uint32_t index = 0;   ///< %ctaid.x
  uint32_t threads = 0; ///< %ntid.x
  uint32_t blocks = 0;  ///< %nctaid.x
  uint32_t dynamicSharedBytes = 0;
  uint8_t *shared = nullptr;
  AccessCache *caches = nullptr; ///< one an access site
  BlockRunner *runner = nullptr;
};

/// What a lane asks of its warp.
enum class WarpOperation : uint32_t {
  ShuffleUp,
  ShuffleDown,
  ShuffleButterfly,
  ShuffleIndex,
  Ballot,
  VoteAny,
  VoteAll,
  VoteUniform,
  MatchAny,
  MatchAll,
  ReduceAdd,
  ReduceMin,
  ReduceMax,
  ReduceUnsignedMin,
  ReduceUnsignedMax,
  ReduceAnd,
  ReduceOr,
  ReduceXor,
  Elect,
  Synchronize,
};

enum class LaneStatus : uint32_t { Ready, AtWarpOperation, AtBarrier, Exited };

/// What a block barrier hands back to its threads.
enum class BarrierResult : uint32_t { None, CountTrue, AllTrue, AnyTrue };

/// In place of a barrier's number of threads: all of them.
constexpr uint32_t wholeBlock = UINT32_MAX;

/// One thread of the block.
struct LaneContext {
  BlockState *block = nullptr;
  uint32_t thread = 0;    ///< %tid.x
  uint32_t lane = 0;      ///< %laneid
  uint32_t predicate = 0; ///< second result of the last warp operation

  LaneStatus status = LaneStatus::Exited;
  void *stackPointer = nullptr;

  // Valid while the lane waits at a warp operation.
  WarpOperation operation = WarpOperation::Synchronize;
  uint32_t mask = 0;
  uint64_t value = 0;
  uint32_t operandB = 0;
  uint32_t operandC = 0;
  uint32_t result = 0;

  // Valid while the lane waits at a block barrier.
  uint32_t barrier = 0;
  uint32_t barrierSite = 0;
};

} // namespace recflex::sim

#endif // RECFLEX_LIB_SIMULATOR_CONTEXT_H
