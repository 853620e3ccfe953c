//===- CudaTuning.cpp - Trials on GPU 0 -----------------------------------===//

#include "CudaTuning.h"

#include "../CudaSetup.h"
#include "../ModelInput.h"

#include "recflex/Dialect/Emb/IR/ScheduleProvider.h"
#include "recflex/Profiling/CudaPaletteBench.h"
#include "recflex/Profiling/RemoteBench.h"
#include "recflex/Runtime/Reference.h"
#include "recflex/Support/Sha256.h"
#include "recflex/Tuning/Palettes/PaletteMeasurer.h"

#include <thread>

namespace recflex {
namespace {

/// The bench, and the tables that it reads.
class BenchWithTables final : public PaletteBench {
public:
  BenchWithTables(DeviceTables tables, std::unique_ptr<PaletteBench> bench)
      : tables(std::move(tables)), bench(std::move(bench)) {}

  Benched<BenchDevice> describe() override { return bench->describe(); }
  Benched<PaletteFigures> load(int64_t palette,
                               const PaletteImage &image) override {
    return bench->load(palette, image);
  }
  void unload(int64_t palette) override { bench->unload(palette); }
  Benched<std::vector<FeatureProfile>>
  profile(int64_t palette, const BodyAssignment &assignment, int rounds) override {
    return bench->profile(palette, assignment, rounds);
  }
  Benched<KernelTiming> time(int64_t palette, const BodyAssignment &assignment,
                             int64_t yardstickPalette,
                             const BodyAssignment &yardstick) override {
    return bench->time(palette, assignment, yardstickPalette, yardstick);
  }

private:
  DeviceTables tables;
  std::unique_ptr<PaletteBench> bench;
};

/// What the process that measures is given, by being a fork of this one.
struct BenchInput {
  Manifest manifest;
  HostTables tables;
  BenchSamples samples;
};

} // namespace

static Result<std::unique_ptr<PaletteBench>>
createBench(const BenchInput &input) {
  auto device = Device::open();
  if (!device)
    return device.error();
  auto stream = Stream::create(*device);
  if (!stream)
    return stream.error();
  auto tables = DeviceTables::upload(*stream, input.manifest, input.tables);
  if (!tables)
    return tables.error();
  auto bench = CudaPaletteBench::create(*device, input.manifest,
                                        tables->addresses(), input.samples);
  if (!bench)
    return bench.error();
  return std::unique_ptr<PaletteBench>(std::make_unique<BenchWithTables>(
      std::move(*tables), std::move(*bench)));
}

static Result<std::shared_ptr<const BenchInput>>
makeInput(const TuneRequest &request, const Manifest &manifest) {
  auto tables = request.tables(manifest);
  if (!tables)
    return tables.error();
  auto input = std::make_shared<BenchInput>(
      BenchInput{manifest, std::move(*tables), {request.batches, {}}});
  for (const Batch &batch : request.batches) {
    if (Status status = input->tables.prepare(manifest, batch); !status)
      return status.error();
    auto reference =
        poolReference(manifest, input->tables.addresses(), batch);
    if (!reference)
      return reference.error();
    input->samples.references.push_back(std::move(*reference));
  }
  return std::shared_ptr<const BenchInput>(std::move(input));
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
/// trials.
static Result<std::string> describeCompiler(const TuneRequest &request,
                                            const PaletteModel &model,
                                            const std::string &chip) {
  mlir::MLIRContext *context = &request.session.context();
  constexpr int64_t threads = emb::kDefaultThreads;
  PaletteSpec spec;
  spec.indexType = model.manifest.indexType;
  spec.threads = threads;
  spec.blocks = emb::kDefaultBlocks;
  spec.scratchBytes = 1 << 16;
  spec.chip = chip;
  for (BodyShape shape : model.shapes) {
    shape.threads = threads;
    std::set<std::string> kinds;
    for (emb::ScheduleAttrInterface schedule :
         emb::enumerateSchedules(context, shape.lookup, {}, threads))
      if (kinds.insert(schedule.getAbstractAttribute().getName().str()).second)
        spec.bodies.push_back({toText(schedule), shape});
  }
  auto ptx = compilePalette(context->getDialectRegistry(), spec);
  if (!ptx)
    return ptx.error();
  return RECFLEX_VERSION "+" + toHex(Sha256::of(*ptx)).substr(0, 12);
}

Result<std::unique_ptr<Measurer>>
createCudaMeasurer(const TuneRequest &request) {
  if (request.batches.empty())
    return makeError("--device=cuda runs sample batches; give some with "
                     "--samples (recflex generate makes them)");
  int64_t threads = request.threads ? request.threads : emb::kDefaultThreads;
  // Which chip it will be is known when the device is; no body depends on it.
  auto model = PaletteModel::build(request.module, "sm_80", threads);
  if (failed(model))
    return request.session.takeError();
  auto input = makeInput(request, model->manifest);
  if (!input)
    return input.error();

  auto bench = std::make_unique<RemoteBench>(
      [input = *input] { return createBench(*input); }, RemoteBench::Limits{});
  auto described = bench->describe();
  if (auto *failure = std::get_if<BenchFailure>(&described))
    return makeError(ErrorCode::noDevice, failure->message);
  TuningDevice device = describeDevice(std::get<BenchDevice>(described));

  TuningVersions versions;
  auto compilerVersion = describeCompiler(request, *model, device.chip);
  if (!compilerVersion)
    return compilerVersion.error();
  versions.recflex = *compilerVersion;
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
  if (request.blocks)
    options.occupancies = {{threads, request.blocks}};
  else
    options.occupancies = occupanciesToTry(device, threads);
  if (options.occupancies.empty())
    return makeError(device.name, " has no room for blocks of ", threads,
                     " threads; give fewer --threads");
  auto compiler = std::make_unique<PaletteCompiler>(
      request.session.context().getDialectRegistry(), std::move(ptxas),
      std::max(1u, std::thread::hardware_concurrency()));
  return std::unique_ptr<Measurer>(std::make_unique<PaletteMeasurer>(
      request.problem, std::move(*model), std::move(bench),
      std::move(compiler), std::move(device), std::move(versions),
      std::move(options)));
}

} // namespace recflex
