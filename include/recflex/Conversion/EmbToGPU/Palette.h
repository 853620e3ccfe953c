//===- Palette.h - One kernel for many assignments --------------*- C++ -*-===//
//
// A palette is a fused kernel with more bodies than any model needs: which of
// them pools a feature is data, in the feature's descriptor. So one compilation
// serves every assignment of schedules that a tuner wants to try.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_CONVERSION_EMBTOGPU_PALETTE_H
#define RECFLEX_CONVERSION_EMBTOGPU_PALETTE_H

#include "recflex/Conversion/EmbToGPU/KernelPlan.h"
#include "recflex/Support/Result.h"

namespace recflex {

/// What a palette is compiled from: text and numbers alone, so that it can go
/// to another thread with a context of its own.
struct PaletteSpec {
  struct Body {
    std::string schedule; ///< "#emb.sub_warp<...>"
    BodyShape shape;
  };
  std::vector<Body> bodies; ///< no two alike; numbered in this order
  IndexType indexType = IndexType::i32;
  int64_t threads = 0;      ///< a block
  int64_t blocks = 0;       ///< a multiprocessor: what registers are cut for
  int64_t scratchBytes = 0; ///< a sample, the most that an assignment needs
  std::string chip;
  /// With fixed binding: of the model's features, and every cut that an
  /// assignment may have. None if blocks are bound at run time.
  std::optional<FixedTiles> fixed = {};
  /// Whether recflex_forward is wanted as well: the code that a model with just
  /// these bodies, in this order, is compiled to.
  bool withForward = false;
};

/// The PTX of recflex_forward_profiled (KernelABI.h), of recflex_forward if it
/// is wanted and, unless the binding is fixed, of the two binding kernels.
/// `registry` has the dialects of the schedules. Thread-safe.
Result<std::string> compilePalette(const mlir::DialectRegistry &registry,
                                   const PaletteSpec &spec);

} // namespace recflex

#endif // RECFLEX_CONVERSION_EMBTOGPU_PALETTE_H
