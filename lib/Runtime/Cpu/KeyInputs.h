//===- KeyInputs.h - Where each key's lookups stand -------------*- C++ -*-===//

#ifndef RECFLEX_LIB_RUNTIME_CPU_KEYINPUTS_H
#define RECFLEX_LIB_RUNTIME_CPU_KEYINPUTS_H

#include "FaultLog.h"
#include "ThreadPool.h"

#include <cstddef>

namespace recflex {

/// The lookups of one key, in whichever form the batch came. Bag s, with s from
/// 0 to samples - 1, is values[bounds[s] .. bounds[s + 1]); it is good if it
/// lies in values[0 .. lookups). Later samples have empty bags, at `end`.
struct KeyInput {
  const std::byte *values = nullptr;
  const float *weights = nullptr; ///< null: all are 0
  const std::byte *bounds = nullptr; ///< [samples + 1], readable always
  int64_t samples = 0;
  int64_t lookups = 0;
  int64_t end = 0; ///< may lie outside the values, which is then a fault
};

/// Brings the three forms of a batch into one. Sees to what is wrong with a key
/// as a whole, and with the bags of a view, which are the key's; the bags of
/// shared offsets are left to the features that read them.
class KeyInputs {
public:
  /// Makes room for what `options` allow. Errors: it does not fit memory.
  static Result<KeyInputs> create(const Manifest &manifest,
                                  const ContextOptions &options);

  /// Reads a batch, which recflex::check() accepts. Faults go to `log`, if it
  /// is not null. Allocates nothing.
  void read(const BatchArguments &batch, CpuThreadPool &pool, FaultLog *log);

  const KeyInput &key(int32_t i) const { return keys[i]; }
  /// Type of all bounds: that of the model's indices, or i64.
  IndexType boundsType() const { return type; }
  /// Whether bad bounds are the keys' faults, recorded already.
  bool boundsAreChecked() const { return fromViews; }

private:
  KeyInputs() = default;
  void readShared(const BatchArguments &batch, FaultLog *log);
  void readViews(const BatchArguments &batch, CpuThreadPool &pool,
                 FaultLog *log);
  void checkViewBags(int32_t key, FaultLog &log) const;
  void sumLengths(const std::byte *lengths, int64_t bags, CpuThreadPool &pool);
  void recordLengths(const BatchArguments &batch, FaultLog &log) const;

  IndexType indexType = IndexType::i32;
  IndexType type = IndexType::i32;
  bool fromViews = false;
  std::vector<KeyInput> keys;
  std::vector<int64_t> firstBags; ///< a key: its first bag

  struct Chunk {
    int64_t begin = 0;     ///< sum of the lengths ahead of it
    bool negative = false; ///< it has a negative length
  };
  std::vector<Chunk> chunks;          ///< of lengths
  std::unique_ptr<int64_t[]> offsets; ///< lengths, summed up
};

/// Bound number `i` of `key`.
inline int64_t boundAt(const KeyInput &key, IndexType type, int64_t i) {
  return type == IndexType::i32
             ? reinterpret_cast<const int32_t *>(key.bounds)[i]
             : reinterpret_cast<const int64_t *>(key.bounds)[i];
}

} // namespace recflex

#endif // RECFLEX_LIB_RUNTIME_CPU_KEYINPUTS_H
