//===- Gather.cpp - Samples over lanes, for bags of at most one row -------===//

#include "Candidates.h"

#include "recflex/Schedules/BodyBuilder.h"

using namespace mlir;

namespace recflex {
namespace {

struct GatherBody final
    : emb::ScheduleBodyInterface::ExternalModel<GatherBody, emb::GatherAttr> {
  void emitBody(Attribute attribute, BodyBuilder &b) const {
    auto schedule = cast<emb::GatherAttr>(attribute);
    int64_t vector = schedule.getVector(), lanes = schedule.getLanes();
    int64_t groups = 32 / lanes; // of a warp
    emb::TileShape tile = schedule.getTileShape(b.lookup(), b.shape().threads);

    Value inWarp = b.modulo(b.tile().thread, 32);
    Value first = b.add(b.sampleOfWarp(tile), b.divide(inWarp, lanes));
    Value column = b.columnOfLane(tile, lanes, vector);
    Value inWidth = b.less(column, b.i32(b.lookup().width));

    // Neighbouring groups of a warp take neighbouring samples. The offsets of
    // all samples are asked for before the first row, and no row waits for
    // another.
    int64_t unroll = schedule.getUnroll();
    SmallVector<Value> samples, active, rows;
    SmallVector<BagRange> bags;
    for (int64_t u = 0; u < unroll; ++u) {
      samples.push_back(b.add(first, b.i32(u * groups)));
      active.push_back(b.both(b.less(samples[u], b.tile().batch), inWidth));
      bags.push_back(b.loadBag(samples[u], active[u]));
    }
    Value someLong = b.isLong(bags.front());
    for (const BagRange &bag : ArrayRef(bags).drop_front())
      someLong = b.either(someLong, b.isLong(bag));
    for (const BagRange &bag : bags)
      rows.push_back(b.loadFirstRow(bag, column, vector));
    for (int64_t u = 0; u < unroll; ++u)
      b.guarded(active[u], [&] {
        b.storeRow(b.finish(rows[u], bags[u]), samples[u], column);
      });
    b.guarded(someLong, [&] {
      poolLongBags(b, first, groups, unroll, column, vector, inWidth);
    });
  }

  /// Bags of more than one row, which this schedule is not meant for: pools
  /// them one after the other, over the first row that is already stored.
  static void poolLongBags(BodyBuilder &b, Value first, int64_t groups,
                           int64_t unroll, Value column, int64_t vector,
                           Value inWidth) {
    b.repeat(unroll, [&](Value u) {
      Value sample = b.add(first, b.mul(u, b.i32(groups)));
      BagRange bag =
          b.loadBag(sample, b.both(b.less(sample, b.tile().batch), inWidth));
      b.guarded(b.isLong(bag), [&] {
        Value row = b.pool(b.identity(vector), bag.begin, bag.end, column,
                           vector, /*unroll=*/1, /*stride=*/1);
        b.storeRow(b.finish(row, bag), sample, column);
      });
    });
  }
};

} // namespace

void attachGatherBody(MLIRContext *context) {
  emb::GatherAttr::attachInterface<GatherBody>(*context);
}

void addGatherCandidates(MLIRContext *context, const emb::LookupShape &shape,
                         const emb::BagStats &stats, AddSchedule add) {
  // Longer bags would be read row by row.
  if (stats.batch > 0 && stats.max > 1)
    return;
  // All rows in flight are held as f32, and a mean holds its bags' lengths as
  // well: more of them spill at the 48 registers that the default occupancy
  // leaves a thread.
  bool holdsLong = shape.pooling == Pooling::mean &&
                   shape.indexType == recflex::IndexType::i64;
  for (int64_t vector = widestVector(shape); vector >= 1; vector /= 2)
    for (int64_t unroll : {4, 2, 1}) {
      if (vector * unroll > (holdsLong ? 8 : 16))
        continue;
      add(emb::GatherAttr::get(context, vector, coveringLanes(shape, vector),
                               unroll));
    }
}

} // namespace recflex
