//===- WriteArtifacts.cpp - Every fused lookup as a file ------------------===//

#include "recflex/Pipelines/Compiler.h"
#include "recflex/Pipelines/Passes.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Path.h"

using namespace mlir;

namespace recflex {

#define GEN_PASS_DEF_EMBWRITEARTIFACTSPASS
#include "recflex/Pipelines/Passes.h.inc"

namespace {
struct EmbWriteArtifacts : impl::EmbWriteArtifactsPassBase<EmbWriteArtifacts> {
  using EmbWriteArtifactsPassBase::EmbWriteArtifactsPassBase;

  void runOnOperation() override {
    llvm::StringMap<emb::FusedLookupOp> written;
    WalkResult result = getOperation().walk([&](emb::FusedLookupOp op) {
      return WalkResult(write(op, written));
    });
    if (result.wasInterrupted())
      signalPassFailure();
    markAllAnalysesPreserved();
  }

  LogicalResult write(emb::FusedLookupOp op,
                      llvm::StringMap<emb::FusedLookupOp> &written) {
    FailureOr<LoweredModel> model = translateKernels(op);
    if (failed(model))
      return failure();
    auto [first, isNew] = written.try_emplace(model->manifest.name, op);
    if (!isNew) {
      InFlightDiagnostic error =
          op.emitOpError("is not the only one in '")
          << model->manifest.name
          << "', whose name the artifact has; concatenate the lookups, or move "
             "them into functions of their own";
      error.attachNote(first->second.getLoc()) << "the first one is here";
      return error;
    }
    FailureOr<Artifact> artifact = emitArtifact(*model, op.getLoc());
    if (failed(artifact))
      return failure();
    SmallString<128> path(folder);
    llvm::sys::path::append(path, model->manifest.name + ".recflex");
    if (Status status = writeArtifact(*artifact, path.str().str()); !status)
      return op.emitError(status.error().message);
    return success();
  }
};
} // namespace

} // namespace recflex
