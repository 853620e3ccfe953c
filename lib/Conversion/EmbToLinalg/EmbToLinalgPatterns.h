//===- EmbToLinalgPatterns.h - One pattern an emb op ------------*- C++ -*-===//

#ifndef RECFLEX_LIB_CONVERSION_EMBTOLINALG_EMBTOLINALGPATTERNS_H
#define RECFLEX_LIB_CONVERSION_EMBTOLINALG_EMBTOLINALGPATTERNS_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Transforms/DialectConversion.h"

namespace recflex {

/// Converts jagged inputs and bags to their values and offsets (BagArrays), and
/// no other type.
struct EmbTypeConverter : mlir::TypeConverter {
  EmbTypeConverter();
};

/// Patterns for every op of the emb dialect.
void populateEmbToLinalgPatterns(const mlir::TypeConverter &converter,
                                 mlir::RewritePatternSet &patterns);

/// Converts all ops of `module` that `target` does not know to be legal by
/// `patterns`, and by further ones that follow jagged inputs and bags through
/// functions, calls and control flow. Errors: an op of another dialect has a
/// value of a type that `converter` changes; an op that no pattern takes.
mlir::LogicalResult convertEmb(mlir::ModuleOp module,
                               const mlir::TypeConverter &converter,
                               mlir::ConversionTarget &target,
                               mlir::RewritePatternSet &&patterns);

/// A pattern for func.func: its types, and its arguments' attributes without
/// those of the emb dialect. `isLegalFunction` says which need it not.
void populateConvertFunctionPattern(const mlir::TypeConverter &converter,
                                    mlir::RewritePatternSet &patterns);
bool isLegalFunction(const mlir::TypeConverter &converter,
                     mlir::Operation *function);

} // namespace recflex

#endif // RECFLEX_LIB_CONVERSION_EMBTOLINALG_EMBTOLINALGPATTERNS_H
