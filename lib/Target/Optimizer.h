//===- Optimizer.h - LLVM's pass pipeline, set up ---------------*- C++ -*-===//

#ifndef RECFLEX_LIB_TARGET_OPTIMIZER_H
#define RECFLEX_LIB_TARGET_OPTIMIZER_H

#include "llvm/IR/Module.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Target/TargetMachine.h"

namespace recflex {

/// Runs LLVM's passes on modules for one target machine.
class Optimizer {
public:
  Optimizer(llvm::TargetMachine &machine,
            const llvm::PipelineTuningOptions &tuning)
      : builder(&machine, tuning) {
    builder.registerModuleAnalyses(modules);
    builder.registerCGSCCAnalyses(components);
    builder.registerFunctionAnalyses(functions);
    builder.registerLoopAnalyses(loops);
    builder.crossRegisterProxies(loops, functions, components, modules);
  }

  /// The default pipeline at O2.
  void runDefault(llvm::Module &module) {
    run(module,
        builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O2));
  }

  void run(llvm::Module &module, llvm::ModulePassManager passes) {
    passes.run(module, modules);
  }

private:
  llvm::PassBuilder builder;
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
};

} // namespace recflex

#endif // RECFLEX_LIB_TARGET_OPTIMIZER_H
