//===- InputConversion.h - Other forms of input -----------------*- C++ -*-===//
//
// The binding and the forward kernels read one form: values and offsets, each
// key with the batch's samples. What is given as lengths, as views or with
// keyStarts is brought into it by kernels ahead of them, in the workspace.
//
// What bad input means, whether or not the context has checks; with checks,
// each case is a fault of the key:
//   - a bag of a negative length is empty;
//   - a bag of a view whose bounds decrease or lie outside the view's lookups
//     is empty, and so are all bags of a view whose samples are outside 0 to
//     the batch's, or which has no offsets (the latter is no fault);
//   - a key whose starts decrease, lie outside 0 to `bags` or are too far apart
//     for the batch is empty, and so are all keys behind it: bags follow one
//     another without gaps, so nobody could say where those begin;
//   - offsets of views stop at the context's maxLookups: the bag that passes it
//     is cut off (the fault's value is maxLookups + 1), those behind it are
//     empty. Sums of lengths stop at the largest number of the index type; that
//     they lie past the values is for the forward kernel to find.
// A view without weights has weights of 0, for the features that read them.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_RUNTIME_INPUTCONVERSION_H
#define RECFLEX_RUNTIME_INPUTCONVERSION_H

#include "recflex/Data/Batch.h"
#include "recflex/Runtime/BatchArguments.h"
#include "recflex/Runtime/KernelQueue.h"
#include "recflex/Runtime/Workspace.h"

namespace recflex {

/// Whether the kernels can read `batch` as it is.
constexpr bool isCanonical(const BatchArguments &batch) {
  return !batch.views && !batch.lengths && !batch.keyStarts;
}

/// Launches the kernels that convert a batch. Immutable.
class InputConverter {
public:
  /// `workspace` has room for `options`, which have passed check().
  InputConverter(const Manifest &manifest, const Workspace &workspace,
                 const ContextOptions &options);

  /// Launches what converts `batch`, which has passed check(), and returns it
  /// with the arrays in their place: values, offsets, and weights if the model
  /// has any; `lookups` is then the room in them. A canonical batch is returned
  /// as it is, and nothing launched. With checks, faults go to the workspace's
  /// check state. Neither allocates nor waits. The kernel that comes next must
  /// not start early. Errors: the queue's.
  Result<BatchArguments> enqueue(const BatchArguments &batch,
                                 KernelQueue &queue) const;

private:
  Status scan(const BatchArguments &batch, int64_t bags, DevicePtr offsets,
              KernelQueue &queue) const;
  Status expand(const BatchArguments &batch, DevicePtr offsets,
                KernelQueue &queue) const;
  Status copy(const BatchArguments &batch, KernelQueue &queue) const;

  int64_t keys;
  Workspace memory;
  int64_t maxOffset;  ///< of lengths
  int64_t maxLookups; ///< room for the values of views
  uint64_t faultCapacity;
};

/// The largest offset that a scan of lengths gives: nobody has more lookups.
int64_t maxScannedOffset(IndexType type);

/// A batch in the form that the kernels read, on the host.
struct ConvertedInput {
  IndexArray offsets;         ///< [keys * batchSize + 1]
  IndexArray values;          ///< of views; else empty, as they stay in place
  std::vector<float> weights; ///< of views of a weighted model
  std::vector<Fault> faults;  ///< all, by key and sample
};

/// The host's twin of the kernels: bit for bit the same, for addresses of host
/// memory. `batch` has passed check() and is not canonical.
ConvertedInput convertOnHost(const BatchArguments &batch,
                             const Manifest &manifest,
                             const ContextOptions &options);

} // namespace recflex

#endif // RECFLEX_RUNTIME_INPUTCONVERSION_H
