//===- KernelPlan.cpp - Features to bodies --------------------------------===//

#include "recflex/Conversion/EmbToGPU/KernelPlan.h"

#include "recflex/Runtime/KernelABI.h"

#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <set>

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

std::vector<int64_t> KernelPlan::tileCuts() const {
  std::set<int64_t> cuts;
  for (const PlannedFeature &feature : features)
    cuts.insert(feature.tile.samples);
  return {cuts.begin(), cuts.end()};
}

void KernelPlan::setScratch(int64_t bytes) {
  scratchBytes = bytes;
  for (PlannedBody &body : bodies)
    body.shape.scratchStride = bytes;
}

KernelPlan KernelPlan::build(emb::FusedLookupOp op) {
  KernelPlan plan;
  plan.indexType = op.getKjt().getType().getIndexType().getWidth() == 32
                       ? recflex::IndexType::i32
                       : recflex::IndexType::i64;
  plan.threads = op.getOccupancy().getThreads();
  plan.blocksPerSM = op.getOccupancy().getBlocks();

  int64_t scratch = 0;
  for (auto feature : op.getFeatures().getAsRange<emb::FusedFeatureAttr>()) {
    PlannedBody body;
    body.schedule = feature.getSchedule();
    body.shape.lookup = op.getShape(feature);
    body.shape.threads = plan.threads;
    // 4 elements are the widest store (abi::kOutputVector).
    int64_t column = feature.getColumn();
    body.shape.columnAlignment = column % 4 == 0 ? 4 : column % 2 == 0 ? 2 : 1;
    body.shape.wideRows = body.shape.lookup.rows > INT32_MAX;
    // The rows of one table differ from the next one's, the code does not.
    body.shape.lookup.rows = 0;

    PlannedFeature planned;
    planned.attribute = feature;
    planned.tile = body.schedule.getTileShape(body.shape.lookup, plan.threads);
    planned.scratch = scratch;
    scratch += llvm::alignTo(planned.tile.scratchBytes, abi::kScratchAlignment);
    planned.body = plan.addBody(body);
    plan.features.push_back(planned);
  }
  plan.setScratch(scratch);
  if (std::optional<ArrayRef<int32_t>> order = op.getOrder())
    plan.order = order->vec();
  return plan;
}

} // namespace recflex
