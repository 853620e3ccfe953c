//===- BlockBinding.h - Which tile a block pools ----------------*- C++ -*-===//

#ifndef RECFLEX_LIB_CONVERSION_EMBTOGPU_BLOCKBINDING_H
#define RECFLEX_LIB_CONVERSION_EMBTOGPU_BLOCKBINDING_H

#include "ForwardArguments.h"

#include <memory>

namespace recflex {

/// A feature, by its descriptor's number, and one of its tiles.
struct BoundTile {
  mlir::Value number, tile;
};

/// How the blocks of a forward kernel find their tiles.
class BlockBinding {
public:
  virtual ~BlockBinding() = default;

  /// Whether it reads what the kernel ahead has written.
  virtual bool readsKernelAhead() const = 0;
  /// Emits what `emit` does for the blocks that have a tile.
  virtual void forBoundBlocks(KernelBuilder &b,
                              llvm::function_ref<void()> emit) const = 0;
  /// The tile of this block, which has one. Every lane must come.
  virtual BoundTile find(KernelBuilder &b) const = 0;
};

/// That of `plan`: by what the binding kernels wrote, or fixed.
std::unique_ptr<BlockBinding> makeBinding(const KernelPlan &plan,
                                          const ForwardArguments &arguments);

} // namespace recflex

#endif // RECFLEX_LIB_CONVERSION_EMBTOGPU_BLOCKBINDING_H
