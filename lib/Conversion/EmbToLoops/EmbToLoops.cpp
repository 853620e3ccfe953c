//===- EmbToLoops.cpp - The reference lowering ----------------------------===//

#include "FunctionLowering.h"

#include "recflex/Conversion/Passes.h"

using namespace mlir;

namespace recflex {

#define GEN_PASS_DEF_CONVERTEMBTOLOOPSPASS
#include "recflex/Conversion/Passes.h.inc"

static bool isEmbType(Type type) {
  return isa<emb::EmbDialect>(type.getDialect());
}

static bool usesEmb(func::FuncOp function) {
  if (llvm::any_of(function.getArgumentTypes(), isEmbType) ||
      llvm::any_of(function.getResultTypes(), isEmbType))
    return true;
  return function
      .walk([](Operation *op) {
        return isEmbOp(op) ? WalkResult::interrupt() : WalkResult::advance();
      })
      .wasInterrupted();
}

/// Callers of a function would have to pass other arguments once it is lowered.
static LogicalResult checkNotUsed(ModuleOp module,
                                  ArrayRef<func::FuncOp> functions) {
  llvm::DenseSet<Attribute> names;
  for (func::FuncOp function : functions)
    names.insert(function.getSymNameAttr());
  std::optional<SymbolTable::UseRange> uses =
      SymbolTable::getSymbolUses(&module.getBodyRegion());
  if (!uses)
    return success();
  for (SymbolTable::SymbolUse use : *uses)
    if (names.contains(use.getSymbolRef().getRootReference()))
      return use.getUser()->emitOpError("refers to ")
             << use.getSymbolRef()
             << ", whose arguments change as it is lowered to loops; only "
                "functions that nothing calls can be: run -inline first";
  return success();
}

static LogicalResult checkAllInside(ModuleOp module,
                                    ArrayRef<func::FuncOp> functions) {
  llvm::SmallPtrSet<Operation *, 4> known(functions.begin(), functions.end());
  WalkResult walk = module.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (known.contains(op))
      return WalkResult::skip();
    if (!isEmbOp(op))
      return WalkResult::advance();
    op->emitOpError("stands outside the functions (func.func) of the module; "
                    "only in those can it be lowered to loops");
    return WalkResult::interrupt();
  });
  return failure(walk.wasInterrupted());
}

namespace {
struct ConvertEmbToLoops : impl::ConvertEmbToLoopsPassBase<ConvertEmbToLoops> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    SmallVector<func::FuncOp> functions;
    for (auto function : module.getOps<func::FuncOp>())
      if (usesEmb(function))
        functions.push_back(function);
    if (failed(checkAllInside(module, functions)) ||
        failed(checkNotUsed(module, functions)))
      return signalPassFailure();

    SmallVector<FunctionLowering> lowerings;
    for (func::FuncOp function : functions) {
      lowerings.emplace_back(function);
      if (failed(lowerings.back().check()))
        return signalPassFailure();
    }
    PoolFunctions pools(module);
    for (FunctionLowering &lowering : lowerings)
      lowering.lower(pools);
  }
};
} // namespace

} // namespace recflex
