//===- PresetBinding.cpp - One order for all batches ----------------------===//

#include "PresetBinding.h"

#include "recflex/Runtime/Binding.h"

#include <algorithm>
#include <numeric>

namespace recflex {

Result<PresetBinding> PresetBinding::create(const LoadedModel &model,
                                            const std::vector<Batch> &batches,
                                            Rule rule, const Stream &stream) {
  const auto &descriptors = model.module->descriptors();
  std::vector<double> weights(descriptors.size(), 0);
  int64_t size = batches.front().batchSize;
  for (const Batch &batch : batches) {
    if (batch.batchSize != size)
      return makeError("batches of ", size, " and of ", batch.batchSize,
                       " samples have no binding in common; give batches of "
                       "one size");
    Binding binding = bindOnHost(descriptors, batch.offsets, size);
    for (size_t f = 0; f != weights.size(); ++f)
      weights[f] = rule == Rule::max
                       ? std::max<double>(weights[f], binding.keys[f])
                       : weights[f] + binding.keys[f];
  }
  std::vector<int32_t> order(descriptors.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](int32_t a, int32_t b) {
    return std::pair(-weights[a], a) < std::pair(-weights[b], b);
  });
  std::vector<int32_t> starts = blockStarts(descriptors, order, size);

  auto context = ExecutionContext::create(
      model.attached, withScratch({}, model.module->manifest(), batches));
  if (!context)
    return context.error();
  for (auto [to, from] : {std::pair{context->workspace().order, &order},
                          std::pair{context->workspace().starts, &starts}})
    if (Status status = copyToDevice(stream, to, from->data(),
                                     from->size() * sizeof(int32_t));
        !status)
      return status.error();
  return PresetBinding(std::move(*context));
}

} // namespace recflex
