//===- BlockReduce.cpp - Lookups of a bag side by side, then a sum --------===//

#include "Candidates.h"
#include "TeamReduction.h"

#include "recflex/Schedules/BodyBuilder.h"

using namespace mlir;

namespace recflex {
namespace {

struct BlockReduceBody final
    : emb::ScheduleBodyInterface::ExternalModel<BlockReduceBody,
                                                emb::BlockReduceAttr> {
  void emitBody(Attribute attribute, BodyBuilder &b) const {
    auto schedule = cast<emb::BlockReduceAttr>(attribute);
    int64_t vector = schedule.getVector(), lanes = schedule.getLanes();
    int64_t rows = schedule.getRows(), team = lanes * rows;
    emb::TileShape tile = schedule.getTileShape(b.lookup(), b.shape().threads);

    // thread = (bag in the block, row group, lane).
    Value thread = b.tile().thread;
    Value group = b.modulo(b.divide(thread, lanes), rows);
    Value sample = b.sampleOfTeam(tile, team);
    Value column = b.columnOfLane(tile, lanes, vector);
    // A block may have threads left over that make no whole team.
    Value inTeam = b.less(thread, b.i32(tile.samples * team));
    Value active = b.both(b.both(b.less(sample, b.tile().batch),
                                 b.less(column, b.i32(b.lookup().width))),
                          inTeam);

    BagRange bag = b.loadBag(sample, active);
    Value row = b.pool(b.identity(vector), b.add(bag.begin, b.toIndex(group)),
                       bag.end, column, vector, schedule.getUnroll(), rows);
    // The threads left over stay out of the reduction.
    Value rank = b.select(inTeam, group, b.i32(rows));
    row = reduceTeam(b, row, rank, lanes, rows);
    b.guarded(b.both(active, b.less(group, b.i32(1))),
              [&] { b.storeRow(b.finish(row, bag), sample, column); });
  }
};

} // namespace

void attachBlockReduceBody(MLIRContext *context) {
  emb::BlockReduceAttr::attachInterface<BlockReduceBody>(*context);
}

void addBlockReduceCandidates(MLIRContext *context,
                              const emb::LookupShape &shape,
                              const emb::BagStats &, AddSchedule add) {
  for (int64_t vector = widestVector(shape); vector >= 1; vector /= 2) {
    int64_t lanes = coveringLanes(shape, vector);
    for (int64_t rows = 2; rows * lanes <= 1024; rows *= 2)
      for (int64_t unroll : {4, 2, 1})
        add(emb::BlockReduceAttr::get(context, vector, lanes, rows, unroll));
  }
}

} // namespace recflex
