//===- CompareCommand.cpp - recflex compare -------------------------------===//
//
// Artifacts of one model, timed in turns: ratios then hold whatever clocks and
// temperature do meanwhile.
//
//===----------------------------------------------------------------------===//

#include "Command.h"
#include "CudaSetup.h"
#include "DeviceCheck.h"
#include "PresetBinding.h"
#include "TextTable.h"
#include "Workload.h"

#include "recflex/Runtime/DeviceBench.h"
#include "recflex/Runtime/Reference.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"

namespace cl = llvm::cl;

namespace recflex {
namespace {

/// What is timed: an artifact, bound in some way.
struct Contender {
  std::string name, binding;
  Rotation rotation;
  Timing time, ratio; ///< the latter to the first contender, sample by sample
};

class CompareCommand final : public Command {
public:
  CompareCommand() : Command("compare", "time artifacts of a model in turns") {}

  Status run() override {
    if (paths.size() < 2 && !fixed)
      return makeError("name two artifacts or more, or one with "
                       "--fixed-binding");
    std::vector<Artifact> artifacts;
    for (const std::string &path : paths) {
      Result<Artifact> artifact = readArtifact(path);
      if (!artifact)
        return artifact.error();
      if (Status status = checkAlike(artifacts, *artifact); !status)
        return status.error().in(path);
      artifacts.push_back(std::move(*artifact));
    }
    auto batches = workload.batches(artifacts.front().manifest);
    if (!batches)
      return batches.error();
    auto contenders = measure(artifacts, *batches);
    if (!contenders)
      return contenders.error();
    json ? printJson(*contenders) : printText(*contenders, *batches);
    return {};
  }

private:
  /// One set of tables, batches and outputs must do for all.
  static Status checkAlike(const std::vector<Artifact> &others,
                           const Artifact &artifact) {
    if (others.empty())
      return {};
    const Manifest &a = others.front().manifest, &b = artifact.manifest;
    auto alike = [](const ManifestTable &x, const ManifestTable &y) {
      return x.rows == y.rows && x.width == y.width && x.type == y.type;
    };
    if (a.jaggedFeatures != b.jaggedFeatures || a.indexType != b.indexType ||
        a.outputWidth != b.outputWidth || a.weighted != b.weighted ||
        !std::equal(a.tables.begin(), a.tables.end(), b.tables.begin(),
                    b.tables.end(), alike))
      return makeError("is of another model than the first artifact; compare "
                       "artifacts of one");
    return {};
  }

  /// What all artifacts are timed with.
  struct Stage {
    Stream stream;
    DeviceTables tables;
    DeviceBatches batches;
    std::vector<float> expected; ///< of the first batch
  };

  Result<Stage> prepare(const Manifest &manifest,
                        const std::vector<Batch> &batches) const {
    auto tables = workload.tables(manifest);
    if (!tables)
      return tables.error();
    auto device = Device::open();
    if (!device)
      return device.error();
    auto stream = Stream::create(*device);
    if (!stream)
      return stream.error();
    auto onDeviceTables = DeviceTables::upload(*stream, manifest, *tables);
    if (!onDeviceTables)
      return onDeviceTables.error();
    auto onDevice = DeviceBatches::upload(*stream, manifest, batches);
    if (!onDevice)
      return onDevice.error();
    if (Status status = tables->prepare(manifest, batches.front()); !status)
      return status.error();
    auto expected =
        poolReference(manifest, tables->addresses(), batches.front());
    if (!expected)
      return expected.error();
    return Stage{std::move(*stream), std::move(*onDeviceTables),
                 std::move(*onDevice), std::move(*expected)};
  }

  /// The artifact on the device, found to be right.
  static Result<LoadedModel> load(const Stage &stage, const Artifact &artifact,
                                  const std::vector<Batch> &batches) {
    auto loaded =
        LoadedModel::load(stage.stream.device(), artifact, stage.tables,
                          withScratch({}, artifact.manifest, batches));
    if (!loaded)
      return loaded;
    auto pooled = poolChecked(*loaded->context, batches.front(),
                              stage.batches.batches.front(),
                              stage.batches.output, stage.stream);
    if (!pooled)
      return pooled.error();
    if (auto difference = verify(*pooled, stage.expected); !difference)
      return difference.error();
    return loaded;
  }

  /// One launch a batch, by `launch` of `context`.
  static Rotation
  makeRotation(const Stage &stage, const ExecutionContext &context,
               Status (ExecutionContext::*launch)(const BatchArguments &,
                                                  CUstream_st *) const) {
    Rotation rotation;
    for (const DeviceBatch &batch : stage.batches.batches)
      rotation.push_back(
          [&, launch,
           arguments = batch.arguments(context.module().manifest(),
                                       stage.batches.output.address())] {
            return (context.*launch)(arguments, stage.stream.get());
          });
    return rotation;
  }

  Result<std::vector<Contender>> measure(const std::vector<Artifact> &artifacts,
                                         const std::vector<Batch> &batches) {
    auto stage = prepare(artifacts.front().manifest, batches);
    if (!stage)
      return stage.error();
    // Contexts keep their address: rotations refer to them.
    std::vector<LoadedModel> models;
    std::vector<PresetBinding> bindings;
    std::vector<Contender> contenders;
    for (auto [path, artifact] : llvm::zip_equal(paths, artifacts)) {
      auto loaded = load(*stage, artifact, batches);
      if (!loaded)
        return loaded.error().in(path);
      models.push_back(std::move(*loaded));
      bool isFixed = artifact.manifest.fixedBinding;
      contenders.push_back({path,
                            isFixed ? "fixed" : "runtime",
                            makeRotation(*stage, *models.back().context,
                                         &ExecutionContext::launch),
                            {},
                            {}});
      if (!fixed || isFixed)
        continue;
      for (auto [name, rule] :
           {std::pair{"fixed, mean", PresetBinding::Rule::mean},
            std::pair{"fixed, max", PresetBinding::Rule::max}}) {
        auto binding =
            PresetBinding::create(models.back(), batches, rule, stage->stream);
        if (!binding)
          return binding.error().in(path);
        bindings.push_back(std::move(*binding));
        contenders.push_back({path,
                              name,
                              makeRotation(*stage, bindings.back().context(),
                                           &ExecutionContext::launchPooling),
                              {},
                              {}});
      }
    }
    if (Status status = time(contenders, stage->stream); !status)
      return status.error();
    return contenders;
  }

  static Status time(std::vector<Contender> &contenders, const Stream &stream) {
    std::vector<Rotation> rotations;
    for (const Contender &contender : contenders)
      rotations.push_back(contender.rotation);
    auto samples = sampleRotations(stream, rotations);
    if (!samples)
      return samples.error();
    for (size_t i = 0; i != contenders.size(); ++i) {
      std::vector<double> ratios;
      for (size_t k = 0; k != (*samples)[i].size(); ++k)
        ratios.push_back((*samples)[i][k] / (*samples)[0][k]);
      contenders[i].ratio = summarize(std::move(ratios));
      contenders[i].time = summarize((*samples)[i]);
    }
    return {};
  }

  static void printText(const std::vector<Contender> &contenders,
                        const std::vector<Batch> &batches) {
    auto number = [](const char *format, double value) {
      std::string text;
      llvm::raw_string_ostream(text) << llvm::format(format, value);
      return text;
    };
    TextTable table({"artifact", "binding", "us>", "p10>", "p90>", "ratio>",
                     "p10>", "p90>"});
    for (const Contender &c : contenders)
      table.add({c.name, c.binding, number("%.2f", c.time.median * 1e6),
                 number("%.2f", c.time.p10 * 1e6),
                 number("%.2f", c.time.p90 * 1e6),
                 number("%.4f", c.ratio.median), number("%.4f", c.ratio.p10),
                 number("%.4f", c.ratio.p90)});
    table.print(llvm::outs());
    llvm::outs() << batches.size() << " batches of "
                 << batches.front().batchSize
                 << " samples; ratios to the first, sample by sample\n";
  }

  static void printJson(const std::vector<Contender> &contenders) {
    llvm::json::OStream out(llvm::outs());
    out.array([&] {
      for (const Contender &c : contenders)
        out.object([&] {
          out.attribute("artifact", c.name);
          out.attribute("binding", c.binding);
          out.attribute("time_us", c.time.median * 1e6);
          out.attribute("time_p10_us", c.time.p10 * 1e6);
          out.attribute("time_p90_us", c.time.p90 * 1e6);
          out.attribute("ratio", c.ratio.median);
          out.attribute("ratio_p10", c.ratio.p10);
          out.attribute("ratio_p90", c.ratio.p90);
        });
    });
    llvm::outs() << '\n';
  }

  cl::list<std::string> paths{cl::Positional, cl::desc("<model.recflex ...>"),
                              cl::OneOrMore, cl::sub(sub)};
  Workload workload{sub};
  cl::opt<bool> fixed{
      "fixed-binding",
      cl::desc("time each with its features in one order for all batches as "
               "well: that of their longest bags' mean or maximum"),
      cl::sub(sub)};
  cl::opt<bool> json{"json", cl::desc("a JSON array, for machines"),
                     cl::sub(sub)};
};

} // namespace

std::unique_ptr<Command> createCompareCommand() {
  return std::make_unique<CompareCommand>();
}

} // namespace recflex
