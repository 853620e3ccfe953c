//===- LoopsRunner.cpp - Batches on the CPU, by plain loops ---------------===//

#include "Runner.h"

#include "recflex/Conversion/Passes.h"
#include "recflex/Target/CpuJit.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>
#include <map>

using namespace mlir;

namespace recflex {
namespace {

/// What an argument of the lowered function is.
struct Argument {
  enum Kind { unused, values, offsets, weights, table, output } kind = unused;
  size_t number = 0; ///< of a table, in the manifest
};

/// The lookups that `pooled` joins, from its first column to its last.
SmallVector<emb::LookupOp> lookupsOf(Value pooled) {
  SmallVector<emb::LookupOp> lookups;
  SmallVector<Value> stack{pooled};
  while (!stack.empty()) {
    Value value = stack.pop_back_val();
    if (auto concat = value.getDefiningOp<emb::ConcatOp>())
      llvm::append_range(stack, llvm::reverse(concat.getInputs()));
    else if (auto lookup = value.getDefiningOp<emb::LookupOp>())
      lookups.push_back(lookup);
  }
  return lookups;
}

/// What the arguments of `function` become in -convert-emb-to-loops, one after
/// the other. Which of the manifest's tables an argument is follows from the
/// output's columns, which both know.
Result<std::vector<Argument>> mapArguments(func::FuncOp function,
                                           const Manifest &manifest) {
  std::map<int64_t, size_t> tableAtColumn;
  for (const ManifestFeature &feature : manifest.features)
    tableAtColumn[feature.column] = feature.table;

  llvm::DenseMap<Value, Argument> known;
  for (Value result :
       function.getBody().front().getTerminator()->getOperands()) {
    int64_t column = 0;
    for (emb::LookupOp lookup : lookupsOf(result)) {
      emb::LookupShape shape = lookup.getShape();
      auto entry = tableAtColumn.find(column);
      bool fits = entry != tableAtColumn.end();
      if (fits) {
        const ManifestTable &table = manifest.tables[entry->second];
        fits = table.rows == shape.rows && table.width == shape.width &&
               table.type == shape.rowType;
      }
      if (!fits)
        return makeError("function '", manifest.name, "' looks up a table of ",
                         shape.rows, " x ", shape.width, " for column ", column,
                         "; the compiled model does not: compile it "
                         "from this function");
      known[lookup.getTable()] = {Argument::table, entry->second};
      if (lookup.getWeights())
        known[lookup.getWeights()] = {Argument::weights};
      column += shape.width;
    }
  }

  std::vector<Argument> arguments;
  for (BlockArgument argument : function.getArguments()) {
    if (isa<emb::KjtType>(argument.getType())) {
      arguments.push_back({Argument::values});
      arguments.push_back({Argument::offsets});
    } else {
      arguments.push_back(known.lookup(argument));
    }
  }
  arguments.resize(arguments.size() + function.getNumResults(),
                   {Argument::output});
  return arguments;
}

/// Every number in the batch that the loops use as an address is checked: they
/// themselves check nothing.
Status checkBatch(const Manifest &manifest, const Batch &batch) {
  if (Status status = batch.check(manifest.jaggedFeatures); !status)
    return status;
  if (batch.values.type != manifest.indexType ||
      batch.offsets.type != manifest.indexType)
    return makeError("the batch's values are ", toString(batch.values.type),
                     " and its offsets ", toString(batch.offsets.type),
                     "; the model takes ", toString(manifest.indexType));
  if (manifest.weighted &&
      static_cast<int64_t>(batch.weights.size()) != batch.values.size())
    return makeError("the model takes a weight a lookup; the batch has ",
                     batch.weights.size(), " weights for ", batch.values.size(),
                     " lookups");
  for (const ManifestFeature &feature : manifest.features) {
    const ManifestTable &table = manifest.tables[feature.table];
    int64_t bag = feature.key * batch.batchSize;
    int64_t end = batch.offsets[bag + batch.batchSize];
    for (int64_t i = batch.offsets[bag]; i < end; ++i)
      if (int64_t row = batch.values[i]; row < 0 || row >= table.rows)
        return makeError("feature '", feature.name, "': values[", i, "] is ",
                         row, ", outside table '", table.name, "' of ",
                         table.rows, " rows");
  }
  return {};
}

class LoopsRunner final : public Runner {
public:
  LoopsRunner(CpuJit jit, std::vector<Argument> arguments,
            const Manifest &manifest, const HostTables &tables,
            double compileSeconds)
      : jit(std::move(jit)), arguments(std::move(arguments)),
        manifest(manifest), tables(tables), compileSeconds(compileSeconds) {}

  Result<std::vector<float>> run(const Batch &batch) override {
    if (Status status = checkBatch(manifest, batch); !status)
      return status.error();
    int64_t elements;
    if (__builtin_mul_overflow(batch.batchSize, manifest.outputWidth,
                               &elements))
      return makeError("an output of ", batch.batchSize, " x ",
                       manifest.outputWidth, " does not fit memory");
    std::vector<float> output(elements);
    std::vector<CpuArray> arrays;
    for (const Argument &argument : arguments)
      arrays.push_back(findArray(argument, batch, output));
    jit.call(arrays);
    return output;
  }

  std::string describe() const override {
    return "plain loops on one CPU core, compiled in " +
           std::to_string(static_cast<int>(compileSeconds * 1e3)) + " ms";
  }

private:
  CpuArray findArray(const Argument &argument, const Batch &batch,
                     std::vector<float> &output) const {
    // The loops write the output alone; memrefs know no const.
    auto array = [](const void *data, int64_t length) {
      return CpuArray{const_cast<void *>(data), length};
    };
    switch (argument.kind) {
    case Argument::unused:
      return {};
    case Argument::values:
      return array(batch.values.bytes.data(), batch.values.size());
    case Argument::offsets:
      return array(batch.offsets.bytes.data(), batch.offsets.size());
    case Argument::weights:
      return array(batch.weights.data(), batch.weights.size());
    case Argument::table:
      return array(tables.addresses()[argument.number],
                   manifest.tables[argument.number].rows);
    case Argument::output:
      return array(output.data(), batch.batchSize);
    }
    llvm_unreachable("unknown kind of argument");
  }

  CpuJit jit;
  std::vector<Argument> arguments;
  const Manifest &manifest;
  const HostTables &tables;
  double compileSeconds;
};

} // namespace

Result<std::unique_ptr<Runner>> createLoopsRunner(ModuleOp module,
                                                  const Manifest &manifest,
                                                  const HostTables &tables) {
  if (module.walk([](emb::FusedLookupOp) { return WalkResult::interrupt(); })
          .wasInterrupted())
    return makeError("the lookups are fused already; for --device=cpu give the "
                     "model as it was before -emb-fuse");
  auto start = std::chrono::steady_clock::now();
  OwningOpRef<ModuleOp> copy(cast<ModuleOp>(module->clone()));
  auto function = copy->lookupSymbol<func::FuncOp>(manifest.name);
  if (!function || function.isDeclaration())
    return makeError("the model has no function '", manifest.name, "' to run");
  Result<std::vector<Argument>> arguments = mapArguments(function, manifest);
  if (!arguments)
    return arguments.error();

  std::string errors;
  ScopedDiagnosticHandler handler(
      module.getContext(), [&errors](Diagnostic &diagnostic) {
        llvm::raw_string_ostream os(errors);
        os << (errors.empty() ? "" : "\n");
        if (!isa<UnknownLoc>(diagnostic.getLocation()))
          os << diagnostic.getLocation() << ": ";
        os << diagnostic.str();
        return success();
      });
  PassManager pm(module.getContext());
  pm.addPass(createConvertEmbToLoopsPass());
  if (failed(pm.run(*copy)))
    return makeError("cannot lower the model to loops: ").then(errors);
  FailureOr<CpuJit> jit = CpuJit::compile(*copy, manifest.name);
  if (failed(jit))
    return makeError("cannot compile the model for this CPU: ").then(errors);
  std::chrono::duration<double> seconds =
      std::chrono::steady_clock::now() - start;
  return std::unique_ptr<Runner>(
      std::make_unique<LoopsRunner>(std::move(*jit), std::move(*arguments),
                                    manifest, tables, seconds.count()));
}

} // namespace recflex
