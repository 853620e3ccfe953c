//===- RandomAttributes.cpp - Attributes and types of emb, at random ------===//

#include "RandomAttributes.h"

#include "recflex/Runtime/KernelABI.h"

#include "llvm/ADT/bit.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>

using namespace mlir;

namespace recflex {

/// How far attributes and locations are nested.
static constexpr int kDeepest = 2;

int64_t RandomAttributes::draw(int64_t low, int64_t high) {
  // Not std::uniform_int_distribution: it differs between libraries, and a seed
  // must mean the same module everywhere.
  return low + static_cast<int64_t>(engine() % (uint64_t(high) - low + 1));
}

int64_t RandomAttributes::drawWidth() {
  return once(2) ? drawPower(0, 10) : once(2) ? draw(1, 33) : draw(1, 1024);
}

int64_t RandomAttributes::drawCount(int64_t limit) {
  if (once(8))
    return once(2) ? limit : 1;
  // Of any number of digits.
  return std::min(limit, draw(1, drawPower(1, 62)));
}

IntegerType RandomAttributes::drawIndexType() {
  return IntegerType::get(context, once(2) ? 32 : 64);
}

Type RandomAttributes::drawRowType() {
  return emb::getElementType(context, static_cast<RowType>(draw(0, 2)));
}

emb::PoolingKind RandomAttributes::drawPooling(bool weighted) {
  return static_cast<emb::PoolingKind>(draw(0, weighted ? 1 : 2));
}

/// A number from 0 to 1: short in decimal, or with all digits, or tiny.
double RandomAttributes::drawReal() {
  switch (draw(0, 3)) {
  case 0:
    return static_cast<double>(draw(0, 4)) / 4;
  case 1:
    return static_cast<double>(draw(0, 100)) / 100;
  case 2:
    return std::ldexp(static_cast<double>(draw(0, (int64_t(1) << 53) - 1)),
                      -53);
  default:
    return std::ldexp(1.0, -static_cast<int>(draw(1, 1074)));
  }
}

emb::StatsAttr RandomAttributes::drawStats() {
  emb::BagStats stats;
  stats.max = once(8) ? 0 : drawCount(int64_t(1) << 62);
  stats.mean = static_cast<double>(stats.max) * drawReal();
  stats.stddev = drawReal() * 1e9;
  stats.coverage = drawReal();
  stats.distinct = drawReal() * 1e9;
  stats.batch = once(8) ? 0 : drawCount(int64_t(1) << 40);
  return emb::StatsAttr::get(context, stats);
}

emb::BindingKindAttr RandomAttributes::drawBinding() {
  return emb::BindingKindAttr::get(context,
                                   static_cast<emb::BindingKind>(draw(0, 1)));
}

emb::OccupancyAttr RandomAttributes::drawOccupancy(int64_t least) {
  int64_t threads = 32 * draw((least + 31) / 32, 32);
  int64_t blocks = draw(1, std::min<int64_t>(32, 2048 / threads));
  return emb::OccupancyAttr::get(context, threads, blocks);
}

emb::LookupShape RandomAttributes::drawShape() {
  emb::LookupShape shape;
  shape.width = drawWidth();
  shape.rowType = static_cast<RowType>(draw(0, 2));
  return shape;
}

emb::ScheduleAttrInterface
RandomAttributes::drawSchedule(const emb::LookupShape &shape) {
  // Vectors divide the row and fit 16 bytes.
  int64_t widest =
      std::min<int64_t>(llvm::countr_zero(uint64_t(shape.width)),
                        llvm::Log2_64(16 / byteSize(shape.rowType)));
  int64_t vector = drawPower(0, std::min<int64_t>(widest, 3));
  int64_t lanes = drawPower(0, 5), unroll = drawPower(0, 4);
  int64_t most = 10 - llvm::Log2_64(lanes); // threads of a block
  switch (draw(0, 4)) {
  case 0:
    return emb::GatherAttr::get(context, vector, lanes, unroll);
  case 1:
    return emb::SubWarpAttr::get(context, vector, lanes, unroll);
  case 2:
    return emb::BlockReduceAttr::get(context, vector, lanes, drawPower(1, most),
                                     unroll);
  case 3:
    return emb::SegmentedScanAttr::get(context, vector, lanes, drawPower(0, 10),
                                       unroll);
  default:
    int64_t rows = drawPower(0, most);
    int64_t parts = drawPower(1, llvm::Log2_64(abi::kMaxBagParts));
    return emb::MultiBlockAttr::get(context, vector, lanes, rows, parts,
                                    unroll);
  }
}

std::string RandomAttributes::drawText() {
  static const char *const texts[] = {
      "user",        "item.id",   "a b",          "",  "quote\"d",
      "back\\slash", "new\nline", "\xe2\x82\xac", "0", "emb"};
  return texts[draw(0, std::size(texts) - 1)];
}

Attribute RandomAttributes::drawAny(int depth) {
  Builder b(context);
  switch (draw(depth < kDeepest ? 0 : 3, 10)) {
  case 0: {
    SmallVector<Attribute> elements;
    for (int64_t i = draw(0, 3); i > 0; --i)
      elements.push_back(drawAny(depth + 1));
    return b.getArrayAttr(elements);
  }
  case 1:
  case 2: {
    NamedAttrList entries;
    for (int64_t i = draw(0, 3); i > 0; --i) {
      std::string name =
          once(2) ? "note" + std::to_string(i) : "test.n o" + drawText();
      entries.set(name, drawAny(depth + 1));
    }
    return entries.getDictionary(context);
  }
  case 3:
    return drawStats();
  case 4:
    return drawOccupancy();
  case 10:
    return drawBinding();
  case 5:
    return emb::TargetAttr::get(context, drawText());
  case 6:
    return emb::PoolingKindAttr::get(context, drawPooling(false));
  case 7: {
    IntegerType indexType = drawIndexType();
    if (once(2))
      return TypeAttr::get(emb::BagsType::get(context, indexType));
    return TypeAttr::get(
        emb::KjtType::get(context, drawCount(INT32_MAX), indexType));
  }
  case 8: {
    // Numbers that no fused lookup would take: the attribute does not mind.
    int64_t key = draw(-1, 1) < 0 ? INT64_MIN : drawCount(INT64_MAX);
    int64_t table = drawCount(INT64_MAX), column = drawCount(INT64_MAX);
    emb::PoolingKind pooling = drawPooling(false);
    bool weighted = once(2);
    return emb::FusedFeatureAttr::get(context, key, table, pooling, weighted,
                                      column, drawSchedule(drawShape()));
  }
  default:
    return drawSchedule(drawShape());
  }
}

Location RandomAttributes::drawLocation(int depth) {
  switch (draw(depth < kDeepest ? 0 : 3, 4)) {
  case 0: {
    auto name = StringAttr::get(context, "feature " + drawText());
    return NameLoc::get(name, drawLocation(depth + 1));
  }
  case 1: {
    Location callee = drawLocation(depth + 1);
    return CallSiteLoc::get(callee, drawLocation(depth + 1));
  }
  case 2: {
    // MLIR makes other locations of fused ones in fused ones.
    Location first = drawLocation(kDeepest), second = drawLocation(kDeepest);
    Attribute metadata = once(2) ? drawAny(kDeepest) : Attribute();
    return FusedLoc::get({first, second}, metadata, context);
  }
  case 3: {
    unsigned line = draw(1, 9000);
    return FileLineColLoc::get(context, "model.mlir", line, draw(1, 80));
  }
  default:
    return UnknownLoc::get(context);
  }
}

} // namespace recflex
