//===- BuildManifest.cpp - What the runtime must know of a kernel ---------===//

#include "recflex/Pipelines/Compiler.h"

#include "recflex/Conversion/EmbToGPU/KernelPlan.h"

#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/Config/llvm-config.h"

using namespace mlir;

namespace recflex {

/// An attribute of the function argument that `value` is, or null.
static Attribute argumentAttr(Value value, StringRef name) {
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument)
    return {};
  auto function =
      dyn_cast<FunctionOpInterface>(argument.getOwner()->getParentOp());
  return function ? function.getArgAttr(argument.getArgNumber(), name)
                  : Attribute();
}

static std::string tableName(Value table, size_t number) {
  if (auto name = dyn_cast_or_null<StringAttr>(
          argumentAttr(table, emb::EmbDialect::kNameAttr)))
    return name.str();
  return "table" + std::to_string(number);
}

static std::string keyName(ArrayAttr keys, int64_t key) {
  if (keys)
    return cast<StringAttr>(keys[key]).str();
  return "feature" + std::to_string(key);
}

Manifest buildManifest(emb::FusedLookupOp op, StringRef name, StringRef chip) {
  KernelPlan plan = KernelPlan::build(op);
  Manifest manifest;
  manifest.name = name.str();
  manifest.chip = chip.str();
  manifest.producer = "recflex " RECFLEX_VERSION " (LLVM " LLVM_VERSION_STRING
                      ")";
  manifest.indexType = plan.indexType;
  manifest.jaggedFeatures =
      static_cast<int32_t>(op.getKjt().getType().getFeatures());
  manifest.outputWidth =
      cast<RankedTensorType>(op.getResult().getType()).getDimSize(1);
  manifest.threads = static_cast<int32_t>(plan.threads);
  manifest.blocksPerSM = static_cast<int32_t>(plan.blocksPerSM);
  manifest.sharedBytes = static_cast<int32_t>(plan.sharedBytes);
  manifest.scratchBytes = static_cast<int32_t>(plan.scratchBytes);
  manifest.weighted = static_cast<bool>(op.getWeights());

  std::vector<emb::LookupShape> shapes(op.getTables().size());
  for (const PlannedFeature &feature : plan.features)
    shapes[feature.attribute.getTable()] = op.getShape(feature.attribute);
  for (auto [i, table] : llvm::enumerate(op.getTables()))
    manifest.tables.push_back({tableName(table, i), shapes[i].rows,
                               shapes[i].width, shapes[i].rowType});

  auto keys = dyn_cast_or_null<ArrayAttr>(
      argumentAttr(op.getKjt(), emb::EmbDialect::kKeysAttr));
  for (const PlannedFeature &planned : plan.features) {
    emb::FusedFeatureAttr attribute = planned.attribute;
    ManifestFeature feature;
    feature.name = keyName(keys, attribute.getKey());
    feature.key = static_cast<int32_t>(attribute.getKey());
    feature.table = static_cast<int32_t>(attribute.getTable());
    feature.body = planned.body;
    feature.column = attribute.getColumn();
    feature.pooling = op.getShape(attribute).pooling;
    feature.weighted = attribute.getWeighted();
    feature.samplesPerTile = static_cast<int32_t>(planned.tile.samples);
    feature.columnTiles = static_cast<int32_t>(planned.tile.columnTiles);
    feature.parallelLookups = static_cast<int32_t>(planned.tile.parallelLookups);
    feature.warpSamples = static_cast<int32_t>(planned.tile.warpSamples);
    feature.scratch = static_cast<int32_t>(planned.scratch);
    manifest.features.push_back(std::move(feature));
  }
  manifest.fixedBinding = plan.isFixed();
  for (auto [rank, feature] : llvm::enumerate(plan.order))
    manifest.features[feature].rank = static_cast<int32_t>(rank);
  for (const PlannedBody &body : plan.bodies) {
    std::string schedule;
    llvm::raw_string_ostream(schedule) << body.schedule;
    manifest.bodies.push_back({schedule, body.getName()});
  }
  manifest.maxBatch = largestBatch(manifest);
  manifest.maxLookups = mostLookups(manifest.indexType);
  return manifest;
}

} // namespace recflex
