//===- Palette.cpp - One palette of a tuner -------------------------------===//

#include "Palette.h"

#include "recflex/Dialect/Emb/IR/FixedOrder.h"
#include "recflex/Runtime/KernelABI.h"

#include "llvm/Support/MathExtras.h"

namespace recflex {

Palette::Palette(int64_t number, const Occupancy &occupancy,
                 const PaletteModel &model)
    : number(number), occupancy(occupancy), model(model) {}

static int64_t alignedScratch(const emb::TileShape &tile) {
  return llvm::alignTo(tile.scratchBytes, abi::kScratchAlignment);
}

void Palette::addUntuned() {
  for (const PaletteModel::Feature &feature : model.features)
    add(feature.shape, feature.untuned);
}

void Palette::add(size_t shape, emb::ScheduleAttrInterface schedule) {
  auto [entry, isNew] =
      numbers.try_emplace({shape, schedule.getAsOpaquePointer()},
                          static_cast<int32_t>(bodies.size()));
  if (isNew)
    bodies.push_back({shape, schedule});
}

void Palette::specialize(const Assignment &schedules) {
  assert(bodies.empty() && "bodies are numbered as the model's will be");
  exactScratch = 0;
  for (auto [feature, given] : llvm::zip_equal(model.features, schedules)) {
    emb::ScheduleAttrInterface schedule = given ? given : feature.untuned;
    add(feature.shape, schedule);
    *exactScratch += alignedScratch(tileOf(feature.shape, schedule));
  }
}

bool Palette::has(size_t shape, emb::ScheduleAttrInterface schedule) const {
  return numbers.count({shape, schedule.getAsOpaquePointer()}) != 0;
}

emb::TileShape Palette::tileOf(size_t shape,
                               emb::ScheduleAttrInterface schedule) const {
  return schedule.getTileShape(model.shapes[shape].lookup, occupancy.threads);
}

/// Enough for any assignment: of each feature the most that one of its bodies
/// needs.
int64_t Palette::scratchBytes() const {
  if (exactScratch)
    return *exactScratch;
  std::vector<int64_t> most(model.shapes.size(), 0);
  for (const Body &body : bodies)
    most[body.shape] = std::max(
        most[body.shape], alignedScratch(tileOf(body.shape, body.schedule)));
  int64_t bytes = 0;
  for (const PaletteModel::Feature &feature : model.features)
    bytes += most[feature.shape];
  return bytes;
}

PaletteSpec Palette::describe(const std::string &chip) const {
  PaletteSpec spec;
  spec.indexType = model.manifest.indexType;
  spec.threads = occupancy.threads;
  spec.blocks = occupancy.blocks;
  spec.scratchBytes = scratchBytes();
  spec.chip = chip;
  spec.withForward = exactScratch.has_value();
  for (const Body &body : bodies) {
    BodyShape shape = model.shapes[body.shape];
    shape.threads = occupancy.threads;
    spec.bodies.push_back({toText(body.schedule), shape});
  }
  if (model.manifest.fixedBinding) {
    spec.fixed = FixedTiles{static_cast<int64_t>(model.features.size()), {}};
    for (const Body &body : bodies)
      spec.fixed->cuts.insert(tileOf(body.shape, body.schedule).samples);
  }
  return spec;
}

void Palette::submit(PaletteCompiler &compiler, const std::string &chip) {
  if (!result.valid())
    result = compiler.submit(describe(chip));
}

BodyAssignment Palette::assign(const Assignment &schedules,
                               llvm::ArrayRef<int64_t> ranks) const {
  BodyAssignment assignment;
  std::vector<emb::FixedPlace> places;
  int64_t scratch = 0;
  for (auto [feature, given] : llvm::zip_equal(model.features, schedules)) {
    emb::ScheduleAttrInterface schedule = given ? given : feature.untuned;
    emb::TileShape tile = tileOf(feature.shape, schedule);
    FeatureBody body;
    body.body = numbers.at({feature.shape, schedule.getAsOpaquePointer()});
    body.samplesPerTile = static_cast<int32_t>(tile.samples);
    body.columnTiles = static_cast<int32_t>(tile.columnTiles);
    body.parallelLookups = static_cast<int32_t>(tile.parallelLookups);
    body.warpSamples = static_cast<int32_t>(tile.warpSamples);
    body.scratch = static_cast<int32_t>(scratch);
    scratch += alignedScratch(tile);
    assignment.push_back(body);
    emb::FixedPlace place;
    if (!ranks.empty())
      place.rank = ranks[feature.lookup];
    place.steps = emb::serialSteps(feature.longestBag, tile);
    places.push_back(place);
  }
  if (model.manifest.fixedBinding)
    for (auto [rank, feature] : llvm::enumerate(emb::fixedOrder(places)))
      assignment[feature].rank = static_cast<int32_t>(rank);
  return assignment;
}

} // namespace recflex
