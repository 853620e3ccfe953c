//===- Differential.cpp - Random models, simulator against reference ------===//
//
// Every model is imported, given random schedules from all candidates (also
// ones that no rule would choose), fused, lowered and simulated, with a batch
// in any form of input; and lowered to linalg and run on the CPU. Tables hold
// small integers, so that every sum is exact and results must be equal bit for
// bit; the binding kernels must agree with the host's.
//
//===----------------------------------------------------------------------===//

#include "LinalgForward.h"
#include "RandomLaunch.h"

#include "recflex/Conversion/ImportModel.h"
#include "recflex/Data/Generator.h"
#include "recflex/Dialect/Emb/IR/ScheduleProvider.h"
#include "recflex/InitAll.h"
#include "recflex/Pipelines/Compiler.h"
#include "recflex/Runtime/Reference.h"
#include "recflex/Support/HalfFloat.h"

#include "mlir/InitAllDialects.h"
#include "mlir/InitAllPasses.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdlib>
#include <map>
#include <memory>

using namespace recflex;

namespace {

/// Tables as malloc gives them, whole vectors aligned.
class Tables {
public:
  explicit Tables(const Manifest &manifest) {
    for (size_t i = 0; i < manifest.tables.size(); ++i) {
      const ManifestTable &t = manifest.tables[i];
      TableSpec table{t.name, t.rows, t.width, t.type};
      size_t bytes = table.rows * table.width * byteSize(table.type);
      memory.emplace_back(std::aligned_alloc(64, (bytes + 63) / 64 * 64),
                          std::free);
      fillTable(table, i, /*seed=*/7, TableFill::integers, memory.back().get(),
                0, table.rows);
      pointers.push_back(memory.back().get());
      byName[t.name] = pointers.back();
    }
  }
  const std::vector<const void *> &addresses() const { return pointers; }

  /// Those of a model's tables, in its order; null for one that nobody reads.
  std::vector<const void *> addressesOf(const ModelSpec &model) const {
    std::vector<const void *> addresses;
    for (const TableSpec &table : model.tables) {
      auto known = byName.find(table.name);
      addresses.push_back(known == byName.end() ? nullptr : known->second);
    }
    return addresses;
  }

private:
  std::vector<std::unique_ptr<void, void (*)(void *)>> memory;
  std::vector<const void *> pointers;
  std::map<std::string, const void *> byName;
};

float roundTo(RowType type, float value) {
  return type == RowType::f32   ? value
         : type == RowType::f16 ? f16ToF32(f32ToF16(value))
                                : bf16ToF32(f32ToBF16(value));
}

/// Counts what was tried, by name.
struct Coverage {
  std::map<std::string, int64_t> schedules; ///< features
  std::map<std::string, int64_t> forms;     ///< batches
  std::map<std::string, int64_t> faulty;    ///< batches in which faults were
                                            ///< found, by their form
};

/// A candidate of a schedule drawn first: some have far more candidates than
/// others, and those of multi_block take the longest to simulate.
emb::ScheduleAttrInterface
drawSchedule(RandomModel &model,
             llvm::ArrayRef<emb::ScheduleAttrInterface> candidates) {
  std::map<llvm::StringRef, std::vector<emb::ScheduleAttrInterface>> byName;
  for (emb::ScheduleAttrInterface candidate : candidates)
    byName[candidate.getAbstractAttribute().getName()].push_back(candidate);
  auto drawn = std::next(byName.begin(), model.draw(0, byName.size() - 1));
  return drawn->second[model.draw(0, drawn->second.size() - 1)];
}

/// Gives every lookup one of its candidates, at random, and statistics if the
/// binding will go by them.
void scheduleAtRandom(mlir::ModuleOp module, RandomModel &model,
                      Coverage &coverage) {
  emb::BagStats unknown; // no statistics: every schedule is a candidate
  module.walk([&](emb::LookupOp lookup) {
    auto candidates = emb::enumerateSchedules(
        module.getContext(), lookup.getShape(), unknown, model.threads);
    emb::ScheduleAttrInterface chosen = drawSchedule(model, candidates);
    lookup.setScheduleAttr(chosen);
    if (model.fixedBinding) {
      emb::BagStats stats; // an order like any other
      stats.max = model.draw(0, 50);
      lookup.setStatsAttr(emb::StatsAttr::get(module.getContext(), stats));
      if (model.draw(0, 1))
        lookup->setAttr(
            emb::EmbDialect::kRankAttr,
            mlir::Builder(module).getI64IntegerAttr(model.draw(0, 50)));
    }
    ++coverage.schedules[chosen.getAbstractAttribute().getName().str()];
  });
}

/// `output` against plain loops in double precision, rounded to its type.
Status compareReference(const std::vector<float> &expected, int64_t width,
                        RowType outputType, int64_t outputStride,
                        const std::vector<float> &output) {
  for (size_t i = 0; i < expected.size(); ++i) {
    int64_t sample = i / width, column = i % width;
    float actual = output[sample * outputStride + column];
    float rounded = roundTo(outputType, expected[i]);
    if (actual != rounded)
      return makeError("sample ", sample, ", column ", column, " is ", actual,
                       " for ", rounded);
  }
  return {};
}

/// One model in so many is also lowered to linalg: compiling that takes a third
/// of the time of all the rest.
constexpr uint64_t kLinalgEvery = 4;

/// Compiles and runs one model.
Status runModel(uint64_t seed, mlir::MLIRContext &context, Coverage &coverage) {
  RandomModel model(seed);
  if (Status status = model.batch.check(model.spec.features.size()); !status)
    return status;
  auto module = importModel(&context, model.spec);
  mlir::OwningOpRef<mlir::ModuleOp> unscheduled(module->clone());
  scheduleAtRandom(*module, model, coverage);
  CompileOptions options;
  options.threads = model.threads;
  options.blocks = model.blocks;
  options.binding = model.fixedBinding ? "fixed" : "runtime";
  auto lowered = lowerModel(*module, options);
  if (mlir::failed(lowered))
    return makeError("does not compile");
  Tables tables(lowered->manifest);
  auto forward = SimulatedForward::create(lowered->manifest, *lowered->kernels);
  if (!forward)
    return forward.error();
  RandomLaunch random(model, lowered->manifest);
  HostBatch batch(random.batch, random.oddAddresses);
  const char *form = nameOf(random.batch.form);
  auto simulated =
      forward->run(tables.addresses(), batch.arguments(), random.launch);
  if (!simulated)
    return simulated.error().in(form);
  ++coverage.forms[form];
  coverage.faulty[form] += simulated->faults.total > 0;
  auto onCpu = poolOnCpu(lowered->manifest, tables.addresses(),
                         batch.arguments(), random.launch);
  if (!onCpu)
    return onCpu.error().in(form).in("on the CPU");
  if (Status status =
          compareResults(lowered->manifest, random.launch, *simulated, *onCpu);
      !status)
    return status.error().in(form).in("simulator against CPU");
  if (random.spoiled)
    return {};
  auto expected =
      poolReference(lowered->manifest, tables.addresses(), model.batch);
  if (!expected)
    return expected.error();
  int64_t width = lowered->manifest.outputWidth;
  if (Status status =
          compareReference(*expected, width, random.launch.outputType,
                           random.launch.outputStride, simulated->output);
      !status)
    return status;
  if (seed % kLinalgEvery != 0)
    return {};
  auto byLinalg = poolByLinalg(*unscheduled, tables.addressesOf(model.spec),
                               model.batch, width);
  if (!byLinalg)
    return byLinalg.error();
  Status status =
      compareReference(*expected, width, RowType::f32, width, *byLinalg);
  return status ? status : status.error().in("by linalg");
}

} // namespace

int main(int argc, char **argv) {
  llvm::cl::opt<int64_t> models("models", llvm::cl::init(100),
                                llvm::cl::desc("models to try"));
  llvm::cl::opt<uint64_t> first("seed", llvm::cl::init(0),
                                llvm::cl::desc("seed of the first model"));
  llvm::cl::ParseCommandLineOptions(argc, argv,
                                    "simulator against reference\n");
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry); // with their models of bufferization
  mlir::registerAllPasses();
  recflex::registerAllDialects(registry);
  recflex::registerAllPasses();
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  context.loadAllAvailableDialects();

  Coverage coverage;
  int64_t failures = 0;
  for (int64_t i = 0; i < models; ++i) {
    uint64_t seed = first + i;
    if (Status status = runModel(seed, context, coverage); !status) {
      ++failures;
      llvm::errs() << "model " << seed << ": " << status.error().message
                   << "\n  again: recflex-differential --models=1 --seed="
                   << seed << '\n';
    }
  }
  for (auto &[name, count] : coverage.schedules)
    llvm::outs() << count << " features by " << name << '\n';
  bool all = coverage.schedules.size() >= 5;
  for (InputForm form : kInputForms) {
    int64_t count = coverage.forms[nameOf(form)];
    int64_t faulty = coverage.faulty[nameOf(form)];
    llvm::outs() << count << " batches as " << nameOf(form) << ", " << faulty
                 << " of them with faults\n";
    all &= faulty > 0 && faulty < count;
  }
  llvm::outs() << models - failures << " of " << int64_t(models)
               << " models agree\n";
  // A test that tried nothing must not pass.
  constexpr int64_t kFewModels = 100;
  return failures == 0 && models > 0 && (all || models < kFewModels) ? 0 : 1;
}
