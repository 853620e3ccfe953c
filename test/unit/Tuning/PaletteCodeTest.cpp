//===- PaletteCodeTest.cpp - What palettes are compiled to ----------------===//

#include "ScriptedMeasurer.h"

#include "recflex/Conversion/EmbToGPU/Palette.h"
#include "recflex/Dialect/Emb/IR/ScheduleProvider.h"
#include "recflex/Target/Ptxas.h"

#include <gmock/gmock.h>

using testing::HasSubstr;
using testing::Not;

namespace recflex {
namespace {

/// Every candidate of a kind for rows of a width, at most `count` of them.
PaletteSpec makeSpec(mlir::MLIRContext *context, int64_t width, size_t count) {
  PaletteSpec spec;
  spec.threads = 128;
  spec.blocks = 8;
  spec.chip = "sm_90";
  spec.scratchBytes = 1 << 12;
  BodyShape shape;
  shape.lookup.width = width;
  shape.threads = spec.threads;
  shape.columnAlignment = 4;
  std::map<std::string, size_t> counts;
  for (emb::ScheduleAttrInterface schedule :
       emb::enumerateSchedules(context, shape.lookup, {}, spec.threads))
    if (counts[schedule.getAbstractAttribute().getName().str()]++ < count)
      spec.bodies.push_back({toText(schedule), shape});
  EXPECT_EQ(counts.size(), 5u);
  return spec;
}

class PaletteCodeTest : public testing::Test {
protected:
  std::unique_ptr<mlir::MLIRContext> context = makeTuningContext();
};

TEST_F(PaletteCodeTest, HasTheKernelsOfATuner) {
  PaletteSpec spec = makeSpec(context.get(), 16, 2);
  auto ptx = compilePalette(context->getDialectRegistry(), spec);
  ASSERT_TRUE(ptx) << ptx.error().message;
  EXPECT_THAT(*ptx, HasSubstr(".entry recflex_forward_profiled("));
  EXPECT_THAT(*ptx, HasSubstr(".entry recflex_bind_keys("));
  EXPECT_THAT(*ptx, HasSubstr(".entry recflex_bind_order("));
  EXPECT_THAT(*ptx, Not(HasSubstr(".entry recflex_forward(")));
  EXPECT_THAT(*ptx, HasSubstr("%clock64"));
  EXPECT_THAT(*ptx, HasSubstr(".minnctapersm 8"));
  auto again = compilePalette(context->getDialectRegistry(), spec);
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, *ptx);
}

TEST_F(PaletteCodeTest, BindsNothingWhereTheBindingIsFixed) {
  PaletteSpec spec = makeSpec(context.get(), 16, 2);
  spec.fixed = FixedTiles{100, {1, 8, 32}};
  auto ptx = compilePalette(context->getDialectRegistry(), spec);
  ASSERT_TRUE(ptx) << ptx.error().message;
  EXPECT_THAT(*ptx, HasSubstr(".entry recflex_forward_profiled("));
  EXPECT_THAT(*ptx, Not(HasSubstr(".entry recflex_bind")));
  EXPECT_THAT(*ptx, Not(HasSubstr("griddepcontrol")));
}

TEST_F(PaletteCodeTest, IsAssembled) {
  auto ptxas = Ptxas::find();
  if (!ptxas)
    GTEST_SKIP() << ptxas.error().message;
  auto version = ptxas->version();
  ASSERT_TRUE(version) << version.error().message;
  EXPECT_THAT(*version, HasSubstr("."));
  for (int64_t width : {4, 128}) {
    auto ptx = compilePalette(context->getDialectRegistry(),
                              makeSpec(context.get(), width, 3));
    ASSERT_TRUE(ptx) << ptx.error().message;
    auto cubin = ptxas->assemble(*ptx, "sm_90");
    EXPECT_TRUE(cubin) << cubin.error().message;
    // One that is not done in time is stopped, and says so.
    auto late = ptxas->assemble(*ptx, "sm_90", std::chrono::seconds(0));
    if (!late)
      EXPECT_THAT(late.error().message, HasSubstr("not done in time"));
  }
}

TEST_F(PaletteCodeTest, SaysWhichScheduleItDoesNotKnow) {
  PaletteSpec spec = makeSpec(context.get(), 16, 1);
  spec.bodies.front().schedule = "#emb.no_such<vector = 4>";
  auto ptx = compilePalette(context->getDialectRegistry(), spec);
  ASSERT_FALSE(ptx);
  EXPECT_THAT(ptx.error().message, HasSubstr("no_such"));
}

} // namespace
} // namespace recflex
