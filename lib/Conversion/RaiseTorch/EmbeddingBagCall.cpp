//===- EmbeddingBagCall.cpp - One embedding_bag of PyTorch's --------------===//

#include "EmbeddingBagCall.h"

#include "TorchIR.h"

#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace recflex::torch {

namespace {
/// Operands, in the order of all variants' schemas.
enum Operands {
  kWeight,
  kIndices,
  kOffsets,
  kScaleGradByFreq,
  kMode,
  kSparse,
  kPerSampleWeights,
  kIncludeLastOffset,
  kPaddingIdx ///< not of embedding_bag
};

/// What becomes of a call's padding index.
enum class Padding { none, optional, negativeIsNone };

struct Variant {
  StringLiteral name;
  Padding padding;
};
} // namespace

// (weight, indices, offsets, scale_grad_by_freq, mode, sparse,
//  per_sample_weights, include_last_offset[, padding_idx])
//   -> (output, offset2bag, bag_size, max_indices), in native_functions.yaml:
// padding_idx is `int?` of embedding_bag.padding_idx, and -1 for none
// elsewhere.
static constexpr Variant kVariants[] = {
    {"embedding_bag", Padding::none},
    {"embedding_bag.padding_idx", Padding::optional},
    {"_embedding_bag", Padding::negativeIsNone},
    {"_embedding_bag_forward_only", Padding::negativeIsNone},
};

static const Variant *findVariant(Operation *op) {
  StringRef name = getAtenName(op);
  for (const Variant &variant : kVariants)
    if (variant.name == name)
      return &variant;
  return nullptr;
}

bool EmbeddingBagCall::isOne(Operation *op) { return findVariant(op); }

static std::string print(Type type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

/// The type of an operand or result, which must be of that rank.
static Result<RankedTensorType> readType(Value value, const char *what,
                                         int64_t rank) {
  RankedTensorType type = getTensorType(value.getType());
  if (!type)
    return makeError(what, " has type ", print(value.getType()),
                     ", which does not say rank and element type of a value "
                     "tensor; refine shapes and types first");
  if (type.getEncoding())
    return makeError(what, " has type ", print(type),
                     "; only dense tensors can be taken");
  if (type.getRank() != rank)
    return makeError(what, " has rank ", type.getRank(), "; it must be ", rank);
  return type;
}

static Status checkTable(Value weight) {
  auto read = readType(weight, "weight", 2);
  if (!read)
    return read.error();
  RankedTensorType table = *read;
  Type element = table.getElementType();
  if (!element.isF32() && !element.isF16() && !element.isBF16())
    return makeError("weight has elements of ", print(element),
                     "; f32, f16 and bf16 can be pooled");
  if (!table.hasStaticShape())
    return makeError("weight has type ", print(table),
                     "; its rows and width must be static");
  if (table.getDimSize(0) < 1 ||
      table.getDimSize(0) > emb::EmbDialect::kMaxRows)
    return makeError("weight has ", table.getDimSize(0),
                     " rows; tables have 1 "
                     "to ",
                     emb::EmbDialect::kMaxRows);
  if (table.getDimSize(1) < 1 ||
      table.getDimSize(1) > emb::EmbDialect::kMaxWidth)
    return makeError("weight has width ", table.getDimSize(1),
                     "; widths from 1 to ", emb::EmbDialect::kMaxWidth,
                     " can be pooled: cut the table into narrower ones");
  return {};
}

static Status checkIndexArray(Value array, const char *what) {
  auto type = readType(array, what, 1);
  if (!type)
    return type.error();
  Type element = type->getElementType();
  if (!element.isSignlessInteger(32) && !element.isSignlessInteger(64))
    return makeError(what, " has elements of ", print(element),
                     "; indices and offsets are 32 or 64 bits wide");
  return {};
}

/// i32 cannot count all rows of a very tall table.
static Status checkRowsFit(const EmbeddingBagCall &call) {
  auto isNarrow = [](Value array) {
    return getTensorType(array.getType()).getElementType().isInteger(32);
  };
  int64_t rows = getTensorType(call.weight.getType()).getDimSize(0);
  if (rows > int64_t(1) << 31 && isNarrow(call.indices) &&
      isNarrow(call.offsets))
    return makeError("weight has ", rows,
                     " rows for indices of 32 bits; use "
                     "64 past 2^31 rows");
  return {};
}

/// Only the pooled rows can be had of a lookup.
static Status checkResults(Operation *op) {
  static constexpr const char *kNames[] = {"output", "offset2bag", "bag_size",
                                           "max_indices"};
  if (op->getNumResults() != std::size(kNames))
    return makeError("has ", op->getNumResults(), " results for ",
                     std::size(kNames));
  for (size_t i = 1; i != std::size(kNames); ++i)
    if (!op->getResult(i).use_empty())
      return makeError("its result ", i, ", ", kNames[i],
                       ", is used; only pooled rows, result 0, can be had");
  auto rows = readType(op->getResult(0), "output", 2);
  if (!rows)
    return rows.error();
  RankedTensorType table = getTensorType(op->getOperand(kWeight).getType());
  if (rows->getElementType() != table.getElementType())
    return makeError("output has elements of ", print(rows->getElementType()),
                     " from a weight of ", print(table.getElementType()),
                     "; they must be the same");
  if (!rows->isDynamicDim(1) && rows->getDimSize(1) != table.getDimSize(1))
    return makeError("output has width ", rows->getDimSize(1),
                     " from a weight of width ", table.getDimSize(1));
  return {};
}

static Result<emb::PoolingKind> readMode(Value value) {
  std::optional<int64_t> mode = getConstantInt(value);
  if (!mode)
    return makeError("mode is no torch.constant.int; it must be known at "
                     "compile time");
  switch (*mode) {
  case 0:
    return emb::PoolingKind::Sum;
  case 1:
    return emb::PoolingKind::Mean;
  case 2:
    return emb::PoolingKind::Max;
  }
  return makeError("mode is ", *mode, "; 0 is sum, 1 mean, 2 max");
}

static Result<Value> readWeights(Value operand, emb::PoolingKind pooling) {
  if (isNone(operand))
    return Value();
  Value weights = skipDerefine(operand);
  auto type = readType(weights, "per_sample_weights", 1);
  if (!type)
    return type.error();
  Type element = type->getElementType();
  if (!element.isF32() && !element.isF16() && !element.isBF16())
    return makeError("per_sample_weights has elements of ", print(element),
                     "; f32, f16 and bf16 can be taken");
  if (pooling != emb::PoolingKind::Sum)
    return makeError("per_sample_weights are given, which PyTorch takes with "
                     "mode 0, sum, alone");
  return weights;
}

static Result<std::optional<int64_t>>
readPadding(Value operand, Padding padding, int64_t rows) {
  if (padding == Padding::optional && isNone(operand))
    return std::optional<int64_t>();
  std::optional<int64_t> row = getConstantInt(operand);
  if (!row)
    return makeError("padding_idx is neither torch.constant.int nor "
                     "torch.constant.none; it must be known at compile time");
  if (padding == Padding::negativeIsNone && *row < 0)
    return std::optional<int64_t>();
  if (*row < -rows || *row >= rows)
    return makeError("padding_idx is ", *row, " of a weight with ", rows,
                     " rows");
  return std::optional<int64_t>(*row < 0 ? *row + rows : *row);
}

Result<EmbeddingBagCall> EmbeddingBagCall::read(Operation *op) {
  const Variant &variant = *findVariant(op);
  unsigned count =
      variant.padding == Padding::none ? kPaddingIdx : kPaddingIdx + 1;
  if (op->getNumOperands() != count)
    return makeError("has ", op->getNumOperands(), " operands for ", count);

  EmbeddingBagCall call;
  call.weight = op->getOperand(kWeight);
  call.indices = op->getOperand(kIndices);
  call.offsets = op->getOperand(kOffsets);
  for (const Status &status :
       {checkTable(call.weight), checkIndexArray(call.indices, "indices"),
        checkIndexArray(call.offsets, "offsets")})
    if (!status)
      return status.error();
  for (const Status &status : {checkRowsFit(call), checkResults(op)})
    if (!status)
      return status.error();

  auto pooling = readMode(op->getOperand(kMode));
  if (!pooling)
    return pooling.error();
  call.pooling = *pooling;
  auto weights = readWeights(op->getOperand(kPerSampleWeights), call.pooling);
  if (!weights)
    return weights.error();
  call.perSampleWeights = *weights;

  auto includeLastOffset = getConstantBool(op->getOperand(kIncludeLastOffset));
  if (!includeLastOffset)
    return makeError("include_last_offset is no torch.constant.bool; it must "
                     "be known at compile time");
  call.includeLastOffset = *includeLastOffset;

  if (variant.padding != Padding::none) {
    auto padding =
        readPadding(op->getOperand(kPaddingIdx), variant.padding,
                    getTensorType(call.weight.getType()).getDimSize(0));
    if (!padding)
      return padding.error();
    call.paddingRow = *padding;
  }
  return call;
}

} // namespace recflex::torch
