//===- Handles.h - What the compiler's handles point at ---------*- C++ -*-===//

#ifndef RECFLEX_LIB_CAPI_COMPILER_HANDLES_H
#define RECFLEX_LIB_CAPI_COMPILER_HANDLES_H

#include "recflex-c/Compiler.h"

#include "recflex/Data/Batch.h"
#include "recflex/Data/ModelBuilder.h"
#include "recflex/Pipelines/Compiler.h"
#include "recflex/Pipelines/CompilerSession.h"

#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"

#include <memory>

struct RecflexText {
  std::string bytes;
};

struct RecflexDescription {
  recflex::ModelBuilder builder;
};

struct RecflexCompiler {
  std::shared_ptr<recflex::CompilerSession> session;
};

/// Keeps the session alive, but not the handle that it was made with.
struct RecflexModel {
  std::shared_ptr<recflex::CompilerSession> session;
  mlir::OwningOpRef<mlir::ModuleOp> module; ///< emb IR
  std::vector<recflex::Batch> samples;      ///< of its statistics; maybe none
};

struct RecflexArtifact {
  std::shared_ptr<recflex::CompilerSession> session;
  mlir::OwningOpRef<mlir::ModuleOp> module; ///< lowered
  recflex::LoweredModel lowered;
  std::string ptx;
  std::string manifestJson;
  std::string bytes;
};

#endif // RECFLEX_LIB_CAPI_COMPILER_HANDLES_H
