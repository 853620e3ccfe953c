//===- CandidateTests.cpp - What each schedule offers ---------------------===//

#include "recflex/Dialect/Emb/IR/ScheduleProvider.h"
#include "recflex/InitAll.h"

#include "gtest/gtest.h"

#include <set>

using namespace recflex;

namespace {

class Candidates : public testing::Test {
protected:
  Candidates() : context(mlir::MLIRContext::Threading::DISABLED) {
    mlir::DialectRegistry registry;
    registerAllDialects(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
  }

  template <typename Schedule>
  std::vector<Schedule> of(const emb::LookupShape &shape) {
    std::vector<Schedule> found;
    for (emb::ScheduleAttrInterface schedule :
         emb::enumerateSchedules(&context, shape, {}, /*threads=*/128))
      if (auto one = mlir::dyn_cast<Schedule>(schedule))
        found.push_back(one);
    return found;
  }

  mlir::MLIRContext context;
};

emb::LookupShape shapeOf(int64_t width, RowType type = RowType::f32) {
  emb::LookupShape shape;
  shape.width = width;
  shape.rows = 1000;
  shape.rowType = type;
  return shape;
}

TEST_F(Candidates, SegmentedScanCoversVectorsUnrollsAndLanes) {
  std::set<int64_t> vectors, unrolls, lanes, samples;
  for (emb::SegmentedScanAttr schedule :
       of<emb::SegmentedScanAttr>(shapeOf(64))) {
    vectors.insert(schedule.getVector());
    unrolls.insert(schedule.getUnroll());
    if (schedule.getVector() != 4)
      continue;
    lanes.insert(schedule.getLanes());
    samples.insert(schedule.getSamples());
  }
  EXPECT_EQ(vectors, (std::set<int64_t>{1, 2, 4}));
  EXPECT_EQ(unrolls, (std::set<int64_t>{1, 2, 4, 8}));
  EXPECT_EQ(lanes, (std::set<int64_t>{8, 16}));
  EXPECT_EQ(samples, (std::set<int64_t>{8, 16, 32, 64}));
}

TEST_F(Candidates, MultiBlockCoversVectorsUnrollsAndParts) {
  std::set<int64_t> vectors, unrolls, parts;
  for (emb::MultiBlockAttr schedule : of<emb::MultiBlockAttr>(shapeOf(64))) {
    vectors.insert(schedule.getVector());
    unrolls.insert(schedule.getUnroll());
    parts.insert(schedule.getParts());
  }
  EXPECT_EQ(vectors, (std::set<int64_t>{1, 2, 4}));
  EXPECT_EQ(unrolls, (std::set<int64_t>{1, 2, 4, 8}));
  EXPECT_EQ(parts, (std::set<int64_t>{2, 4, 8, 16}));
}

// Bags that no schedule would cut need none that cuts.
TEST_F(Candidates, MultiBlockIsForBagsLongerThanAStep) {
  emb::BagStats stats;
  stats.mean = stats.coverage = 1;
  stats.max = 2;
  stats.batch = 512;
  for (emb::ScheduleAttrInterface schedule :
       emb::enumerateSchedules(&context, shapeOf(64), stats, 128)) {
    auto one = mlir::dyn_cast<emb::MultiBlockAttr>(schedule);
    EXPECT_TRUE(!one || one.getRows() * one.getUnroll() < 2);
  }
}

// What is measured together in one kernel.
TEST_F(Candidates, WidthsShareSettingsWhateverTheirLanes) {
  auto settingsOf = [&](int64_t width) {
    std::set<const void *> settings;
    for (emb::ScheduleAttrInterface schedule :
         emb::enumerateSchedules(&context, shapeOf(width), {}, 128))
      if (mlir::isa<emb::GatherAttr, emb::SubWarpAttr, emb::SegmentedScanAttr>(
              schedule))
        settings.insert(schedule.getSetting().getAsOpaquePointer());
    return settings;
  };
  EXPECT_EQ(settingsOf(64), settingsOf(32));
  auto get = [&](int64_t lanes, int64_t unroll) {
    return emb::SubWarpAttr::get(&context, 4, lanes, unroll).getSetting();
  };
  EXPECT_EQ(get(8, 4), get(16, 4));
  EXPECT_NE(get(8, 4), get(8, 2));
  EXPECT_NE(get(8, 4), emb::GatherAttr::get(&context, 4, 8, 4).getSetting());
}

TEST_F(Candidates, NoneTwice) {
  for (int64_t width : {1, 7, 64, 1024}) {
    emb::LookupShape shape = shapeOf(width, RowType::f16);
    auto all = emb::enumerateSchedules(&context, shape, {}, 128);
    std::set<const void *> distinct;
    for (emb::ScheduleAttrInterface schedule : all)
      distinct.insert(schedule.getAsOpaquePointer());
    EXPECT_EQ(distinct.size(), all.size()) << "width " << width;
  }
}

// A bag longer than all others together must not make a tile as slow as it is
// for one group.
TEST_F(Candidates, SegmentedScanSharesALongBag) {
  emb::BagStats stats;
  stats.mean = 10;
  stats.stddev = 40;
  stats.max = 4000;
  stats.coverage = 0.5;
  stats.batch = 512;
  emb::LookupShape shape = shapeOf(64);
  auto scan = emb::SegmentedScanAttr::get(&context, 4, 16, 32, 4);
  auto group = emb::SubWarpAttr::get(&context, 4, 16, 4);
  EXPECT_LT(4 * scan.estimateCost(shape, stats, 128).latency,
            group.estimateCost(shape, stats, 128).latency);
}

} // namespace
