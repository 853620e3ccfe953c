//===- Compiler.h - From emb IR to a kernel ---------------------*- C++ -*-===//
//
// What `recflex compile` does, as a library: the public pipelines, and a driver
// that runs them and gathers what the runtime needs.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_PIPELINES_COMPILER_H
#define RECFLEX_PIPELINES_COMPILER_H

#include "recflex/Dialect/Emb/IR/Emb.h"
#include "recflex/Runtime/Artifact.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Pass/PassOptions.h"

#include <memory>

namespace llvm {
class LLVMContext;
class Module;
} // namespace llvm
namespace mlir {
class OpPassManager;
class TimingScope;
} // namespace mlir

namespace recflex {

/// Options of the pipelines below; on the command line of recflex-opt they are
/// the options of --recflex-schedule and --recflex-lower.
struct CompileOptions : mlir::PassPipelineOptions<CompileOptions> {
  Option<int64_t> batch{
      *this, "batch",
      llvm::cl::desc("samples a batch to choose schedules for; 0 takes the "
                     "statistics' own"),
      llvm::cl::init(0)};
  Option<int64_t> threads{
      *this, "threads",
      llvm::cl::desc("threads a block of the fused kernel; 0 takes the "
                     "function's emb.occupancy, or 128"),
      llvm::cl::init(0)};
  Option<int64_t> blocks{
      *this, "blocks",
      llvm::cl::desc("blocks that must fit one multiprocessor; 0 takes the "
                     "function's emb.occupancy, or 1280 threads in at most 10"),
      llvm::cl::init(0)};
  Option<std::string> binding{
      *this, "binding",
      llvm::cl::desc("when blocks are bound to tiles: runtime or fixed; empty "
                     "takes the function's emb.binding, or runtime")};
  ListOption<std::string> only{
      *this, "only",
      llvm::cl::desc("schedules to consider, say sub_warp; if none, all "
                     "but those for tuning")};
  Option<std::string> chip{
      *this, "chip", llvm::cl::desc("GPU to compile for: sm_80, sm_90, sm_100"),
      llvm::cl::init("sm_90")};
};

/// Whether CompileOptions::binding takes `word`; the error is "is neither
/// runtime nor fixed".
Status checkBinding(llvm::StringRef word);

/// emb IR to emb IR with a schedule on every lookup.
void buildSchedulePipeline(mlir::OpPassManager &pm,
                           const CompileOptions &options);

/// Scheduled emb IR to fused lookups and their kernels in the NVVM dialect.
void buildLoweringPipeline(mlir::OpPassManager &pm,
                           const CompileOptions &options);

/// Registers both with recflex-opt.
void registerPipelines();

/// A model's kernels as optimised LLVM IR, which the simulator runs and PTX is
/// made from, and what the runtime must know of them.
struct LoweredModel {
  std::unique_ptr<llvm::LLVMContext> llvmContext; ///< owns the kernels' types
  std::unique_ptr<llvm::Module> kernels;
  Manifest manifest;

  LoweredModel();
  LoweredModel(LoweredModel &&);
  LoweredModel &operator=(LoweredModel &&);
  ~LoweredModel();
};

/// How lowerModel() is watched.
struct CompileInstruments {
  mlir::TimingScope *timing = nullptr; ///< passes and steps are nested in it
  /// File for the input of a pass that fails or crashes, with the pipeline to
  /// run it again: recflex-opt --run-reproducer. None if empty.
  std::string crashReproducer;
};

/// Schedules, fuses and lowers the lookups of `module`, which is changed in
/// place. They must be all that their function does: from its arguments to its
/// one result. Errors go to the context's diagnostics.
mlir::FailureOr<LoweredModel>
lowerModel(mlir::ModuleOp module, const CompileOptions &options,
           const CompileInstruments &instruments = {});

/// The one fused lookup of `module`, which must be all that its function does.
mlir::FailureOr<emb::FusedLookupOp> findFusedLookup(mlir::ModuleOp module);

/// As lowerModel(), of the kernels that `op` names, which buildLoweringPipeline
/// has lowered: for programs whose functions do more than lookups.
mlir::FailureOr<LoweredModel> translateKernels(emb::FusedLookupOp op);

/// The artifact of a lowered model: its manifest and its PTX.
mlir::FailureOr<Artifact> emitArtifact(const LoweredModel &model,
                                       mlir::Location loc);

/// The manifest of a fused lookup, without what is known only of its PTX; names
/// come from its function's arguments.
Manifest buildManifest(emb::FusedLookupOp op, llvm::StringRef name,
                       llvm::StringRef chip);

} // namespace recflex

#endif // RECFLEX_PIPELINES_COMPILER_H
