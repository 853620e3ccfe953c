//===- ScheduleAttrs.cpp - What the built-in schedules answer -------------===//
//
// Validity, tiles and estimated cost. The code that a schedule emits, and the
// candidates that it offers, are in lib/Schedules.
//
//===----------------------------------------------------------------------===//

#include "recflex/Dialect/Emb/IR/Emb.h"
#include "recflex/Runtime/KernelABI.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <cmath>

using namespace mlir;
using namespace recflex::emb;
using llvm::divideCeil;

//===----------------------------------------------------------------------===//
// Checks that the schedules share
//===----------------------------------------------------------------------===//

using EmitError = function_ref<InFlightDiagnostic()>;

/// `value` must be a power of two from 1 to `limit`.
static LogicalResult checkPowerOf2(EmitError emitError, StringRef name,
                                   int64_t value, int64_t limit) {
  if (value >= 1 && value <= limit && llvm::isPowerOf2_64(value))
    return success();
  return emitError() << "'" << name << "' must be a power of two from 1 to "
                     << limit << ", not " << value;
}

static LogicalResult checkGroup(EmitError emitError, int64_t vector,
                                int64_t lanes, int64_t unroll) {
  // 8 halves are the 16 bytes that one load can take; past 16 rows in flight
  // the registers of any occupancy worth having are spent.
  return success(succeeded(checkPowerOf2(emitError, "vector", vector, 8)) &&
                 succeeded(checkPowerOf2(emitError, "lanes", lanes, 32)) &&
                 succeeded(checkPowerOf2(emitError, "unroll", unroll, 16)));
}

/// Vectors must tile the row exactly and fit one 16-byte load.
static LogicalResult checkVector(EmitError emitError, int64_t vector,
                                 const LookupShape &shape) {
  if (shape.width % vector != 0)
    return emitError() << "'vector' is " << vector
                       << ", which does not divide the row's width "
                       << shape.width << "; use "
                       << (shape.width & -shape.width) << " or less";
  int64_t bytes = vector * byteSize(shape.rowType);
  if (bytes > 16)
    return emitError() << "'vector' is " << vector << ", which makes a load of "
                       << bytes << " bytes of " << toString(shape.rowType)
                       << "; 16 bytes are the most";
  return success();
}

/// Tiles over the width: a group covers lanes x vector columns.
static int64_t columnTiles(const LookupShape &shape, int64_t vector,
                           int64_t lanes) {
  return divideCeil(shape.width, vector * lanes);
}

//===----------------------------------------------------------------------===//
// The cost estimate
//===----------------------------------------------------------------------===//

// Instructions counted in the code that ptxas makes of the sub_warp body (f32,
// sum, sm_90): a lookup takes its index load, address, row load and `vector`
// additions, a bag its two offsets, its bounds and its store.
static constexpr double kPerLookup = 3.5;
static constexpr double kPerBag = 40;

// Issue slots that a warp leaves empty while an unrolled step waits for memory:
// some 700 cycles on an H200 under load, shared by the 10 warps that a
// scheduler holds at the default occupancy.
static constexpr double kPerStep = 70;

// Counted in the PTX of the segmented_scan body, 64-bit operations as two: a
// lookup's comparison with the end of its bag; a bag that ends, is written and
// followed by the next; a halving of the search for a share's first bag, or a
// look whether a bag is empty.
static constexpr double kPerBoundary = 2;
static constexpr double kPerEnd = 30;
static constexpr double kPerHalving = 5;

// Counted in the PTX of the multi_block body: a partial row that is stored,
// counted, and read again.
static constexpr double kPerPart = 25;

/// Longest of `bags` bags, on average: they share a warp, which runs as long
/// as the longest. Bags that are not empty count as normal; the expected
/// maximum of k of those is close to mean + stddev * sqrt(2 ln k).
static double expectedLongest(const BagStats &stats, double bags) {
  if (stats.coverage <= 0)
    return 0;
  double somePresent = 1 - std::pow(1 - stats.coverage, bags);
  double present = std::max(1.0, bags * stats.coverage / somePresent);
  double mean = stats.mean / stats.coverage;
  double squares =
      (stats.stddev * stats.stddev + stats.mean * stats.mean) / stats.coverage;
  double stddev = std::sqrt(std::max(0.0, squares - mean * mean));
  double longest = mean + stddev * std::sqrt(2 * std::log(present));
  return somePresent * std::min(longest, static_cast<double>(stats.max));
}

/// Instructions of a looked-up row of `vector` elements.
static double perLookup(const LookupShape &shape, int64_t vector) {
  return kPerLookup + vector * (shape.weighted ? 1.2 : 1.0);
}

/// A group of `lanes` x `rows` threads pools a bag, `unroll` rows in flight.
static ScheduleCost groupCost(const LookupShape &shape, const BagStats &stats,
                              int64_t vector, int64_t lanes, int64_t rows,
                              int64_t unroll) {
  double group = lanes * rows;
  double bagsPerWarp = std::max(1.0, 32 / group);
  double warpsPerBag = group / 32;
  double lookups = std::ceil(expectedLongest(stats, bagsPerWarp) /
                             static_cast<double>(rows));
  double steps = std::ceil(lookups / static_cast<double>(unroll));
  ScheduleCost cost;
  cost.issue =
      columnTiles(shape, vector, lanes) * warpsPerBag *
      (kPerBag + lookups * perLookup(shape, vector) + steps * kPerStep);
  // Index first, row second: two dependent loads an unrolled step.
  cost.latency =
      2 + 2 * std::ceil(static_cast<double>(stats.max) / (rows * unroll));
  return cost;
}

/// The same, and then the `rows` groups become one.
static ScheduleCost teamCost(const LookupShape &shape, const BagStats &stats,
                             int64_t vector, int64_t lanes, int64_t rows,
                             int64_t unroll) {
  ScheduleCost cost = groupCost(shape, stats, vector, lanes, rows, unroll);
  // Each halving stores, synchronises, loads and adds `vector` elements.
  double halvings = llvm::Log2_64(rows);
  cost.issue += columnTiles(shape, vector, lanes) * halvings *
                (8 + 3.0 * vector) * lanes * rows / 32;
  cost.latency +=
      halvings / 4; // shared memory answers in a quarter of the time
  return cost;
}

/// Shared memory of it. Teams inside a warp reduce by shuffles.
static int64_t teamBytes(int64_t vector, int64_t lanes, int64_t rows,
                         int64_t threads) {
  return lanes * rows <= 32 ? 0 : threads * vector * sizeof(float);
}

//===----------------------------------------------------------------------===//
// GatherAttr
//===----------------------------------------------------------------------===//

LogicalResult GatherAttr::verify(EmitError emitError, int64_t vector,
                                 int64_t lanes, int64_t unroll) {
  return checkGroup(emitError, vector, lanes, unroll);
}

LogicalResult GatherAttr::verifyFor(EmitError emitError,
                                    const LookupShape &shape) const {
  return checkVector(emitError, getVector(), shape);
}

Attribute GatherAttr::getSetting() const {
  return get(getContext(), getVector(), /*lanes=*/1, getUnroll());
}

int64_t GatherAttr::getMinThreads(const LookupShape &) const { return 32; }

TileShape GatherAttr::getTileShape(const LookupShape &shape,
                                   int64_t threads) const {
  TileShape tile;
  tile.samples = threads / getLanes() * getUnroll();
  tile.columnTiles = columnTiles(shape, getVector(), getLanes());
  tile.warpSamples = 32 / getLanes() * getUnroll();
  return tile;
}

int64_t GatherAttr::getSharedBytes(const LookupShape &, int64_t) const {
  return 0;
}

ScheduleCost GatherAttr::estimateCost(const LookupShape &shape,
                                      const BagStats &stats,
                                      int64_t threads) const {
  ScheduleCost cost =
      groupCost(shape, stats, getVector(), getLanes(), 1, /*unroll=*/1);
  if (stats.max <= 1) {
    // One copy, no loop: about half of a pooled bag's instructions, and one
    // wait for all samples of the lane.
    double group =
        getLanes() / 32.0 * columnTiles(shape, getVector(), getLanes());
    cost.issue = group * (kPerBag / 2 + kPerStep / getUnroll());
    cost.latency = 3;
  } else {
    // Further rows come one by one, sample after sample.
    cost.latency *= getUnroll();
  }
  return cost;
}

//===----------------------------------------------------------------------===//
// SubWarpAttr
//===----------------------------------------------------------------------===//

LogicalResult SubWarpAttr::verify(EmitError emitError, int64_t vector,
                                  int64_t lanes, int64_t unroll) {
  return checkGroup(emitError, vector, lanes, unroll);
}

LogicalResult SubWarpAttr::verifyFor(EmitError emitError,
                                     const LookupShape &shape) const {
  return checkVector(emitError, getVector(), shape);
}

Attribute SubWarpAttr::getSetting() const {
  return get(getContext(), getVector(), /*lanes=*/1, getUnroll());
}

int64_t SubWarpAttr::getMinThreads(const LookupShape &) const { return 32; }

TileShape SubWarpAttr::getTileShape(const LookupShape &shape,
                                    int64_t threads) const {
  TileShape tile;
  tile.samples = threads / getLanes();
  tile.columnTiles = columnTiles(shape, getVector(), getLanes());
  tile.parallelLookups = getUnroll();
  tile.warpSamples = 32 / getLanes();
  return tile;
}

int64_t SubWarpAttr::getSharedBytes(const LookupShape &, int64_t) const {
  return 0;
}

ScheduleCost SubWarpAttr::estimateCost(const LookupShape &shape,
                                       const BagStats &stats,
                                       int64_t threads) const {
  return groupCost(shape, stats, getVector(), getLanes(), 1, getUnroll());
}

//===----------------------------------------------------------------------===//
// BlockReduceAttr
//===----------------------------------------------------------------------===//

LogicalResult BlockReduceAttr::verify(EmitError emitError, int64_t vector,
                                      int64_t lanes, int64_t rows,
                                      int64_t unroll) {
  if (failed(checkGroup(emitError, vector, lanes, unroll)))
    return failure();
  if (failed(checkPowerOf2(emitError, "rows", rows, 1024)))
    return failure();
  if (rows < 2)
    return emitError() << "'rows' must be at least 2; with 1 there is nothing "
                          "to reduce: use #emb.sub_warp";
  if (lanes * rows > 1024)
    return emitError() << "lanes x rows is " << lanes * rows
                       << "; a block has at most 1024 threads";
  return success();
}

LogicalResult BlockReduceAttr::verifyFor(EmitError emitError,
                                         const LookupShape &shape) const {
  return checkVector(emitError, getVector(), shape);
}

Attribute BlockReduceAttr::getSetting() const {
  return get(getContext(), getVector(), /*lanes=*/1, getRows(), getUnroll());
}

int64_t BlockReduceAttr::getMinThreads(const LookupShape &) const {
  return std::max<int64_t>(32, getLanes() * getRows());
}

TileShape BlockReduceAttr::getTileShape(const LookupShape &shape,
                                        int64_t threads) const {
  TileShape tile;
  tile.samples = threads / (getLanes() * getRows());
  tile.columnTiles = columnTiles(shape, getVector(), getLanes());
  tile.parallelLookups = getRows() * getUnroll();
  // Teams inside a warp need no other.
  tile.warpSamples = 32 / (getLanes() * getRows());
  return tile;
}

int64_t BlockReduceAttr::getSharedBytes(const LookupShape &,
                                        int64_t threads) const {
  return teamBytes(getVector(), getLanes(), getRows(), threads);
}

ScheduleCost BlockReduceAttr::estimateCost(const LookupShape &shape,
                                           const BagStats &stats,
                                           int64_t threads) const {
  return teamCost(shape, stats, getVector(), getLanes(), getRows(),
                  getUnroll());
}

//===----------------------------------------------------------------------===//
// SegmentedScanAttr
//===----------------------------------------------------------------------===//

LogicalResult SegmentedScanAttr::verify(EmitError emitError, int64_t vector,
                                        int64_t lanes, int64_t samples,
                                        int64_t unroll) {
  return success(succeeded(checkGroup(emitError, vector, lanes, unroll)) &&
                 succeeded(checkPowerOf2(emitError, "samples", samples, 1024)));
}

LogicalResult SegmentedScanAttr::verifyFor(EmitError emitError,
                                           const LookupShape &shape) const {
  return checkVector(emitError, getVector(), shape);
}

Attribute SegmentedScanAttr::getSetting() const {
  return get(getContext(), getVector(), /*lanes=*/1, /*samples=*/1,
             getUnroll());
}

int64_t SegmentedScanAttr::getMinThreads(const LookupShape &) const {
  // Two groups: the last share is filled up from one ahead.
  return std::max<int64_t>(32, 2 * getLanes());
}

TileShape SegmentedScanAttr::getTileShape(const LookupShape &shape,
                                          int64_t threads) const {
  TileShape tile;
  tile.samples = getSamples();
  tile.columnTiles = columnTiles(shape, getVector(), getLanes());
  // All groups share all bags: of equal ones, each has that many to itself.
  tile.parallelLookups =
      std::max<int64_t>(1, threads / getLanes() * getUnroll() / getSamples());
  return tile;
}

int64_t SegmentedScanAttr::getSharedBytes(const LookupShape &shape,
                                          int64_t threads) const {
  // A row for each thread, and the offsets of the tile.
  int64_t bytes = threads * getVector() * sizeof(float) +
                  (getSamples() + 1) * byteSize(shape.indexType);
  return llvm::alignTo(bytes, sizeof(float));
}

ScheduleCost SegmentedScanAttr::estimateCost(const LookupShape &shape,
                                             const BagStats &stats,
                                             int64_t threads) const {
  double warps = threads / 32.0, groups = threads / getLanes();
  double samples = getSamples(), unroll = getUnroll();
  auto steps = [&](double lookups) {
    return std::ceil(lookups / (groups * unroll));
  };
  double halvings = llvm::Log2_64(getSamples());
  double perWarp =
      kPerBag + kPerHalving * halvings +
      steps(samples * stats.mean) *
          (kPerStep + unroll * (kPerBoundary + perLookup(shape, getVector())));
  ScheduleCost cost;
  cost.issue = columnTiles(shape, getVector(), getLanes()) *
               (warps * perWarp / samples + stats.coverage * kPerEnd +
                warps * std::ceil(samples / groups) * kPerHalving / samples);
  // Offsets, then index and row of each step. The heaviest tile has the longest
  // bag among others.
  double heaviest = static_cast<double>(stats.max) + (samples - 1) * stats.mean;
  cost.latency = 2 + halvings / 4 + 2 * steps(heaviest);
  return cost;
}

//===----------------------------------------------------------------------===//
// MultiBlockAttr
//===----------------------------------------------------------------------===//

LogicalResult MultiBlockAttr::verify(EmitError emitError, int64_t vector,
                                     int64_t lanes, int64_t rows, int64_t parts,
                                     int64_t unroll) {
  if (failed(checkGroup(emitError, vector, lanes, unroll)) ||
      failed(checkPowerOf2(emitError, "rows", rows, 1024)) ||
      failed(
          checkPowerOf2(emitError, "parts", parts, recflex::abi::kMaxBagParts)))
    return failure();
  if (parts < 2)
    return emitError() << "'parts' must be at least 2; one block does a bag by "
                          "#emb.block_reduce";
  if (lanes * rows > 1024)
    return emitError() << "lanes x rows is " << lanes * rows
                       << "; a block has at most 1024 threads";
  return success();
}

LogicalResult MultiBlockAttr::verifyFor(EmitError emitError,
                                        const LookupShape &shape) const {
  return checkVector(emitError, getVector(), shape);
}

Attribute MultiBlockAttr::getSetting() const {
  return get(getContext(), getVector(), /*lanes=*/1, getRows(), getParts(),
             getUnroll());
}

int64_t MultiBlockAttr::getMinThreads(const LookupShape &) const {
  return std::max<int64_t>(32, getLanes() * getRows());
}

int64_t MultiBlockAttr::counterBytes(const LookupShape &shape, int64_t vector) {
  return llvm::alignTo(shape.width / vector * sizeof(int32_t), 16);
}

TileShape MultiBlockAttr::getTileShape(const LookupShape &shape,
                                       int64_t threads) const {
  TileShape tile;
  tile.samples = threads / (getLanes() * getRows());
  tile.columnTiles = columnTiles(shape, getVector(), getLanes()) * getParts();
  tile.parallelLookups = getRows() * getParts() * getUnroll();
  tile.scratchBytes = counterBytes(shape, getVector()) +
                      getParts() * shape.width * sizeof(float);
  return tile;
}

int64_t MultiBlockAttr::getSharedBytes(const LookupShape &,
                                       int64_t threads) const {
  return teamBytes(getVector(), getLanes(), getRows(), threads);
}

ScheduleCost MultiBlockAttr::estimateCost(const LookupShape &shape,
                                          const BagStats &stats,
                                          int64_t threads) const {
  // Every part is a bag of its own, and then one more.
  BagStats part = stats;
  part.mean /= getParts();
  part.stddev /= getParts();
  part.max = divideCeil(stats.max, getParts());
  ScheduleCost cost =
      teamCost(shape, part, getVector(), getLanes(), getRows(), getUnroll());
  cost.issue =
      getParts() * cost.issue + columnTiles(shape, getVector(), getLanes()) *
                                    (getParts() * kPerPart + kPerBag);
  // The row and the counter on their way out, then the rows of the parts.
  cost.latency += 2 + divideCeil(getParts(), 4);
  return cost;
}
