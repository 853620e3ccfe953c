//===- LookupShape.h - What a schedule knows of a lookup --------*- C++ -*-===//

#ifndef RECFLEX_DIALECT_EMB_IR_LOOKUPSHAPE_H
#define RECFLEX_DIALECT_EMB_IR_LOOKUPSHAPE_H

#include "recflex/Support/Types.h"

#include <cstdint>

namespace recflex::emb {

/// The static side of one lookup.
struct LookupShape {
  int64_t width = 0; ///< columns of the table
  int64_t rows = 0;  ///< rows of the table
  RowType rowType = RowType::f32;
  IndexType indexType = IndexType::i32;
  Pooling pooling = Pooling::sum;
  bool weighted = false;

  int64_t rowBytes() const { return width * byteSize(rowType); }
};

/// What is known of the bags; see #emb.stats.
struct BagStats {
  double mean = 0;     ///< lookups a sample, empty bags included
  double stddev = 0;   ///< of the bag length
  int64_t max = 0;     ///< longest bag seen
  double coverage = 0; ///< share of bags that are not empty
  double distinct = 0; ///< distinct rows a batch touches
  int64_t batch = 0;   ///< samples a batch, where it was measured
};

/// How a batch is cut into tiles, one block each.
struct TileShape {
  int64_t samples = 1;     ///< samples a tile
  int64_t columnTiles = 1; ///< tiles that share samples, over width and bags
  int64_t parallelLookups = 1; ///< lookups of a bag that are under way at once
  /// Samples that a warp pools without the others, by a body without barriers:
  /// warp w those from w * warpSamples on. 0 if the warps work together.
  int64_t warpSamples = 0;
  int64_t scratchBytes = 0; ///< global memory a sample, zero at first
};

/// An estimate, in units that can be added up over features.
struct ScheduleCost {
  double issue = 0;   ///< warp instructions a sample
  double latency = 0; ///< dependent memory round trips of the longest bag
};

} // namespace recflex::emb

#endif // RECFLEX_DIALECT_EMB_IR_LOOKUPSHAPE_H
