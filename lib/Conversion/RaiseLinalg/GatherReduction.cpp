//===- GatherReduction.cpp - A lookup as one linalg.generic ---------------===//

#include "GatherReduction.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace recflex {

/// The dimensions of a lookup's iteration space.
enum Dimensions { kSample, kLookup, kColumn, kNumDimensions };

bool GatherReduction::isCandidate(linalg::GenericOp op) {
  if (op.getNumReductionLoops() == 0 || op.getNumDpsInits() != 1)
    return false;
  return llvm::any_of(
      op.getBody()->getOps<tensor::ExtractOp>(),
      [&](tensor::ExtractOp extract) {
        return extract.getTensor().getType().getRank() == 2 &&
               !op->isAncestor(
                   extract.getTensor().getParentBlock()->getParentOp());
      });
}

/// Whether operand `operand` is indexed by those dimensions, in this order.
static bool isIndexedBy(linalg::GenericOp op, OpOperand *operand,
                        ArrayRef<unsigned> dimensions) {
  return op.getMatchingIndexingMap(operand) ==
         AffineMap::getMultiDimMapWithTargets(kNumDimensions, dimensions,
                                              op.getContext());
}

static Status checkLoops(linalg::GenericOp op) {
  using utils::IteratorType;
  IteratorType expected[] = {IteratorType::parallel, IteratorType::reduction,
                             IteratorType::parallel};
  if (!llvm::equal(op.getIteratorTypesArray(), expected))
    return makeError("its loops are not over samples, lookups and columns, "
                     "parallel, reduction and parallel");
  if (!isIndexedBy(op, op.getDpsInitOperand(0), {kSample, kColumn}))
    return makeError("its result is not indexed by samples and columns");
  for (OpOperand *input : op.getDpsInputOperands())
    if (!isIndexedBy(op, input, {kSample, kLookup}))
      return makeError("an input is not indexed by samples and lookups");
  return {};
}

/// A check of the indices, say, would be lost.
static Status checkEffects(linalg::GenericOp op) {
  for (Operation &inner : op.getBody()->without_terminator())
    if (!isMemoryEffectFree(&inner))
      return makeError(
          "it does more than reduce: ", inner.getName().getStringRef().str(),
          " has an effect of its own");
  return {};
}

/// The input that a block argument of the body stands for, or null.
static Value findInput(linalg::GenericOp op, Value value) {
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument || argument.getOwner() != op.getBody() ||
      argument.getArgNumber() >= op.getNumDpsInputs())
    return {};
  return op.getDpsInputs()[argument.getArgNumber()];
}

/// The number that every element of `tensor` is, if that is known.
static std::optional<APFloat> findSplat(Value tensor) {
  if (auto fill = tensor.getDefiningOp<linalg::FillOp>()) {
    APFloat value(0.0f);
    if (matchPattern(fill.getInputs().front(), m_ConstantFloat(&value)))
      return value;
    return std::nullopt;
  }
  DenseFPElementsAttr elements;
  if (matchPattern(tensor, m_Constant(&elements)) && elements.isSplat())
    return elements.getSplatValue<APFloat>();
  return std::nullopt;
}

/// A maximum of no rows is -inf in linalg, and 0 in emb.
static bool mayBeEmpty(Value indices) {
  return cast<RankedTensorType>(indices.getType()).getDimSize(1) < 1;
}

namespace {
/// Follows the body back from what it yields.
class BodyReader {
public:
  explicit BodyReader(linalg::GenericOp op) : op(op) {}

  Result<GatherReduction> read() {
    for (Status (BodyReader::*step)() :
         {&BodyReader::readCombination, &BodyReader::readElement,
          &BodyReader::readPosition, &BodyReader::checkTypes,
          &BodyReader::checkStart})
      if (Status status = (this->*step)(); !status)
        return status.error();
    return found;
  }

private:
  /// yield(addf(out, element))
  Status readCombination() {
    Value yielded = op.getBody()->getTerminator()->getOperand(0);
    Operation *combine = yielded.getDefiningOp();
    if (isa_and_nonnull<arith::AddFOp>(combine))
      found.pooling = emb::PoolingKind::Sum;
    else if (isa_and_nonnull<arith::MaxNumFOp>(combine))
      found.pooling = emb::PoolingKind::Max;
    else
      return makeError("it reduces by something else than arith.addf and "
                       "arith.maxnumf");
    Value out = op.getRegionOutputArgs().front();
    Value lhs = combine->getOperand(0), rhs = combine->getOperand(1);
    if (!out.hasOneUse() || (lhs != out && rhs != out))
      return makeError("it reduces something else than what it has so far and "
                       "an element of the table");
    element = lhs == out ? rhs : lhs;
    return {};
  }

  /// mulf(extf(extract), weight), of which but the extract may be missing
  Status readElement() {
    if (auto product = element.getDefiningOp<arith::MulFOp>()) {
      found.weights = findInput(op, product.getRhs());
      element = product.getLhs();
      if (!found.weights) {
        found.weights = findInput(op, product.getLhs());
        element = product.getRhs();
      }
      if (!found.weights)
        return makeError("it multiplies by something else than an input");
    }
    if (auto wide = element.getDefiningOp<arith::ExtFOp>())
      element = wide.getIn();
    extract = element.getDefiningOp<tensor::ExtractOp>();
    if (!extract || extract.getIndices().size() != 2)
      return makeError(
          "it changes the table's elements before it reduces them");
    found.table = extract.getTensor();
    return {};
  }

  /// extract table[index_cast(index), linalg.index 2]
  Status readPosition() {
    auto column = extract.getIndices()[1].getDefiningOp<linalg::IndexOp>();
    if (!column || column.getDim() != kColumn)
      return makeError("it reads other columns of the table than those of its "
                       "result");
    auto row = extract.getIndices()[0].getDefiningOp<arith::IndexCastOp>();
    found.indices = row ? findInput(op, row.getIn()) : Value();
    if (!found.indices)
      return makeError("the row that it reads is not an input's element as it "
                       "is");
    size_t inputs = found.weights ? 2 : 1;
    if (op.getNumDpsInputs() != static_cast<int64_t>(inputs))
      return makeError("it has ", op.getNumDpsInputs(), " inputs and uses ",
                       inputs);
    return {};
  }

  Status checkTypes() {
    auto table = cast<RankedTensorType>(found.table.getType());
    Type rows = table.getElementType();
    if (!table.hasStaticShape() || table.getEncoding() ||
        table.getDimSize(0) < 1 || table.getDimSize(1) < 1 ||
        table.getDimSize(1) > emb::EmbDialect::kMaxWidth)
      return makeError(
          "its table is not dense, of static rows and a width from "
          "1 to ",
          emb::EmbDialect::kMaxWidth);
    if (!rows.isF32() && !rows.isF16() && !rows.isBF16())
      return makeError("its table's elements are neither f32 nor f16 nor bf16");
    auto out = cast<RankedTensorType>(op.getResult(0).getType());
    if (!out.getElementType().isF32() ||
        out.getDimSize(1) != table.getDimSize(1))
      return makeError("its result is not of f32 and the table's width");
    Type index =
        cast<RankedTensorType>(found.indices.getType()).getElementType();
    if (!index.isSignlessInteger(32) && !index.isSignlessInteger(64))
      return makeError("its indices are neither i32 nor i64");
    if (index.isInteger(32) && table.getDimSize(0) > int64_t(1) << 31)
      return makeError("its table has more rows than i32 can count");
    if (found.weights && found.pooling == emb::PoolingKind::Max)
      return makeError("it takes the maximum of weighted rows");
    return {};
  }

  Status checkStart() {
    std::optional<APFloat> start = findSplat(op.getDpsInits()[0]);
    bool isSum = found.pooling == emb::PoolingKind::Sum;
    if (!start || (isSum ? !start->isZero()
                         : !start->isInfinity() || !start->isNegative()))
      return makeError("it does not start from ", isSum ? "0" : "-inf");
    if (!isSum && mayBeEmpty(found.indices))
      return makeError(
          "it takes the maximum of a number of rows that may be 0; "
          "make that number static");
    return {};
  }

  linalg::GenericOp op;
  GatherReduction found;
  Value element;
  tensor::ExtractOp extract;
};
} // namespace

Result<GatherReduction> GatherReduction::read(linalg::GenericOp op) {
  for (const Status &status : {checkLoops(op), checkEffects(op)})
    if (!status)
      return status.error();
  return BodyReader(op).read();
}

} // namespace recflex
