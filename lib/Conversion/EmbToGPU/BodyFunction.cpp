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

SmallVector<Value> packTile(const TileArguments &tile) {
  return {tile.table,   tile.feature, tile.column, tile.tile,
          tile.values,  tile.offsets, tile.weights, tile.output,
          tile.outputStride, tile.batch};
}

/// The inverse: packTile's order.
static TileArguments unpackTile(Block &entry) {
  TileArguments tile;
  tile.table = entry.getArgument(0);
  tile.feature = entry.getArgument(1);
  tile.column = entry.getArgument(2);
  tile.tile = entry.getArgument(3);
  tile.values = entry.getArgument(4);
  tile.offsets = entry.getArgument(5);
  tile.weights = entry.getArgument(6);
  tile.output = entry.getArgument(7);
  tile.outputStride = entry.getArgument(8);
  tile.batch = entry.getArgument(9);
  return tile;
}

func::FuncOp emitBodyFunction(gpu::GPUModuleOp module, const PlannedBody &body,
                              size_t number, LLVM::GlobalOp shared) {
  Location loc = module.getLoc();
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  Type i32 = builder.getI32Type();
  Type pointer = LLVM::LLVMPointerType::get(builder.getContext(), 1);
  std::string name = ("body" + Twine(number) + "_" + body.getName()).str();
  llvm::replace(name, ' ', '_');
  auto function = func::FuncOp::create(
      builder, loc, name,
      builder.getFunctionType({pointer, i32, i32, i32, pointer, pointer,
                               pointer, pointer, i32, i32},
                              {}));
  function.setPrivate();
  Block *entry = function.addEntryBlock();
  builder.setInsertionPointToEnd(entry);
  auto end = func::ReturnOp::create(builder, loc);
  builder.setInsertionPoint(end);

  TileArguments tile = unpackTile(*entry);
  KernelBuilder b(loc, builder);
  tile.thread = b.threadId();
  if (shared)
    tile.shared = LLVM::AddressOfOp::create(b, shared);
  BodyBuilder in(loc, builder, body.shape, tile);
  cast<emb::ScheduleBodyInterface>(body.schedule).emitBody(in);
  return function;
}

} // namespace recflex
