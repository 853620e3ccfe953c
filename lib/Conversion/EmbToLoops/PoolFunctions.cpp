//===- PoolFunctions.cpp - One loop nest a kind of lookup -----------------===//

#include "PoolFunctions.h"

#include "recflex/Dialect/Emb/IR/Emb.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

#include <limits>

using namespace mlir;

namespace recflex {

namespace {
/// Writes the body of a pool function at a builder's insertion point.
class PoolBody {
public:
  PoolBody(ImplicitLocOpBuilder &b, const emb::LookupShape &shape,
           ArrayRef<BlockArgument> arguments)
      : b(b), shape(shape) {
    values = arguments.consume_front();
    offsets = arguments.consume_front();
    if (shape.weighted)
      weights = arguments.consume_front();
    feature = arguments.consume_front();
    table = arguments.consume_front();
    output = arguments.consume_front();
    column = arguments.consume_front();
  }

  void emit() {
    zero = arith::ConstantIndexOp::create(b, 0);
    one = arith::ConstantIndexOp::create(b, 1);
    Value batch = memref::DimOp::create(b, output, zero);
    width = memref::DimOp::create(b, table, one);
    Value firstBag = arith::MulIOp::create(b, feature, batch);
    loop(zero, batch, [&](Value s) {
      sample = s;
      Value bag = arith::AddIOp::create(b, firstBag, s);
      Value begin = loadIndex(offsets, bag);
      Value end = loadIndex(offsets, arith::AddIOp::create(b, bag, one));
      emitBag(begin, end);
    });
  }

private:
  void emitBag(Value begin, Value end) {
    Value start = constant(0.0f);
    if (shape.pooling == Pooling::max) {
      Value hasRows =
          arith::CmpIOp::create(b, arith::CmpIPredicate::slt, begin, end);
      start = arith::SelectOp::create(
          b, hasRows, constant(-std::numeric_limits<float>::infinity()), start);
    }
    updateColumns([&](Value, Value) { return start; }, /*reads=*/false);

    loop(begin, end, [&](Value lookup) {
      Value row = loadIndex(values, lookup);
      Value weight;
      if (shape.weighted)
        weight = memref::LoadOp::create(b, weights, lookup);
      updateColumns(
          [&](Value d, Value pooled) { return add(pooled, row, d, weight); });
    });

    if (shape.pooling == Pooling::mean) {
      // An empty bag's zeros are divided by 1.
      Value length =
          arith::MaxSIOp::create(b, arith::SubIOp::create(b, end, begin), one);
      Value divisor = arith::SIToFPOp::create(
          b, b.getF32Type(),
          arith::IndexCastOp::create(b, b.getI64Type(), length));
      updateColumns([&](Value, Value pooled) {
        return arith::DivFOp::create(b, pooled, divisor);
      });
    }
  }

  /// `pooled` and element `d` of a row of the table.
  Value add(Value pooled, Value row, Value d, Value weight) {
    Value element = memref::LoadOp::create(b, table, ValueRange{row, d});
    if (shape.rowType != RowType::f32)
      element = arith::ExtFOp::create(b, b.getF32Type(), element);
    if (shape.pooling == Pooling::max)
      return arith::MaxNumFOp::create(b, pooled, element);
    if (weight)
      element = arith::MulFOp::create(b, element, weight);
    return arith::AddFOp::create(b, pooled, element);
  }

  /// Replaces each of the sample's columns by `update` of its place and, if
  /// `reads`, what it holds.
  void updateColumns(function_ref<Value(Value d, Value pooled)> update,
                     bool reads = true) {
    loop(zero, width, [&](Value d) {
      Value at = arith::AddIOp::create(b, column, d);
      Value pooled;
      if (reads)
        pooled = memref::LoadOp::create(b, output, ValueRange{sample, at});
      memref::StoreOp::create(b, update(d, pooled), output,
                              ValueRange{sample, at});
    });
  }

  void loop(Value begin, Value end, function_ref<void(Value)> body) {
    auto loop = scf::ForOp::create(b, begin, end, one);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    body(loop.getInductionVar());
  }

  Value loadIndex(Value array, Value position) {
    Value index = memref::LoadOp::create(b, array, position);
    return arith::IndexCastOp::create(b, b.getIndexType(), index);
  }

  Value constant(float value) {
    return arith::ConstantOp::create(b, b.getF32FloatAttr(value));
  }

  ImplicitLocOpBuilder &b;
  const emb::LookupShape &shape;
  Value values, offsets, weights, feature, table, output, column;
  Value zero, one, width, sample;
};
} // namespace

func::FuncOp PoolFunctions::get(const emb::LookupShape &shape) {
  func::FuncOp &function = functions[{shape.rowType, shape.indexType,
                                      shape.pooling, shape.weighted}];
  if (!function)
    function = create(shape);
  return function;
}

func::FuncOp PoolFunctions::create(const emb::LookupShape &shape) {
  ImplicitLocOpBuilder b(module.getLoc(), module.getContext());
  constexpr int64_t any = ShapedType::kDynamic;
  Type index = b.getIntegerType(8 * byteSize(shape.indexType));
  Type indices = MemRefType::get({any}, index);
  SmallVector<Type> arguments{indices, indices};
  if (shape.weighted)
    arguments.push_back(MemRefType::get({any}, b.getF32Type()));
  arguments.append(
      {b.getIndexType(),
       MemRefType::get({any, any},
                       emb::getElementType(b.getContext(), shape.rowType)),
       MemRefType::get({any, any}, b.getF32Type()), b.getIndexType()});

  std::string name = "pool_";
  llvm::raw_string_ostream(name)
      << toString(shape.pooling) << (shape.weighted ? "_weighted_" : "_")
      << toString(shape.rowType) << '_' << toString(shape.indexType);
  auto function =
      func::FuncOp::create(b, name, b.getFunctionType(arguments, {}));
  function.setPrivate();
  symbols.insert(function); // gives it another name if that one is taken
  Block *body = function.addEntryBlock();
  b.setInsertionPointToStart(body);
  PoolBody(b, shape, body->getArguments()).emit();
  b.setInsertionPointToEnd(body);
  func::ReturnOp::create(b);
  return function;
}

} // namespace recflex
