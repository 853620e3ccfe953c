//===- Palette.cpp - One kernel for many assignments ----------------------===//

#include "recflex/Conversion/EmbToGPU/Palette.h"

#include "Kernels.h"

#include "recflex/Conversion/Passes.h"
#include "recflex/Target/PTX.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"

using namespace mlir;

namespace recflex {

/// The plan of `spec`, its schedules in `context`; none if one is not valid.
static FailureOr<KernelPlan> makePlan(const PaletteSpec &spec,
                                      MLIRContext *context) {
  KernelPlan plan;
  plan.indexType = spec.indexType;
  plan.threads = spec.threads;
  plan.blocksPerSM = spec.blocks;
  Location loc = UnknownLoc::get(context);
  for (const PaletteSpec::Body &body : spec.bodies) {
    auto schedule = dyn_cast_if_present<emb::ScheduleAttrInterface>(
        parseAttribute(body.schedule, context));
    if (!schedule || !isa<emb::ScheduleBodyInterface>(schedule))
      return emitError(loc) << body.schedule << " is no schedule with a body";
    plan.addBody({schedule, body.shape});
  }
  plan.setScratch(spec.scratchBytes);
  plan.fixed = spec.fixed;
  return plan;
}

static FailureOr<std::string> compile(const PaletteSpec &spec,
                                      MLIRContext *context) {
  Location loc = UnknownLoc::get(context);
  FailureOr<KernelPlan> plan = makePlan(spec, context);
  if (failed(plan))
    return failure();
  OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
  OpBuilder builder = OpBuilder::atBlockEnd(module->getBody());
  auto kernels = gpu::GPUModuleOp::create(builder, loc, "recflex_palette");
  kernels.setTargetsAttr(
      builder.getArrayAttr(emb::TargetAttr::get(context, spec.chip)));
  bool overlaps = abi::overlapsKernels(spec.chip);
  if (!plan->fixed)
    emitBindKernels(kernels, *plan, overlaps);
  emitPaletteKernels(kernels, *plan, spec.withForward, overlaps);
  (*module)->setAttr(gpu::GPUDialect::getContainerModuleAttrName(),
                     builder.getUnitAttr());

  PassManager passes(context);
  passes.addPass(createConvertEmbKernelsToNVVMPass());
  if (failed(passes.run(*module)))
    return failure();
  llvm::LLVMContext llvmContext;
  PTXOptions target;
  target.chip = spec.chip;
  std::unique_ptr<llvm::Module> code =
      translateToLLVM(kernels, llvmContext, target);
  if (!code)
    return failure();
  return emitPTX(*code, target, loc);
}

Result<std::string> compilePalette(const DialectRegistry &registry,
                                   const PaletteSpec &spec) {
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.loadAllAvailableDialects();
  std::string errors;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
      errors += (errors.empty() ? "" : "\n") + diagnostic.str();
    return success();
  });
  FailureOr<std::string> ptx = compile(spec, &context);
  if (failed(ptx))
    return Error{errors.empty() ? "no PTX came out" : errors};
  return std::move(*ptx);
}

} // namespace recflex
