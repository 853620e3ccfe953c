//===- Register.cpp - Registers the built-in schedules --------------------===//

#include "recflex/Schedules/Schedules.h"

#include "Candidates.h"

using namespace mlir;

namespace recflex {
namespace {

struct EmbSchedules final : emb::ScheduleProvider {
  using ScheduleProvider::ScheduleProvider;

  void enumerate(const emb::LookupShape &shape, const emb::BagStats &stats,
                 AddSchedule add) const final {
    MLIRContext *context = getContext();
    addGatherCandidates(context, shape, stats, add);
    addSubWarpCandidates(context, shape, stats, add);
    addBlockReduceCandidates(context, shape, stats, add);
    addSegmentedScanCandidates(context, shape, stats, add);
    addMultiBlockCandidates(context, shape, stats, add);
  }
};

} // namespace

void registerSchedules(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, emb::EmbDialect *dialect) {
    dialect->addInterfaces<EmbSchedules>();
    attachGatherBody(context);
    attachSubWarpBody(context);
    attachBlockReduceBody(context);
    attachSegmentedScanBody(context);
    attachMultiBlockBody(context);
  });
}

} // namespace recflex
