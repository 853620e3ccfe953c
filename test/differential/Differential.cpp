//===- Differential.cpp - Random models, simulator against reference ------===//
//
// Every model is imported, given random schedules from all candidates (also
// ones that no rule would choose), fused, lowered and simulated. Tables hold
// small integers, so that every sum is exact and results must be equal bit for
// bit; the binding kernels must agree with the host's.
//
//===----------------------------------------------------------------------===//

#include "RandomModel.h"

#include "recflex/Conversion/ImportModel.h"
#include "recflex/Data/Generator.h"
#include "recflex/Dialect/Emb/IR/ScheduleProvider.h"
#include "recflex/InitAll.h"
#include "recflex/Pipelines/Compiler.h"
#include "recflex/Runtime/Reference.h"
#include "recflex/Simulator/SimulatedForward.h"

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
    }
  }
  const std::vector<const void *> &addresses() const { return pointers; }

private:
  std::vector<std::unique_ptr<void, void (*)(void *)>> memory;
  std::vector<const void *> pointers;
};

/// Counts how often each schedule was tried, by name.
using Coverage = std::map<std::string, int64_t>;

/// Gives every lookup one of its candidates, at random.
void scheduleAtRandom(mlir::ModuleOp module, RandomModel &model,
                      Coverage &coverage) {
  emb::BagStats unknown; // no statistics: every schedule is a candidate
  module.walk([&](emb::LookupOp lookup) {
    auto candidates = emb::enumerateSchedules(
        module.getContext(), lookup.getShape(), unknown, model.threads);
    auto chosen = candidates[model.draw(0, candidates.size() - 1)];
    lookup.setScheduleAttr(chosen);
    ++coverage[chosen.getAbstractAttribute().getName().str()];
  });
}

Status runModel(uint64_t seed, mlir::MLIRContext &context, Coverage &coverage) {
  RandomModel model(seed);
  if (Status status = model.batch.check(model.spec.features.size()); !status)
    return status;
  auto module = importModel(&context, model.spec);
  scheduleAtRandom(*module, model, coverage);
  CompileOptions options;
  options.threads = model.threads;
  options.blocks = model.blocks;
  auto lowered = lowerModel(*module, options);
  if (mlir::failed(lowered))
    return makeError("does not compile");
  Tables tables(lowered->manifest);
  auto forward =
      SimulatedForward::create(lowered->manifest, *lowered->kernels);
  if (!forward)
    return forward.error();
  auto simulated = forward->run(tables.addresses(), model.batch);
  if (!simulated)
    return simulated.error();
  auto expected =
      poolReference(lowered->manifest, tables.addresses(), model.batch);
  if (!expected)
    return expected.error();
  Comparison difference = compare(simulated->output, *expected);
  if (difference.mismatches == 0)
    return {};
  int64_t width = lowered->manifest.outputWidth;
  int64_t at = difference.firstMismatch;
  return makeError(difference.mismatches, " elements differ; sample ",
                   at / width, ", column ", at % width, " is ",
                   simulated->output[at], " for ", (*expected)[at]);
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
  registerAllDialects(registry);
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
  for (auto &[name, count] : coverage)
    llvm::outs() << count << " features by " << name << '\n';
  llvm::outs() << models - failures << " of " << int64_t(models)
               << " models agree\n";
  // A test that tried nothing must not pass.
  return failures == 0 && models > 0 && coverage.size() >= 3 ? 0 : 1;
}
