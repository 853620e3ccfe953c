//===- LaunchEmitter.cpp - The kernels of a batch, from IR ----------------===//

#include "LaunchEmitter.h"

#include "DescriptorGlobal.h"
#include "MemrefAddress.h"

#include "recflex/Conversion/EmbToGPU/KernelPlan.h"
#include "recflex/Runtime/Workspace.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

#include <map>

using namespace mlir;

namespace recflex {

/// Tables, and rows that are written in vectors, are aligned to this.
constexpr int64_t kRowAlignment = 16;

LaunchEmitter::LaunchEmitter(emb::LaunchOp op, SymbolTable &symbols)
    : op(op), symbols(symbols), b(op.getLoc(), op) {}

//===----------------------------------------------------------------------===//
// What can be launched
//===----------------------------------------------------------------------===//

LogicalResult LaunchEmitter::checkMemref(Value value, StringRef name) {
  auto type = cast<MemRefType>(value.getType());
  if (!isDense(type))
    return op.emitOpError()
           << name << " has type " << type
           << "; kernels read it without gaps: bufferize with "
              "function-boundary-type-conversion=identity-layout-map";
  return success();
}

LogicalResult LaunchEmitter::check() {
  if (op.getResult())
    return op.emitOpError("works on tensors; run -one-shot-bufferize first");
  if (!op->getParentOfType<FunctionOpInterface>())
    return op.emitOpError("stands in no function; kernels are launched by one");
  Operation *kernels = symbols.lookup(op.getKernels().getRootReference());
  if (!isa_and_nonnull<gpu::GPUModuleOp, gpu::BinaryOp>(kernels))
    return op.emitOpError("launches kernels of ")
           << op.getKernels()
           << ", which is no gpu.module and no gpu.binary here; "
              "-convert-emb-to-gpu makes them";
  if (failed(checkMemref(op.getValues(), "values")) ||
      failed(checkMemref(op.getOffsets(), "offsets")) ||
      (op.getWeights() && failed(checkMemref(op.getWeights(), "weights"))))
    return failure();
  for (auto [i, table] : llvm::enumerate(op.getTables())) {
    std::string name = ("table " + Twine(i)).str();
    if (failed(checkMemref(table, name)))
      return failure();
    if (!isOffsetAligned(cast<MemRefType>(table.getType()), kRowAlignment))
      return op.emitOpError()
             << name << " has type " << table.getType() << "; it must begin at "
             << "a multiple of " << kRowAlignment << " bytes, known here: copy "
             << "it to a buffer of its own";
  }
  auto rows = cast<MemRefType>(op.getRows().getType());
  std::optional<Strides> strides = getStrides(rows);
  if (!strides || strides->strides.back() != 1)
    return op.emitOpError("writes to ")
           << rows
           << "; the columns of a row must lie side by side: bufferize "
              "with function-boundary-type-conversion="
              "identity-layout-map";
  return success();
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

Value LaunchEmitter::index(int64_t value) {
  return arith::ConstantIndexOp::create(b, value);
}

Value LaunchEmitter::i32(int64_t value) {
  return arith::ConstantIntOp::create(b, b.getI32Type(), value);
}

static Type pointerType(MLIRContext *context) {
  return LLVM::LLVMPointerType::get(context, /*addressSpace=*/1);
}

Value LaunchEmitter::pointer(Value memref) {
  return LLVM::IntToPtrOp::create(b, pointerType(b.getContext()),
                                  emitAddress(b, memref));
}

Value LaunchEmitter::null() {
  return LLVM::ZeroOp::create(b, pointerType(b.getContext()));
}

void LaunchEmitter::emitSizes() {
  Value zero = index(0);
  Value entries = memref::DimOp::create(b, op.getOffsets(), zero);
  Value bags = arith::SubIOp::create(b, entries, index(1));
  batch = arith::DivUIOp::create(b, bags, index(op.getKeys()));
  batch32 = arith::IndexCastOp::create(b, b.getI32Type(), batch);
  Value length = memref::DimOp::create(b, op.getValues(), zero);
  lookups = arith::IndexCastOp::create(b, b.getI64Type(), length);
  features = i32(descriptors.size());
}

//===----------------------------------------------------------------------===//
// The workspace
//===----------------------------------------------------------------------===//

/// The descriptors in the host's memory, with the tables' addresses. On the
/// stack: the copy to the device may be enqueued, and freeing would wait for
/// it. Where the function begins, if the tables are there: in a loop the stack
/// would grow, and behind other kernels -gpu-async-region would wait for them
/// first.
Value LaunchEmitter::emitHostDescriptors() {
  memref::GlobalOp global = createDescriptorGlobal(
      symbols, op.getLoc(), op.getKernels().getLeafReference(), descriptors);
  MemRefType type = global.getType();
  Block *entry =
      &op->getParentOfType<FunctionOpInterface>().getFunctionBody().front();
  OpBuilder::InsertionGuard guard(b);
  OpBuilder::InsertPoint here = b.saveInsertionPoint();
  b.setInsertionPointToStart(entry);
  Value host = memref::AllocaOp::create(b, type);
  auto isArgument = [&](Value table) {
    auto argument = dyn_cast<BlockArgument>(table);
    return argument && argument.getOwner() == entry;
  };
  if (!llvm::all_of(op.getTables(), isArgument))
    b.restoreInsertionPoint(here);
  Value contents = memref::GetGlobalOp::create(b, type, global.getSymName());
  memref::CopyOp::create(b, contents, host);
  SmallVector<Value> addresses;
  for (Value table : op.getTables())
    addresses.push_back(emitAddress(b, table));
  Value first = index(0);
  for (auto [i, feature] : llvm::enumerate(manifest.features))
    memref::StoreOp::create(b, addresses[feature.table], host,
                            ValueRange{index(i), first});
  return host;
}

LaunchEmitter::Workspace LaunchEmitter::emitWorkspace() {
  Value host = emitHostDescriptors();
  // The runtime's arrays, and the descriptors, which it keeps with the tables.
  std::vector<WorkspaceArray> arrays =
      workspaceArrays(manifest, ContextOptions());
  recflex::Workspace places = placeWorkspace(arrays, /*base=*/0);
  int64_t bytes = workspaceBytes(arrays), descriptorsAt = bytes;
  bytes += llvm::alignTo(descriptors.size() * sizeof(abi::FeatureDescriptor),
                         kWorkspaceAlignment);
  int64_t scratchAt = bytes;

  Value scratchWords;
  SmallVector<Value> size;
  if (manifest.scratchBytes) {
    scratchWords =
        arith::MulIOp::create(b, batch, index(manifest.scratchBytes / 4));
    Value scratchBytes = arith::MulIOp::create(b, scratchWords, index(4));
    size.push_back(arith::AddIOp::create(b, scratchBytes, index(bytes)));
    bytes = ShapedType::kDynamic;
  }
  Workspace workspace;
  workspace.memory =
      gpu::AllocOp::create(b, MemRefType::get(bytes, b.getI8Type()),
                           /*asyncToken=*/Type(), ValueRange(), size,
                           /*symbolOperands=*/ValueRange())
          .getMemref();
  auto view = [&](int64_t at, ArrayRef<int64_t> shape, Type element,
                  ValueRange sizes = {}) -> Value {
    return memref::ViewOp::create(b, MemRefType::get(shape, element),
                                  workspace.memory, index(at), sizes);
  };
  auto count = static_cast<int64_t>(descriptors.size());
  Type number = b.getI32Type();
  workspace.keys = view(places.keys, 2 * abi::paddedFeatures(count), number);
  workspace.order = view(places.order, count, number);
  workspace.starts = view(places.starts, count + 1, number);
  workspace.descriptors =
      view(descriptorsAt, {count, kDescriptorWords}, b.getI64Type());
  gpu::MemcpyOp::create(b, /*asyncToken=*/Type(), ValueRange(),
                        workspace.descriptors, host);
  if (scratchWords) {
    workspace.scratch =
        view(scratchAt, ShapedType::kDynamic, number, scratchWords);
    gpu::MemsetOp::create(b, /*asyncToken=*/Type(), ValueRange(),
                          workspace.scratch, i32(0));
  }
  return workspace;
}

//===----------------------------------------------------------------------===//
// Launches
//===----------------------------------------------------------------------===//

void LaunchEmitter::launch(const char *kernel, Value blocks, int64_t threads,
                           ValueRange operands) {
  SmallVector<FlatSymbolRefAttr> path{
      FlatSymbolRefAttr::get(b.getContext(), kernel)};
  Value one = index(1);
  gpu::LaunchFuncOp::create(
      b, SymbolRefAttr::get(op.getKernels().getRootReference(), path),
      gpu::KernelDim3{blocks, one, one},
      gpu::KernelDim3{index(threads), one, one},
      /*dynamicSharedMemorySize=*/Value(), operands,
      /*asyncTokenType=*/Type());
}

void LaunchEmitter::emitBinding(const Workspace &workspace) {
  constexpr int64_t featuresPerBlock = abi::kBindThreads / abi::kWarpSize;
  int64_t padded = abi::paddedFeatures(descriptors.size());
  Value grid = index(llvm::divideCeil(padded, featuresPerBlock));
  Value keys = pointer(workspace.keys);
  launch(abi::kBindKeysKernel, grid, abi::kBindThreads,
         {pointer(workspace.descriptors), features, pointer(op.getOffsets()),
          batch32, keys});
  launch(abi::kBindOrderKernel, grid, abi::kBindThreads,
         {features, keys, pointer(workspace.order), pointer(workspace.starts)});
}

/// Tiles of all features, and at least one block, for a grid of none is an
/// error: blocks past the last tile do nothing.
Value LaunchEmitter::emitBlocks() {
  std::map<int64_t, int64_t> columnTiles;
  for (const abi::FeatureDescriptor &d : descriptors)
    columnTiles[d.samplesPerTile] += d.columnTiles;
  Value blocks = index(1);
  Value tiles;
  for (auto [samples, columns] : columnTiles) {
    Value covering = arith::AddIOp::create(b, batch, index(samples - 1));
    Value cuts = arith::DivUIOp::create(b, covering, index(samples));
    Value part = arith::MulIOp::create(b, cuts, index(columns));
    tiles = tiles ? arith::AddIOp::create(b, tiles, part).getResult() : part;
  }
  return arith::MaxUIOp::create(b, tiles, blocks);
}

LaunchEmitter::RowsFormat LaunchEmitter::emitFormat(Value address,
                                                    Value stride) {
  constexpr int32_t narrow = abi::kUsualFormat & ~abi::kWideRows;
  auto type = cast<MemRefType>(op.getRows().getType());
  std::optional<Strides> known = getStrides(type);
  bool strideKnown = !ShapedType::isDynamic(known->strides.front());
  bool offsetKnown = !ShapedType::isDynamic(known->offset);
  if (strideKnown && known->strides.front() % abi::kOutputVector != 0)
    return {i32(narrow), false};
  if (isBaseAligned(op.getRows(), kRowAlignment) && strideKnown && offsetKnown)
    return isOffsetAligned(type, kRowAlignment)
               ? RowsFormat{i32(abi::kUsualFormat), true}
               : RowsFormat{i32(narrow), false};

  auto i64 = [&](int64_t value) -> Value {
    return arith::ConstantIntOp::create(b, b.getI64Type(), value);
  };
  // In bytes both are multiples of kRowAlignment.
  Value rowBytes = arith::MulIOp::create(b, stride, i64(sizeof(float)));
  Value bits = arith::OrIOp::create(b, address, rowBytes);
  Value rest = arith::AndIOp::create(b, bits, i64(kRowAlignment - 1));
  Value isWide =
      arith::CmpIOp::create(b, arith::CmpIPredicate::eq, rest, i64(0));
  return {
      arith::SelectOp::create(b, isWide, i32(abi::kUsualFormat), i32(narrow)),
      std::nullopt};
}

void LaunchEmitter::emitForward(const Workspace &workspace) {
  Value address = emitAddress(b, op.getRows());
  Value stride = arith::IndexCastOp::create(b, b.getI64Type(),
                                            emitRowStride(b, op.getRows()));
  RowsFormat format = emitFormat(address, stride);
  Value blocks = emitBlocks();
  Value none = null(), zero = i32(0);
  SmallVector<Value> operands{
      pointer(workspace.descriptors),
      features,
      pointer(workspace.order),
      pointer(workspace.starts),
      pointer(op.getValues()),
      pointer(op.getOffsets()),
      op.getWeights() ? pointer(op.getWeights()) : none,
      LLVM::IntToPtrOp::create(b, pointerType(b.getContext()), address),
      stride,
      format.format,
      batch32,
      lookups,
      /*state=*/none,
      /*capacity=*/zero,
      /*zeroBags=*/zero,
      /*views=*/none,
      workspace.scratch ? pointer(workspace.scratch) : none};
  auto launchUsual = [&] {
    launch(abi::kForwardKernel, blocks, manifest.threads, operands);
  };
  auto launchAny = [&] {
    launch(abi::kForwardAnyKernel, blocks, manifest.threads, operands);
  };
  if (format.usual)
    return *format.usual ? launchUsual() : launchAny();

  Value isUsual = arith::CmpIOp::create(b, arith::CmpIPredicate::eq,
                                        format.format, i32(abi::kUsualFormat));
  auto choice = scf::IfOp::create(b, isUsual, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(choice.thenBlock());
  launchUsual();
  b.setInsertionPointToStart(choice.elseBlock());
  launchAny();
}

void LaunchEmitter::emit() {
  KernelPlan plan = KernelPlan::build(op);
  plan.describe(manifest, op.getTables().getTypes());
  descriptors = makeDescriptors(manifest);
  emitSizes();
  Workspace workspace = emitWorkspace();
  emitBinding(workspace);
  emitForward(workspace);
  gpu::DeallocOp::create(b, /*asyncToken=*/Type(), ValueRange(),
                         workspace.memory);
}

} // namespace recflex
