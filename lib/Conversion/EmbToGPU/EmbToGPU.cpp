//===- EmbToGPU.cpp - The pass that builds kernels ------------------------===//

#include "Kernels.h"

#include "recflex/Conversion/Passes.h"
#include "recflex/Dialect/Emb/IR/Remark.h"
#include "recflex/Runtime/KernelABI.h"

#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/SymbolTable.h"

using namespace mlir;

namespace recflex {

#define GEN_PASS_DEF_CONVERTEMBTOGPUPASS
#include "recflex/Conversion/Passes.h.inc"

gpu::GPUFuncOp createKernel(gpu::GPUModuleOp module, StringRef name,
                            ArrayRef<Type> arguments, int64_t threads) {
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  Location loc = module.getLoc();
  auto kernel = gpu::GPUFuncOp::create(builder, loc, name,
                                       builder.getFunctionType(arguments, {}));
  kernel->setAttr(gpu::GPUDialect::getKernelFuncAttrName(),
                  builder.getUnitAttr());
  kernel.setKnownBlockSizeAttr(
      builder.getDenseI32ArrayAttr({static_cast<int32_t>(threads), 1, 1}));
  builder.setInsertionPointToEnd(&kernel.getBody().front());
  gpu::ReturnOp::create(builder, loc);
  return kernel;
}

LLVM::GlobalOp createShared(gpu::GPUModuleOp module, StringRef name,
                            Type element, int64_t count) {
  OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
  return LLVM::GlobalOp::create(
      builder, module.getLoc(), LLVM::LLVMArrayType::get(element, count),
      /*isConstant=*/false, LLVM::Linkage::Internal, name,
      /*value=*/Attribute(), /*alignment=*/16,
      static_cast<unsigned>(NVVM::NVVMMemorySpace::Shared));
}

/// Every schedule must be able to emit its body, and scratch to be addressed.
static LogicalResult checkBodies(emb::FusedLookupOp op,
                                 const KernelPlan &plan) {
  for (const PlannedBody &body : plan.bodies)
    if (!isa<emb::ScheduleBodyInterface>(body.schedule))
      return op.emitOpError("schedule ")
             << body.schedule
             << " emits no code: load the library that implements "
                "ScheduleBodyInterface for it";
  if (plan.scratchBytes > INT32_MAX)
    return op.emitOpError("needs ")
           << plan.scratchBytes << " bytes of scratch a sample, more than "
           << INT32_MAX
           << "; give fewer features #emb.multi_block, or less "
              "'parts'";
  return success();
}

/// Says which bodies the features share.
static void remarkBodies(emb::FusedLookupOp op, const KernelPlan &plan) {
  auto remark = remark::analysis(
      op.getLoc(), emb::remarkOn(op, "kernel-planned", "convert-emb-to-gpu"));
  if (!remark)
    return;
  std::vector<int64_t> features(plan.bodies.size());
  for (const PlannedFeature &feature : plan.features)
    ++features[feature.body];
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "features: " << plan.features.size()
     << ", bodies: " << plan.bodies.size() << ": ";
  llvm::interleaveComma(llvm::zip_equal(plan.bodies, features), os,
                        [&](auto pair) {
                          auto &[body, count] = pair;
                          os << body.getName() << " (" << count << ")";
                        });
  os << "; " << plan.sharedBytes << " bytes of shared memory a block, "
     << plan.scratchBytes << " of scratch a sample";
  using Arg = remark::detail::Remark::Arg;
  remark << text << Arg("Features", plan.features.size())
         << Arg("Bodies", plan.bodies.size())
         << Arg("SharedBytes", plan.sharedBytes)
         << Arg("ScratchBytes", plan.scratchBytes);
}

namespace {
struct ConvertEmbToGPU : impl::ConvertEmbToGPUPassBase<ConvertEmbToGPU> {
  using ConvertEmbToGPUPassBase::ConvertEmbToGPUPassBase;

  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    SmallVector<emb::FusedLookupOp> lookups;
    getOperation().walk([&](emb::FusedLookupOp op) { lookups.push_back(op); });

    bool overlaps = abi::overlapsKernels(chip);
    for (emb::FusedLookupOp op : lookups) {
      if (op.getKernelAttr())
        continue;
      if (op->getParentOfType<ModuleOp>() != getOperation()) {
        op.emitOpError("stands in a module inside this one; run the pass on "
                       "that module");
        return signalPassFailure();
      }
      KernelPlan plan = KernelPlan::build(op);
      if (failed(checkBodies(op, plan)))
        return signalPassFailure();
      remarkBodies(op, plan);
      OpBuilder builder(&getContext());
      auto module =
          gpu::GPUModuleOp::create(builder, op.getLoc(), "recflex_kernels");
      module.setTargetsAttr(
          builder.getArrayAttr(emb::TargetAttr::get(&getContext(), chip)));
      StringAttr name = symbols.insert(module);
      op.setKernelAttr(SymbolRefAttr::get(name));
      emitScanKernels(module, plan, overlaps);
      emitExpandOffsets(module, plan, overlaps);
      emitCopyViews(module, plan, overlaps);
      if (!plan.fixed)
        emitBindKernels(module, plan, overlaps);
      emitForwardKernels(module, plan, overlaps);
    }
    if (!lookups.empty())
      getOperation()->setAttr(gpu::GPUDialect::getContainerModuleAttrName(),
                              UnitAttr::get(&getContext()));
  }
};
} // namespace

} // namespace recflex
