//===- EmbTypes.cpp - Jagged inputs and bags ------------------------------===//

#include "recflex/Dialect/Emb/IR/Emb.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace recflex::emb;

#define GET_TYPEDEF_CLASSES
#include "recflex/Dialect/Emb/IR/EmbTypes.cpp.inc"

void EmbDialect::registerTypes() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "recflex/Dialect/Emb/IR/EmbTypes.cpp.inc"
      >();
}

static LogicalResult
verifyIndexType(function_ref<InFlightDiagnostic()> emitError,
                IntegerType type) {
  if (type.isSignless() && (type.getWidth() == 32 || type.getWidth() == 64))
    return success();
  return emitError() << "index type must be i32 or i64, not " << type;
}

//===----------------------------------------------------------------------===//
// KjtType: !emb.kjt<26 x i64>
//===----------------------------------------------------------------------===//

LogicalResult KjtType::verify(function_ref<InFlightDiagnostic()> emitError,
                              int64_t features, IntegerType indexType) {
  if (features < 1)
    return emitError() << "a jagged input needs at least one feature, not "
                       << features;
  if (features > INT32_MAX)
    return emitError() << "a jagged input has at most " << INT32_MAX
                       << " features, not " << features;
  return verifyIndexType(emitError, indexType);
}

Type KjtType::parse(AsmParser &parser) {
  SmallVector<int64_t> dimensions;
  IntegerType indexType;
  SMLoc location = parser.getCurrentLocation();
  if (parser.parseLess() ||
      parser.parseDimensionList(dimensions, /*allowDynamic=*/false) ||
      parser.parseType(indexType) || parser.parseGreater())
    return {};
  if (dimensions.size() != 1) {
    parser.emitError(location)
        << "expected one number of features, as in !emb.kjt<26 x i64>";
    return {};
  }
  return parser.getChecked<KjtType>(location, parser.getContext(),
                                    dimensions.front(), indexType);
}

void KjtType::print(AsmPrinter &printer) const {
  printer << '<' << getFeatures() << " x " << getIndexType() << '>';
}

//===----------------------------------------------------------------------===//
// BagsType
//===----------------------------------------------------------------------===//

LogicalResult BagsType::verify(function_ref<InFlightDiagnostic()> emitError,
                               IntegerType indexType) {
  return verifyIndexType(emitError, indexType);
}

