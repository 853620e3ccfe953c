//===- Workload.cpp - The batches and tables of a command -----------------===//

#include "Workload.h"

#include "recflex/Data/BatchFile.h"
#include "recflex/Runtime/ManifestInput.h"

namespace cl = llvm::cl;

namespace recflex {

BatchOptions::BatchOptions(cl::SubCommand &sub)
    : size("batch-size", cl::desc("samples a generated batch"), cl::init(512),
           cl::sub(sub)),
      count("batches", cl::desc("batches to generate"), cl::init(1),
            cl::sub(sub)),
      first("first-batch",
            cl::desc("number of the first batch to generate: batches of other "
                     "numbers are other samples"),
            cl::init(0), cl::sub(sub)),
      seed("seed", cl::desc("seed of generated batches"), cl::init(0),
           cl::sub(sub)),
      popularity("popularity", cl::desc("which rows generated batches look up"),
                 cl::values(clEnumValN(Popularity::original, "original",
                                       "nearly alike (default)"),
                            clEnumValN(Popularity::zipf, "zipf",
                                       "a few much more often than the rest")),
                 cl::init(Popularity::original), cl::sub(sub)),
      zipfExponent("zipf-exponent", cl::desc("with --popularity=zipf"),
                   cl::init(1.0), cl::sub(sub)) {}

Result<std::vector<Batch>> BatchOptions::generate(const ModelSpec &spec) const {
  if (size < 1 || count < 1)
    return makeError("--batch-size is ", int64_t(size), " and --batches is ",
                     int64_t(count), "; both must be at least 1");
  std::vector<Batch> batches;
  for (int64_t number = 0; number < count; ++number) {
    Result<Batch> batch = generateBatch(spec, size, first + number, options());
    if (!batch)
      return batch.error();
    batches.push_back(std::move(*batch));
  }
  return batches;
}

Result<Batch> BatchOptions::generateSample(const ModelSpec &spec) const {
  return generateBatch(spec, size, first + count, options());
}

GeneratorOptions BatchOptions::options() const {
  GeneratorOptions options;
  options.seed = seed;
  options.popularity = popularity;
  options.zipfExponent = zipfExponent;
  return options;
}

TableOptions::TableOptions(cl::SubCommand &sub)
    : seed("table-seed", cl::desc("seed of generated tables"), cl::init(0),
           cl::sub(sub)),
      fill("fill", cl::desc("what generated tables hold"),
           cl::values(clEnumValN(TableFill::uniform, "uniform",
                                 "numbers from -1 to 1 (default)"),
                      clEnumValN(TableFill::integers, "integers",
                                 "whole numbers from -4 to 4: sums are exact")),
           cl::init(TableFill::uniform), cl::sub(sub)) {}

TableInput::TableInput(cl::SubCommand &sub)
    : file("weights",
           cl::desc("tables (safetensors, one tensor a table); without, they "
                    "are generated"),
           cl::value_desc("file"), cl::sub(sub)),
      generated(sub) {}

Result<HostTables> TableInput::read(const Manifest &manifest) const {
  if (!file.empty())
    return HostTables::open(file, manifest);
  return HostTables::generate(manifest, generated.seed, generated.fill);
}

Workload::Workload(cl::SubCommand &sub)
    : batchFiles("batch", cl::CommaSeparated,
                 cl::desc("sample batches (safetensors); without, batches are "
                          "generated"),
                 cl::value_desc("file,..."), cl::sub(sub)),
      generated(sub), tableInput(sub) {}

Result<std::vector<Batch>> Workload::readBatches(int64_t numFeatures,
                                                 IndexType indexType) const {
  std::vector<Batch> batches;
  for (const std::string &path : batchFiles) {
    Result<Batch> batch = readBatch(path, numFeatures, indexType);
    if (!batch)
      return batch.error();
    batches.push_back(std::move(*batch));
  }
  return batches;
}

Result<std::vector<Batch>> Workload::batches(const ModelInput &input,
                                             int64_t numFeatures,
                                             IndexType indexType) const {
  if (!batchFiles.empty())
    return readBatches(numFeatures, indexType);
  Result<ModelSpec> spec = input.readSpec();
  if (!spec)
    return spec.error().then("; or give batches with --batch");
  return generated.generate(*spec);
}

Result<std::vector<Batch>> Workload::batches(const Manifest &manifest) const {
  if (!batchFiles.empty())
    return readBatches(manifest.jaggedFeatures, manifest.indexType);
  return generated.generate(describeInput(manifest));
}

Result<std::vector<Batch>>
Workload::samples(const ModelInput &input,
                  const std::vector<Batch> &batches) const {
  if (!batchFiles.empty())
    return batches;
  Result<ModelSpec> spec = input.readSpec();
  if (!spec)
    return spec.error();
  Result<Batch> sample = generated.generateSample(*spec);
  if (!sample)
    return sample.error();
  return std::vector<Batch>{std::move(*sample)};
}

} // namespace recflex
