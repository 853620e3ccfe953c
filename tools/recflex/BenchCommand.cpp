//===- BenchCommand.cpp - recflex bench -----------------------------------===//

#include "Command.h"
#include "CpuBench.h"
#include "CpuSetup.h"
#include "CudaSetup.h"
#include "DeviceCheck.h"
#include "Prepare.h"
#include "Summary.h"

#include "recflex/Runtime/DeviceBatch.h"
#include "recflex/Runtime/DeviceBench.h"
#include "recflex/Runtime/Reference.h"
#include "recflex/Runtime/Roofline.h"

#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <cstring>

namespace cl = llvm::cl;

namespace recflex {
namespace {

/// What one run of the command measured. Seconds, bytes a second.
struct Measurement {
  DeviceProperties device;
  DeviceKernel kernel;
  ForwardTimes times;
  double copyRate = 0, l2Rate = 0;
  double floorSeconds = 0, gatherSeconds = 0; ///< means over the batches
  double maxRelativeError = 0, relativeNorm = 0;
};

class BenchCommand final : public Command {
public:
  BenchCommand() : Command("bench", "time batches on a GPU or the CPU") {}

  Status run() override {
    auto model = preparation.prepare(target == Target::cuda);
    if (!model)
      return model.error();
    PreparedModel &prepared = **model;
    if (target == Target::cpu)
      return runOnCpu(prepared);
    auto measured = measure(prepared);
    if (!measured)
      return measured.error();
    if (json)
      printJson(prepared, *measured);
    else
      printText(prepared, *measured);
    return {};
  }

private:
  enum class Target { cuda, cpu };

  Status runOnCpu(const PreparedModel &model) {
    const Manifest &manifest = model.artifact.manifest;
    auto tables = preparation.tables(manifest);
    if (!tables)
      return tables.error();
    auto measured = benchOnCpu(manifest, *tables, model.batches, cpuThreads);
    if (!measured)
      return measured.error();
    if (json)
      printCpuJson(model, *measured);
    else
      printCpuText(model, *measured);
    return {};
  }

  Result<Measurement> measure(PreparedModel &model) {
    const Manifest &manifest = model.artifact.manifest;
    auto tables = preparation.tables(manifest);
    if (!tables)
      return tables.error();
    auto device = Device::open();
    if (!device)
      return device.error();
    auto stream = Stream::create(*device);
    if (!stream)
      return stream.error();
    Measurement result;
    result.device = (*device)->properties();
    auto copyRate = measureCopyRate(*stream);
    if (!copyRate)
      return copyRate.error();
    result.copyRate = *copyRate;
    auto l2Rate = measureL2ReadRate(*stream);
    if (!l2Rate)
      return l2Rate.error();
    result.l2Rate = *l2Rate;

    auto uploaded = DeviceTables::upload(*stream, manifest, *tables);
    if (!uploaded)
      return uploaded.error();
    auto loaded = LoadedModel::load(*device, model.artifact, *uploaded,
                                    withScratch({}, manifest, model.batches));
    if (!loaded)
      return loaded.error();
    result.kernel = loaded->module->forward();

    auto uploadedBatches =
        DeviceBatches::upload(*stream, manifest, model.batches);
    if (!uploadedBatches)
      return uploadedBatches.error();
    const auto &[onDevice, output] = *uploadedBatches;
    for (const Batch &batch : model.batches) {
      auto traffic = countTraffic(manifest, batch);
      if (!traffic)
        return traffic.error();
      double share = 1.0 / static_cast<double>(model.batches.size());
      result.floorSeconds += share * traffic->floorSeconds(*copyRate);
      result.gatherSeconds += share * traffic->gatherSeconds(*l2Rate);
    }

    // Correct first: one batch against the reference.
    const Batch &first = model.batches.front();
    if (Status status = tables->prepare(manifest, first); !status)
      return status.error();
    auto pooled =
        poolChecked(*loaded->context, first, onDevice.front(), output, *stream);
    if (!pooled)
      return pooled.error();
    auto expected = poolReference(manifest, tables->addresses(), first);
    if (!expected)
      return expected.error();
    auto difference = verify(*pooled, *expected);
    if (!difference)
      return difference.error();
    result.maxRelativeError = difference->maxRelativeError;
    result.relativeNorm = difference->relativeNorm;

    ContextOptions checks = withScratch({}, manifest, model.batches);
    checks.checks = InputChecks::zeroRow;
    auto checked = ExecutionContext::create(loaded->attached, checks);
    if (!checked)
      return checked.error();
    if (Status status = compareChecked(*checked, onDevice.front(), output,
                                       *stream, *pooled);
        !status)
      return status.error();
    auto times =
        timeForward(*loaded->context, *checked, onDevice, output, *stream);
    if (!times)
      return times.error();
    result.times = *times;
    return result;
  }

  /// Checks change nothing for good input, and find nothing in it.
  static Status compareChecked(const ExecutionContext &checked,
                               const DeviceBatch &batch,
                               const DeviceBuffer &output, const Stream &stream,
                               const std::vector<float> &expected) {
    auto pooled = poolOnDevice(checked, batch, output, stream);
    if (!pooled)
      return pooled.error();
    auto faults = checked.faults(stream.get());
    if (!faults)
      return faults.error();
    if (faults->total != 0)
      return makeError("checks find ", faults->total,
                       " faults in a batch that has none");
    if (std::memcmp(pooled->data(), expected.data(),
                    expected.size() * sizeof(float)) != 0)
      return makeError("with checks the same batch gives other bits");
    return {};
  }

  static void printText(const PreparedModel &model, const Measurement &m) {
    llvm::raw_ostream &os = llvm::outs();
    printSummary(os, model.artifact);
    auto us = [](double seconds) {
      return llvm::format("%.2f us", seconds * 1e6);
    };
    os << "device: " << m.device.name << ", copy "
       << llvm::format("%.2f", m.copyRate * 1e-12) << " TB/s, L2 read "
       << llvm::format("%.2f", m.l2Rate * 1e-12) << " TB/s\n"
       << "forward: " << m.kernel.registers << " registers, "
       << m.kernel.localBytes << " bytes spilled, " << m.kernel.blocksPerSM
       << " blocks a multiprocessor\n"
       << "batches: " << model.batches.size() << " of "
       << model.batches.front().batchSize << " samples\n"
       << "time a batch: " << us(m.times.total.median) << " (p10 "
       << us(m.times.total.p10) << ", p90 " << us(m.times.total.p90) << "), "
       << "binding alone " << us(m.times.binding.median) << ", pooling alone "
       << us(m.times.pooling.median) << '\n'
       << "with checks: " << us(m.times.checked.median) << ", ratio "
       << llvm::format("%.4f", m.times.ratio.median) << " (p10 "
       << llvm::format("%.4f", m.times.ratio.p10) << ", p90 "
       << llvm::format("%.4f", m.times.ratio.p90) << ")\n"
       << "host: " << us(m.times.launch.median) << " a launch\n"
       << "floor: " << us(m.floorSeconds) << " at the copy rate (time/floor "
       << llvm::format("%.2f", m.times.total.median / m.floorSeconds) << "), "
       << us(m.gatherSeconds) << " at the L2 read rate (time/floor "
       << llvm::format("%.2f", m.times.total.median / m.gatherSeconds) << ")\n"
       << "verified: max rel. error "
       << llvm::format("%.2e", m.maxRelativeError) << '\n';
  }

  static void printJson(const PreparedModel &model, const Measurement &m) {
    llvm::json::OStream out(llvm::outs());
    out.object([&] {
      const Manifest &manifest = model.artifact.manifest;
      out.attribute("model", manifest.name);
      out.attribute("features", static_cast<int64_t>(manifest.features.size()));
      out.attribute("bodies", static_cast<int64_t>(manifest.bodies.size()));
      out.attribute("batch_size", model.batches.front().batchSize);
      out.attribute("batches", static_cast<int64_t>(model.batches.size()));
      out.attribute("threads", manifest.threads);
      out.attribute("blocks_per_sm", m.kernel.blocksPerSM);
      out.attribute("registers", m.kernel.registers);
      out.attribute("spill_bytes", m.kernel.localBytes);
      out.attribute("device", m.device.name);
      out.attribute("copy_bytes_per_s", m.copyRate);
      out.attribute("l2_bytes_per_s", m.l2Rate);
      out.attribute("time_us", m.times.total.median * 1e6);
      out.attribute("time_p10_us", m.times.total.p10 * 1e6);
      out.attribute("time_p90_us", m.times.total.p90 * 1e6);
      out.attribute("binding_us", m.times.binding.median * 1e6);
      out.attribute("pooling_us", m.times.pooling.median * 1e6);
      out.attribute("checked_us", m.times.checked.median * 1e6);
      out.attribute("checked_ratio", m.times.ratio.median);
      out.attribute("checked_ratio_p10", m.times.ratio.p10);
      out.attribute("checked_ratio_p90", m.times.ratio.p90);
      out.attribute("host_launch_us", m.times.launch.median * 1e6);
      out.attribute("floor_us", m.floorSeconds * 1e6);
      out.attribute("l2_floor_us", m.gatherSeconds * 1e6);
      out.attribute("max_relative_error", m.maxRelativeError);
      out.attribute("relative_norm", m.relativeNorm);
    });
    llvm::outs() << '\n';
  }

  static void printCpuText(const PreparedModel &model,
                           const CpuMeasurement &m) {
    auto us = [](double seconds) {
      return llvm::format("%.1f us", seconds * 1e6);
    };
    llvm::outs() << "device: " << m.processor << ", " << m.threads
                 << " threads, " << m.instructions << " kernels\n"
                 << "batches: " << model.batches.size() << " of "
                 << model.batches.front().batchSize << " samples\n"
                 << "time a batch: " << us(m.time.median) << " (p10 "
                 << us(m.time.p10) << ", p90 " << us(m.time.p90)
                 << "), processor time " << us(m.busy.median) << '\n'
                 << "verified: max rel. error "
                 << llvm::format("%.2e", m.maxRelativeError) << '\n';
  }

  static void printCpuJson(const PreparedModel &model,
                           const CpuMeasurement &m) {
    llvm::json::OStream out(llvm::outs());
    out.object([&] {
      const Manifest &manifest = model.artifact.manifest;
      out.attribute("model", manifest.name);
      out.attribute("features", static_cast<int64_t>(manifest.features.size()));
      out.attribute("batch_size", model.batches.front().batchSize);
      out.attribute("batches", static_cast<int64_t>(model.batches.size()));
      out.attribute("device", m.processor);
      out.attribute("instructions", m.instructions);
      out.attribute("cpu_threads", m.threads);
      out.attribute("time_us", m.time.median * 1e6);
      out.attribute("time_p10_us", m.time.p10 * 1e6);
      out.attribute("time_p90_us", m.time.p90 * 1e6);
      out.attribute("processor_us", m.busy.median * 1e6);
      out.attribute("max_relative_error", m.maxRelativeError);
      out.attribute("relative_norm", m.relativeNorm);
    });
    llvm::outs() << '\n';
  }

  Preparation preparation{sub};
  cl::opt<Target> target{
      "device", cl::desc("where to run"),
      cl::values(clEnumValN(Target::cuda, "cuda", "GPU 0 (default)"),
                 clEnumValN(Target::cpu, "cpu",
                            "the CPU, as artifacts are served there")),
      cl::init(Target::cuda), cl::sub(sub)};
  CpuThreadsOption cpuThreads{sub};
  cl::opt<bool> json{"json", cl::desc("one JSON object, for machines"),
                     cl::sub(sub)};
};

} // namespace

std::unique_ptr<Command> createBenchCommand() {
  return std::make_unique<BenchCommand>();
}

} // namespace recflex
