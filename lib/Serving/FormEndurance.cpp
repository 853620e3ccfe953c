//===- FormEndurance.cpp - Every form of input and output, often ----------===//

#include "recflex/Serving/FormEndurance.h"

#include "recflex/Data/Random.h"
#include "recflex/Runtime/Reference.h"
#include "recflex/Support/HalfFloat.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <iterator>
#include <sstream>

namespace recflex {

/// More faults than nearly all batches have: they are compared one by one.
constexpr int64_t kKeptFaults = 1 << 16;

namespace {

/// What a context is made for.
struct Setting {
  InputChecks checks;
  bool malformed;
  const char *name;
};
constexpr Setting kSettings[] = {
    {InputChecks::off, false, "no checks"},
    {InputChecks::zeroRow, true, "malformed, zero rows"},
    {InputChecks::zeroBag, true, "malformed, zero bags"},
    {InputChecks::zeroRow, false, "zero rows"},
    {InputChecks::zeroBag, false, "zero bags"}};
constexpr int64_t kForms = std::size(kInputForms);
static_assert(kFormsOfARound == kForms * std::size(kSettings));

constexpr OutputLayout kPlainLayout = {RowType::f32, /*odd=*/false};

/// One after the other, the batches of the test.
class FormRun {
public:
  explicit FormRun(const FormTest &test)
      : test(test), manifest(test.manifest) {}

  /// Batch number `number`, in all outputs.
  Status runBatch(int64_t number);

  int64_t malformed = 0, faults = 0; ///< batches that have some, and how many

private:
  Status makeLaunchers(const Setting &setting);
  Status compareCpu(const FormedBatch &batch, const Setting &setting,
                    FaultReport &found);
  Status compareDevice(const FormedBatch &batch, const OutputLayout &layout,
                       const FaultReport &expected);
  Status compareBlock(const std::vector<std::byte> &block, int64_t batchSize,
                      const OutputLayout &layout) const;
  Status compareFaults(const FaultReport &actual,
                       const FaultReport &expected) const;
  std::vector<float> readRows(const std::vector<std::byte> &block,
                              int64_t batchSize) const;

  const FormTest &test;
  const Manifest &manifest;
  Batch source; ///< of this round
  ContextOptions options;
  std::unique_ptr<FormLauncher> device, cpu;
  std::vector<float> pooled; ///< what the device must pool
};

} // namespace

static Batch toBatch(const FormedBatch &formed, const Manifest &manifest) {
  Batch batch;
  batch.batchSize = formed.batchSize;
  batch.numFeatures = manifest.jaggedFeatures;
  batch.values = formed.values;
  batch.offsets = formed.bounds;
  batch.weights = formed.weights;
  return batch;
}

Status FormRun::makeLaunchers(const Setting &setting) {
  options.checks = setting.checks;
  options.faultCapacity = kKeptFaults;
  options.maxBatch = source.batchSize;
  options.maxLookups = 1 + source.values.size() * (1 + kMostSpoiled);
  auto onDevice = test.device(options);
  if (!onDevice)
    return onDevice.error();
  device = std::move(*onDevice);
  auto onCpu = test.cpu(options);
  if (!onCpu)
    return onCpu.error();
  cpu = std::move(*onCpu);
  return {};
}

Status FormRun::runBatch(int64_t number) {
  int64_t round = number / kFormsOfARound;
  InputForm form = kInputForms[number % kForms];
  const Setting &setting = kSettings[number % kFormsOfARound / kForms];
  std::string where = std::string(nameOf(form)) + ", " + setting.name;
  if (number % kFormsOfARound == 0)
    source = makeRagged(test.batches[round % test.batches.size()], round);
  if (number % kForms == 0)
    if (Status status = makeLaunchers(setting); !status)
      return status;

  FormedBatch batch = formBatch(source, form);
  FormedBatch plain = formBatch(source, InputForm::offsets);
  if (setting.malformed) {
    spoil(batch, manifest, static_cast<uint64_t>(number));
    plain = convertForm(batch, manifest, options);
  }
  if (Status status = test.prepare(toBatch(plain, manifest)); !status)
    return status;
  auto reference = device->launch(plain, kPlainLayout);
  if (!reference)
    return reference.error().in("offsets in place of " + where);
  pooled = readRows(reference->block, batch.batchSize);

  FaultReport found;
  if (Status status = compareCpu(batch, setting, found); !status)
    return status.error().in("on the CPU").in(where);
  malformed += found.total > 0;
  faults += found.total;
  for (RowType type : {RowType::f32, RowType::f16, RowType::bf16})
    for (bool odd : {false, true})
      if (Status status = compareDevice(batch, {type, odd}, found); !status)
        return status.error()
            .in(std::string(odd ? "odd " : "aligned ").append(toString(type)))
            .in(where);
  return {};
}

std::vector<float> FormRun::readRows(const std::vector<std::byte> &block,
                                     int64_t batchSize) const {
  int64_t width = manifest.outputWidth, stride = kPlainLayout.stride(width);
  std::vector<float> rows(batchSize * width);
  for (int64_t sample = 0; sample != batchSize; ++sample)
    std::memcpy(rows.data() + sample * width,
                block.data() + kPlainLayout.begin() +
                    sample * stride * sizeof(float),
                width * sizeof(float));
  return rows;
}

Status FormRun::compareCpu(const FormedBatch &batch, const Setting &setting,
                           FaultReport &found) {
  auto result = cpu->launch(batch, kPlainLayout);
  if (!result)
    return result.error();
  found = std::move(result->faults);
  if (!setting.malformed && found.total != 0)
    return makeError(found.total, " faults in a right batch, the first is ",
                     describe(found.faults.front(), manifest));
  Comparison difference =
      compare(readRows(result->block, batch.batchSize), pooled);
  if (!(difference.relativeNorm <= kRoundingTolerance))
    return makeError(difference.mismatches,
                     " elements differ from the device's, relative norm ",
                     difference.relativeNorm);
  return {};
}

Status FormRun::compareDevice(const FormedBatch &batch,
                              const OutputLayout &layout,
                              const FaultReport &expected) {
  auto result = device->launch(batch, layout);
  if (!result)
    return result.error();
  if (Status status = compareBlock(result->block, batch.batchSize, layout);
      !status)
    return status;
  return compareFaults(result->faults, expected);
}

/// Stores `value` as an element at `to`, which need not be aligned.
static void storeElement(std::byte *to, RowType type, float value) {
  if (type == RowType::f32) {
    std::memcpy(to, &value, sizeof value);
    return;
  }
  uint16_t bits = type == RowType::f16 ? f32ToF16(value) : f32ToBF16(value);
  std::memcpy(to, &bits, sizeof bits);
}

Status FormRun::compareBlock(const std::vector<std::byte> &block,
                             int64_t batchSize,
                             const OutputLayout &layout) const {
  int64_t width = manifest.outputWidth, stride = layout.stride(width);
  int64_t element = byteSize(layout.type);
  std::vector<std::byte> expected(block.size(), std::byte{0xFF});
  for (int64_t sample = 0; sample != batchSize; ++sample)
    for (int64_t column = 0; column != width; ++column)
      storeElement(expected.data() + layout.begin() +
                       (sample * stride + column) * element,
                   layout.type, pooled[sample * width + column]);
  auto different =
      std::mismatch(block.begin(), block.end(), expected.begin()).first;
  if (different == block.end())
    return {};
  int64_t at = different - block.begin() - layout.begin();
  int64_t sample = at / (stride * element);
  int64_t column = at / element - sample * stride;
  if (at < 0 || sample >= batchSize || column >= width)
    return makeError("byte ", at, " of the output, which is in no row, was ",
                     "written");
  const std::byte *from =
      block.data() + layout.begin() + (sample * stride + column) * element;
  return makeError("sample ", sample, ", column ", column, " is ",
                   readElement(from, layout.type), " for ",
                   pooled[sample * width + column], ", rounded");
}

Status FormRun::compareFaults(const FaultReport &actual,
                              const FaultReport &expected) const {
  if (actual.total != expected.total)
    return makeError(actual.total, " faults were found, the CPU found ",
                     expected.total);
  if (actual.total > kKeptFaults) // which of them are kept is open
    return {};
  for (size_t i = 0; i != expected.faults.size(); ++i)
    if (i >= actual.faults.size() || !(actual.faults[i] == expected.faults[i]))
      return makeError("fault ", i, " is not that which the CPU found: ",
                       describe(expected.faults[i], manifest));
  return {};
}

EnduranceReport enduranceForms(const FormTest &test, int64_t count) {
  EnduranceReport report;
  auto start = std::chrono::steady_clock::now();
  FormRun run(test);
  for (; report.count != count && report.problem.empty(); ++report.count)
    if (Status status = run.runBatch(report.count); !status)
      report.problem = "batch " + std::to_string(report.count) + ": " +
                       status.error().message;
  report.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
          .count();
  std::ostringstream os;
  os << kForms << " forms of input, six outputs each, " << run.malformed
     << " batches with " << run.faults << " faults, every byte compared";
  report.detail = os.str();
  return report;
}

} // namespace recflex
