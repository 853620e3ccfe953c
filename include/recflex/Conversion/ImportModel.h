//===- ImportModel.h - A model description as emb IR ------------*- C++ -*-===//

#ifndef RECFLEX_CONVERSION_IMPORTMODEL_H
#define RECFLEX_CONVERSION_IMPORTMODEL_H

#include "recflex/Data/ModelSpec.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace recflex {

/// Builds a function named as the model: its jagged input, weights if some
/// feature takes them, and tables as arguments; one lookup a feature, in order;
/// their concatenation as result. Arguments carry `emb.keys` and `emb.name`,
/// lookups the feature's name as location.
mlir::OwningOpRef<mlir::ModuleOp> importModel(mlir::MLIRContext *context,
                                              const ModelSpec &model);

} // namespace recflex

#endif // RECFLEX_CONVERSION_IMPORTMODEL_H
