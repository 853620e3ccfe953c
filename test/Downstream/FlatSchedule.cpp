//===- FlatSchedule.cpp - A schedule of another repository ----------------===//
//
// #flat.columns numbers a block's threads over (sample, column), one element
// each: where a row is 5 or 13 elements wide, no lane idles. All that RecFlex
// must know of it is here: the attribute with its answers, its candidates, its
// body, and how it is registered, in a program or as a plugin.
//
//===----------------------------------------------------------------------===//

#include "FlatSchedule.h"

#include "recflex/Dialect/Emb/IR/ScheduleProvider.h"
#include "recflex/Schedules/BodyBuilder.h"

#include "mlir/IR/DialectImplementation.h"
#include "mlir/Tools/Plugins/DialectPlugin.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <cmath>

using namespace mlir;
using namespace recflex;

namespace flat {

//===----------------------------------------------------------------------===//
// The attribute
//===----------------------------------------------------------------------===//

struct ColumnsStorage : AttributeStorage {
  using KeyTy = int64_t;
  explicit ColumnsStorage(int64_t unroll) : unroll(unroll) {}
  bool operator==(int64_t other) const { return unroll == other; }
  static ColumnsStorage *construct(AttributeStorageAllocator &allocator,
                                   int64_t unroll) {
    return new (allocator.allocate<ColumnsStorage>()) ColumnsStorage(unroll);
  }
  int64_t unroll; ///< rows of a bag in flight
};

class ColumnsAttr
    : public Attribute::AttrBase<ColumnsAttr, Attribute, ColumnsStorage,
                                 emb::ScheduleAttrInterface::Trait,
                                 emb::ScheduleBodyInterface::Trait> {
public:
  using Base::Base;
  static constexpr StringLiteral name = "flat.columns";

  static ColumnsAttr get(MLIRContext *context, int64_t unroll) {
    return Base::get(context, unroll);
  }
  int64_t getUnroll() const { return getImpl()->unroll; }

  // What ScheduleAttrInterface asks for.
  LogicalResult verifyFor(function_ref<InFlightDiagnostic()> emitError,
                          const emb::LookupShape &) const {
    if (getUnroll() >= 1 && getUnroll() <= 16)
      return success();
    return emitError() << "'unroll' must be from 1 to 16, not " << getUnroll();
  }
  int64_t getMinThreads(const emb::LookupShape &) const { return 32; }
  emb::TileShape getTileShape(const emb::LookupShape &shape,
                              int64_t threads) const {
    emb::TileShape tile;
    tile.samples = std::max<int64_t>(1, threads / shape.width);
    tile.columnTiles = llvm::divideCeil(shape.width, threads);
    return tile;
  }
  int64_t getSharedBytes(const emb::LookupShape &, int64_t) const { return 0; }
  emb::ScheduleCost estimateCost(const emb::LookupShape &shape,
                                 const emb::BagStats &stats, int64_t) const {
    // The figures of #emb.sub_warp: instructions a bag, a lookup and a step,
    // and round trips; see docs/Schedules.md. A warp does 32 / width bags.
    auto stepsOf = [&](double lookups) {
      return std::ceil(lookups / getUnroll());
    };
    double longest = std::min(stats.mean + stats.stddev, double(stats.max));
    double warps = shape.width / 32.0;
    return {/*issue=*/warps * (40 + 4.5 * longest + 70 * stepsOf(longest)),
            /*latency=*/2 + 2 * stepsOf(stats.max)};
  }

  // What ScheduleBodyInterface asks for.
  void emitBody(BodyBuilder &b) const;
};

void ColumnsAttr::emitBody(BodyBuilder &b) const {
  int64_t threads = b.shape().threads, width = b.lookup().width;
  emb::TileShape tile = getTileShape(b.lookup(), threads);
  int64_t columns = std::min(width, threads); // of a tile

  Value thread = b.tile().thread;
  Value row = b.divide(thread, columns);
  Value sample = b.add(
      b.mul(b.divide(b.tile().tile, tile.columnTiles), b.i32(tile.samples)),
      row);
  Value column =
      b.add(b.mul(b.modulo(b.tile().tile, tile.columnTiles), b.i32(columns)),
            b.modulo(thread, columns));
  Value active = b.both(
      b.less(row, b.i32(tile.samples)),
      b.both(b.less(sample, b.tile().batch), b.less(column, b.i32(width))));
  b.guarded(active, [&] {
    BagRange bag = b.loadBag(sample);
    Value pooled = b.pool(b.identity(/*vector=*/1), bag.begin, bag.end, column,
                          /*vector=*/1, getUnroll(), /*stride=*/1);
    b.storeRow(b.finish(pooled, bag), sample, column);
  });
}

//===----------------------------------------------------------------------===//
// The candidates
//===----------------------------------------------------------------------===//

struct Candidates final : emb::ScheduleProvider {
  using ScheduleProvider::ScheduleProvider;

  void
  enumerate(const emb::LookupShape &, const emb::BagStats &,
            function_ref<void(emb::ScheduleAttrInterface)> add) const final {
    for (int64_t unroll : {8, 4, 2, 1})
      add(ColumnsAttr::get(getContext(), unroll));
  }
};

//===----------------------------------------------------------------------===//
// The dialect
//===----------------------------------------------------------------------===//

class FlatDialect : public Dialect {
public:
  static StringRef getDialectNamespace() { return "flat"; }
  explicit FlatDialect(MLIRContext *context)
      : Dialect(getDialectNamespace(), context, TypeID::get<FlatDialect>()) {
    addAttributes<ColumnsAttr>();
    addInterfaces<Candidates>();
  }

  /// #flat.columns<unroll = 4>
  Attribute parseAttribute(DialectAsmParser &parser, Type) const override {
    int64_t unroll;
    if (parser.parseKeyword("columns") || parser.parseLess() ||
        parser.parseKeyword("unroll") || parser.parseEqual() ||
        parser.parseInteger(unroll) || parser.parseGreater())
      return {};
    return ColumnsAttr::get(getContext(), unroll);
  }
  void printAttribute(Attribute attribute,
                      DialectAsmPrinter &os) const override {
    os << "columns<unroll = " << cast<ColumnsAttr>(attribute).getUnroll()
       << ">";
  }
};

void registerSchedule(DialectRegistry &registry) {
  registry.insert<FlatDialect>();
  // Only loaded dialects are asked for candidates: this one loads with emb.
  registry.addExtension(+[](MLIRContext *context, emb::EmbDialect *) {
    context->getOrLoadDialect<FlatDialect>();
  });
}

} // namespace flat

//===----------------------------------------------------------------------===//
// The same as a plugin: mlir-opt --load-dialect-plugin=FlatSchedule.so
//===----------------------------------------------------------------------===//

extern "C" DialectPluginLibraryInfo mlirGetDialectPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "FlatSchedule", "0.1",
          [](DialectRegistry *registry) { flat::registerSchedule(*registry); }};
}
