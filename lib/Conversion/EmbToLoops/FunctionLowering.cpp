//===- FunctionLowering.cpp - One function to loops -----------------------===//

#include "FunctionLowering.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace recflex {

bool isEmbOp(Operation *op) {
  return isa_and_nonnull<emb::EmbDialect>(op->getDialect());
}

/// Whether `op` gives pooled rows.
static bool givesPooledRows(Operation *op) {
  return isa_and_nonnull<emb::LookupOp, emb::ConcatOp, emb::FusedLookupOp>(op);
}

//===----------------------------------------------------------------------===//
// What can be lowered
//===----------------------------------------------------------------------===//

LogicalResult FunctionLowering::check() {
  if (function.isDeclaration())
    return function.emitOpError(
        "takes or gives emb types but has no body; only functions with a body "
        "can be lowered to loops");
  if (!function.getBody().hasOneBlock())
    return function.emitOpError("has ")
           << function.getBody().getBlocks().size()
           << " blocks; functions of one block can be lowered to loops";
  if (Operation *last = entry().getTerminator(); !isa<func::ReturnOp>(last))
    return last->emitOpError("ends a function that uses emb; only func.return "
                             "can end one that is lowered to loops");
  for (BlockArgument argument : entry().getArguments())
    if (failed(checkArgument(argument)))
      return failure();
  WalkResult walk = function.getBody().walk([&](Operation *op) {
    return WalkResult(isEmbOp(op) ? checkOp(op) : success());
  });
  return failure(walk.wasInterrupted() || failed(checkReturn()));
}

LogicalResult FunctionLowering::checkArgument(BlockArgument argument) {
  auto error = [&] {
    return function.emitOpError("argument ") << argument.getArgNumber() << ' ';
  };
  Type type = argument.getType();
  if (isa<emb::BagsType>(type))
    return error() << "has type " << type
                   << "; take the jagged input, !emb.kjt, and let emb.feature "
                      "give its bags";
  if (isa<UnrankedTensorType>(type))
    return error() << "has type " << type << "; tensors must have a rank";
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor && !isa<emb::KjtType>(type))
    return success();
  if (tensor && tensor.getEncoding())
    return error() << "has the encoding " << tensor.getEncoding()
                   << "; only dense tensors can be lowered to loops";
  for (Operation *user : argument.getUsers())
    if (!isEmbOp(user))
      return (error() << "is used outside of the emb dialect; beside emb ops, "
                         "nothing can use what becomes a memref")
                 .attachNote(user->getLoc())
             << "it is used here";
  return success();
}

LogicalResult FunctionLowering::checkOp(Operation *op) {
  if (op->getParentOp() != function)
    return op->emitOpError("stands in another region; at the top of a function "
                           "it can be lowered to loops");
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](emb::KjtOp op) { return checkArrays(op); })
      .Case([&](emb::FeatureOp op) {
        return success(succeeded(checkKjt(op, op.getKjt())) &&
                       succeeded(checkBags(op)));
      })
      .Case([&](emb::BagsOp op) {
        return success(succeeded(checkArrays(op)) && succeeded(checkBags(op)));
      })
      .Case([&](emb::LookupOp op) -> LogicalResult {
        if (!isa_and_nonnull<emb::FeatureOp, emb::BagsOp>(
                op.getBags().getDefiningOp()))
          return op.emitOpError("takes bags that neither emb.feature nor "
                                "emb.bags gives; only those can be lowered to "
                                "loops: use -convert-emb-to-linalg");
        if (failed(checkOperands(op, op.getTable(), "table")) ||
            (op.getWeights() &&
             failed(checkOperands(op, op.getWeights(), "weights"))))
          return failure();
        return checkPooled(op);
      })
      .Case([&](emb::ConcatOp op) -> LogicalResult {
        for (Value input : op.getInputs())
          if (!givesPooledRows(input.getDefiningOp()))
            return (op.emitOpError("joins a value that is not of pooled rows; "
                                   "join it outside")
                        .attachNote(input.getLoc())
                    << "the value is defined here");
        return checkPooled(op);
      })
      .Case([&](emb::FusedLookupOp op) -> LogicalResult {
        if (failed(checkKjt(op, op.getKjt())) ||
            failed(checkOperands(op, op.getTables(), "table")) ||
            (op.getWeights() &&
             failed(checkOperands(op, op.getWeights(), "weights"))))
          return failure();
        return checkPooled(op);
      })
      .Default([](Operation *op) {
        return op->emitOpError(
            "cannot be lowered to loops; use -convert-emb-to-linalg");
      });
}

/// The operands of emb ops come from the function's caller.
LogicalResult FunctionLowering::checkOperands(Operation *op,
                                              ValueRange operands,
                                              StringRef what) {
  for (Value operand : operands)
    if (!isa<BlockArgument>(operand))
      return (op->emitOpError("takes as ")
              << what
              << " what its function computes; make that an argument, or use "
                 "-convert-emb-to-linalg")
                 .attachNote(operand.getLoc())
             << "it is computed here";
  return success();
}

/// Values and offsets, of which `op` makes a jagged input or bags.
LogicalResult FunctionLowering::checkArrays(Operation *op) {
  return success(succeeded(checkOperands(op, op->getOperand(0), "values")) &&
                 succeeded(checkOperands(op, op->getOperand(1), "offsets")));
}

LogicalResult FunctionLowering::checkKjt(Operation *op, Value kjt) {
  if (kjt.getDefiningOp<emb::KjtOp>())
    return success(); // its own operands are checked
  return checkOperands(op, kjt, "jagged input");
}

/// Bags exist only as two of the offsets.
LogicalResult FunctionLowering::checkBags(Operation *op) {
  for (Operation *user : op->getUsers())
    if (!isa<emb::LookupOp>(user))
      return (op->emitOpError("gives bags to something other than emb.lookup; "
                              "only lookups can use them")
                  .attachNote(user->getLoc())
              << "they are used here");
  return success();
}

/// Pooled rows exist only as columns of an output.
LogicalResult FunctionLowering::checkPooled(Operation *op) {
  for (Operation *user : op->getUsers())
    if (!isa<emb::ConcatOp>(user) && user != terminator())
      return (op->emitOpError("gives rows to something other than emb.concat "
                              "or the function's return; return them, and let "
                              "the caller use them")
                  .attachNote(user->getLoc())
              << "they are used here");
  return success();
}

LogicalResult FunctionLowering::checkReturn() {
  for (Value operand : terminator().getOperands()) {
    Type type = operand.getType();
    bool becomesMemRef = isa<TensorType, emb::KjtType, emb::BagsType>(type);
    if (becomesMemRef && !givesPooledRows(operand.getDefiningOp()))
      return terminator().emitOpError("returns a value of type ")
             << type
             << " that is not of pooled rows; return the result of "
                "emb.lookup, emb.concat or emb.fused_lookup";
  }
  return success();
}

//===----------------------------------------------------------------------===//
// The rewriting
//===----------------------------------------------------------------------===//

/// `attributes` without those of the emb dialect, which say nothing of memrefs.
static DictionaryAttr withoutEmb(MLIRContext *context,
                                 DictionaryAttr attributes) {
  SmallVector<NamedAttribute> kept;
  for (NamedAttribute attribute :
       attributes ? attributes.getValue() : ArrayRef<NamedAttribute>())
    if (attribute.getName().strref().split('.').first !=
        emb::EmbDialect::getDialectNamespace())
      kept.push_back(attribute);
  return DictionaryAttr::get(context, kept);
}

static MemRefType toMemRef(Type tensor) {
  auto type = cast<RankedTensorType>(tensor);
  return MemRefType::get(type.getShape(), type.getElementType());
}

/// `array` as a memref that says nothing of its extents.
static Value castToDynamic(ImplicitLocOpBuilder &b, Value array) {
  auto type = cast<MemRefType>(array.getType());
  SmallVector<int64_t> shape(type.getRank(), ShapedType::kDynamic);
  auto dynamic = MemRefType::get(shape, type.getElementType());
  if (type == dynamic)
    return array;
  return memref::CastOp::create(b, dynamic, array);
}

/// A new array: `offsets`, and behind them the number of `values`.
static Value appendLength(ImplicitLocOpBuilder &b, Value offsets,
                          Value values) {
  Value zero = arith::ConstantIndexOp::create(b, 0);
  Value one = arith::ConstantIndexOp::create(b, 1);
  Value batch = memref::DimOp::create(b, offsets, zero);
  Value length = arith::AddIOp::create(b, batch, one);
  auto type = cast<MemRefType>(offsets.getType());
  Value all = memref::AllocOp::create(b, type, length);
  Value front = memref::SubViewOp::create(
      b, all, OpFoldResult(b.getIndexAttr(0)), OpFoldResult(batch),
      OpFoldResult(b.getIndexAttr(1)));
  memref::CopyOp::create(b, offsets, front);
  Value last = arith::IndexCastOp::create(
      b, type.getElementType(), memref::DimOp::create(b, values, zero));
  memref::StoreOp::create(b, last, all, batch);
  return all;
}

void FunctionLowering::lower(PoolFunctions &pools) {
  MLIRContext *context = function.getContext();
  convertArguments();

  // Results of pooled rows become arguments, after all others.
  SmallVector<Value> kept;
  SmallVector<DictionaryAttr> keptAttrs;
  ImplicitLocOpBuilder b(function.getLoc(), terminator());
  for (auto [i, operand] : llvm::enumerate(terminator().getOperands())) {
    DictionaryAttr attributes =
        withoutEmb(context, function.getResultAttrDict(i));
    if (!givesPooledRows(operand.getDefiningOp())) {
      kept.push_back(operand);
      keptAttrs.push_back(attributes);
      continue;
    }
    Value output =
        entry().addArgument(toMemRef(operand.getType()), operand.getLoc());
    argumentAttrs.push_back(attributes);
    fill(castToDynamic(b, output), operand, pools);
  }
  freeOffsets();
  terminator()->setOperands(kept);
  eraseEmbOps();

  function.removeArgAttrsAttr();
  function.removeResAttrsAttr();
  function.setFunctionType(FunctionType::get(
      context, entry().getArgumentTypes(), terminator().getOperandTypes()));
  function.setAllArgAttrs(argumentAttrs);
  function.setAllResultAttrs(keptAttrs);
}

void FunctionLowering::convertArguments() {
  MLIRContext *context = function.getContext();
  SmallVector<BlockArgument> old(entry().getArguments());
  for (BlockArgument argument : old) {
    Location loc = argument.getLoc();
    DictionaryAttr attributes =
        withoutEmb(context, function.getArgAttrDict(argument.getArgNumber()));
    argumentAttrs.push_back(attributes);
    if (auto kjt = dyn_cast<emb::KjtType>(argument.getType())) {
      Type type = MemRefType::get({ShapedType::kDynamic}, kjt.getIndexType());
      Value values = entry().addArgument(type, loc);
      Value offsets = entry().addArgument(type, loc);
      jagged[argument] = {values, offsets};
      argumentAttrs.push_back(attributes);
    } else if (isa<RankedTensorType>(argument.getType())) {
      arrays[argument] = entry().addArgument(toMemRef(argument.getType()), loc);
    } else {
      argument.replaceAllUsesWith(entry().addArgument(argument.getType(), loc));
    }
  }
}

/// Emits the calls that write `pooled` into `output`, before the return.
void FunctionLowering::fill(Value output, Value pooled, PoolFunctions &pools) {
  // A stack rather than recursion: concatenations may nest as deep as they
  // like. The last piece is the next one.
  SmallVector<Piece> pieces{{pooled, 0}};
  while (!pieces.empty()) {
    Piece piece = pieces.pop_back_val();
    Operation *op = piece.value.getDefiningOp();
    Location loc = op->getLoc();
    if (auto concat = dyn_cast<emb::ConcatOp>(op)) {
      size_t first = pieces.size();
      int64_t column = piece.column;
      for (Value input : concat.getInputs()) {
        pieces.push_back({input, column});
        column += cast<RankedTensorType>(input.getType()).getDimSize(1);
      }
      std::reverse(pieces.begin() + first, pieces.end());
    } else if (auto lookup = dyn_cast<emb::LookupOp>(op)) {
      call(loc, pools, lookup.getShape(), findBags(lookup), lookup.getWeights(),
           lookup.getTable(), output, piece.column);
    } else {
      auto fused = cast<emb::FusedLookupOp>(op);
      for (auto feature :
           fused.getFeatures().getAsRange<emb::FusedFeatureAttr>())
        call(loc, pools, fused.getShape(feature),
             {findJagged(fused.getKjt()), feature.getKey()}, fused.getWeights(),
             fused.getTables()[feature.getTable()], output,
             piece.column + feature.getColumn());
    }
  }
}

FunctionLowering::Jagged FunctionLowering::findJagged(Value kjt) {
  auto op = kjt.getDefiningOp<emb::KjtOp>();
  if (!op)
    return jagged.lookup(kjt);
  ImplicitLocOpBuilder b(op.getLoc(), terminator());
  return {castToDynamic(b, arrays.lookup(op.getValues())),
          castToDynamic(b, arrays.lookup(op.getOffsets()))};
}

FunctionLowering::Bags FunctionLowering::findBags(emb::LookupOp lookup) {
  if (auto feature = lookup.getBags().getDefiningOp<emb::FeatureOp>())
    return {findJagged(feature.getKjt()),
            static_cast<int64_t>(feature.getIndex())};
  return {toJagged(lookup.getBags().getDefiningOp<emb::BagsOp>()), 0};
}

/// The arrays of `bags` as those of a jagged input of one feature.
FunctionLowering::Jagged FunctionLowering::toJagged(emb::BagsOp bags) {
  ImplicitLocOpBuilder b(bags.getLoc(), terminator());
  Value values = castToDynamic(b, arrays.lookup(bags.getValues()));
  Value given = arrays.lookup(bags.getOffsets());
  if (bags.getIncludeLastOffset())
    return {values, castToDynamic(b, given)};
  Value &offsets = completedOffsets[{bags.getOffsets(), bags.getValues()}];
  if (!offsets)
    offsets = appendLength(b, castToDynamic(b, given), values);
  return {values, offsets};
}

void FunctionLowering::freeOffsets() {
  OpBuilder b(terminator());
  for (auto &[key, offsets] : completedOffsets)
    memref::DeallocOp::create(b, offsets.getLoc(), offsets);
}

void FunctionLowering::call(Location loc, PoolFunctions &pools,
                            const emb::LookupShape &shape, Bags bags,
                            Value weights, Value table, Value output,
                            int64_t column) {
  ImplicitLocOpBuilder b(loc, terminator());
  SmallVector<Value> operands{bags.arrays.values, bags.arrays.offsets};
  if (shape.weighted)
    operands.push_back(castToDynamic(b, arrays.lookup(weights)));
  operands.push_back(arith::ConstantIndexOp::create(b, bags.feature));
  operands.push_back(castToDynamic(b, arrays.lookup(table)));
  operands.push_back(output);
  operands.push_back(arith::ConstantIndexOp::create(b, column));
  func::CallOp::create(b, pools.get(shape), operands);
}

void FunctionLowering::eraseEmbOps() {
  for (Operation &op :
       llvm::make_early_inc_range(llvm::reverse(entry().getOperations())))
    if (isEmbOp(&op))
      op.erase();
  entry().eraseArguments(0, function.getNumArguments());
}

} // namespace recflex
