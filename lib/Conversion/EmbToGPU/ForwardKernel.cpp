//===- ForwardKernel.cpp - One kernel for all features --------------------===//

#include "TileFaults.h"

#include "recflex/Runtime/KernelABI.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace recflex {

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

namespace {
/// Emits recflex_forward, or its checked twin.
class ForwardKernel {
public:
  ForwardKernel(gpu::GPUModuleOp module, const KernelPlan &plan,
                const SharedMemory &shared)
      : module(module), plan(plan), shared(shared),
        checked(shared.raised != nullptr) {}

  void emit(bool overlaps);

private:
  gpu::GPUFuncOp create();
  /// The feature's rank, its number and the tile of the calling block.
  struct Place {
    Value number, tile;
  };
  Place findPlace(KernelBuilder &b);
  void emitBody(KernelBuilder &b, ArrayRef<func::FuncOp> bodies);
  void emitChecks(KernelBuilder &b);
  Value argument(unsigned number) { return entry->getArgument(number); }

  gpu::GPUModuleOp module;
  const KernelPlan &plan;
  SharedMemory shared;
  bool checked;
  Block *entry = nullptr;
};
} // namespace

gpu::GPUFuncOp ForwardKernel::create() {
  MLIRContext *context = module.getContext();
  Type i32 = IntegerType::get(context, 32), i64 = IntegerType::get(context, 64);
  Type pointer = LLVM::LLVMPointerType::get(context, 1);
  SmallVector<Type> parameters = {pointer, i32,     pointer, pointer,
                                  pointer, pointer, pointer, pointer,
                                  i64,     i32,     i32};
  if (checked)
    parameters.append({i64, pointer, i32, i32});
  gpu::GPUFuncOp kernel = createKernel(
      module, checked ? abi::kForwardCheckedKernel : abi::kForwardKernel,
      parameters, plan.threads);
  kernel->setAttr(NVVM::NVVMDialect::getMinctasmAttrName(),
                  IntegerAttr::get(i32, plan.blocksPerSM));
  return kernel;
}

ForwardKernel::Place ForwardKernel::findPlace(KernelBuilder &b) {
  Type i32 = b.getI32Type();
  Value count = argument(1), order = argument(2), starts = argument(3);
  Value block = b.blockId();
  Value rank =
      findLast(b, starts, i32, count, block, b.modulo(b.threadId(), 32));
  Value start = b.load(i32, b.gep(starts, i32, rank), 4);
  return {b.load(i32, b.gep(order, i32, rank), 4), b.sub(block, start)};
}

void ForwardKernel::emitBody(KernelBuilder &b, ArrayRef<func::FuncOp> bodies) {
  Place place = findPlace(b);
  Descriptor descriptor = loadDescriptor(b, argument(0), place.number);
  TileArguments tile;
  tile.table = descriptor.table;
  tile.rows = descriptor.rows;
  tile.feature = descriptor.feature;
  tile.column = descriptor.column;
  tile.tile = place.tile;
  tile.values = argument(4);
  tile.offsets = argument(5);
  tile.weights = argument(6);
  tile.output = argument(7);
  // Fewer than 2^31 columns: a 32-bit stride multiplies in one instruction.
  tile.outputStride = b.narrow(argument(8));
  tile.outputFormat = argument(9);
  tile.batch = argument(10);
  if (checked) {
    tile.lookups = argument(11);
    tile.zeros = b.gep(argument(12), b.getI8Type(),
                       b.i32(offsetof(abi::CheckState, zeros)));
  }
  callBodies(b, bodies, descriptor.body, packTile(tile, checked));
}

/// Behind the body: if it raised the flag, looks for the faults. Finds the
/// block's place again rather than keep it in registers.
void ForwardKernel::emitChecks(KernelBuilder &b) {
  b.barrier();
  Value raised = b.load(b.getI32Type(),
                        LLVM::AddressOfOp::create(b, shared.raised), 4);
  b.guarded(b.below(b.i32(0), raised), [&] {
    FaultArguments faults;
    faults.descriptors = argument(0);
    faults.values = argument(4);
    faults.offsets = argument(5);
    faults.output = argument(7);
    faults.outputStride = argument(8);
    faults.outputFormat = argument(9);
    faults.batch = argument(10);
    faults.lookups = argument(11);
    faults.state = argument(12);
    faults.capacity = argument(13);
    faults.zeroBags = argument(14);
    faults.indexType = b.getIntegerType(8 * byteSize(plan.indexType));
    Place place = findPlace(b);
    emitTileFaults(b, faults, place.number, place.tile, plan.threads);
  });
}

void ForwardKernel::emit(bool overlaps) {
  SmallVector<func::FuncOp> bodies;
  for (auto [number, body] : llvm::enumerate(plan.bodies))
    bodies.push_back(emitBodyFunction(module, body, number, shared));
  gpu::GPUFuncOp kernel = create();
  entry = &kernel.getBody().front();
  OpBuilder builder = OpBuilder::atBlockTerminator(entry);
  KernelBuilder b(kernel.getLoc(), builder);

  if (overlaps)
    emitGridWait(b); // for order and starts
  // The grid is an upper bound; blocks past the last tile have nothing to do.
  Value total = b.load(b.getI32Type(),
                       b.gep(argument(3), b.getI32Type(), argument(1)), 4);
  b.guarded(b.less(b.blockId(), total), [&] {
    if (checked) {
      b.guarded(b.equal(b.threadId(), b.i32(0)), [&] {
        b.store(b.i32(0), LLVM::AddressOfOp::create(b, shared.raised), 4);
      });
      b.barrier();
    }
    emitBody(b, bodies);
    if (checked)
      emitChecks(b);
  });
}

void emitForwardKernels(gpu::GPUModuleOp module, const KernelPlan &plan,
                        bool overlaps) {
  MLIRContext *context = module.getContext();
  SharedMemory shared;
  if (plan.sharedBytes)
    shared.rows = createShared(module, "recflex_shared",
                               Float32Type::get(context), plan.sharedBytes / 4);
  ForwardKernel(module, plan, shared).emit(overlaps);
  shared.raised = createShared(module, "recflex_raised",
                               IntegerType::get(context, 32), /*count=*/1);
  ForwardKernel(module, plan, shared).emit(overlaps);
}

} // namespace recflex
