//===- Rewriter.h - Turns a GPU module into a host module -------*- C++ -*-===//
//
// Every function gets the LaneContext as its first argument; special registers
// become loads from it, accesses are preceded by checks, and what needs other
// threads becomes a call of the simulator (EntryPoints.h). Kernels take the
// context and an array of raw arguments. Address spaces stay as they are: the
// host's code generators treat the small numbers alike.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_LIB_SIMULATOR_REWRITER_H
#define RECFLEX_LIB_SIMULATOR_REWRITER_H

#include "Program.h"

#include "recflex/Support/Result.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"

namespace recflex::sim {

class Rewriter {
public:
  /// `module` still has its NVPTX data layout.
  explicit Rewriter(llvm::Module &module) : module(module) {}

  /// Rewrites the module. Fails on what the simulator does not model, naming
  /// it; the module is then in no useful state.
  Result<Program> run();

private:
  // Rewriter.cpp
  Status collectFunctions();
  Status collectGlobals();
  Status addContextArgument(llvm::Function &function);
  Status analyzeCalls();
  Status rewriteFunction(llvm::Function &function);
  Status rewriteInstruction(llvm::Instruction &inst);
  void countIterations(llvm::Function &function);
  void resolveShared(llvm::Function &function);

  // RewriteAccesses.cpp
  Status rewriteAccess(llvm::Instruction &inst, llvm::Value *pointer,
                       llvm::Type *type, llvm::Align align, AccessKind kind);
  Status rewriteAlloca(llvm::AllocaInst &alloca);
  Status rewriteDivision(llvm::BinaryOperator &division);
  Status rewriteMemoryIntrinsic(llvm::CallInst &call);
  Status rewriteAsyncCopy(llvm::CallInst &call, unsigned bytes);

  // RewriteCalls.cpp
  Status rewriteCall(llvm::CallInst &call);
  Status rewriteIntrinsic(llvm::CallInst &call, llvm::Intrinsic::ID id);
  bool rewriteSpecialRegister(llvm::CallInst &call, llvm::Intrinsic::ID id);

  // RewriteCollectives.cpp
  bool rewriteWarpOperation(llvm::CallInst &call, llvm::Intrinsic::ID id);
  bool rewriteBarrier(llvm::CallInst &call);
  bool rewriteMath(llvm::CallInst &call);
  void callTrap(llvm::Instruction &inst);
  void callAssertion(llvm::CallInst &call);
  llvm::Value *callClock(llvm::CallInst &call);

  uint32_t addSite(const llvm::Instruction &inst, AccessKind kind,
                   uint64_t bytes, uint64_t align);
  /// The LaneContext of the function that `inst` is in.
  llvm::Value *contextOf(const llvm::Instruction &inst) const;
  /// Calls a function of EntryPoints.h. Pointers pass in any address space.
  llvm::CallInst *callEntry(llvm::IRBuilder<> &builder, const char *name,
                            llvm::Type *result,
                            llvm::ArrayRef<llvm::Value *> arguments);
  llvm::Value *loadField(llvm::IRBuilder<> &builder, llvm::Value *record,
                         size_t offset, llvm::Type *type);
  /// Replaces a call by a value, or drops it.
  void replace(llvm::CallInst &call, llvm::Value *value);
  Error unsupported(const llvm::Instruction &inst, const std::string &what);

  struct FunctionInfo {
    /// The instructions to rewrite: those that the module came with.
    std::vector<llvm::Instruction *> originals;
    uint32_t index = 0; ///< in Program::functions
    bool kernel = false;
    bool synchronizes = false;
    uint32_t depth = 0; ///< of the calls below, this function included
    llvm::SmallSetVector<llvm::GlobalVariable *, 8> shared;
    llvm::SmallVector<llvm::Function *, 4> callees;
  };

  llvm::Module &module;
  Program program;
  /// The functions with bodies, by their rewritten form.
  llvm::MapVector<llvm::Function *, FunctionInfo> functions;
  llvm::DenseMap<llvm::Function *, llvm::Function *> rewritten;
  /// Index into Program::sharedObjects.
  llvm::MapVector<llvm::GlobalVariable *, uint32_t> sharedObjects;
  FunctionInfo *current = nullptr;
};

} // namespace recflex::sim

#endif // RECFLEX_LIB_SIMULATOR_REWRITER_H
