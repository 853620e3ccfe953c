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
  manifest.producer =
      "recflex " RECFLEX_VERSION " (LLVM " LLVM_VERSION_STRING ")";
  manifest.jaggedFeatures =
      static_cast<int32_t>(op.getKjt().getType().getFeatures());
  manifest.outputWidth =
      cast<RankedTensorType>(op.getResult().getType()).getDimSize(1);
  manifest.weighted = static_cast<bool>(op.getWeights());
  plan.describe(manifest, op.getTables().getTypes());

  for (auto [i, table] : llvm::enumerate(manifest.tables))
    table.name = tableName(op.getTables()[i], i);
  auto keys = dyn_cast_or_null<ArrayAttr>(
      argumentAttr(op.getKjt(), emb::EmbDialect::kKeysAttr));
  for (ManifestFeature &feature : manifest.features)
    feature.name = keyName(keys, feature.key);
  manifest.maxBatch = largestBatch(manifest);
  manifest.maxLookups = mostLookups(manifest.indexType);
  return manifest;
}

} // namespace recflex
