//===- ImportModel.cpp - A model description as emb IR --------------------===//

#include "recflex/Conversion/ImportModel.h"

#include "recflex/Dialect/Emb/IR/Emb.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

using namespace mlir;

namespace recflex {

static emb::PoolingKind poolingKind(Pooling pooling) {
  switch (pooling) {
  case Pooling::sum:
    return emb::PoolingKind::Sum;
  case Pooling::mean:
    return emb::PoolingKind::Mean;
  case Pooling::max:
    return emb::PoolingKind::Max;
  }
  llvm_unreachable("unknown pooling");
}

OwningOpRef<ModuleOp> importModel(MLIRContext *context,
                                  const ModelSpec &model) {
  context->loadDialect<emb::EmbDialect, func::FuncDialect>();
  Location loc = UnknownLoc::get(context);
  OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
  ImplicitLocOpBuilder b(loc, context);
  b.setInsertionPointToEnd(module->getBody());

  Type f32 = b.getF32Type();
  IntegerType index = b.getIntegerType(8 * byteSize(model.indexType));
  auto kjt = emb::KjtType::get(context, model.features.size(), index);
  SmallVector<Type> arguments{kjt};
  if (model.hasWeights())
    arguments.push_back(RankedTensorType::get({ShapedType::kDynamic}, f32));
  size_t firstTable = arguments.size();
  for (const TableSpec &table : model.tables)
    arguments.push_back(RankedTensorType::get(
        {table.rows, table.width}, emb::getElementType(context, table.type)));
  int64_t width = 0;
  for (const FeatureSpec &feature : model.features)
    width += model.tables[feature.table].width;
  auto result = RankedTensorType::get({ShapedType::kDynamic, width}, f32);

  auto function =
      func::FuncOp::create(b, model.name.empty() ? "model" : model.name,
                           b.getFunctionType(arguments, {result}));
  SmallVector<Attribute> keys;
  for (const FeatureSpec &feature : model.features)
    keys.push_back(b.getStringAttr(feature.name));
  function.setArgAttr(0, emb::EmbDialect::kKeysAttr, b.getArrayAttr(keys));
  for (size_t i = 0; i < model.tables.size(); ++i)
    function.setArgAttr(firstTable + i, emb::EmbDialect::kNameAttr,
                        b.getStringAttr(model.tables[i].name));

  Block *body = function.addEntryBlock();
  b.setInsertionPointToStart(body);
  SmallVector<Value> pooled;
  for (auto [f, feature] : llvm::enumerate(model.features)) {
    b.setLoc(NameLoc::get(b.getStringAttr(feature.name), loc));
    Value bags = emb::FeatureOp::create(b, emb::BagsType::get(context, index),
                                        body->getArgument(0), f);
    auto type = RankedTensorType::get(
        {ShapedType::kDynamic, model.tables[feature.table].width}, f32);
    pooled.push_back(emb::LookupOp::create(
        b, type,
        emb::PoolingKindAttr::get(context, poolingKind(feature.pooling)),
        body->getArgument(firstTable + feature.table), bags,
        feature.weighted ? body->getArgument(1) : Value(),
        /*stats=*/emb::StatsAttr(),
        /*schedule=*/emb::ScheduleAttrInterface()));
  }
  b.setLoc(loc);
  Value out = emb::ConcatOp::create(b, result, pooled);
  func::ReturnOp::create(b, out);
  return module;
}

} // namespace recflex
