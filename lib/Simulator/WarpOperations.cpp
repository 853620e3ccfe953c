//===- WarpOperations.cpp - Shuffles, votes, matches, reductions ----------===//

#include "WarpOperations.h"

#include <algorithm>

namespace recflex::sim {

namespace {

/// What a shuffle delivers from a lane that its mask leaves out, which PTX
/// leaves undefined: NaN as f32, f16 and bf16, and no plausible index.
constexpr uint32_t undefinedValue = 0xFFFFDEAD;

template <typename Visitor> void forEachLane(uint32_t mask, Visitor visit) {
  for (; mask != 0; mask &= mask - 1)
    visit(static_cast<uint32_t>(__builtin_ctz(mask)));
}

void shuffle(LaneContext *warp, uint32_t mask) {
  forEachLane(mask, [&](uint32_t lane) {
    LaneContext &me = warp[lane];
    uint32_t b = me.operandB & 31;
    uint32_t clamp = me.operandC & 31;
    uint32_t segment = me.operandC >> 8 & 31;
    uint32_t last = (lane & segment) | (clamp & ~segment);
    uint32_t first = lane & segment;
    uint32_t source = lane;
    bool inRange = false;
    switch (me.operation) {
    case WarpOperation::ShuffleUp:
      // The clamp is the segment's first lane here.
      source = lane - b;
      inRange = static_cast<int32_t>(source) >= static_cast<int32_t>(last);
      break;
    case WarpOperation::ShuffleDown:
      source = lane + b;
      inRange = source <= last;
      break;
    case WarpOperation::ShuffleButterfly:
      source = lane ^ b;
      inRange = source <= last;
      break;
    default:
      source = first | (b & ~segment);
      inRange = source <= last;
      break;
    }
    if (!inRange)
      source = lane;
    me.predicate = inRange;
    me.result = mask >> source & 1 ? static_cast<uint32_t>(warp[source].value)
                                   : undefinedValue;
  });
}

uint32_t ballot(const LaneContext *warp, uint32_t mask) {
  uint32_t votes = 0;
  forEachLane(mask, [&](uint32_t lane) {
    votes |= static_cast<uint32_t>(warp[lane].value != 0) << lane;
  });
  return votes;
}

void match(LaneContext *warp, uint32_t mask) {
  forEachLane(mask, [&](uint32_t lane) {
    uint32_t equal = 0;
    forEachLane(mask, [&](uint32_t other) {
      equal |= static_cast<uint32_t>(warp[other].value == warp[lane].value)
               << other;
    });
    warp[lane].predicate = equal == mask;
    warp[lane].result =
        warp[lane].operation == WarpOperation::MatchAny || equal == mask ? equal
                                                                         : 0;
  });
}

uint32_t combine(WarpOperation operation, uint32_t a, uint32_t b) {
  auto s = [](uint32_t x) { return static_cast<int32_t>(x); };
  switch (operation) {
  case WarpOperation::ReduceMin:
    return s(a) < s(b) ? a : b;
  case WarpOperation::ReduceMax:
    return s(a) > s(b) ? a : b;
  case WarpOperation::ReduceUnsignedMin:
    return std::min(a, b);
  case WarpOperation::ReduceUnsignedMax:
    return std::max(a, b);
  case WarpOperation::ReduceAnd:
    return a & b;
  case WarpOperation::ReduceOr:
    return a | b;
  case WarpOperation::ReduceXor:
    return a ^ b;
  default:
    return a + b;
  }
}

uint32_t reduce(const LaneContext *warp, uint32_t mask) {
  uint32_t first = static_cast<uint32_t>(__builtin_ctz(mask));
  auto sum = static_cast<uint32_t>(warp[first].value);
  forEachLane(mask & (mask - 1), [&](uint32_t lane) {
    sum = combine(warp[lane].operation, sum,
                  static_cast<uint32_t>(warp[lane].value));
  });
  return sum;
}

} // namespace

void resolveWarpOperation(LaneContext *warp, uint32_t mask) {
  auto first = static_cast<uint32_t>(__builtin_ctz(mask));
  uint32_t result = 0;
  switch (warp[first].operation) {
  case WarpOperation::ShuffleUp:
  case WarpOperation::ShuffleDown:
  case WarpOperation::ShuffleButterfly:
  case WarpOperation::ShuffleIndex:
    return shuffle(warp, mask);
  case WarpOperation::MatchAny:
  case WarpOperation::MatchAll:
    return match(warp, mask);
  case WarpOperation::Elect:
    return forEachLane(mask, [&](uint32_t lane) {
      warp[lane].result = first;
      warp[lane].predicate = lane == first;
    });
  case WarpOperation::Synchronize:
    return;
  case WarpOperation::Ballot:
    result = ballot(warp, mask);
    break;
  case WarpOperation::VoteAny:
    result = ballot(warp, mask) != 0;
    break;
  case WarpOperation::VoteAll:
    result = ballot(warp, mask) == mask;
    break;
  case WarpOperation::VoteUniform: {
    uint32_t votes = ballot(warp, mask);
    result = votes == 0 || votes == mask;
    break;
  }
  default:
    result = reduce(warp, mask);
    break;
  }
  forEachLane(mask, [&](uint32_t lane) { warp[lane].result = result; });
}

const char *nameOf(WarpOperation operation) {
  switch (operation) {
  case WarpOperation::ShuffleUp:
    return "shuffle (up)";
  case WarpOperation::ShuffleDown:
    return "shuffle (down)";
  case WarpOperation::ShuffleButterfly:
    return "shuffle (butterfly)";
  case WarpOperation::ShuffleIndex:
    return "shuffle (index)";
  case WarpOperation::Ballot:
    return "ballot";
  case WarpOperation::VoteAny:
    return "vote (any)";
  case WarpOperation::VoteAll:
    return "vote (all)";
  case WarpOperation::VoteUniform:
    return "vote (uniform)";
  case WarpOperation::MatchAny:
    return "match (any)";
  case WarpOperation::MatchAll:
    return "match (all)";
  case WarpOperation::ReduceAdd:
  case WarpOperation::ReduceMin:
  case WarpOperation::ReduceMax:
  case WarpOperation::ReduceUnsignedMin:
  case WarpOperation::ReduceUnsignedMax:
  case WarpOperation::ReduceAnd:
  case WarpOperation::ReduceOr:
  case WarpOperation::ReduceXor:
    return "warp reduction";
  case WarpOperation::Elect:
    return "elect";
  case WarpOperation::Synchronize:
    return "warp barrier";
  }
  return "warp operation";
}

} // namespace recflex::sim
