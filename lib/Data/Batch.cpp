//===- Batch.cpp - One batch of jagged features ---------------------------===//

#include "recflex/Data/Batch.h"

#include <cstring>

namespace recflex {

int64_t IndexArray::operator[](int64_t i) const {
  if (type == IndexType::i64) {
    int64_t value;
    std::memcpy(&value, bytes.data() + i * 8, sizeof value);
    return value;
  }
  int32_t value;
  std::memcpy(&value, bytes.data() + i * 4, sizeof value);
  return value;
}

void IndexArray::set(int64_t i, int64_t value) {
  if (type == IndexType::i64) {
    std::memcpy(bytes.data() + i * 8, &value, sizeof value);
    return;
  }
  int32_t narrow = static_cast<int32_t>(value);
  std::memcpy(bytes.data() + i * 4, &narrow, sizeof narrow);
}

void IndexArray::append(int64_t value) {
  resize(size() + 1);
  set(size() - 1, value);
}

Status Batch::check(int64_t expectedFeatures) const {
  if (numFeatures != expectedFeatures)
    return makeError("the batch has ", numFeatures, " features, the model ",
                     expectedFeatures,
                     "; the batch must be made for this model");
  if (batchSize < 1)
    return makeError("the batch size is ", batchSize,
                     "; a batch needs at least one sample");
  if (numFeatures < 0)
    return makeError("the number of features is ", numFeatures,
                     "; it cannot be negative");
  if (values.type != offsets.type)
    return makeError("values are ", toString(values.type), " but offsets are ",
                     toString(offsets.type), "; give both the same type");

  int64_t bags;
  if (__builtin_mul_overflow(numFeatures, batchSize, &bags) ||
      bags == INT64_MAX || offsets.size() != bags + 1)
    return makeError("offsets have ", offsets.size(), " elements, but ",
                     numFeatures, " features of ", batchSize,
                     " samples need features * samples + 1");
  if (offsets[0] != 0)
    return makeError("feature 0, sample 0: offsets start at ", offsets[0],
                     "; they must start at 0");
  int64_t previous = 0;
  for (int64_t bag = 0; bag < bags; ++bag) {
    int64_t next = offsets[bag + 1];
    if (next < previous)
      return makeError("feature ", bag / batchSize, ", sample ",
                       bag % batchSize, ": offsets go down from ", previous,
                       " to ", next, "; they must never decrease");
    previous = next;
  }
  if (previous != values.size())
    return makeError("feature ", numFeatures - 1, ", sample ", batchSize - 1,
                     ": offsets end at ", previous, " but there are ",
                     values.size(),
                     " values; the last offset must be their number");
  if (!weights.empty() && int64_t(weights.size()) != values.size())
    return makeError("there are ", weights.size(), " weights for ",
                     values.size(),
                     " values; give one weight a value, or none at all");
  return {};
}

} // namespace recflex
