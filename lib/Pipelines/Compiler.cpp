//===- Compiler.cpp - From emb IR to a kernel -----------------------------===//

#include "recflex/Pipelines/Compiler.h"

#include "recflex/Runtime/PtxHeader.h"
#include "recflex/Target/PTX.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/Timing.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"

using namespace mlir;

namespace recflex {

LoweredModel::LoweredModel() = default;
LoweredModel::LoweredModel(LoweredModel &&) = default;
// Swaps, so that the old kernels go before the context that owns their types.
LoweredModel &LoweredModel::operator=(LoweredModel &&other) {
  std::swap(llvmContext, other.llvmContext);
  std::swap(kernels, other.kernels);
  std::swap(manifest, other.manifest);
  return *this;
}
LoweredModel::~LoweredModel() = default;

/// The one fused lookup of `module`: an artifact holds one.
static FailureOr<emb::FusedLookupOp> findLookup(ModuleOp module) {
  SmallVector<emb::FusedLookupOp> lookups;
  module.walk([&](emb::FusedLookupOp op) { lookups.push_back(op); });
  if (lookups.size() == 1)
    return lookups.front();
  if (lookups.empty())
    return emitError(module.getLoc()) << "the model has no lookups to compile: "
                                         "none whose result is used";
  InFlightDiagnostic error = emitError(lookups[1].getLoc())
                             << "the model has " << lookups.size()
                             << " concatenations of lookups; an artifact holds "
                                "one: join them, or compile them apart";
  error.attachNote(lookups[0].getLoc()) << "the first one is here";
  return error;
}

/// What a caller cannot pass of that which `value` is made of, or null.
/// Arguments may be the arrays of a jagged input: the runtime takes these in
/// any form, so an artifact keeps nothing of how they were put together.
static Value findComputed(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return {};
  if (!isa<emb::KjtOp, emb::BagsOp, emb::JoinOp>(op))
    return value;
  for (Value operand : op->getOperands())
    if (Value computed = findComputed(operand))
      return computed;
  return {};
}

/// An artifact is one fused lookup from a function's arguments to its result;
/// whatever else the function did would be lost.
static LogicalResult checkNothingElse(ModuleOp module,
                                      emb::FusedLookupOp lookup) {
  auto function = dyn_cast<func::FuncOp>(lookup->getParentOp());
  if (!function || !function.getBody().hasOneBlock())
    return emitError(lookup.getLoc()) << "the lookups stand inside control "
                                         "flow; an artifact needs them in "
                                         "a function of one block";
  auto result = dyn_cast<func::ReturnOp>(*lookup->getUsers().begin());
  if (!lookup->hasOneUse() || !result || result.getNumOperands() != 1) {
    InFlightDiagnostic error =
        emitError(lookup.getLoc())
        << "the function does more than return the pooled rows; an artifact "
           "holds the lookups alone: take the rest out of it";
    for (Operation *user : lookup->getUsers())
      error.attachNote(user->getLoc()) << "the pooled rows are used here";
    return error;
  }
  for (Value operand : lookup->getOperands())
    if (Value computed = findComputed(operand))
      return emitError(lookup.getLoc())
                 .append(
                     "a table, the weights or the jagged input is computed; "
                     "an artifact takes them as arguments of the function")
                 .attachNote(computed.getLoc())
             << "it is computed here";
  if (!SymbolTable::symbolKnownUseEmpty(function, module))
    return emitError(lookup.getLoc())
           << "function '" << function.getName()
           << "' is called by others; an artifact holds one function: run "
              "-inline first";
  return success();
}

FailureOr<emb::FusedLookupOp> findFusedLookup(ModuleOp module) {
  FailureOr<emb::FusedLookupOp> lookup = findLookup(module);
  if (failed(lookup) || failed(checkNothingElse(module, *lookup)))
    return failure();
  return lookup;
}

/// The chip that `kernels` were made for.
static FailureOr<StringRef> findChip(gpu::GPUModuleOp kernels) {
  if (ArrayAttr targets = kernels.getTargetsAttr())
    for (Attribute target : targets)
      if (auto ours = dyn_cast<emb::TargetAttr>(target))
        return ours.getChip();
  return kernels.emitOpError(
      "has no #emb.target; kernels come from -convert-emb-to-gpu");
}

FailureOr<LoweredModel> translateKernels(emb::FusedLookupOp op) {
  if (!op.getKernelAttr())
    return op.emitOpError("has no kernels; run -convert-emb-to-gpu first");
  auto kernels = SymbolTable::lookupNearestSymbolFrom<gpu::GPUModuleOp>(
      op, op.getKernelAttr());
  if (!kernels)
    return emitError(op.getLoc())
           << "kernel " << op.getKernelAttr()
           << " is no gpu.module here; drop the attribute, it is set by "
              "-convert-emb-to-gpu";
  FailureOr<StringRef> chip = findChip(kernels);
  if (failed(chip))
    return failure();
  auto function = op->getParentOfType<FunctionOpInterface>();

  LoweredModel model;
  model.manifest = buildManifest(
      op, function ? function.getName() : kernels.getName(), *chip);
  model.llvmContext = std::make_unique<llvm::LLVMContext>();
  PTXOptions target;
  target.chip = chip->str();
  model.kernels = translateToLLVM(kernels, *model.llvmContext, target);
  if (!model.kernels)
    return failure();
  if (Status status = checkModel(model.manifest); !status)
    return emitError(op.getLoc()) << status.error().message;
  return model;
}

static LogicalResult runPipelines(ModuleOp module,
                                  const CompileOptions &options,
                                  TimingScope &timing,
                                  const std::string &crashReproducer) {
  PassManager pm(module.getContext());
  pm.enableTiming(timing);
  if (!crashReproducer.empty())
    pm.enableCrashReproducerGeneration(crashReproducer);
  buildSchedulePipeline(pm, options);
  buildLoweringPipeline(pm, options);
  return pm.run(module);
}

FailureOr<LoweredModel> lowerModel(ModuleOp module,
                                   const CompileOptions &options,
                                   const CompileInstruments &instruments) {
  TimingScope untimed;
  TimingScope &timing = instruments.timing ? *instruments.timing : untimed;
  if (failed(
          runPipelines(module, options, timing, instruments.crashReproducer)))
    return failure();

  FailureOr<emb::FusedLookupOp> lookup = findFusedLookup(module);
  if (failed(lookup))
    return failure();
  TimingScope scope = timing.nest("LLVM IR");
  return translateKernels(*lookup);
}

/// Writes down what the PTX says of itself.
static LogicalResult describePtx(Artifact &artifact, Location loc) {
  Result<PtxHeader> header = readPtxHeader(artifact.ptx);
  if (!header)
    return emitError(loc) << "the PTX " << header.error().message;
  std::optional<int> driver = leastDriverFor(header->version);
  if (!driver)
    return emitError(loc) << "no driver is known to take PTX of version "
                          << header->version << ", which chip '"
                          << artifact.manifest.chip
                          << "' needs; compile for an earlier chip";
  artifact.manifest.ptxVersion = header->version;
  artifact.manifest.leastDriver = *driver;
  return success();
}

FailureOr<Artifact> emitArtifact(const LoweredModel &model, Location loc) {
  PTXOptions target;
  target.chip = model.manifest.chip;
  FailureOr<std::string> ptx = emitPTX(*model.kernels, target, loc);
  if (failed(ptx))
    return failure();
  Artifact artifact{model.manifest, std::move(*ptx), {}};
  if (failed(describePtx(artifact, loc)))
    return failure();
  return artifact;
}

} // namespace recflex
