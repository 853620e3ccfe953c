//===- BlockClocks.h - How long each feature's blocks took ------*- C++ -*-===//

#ifndef RECFLEX_LIB_PROFILING_BLOCKCLOCKS_H
#define RECFLEX_LIB_PROFILING_BLOCKCLOCKS_H

#include "recflex/Runtime/Binding.h"
#include "recflex/Runtime/DeviceMemory.h"
#include "recflex/Runtime/Workspace.h"

namespace recflex {

/// Of one feature, over some batches, in clock cycles.
struct BlockTimes {
  int64_t batches = 0;
  int64_t sum = 0;     ///< of all blocks
  int64_t longest = 0; ///< of each batch's longest block, added up
};

/// The array that recflex_forward_profiled leaves its clocks in.
class BlockClocks {
public:
  /// Makes room for batches of up to `blocks` blocks.
  Status reserve(const Stream &stream, int64_t blocks, size_t features);

  DevicePtr address() const { return onDevice.address(); }

  /// Adds the times of the batch that was pooled last, in `blocks` blocks, to
  /// `times`, an entry a feature; waits for it. `workspace` has its binding.
  Status collect(const Stream &stream, int64_t blocks,
                 const Workspace &workspace, std::vector<BlockTimes> &times);
  /// The same where the binding is fixed, `binding` for this batch.
  Status collect(const Stream &stream, int64_t blocks, const Binding &binding,
                 std::vector<BlockTimes> &times);

private:
  Status readClocks(const Stream &stream, int64_t blocks);
  void add(const int32_t *order, const int32_t *starts,
           std::vector<BlockTimes> &times) const;

  DeviceBuffer onDevice;
  PinnedBuffer clocks, order, starts;
};

} // namespace recflex

#endif // RECFLEX_LIB_PROFILING_BLOCKCLOCKS_H
