//===- InputForms.h - One batch in every form of input ----------*- C++ -*-===//
//
// What a launch takes besides offsets (BatchArguments.h), made of a batch that
// has offsets: tests launch both and compare.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_SERVING_INPUTFORMS_H
#define RECFLEX_SERVING_INPUTFORMS_H

#include "recflex/Data/Batch.h"
#include "recflex/Runtime/BatchArguments.h"

namespace recflex {

enum class InputForm {
  offsets,
  lengths,
  offsetsKeyStarts,
  lengthsKeyStarts,
  views
};
constexpr InputForm kInputForms[] = {
    InputForm::offsets, InputForm::lengths, InputForm::offsetsKeyStarts,
    InputForm::lengthsKeyStarts, InputForm::views};

/// "lengths with keyStarts"
const char *nameOf(InputForm form);

constexpr bool hasLengths(InputForm form) {
  return form == InputForm::lengths || form == InputForm::lengthsKeyStarts;
}
constexpr bool hasKeyStarts(InputForm form) {
  return form == InputForm::offsetsKeyStarts ||
         form == InputForm::lengthsKeyStarts;
}

/// `batch`, which is right, with bags that are empty from some sample of each
/// key on: the samples that a form with its own number for each key leaves out.
Batch makeRagged(const Batch &batch, uint64_t seed);

/// One key's arrays, where it has its own.
struct KeyArrays {
  IndexArray values, offsets;
  std::vector<float> weights;
  int64_t lookups = 0; ///< as the view says
  int64_t samples = 0; ///< as the view says
  bool hasOffsets = true, hasWeights = true;
};

/// The arrays of a batch in one form.
struct FormedBatch {
  InputForm form = InputForm::offsets;
  int64_t batchSize = 0;
  IndexArray values, bounds; ///< bounds: offsets or lengths; not of views
  std::vector<float> weights;
  std::vector<int32_t> keyStarts;
  int64_t bags = 0;            ///< that keyStarts divide
  std::vector<KeyArrays> keys; ///< of views
};

/// `batch`, which is right, in that form. Where keys have their own number of
/// samples, it is that of their last bag that is not empty.
FormedBatch formBatch(const Batch &batch, InputForm form);

/// At most so many numbers of a batch are spoiled. Each can make one key's bags
/// overlap, so that views have at most 1 + kMostSpoiled times the lookups.
constexpr int64_t kMostSpoiled = 6;

/// Makes a few numbers of the arrays wrong: indices, and whatever the form has
/// to say where bags lie. What the arguments of a launch say of the arrays
/// stays true. The same seed gives the same batch.
void spoil(FormedBatch &batch, const Manifest &manifest, uint64_t seed);

/// All arrays of a batch as one block of memory.
struct PackedBatch {
  std::vector<std::byte> bytes;
  BatchArguments arguments; ///< without an output
};

/// The block as it must stand at `base`, a multiple of 256. The arrays are
/// apart from one another; with `odd`, aligned as their elements are and no
/// better.
PackedBatch pack(const FormedBatch &batch, DevicePtr base, bool odd);

/// A packed batch in host memory.
class HostBatch {
public:
  HostBatch(const FormedBatch &batch, bool odd);
  HostBatch(const HostBatch &) = delete;
  HostBatch &operator=(const HostBatch &) = delete;

  /// Whose addresses are of this object's memory.
  const BatchArguments &arguments() const { return given; }

private:
  std::vector<std::byte> memory;
  BatchArguments given;
};

/// What the input kernels make of `batch`, by the host's loops
/// (convertOnHost()): the batch of offsets that is pooled in its place.
FormedBatch convertForm(const FormedBatch &batch, const Manifest &manifest,
                        const ContextOptions &options);

} // namespace recflex

#endif // RECFLEX_SERVING_INPUTFORMS_H
