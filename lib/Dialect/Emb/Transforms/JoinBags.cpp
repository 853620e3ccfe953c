//===- JoinBags.cpp - Bags of their own as features of one jagged input ---===//

#include "recflex/Dialect/Emb/Transforms/Passes.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;

namespace recflex::emb {

#define GEN_PASS_DEF_EMBJOINBAGSPASS
#include "recflex/Dialect/Emb/Transforms/Passes.h.inc"

/// Whether what defines `value` stands, or can be moved, ahead of `anchor`.
/// `movable` has what is known to be.
static bool canHoist(Value value, Operation *anchor,
                     llvm::SmallPtrSetImpl<Operation *> &movable) {
  Operation *op = value.getDefiningOp();
  if (!op || op->getBlock() != anchor->getBlock() ||
      op->isBeforeInBlock(anchor) || movable.contains(op))
    return true;
  if (isa<LookupOp>(op) || !isPure(op) || op->getNumRegions() != 0 ||
      !llvm::all_of(op->getOperands(), [&](Value operand) {
        return canHoist(operand, anchor, movable);
      }))
    return false;
  movable.insert(op);
  return true;
}

static void hoist(Value value, Operation *anchor) {
  Operation *op = value.getDefiningOp();
  if (!op || op->getBlock() != anchor->getBlock() ||
      op->isBeforeInBlock(anchor))
    return;
  for (Value operand : op->getOperands())
    hoist(operand, anchor);
  op->moveBefore(anchor);
}

namespace {
/// Lookups of one block and of bags of one type, which can share a jagged
/// input.
class JoinGroup {
public:
  /// Whether `lookup`, which comes after all others, can be one of them.
  bool fits(LookupOp lookup) const {
    Operation *anchor = lookups.front();
    llvm::SmallPtrSet<Operation *, 8> movable;
    return lookup->getBlock() == anchor->getBlock() &&
           lookup.getBags().getType() == bags.front().first.getType() &&
           canHoist(lookup.getBags(), anchor, movable);
  }

  void add(LookupOp lookup) {
    lookups.push_back(lookup);
    bags.insert({lookup.getBags(), Value()});
  }

  /// Joins the bags ahead of the first lookup.
  void join() {
    Operation *anchor = lookups.front();
    SmallVector<Value> joined;
    for (auto &[value, feature] : bags) {
      hoist(value, anchor);
      joined.push_back(value);
    }
    OpBuilder builder(anchor);
    auto type = cast<BagsType>(joined.front().getType());
    Value kjt = JoinOp::create(
        builder, anchor->getLoc(),
        KjtType::get(type.getContext(), joined.size(), type.getIndexType()),
        joined);
    for (auto [key, entry] : llvm::enumerate(bags))
      entry.second =
          FeatureOp::create(builder, entry.first.getLoc(), type, kjt, key);
    for (LookupOp lookup : lookups)
      lookup.getBagsMutable().assign(bags.lookup(lookup.getBags()));
  }

private:
  SmallVector<LookupOp> lookups;
  llvm::MapVector<Value, Value> bags; ///< and the features that they become
};

struct EmbJoinBags : impl::EmbJoinBagsPassBase<EmbJoinBags> {
  void runOnOperation() override {
    std::vector<JoinGroup> groups;
    getOperation().walk([&](LookupOp lookup) {
      // Weights stand beside the arrays that the bags are made of.
      if (lookup.getWeights() || lookup.getBags().getDefiningOp<FeatureOp>())
        return;
      auto group = llvm::find_if(
          groups, [&](const JoinGroup &other) { return other.fits(lookup); });
      if (group == groups.end())
        group = groups.insert(groups.end(), JoinGroup());
      group->add(lookup);
    });
    for (JoinGroup &group : groups)
      group.join();
  }
};
} // namespace

} // namespace recflex::emb
