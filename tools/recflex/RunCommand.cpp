//===- RunCommand.cpp - recflex run ---------------------------------------===//

#include "Command.h"
#include "CpuSetup.h"
#include "Prepare.h"
#include "Runner.h"
#include "Summary.h"

#include "recflex/Data/SafeTensors.h"
#include "recflex/Runtime/Reference.h"

#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

namespace cl = llvm::cl;

namespace recflex {
namespace {

enum class Target { cuda, sim, cpu };

class RunCommand final : public Command {
public:
  RunCommand() : Command("run", "a batch on a GPU, the simulator or the CPU") {}

  Status run() override {
    auto model = preparation.prepare(target == Target::cuda);
    if (!model)
      return model.error();
    PreparedModel &prepared = **model;
    const Manifest &manifest = prepared.artifact.manifest;
    auto tables = preparation.tables(manifest);
    if (!tables)
      return tables.error();
    for (size_t i = 0; i < prepared.batches.size(); ++i)
      if (Status status = tables->prepare(manifest, prepared.batches[i]);
          !status)
        return status.error().in("batch " + std::to_string(i));
    auto runner = createRunner(prepared, *tables);
    if (!runner)
      return runner.error();
    if (summary)
      printSummary(llvm::outs(), prepared.artifact);

    double worst = 0;
    std::vector<std::vector<float>> outputs;
    for (size_t i = 0; i < prepared.batches.size(); ++i) {
      auto output = (*runner)->run(prepared.batches[i]);
      if (!output)
        return output.error().in("batch " + std::to_string(i));
      if (verify) {
        auto error = check(manifest, *tables, prepared.batches[i], *output);
        if (!error)
          return error.error().in("batch " + std::to_string(i));
        worst = std::max(worst, *error);
      }
      outputs.push_back(std::move(*output));
    }
    if (summary)
      llvm::outs() << (*runner)->describe() << '\n';
    if (verify)
      llvm::outs() << "verified: max rel. error " << llvm::format("%.2e", worst)
                   << " over " << prepared.batches.size() << " batches\n";
    if (!outputPath.empty())
      return write(manifest, prepared.batches, outputs);
    return {};
  }

private:
  Result<std::unique_ptr<Runner>> createRunner(PreparedModel &model,
                                               const HostTables &tables) {
    if (target == Target::cuda)
      return createCudaRunner(model.artifact, tables, model.batches);
    const Manifest &manifest = model.artifact.manifest;
    if (target == Target::cpu)
      return model.module ? createLoopsRunner(*model.module, manifest, tables)
                          : createCpuRunner(manifest, tables, cpuThreads);
    if (!model.lowered)
      return makeError("an artifact holds PTX, which the simulator cannot run; "
                       "for --device=sim give the model's .mlir or .json");
    return createSimRunner(*model.lowered, tables);
  }

  /// The largest relative error; an Error if it is past what rounding does.
  static Result<double> check(const Manifest &manifest,
                              const HostTables &tables, const Batch &batch,
                              const std::vector<float> &output) {
    auto expected = poolReference(manifest, tables.addresses(), batch);
    if (!expected)
      return expected.error();
    Comparison difference = compare(output, *expected);
    if (difference.relativeNorm <= kRoundingTolerance)
      return difference.maxRelativeError;
    int64_t at = difference.firstMismatch;
    return makeError(
        "verification failed: ", difference.mismatches, " of ", output.size(),
        " elements differ, relative norm ", difference.relativeNorm,
        "; worst is sample ", at / manifest.outputWidth, ", column ",
        at % manifest.outputWidth, ": ", output[at], " for ", (*expected)[at]);
  }

  Status write(const Manifest &manifest, const std::vector<Batch> &batches,
               const std::vector<std::vector<float>> &outputs) {
    std::vector<TensorInfo> infos;
    for (size_t i = 0; i < outputs.size(); ++i)
      infos.push_back({i == 0 && outputs.size() == 1
                           ? "output"
                           : "output" + std::to_string(i),
                       DType::f32,
                       {batches[i].batchSize, manifest.outputWidth}});
    auto writer = SafeTensorsWriter::create(outputPath, infos);
    if (!writer)
      return writer.error();
    for (const std::vector<float> &output : outputs)
      if (Status status =
              writer->write(output.data(), output.size() * sizeof(float));
          !status)
        return status;
    return writer->commit();
  }

  Preparation preparation{sub};
  cl::opt<Target> target{
      "device", cl::desc("where to run"),
      cl::values(clEnumValN(Target::cuda, "cuda", "GPU 0"),
                 clEnumValN(Target::sim, "sim",
                            "the simulator: the GPU's kernels on the CPU"),
                 clEnumValN(Target::cpu, "cpu",
                            "the CPU: an artifact as it is served there, "
                            "other models by plain loops (default)")),
      cl::init(Target::cpu), cl::sub(sub)};
  CpuThreadsOption cpuThreads{sub};
  cl::opt<bool> verify{"verify",
                       cl::desc("compare with a reference in f64; exit code 1 "
                                "if they differ"),
                       cl::sub(sub)};
  cl::opt<bool> summary{"summary",
                        cl::desc("print features, schedules and what ran"),
                        cl::sub(sub)};
  cl::opt<std::string> outputPath{
      "o", cl::desc("write the pooled rows (safetensors)"),
      cl::value_desc("file"), cl::sub(sub)};
};

} // namespace

std::unique_ptr<Command> createRunCommand() {
  return std::make_unique<RunCommand>();
}

} // namespace recflex
