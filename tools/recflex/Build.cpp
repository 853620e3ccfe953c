//===- Build.cpp - Compiling for a command --------------------------------===//

#include "Build.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
namespace cl = llvm::cl;

namespace recflex {

BuildOptions::BuildOptions(cl::SubCommand &sub)
    : chip("arch", cl::desc("GPU to compile for (default sm_90)"),
           cl::value_desc("sm_XX"), cl::init("sm_90"), cl::sub(sub)),
      threads("threads",
              cl::desc("threads a block of the fused kernel; without, as the "
                       "model was tuned, or 128"),
              cl::init(0), cl::sub(sub)),
      blocks("blocks",
             cl::desc("blocks that must fit one multiprocessor; without, as "
                      "the model was tuned, or 1280 threads in at most 10"),
             cl::init(0), cl::sub(sub)),
      binding("binding",
              cl::desc("when blocks are bound to features' tiles: runtime, for "
                       "every batch anew, or fixed, by the statistics; "
                       "without, as the model was tuned, or runtime"),
              cl::value_desc("when"), cl::sub(sub)),
      batch("tune-batch",
            cl::desc("samples a batch to choose schedules for; without, that "
                     "of the statistics"),
            cl::init(0), cl::sub(sub)),
      only("schedules", cl::CommaSeparated,
           cl::desc("consider these schedules alone, say sub_warp"),
           cl::value_desc("name,..."), cl::sub(sub)),
      remarkFilter("remarks",
                   cl::desc("print remarks of these categories, say "
                            "'emb-.*': which schedule was chosen, and why"),
                   cl::value_desc("regex"), cl::sub(sub)),
      remarksFile("remarks-file",
                  cl::desc("write remarks as YAML: those of --remarks, or all"),
                  cl::value_desc("file.yaml"), cl::sub(sub)),
      timing("mlir-timing",
             cl::desc("say how long each pass and each step took"),
             cl::sub(sub)),
      crashReproducer(
          "crash-reproducer",
          cl::desc("if a pass fails or crashes, write its input and "
                   "how to run it again with recflex-opt"),
          cl::value_desc("file.mlir"), cl::sub(sub)) {}

/// Whether a file can be written at `path`, before much time is spent.
static Status checkWritable(const char *option, const std::string &path) {
  if (path.empty() || path == "-")
    return {};
  std::error_code code;
  llvm::raw_fd_ostream file(path, code, llvm::sys::fs::OF_Append);
  if (code)
    return makeError(ErrorCode::io, option, "=", path, ": ", code.message());
  return {};
}

Status BuildOptions::check() const {
  if (Status status = checkBinding(binding.getValue()); !status)
    return status.error().in("--binding=" + binding);
  if (Status status = checkRemarks(remarkFilter); !status)
    return status.error().in("--remarks=" + remarkFilter);
  return checkWritable("--remarks-file", remarksFile);
}

SessionOptions BuildOptions::session() const {
  return {remarkFilter, remarksFile, timing};
}

void BuildOptions::apply(CompileOptions &options) const {
  options.chip = chip.getValue();
  options.threads = threads.getValue();
  options.blocks = blocks.getValue();
  options.binding = binding.getValue();
  options.batch = batch.getValue();
  for (const std::string &name : only)
    options.only.push_back(name);
}

Result<BuiltModel> build(CompilerSession &session, ModuleOp module,
                         const BuildOptions &options, bool emitsPtx) {
  CompileOptions compile;
  options.apply(compile);
  FailureOr<LoweredModel> lowered =
      lowerModel(module, compile, {&session.timing(), options.reproducer()});
  if (failed(lowered))
    return session.takeError();
  if (!emitsPtx) {
    Artifact artifact{lowered->manifest, {}, {}};
    return BuiltModel{std::move(*lowered), std::move(artifact)};
  }
  TimingScope scope = session.timing().nest("PTX");
  FailureOr<Artifact> artifact = emitArtifact(*lowered, module.getLoc());
  if (failed(artifact))
    return session.takeError();
  return BuiltModel{std::move(*lowered), std::move(*artifact)};
}

} // namespace recflex
