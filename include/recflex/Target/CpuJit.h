//===- CpuJit.h - Loops to machine code for this host -----------*- C++ -*-===//

#ifndef RECFLEX_TARGET_CPUJIT_H
#define RECFLEX_TARGET_CPUJIT_H

#include "mlir/IR/BuiltinOps.h"

#include <cstdint>
#include <memory>

namespace llvm::orc {
class LLJIT;
} // namespace llvm::orc

namespace recflex {

/// An array that a compiled function takes: its first element, and, where the
/// type leaves the leading dimension open, how long that is.
struct CpuArray {
  void *data = nullptr;
  int64_t length = 0;
};

/// A function on memrefs, as -convert-emb-to-loops makes them, compiled in
/// memory for the processor that this runs on.
class CpuJit {
public:
  /// Compiles `function` of `module`, which is func, scf, arith and memref; it
  /// is lowered in place. The function takes memrefs of which at most the
  /// leading dimension is dynamic, and returns nothing. The module's context
  /// has what registerAllDialects registers. Emits an error if the function is
  /// another, or cannot be compiled.
  static mlir::FailureOr<CpuJit> compile(mlir::ModuleOp module,
                                         llvm::StringRef function);

  CpuJit(CpuJit &&);
  CpuJit &operator=(CpuJit &&);
  ~CpuJit();

  /// Calls the function with one array an argument. Dense, row-major, of the
  /// memrefs' types: nothing of that is checked.
  void call(llvm::ArrayRef<CpuArray> arguments) const;

private:
  using Entry = void (*)(const CpuArray *);
  CpuJit(std::unique_ptr<llvm::orc::LLJIT> jit, Entry entry);

  std::unique_ptr<llvm::orc::LLJIT> jit; ///< owns the code
  Entry entry;
};

} // namespace recflex

#endif // RECFLEX_TARGET_CPUJIT_H
