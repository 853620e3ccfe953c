//===- BatchArguments.h - What a launch is given ----------------*- C++ -*-===//
//
// The same on every device: addresses are of device memory for a GPU and of
// host memory for the CPU. The C API's RecflexBatch has the same fields.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_RUNTIME_BATCHARGUMENTS_H
#define RECFLEX_RUNTIME_BATCHARGUMENTS_H

#include "recflex/Runtime/Manifest.h"
#include "recflex/Support/Result.h"

#include <cstdint>
#include <vector>

namespace recflex {

/// Lookups of one key with arrays of its own, in device memory itself. Bag s is
/// values[offsets[s] .. offsets[s + 1]); the key has `samples` of them, and
/// later samples of the batch have empty bags.
struct KeyView {
  DevicePtr values = 0;  ///< of the index type; 0 if there are none
  DevicePtr offsets = 0; ///< of the index type [samples + 1]
  DevicePtr weights = 0; ///< f32, one a value; read for weighted features
  int64_t lookups = 0;   ///< length of values
  int64_t samples = 0;   ///< bags; at most the batch's size
};
static_assert(sizeof(KeyView) == 40);

/// One batch. The jagged input is given in one of three forms:
///   values + offsets   as TorchRec's KeyedJaggedTensor has it;
///   values + lengths   the same with the bags' lengths in place of offsets;
///   views              arrays of its own for each key.
/// With `keyStarts`, keys of the first two forms have different numbers of
/// samples: key j has the bags keyStarts[j] to keyStarts[j + 1] of all bags
/// (FBGEMM's B_offsets); later samples of the batch have empty bags.
struct BatchArguments {
  int64_t batchSize = 0; ///< samples of the output; 0 launches nothing

  DevicePtr values = 0;  ///< of the index type [lookups]; 0 if there are none
  DevicePtr offsets = 0; ///< of the index type [bags + 1]
  DevicePtr lengths = 0; ///< of the index type [bags]
  DevicePtr weights = 0; ///< f32 [lookups]; read by weighted models alone
  /// Length of `values`. Needed where inputs are checked, else 0 will do.
  int64_t lookups = 0;

  DevicePtr keyStarts = 0; ///< i32 [keys + 1], or 0: keys have batchSize each
  int64_t bags = 0;        ///< keyStarts[keys]; ignored without keyStarts

  DevicePtr views = 0; ///< KeyView [keys], or 0

  DevicePtr output = 0;     ///< [batchSize, outputStride], row-major
  RowType outputType = RowType::f32;
  int64_t outputStride = 0; ///< elements from one sample's row to the next
};

/// What happens to bags with bad indices or offsets.
enum class InputChecks : uint8_t {
  off = 0,     ///< nobody looks: the input must be right
  zeroRow = 1, ///< an index out of range reads as a row of zeros
  zeroBag = 2, ///< a bag with such an index is all zeros
};

/// What a context makes room for when it is created: a launch allocates
/// nothing.
struct ContextOptions {
  InputChecks checks = InputChecks::off;
  /// Faults that are kept until somebody asks; all are counted.
  int64_t faultCapacity = 64;
  /// Largest batch given as lengths, views or with keyStarts; 0: none are. Of a
  /// model with scratchBytes the largest of all batches, and not 0.
  int64_t maxBatch = 0;
  /// Most lookups of a batch given as views. 0: none are.
  int64_t maxLookups = 0;
};

/// What was wrong with one place of the input. With checks the bag is empty for
/// a fault of bounds, and the row or the bag is zero for one of an index.
enum class FaultKind : int32_t {
  index = 1,    ///< a row number outside the table
  offsets = 2,  ///< bounds of a bag that decrease or lie outside the values
  length = 3,   ///< a negative length
  keyStart = 4, ///< starts that decrease, or a key with too many samples
};

/// One fault, as it stands in memory. Also RecflexFault of the C API.
struct Fault {
  FaultKind kind = FaultKind::index;
  int32_t feature = -1; ///< position in the manifest's features; -1: of a key
  int32_t key = 0;      ///< position in the jagged input
  int32_t sample = 0;
  int64_t position = 0; ///< in the key's values (index), else 0
  int64_t value = 0;    ///< the bad index, offset, length or start
};
static_assert(sizeof(Fault) == 32);

/// Most faults that a context may keep: 32 MiB of them.
constexpr int64_t kMaxFaultCapacity = int64_t{1} << 20;

/// Checks that the figures can be right. The error names the option.
Status check(const ContextOptions &options);

/// Checks the addresses at which a model's tables are attached: one a table,
/// aligned to 16 bytes (rows are read in vectors of up to as many). The error
/// names the table.
Status checkTables(const std::vector<DevicePtr> &tables,
                   const Manifest &manifest);

/// Checks what can be seen without reading device memory: the form, sizes,
/// addresses and their alignment. The error names the argument.
Status check(const BatchArguments &batch, const Manifest &manifest,
             const ContextOptions &options);

} // namespace recflex

#endif // RECFLEX_RUNTIME_BATCHARGUMENTS_H
