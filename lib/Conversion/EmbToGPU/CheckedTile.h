//===- CheckedTile.h - Tiles of input that nobody checked -------*- C++ -*-===//

#ifndef RECFLEX_LIB_CONVERSION_EMBTOGPU_CHECKEDTILE_H
#define RECFLEX_LIB_CONVERSION_EMBTOGPU_CHECKEDTILE_H

#include "ForwardArguments.h"

#include "recflex/Runtime/BatchArguments.h"

namespace recflex {

/// One tile of one feature, whose block has `threads` threads; or, where the
/// warps of a block pool samples of their own, the calling warp's part of it.
/// All of these threads come to every function.
class CheckedTile {
public:
  CheckedTile(KernelBuilder &b, const ForwardArguments &arguments,
              mlir::Value feature, mlir::Value tile, int64_t threads);

  /// Whether there is a bad offset or index; false unless `wanted`, which is
  /// the same for all threads, as the result is.
  mlir::Value isBad(mlir::Value wanted);

  /// Pools it bag by bag, a warp each, and counts and lists its faults.
  void pool();

private:
  struct Bag {
    mlir::Value sample;
    mlir::Value begin, end; ///< i64, in the values
    mlir::Value ownBegin;   ///< i64, in the key's values
  };

  mlir::Value field(size_t offset);
  mlir::Value loadOffset(mlir::Value sample);
  mlir::Value loadIndex(mlir::Value position);
  mlir::Value loadNumber(mlir::Value array, mlir::Value at);
  mlir::Value rawNumber(mlir::Value array, mlir::Value at);
  mlir::Value rawOffset(mlir::Value sample);
  mlir::Value isRight(mlir::Value begin, mlir::Value end, mlir::Value lookups);

  mlir::Value narrowed(mlir::Value number, uint64_t most);
  mlir::Value badIndices(mlir::Value begin, mlir::Value end);
  mlir::Value sampleOf(int64_t round);
  mlir::Value badFurtherOffsets(int64_t round, mlir::Value lookups);
  mlir::Value seesBad(int64_t rounds);

  void record(FaultKind faultKind, const Bag &bag, mlir::Value position,
              mlir::Value value);
  Bag loadBag(mlir::Value sample);
  mlir::Value recordIndices(const Bag &bag);
  mlir::Value loadElement(mlir::Value index, mlir::Value column);
  mlir::Value poolColumn(const Bag &bag, mlir::Value column);
  void storeColumn(const Bag &bag, mlir::Value column, mlir::Value value);

  KernelBuilder &b;
  ForwardArguments arguments;
  mlir::Value feature, tile;
  int64_t threads;
  mlir::Value thread, lane, warp;
  mlir::Value key, rows;
  mlir::Value width, kind;   ///< once it is pooled
  mlir::Value rank;          ///< of the tile in the batch
  mlir::Value apart;         ///< i1: it is the calling warp's part alone
  mlir::Value first, past;   ///< its samples; none past the batch
  mlir::Value number, count; ///< the calling thread's, of those that look
};

} // namespace recflex

#endif // RECFLEX_LIB_CONVERSION_EMBTOGPU_CHECKEDTILE_H
