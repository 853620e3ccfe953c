//===- CudaMeasurer.cpp - Trials on GPU 0 ---------------------------------===//

#include "recflex/Tuning/Palettes/CudaMeasurer.h"

#include "recflex/Dialect/Emb/IR/ScheduleProvider.h"
#include "recflex/Profiling/CudaPaletteBench.h"
#include "recflex/Profiling/RemoteBench.h"
#include "recflex/Runtime/DeviceTables.h"
#include "recflex/Runtime/Reference.h"
#include "recflex/Support/Sha256.h"
#include "recflex/Tuning/Palettes/PaletteMeasurer.h"

#include <thread>

namespace recflex {
namespace {

/// What the process that measures is given, by being a fork of this one.
struct BenchInput {
  Manifest manifest;
  HostTables tables;
  BenchSamples samples; ///< without references
};

/// A bench whose tables and batches go to the device when something is to be
/// measured: a tuner that knows all from its record waits for none of it.
class LazyBench final : public PaletteBench {
public:
  LazyBench(DevicePointer device, std::shared_ptr<BenchInput> input)
      : device(std::move(device)), input(std::move(input)) {}

  Benched<BenchDevice> describe() override {
    return CudaPaletteBench::describe(*device);
  }
  Benched<PaletteFigures> load(int64_t palette,
                               const PaletteImage &image) override {
    if (!bench)
      if (Status status = prepare(); !status)
        return BenchFailure{BenchFailure::deviceLost, status.error().message};
    return bench->load(palette, image);
  }
  void unload(int64_t palette) override {
    if (bench)
      bench->unload(palette);
  }
  Benched<std::vector<FeatureProfile>> profile(int64_t palette,
                                               const BodyAssignment &assignment,
                                               int rounds) override {
    return bench ? bench->profile(palette, assignment, rounds)
                 : Benched<std::vector<FeatureProfile>>(notLoaded());
  }
  Benched<KernelTiming> time(int64_t palette, const BodyAssignment &assignment,
                             int64_t yardstickPalette,
                             const BodyAssignment &yardstick,
                             int samples) override {
    return bench ? bench->time(palette, assignment, yardstickPalette, yardstick,
                               samples)
                 : Benched<KernelTiming>(notLoaded());
  }

private:
  static BenchFailure notLoaded() {
    return {BenchFailure::crashed, "no palette is loaded"};
  }
  Status prepare();

  DevicePointer device;
  std::shared_ptr<BenchInput> input;
  DeviceTables tables;
  std::unique_ptr<CudaPaletteBench> bench;
};

} // namespace

Status LazyBench::prepare() {
  const Manifest &manifest = input->manifest;
  for (const Batch &batch : input->samples.batches) {
    if (Status status = input->tables.prepare(manifest, batch); !status)
      return status;
    auto reference = poolReference(manifest, input->tables.addresses(), batch);
    if (!reference)
      return reference.error();
    input->samples.references.push_back(std::move(*reference));
  }
  auto stream = Stream::create(device);
  if (!stream)
    return stream.error();
  auto uploaded = DeviceTables::upload(*stream, manifest, input->tables);
  if (!uploaded)
    return uploaded.error();
  tables = std::move(*uploaded);
  auto created = CudaPaletteBench::create(device, manifest, tables.addresses(),
                                          input->samples);
  if (!created)
    return created.error();
  bench = std::move(*created);
  return {};
}

static Result<std::shared_ptr<BenchInput>> makeInput(const TrialData &data,
                                                     const Manifest &manifest) {
  auto tables = data.tables(manifest);
  if (!tables)
    return tables.error();
  return std::make_shared<BenchInput>(
      BenchInput{manifest, std::move(*tables), {data.batches, {}}});
}

static TuningDevice describeDevice(const BenchDevice &bench) {
  TuningDevice device;
  device.name = bench.name;
  device.chip = bench.chip;
  device.driver = bench.driver;
  device.multiprocessors = bench.multiprocessors;
  device.maxThreads = bench.maxThreads;
  device.maxBlocks = bench.maxBlocks;
  device.registers = bench.registers;
  device.sharedBytes = bench.sharedBytes;
  return device;
}

/// The version, and a digest of the code that the compiler makes of the model
/// with one candidate of each kind: trials of another compiler's code are other
/// trials, and so are those of another binding.
static Result<std::string> describeCompiler(mlir::MLIRContext *context,
                                            const PaletteModel &model,
                                            const std::string &chip) {
  constexpr int64_t threads = emb::kDefaultThreads;
  PaletteSpec spec;
  spec.indexType = model.manifest.indexType;
  spec.threads = threads;
  spec.blocks = emb::kDefaultBlocks;
  spec.scratchBytes = 1 << 16;
  spec.chip = chip;
  spec.withForward = true;
  for (BodyShape shape : model.shapes) {
    shape.threads = threads;
    std::set<std::string> kinds;
    for (emb::ScheduleAttrInterface schedule :
         emb::enumerateSchedules(context, shape.lookup, {}, threads))
      if (kinds.insert(schedule.getAbstractAttribute().getName().str()).second)
        spec.bodies.push_back({toText(schedule), shape});
  }
  // Not the model's features, for trials serve others too: so many that the
  // code has all its parts.
  if (model.manifest.fixedBinding)
    spec.fixed =
        FixedTiles{abi::kWarpSize * abi::kWarpSize + 1, {1, 2, 4, 8, 16}};
  auto ptx = compilePalette(context->getDialectRegistry(), spec);
  if (!ptx)
    return ptx.error();
  return RECFLEX_VERSION "+" + toHex(Sha256::of(*ptx)).substr(0, 12);
}

Result<std::unique_ptr<Measurer>>
createCudaMeasurer(const MeasurerRequest &request, const TrialData &data) {
  if (data.batches.empty())
    return makeError("trials on a GPU run sample batches; give some");
  mlir::MLIRContext *context = request.module->getContext();
  int64_t threads = request.threads ? request.threads : emb::kDefaultThreads;
  // Which chip it will be is known when the device is; no body depends on it.
  auto model =
      PaletteModel::build(request.module, "sm_80", threads, request.binding);
  if (failed(model))
    return makeError("the model cannot be compiled for trials");
  auto input = makeInput(data, model->manifest);
  if (!input)
    return input.error();

  auto bench = std::make_unique<RemoteBench>(
      [input = *input]() -> Result<std::unique_ptr<PaletteBench>> {
        auto device = Device::open();
        if (!device)
          return device.error();
        return std::unique_ptr<PaletteBench>(
            std::make_unique<LazyBench>(std::move(*device), input));
      },
      RemoteBench::Limits{});
  auto described = bench->describe();
  if (auto *failure = std::get_if<BenchFailure>(&described))
    return makeError(ErrorCode::noDevice, failure->message);
  TuningDevice device = describeDevice(std::get<BenchDevice>(described));

  TuningVersions versions;
  auto compilerVersion = describeCompiler(context, *model, device.chip);
  if (!compilerVersion)
    return compilerVersion.error();
  versions.recflex = *compilerVersion;
  if (model->manifest.fixedBinding)
    versions.recflex += kFixedMark;
  if (data.isolated)
    versions.recflex += "+isolated"; // trials that say nothing to others
  std::optional<Ptxas> ptxas;
  versions.ptxas = "driver";
  if (auto found = Ptxas::find()) {
    auto version = found->version();
    if (!version)
      return version.error();
    versions.ptxas = *version;
    ptxas = *found;
  }

  PaletteMeasurer::Options options;
  options.tolerance = kRoundingTolerance;
  options.isolated = data.isolated;
  if (request.blocks)
    options.occupancies = {{threads, request.blocks}};
  else
    options.occupancies = request.threads
                              ? occupanciesToTry(device, threads)
                              : occupanciesToTry(device);
  if (options.occupancies.empty())
    return makeError(device.name, " has no room for blocks of ", threads,
                     " threads; ask for fewer");
  auto compiler = std::make_unique<PaletteCompiler>(
      context->getDialectRegistry(), std::move(ptxas),
      std::max(1u, std::thread::hardware_concurrency()));
  return std::unique_ptr<Measurer>(std::make_unique<PaletteMeasurer>(
      request.problem, std::move(*model), std::move(bench), std::move(compiler),
      std::move(device), std::move(versions), std::move(options)));
}

} // namespace recflex
