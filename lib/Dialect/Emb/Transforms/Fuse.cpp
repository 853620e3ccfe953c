//===- Fuse.cpp - A concatenation of lookups as one op --------------------===//

#include "recflex/Dialect/Emb/IR/FixedOrder.h"
#include "recflex/Dialect/Emb/IR/Remark.h"
#include "recflex/Dialect/Emb/Transforms/Passes.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace recflex::emb {

#define GEN_PASS_DEF_EMBFUSEPASS
#include "recflex/Dialect/Emb/Transforms/Passes.h.inc"

namespace {
/// What the lookups of a concatenation must agree on, and its features so far.
class Fuser {
public:
  explicit Fuser(ConcatOp concat) : concat(concat) {}

  LogicalResult collect() {
    for (Value input : concat.getInputs()) {
      auto lookup = input.getDefiningOp<LookupOp>();
      if (!lookup)
        return concat
                   .emitOpError("joins a value that is not a lookup; only "
                                "lookups can be fused: run -canonicalize "
                                "first, or join it outside")
                   .attachNote(input.getLoc())
               << "the value is defined here";
      if (failed(add(lookup)))
        return failure();
    }
    numberTables();
    return success();
  }

  LogicalResult replace(OccupancyAttr occupancy, BindingKind binding) {
    OpBuilder builder(concat);
    DenseI32ArrayAttr order;
    if (binding == BindingKind::Fixed) {
      auto ranked = rankLookups(occupancy.getThreads());
      if (failed(ranked))
        return failure();
      order = builder.getDenseI32ArrayAttr(*ranked);
    }
    SmallVector<Attribute> features;
    int64_t column = 0;
    for (LookupOp lookup : lookups) {
      features.push_back(FusedFeatureAttr::get(
          lookup.getContext(),
          lookup.getBags().getDefiningOp<FeatureOp>().getIndex(),
          tableNumbers.lookup(lookup.getTable()), lookup.getPooling(),
          static_cast<bool>(lookup.getWeights()), column,
          lookup.getScheduleAttr()));
      column += lookup.getShape().width;
    }
    auto fused = FusedLookupOp::create(
        builder, concat.getLoc(), concat.getResult().getType(), kjt, tables,
        weights, builder.getArrayAttr(features), occupancy, order,
        /*kernel=*/SymbolRefAttr());
    concat.getResult().replaceAllUsesWith(fused.getResult());
    concat.erase();
    remarkFused(fused);
    // A set: one lookup may be joined several times.
    for (LookupOp lookup :
         llvm::SetVector<LookupOp>(lookups.begin(), lookups.end())) {
      if (!lookup->use_empty())
        continue;
      auto feature = lookup.getBags().getDefiningOp<FeatureOp>();
      lookup.erase();
      if (feature->use_empty())
        feature.erase();
    }
    return success();
  }

private:
  FailureOr<std::vector<int32_t>> rankLookups(int64_t threads) {
    SmallVector<FixedPlace> places;
    for (LookupOp lookup : lookups) {
      FixedPlace place;
      if (auto rank = lookup->getAttrOfType<IntegerAttr>(EmbDialect::kRankAttr))
        place.rank = rank.getInt();
      StatsAttr stats = lookup.getStatsAttr();
      if (!stats && !place.rank)
        return lookup.emitOpError(
            "has no statistics, by which fixed binding orders the features' "
            "blocks; attach them with -emb-import-stats, or bind at run time");
      TileShape tile =
          lookup.getScheduleAttr().getTileShape(lookup.getShape(), threads);
      if (stats)
        place.steps = serialSteps(stats.getMax(), tile);
      places.push_back(place);
    }
    return fixedOrder(places);
  }

  static void remarkFused(FusedLookupOp fused) {
    auto remark =
        remark::passed(fused.getLoc(), remarkOn(fused, "fused", "emb-fuse"));
    if (!remark)
      return;
    size_t features = fused.getFeatures().size();
    size_t tables = fused.getTables().size();
    int64_t columns = fused.getResult().getType().getDimSize(1);
    int64_t threads = fused.getOccupancy().getThreads();
    int64_t blocks = fused.getOccupancy().getBlocks();
    using Arg = remark::detail::Remark::Arg;
    remark << llvm::formatv("one kernel for features: {0}, tables: {1}, "
                            "columns: {2}, at {3} x {4}",
                            features, tables, columns, threads, blocks)
                  .str()
           << Arg("Features", features) << Arg("Tables", tables)
           << Arg("Columns", columns) << Arg("Threads", threads)
           << Arg("Blocks", blocks);
  }

  LogicalResult add(LookupOp lookup) {
    ScheduleAttrInterface schedule = lookup.getScheduleAttr();
    if (!schedule)
      return lookup.emitOpError(
          "has no schedule; run -emb-select-schedules first");
    auto feature = lookup.getBags().getDefiningOp<FeatureOp>();
    if (!feature && lookup.getWeights())
      return lookup.emitOpError(
          "takes weights beside bags of its own; one kernel takes them beside "
          "one jagged input: make that with emb.kjt and emb.feature, or lower "
          "with -convert-emb-to-linalg");
    if (!feature)
      return lookup.emitOpError("takes bags that no emb.feature gives; only "
                                "features of a jagged input can be fused: run "
                                "-emb-join-bags first");
    if (failed(agree(lookup, kjt, feature.getKjt(), "another jagged input")))
      return failure();
    if (lookup.getWeights() &&
        failed(agree(lookup, weights, lookup.getWeights(), "other weights")))
      return failure();
    lookups.push_back(lookup);
    if (tableNumbers.try_emplace(lookup.getTable(), 0).second)
      tables.push_back(lookup.getTable());
    return success();
  }

  /// Tables stand in the order of the function's arguments, others behind them
  /// in the order of their use.
  void numberTables() {
    auto place = [](Value table) {
      auto argument = dyn_cast<BlockArgument>(table);
      return argument ? argument.getArgNumber() : UINT_MAX;
    };
    for (auto [use, table] : llvm::enumerate(tables))
      tableNumbers[table] = use;
    llvm::sort(tables, [&](Value a, Value b) {
      return std::pair(place(a), tableNumbers[a]) <
             std::pair(place(b), tableNumbers[b]);
    });
    for (auto [number, table] : llvm::enumerate(tables))
      tableNumbers[table] = number;
  }

  static LogicalResult agree(LookupOp lookup, Value &common, Value value,
                             StringRef what) {
    if (!common)
      common = value;
    if (common == value)
      return success();
    InFlightDiagnostic error = lookup.emitOpError("takes ")
                               << what
                               << " than the lookups before it; one kernel "
                                  "serves one: concatenate them apart";
    error.attachNote(common.getLoc()) << "theirs is here";
    return error;
  }

  ConcatOp concat;
  Value kjt, weights;
  SmallVector<Value> tables;
  llvm::DenseMap<Value, int64_t> tableNumbers;
  SmallVector<LookupOp> lookups;
};

struct EmbFuse : impl::EmbFusePassBase<EmbFuse> {
  using EmbFusePassBase::EmbFusePassBase;

  void runOnOperation() override {
    OccupancyAttr occupancy = resolveOccupancy(getOperation(), threads, blocks);
    FailureOr<BindingKind> kind = resolveBinding(getOperation(), binding);
    if (!occupancy || failed(kind))
      return signalPassFailure();
    wrapLoneLookups();
    SmallVector<ConcatOp> concats;
    getOperation().walk([&](ConcatOp op) { concats.push_back(op); });
    for (ConcatOp concat : concats) {
      Fuser fuser(concat);
      if (failed(fuser.collect()) || failed(fuser.replace(occupancy, *kind)))
        return signalPassFailure();
    }
  }

  /// A lookup that is used as it is, beside any concatenation, is a
  /// concatenation of one.
  void wrapLoneLookups() {
    getOperation().walk([&](LookupOp lookup) {
      auto isLone = [](OpOperand &use) {
        return !isa<ConcatOp>(use.getOwner());
      };
      if (llvm::none_of(lookup->getUses(), isLone))
        return;
      OpBuilder builder(lookup->getContext());
      builder.setInsertionPointAfter(lookup);
      auto concat =
          ConcatOp::create(builder, lookup.getLoc(),
                           lookup.getResult().getType(), lookup.getResult());
      lookup.getResult().replaceUsesWithIf(
          concat.getResult(), [&](OpOperand &use) {
            return use.getOwner() != concat && isLone(use);
          });
    });
  }
};
} // namespace

} // namespace recflex::emb
