//===- EmbeddingBagRaiser.cpp - embedding_bag as emb.lookup ---------------===//

#include "EmbeddingBagRaiser.h"

#include "TorchIR.h"

#include "recflex/Dialect/Emb/IR/Remark.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace recflex::torch {

static remark::RemarkOpts remarkOn(Operation *op, StringRef name) {
  return emb::remarkOn(op, name, "raise-torch-embedding-bag-to-emb");
}

static void remarkLeft(Operation *op, const std::string &reason) {
  auto remark = remark::missed(op->getLoc(), remarkOn(op, "left-alone"));
  if (remark)
    remark
        << ("left " + op->getName().getStringRef() + " alone: " + reason).str();
}

static void remarkRaised(Operation *op, Value pooled) {
  auto remark = remark::passed(op->getLoc(), remarkOn(op, "raised"));
  if (!remark)
    return;
  std::string text;
  llvm::raw_string_ostream(text)
      << op->getName() << " became " << pooled.getDefiningOp()->getName();
  remark << text;
}

/// A tensor of `tensor`'s shape and those elements, which are of its kind.
static Value convertElements(OpBuilder &b, Location loc, Value tensor,
                             Type element) {
  auto type = cast<RankedTensorType>(tensor.getType());
  Type old = type.getElementType();
  if (old == element)
    return tensor;
  Type converted = type.clone(element);
  if (isa<IntegerType>(element))
    return arith::ExtSIOp::create(b, loc, converted, tensor);
  if (old.getIntOrFloatBitWidth() < element.getIntOrFloatBitWidth())
    return arith::ExtFOp::create(b, loc, converted, tensor);
  return arith::TruncFOp::create(b, loc, converted, tensor);
}

void EmbeddingBagRaiser::raiseAll(Operation *root) {
  SmallVector<Operation *> calls, concats;
  root->walk([&](Operation *op) {
    if (EmbeddingBagCall::isOne(op))
      calls.push_back(op);
    else if (getAtenName(op) == "cat")
      concats.push_back(op);
  });
  for (Operation *op : calls) {
    auto call = EmbeddingBagCall::read(op);
    if (call) {
      raise(op, *call);
      ++numRaised;
    } else {
      remarkLeft(op, call.error().message);
      ++numLeft;
    }
  }
  for (Operation *op : concats)
    raiseConcat(op);
}

Value EmbeddingBagRaiser::toTensor(Value value) {
  Value &tensor = tensors[value];
  if (tensor)
    return tensor;
  OpBuilder builder(value.getContext());
  builder.setInsertionPointAfterValue(value); // so that it dominates all uses
  return tensor = castToTensor(builder, value);
}

Value EmbeddingBagRaiser::makeBags(OpBuilder &builder, Location loc,
                                   const EmbeddingBagCall &call) {
  Value &bags = bagsOf[{builder.getInsertionBlock(), call.indices, call.offsets,
                        call.includeLastOffset}];
  if (bags)
    return bags;
  Value values = toTensor(call.indices), offsets = toTensor(call.offsets);
  // PyTorch takes two types, and promotes the narrower one.
  auto elementOf = [](Value tensor) {
    return cast<RankedTensorType>(tensor.getType()).getElementType();
  };
  Type index =
      elementOf(values).isInteger(64) ? elementOf(values) : elementOf(offsets);
  values = convertElements(builder, loc, values, index);
  offsets = convertElements(builder, loc, offsets, index);
  auto type =
      emb::BagsType::get(builder.getContext(), cast<IntegerType>(index));
  return bags = emb::BagsOp::create(builder, loc, type, values, offsets,
                                    call.includeLastOffset);
}

Value EmbeddingBagRaiser::makeWeights(OpBuilder &builder, Location loc,
                                      const EmbeddingBagCall &call) {
  if (!call.perSampleWeights)
    return {};
  return convertElements(builder, loc, toTensor(call.perSampleWeights),
                         builder.getF32Type());
}

void EmbeddingBagRaiser::raise(Operation *op, const EmbeddingBagCall &call) {
  OpBuilder builder(op);
  Location loc = op->getLoc();
  Value table = toTensor(call.weight);
  Value bags = makeBags(builder, loc, call);
  Value weights = makeWeights(builder, loc, call);
  if (call.paddingRow) {
    Type keptWeights;
    if (weights)
      keptWeights =
          RankedTensorType::get({ShapedType::kDynamic}, builder.getF32Type());
    auto drop =
        emb::DropRowOp::create(builder, loc, bags.getType(), keptWeights,
                               *call.paddingRow, bags, weights);
    bags = drop.getKept();
    weights = drop.getKeptWeights();
  }
  int64_t width = cast<RankedTensorType>(table.getType()).getDimSize(1);
  auto rows = RankedTensorType::get({ShapedType::kDynamic, width},
                                    builder.getF32Type());
  replace(op, emb::LookupOp::create(
                  builder, loc, rows,
                  emb::PoolingKindAttr::get(op->getContext(), call.pooling),
                  table, bags, weights, /*stats=*/emb::StatsAttr(),
                  /*schedule=*/emb::ScheduleAttrInterface()));
}

/// torch.aten.cat(list, dim) -> rows
void EmbeddingBagRaiser::raiseConcat(Operation *op) {
  if (op->getNumOperands() != 2 || op->getNumResults() != 1)
    return;
  std::optional<OperandRange> list = getList(op->getOperand(0));
  if (!list ||
      llvm::none_of(*list, [&](Value rows) { return pooledOf.contains(rows); }))
    return;
  std::optional<int64_t> dimension = getConstantInt(op->getOperand(1));
  if (dimension != 1 && dimension != -1)
    return remarkLeft(op,
                      "it joins lookups, but along another dimension than 1");
  SmallVector<Value> inputs;
  int64_t width = 0;
  for (Value rows : *list) {
    Value pooled = pooledOf.lookup(rows);
    if (!pooled)
      return remarkLeft(op,
                        "it joins lookups with something else; lookups that "
                        "are joined by themselves become one emb.concat");
    inputs.push_back(pooled);
    width += cast<RankedTensorType>(pooled.getType()).getDimSize(1);
  }
  RankedTensorType joined = getTensorType(op->getResult(0).getType());
  auto element = [](Value rows) {
    return getTensorType(rows.getType()).getElementType();
  };
  if (!joined || joined.getRank() != 2 ||
      (!joined.isDynamicDim(1) && joined.getDimSize(1) != width) ||
      llvm::any_of(*list, [&](Value rows) {
        return element(rows) != joined.getElementType();
      }))
    return remarkLeft(op, "the type of its result is not that of its inputs "
                          "side by side");
  OpBuilder builder(op);
  auto rows = RankedTensorType::get({ShapedType::kDynamic, width},
                                    builder.getF32Type());
  replace(op, emb::ConcatOp::create(builder, op->getLoc(), rows, inputs));
}

void EmbeddingBagRaiser::replace(Operation *op, Value pooled) {
  remarkRaised(op, pooled);
  OpBuilder builder(op);
  Value result = op->getResult(0);
  RankedTensorType type = getTensorType(result.getType());
  Value rows =
      convertElements(builder, op->getLoc(), pooled, type.getElementType());
  if (rows.getType() != type)
    rows = tensor::CastOp::create(builder, op->getLoc(), type, rows);
  rows = castFromTensor(builder, op->getLoc(), rows, result.getType());
  result.replaceAllUsesWith(rows);
  pooledOf[rows] = pooled;
  eraseWithArguments(op);
}

/// Erases an op and what described its arguments alone.
void EmbeddingBagRaiser::eraseWithArguments(Operation *op) {
  llvm::SetVector<Operation *> dead;
  dead.insert(op);
  while (!dead.empty()) {
    Operation *next = dead.pop_back_val();
    SmallVector<Value> operands(next->getOperands());
    next->erase();
    for (Value operand : operands)
      if (Operation *argument = operand.getDefiningOp();
          argument && argument->use_empty() && isArgumentOp(argument))
        dead.insert(argument);
  }
}

} // namespace recflex::torch
