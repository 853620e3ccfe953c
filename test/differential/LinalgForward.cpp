//===- LinalgForward.cpp - A batch by linalg on the CPU -------------------===//

#include "LinalgForward.h"

#include "recflex/Target/CpuJit.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"

#include <cmath>

using namespace mlir;

namespace recflex {

/// To what CpuJit takes: memrefs in, the result as the last of them.
static constexpr StringLiteral kPipeline =
    "convert-emb-to-linalg,cse,canonicalize,eliminate-empty-tensors,"
    "empty-tensor-to-alloc-tensor,"
    "one-shot-bufferize{bufferize-function-boundaries "
    "function-boundary-type-conversion=identity-layout-map},"
    "buffer-results-to-out-params{modify-public-functions},"
    "buffer-deallocation-pipeline,canonicalize,convert-linalg-to-loops,"
    "scf-forall-to-for,convert-scf-to-cf,expand-strided-metadata,lower-affine";

Result<std::vector<float>> poolByLinalg(ModuleOp module,
                                        ArrayRef<const void *> tables,
                                        const Batch &batch,
                                        int64_t outputWidth) {
  OwningOpRef<ModuleOp> copy(cast<ModuleOp>(module->clone()));
  PassManager pm(module.getContext());
  if (failed(parsePassPipeline(kPipeline, pm)) || failed(pm.run(*copy)))
    return makeError("cannot be lowered by way of linalg");
  auto function = *copy->getOps<func::FuncOp>().begin();
  // Values, offsets, tables, the result; and weights, if there are any.
  bool weighted = function.getNumArguments() == tables.size() + 4;
  FailureOr<CpuJit> jit = CpuJit::compile(*copy, function.getName());
  if (failed(jit))
    return makeError("cannot be compiled by way of linalg");

  auto data = [](const void *array) { return const_cast<void *>(array); };
  SmallVector<CpuArray> arguments{
      {data(batch.values.bytes.data()), batch.values.size()},
      {data(batch.offsets.bytes.data()), batch.offsets.size()}};
  if (weighted)
    arguments.push_back({data(batch.weights.data()),
                         static_cast<int64_t>(batch.weights.size())});
  for (const void *table : tables)
    arguments.push_back({data(table), 0});
  std::vector<float> output(batch.batchSize * outputWidth, NAN);
  arguments.push_back({output.data(), batch.batchSize});
  jit->call(arguments);
  return output;
}

} // namespace recflex
