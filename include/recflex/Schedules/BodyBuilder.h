//===- BodyBuilder.h - What a schedule writes its code with -----*- C++ -*-===//
//
// A schedule's body is the code by which one thread block does one tile of one
// feature. The builder hands it the tile, the batch and the lookup's shape, and
// knows how to read offsets, indices and rows, to pool and to store. A schedule
// is left with what is its own: which thread does which lookup.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_SCHEDULES_BODYBUILDER_H
#define RECFLEX_SCHEDULES_BODYBUILDER_H

#include "recflex/Dialect/Emb/IR/Emb.h"
#include "recflex/Schedules/KernelBuilder.h"

namespace recflex {

/// What the kernel's prologue knows when it enters a body. Pointers are to
/// global memory, integers i32 unless said.
struct TileArguments {
  mlir::Value table;        ///< row 0
  mlir::Value feature;      ///< position in the jagged input
  mlir::Value column;       ///< first output column
  mlir::Value tile;         ///< of this feature, from 0
  mlir::Value values;       ///< [lookups] of the index type
  mlir::Value offsets;      ///< [features * batch + 1] of the index type
  mlir::Value weights;      ///< [lookups] f32
  mlir::Value output;       ///< [batch, outputStride]
  mlir::Value outputStride; ///< elements
  mlir::Value outputFormat; ///< abi::outputFormat(); null if it is the usual one
  mlir::Value batch;        ///< samples
  mlir::Value scratch;      ///< the feature's, of sample 0; null if no body has any
  mlir::Value thread;       ///< in the block
  mlir::Value shared;       ///< block's shared memory; null if no body needs it
};

/// What a body may take for granted at compile time. Features with equal keys
/// share a body.
struct BodyShape {
  emb::LookupShape lookup;
  int64_t threads = 0;         ///< a block
  int64_t columnAlignment = 1; ///< elements, of the first output column: 1, 2, 4
  int64_t scratchStride = 0;   ///< bytes from a sample's scratch to the next
  bool wideRows = false;       ///< row numbers may not fit 31 bits
  bool anyFormat = false;      ///< the launch says how rows are written
};

/// Where the lookups of one bag stand in the values array: [begin, end).
struct BagRange {
  mlir::Value begin; ///< of the index type
  mlir::Value end;
  mlir::Value empty; ///< i1: the whole bag is empty
};

class BodyBuilder : public KernelBuilder {
public:
  BodyBuilder(mlir::Location loc, mlir::OpBuilder &builder,
              const BodyShape &shape, const TileArguments &arguments);

  const BodyShape &shape() const { return bodyShape; }
  const emb::LookupShape &lookup() const { return bodyShape.lookup; }
  const TileArguments &tile() const { return arguments; }

  /// A constant of the index type.
  mlir::Value index(int64_t value);
  mlir::Type indexType();
  /// An i32 as the index type.
  mlir::Value toIndex(mlir::Value value);

  //===--------------------------------------------------------------------===//
  // The batch
  //===--------------------------------------------------------------------===//

  /// The sample that the calling thread works on, where a tile is
  /// `shape.samples` of them and neighbouring teams of `team` threads take
  /// neighbouring samples. May be past the batch.
  mlir::Value sampleOfTeam(const emb::TileShape &shape, int64_t team);
  /// The first sample of the calling thread's warp, where `shape` gives each warp
  /// samples of its own. May be past the batch.
  mlir::Value sampleOfWarp(const emb::TileShape &shape);
  /// The first of the `vector` columns of the calling thread, lane thread mod
  /// `lanes` of its group. May be past the row's width.
  mlir::Value columnOfLane(const emb::TileShape &shape, int64_t lanes,
                           int64_t vector);
  /// The bag of `sample`: its two offsets.
  BagRange loadBag(mlir::Value sample);
  /// The same where `active` holds, an empty bag elsewhere.
  BagRange loadBag(mlir::Value sample, mlir::Value active);
  /// Where the bag of `sample` begins; that of the batch's size is where the
  /// last one ends.
  mlir::Value loadOffset(mlir::Value sample);
  /// The bag between two offsets.
  BagRange bagRange(mlir::Value begin, mlir::Value end);
  /// Whether the bag has more than one row.
  mlir::Value isLong(const BagRange &bag);

  //===--------------------------------------------------------------------===//
  // Rows, as vectors of `vector` f32
  //===--------------------------------------------------------------------===//

  mlir::VectorType rowType(int64_t vector);
  /// What pooling starts from: zeros, or -inf for max.
  mlir::Value identity(int64_t vector);
  mlir::Value zeros(int64_t vector);
  /// Reads `vector` elements, from `column` on, of the first row of `bag`,
  /// times its weight if there are weights; the identity for an empty bag.
  mlir::Value loadFirstRow(const BagRange &bag, mlir::Value column,
                           int64_t vector);
  /// One pooling step: a + b, or max(a, b).
  mlir::Value combine(mlir::Value a, mlir::Value b);
  /// Pools the lookups at begin, begin + stride, ... below end into
  /// `accumulator`, with `unroll` rows in flight.
  mlir::Value pool(mlir::Value accumulator, mlir::Value begin, mlir::Value end,
                   mlir::Value column, int64_t vector, int64_t unroll,
                   int64_t stride);
  /// Rows that are in flight together, as they are stored, and their weights if
  /// there are weights.
  struct Lookups {
    llvm::SmallVector<mlir::Value> rows, weights;
  };
  /// Reads `vector` elements of the rows of `unroll` lookups from `position` on.
  Lookups loadLookups(mlir::Value position, mlir::Value column, int64_t vector,
                      int64_t unroll);
  /// Pools lookup `u` of those into `accumulator`.
  mlir::Value poolLookup(mlir::Value accumulator, const Lookups &lookups,
                         int64_t u);
  /// Turns the pooled rows of a bag into its result: divides a mean, zeroes an
  /// empty maximum.
  mlir::Value finish(mlir::Value accumulator, const BagRange &bag);
  /// Writes columns [column, column + vector) of `sample`'s result.
  void storeRow(mlir::Value row, mlir::Value sample, mlir::Value column);

  //===--------------------------------------------------------------------===//
  // Cooperation
  //===--------------------------------------------------------------------===//

  /// The row that the lane `mask` bits away holds; every lane of the warp must
  /// come here.
  mlir::Value shuffleRow(mlir::Value row, int64_t mask);
  /// Shared memory as an array of rows of `vector` f32.
  void storeShared(mlir::Value row, mlir::Value slot);
  mlir::Value loadShared(mlir::Value slot, int64_t vector);

private:
  mlir::Value offsetAddress(mlir::Value sample);
  /// `unroll` lookups at `position`, + stride, ...: all index loads, then all
  /// row loads, then the combining. With `end`, lookups from there on are left
  /// out.
  mlir::Value poolStep(mlir::Value accumulator, mlir::Value position,
                       mlir::Value end, mlir::Value column, int64_t vector,
                       int64_t unroll, int64_t stride);
  mlir::Value loadIndex(mlir::Value position);
  mlir::Value rowAddress(mlir::Value row, mlir::Value column);
  mlir::Value loadElements(mlir::Value address, int64_t vector);
  /// The same of the table's type, and then as f32.
  mlir::Value loadStored(mlir::Value address, int64_t vector);
  mlir::Value toF32(mlir::Value row);
  mlir::Value weightAt(mlir::Value position, int64_t vector);
  mlir::Value splat(mlir::Value scalar, int64_t vector);
  /// Elements of `row` that one store may take where rows are aligned.
  int64_t widestStore(mlir::Value row);
  /// Stores a row of any type and alignment at element `start` of the output.
  void storeAsAsked(mlir::Value row, mlir::Value start);
  /// The bits of `row` as a 16-bit float type.
  mlir::Value roundTo(mlir::Type element, mlir::Value row);
  /// Stores `together` elements at a time, from element `start` on.
  void storeElements(mlir::Value elements, mlir::Value start,
                     int64_t together);

  BodyShape bodyShape;
  TileArguments arguments;
};

} // namespace recflex

#endif // RECFLEX_SCHEDULES_BODYBUILDER_H
