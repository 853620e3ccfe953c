//===- Dialects.cpp - emb for hosts of MLIR's C API -----------------------===//

#include "recflex-c/Dialects.h"

#include "recflex/Dialect/Emb/IR/Emb.h"
#include "recflex/InitAll.h"

#include "mlir/CAPI/IR.h"
#include "mlir/CAPI/Registration.h"

MLIR_DEFINE_CAPI_DIALECT_REGISTRATION(Emb, emb, recflex::emb::EmbDialect)

void mlirRegisterEmbDialects(MlirDialectRegistry registry) {
  recflex::registerAllDialects(*unwrap(registry));
}

void mlirRegisterEmbPasses(void) { recflex::registerAllPasses(); }
