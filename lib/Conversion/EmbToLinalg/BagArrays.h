//===- BagArrays.h - Bags as two tensors ------------------------*- C++ -*-===//

#ifndef RECFLEX_LIB_CONVERSION_EMBTOLINALG_BAGARRAYS_H
#define RECFLEX_LIB_CONVERSION_EMBTOLINALG_BAGARRAYS_H

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace recflex {

/// What jagged inputs and bags are converted to: values, tensor<?xi>, and
/// offsets, tensor<?xi>, of one integer type. Bag s is the values from
/// offsets[s] up to offsets[s + 1]. Bags have one offset more than there are
/// samples; a jagged input has one more than samples x features.
struct BagArrays {
  mlir::Value values, offsets;
};

/// The bags of feature `index` of a jagged input of `features`.
BagArrays sliceFeature(mlir::ImplicitLocOpBuilder &b, BagArrays kjt,
                       int64_t features, int64_t index);

/// A jagged input of arrays of any length.
BagArrays makeKjt(mlir::ImplicitLocOpBuilder &b, mlir::Value values,
                  mlir::Value offsets);

/// Bags of arrays of any length. Without `includeLastOffset` the end of the
/// last bag, which is that of the values, is appended to a copy of the offsets.
BagArrays makeBags(mlir::ImplicitLocOpBuilder &b, mlir::Value values,
                   mlir::Value offsets, bool includeLastOffset);

/// The bags of several features as a jagged input. There is at least one of
/// them.
BagArrays joinBags(mlir::ImplicitLocOpBuilder &b,
                   llvm::ArrayRef<BagArrays> features);

/// The bags without their lookups of `row`, and the weights of the others;
/// `weights` and what becomes of them may be null. The new arrays are as long
/// as the old ones; what lies behind the last bag means nothing.
struct KeptBags {
  BagArrays bags;
  mlir::Value weights; ///< tensor<?xf32>
};
KeptBags dropRow(mlir::ImplicitLocOpBuilder &b, BagArrays bags, int64_t row,
                 mlir::Value weights);

/// Element `position` of `array`, an integer tensor, as an index.
mlir::Value extractIndex(mlir::ImplicitLocOpBuilder &b, mlir::Value array,
                         mlir::Value position);

/// The number of samples of `bags`.
mlir::Value countSamples(mlir::ImplicitLocOpBuilder &b, BagArrays bags);

} // namespace recflex

#endif // RECFLEX_LIB_CONVERSION_EMBTOLINALG_BAGARRAYS_H
