//===- CompareCommand.cpp - recflex compare -------------------------------===//
//
// Artifacts of one model, timed in turns: ratios then hold whatever clocks and
// temperature do meanwhile.
//
//===----------------------------------------------------------------------===//

#include "Command.h"
#include "CudaSetup.h"
#include "DeviceCheck.h"
#include "FixedBinding.h"
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

  Result<std::vector<Contender>> measure(const std::vector<Artifact> &artifacts,
                                         const std::vector<Batch> &batches) {
    const Manifest &manifest = artifacts.front().manifest;
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
    std::vector<DeviceBatch> onDevice;
    int64_t largest = 0;
    for (const Batch &batch : batches) {
      auto uploaded = DeviceBatch::upload(*stream, manifest, batch);
      if (!uploaded)
        return uploaded.error();
      onDevice.push_back(std::move(*uploaded));
      auto bytes = outputBytes(manifest, batch.batchSize);
      if (!bytes)
        return bytes.error();
      largest = std::max(largest, *bytes);
    }
    auto output = DeviceBuffer::allocate(*device, largest);
    if (!output)
      return output.error();
    if (Status status = tables->prepare(manifest, batches.front()); !status)
      return status.error();
    auto expected =
        poolReference(manifest, tables->addresses(), batches.front());
    if (!expected)
      return expected.error();

    std::vector<LoadedModel> models;
    std::vector<FixedBinding> bindings;
    std::vector<Contender> contenders;
    models.reserve(artifacts.size());
    bindings.reserve(2 * artifacts.size());
    for (auto [path, artifact] : llvm::zip_equal(paths, artifacts)) {
      auto loaded =
          LoadedModel::load(*device, artifact, *onDeviceTables,
                            withScratch({}, artifact.manifest, batches));
      if (!loaded)
        return loaded.error().in(path);
      models.push_back(std::move(*loaded));
      const ExecutionContext &context = *models.back().context;
      auto pooled = poolChecked(context, batches.front(), onDevice.front(),
                                *output, *stream);
      if (!pooled)
        return pooled.error().in(path);
      Comparison difference = compare(*pooled, *expected);
      if (!(difference.relativeNorm <= kRoundingTolerance))
        return makeError(path, ": verification failed: relative norm ",
                         difference.relativeNorm, "; nothing was timed");
      Contender contender{path, "runtime", {}, {}, {}};
      for (const DeviceBatch &batch : onDevice)
        contender.rotation.push_back(
            [&context, &stream,
             arguments = batch.arguments(manifest, output->address())] {
              return context.launch(arguments, stream->get());
            });
      contenders.push_back(std::move(contender));
      if (!fixed)
        continue;
      for (auto [name, rule] :
           {std::pair{"fixed, mean", FixedBinding::Rule::mean},
            std::pair{"fixed, max", FixedBinding::Rule::max}}) {
        auto binding =
            FixedBinding::create(models.back(), batches, rule, *stream);
        if (!binding)
          return binding.error().in(path);
        bindings.push_back(std::move(*binding));
        Contender bound{path, name, {}, {}, {}};
        for (const DeviceBatch &batch : onDevice)
          bound.rotation.push_back(
              [&context = bindings.back().context(), &stream,
               arguments = batch.arguments(manifest, output->address())] {
                return context.launchPooling(arguments, stream->get());
              });
        contenders.push_back(std::move(bound));
      }
    }
    if (Status status = time(contenders, *stream); !status)
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
