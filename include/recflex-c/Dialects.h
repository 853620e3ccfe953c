/*===- recflex-c/Dialects.h - emb for hosts of MLIR's C API --------*- C
-*-===*\
|*                                                                            *|
|* Brings the emb dialect, RecFlex's passes and its pipelines into a program  *|
|* that works with MLIR through MLIR's own C API. It links libRecFlex.so,     *|
|* libMLIR.so and MLIR's C API of the version that RecFlex was built against. *|
|* Programs that only want models compiled take recflex-c/Compiler.h.         *|
|*                                                                            *|
|* As in MLIR's C API nothing here can fail.                                  *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef RECFLEX_C_DIALECTS_H
#define RECFLEX_C_DIALECTS_H

#include "mlir-c/IR.h"
#include "mlir-c/Support.h"

#ifdef __cplusplus
extern "C" {
#endif

/** mlirGetDialectHandle__emb__(): the dialect alone, which is enough to parse,
 *  build and print emb IR. Schedules can be written in it, but not chosen. */
MLIR_DECLARE_CAPI_DIALECT_REGISTRATION(Emb, emb);

/** The dialect with everything that compiling takes: schedules, the dialects
 *  that lookups are lowered to, their translation. It may meet the same
 *  dialects in one registry. Append the registry, then load emb or all
 *  dialects. */
MLIR_CAPI_EXPORTED void mlirRegisterEmbDialects(MlirDialectRegistry registry);

/** All passes, and the pipelines recflex-schedule and recflex-lower, for
 *  mlirParsePassPipeline() and its like. May be called again. */
MLIR_CAPI_EXPORTED void mlirRegisterEmbPasses(void);

#ifdef __cplusplus
}
#endif

#endif /* RECFLEX_C_DIALECTS_H */
