//===- Emb.h - The emb dialect ----------------------------------*- C++ -*-===//

#ifndef RECFLEX_DIALECT_EMB_IR_EMB_H
#define RECFLEX_DIALECT_EMB_IR_EMB_H

#include "recflex/Dialect/Emb/IR/LookupShape.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include <algorithm>

namespace recflex {
class BodyBuilder;
} // namespace recflex

#include "recflex/Dialect/Emb/IR/EmbDialect.h.inc"

#include "recflex/Dialect/Emb/IR/EmbEnums.h.inc"

#include "recflex/Dialect/Emb/IR/EmbInterfaces.h.inc"

#define GET_TYPEDEF_CLASSES
#include "recflex/Dialect/Emb/IR/EmbTypes.h.inc"

#define GET_ATTRDEF_CLASSES
#include "recflex/Dialect/Emb/IR/EmbAttributes.h.inc"

#define GET_OP_CLASSES
#include "recflex/Dialect/Emb/IR/EmbOps.h.inc"

namespace recflex::emb {

/// The launch bounds of a kernel that nothing is said of.
constexpr int64_t kDefaultThreads = 128;
constexpr int64_t kDefaultBlocks = 10;
/// Threads that a multiprocessor holds at most.
constexpr int64_t kMaxResidentThreads = 2048;
/// The default where only the threads are known: 10 blocks, or so many of
/// larger ones as leave a thread as many registers.
constexpr int64_t defaultBlocks(int64_t threads) {
  return std::clamp<int64_t>(kDefaultThreads * kDefaultBlocks / threads, 1,
                             kDefaultBlocks);
}

/// The launch bounds to compile `function` with: `threads` and `blocks` where
/// they are not 0, else those of its attribute `emb.occupancy`, else the
/// default; so many blocks as the attribute says only if they are of as many
/// threads. Null, with an error, if the two do not go together.
OccupancyAttr resolveOccupancy(mlir::Operation *function, int64_t threads,
                               int64_t blocks);

/// When the blocks of the kernel of `function` are bound: as `given` says,
/// "runtime" or "fixed"; where that is empty as its attribute `emb.binding`
/// does, else at run time. Fails, with an error, on another word.
mlir::FailureOr<BindingKind> resolveBinding(mlir::Operation *function,
                                            llvm::StringRef given);

/// The element type of tables of that row type: f32, f16 or bf16.
mlir::Type getElementType(mlir::MLIRContext *context, RowType type);

} // namespace recflex::emb

#endif // RECFLEX_DIALECT_EMB_IR_EMB_H
