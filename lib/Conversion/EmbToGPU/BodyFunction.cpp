//===- BodyFunction.cpp - One function a body -----------------------------===//
//
// Bodies are functions until they have been optimised, and only then inlined
// into the kernel's switch. Left in one function, LLVM merges what neighbouring
// cases have in common: code of its own for each width becomes shared code with
// a stride in a register, entered from several places, where lanes of a warp no
// longer meet before a shuffle (ptxas of CUDA 13.0 then keeps that stride in a
// uniform register, which the first lanes through overwrite).
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace recflex {

namespace {
/// One argument of a body function: where it stands, and its type.
struct Parameter {
  Value TileArguments::*member;
  enum Kind { pointer, i32 } kind;
};
} // namespace

/// In the order of the function's arguments.
static constexpr Parameter kParameters[] = {
    {&TileArguments::table, Parameter::pointer},
    {&TileArguments::feature, Parameter::i32},
    {&TileArguments::column, Parameter::i32},
    {&TileArguments::tile, Parameter::i32},
    {&TileArguments::values, Parameter::pointer},
    {&TileArguments::offsets, Parameter::pointer},
    {&TileArguments::weights, Parameter::pointer},
    {&TileArguments::output, Parameter::pointer},
    {&TileArguments::outputStride, Parameter::i32},
    {&TileArguments::batch, Parameter::i32},
};
static constexpr Parameter kFormat = {&TileArguments::outputFormat,
                                      Parameter::i32};
static constexpr Parameter kScratch = {&TileArguments::scratch,
                                       Parameter::pointer};

/// The format is for bodies that write any, the scratch for kernels with some.
static SmallVector<Parameter> parametersOf(bool anyFormat, bool hasScratch) {
  SmallVector<Parameter> parameters(ArrayRef<Parameter>{kParameters});
  if (anyFormat)
    parameters.push_back(kFormat);
  if (hasScratch)
    parameters.push_back(kScratch);
  return parameters;
}

SmallVector<Value> packTile(const TileArguments &tile) {
  return llvm::map_to_vector(
      parametersOf(tile.outputFormat != nullptr, tile.scratch != nullptr),
      [&](const Parameter &parameter) { return tile.*parameter.member; });
}

static Type typeOf(Parameter::Kind kind, Builder &builder) {
  switch (kind) {
  case Parameter::pointer:
    return LLVM::LLVMPointerType::get(builder.getContext(), 1);
  case Parameter::i32:
    return builder.getI32Type();
  }
  llvm_unreachable("unknown kind of parameter");
}

func::FuncOp emitBodyFunction(gpu::GPUModuleOp module, const PlannedBody &body,
                              size_t number, LLVM::GlobalOp shared,
                              bool anyFormat) {
  Location loc = module.getLoc();
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  std::string name = ("body" + Twine(number) + "_" + body.getName()).str();
  if (anyFormat)
    name += "_any";
  llvm::replace(name, ' ', '_');
  SmallVector<Parameter> parameters =
      parametersOf(anyFormat, body.shape.scratchStride != 0);
  auto types = llvm::map_to_vector(parameters, [&](const Parameter &parameter) {
    return typeOf(parameter.kind, builder);
  });
  auto function = func::FuncOp::create(builder, loc, name,
                                       builder.getFunctionType(types, {}));
  function.setPrivate();
  Block *entry = function.addEntryBlock();
  builder.setInsertionPointToEnd(entry);
  auto end = func::ReturnOp::create(builder, loc);
  builder.setInsertionPoint(end);

  TileArguments tile;
  for (auto [parameter, argument] :
       llvm::zip_equal(parameters, entry->getArguments()))
    tile.*parameter.member = argument;
  KernelBuilder b(loc, builder);
  tile.thread = b.threadId();
  if (shared)
    tile.shared = LLVM::AddressOfOp::create(b, shared);
  BodyShape shape = body.shape;
  shape.anyFormat = anyFormat;
  BodyBuilder in(loc, builder, shape, tile);
  cast<emb::ScheduleBodyInterface>(body.schedule).emitBody(in);
  return function;
}

} // namespace recflex
