//===- KernelPlan.cpp - Features to bodies --------------------------------===//

#include "recflex/Conversion/EmbToGPU/KernelPlan.h"

#include "recflex/Runtime/KernelABI.h"

#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace recflex {

static PlannedBodyKey keyOf(const PlannedBody &body) {
  const emb::LookupShape &lookup = body.shape.lookup;
  return {body.schedule.getAsOpaquePointer(),
          lookup.width,
          static_cast<int>(lookup.rowType),
          static_cast<int>(lookup.pooling),
          lookup.weighted,
          body.shape.columnAlignment,
          body.shape.wideRows};
}

std::string PlannedBody::getName() const {
  std::string name;
  llvm::raw_string_ostream os(name);
  std::string text;
  llvm::raw_string_ostream(text) << schedule;
  StringRef mnemonic =
      StringRef(text).take_until([](char c) { return c == '<'; });
  mnemonic = mnemonic.drop_while([](char c) { return c != '.'; }).drop_front();
  const emb::LookupShape &lookup = shape.lookup;
  os << mnemonic << " w" << lookup.width << ' ' << toString(lookup.rowType)
     << ' ' << toString(lookup.pooling);
  if (lookup.weighted)
    os << " weighted";
  if (shape.wideRows)
    os << " wide";
  return name;
}

int32_t KernelPlan::addBody(const PlannedBody &body) {
  auto [entry, isNew] =
      known.try_emplace(keyOf(body), static_cast<int32_t>(bodies.size()));
  if (isNew) {
    sharedBytes = std::max(
        sharedBytes, body.schedule.getSharedBytes(body.shape.lookup, threads));
    bodies.push_back(body);
  }
  return entry->second;
}

void KernelPlan::setScratch(int64_t bytes) {
  scratchBytes = bytes;
  for (PlannedBody &body : bodies)
    body.shape.scratchStride = bytes;
}

void KernelPlan::addFeature(emb::FusedFeatureAttr feature,
                            const emb::LookupShape &lookup) {
  PlannedBody body;
  body.schedule = feature.getSchedule();
  body.shape.lookup = lookup;
  body.shape.threads = threads;
  // 4 elements are the widest store (abi::kOutputVector).
  int64_t column = feature.getColumn();
  body.shape.columnAlignment = column % 4 == 0 ? 4 : column % 2 == 0 ? 2 : 1;
  body.shape.wideRows = lookup.rows > INT32_MAX;
  // The rows of one table differ from the next one's, the code does not.
  body.shape.lookup.rows = 0;

  PlannedFeature planned;
  planned.attribute = feature;
  planned.tile = body.schedule.getTileShape(body.shape.lookup, threads);
  planned.scratch = scratchBytes;
  scratchBytes +=
      llvm::alignTo(planned.tile.scratchBytes, abi::kScratchAlignment);
  planned.body = addBody(body);
  features.push_back(planned);
}

template <typename FusedOp>
KernelPlan KernelPlan::build(FusedOp op, IntegerType indexType) {
  KernelPlan plan;
  plan.indexType = indexType.getWidth() == 32 ? recflex::IndexType::i32
                                              : recflex::IndexType::i64;
  plan.threads = op.getOccupancy().getThreads();
  plan.blocksPerSM = op.getOccupancy().getBlocks();
  for (auto feature :
       op.getFeatures().template getAsRange<emb::FusedFeatureAttr>())
    plan.addFeature(feature, op.getShape(feature));
  plan.setScratch(plan.scratchBytes);
  if constexpr (std::is_same_v<FusedOp, emb::FusedLookupOp>)
    if (std::optional<ArrayRef<int32_t>> order = op.getOrder()) {
      plan.order = order->vec();
      plan.fixed = FixedTiles{static_cast<int64_t>(order->size()), {}};
      for (const PlannedFeature &feature : plan.features)
        plan.fixed->cuts.insert(feature.tile.samples);
    }
  return plan;
}

KernelPlan KernelPlan::build(emb::FusedLookupOp op) {
  return build(op, op.getKjt().getType().getIndexType());
}

KernelPlan KernelPlan::build(emb::LaunchOp op) {
  return build(op, op.getIndexType());
}

static ManifestTable describeTable(Type type) {
  auto table = cast<ShapedType>(type);
  Type element = table.getElementType();
  return {/*name=*/"", table.getDimSize(0), table.getDimSize(1),
          element.isF32()   ? RowType::f32
          : element.isF16() ? RowType::f16
                            : RowType::bf16};
}

void KernelPlan::describe(Manifest &manifest, TypeRange tables) const {
  manifest.indexType = indexType;
  manifest.threads = static_cast<int32_t>(threads);
  manifest.blocksPerSM = static_cast<int32_t>(blocksPerSM);
  manifest.sharedBytes = static_cast<int32_t>(sharedBytes);
  manifest.scratchBytes = static_cast<int32_t>(scratchBytes);
  for (Type table : tables)
    manifest.tables.push_back(describeTable(table));
  for (const PlannedFeature &planned : features) {
    emb::FusedFeatureAttr attribute = planned.attribute;
    ManifestFeature feature;
    feature.key = static_cast<int32_t>(attribute.getKey());
    feature.table = static_cast<int32_t>(attribute.getTable());
    feature.body = planned.body;
    feature.column = attribute.getColumn();
    feature.pooling = bodies[planned.body].shape.lookup.pooling;
    feature.weighted = attribute.getWeighted();
    feature.samplesPerTile = static_cast<int32_t>(planned.tile.samples);
    feature.columnTiles = static_cast<int32_t>(planned.tile.columnTiles);
    feature.parallelLookups =
        static_cast<int32_t>(planned.tile.parallelLookups);
    feature.warpSamples = static_cast<int32_t>(planned.tile.warpSamples);
    feature.scratch = static_cast<int32_t>(planned.scratch);
    manifest.features.push_back(std::move(feature));
  }
  manifest.fixedBinding = fixed.has_value();
  for (auto [rank, feature] : llvm::enumerate(order))
    manifest.features[feature].rank = static_cast<int32_t>(rank);
  for (const PlannedBody &body : bodies) {
    std::string schedule;
    llvm::raw_string_ostream(schedule) << body.schedule;
    manifest.bodies.push_back({schedule, body.getName()});
  }
}

} // namespace recflex
