//===- RandomAttributes.h - Attributes and types of emb, at random --------===//

#ifndef RECFLEX_TEST_ROUNDTRIP_RANDOMATTRIBUTES_H
#define RECFLEX_TEST_ROUNDTRIP_RANDOMATTRIBUTES_H

#include "recflex/Dialect/Emb/IR/Emb.h"

#include "mlir/IR/Builders.h"

#include <random>

namespace recflex {

/// Draws every attribute and type that the dialect has, with every parameter
/// that is valid, its extremes among them.
class RandomAttributes {
public:
  RandomAttributes(uint64_t seed, mlir::MLIRContext *context)
      : engine(seed), context(context) {}

  /// A number from `low` to `high`, both included.
  int64_t draw(int64_t low, int64_t high);
  /// True once in `n` times.
  bool once(int64_t n) { return draw(1, n) == 1; }
  /// A power of two from 2^low to 2^high.
  int64_t drawPower(int64_t low, int64_t high) {
    return int64_t(1) << draw(low, high);
  }
  int64_t drawWidth();
  /// A count, often small, sometimes as large as `limit`.
  int64_t drawCount(int64_t limit);

  mlir::IntegerType drawIndexType();
  mlir::Type drawRowType();
  emb::PoolingKind drawPooling(bool weighted);
  emb::StatsAttr drawStats();
  /// At least so many threads a block.
  emb::BindingKindAttr drawBinding();
  emb::OccupancyAttr drawOccupancy(int64_t threads = 32);
  emb::ScheduleAttrInterface drawSchedule(const emb::LookupShape &shape);
  /// One attribute of any kind, or several in an array or a dictionary.
  mlir::Attribute drawAny(int depth = 0);
  mlir::Location drawLocation(int depth = 0);
  /// What an identifier may be, and what only a string may.
  std::string drawText();

private:
  double drawReal();
  emb::LookupShape drawShape();

  std::mt19937_64 engine;
  mlir::MLIRContext *context;
};

} // namespace recflex

#endif // RECFLEX_TEST_ROUNDTRIP_RANDOMATTRIBUTES_H
