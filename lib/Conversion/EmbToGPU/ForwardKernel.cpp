//===- ForwardKernel.cpp - One kernel for all features --------------------===//

#include "Kernels.h"

#include "recflex/Runtime/KernelABI.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace recflex {

static constexpr StringLiteral kSharedName = "recflex_shared";

/// The block's shared memory, as an array of f32; null if no body needs any.
static LLVM::GlobalOp createBodiesShared(gpu::GPUModuleOp module, int64_t bytes) {
  if (bytes == 0)
    return {};
  return createShared(module, kSharedName,
                      Float32Type::get(module.getContext()), bytes / 4);
}

namespace {
/// The fields of an abi::FeatureDescriptor that bodies need.
struct Descriptor {
  Value table, rows, feature, body, column;
};
} // namespace

static Descriptor loadDescriptor(KernelBuilder &b, Value descriptors,
                                 Value number) {
  using abi::FeatureDescriptor;
  static_assert(offsetof(FeatureDescriptor, feature) == 16 &&
                    offsetof(FeatureDescriptor, body) == 20 &&
                    offsetof(FeatureDescriptor, column) == 24,
                "one 16-byte load takes feature, body and column");
  Value bytes =
      b.mul(b.widen(number),
            arith::ConstantIntOp::create(b, b.getI64Type(),
                                         sizeof(FeatureDescriptor)));
  Value base = b.gep(descriptors, b.getI8Type(), bytes);
  Descriptor descriptor;
  Value address = b.loadInvariant(b.getI64Type(), base, 8);
  descriptor.table = LLVM::IntToPtrOp::create(b, descriptors.getType(), address);
  descriptor.rows = b.loadInvariant(
      b.getI64Type(),
      b.gep(base, b.getI8Type(), b.i32(offsetof(FeatureDescriptor, rows))), 8);
  auto quad = VectorType::get(4, b.getI32Type());
  Value fields = b.loadInvariant(
      quad, b.gep(base, b.getI8Type(), b.i32(offsetof(FeatureDescriptor, feature))),
      16);
  descriptor.feature = vector::ExtractOp::create(b, fields, 0);
  descriptor.body = vector::ExtractOp::create(b, fields, 1);
  descriptor.column = vector::ExtractOp::create(b, fields, 2);
  return descriptor;
}

/// One case a body; a single body needs no switch.
static void callBodies(KernelBuilder &b, ArrayRef<func::FuncOp> bodies,
                       Value body, ArrayRef<Value> operands) {
  if (bodies.size() == 1) {
    func::CallOp::create(b, bodies.front(), operands);
    return;
  }
  auto cases = llvm::to_vector(
      llvm::seq<int64_t>(0, static_cast<int64_t>(bodies.size()) - 1));
  Value index = arith::IndexCastOp::create(b, b.getIndexType(), body);
  auto choice = scf::IndexSwitchOp::create(b, TypeRange(), index, cases,
                                           cases.size());
  for (auto [number, function] : llvm::enumerate(bodies)) {
    Region &region = number < cases.size() ? choice.getCaseRegions()[number]
                                           : choice.getDefaultRegion();
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(&region.emplaceBlock());
    func::CallOp::create(b, function, operands);
    scf::YieldOp::create(b);
  }
}

/// recflex_forward, or its checked twin.
static void emitForwardKernel(gpu::GPUModuleOp module, const KernelPlan &plan,
                              bool overlaps, LLVM::GlobalOp shared,
                              bool checked) {
  SmallVector<func::FuncOp> bodies;
  for (auto [number, body] : llvm::enumerate(plan.bodies))
    bodies.push_back(emitBodyFunction(module, body, number, shared, checked));
  MLIRContext *context = module.getContext();
  Type i32 = IntegerType::get(context, 32), i64 = IntegerType::get(context, 64);
  Type pointer = LLVM::LLVMPointerType::get(context, 1);
  SmallVector<Type> parameters = {pointer, i32,     pointer, pointer,
                                  pointer, pointer, pointer, pointer,
                                  i64,     i32,     i32};
  if (checked)
    parameters.append({i64, pointer});
  gpu::GPUFuncOp kernel = createKernel(
      module, checked ? abi::kForwardCheckedKernel : abi::kForwardKernel,
      parameters, plan.threads);
  kernel->setAttr(NVVM::NVVMDialect::getMinctasmAttrName(),
                  IntegerAttr::get(i32, plan.blocksPerSM));

  Block *entry = &kernel.getBody().front();
  OpBuilder builder = OpBuilder::atBlockTerminator(entry);
  KernelBuilder b(kernel.getLoc(), builder);
  Value descriptors = entry->getArgument(0), count = entry->getArgument(1);
  Value order = entry->getArgument(2), starts = entry->getArgument(3);

  TileArguments tile;
  tile.values = entry->getArgument(4);
  tile.offsets = entry->getArgument(5);
  tile.weights = entry->getArgument(6);
  tile.output = entry->getArgument(7);
  // Fewer than 2^31 columns: a 32-bit stride multiplies in one instruction.
  tile.outputStride = b.narrow(entry->getArgument(8));
  tile.outputFormat = entry->getArgument(9);
  tile.batch = entry->getArgument(10);
  if (checked) {
    tile.lookups = entry->getArgument(11);
    tile.checkState = entry->getArgument(12);
  }

  if (overlaps) {
    // Next comes recflex_report_faults, which waits; after recflex_forward it
    // may be anything.
    if (checked)
      emitLaunchDependents(b);
    emitGridWait(b); // for order and starts
  }

  // The grid is an upper bound; blocks past the last tile have nothing to do.
  Value block = b.blockId();
  Value total = b.load(i32, b.gep(starts, i32, count), 4);
  b.guarded(b.less(block, total), [&] {
    Value rank =
        findLast(b, starts, i32, count, block, b.modulo(b.threadId(), 32));
    Value number = b.load(i32, b.gep(order, i32, rank), 4);
    Value start = b.load(i32, b.gep(starts, i32, rank), 4);
    Descriptor descriptor = loadDescriptor(b, descriptors, number);
    tile.table = descriptor.table;
    tile.rows = descriptor.rows;
    tile.feature = descriptor.feature;
    tile.column = descriptor.column;
    tile.tile = b.sub(block, start);
    callBodies(b, bodies, descriptor.body, packTile(tile, checked));
  });
}

void emitForwardKernels(gpu::GPUModuleOp module, const KernelPlan &plan,
                        bool overlaps) {
  LLVM::GlobalOp shared = createBodiesShared(module, plan.sharedBytes);
  emitForwardKernel(module, plan, overlaps, shared, /*checked=*/false);
  emitForwardKernel(module, plan, overlaps, shared, /*checked=*/true);
}

} // namespace recflex
