//===- Build.cpp - Compiling for a command --------------------------------===//

#include "Build.h"

#include "recflex/Analysis/BatchStats.h"
#include "recflex/Data/BatchFile.h"
#include "recflex/Dialect/Emb/Transforms/Passes.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Regex.h"
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
                      "the model was tuned, or 10"),
             cl::init(0), cl::sub(sub)),
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
  std::string why;
  if (!remarkFilter.empty() && !llvm::Regex(remarkFilter).isValid(why))
    return makeError("--remarks=", remarkFilter.getValue(),
                     ": is no regular expression: ", why);
  return checkWritable("--remarks-file", remarksFile);
}

SessionOptions BuildOptions::session() const {
  return {remarkFilter, remarksFile, timing};
}

void BuildOptions::apply(CompileOptions &options) const {
  options.chip = chip.getValue();
  options.threads = threads.getValue();
  options.blocks = blocks.getValue();
  options.batch = batch.getValue();
  for (const std::string &name : only)
    options.only.push_back(name);
}

static Value findKjt(ModuleOp module) {
  Value found;
  module.walk([&](emb::FeatureOp feature) { found = feature.getKjt(); });
  module.walk([&](emb::FusedLookupOp fused) { found = fused.getKjt(); });
  return found;
}

Result<JaggedInput> findJaggedInput(ModuleOp module) {
  Value kjt = findKjt(module);
  if (!kjt)
    return makeError("the model looks up no features: there is no emb.feature "
                     "in it");
  auto type = cast<emb::KjtType>(kjt.getType());
  return JaggedInput{type.getFeatures(), type.getIndexType().getWidth() == 32
                                             ? recflex::IndexType::i32
                                             : recflex::IndexType::i64};
}

Result<std::vector<Batch>> readSamples(const std::vector<std::string> &paths,
                                       const JaggedInput &jagged) {
  std::vector<Batch> batches;
  for (const std::string &path : paths) {
    Result<Batch> batch = readBatch(path, jagged.features, jagged.indexType);
    if (!batch)
      return batch.error();
    batches.push_back(std::move(*batch));
  }
  return batches;
}

void attachStats(ModuleOp module, const std::vector<Batch> &batches) {
  if (batches.empty())
    return;
  emb::attachStats(findKjt(module),
                   measureBags(batches, batches.front().numFeatures));
}

Result<BuiltModel> build(CompilerSession &session, ModuleOp module,
                         const BuildOptions &options) {
  CompileOptions compile;
  options.apply(compile);
  FailureOr<LoweredModel> lowered =
      lowerModel(module, compile, {&session.timing(), options.reproducer()});
  if (failed(lowered))
    return session.takeError();
  TimingScope scope = session.timing().nest("PTX");
  FailureOr<Artifact> artifact = emitArtifact(*lowered, module.getLoc());
  if (failed(artifact))
    return session.takeError();
  return BuiltModel{std::move(*lowered), std::move(*artifact)};
}

} // namespace recflex
