//===- LaunchToGPU.cpp - emb.launch to gpu.launch_func --------------------===//

#include "LaunchEmitter.h"

#include "recflex/Conversion/Passes.h"

using namespace mlir;

namespace recflex {

#define GEN_PASS_DEF_CONVERTEMBLAUNCHTOGPUPASS
#include "recflex/Conversion/Passes.h.inc"

namespace {
struct ConvertEmbLaunchToGPU
    : impl::ConvertEmbLaunchToGPUPassBase<ConvertEmbLaunchToGPU> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    SmallVector<emb::LaunchOp> launches;
    getOperation().walk([&](emb::LaunchOp op) { launches.push_back(op); });
    for (emb::LaunchOp op : launches) {
      LaunchEmitter emitter(op, symbols);
      if (failed(emitter.check()))
        return signalPassFailure();
      emitter.emit();
      op.erase();
    }
  }
};
} // namespace

} // namespace recflex
