//===- Staged.cpp - Indices by the line, rows by the lane -----------------===//
//
// The bags of a warp are neighbours in the values array, so their indices are
// one range. The warp copies it to shared memory, 32 neighbours a load; then
// every group of lanes pools its bag with the indices from there. Where groups
// read their own indices in global memory, each load of one touches as many
// lines as there are groups: for short rows, as many as the rows themselves.
//
//===----------------------------------------------------------------------===//

#include "Candidates.h"

#include "recflex/Schedules/BodyBuilder.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

#include <cmath>

using namespace mlir;

namespace recflex {
namespace {

/// The lookups of a warp's bags: a range of the values array.
struct WarpRange {
  Value begin, count; ///< of the index type
};

struct StagedBody final
    : emb::ScheduleBodyInterface::ExternalModel<StagedBody, emb::StagedAttr> {
  void emitBody(Attribute attribute, BodyBuilder &b) const {
    auto schedule = cast<emb::StagedAttr>(attribute);
    int64_t vector = schedule.getVector(), lanes = schedule.getLanes();
    emb::TileShape tile = schedule.getTileShape(b.lookup(), b.shape().threads);
    int64_t room = schedule.getIndices() / (b.shape().threads / 32);

    Value sample = b.sampleOfTeam(tile, lanes);
    Value column = b.columnOfLane(tile, lanes, vector);
    Value active = b.both(b.less(sample, b.tile().batch),
                          b.less(column, b.i32(b.lookup().width)));
    WarpRange range = loadRange(b, tile);
    BagRange bag = b.loadBag(sample, active);
    auto pool = [&](BodyBuilder &reader) {
      Value row = reader.pool(b.identity(vector), bag.begin, bag.end, column,
                              vector, schedule.getUnroll(), /*stride=*/1);
      b.guarded(active,
                [&] { b.storeRow(b.finish(row, bag), sample, column); });
    };
    // All lanes of a warp take the same way.
    b.choose(
        b.lessOrEqual(range.count, b.index(room)),
        [&] {
          Value indices = stage(b, range, room);
          BodyBuilder reader = b.withIndicesAt(indices);
          pool(reader);
        },
        [&] { pool(b); });
  }

  static WarpRange loadRange(BodyBuilder &b, const emb::TileShape &tile) {
    Value batch = b.tile().batch;
    Value first = b.minimum(b.sampleOfWarp(tile), batch);
    Value past = b.minimum(b.add(first, b.i32(tile.warpSamples)), batch);
    Value begin = b.loadOffset(first);
    return {begin, b.sub(b.loadOffset(past), begin)};
  }

  /// Copies the indices of `range` into the warp's part of shared memory. What
  /// it returns is where position 0 of the values array would be there.
  static Value stage(BodyBuilder &b, const WarpRange &range, int64_t room) {
    int64_t loads = std::clamp<int64_t>(room / 32, 1, kLoads);
    Value warp = b.divide(b.tile().thread, 32);
    Value slots = b.gep(b.tile().shared, b.storedIndexType(),
                        b.mul(warp, b.i32(room)));
    Value lane = b.toIndex(b.modulo(b.tile().thread, 32));
    auto loop =
        scf::ForOp::create(b, lane, range.count, b.index(32 * loads));
    {
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(loop.getBody());
      copy(b, loop.getInductionVar(), range, slots, loads);
    }
    b.syncWarp();
    return b.gep(slots, b.storedIndexType(), b.sub(b.index(0), range.begin));
  }

  /// Indices `at`, at + 32, ... of the range: `loads` of them, all on their way
  /// before the first is stored.
  static void copy(BodyBuilder &b, Value at, const WarpRange &range,
                   Value slots, int64_t loads) {
    SmallVector<Value> places, present, indices;
    for (int64_t u = 0; u < loads; ++u) {
      places.push_back(u == 0 ? at : b.add(at, b.index(32 * u)));
      present.push_back(b.less(places[u], range.count));
      // Past the end, the first one again: it is valid.
      Value from = b.select(present[u], places[u], at);
      indices.push_back(b.loadIndex(b.add(range.begin, from)));
    }
    for (int64_t u = 0; u < loads; ++u)
      b.guarded(present[u], [&] {
        b.store(indices[u], b.gep(slots, b.storedIndexType(), places[u]),
                indices[u].getType().getIntOrFloatBitWidth() / 8);
      });
  }

  static constexpr int64_t kLoads = 8; ///< of a lane, on their way together
};

} // namespace

void attachStagedBody(MLIRContext *context) {
  emb::StagedAttr::attachInterface<StagedBody>(*context);
}

/// Room for the indices of a block of four warps, most of the time.
static int64_t expectedIndices(const emb::BagStats &stats, int64_t lanes) {
  constexpr int64_t kUnknown = 512;
  if (stats.batch == 0)
    return kUnknown;
  double bags = 32.0 / static_cast<double>(lanes);
  double perWarp = bags * stats.mean + 2 * std::sqrt(bags) * stats.stddev;
  uint64_t all = static_cast<uint64_t>(std::ceil(4 * std::min(perWarp, 4096.0)));
  return std::clamp<int64_t>(llvm::PowerOf2Ceil(all), 128, 4096);
}

void addStagedCandidates(MLIRContext *context, const emb::LookupShape &shape,
                         const emb::BagStats &stats, AddSchedule add) {
  if (stats.batch > 0 && stats.max <= 1)
    return;
  // As for sub_warp.
  int64_t rowsInFlight = shape.weighted ? 4 : 8;
  int64_t inFlight = shape.weighted ? 16 : 32;
  for (int64_t vector = widestVector(shape); vector >= 1; vector /= 2) {
    int64_t cover = coveringLanes(shape, vector);
    for (int64_t lanes = cover; lanes >= std::max<int64_t>(1, cover / 2);
         lanes /= 2)
      for (int64_t unroll : {8, 4, 2, 1}) {
        if (unroll > rowsInFlight || vector * unroll > inFlight)
          continue;
        add(emb::StagedAttr::get(context, vector, lanes, unroll,
                                 expectedIndices(stats, lanes)));
      }
  }
}

} // namespace recflex
