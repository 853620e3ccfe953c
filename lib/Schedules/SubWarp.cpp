//===- SubWarp.cpp - A group of lanes a bag -------------------------------===//

#include "Candidates.h"

#include "recflex/Schedules/BodyBuilder.h"

using namespace mlir;

namespace recflex {
namespace {

struct SubWarpBody final
    : emb::ScheduleBodyInterface::ExternalModel<SubWarpBody, emb::SubWarpAttr> {
  void emitBody(Attribute attribute, BodyBuilder &b) const {
    auto schedule = cast<emb::SubWarpAttr>(attribute);
    int64_t vector = schedule.getVector(), lanes = schedule.getLanes();
    emb::TileShape tile = schedule.getTileShape(b.lookup(), b.shape().threads);

    Value sample = b.sampleOfTeam(tile, lanes);
    Value column = b.columnOfLane(tile, lanes, vector);
    Value active = b.both(b.less(sample, b.tile().batch),
                          b.less(column, b.i32(b.lookup().width)));
    b.guarded(active, [&] {
      BagRange bag = b.loadBag(sample);
      Value row = b.pool(b.identity(vector), bag.begin, bag.end, column, vector,
                         schedule.getUnroll(), /*stride=*/1);
      b.storeRow(b.finish(row, bag), sample, column);
    });
  }
};

} // namespace

void attachSubWarpBody(MLIRContext *context) {
  emb::SubWarpAttr::attachInterface<SubWarpBody>(*context);
}

void addSubWarpCandidates(MLIRContext *context, const emb::LookupShape &shape,
                          const emb::BagStats &, AddSchedule add) {
  // Rows and elements in flight a lane. More spill at the 48 registers that the
  // default occupancy leaves a thread; weights take their part.
  int64_t rowsInFlight = shape.weighted ? 4 : 8;
  int64_t inFlight = shape.weighted ? 16 : 32;
  for (int64_t vector = widestVector(shape); vector >= 1; vector /= 2) {
    int64_t cover = coveringLanes(shape, vector);
    for (int64_t lanes = cover; lanes >= std::max<int64_t>(1, cover / 2);
         lanes /= 2)
      for (int64_t unroll : {8, 4, 2, 1}) {
        if (unroll > rowsInFlight || vector * unroll > inFlight)
          continue;
        add(emb::SubWarpAttr::get(context, vector, lanes, unroll));
      }
  }
}

} // namespace recflex
