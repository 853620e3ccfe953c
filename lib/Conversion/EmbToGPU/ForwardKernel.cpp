//===- ForwardKernel.cpp - One kernel for all features --------------------===//

#include "BlockBinding.h"
#include "CheckedTile.h"

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
  Value table, feature, body, column;
};
} // namespace

static Descriptor loadDescriptor(KernelBuilder &b, Value descriptors,
                                 Value number) {
  using abi::FeatureDescriptor;
  static_assert(offsetof(FeatureDescriptor, feature) == 16 &&
                    offsetof(FeatureDescriptor, body) == 20 &&
                    offsetof(FeatureDescriptor, column) == 24,
                "one 16-byte load takes feature, body and column");
  Value base = entryAt(b, descriptors, number, sizeof(FeatureDescriptor));
  Descriptor descriptor;
  Value address = b.loadInvariant(b.getI64Type(), base, 8);
  descriptor.table =
      LLVM::IntToPtrOp::create(b, descriptors.getType(), address);
  auto quad = VectorType::get(4, b.getI32Type());
  Value fields = b.loadInvariant(
      quad,
      b.gep(base, b.getI8Type(), b.i32(offsetof(FeatureDescriptor, feature))),
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
  auto choice =
      scf::IndexSwitchOp::create(b, TypeRange(), index, cases, cases.size());
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

/// What distinguishes the forward kernels.
struct Variant {
  const char *name;
  bool anyFormat;
  enum { unchecked, checked, checkedIfAsked } checks;
  bool profiled = false; ///< takes `clocks` as its last argument
};

class ForwardKernel {
public:
  ForwardKernel(gpu::GPUModuleOp module, const KernelPlan &plan,
                const Variant &variant, ArrayRef<func::FuncOp> bodies)
      : module(module), plan(plan), variant(variant), bodies(bodies) {}

  void emit(bool overlaps);

private:
  gpu::GPUFuncOp create();
  void emitTile(KernelBuilder &b);
  void emitBody(KernelBuilder &b, Value number, Value tile);
  void emitProfiledTile(KernelBuilder &b);

  gpu::GPUModuleOp module;
  const KernelPlan &plan;
  const Variant &variant;
  ArrayRef<func::FuncOp> bodies;
  ForwardArguments arguments;
  std::unique_ptr<BlockBinding> binding;
  Value clocks;
};

} // namespace

gpu::GPUFuncOp ForwardKernel::create() {
  MLIRContext *context = module.getContext();
  SmallVector<Type> types = ForwardArguments::types(context);
  if (variant.profiled)
    types.push_back(LLVM::LLVMPointerType::get(context, 1));
  gpu::GPUFuncOp kernel =
      createKernel(module, variant.name, types, plan.threads);
  kernel->setAttr(
      NVVM::NVVMDialect::getMinctasmAttrName(),
      IntegerAttr::get(IntegerType::get(context, 32), plan.blocksPerSM));
  Block &entry = kernel.getBody().front();
  if (variant.profiled)
    clocks = entry.getArguments().back();
  arguments = ForwardArguments::of(
      entry, IntegerType::get(context, 8 * byteSize(plan.indexType)));
  return kernel;
}

void ForwardKernel::emitBody(KernelBuilder &b, Value number, Value tileNumber) {
  Descriptor descriptor = loadDescriptor(b, arguments.descriptors, number);
  TileArguments tile;
  tile.table = descriptor.table;
  tile.feature = descriptor.feature;
  tile.column = descriptor.column;
  tile.tile = tileNumber;
  tile.values = arguments.values;
  tile.offsets = arguments.offsets;
  tile.weights = arguments.weights;
  tile.output = arguments.output;
  // Fewer than 2^31 columns: a 32-bit stride multiplies in one instruction.
  tile.outputStride = b.narrow(arguments.outputStride);
  if (variant.anyFormat)
    tile.outputFormat = arguments.outputFormat;
  tile.batch = arguments.batch;
  if (plan.scratchBytes)
    tile.scratch = b.gep(arguments.scratch, b.getI8Type(),
                         loadField(b, arguments.descriptors, number,
                                   offsetof(abi::FeatureDescriptor, scratch)));
  callBodies(b, bodies, descriptor.body, packTile(tile));
}

void ForwardKernel::emitTile(KernelBuilder &b) {
  BoundTile bound = binding->find(b);
  Value number = bound.number, tile = bound.tile;
  if (variant.checks == Variant::unchecked)
    return emitBody(b, number, tile);

  CheckedTile checked(b, arguments, number, tile, plan.threads);
  Value wanted = arith::ConstantIntOp::create(b, b.getI1Type(), 1);
  if (variant.checks == Variant::checkedIfAsked)
    wanted = b.equal(b.isNull(arguments.state),
                     arith::ConstantIntOp::create(b, b.getI1Type(), 0));
  b.choose(
      checked.isBad(wanted), [&] { checked.pool(); },
      [&] { emitBody(b, number, tile); });
}

/// The clock when the first thread begins, and when the last has ended.
void ForwardKernel::emitProfiledTile(KernelBuilder &b) {
  Type i64 = b.getI64Type();
  Value isProfiled = b.equal(b.isNull(clocks), b.boolean(false));
  auto writeClock = [&](int64_t place) {
    Value isFirst = b.equal(b.threadId(), b.i32(0));
    b.guarded(b.both(isProfiled, isFirst), [&] {
      Value entry = b.gep(clocks, i64, b.mul(b.widen(b.blockId()), b.i64(2)));
      b.store(NVVM::Clock64Op::create(b, i64), b.gep(entry, i64, b.i32(place)),
              8);
    });
  };
  writeClock(0);
  emitTile(b);
  b.guarded(isProfiled, [&] { b.barrier(); });
  writeClock(1);
}

void ForwardKernel::emit(bool overlaps) {
  gpu::GPUFuncOp kernel = create();
  OpBuilder builder = OpBuilder::atBlockTerminator(&kernel.getBody().front());
  KernelBuilder b(kernel.getLoc(), builder);
  binding = makeBinding(plan, arguments);
  if (overlaps && binding->readsKernelAhead())
    emitGridWait(b);
  binding->forBoundBlocks(
      b, [&] { variant.profiled ? emitProfiledTile(b) : emitTile(b); });
}

static LLVM::GlobalOp createSharedMemory(gpu::GPUModuleOp module,
                                         const KernelPlan &plan) {
  if (plan.sharedBytes == 0)
    return {};
  return createShared(module, "recflex_shared",
                      Float32Type::get(module.getContext()),
                      plan.sharedBytes / 4);
}

static SmallVector<func::FuncOp> emitBodies(gpu::GPUModuleOp module,
                                            const KernelPlan &plan,
                                            LLVM::GlobalOp shared,
                                            bool anyFormat) {
  SmallVector<func::FuncOp> bodies;
  for (auto [number, body] : llvm::enumerate(plan.bodies))
    bodies.push_back(emitBodyFunction(module, body, number, shared, anyFormat));
  return bodies;
}

void emitForwardKernels(gpu::GPUModuleOp module, const KernelPlan &plan,
                        bool overlaps) {
  LLVM::GlobalOp shared = createSharedMemory(module, plan);
  SmallVector<func::FuncOp> usual =
      emitBodies(module, plan, shared, /*anyFormat=*/false);
  SmallVector<func::FuncOp> any =
      emitBodies(module, plan, shared, /*anyFormat=*/true);
  for (const Variant &variant :
       {Variant{abi::kForwardKernel, false, Variant::unchecked},
        Variant{abi::kForwardCheckedKernel, false, Variant::checked},
        Variant{abi::kForwardAnyKernel, true, Variant::checkedIfAsked}})
    ForwardKernel(module, plan, variant, variant.anyFormat ? any : usual)
        .emit(overlaps);
}

void emitPaletteKernels(gpu::GPUModuleOp module, const KernelPlan &plan,
                        bool withForward, bool overlaps) {
  LLVM::GlobalOp shared = createSharedMemory(module, plan);
  SmallVector<func::FuncOp> bodies =
      emitBodies(module, plan, shared, /*anyFormat=*/false);
  auto emit = [&](const Variant &variant) {
    ForwardKernel(module, plan, variant, bodies).emit(overlaps);
  };
  if (withForward)
    emit({abi::kForwardKernel, false, Variant::unchecked});
  emit({abi::kForwardProfiledKernel, false, Variant::unchecked,
        /*profiled=*/true});
}

} // namespace recflex
