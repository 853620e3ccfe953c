//===- EmbOps.cpp - Verifiers, folds and canonicalisation -----------------===//

#include "recflex/Dialect/Emb/IR/Emb.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/BitVector.h"

using namespace mlir;
using namespace recflex;
using namespace recflex::emb;

//===----------------------------------------------------------------------===//
// Pooling: a bare keyword in front of the operands
//===----------------------------------------------------------------------===//

static ParseResult parsePooling(OpAsmParser &parser, PoolingKindAttr &pooling) {
  StringRef keyword;
  SMLoc location = parser.getCurrentLocation();
  if (parser.parseKeyword(&keyword))
    return failure();
  std::optional<PoolingKind> kind = symbolizePoolingKind(keyword);
  if (!kind)
    return parser.emitError(location)
           << "unknown pooling '" << keyword << "'; use sum, mean or max";
  pooling = PoolingKindAttr::get(parser.getContext(), *kind);
  return success();
}

static void printPooling(OpAsmPrinter &printer, Operation *,
                         PoolingKindAttr pooling) {
  printer << stringifyPoolingKind(pooling.getValue());
}

#define GET_OP_CLASSES
#include "recflex/Dialect/Emb/IR/EmbOps.cpp.inc"

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

Type recflex::emb::getElementType(MLIRContext *context, RowType type) {
  switch (type) {
  case RowType::f32:
    return Float32Type::get(context);
  case RowType::f16:
    return Float16Type::get(context);
  case RowType::bf16:
    return BFloat16Type::get(context);
  }
  llvm_unreachable("unknown row type");
}

static LookupShape makeShape(Type tableType, IntegerType indexType,
                             PoolingKind pooling, bool weighted) {
  auto table = cast<ShapedType>(tableType);
  LookupShape shape;
  shape.rows = table.getDimSize(0);
  shape.width = table.getDimSize(1);
  shape.rowType = table.getElementType().isF32()   ? RowType::f32
                  : table.getElementType().isF16() ? RowType::f16
                                                   : RowType::bf16;
  shape.indexType = indexType.getWidth() == 32 ? recflex::IndexType::i32
                                               : recflex::IndexType::i64;
  shape.pooling = pooling == PoolingKind::Sum    ? Pooling::sum
                  : pooling == PoolingKind::Mean ? Pooling::mean
                                                 : Pooling::max;
  shape.weighted = weighted;
  return shape;
}

/// A table needs static rows and a width that the kernels can pool.
static LogicalResult verifyTable(Operation *op, StringRef name, Type type) {
  auto table = cast<ShapedType>(type);
  if (!table.hasStaticShape())
    return op->emitOpError() << name << " has type " << type
                             << "; its rows and width must be static";
  if (auto tensor = dyn_cast<RankedTensorType>(type);
      tensor && tensor.getEncoding())
    return op->emitOpError() << name << " has type " << type
                             << "; tables are dense: drop the encoding";
  if (table.getDimSize(0) < 1)
    return op->emitOpError() << name << " has no rows";
  if (table.getDimSize(0) > EmbDialect::kMaxRows)
    return op->emitOpError()
           << name << " has " << table.getDimSize(0) << " rows; at most "
           << EmbDialect::kMaxRows << " can be addressed";
  int64_t width = table.getDimSize(1);
  if (width < 1 || width > EmbDialect::kMaxWidth)
    return op->emitOpError()
           << name << " has width " << width << "; widths from 1 to "
           << EmbDialect::kMaxWidth << " can be pooled";
  return success();
}

static bool isIndexCompatible(LookupShape shape) {
  return shape.indexType == recflex::IndexType::i64 || shape.rows <= int64_t(1)
                                                                         << 31;
}

//===----------------------------------------------------------------------===//
// FeatureOp
//===----------------------------------------------------------------------===//

LogicalResult FeatureOp::verify() {
  KjtType kjt = getKjt().getType();
  if (static_cast<int64_t>(getIndex()) < 0 ||
      static_cast<int64_t>(getIndex()) >= kjt.getFeatures())
    return emitOpError("takes feature ")
           << static_cast<int64_t>(getIndex()) << " of " << kjt
           << ", which has features 0 to " << kjt.getFeatures() - 1;
  if (kjt.getIndexType() != getBags().getType().getIndexType())
    return emitOpError("gives bags of ")
           << getBags().getType().getIndexType() << " from a jagged input of "
           << kjt.getIndexType() << "; they must be the same";
  return success();
}

//===----------------------------------------------------------------------===//
// KjtOp and BagsOp
//===----------------------------------------------------------------------===//

/// The operands of `op`, values and offsets, make something of `indexType`.
static LogicalResult verifyArrays(Operation *op, IntegerType indexType) {
  for (Type operand : op->getOperandTypes()) {
    auto type = cast<RankedTensorType>(operand);
    if (type.getEncoding())
      return op->emitOpError("takes ")
             << type << "; index arrays are dense: drop the encoding";
    if (type.getElementType() != indexType)
      return op->emitOpError("takes ")
             << type << " to make " << op->getResult(0).getType()
             << "; all must be of one integer type";
  }
  return success();
}

LogicalResult KjtOp::verify() {
  KjtType kjt = getKjt().getType();
  if (failed(verifyArrays(*this, kjt.getIndexType())))
    return failure();
  auto offsets = cast<RankedTensorType>(getOffsets().getType());
  if (!offsets.isDynamicDim(0) &&
      (offsets.getDimSize(0) < 1 ||
       (offsets.getDimSize(0) - 1) % kjt.getFeatures() != 0))
    return emitOpError("has ")
           << offsets.getDimSize(0) << " offsets for " << kjt.getFeatures()
           << " features; there must be one more than features x samples";
  return success();
}

LogicalResult BagsOp::verify() {
  if (failed(verifyArrays(*this, getBags().getType().getIndexType())))
    return failure();
  auto offsets = cast<RankedTensorType>(getOffsets().getType());
  if (getIncludeLastOffset() && offsets.getDimSize(0) == 0)
    return emitOpError("has no offsets; with include_last_offset there is at "
                       "least one, where the last bag ends");
  return success();
}

//===----------------------------------------------------------------------===//
// DropRowOp
//===----------------------------------------------------------------------===//

LogicalResult DropRowOp::verify() {
  IntegerType index = getBags().getType().getIndexType();
  int64_t row = static_cast<int64_t>(getRow());
  if (row < 0 || (index.getWidth() == 32 && row > INT32_MAX))
    return emitOpError("drops row ")
           << row << " of bags of " << index << "; rows count from 0 to what "
           << index << " can hold";
  if (getKept().getType() != getBags().getType())
    return emitOpError("makes ")
           << getKept().getType() << " of " << getBags().getType()
           << "; they must be the same";
  if (!getWeights() != !getKeptWeights())
    return emitOpError(getWeights() ? "takes weights but gives none"
                                    : "gives weights but takes none");
  if (Value kept = getKeptWeights())
    if (!cast<RankedTensorType>(kept.getType()).isDynamicDim(0))
      return emitOpError("gives weights of type ")
             << kept.getType()
             << "; how many are kept is not known: make that tensor<?xf32>";
  return success();
}

//===----------------------------------------------------------------------===//
// JoinOp
//===----------------------------------------------------------------------===//

LogicalResult JoinOp::verify() {
  KjtType kjt = getKjt().getType();
  if (static_cast<int64_t>(getBags().size()) != kjt.getFeatures())
    return emitOpError("joins the bags of ")
           << getBags().size() << " features into " << kjt
           << "; there must be one a feature";
  for (Type type : getBags().getTypes())
    if (cast<BagsType>(type).getIndexType() != kjt.getIndexType())
      return emitOpError("joins ")
             << type << " into " << kjt << "; all must be of one integer type";
  return success();
}

//===----------------------------------------------------------------------===//
// LookupOp
//===----------------------------------------------------------------------===//

LookupShape LookupOp::getShape() {
  return makeShape(getTable().getType(), getBags().getType().getIndexType(),
                   getPooling(), static_cast<bool>(getWeights()));
}

LogicalResult LookupOp::verify() {
  if (failed(verifyTable(*this, "table", getTable().getType())))
    return failure();
  LookupShape shape = getShape();
  auto result = cast<RankedTensorType>(getResult().getType());
  if (!result.isDynamicDim(0) || result.getDimSize(1) != shape.width)
    return emitOpError("gives ")
           << result << " from a table of width " << shape.width
           << "; the result must be tensor<?x" << shape.width << "xf32>";
  if (shape.weighted && shape.pooling == Pooling::max)
    return emitOpError("pools by max, which takes no weights; use sum or mean, "
                       "or drop the weights");
  if (!isIndexCompatible(shape))
    return emitOpError("looks up ")
           << shape.rows << " rows by i32; use i64 past 2^31 rows";
  if (ScheduleAttrInterface schedule = getScheduleAttr())
    return schedule.verifyFor(
        [&] { return emitOpError() << "schedule " << schedule << ": "; },
        shape);
  return success();
}

//===----------------------------------------------------------------------===//
// ConcatOp
//===----------------------------------------------------------------------===//

/// Sum of the inputs' widths, or nullopt if one is dynamic.
static std::optional<int64_t> totalWidth(OperandRange inputs) {
  int64_t total = 0;
  for (Value input : inputs) {
    auto type = cast<RankedTensorType>(input.getType());
    if (type.isDynamicDim(1))
      return std::nullopt;
    total += type.getDimSize(1);
  }
  return total;
}

LogicalResult ConcatOp::verify() {
  if (getInputs().empty())
    return emitOpError("needs at least one input");
  std::optional<int64_t> width = totalWidth(getInputs());
  if (!width)
    return emitOpError("has an input of dynamic width; widths must be static");
  for (Value joined : getOperation()->getOperands())
    if (!cast<RankedTensorType>(joined.getType()).isDynamicDim(0))
      return emitOpError("joins ")
             << joined.getType() << "; the number of samples must be ?";
  auto result = cast<RankedTensorType>(getResult().getType());
  if (!result.isDynamicDim(0))
    return emitOpError("gives ")
           << result << "; the number of samples must be ?";
  if (result.getDimSize(1) != *width)
    return emitOpError("joins ") << *width << " columns into " << result
                                 << "; the result must have " << *width;
  return success();
}

OpFoldResult ConcatOp::fold(FoldAdaptor) {
  if (getInputs().size() == 1 &&
      getInputs().front().getType() == getResult().getType())
    return getInputs().front();
  return {};
}

namespace {
/// concat(a, concat(b, c), d) is concat(a, b, c, d).
struct FlattenConcat : OpRewritePattern<ConcatOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ConcatOp op,
                                PatternRewriter &rewriter) const override {
    SmallVector<Value> inputs;
    for (Value input : op.getInputs()) {
      if (auto inner = input.getDefiningOp<ConcatOp>())
        llvm::append_range(inputs, inner.getInputs());
      else
        inputs.push_back(input);
    }
    if (llvm::equal(inputs, op.getInputs()))
      return failure();
    rewriter.replaceOpWithNewOp<ConcatOp>(op, op.getResult().getType(), inputs);
    return success();
  }
};
} // namespace

void ConcatOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                           MLIRContext *context) {
  patterns.add<FlattenConcat>(context);
}

//===----------------------------------------------------------------------===//
// FusedLookupOp
//===----------------------------------------------------------------------===//

LookupShape FusedLookupOp::getShape(FusedFeatureAttr feature) {
  return makeShape(getTables()[feature.getTable()].getType(),
                   getKjt().getType().getIndexType(), feature.getPooling(),
                   feature.getWeighted());
}

/// An order names every feature once.
static LogicalResult verifyOrder(FusedLookupOp op, ArrayRef<int32_t> order) {
  size_t count = op.getFeatures().size();
  if (order.size() != count)
    return op.emitOpError("orders ")
           << order.size() << " features; it has " << count;
  llvm::BitVector named(count);
  for (int32_t feature : order) {
    if (feature < 0 || static_cast<size_t>(feature) >= count)
      return op.emitOpError("orders feature ")
             << feature << "; it has " << count;
    if (named.test(feature))
      return op.emitOpError("orders feature ") << feature << " twice";
    named.set(feature);
  }
  return success();
}

namespace {
/// What fused lookups and launches have in common.
struct FusedFeatures {
  Operation *op;
  TypeRange tables;
  ArrayAttr features;
  OccupancyAttr occupancy;
  int64_t numKeys;
  std::string keys; ///< what they belong to, for messages
  bool hasWeights;
  llvm::function_ref<LookupShape(FusedFeatureAttr)> getShape;

  LogicalResult verify() const;
  int64_t width() const;
};
} // namespace

LogicalResult FusedFeatures::verify() const {
  if (features.empty())
    return op->emitOpError("needs at least one feature");
  for (auto [i, table] : llvm::enumerate(tables))
    if (failed(verifyTable(op, ("table " + Twine(i)).str(), table)))
      return failure();

  int64_t numTables = tables.size();
  int64_t column = 0;
  bool weighted = false;
  for (auto [i, attribute] : llvm::enumerate(features)) {
    auto feature = cast<FusedFeatureAttr>(attribute);
    auto error = [&, i = i] {
      return op->emitOpError() << "feature " << i << " ";
    };
    if (feature.getKey() < 0 || feature.getKey() >= numKeys)
      return error() << "takes key " << feature.getKey() << " of " << keys;
    if (feature.getTable() < 0 || feature.getTable() >= numTables)
      return error() << "takes table " << feature.getTable() << " of "
                     << numTables;
    LookupShape shape = getShape(feature);
    if (feature.getColumn() != column)
      return error() << "starts at column " << feature.getColumn()
                     << "; the features before it end at " << column;
    column += shape.width;
    if (shape.weighted && shape.pooling == Pooling::max)
      return error() << "pools by max, which takes no weights";
    if (!isIndexCompatible(shape))
      return error() << "looks up " << shape.rows
                     << " rows by i32; use i64 past 2^31 rows";
    weighted |= shape.weighted;
    ScheduleAttrInterface schedule = feature.getSchedule();
    if (failed(schedule.verifyFor(
            [&] { return error() << "schedule " << schedule << ": "; }, shape)))
      return failure();
    int64_t threads = occupancy.getThreads();
    if (schedule.getMinThreads(shape) > threads)
      return error() << "schedule " << schedule << " needs blocks of "
                     << schedule.getMinThreads(shape)
                     << " threads; the occupancy gives " << threads;
  }
  if (weighted != hasWeights)
    return op->emitOpError(weighted
                               ? "has weighted features but no weights operand"
                               : "has a weights operand but no weighted "
                                 "feature");
  return success();
}

/// Columns of all features; they have passed verify().
int64_t FusedFeatures::width() const {
  auto last = cast<FusedFeatureAttr>(*std::prev(features.end()));
  return last.getColumn() + getShape(last).width;
}

LogicalResult FusedLookupOp::verify() {
  KjtType kjt = getKjt().getType();
  std::string keys;
  llvm::raw_string_ostream(keys) << '\'' << kjt << '\'';
  auto getShape = [this](FusedFeatureAttr f) { return this->getShape(f); };
  FusedFeatures features{*this,
                         getTables().getTypes(),
                         getFeatures(),
                         getOccupancy(),
                         kjt.getFeatures(),
                         keys,
                         static_cast<bool>(getWeights()),
                         getShape};
  if (failed(features.verify()))
    return failure();
  if (getOrder() && failed(verifyOrder(*this, *getOrder())))
    return failure();
  auto result = cast<RankedTensorType>(getResult().getType());
  if (!result.isDynamicDim(0) || result.getDimSize(1) != features.width())
    return emitOpError("gives ") << result << "; its features make tensor<?x"
                                 << features.width() << "xf32>";
  return success();
}

//===----------------------------------------------------------------------===//
// LaunchOp
//===----------------------------------------------------------------------===//

IntegerType LaunchOp::getIndexType() {
  return cast<IntegerType>(getElementTypeOrSelf(getValues()));
}

LookupShape LaunchOp::getShape(FusedFeatureAttr feature) {
  return makeShape(getTables()[feature.getTable()].getType(), getIndexType(),
                   feature.getPooling(), feature.getWeighted());
}

LogicalResult LaunchOp::verify() {
  auto isTensor = [](Type type) { return isa<TensorType>(type); };
  TypeRange operands = getOperation()->getOperandTypes();
  if (llvm::any_of(operands, isTensor) && !llvm::all_of(operands, isTensor))
    return emitOpError("takes tensors and memrefs; give it one kind");
  if (getElementTypeOrSelf(getOffsets()) != getIndexType())
    return emitOpError("takes values of ")
           << getIndexType() << " and offsets of "
           << getElementTypeOrSelf(getOffsets())
           << "; both must be of one type";
  int64_t keys = static_cast<int64_t>(getKeys());
  if (keys < 1)
    return emitOpError("has ") << keys << " keys; there is at least one";
  auto getShape = [this](FusedFeatureAttr f) { return this->getShape(f); };
  FusedFeatures features{*this,
                         getTables().getTypes(),
                         getFeatures(),
                         getOccupancy(),
                         keys,
                         std::to_string(keys),
                         static_cast<bool>(getWeights()),
                         getShape};
  if (failed(features.verify()))
    return failure();
  auto rows = cast<ShapedType>(getRows().getType());
  if (rows.getDimSize(1) != features.width())
    return emitOpError("writes ")
           << rows << "; its features make " << features.width() << " columns";
  return success();
}

void LaunchOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  for (OpOperand &operand : getOperation()->getOpOperands())
    if (isa<MemRefType>(operand.get().getType())) {
      MemoryEffects::Effect *effect =
          isDpsInit(&operand) ? static_cast<MemoryEffects::Effect *>(
                                    MemoryEffects::Write::get())
                              : MemoryEffects::Read::get();
      effects.emplace_back(effect, &operand);
    }
}
