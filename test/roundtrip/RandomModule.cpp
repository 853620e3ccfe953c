//===- RandomModule.cpp - A valid module of emb IR, at random -------------===//

#include "RandomModule.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"

using namespace mlir;

namespace recflex {

RandomModule::RandomModule(uint64_t seed, MLIRContext *context)
    : random(seed, context), context(context) {
  module = ModuleOp::create(random.drawLocation());
  if (random.once(4))
    module->setSymName("model");
  if (random.once(3))
    (*module)->setDiscardableAttr("test.note", random.drawAny());
  for (int64_t number = 0, count = random.draw(1, 3); number < count; ++number)
    random.once(6) ? addDeclaration(number) : addFunction(number);
  if (random.once(6))
    addKernels();
}

void RandomModule::addFunction(int64_t number) {
  OpBuilder atEnd = OpBuilder::atBlockEnd(module->getBody());
  auto function = func::FuncOp::create(atEnd, random.drawLocation(),
                                       "f" + std::to_string(number),
                                       FunctionType::get(context, {}, {}));
  Body body{function, OpBuilder::atBlockEnd(function.addEntryBlock()), {}};
  for (int64_t i = random.draw(1, 2); i > 0; --i)
    random.once(4)   ? addFusedLookup(body)
    : random.once(4) ? addLaunch(body)
                     : addLookups(body);
  while (random.once(2))
    addConcat(body);
  finish(body);
}

/// A function without a body, whose arguments have names.
void RandomModule::addDeclaration(int64_t number) {
  OpBuilder atEnd = OpBuilder::atBlockEnd(module->getBody());
  int64_t features = random.draw(1, 4);
  auto kjt = emb::KjtType::get(context, features, random.drawIndexType());
  SmallVector<Type> inputs = {kjt, drawTableType(/*mostRows=*/99)};
  auto function = func::FuncOp::create(atEnd, random.drawLocation(),
                                       "f" + std::to_string(number),
                                       FunctionType::get(context, inputs, {}));
  function.setPrivate();
  SmallVector<Attribute> keys;
  for (int64_t i = 0; i < features; ++i)
    keys.push_back(atEnd.getStringAttr(random.drawText() + std::to_string(i)));
  function.setArgAttr(0, emb::EmbDialect::kKeysAttr, atEnd.getArrayAttr(keys));
  function.setArgAttr(1, emb::EmbDialect::kNameAttr,
                      atEnd.getStringAttr(random.drawText()));
}

/// The empty shell of what -convert-emb-to-gpu leaves.
void RandomModule::addKernels() {
  OpBuilder atEnd = OpBuilder::atBlockEnd(module->getBody());
  (*module)->setDiscardableAttr(gpu::GPUDialect::getContainerModuleAttrName(),
                                atEnd.getUnitAttr());
  auto kernels =
      gpu::GPUModuleOp::create(atEnd, random.drawLocation(), "recflex_kernels");
  kernels.setTargetsAttr(
      atEnd.getArrayAttr(emb::TargetAttr::get(context, "sm_90")));
}

Value RandomModule::addArgument(Body &body, Type type) {
  for (BlockArgument argument : body.function.getArguments())
    if (argument.getType() == type && random.once(2))
      return argument;
  return body.function.getBody().addArgument(type, random.drawLocation());
}

Value RandomModule::addTable(Body &body, IntegerType indexType) {
  int64_t most =
      indexType.getWidth() == 32 ? int64_t(1) << 31 : emb::EmbDialect::kMaxRows;
  return addArgument(body, drawTableType(most));
}

RankedTensorType RandomModule::drawTableType(int64_t mostRows) {
  int64_t rows = random.drawCount(mostRows), width = random.drawWidth();
  return RankedTensorType::get({rows, width}, random.drawRowType());
}

/// Of unknown size, or of `size`.
Value RandomModule::addArray(Body &body, Type element, int64_t size) {
  return addArgument(
      body, RankedTensorType::get(
                {random.once(2) ? ShapedType::kDynamic : size}, element));
}

Value RandomModule::addKjt(Body &body, int64_t features,
                           IntegerType indexType) {
  auto type = emb::KjtType::get(context, features, indexType);
  Location loc = random.drawLocation();
  switch (random.draw(0, 2)) {
  case 0:
    return addArgument(body, type);
  case 1: {
    Value values = addArray(body, indexType, random.draw(0, 1000));
    Value offsets =
        addArray(body, indexType, features * random.draw(0, 64) + 1);
    return emb::KjtOp::create(body.builder, loc, type, values, offsets);
  }
  default:
    SmallVector<Value> bags;
    for (int64_t i = 0; i < features; ++i)
      bags.push_back(addBags(body, indexType));
    return emb::JoinOp::create(body.builder, loc, type, bags);
  }
}

Value RandomModule::addBags(Body &body, IntegerType indexType) {
  auto type = emb::BagsType::get(context, indexType);
  Location loc = random.drawLocation();
  switch (random.draw(0, 3)) {
  case 0:
    return addArgument(body, type);
  case 1: {
    int64_t features = random.draw(1, 3);
    Value kjt = addKjt(body, features, indexType);
    int64_t index = random.draw(0, features - 1);
    return emb::FeatureOp::create(body.builder, loc, type, kjt, index);
  }
  case 2: {
    Value values = addArray(body, indexType, random.draw(0, 1000));
    Value offsets = addArray(body, indexType, random.draw(1, 64));
    return emb::BagsOp::create(body.builder, loc, type, values, offsets,
                               random.once(2));
  }
  default:
    Value bags = addBags(body, indexType);
    int64_t row = random.drawCount(INT32_MAX);
    if (random.once(2))
      return emb::DropRowOp::create(body.builder, loc, type, Type(), row, bags,
                                    Value())
          .getKept();
    Type f32 = body.builder.getF32Type();
    Value weights = addArray(body, f32, random.draw(0, 1000));
    return emb::DropRowOp::create(
               body.builder, loc, type,
               RankedTensorType::get({ShapedType::kDynamic}, f32), row, bags,
               weights)
        .getKept();
  }
}

void RandomModule::addLookups(Body &body) {
  for (int64_t i = random.draw(1, 4); i > 0; --i) {
    IntegerType indexType = random.drawIndexType();
    Value bags = addBags(body, indexType);
    Value table = addTable(body, indexType);
    Value weights;
    if (random.once(3))
      weights = addArray(body, body.builder.getF32Type(), random.draw(0, 1000));
    int64_t width = cast<ShapedType>(table.getType()).getDimSize(1);
    Location loc = random.drawLocation();
    emb::PoolingKind pooling = random.drawPooling(bool(weights));
    auto lookup = emb::LookupOp::create(
        body.builder, loc,
        RankedTensorType::get({ShapedType::kDynamic, width},
                              body.builder.getF32Type()),
        pooling, table, bags, weights, emb::StatsAttr(),
        emb::ScheduleAttrInterface());
    if (random.once(2))
      lookup.setStatsAttr(random.drawStats());
    if (random.once(2))
      lookup.setScheduleAttr(random.drawSchedule(lookup.getShape()));
    if (random.once(4))
      lookup->setAttr(emb::EmbDialect::kRankAttr,
                      body.builder.getI64IntegerAttr(random.draw(0, 1000)));
    decorate(lookup);
    body.pooled.push_back(lookup);
  }
}

RandomModule::Features RandomModule::drawFeatures(ArrayRef<Value> tables,
                                                  int64_t keys) {
  Features features;
  for (int64_t i = random.draw(1, 6); i > 0; --i) {
    int64_t table = random.draw(0, tables.size() - 1);
    auto type = cast<RankedTensorType>(tables[table].getType());
    emb::LookupShape shape;
    shape.width = type.getDimSize(1);
    shape.rowType = type.getElementType().isF32() ? RowType::f32 : RowType::f16;
    bool weighted = random.once(3);
    emb::ScheduleAttrInterface schedule = random.drawSchedule(shape);
    features.threads =
        std::max(features.threads, schedule.getMinThreads(shape));
    int64_t key = random.draw(0, keys - 1);
    features.list.push_back(emb::FusedFeatureAttr::get(
        context, key, table, random.drawPooling(weighted), weighted,
        features.width, schedule));
    features.width += shape.width;
    features.weighted |= weighted;
  }
  return features;
}

SymbolRefAttr RandomModule::drawKernel() {
  if (random.once(2))
    return SymbolRefAttr::get(context, "recflex_kernels");
  return SymbolRefAttr::get(context, "other " + random.drawText(),
                            FlatSymbolRefAttr::get(context, "k"));
}

void RandomModule::addLaunch(Body &body) {
  IntegerType indexType = random.drawIndexType();
  int64_t keys = random.draw(1, 4);
  SmallVector<Value> tables;
  for (int64_t i = random.draw(1, 3); i > 0; --i)
    tables.push_back(addTable(body, indexType));
  Features features = drawFeatures(tables, keys);
  Type f32 = body.builder.getF32Type();
  Value values = addArray(body, indexType, 10);
  Value offsets = addArray(body, indexType, 10);
  Value weights = features.weighted ? addArray(body, f32, 10) : Value();
  auto type =
      RankedTensorType::get({ShapedType::kDynamic, features.width}, f32);
  Value rows = addArgument(body, type);
  auto launch = emb::LaunchOp::create(
      body.builder, random.drawLocation(), type, drawKernel(), values, offsets,
      tables, weights, rows, keys, body.builder.getArrayAttr(features.list),
      random.drawOccupancy(features.threads));
  decorate(launch);
  body.pooled.push_back(launch->getResult(0));
}

void RandomModule::addFusedLookup(Body &body) {
  IntegerType indexType = random.drawIndexType();
  int64_t keys = random.draw(1, 4);
  Value kjt = addKjt(body, keys, indexType);
  SmallVector<Value> tables;
  for (int64_t i = random.draw(1, 3); i > 0; --i)
    tables.push_back(addTable(body, indexType));

  Features features = drawFeatures(tables, keys);
  Type f32 = body.builder.getF32Type();
  Value weights = features.weighted ? addArray(body, f32, 10) : Value();
  SymbolRefAttr kernel = random.once(2) ? drawKernel() : SymbolRefAttr();
  emb::OccupancyAttr occupancy = random.drawOccupancy(features.threads);
  auto fused = emb::FusedLookupOp::create(
      body.builder, random.drawLocation(),
      RankedTensorType::get({ShapedType::kDynamic, features.width}, f32), kjt,
      tables, weights, body.builder.getArrayAttr(features.list), occupancy,
      random.once(3) ? drawOrder(features.list.size()) : DenseI32ArrayAttr(),
      kernel);
  decorate(fused);
  body.pooled.push_back(fused);
}

DenseI32ArrayAttr RandomModule::drawOrder(size_t features) {
  SmallVector<int32_t> order;
  for (size_t i = 0; i != features; ++i) {
    order.push_back(static_cast<int32_t>(i));
    std::swap(order[i], order[random.draw(0, static_cast<int64_t>(i))]);
  }
  return DenseI32ArrayAttr::get(context, order);
}

void RandomModule::addConcat(Body &body) {
  SmallVector<Value> inputs;
  int64_t width = 0;
  for (int64_t i = random.draw(1, 5); i > 0; --i) {
    inputs.push_back(body.pooled[random.draw(0, body.pooled.size() - 1)]);
    width += cast<ShapedType>(inputs.back().getType()).getDimSize(1);
  }
  auto concat =
      emb::ConcatOp::create(body.builder, random.drawLocation(),
                            RankedTensorType::get({ShapedType::kDynamic, width},
                                                  body.builder.getF32Type()),
                            inputs);
  decorate(concat);
  body.pooled.push_back(concat);
}

/// Other people's attributes.
void RandomModule::decorate(Operation *op) {
  if (random.once(8))
    op->setDiscardableAttr("test.note", random.drawAny());
}

void RandomModule::finish(Body &body) {
  SmallVector<Value> results;
  for (Value value : body.pooled)
    if (random.once(2))
      results.push_back(value);
  func::ReturnOp::create(body.builder, random.drawLocation(), results);
  func::FuncOp function = body.function;
  function.setType(FunctionType::get(
      context, function.getBody().getArgumentTypes(), TypeRange(results)));
  if (random.once(3))
    function->setAttr(emb::EmbDialect::kOccupancyAttr, random.drawOccupancy());
  if (random.once(3))
    function->setAttr(emb::EmbDialect::kBindingAttr, random.drawBinding());
  for (BlockArgument argument : function.getArguments())
    if (isa<RankedTensorType>(argument.getType()) && random.once(3))
      function.setArgAttr(argument.getArgNumber(), emb::EmbDialect::kNameAttr,
                          body.builder.getStringAttr(random.drawText()));
}

} // namespace recflex
