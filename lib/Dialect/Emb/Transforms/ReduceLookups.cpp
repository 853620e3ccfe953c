//===- ReduceLookups.cpp - Functions with fewer lookups -------------------===//

#include "recflex/Dialect/Emb/IR/Emb.h"
#include "recflex/Dialect/Emb/Transforms/Reduction.h"

#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Iterators.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using mlir::func::FuncOp;

namespace recflex::emb {
namespace {

/// Changes a function in place; false if there was nothing to change.
using Change = function_ref<bool(FuncOp, RewriterBase &)>;

//===----------------------------------------------------------------------===//
// Changes
//===----------------------------------------------------------------------===//

void eraseUnused(FuncOp function, RewriterBase &rewriter) {
  function.walk<WalkOrder::PostOrder, ReverseIterator>([&](Operation *op) {
    if (op != function && isOpTriviallyDead(op))
      rewriter.eraseOp(op);
  });
}

/// The function's type says again what its arguments and results are.
void updateType(FuncOp function) {
  TypeRange results = function.getResultTypes();
  function.walk([&](func::ReturnOp op) { results = op.getOperandTypes(); });
  function.setType(FunctionType::get(
      function.getContext(), function.getBody().getArgumentTypes(), results));
}

bool dropResults(FuncOp function, RewriterBase &rewriter, size_t first,
                 size_t count) {
  BitVector dropped(function.getNumResults());
  dropped.set(first, first + count);
  function.walk([&](func::ReturnOp op) {
    rewriter.modifyOpInPlace(op, [&] { op->eraseOperands(dropped); });
  });
  if (failed(function.eraseResults(dropped)))
    return false;
  eraseUnused(function, rewriter);
  return true;
}

/// The operations that put columns side by side.
SmallVector<Operation *> findJoins(FuncOp function) {
  SmallVector<Operation *> joins;
  function.walk([&](Operation *op) {
    if (isa<ConcatOp, FusedLookupOp>(op))
      joins.push_back(op);
  });
  return joins;
}

size_t countInputs(Operation *join) {
  if (auto fused = dyn_cast<FusedLookupOp>(join))
    return fused.getFeatures().size();
  return join->getNumOperands();
}

RankedTensorType withWidth(RankedTensorType pooled, int64_t width) {
  return RankedTensorType::get({ShapedType::kDynamic, width},
                               pooled.getElementType());
}

void dropOperands(ConcatOp concat, size_t first, size_t count) {
  concat->eraseOperands(first, count);
  int64_t width = 0;
  for (Value input : concat.getInputs())
    width += cast<ShapedType>(input.getType()).getDimSize(1);
  concat.getResult().setType(withWidth(concat.getResult().getType(), width));
}

/// The same feature from another key, table or column.
FusedFeatureAttr renumber(FusedFeatureAttr feature, int64_t key, int64_t table,
                          int64_t column) {
  return FusedFeatureAttr::get(feature.getContext(), key, table,
                               feature.getPooling(), feature.getWeighted(),
                               column, feature.getSchedule());
}

/// The order of the features that are left, by their new numbers.
SmallVector<int32_t> withoutRanks(ArrayRef<int32_t> order, size_t first,
                                  size_t count) {
  SmallVector<int32_t> left;
  for (int32_t feature : order) {
    size_t number = static_cast<size_t>(feature);
    if (number < first)
      left.push_back(feature);
    else if (number >= first + count)
      left.push_back(static_cast<int32_t>(number - count));
  }
  return left;
}

void dropFeatures(FusedLookupOp fused, size_t first, size_t count) {
  SmallVector<Attribute> features;
  llvm::SetVector<Value> tables;
  int64_t column = 0;
  bool weighted = false;
  for (auto [i, attribute] : llvm::enumerate(fused.getFeatures())) {
    if (i >= first && i < first + count)
      continue;
    auto feature = cast<FusedFeatureAttr>(attribute);
    Value table = fused.getTables()[feature.getTable()];
    tables.insert(table);
    features.push_back(renumber(feature, feature.getKey(),
                                llvm::find(tables, table) - tables.begin(),
                                column));
    column += fused.getShape(feature).width;
    weighted |= feature.getWeighted();
  }
  if (std::optional<ArrayRef<int32_t>> order = fused.getOrder())
    fused.setOrder(withoutRanks(*order, first, count));
  fused.setFeaturesAttr(ArrayAttr::get(fused.getContext(), features));
  fused.getTablesMutable().assign(tables.getArrayRef());
  if (!weighted)
    fused.getWeightsMutable().clear();
  fused.getResult().setType(withWidth(fused.getResult().getType(), column));
}

bool dropInputs(FuncOp function, RewriterBase &rewriter, size_t join,
                size_t first, size_t count) {
  // What was dropped before may have left nobody who needs the join.
  auto joins = findJoins(function);
  if (join >= joins.size())
    return false;
  Operation *op = joins[join];
  if (countInputs(op) == count || countInputs(op) < first + count)
    return false;
  rewriter.modifyOpInPlace(op, [&] {
    if (auto fused = dyn_cast<FusedLookupOp>(op))
      dropFeatures(fused, first, count);
    else
      dropOperands(cast<ConcatOp>(op), first, count);
  });
  updateType(function);
  eraseUnused(function, rewriter);
  return true;
}

bool unwrapConcats(FuncOp function, RewriterBase &rewriter) {
  bool changed = false;
  function.walk([&](ConcatOp concat) {
    if (concat.getInputs().size() != 1)
      return;
    rewriter.replaceOp(concat, concat.getInputs().front());
    changed = true;
  });
  return changed;
}

/// A jagged input, and which of its keys are looked up.
struct UsedKeys {
  Value kjt;
  BitVector used;
};

/// Nothing if somebody takes the jagged input as a whole.
std::optional<UsedKeys> findUsedKeys(Value kjt) {
  UsedKeys keys{kjt, BitVector(cast<KjtType>(kjt.getType()).getFeatures())};
  for (Operation *user : kjt.getUsers()) {
    if (auto feature = dyn_cast<FeatureOp>(user))
      keys.used.set(feature.getIndex());
    else if (auto fused = dyn_cast<FusedLookupOp>(user))
      for (Attribute feature : fused.getFeatures())
        keys.used.set(cast<FusedFeatureAttr>(feature).getKey());
    else
      return std::nullopt;
  }
  return keys;
}

/// Numbers the keys that are used from 0 on, wherever they are named but at
/// what makes the jagged input.
void renumberKeys(const UsedKeys &keys, RewriterBase &rewriter) {
  auto renumbered = [&](int64_t key) -> int64_t {
    return BitVector(keys.used).reset(key, keys.used.size()).count();
  };
  for (Operation *user : keys.kjt.getUsers())
    rewriter.modifyOpInPlace(user, [&] {
      if (auto feature = dyn_cast<FeatureOp>(user)) {
        feature.setIndex(renumbered(feature.getIndex()));
        return;
      }
      auto fused = cast<FusedLookupOp>(user);
      SmallVector<Attribute> features;
      for (Attribute attribute : fused.getFeatures()) {
        auto feature = cast<FusedFeatureAttr>(attribute);
        features.push_back(renumber(feature, renumbered(feature.getKey()),
                                    feature.getTable(), feature.getColumn()));
      }
      fused.setFeaturesAttr(ArrayAttr::get(fused.getContext(), features));
    });
}

/// Takes keys that nobody looks up out of what makes the jagged input.
bool dropUnusedKeys(FuncOp function, RewriterBase &rewriter, Value kjt) {
  std::optional<UsedKeys> keys = findUsedKeys(kjt);
  if (!keys || keys->used.none() || keys->used.all())
    return false;
  BitVector dropped = keys->used;
  dropped.flip();
  if (auto join = kjt.getDefiningOp<JoinOp>()) {
    rewriter.modifyOpInPlace(join, [&] { join->eraseOperands(dropped); });
  } else if (auto argument = dyn_cast<BlockArgument>(kjt);
             argument && argument.getOwner() == &function.front()) {
    unsigned number = argument.getArgNumber();
    if (auto names = function.getArgAttrOfType<ArrayAttr>(
            number, EmbDialect::kKeysAttr)) {
      SmallVector<Attribute> kept;
      for (unsigned key : keys->used.set_bits())
        kept.push_back(names[key]);
      function.setArgAttr(number, EmbDialect::kKeysAttr,
                          rewriter.getArrayAttr(kept));
    }
  } else {
    return false;
  }
  renumberKeys(*keys, rewriter);
  auto type = cast<KjtType>(kjt.getType());
  kjt.setType(
      KjtType::get(type.getContext(), keys->used.count(), type.getIndexType()));
  updateType(function);
  eraseUnused(function, rewriter);
  return true;
}

bool dropAllUnusedKeys(FuncOp function, RewriterBase &rewriter) {
  SmallVector<Value> inputs;
  auto collect = [&](ValueRange values) {
    for (Value value : values)
      if (isa<KjtType>(value.getType()))
        inputs.push_back(value);
  };
  collect(function.getArguments());
  function.walk([&](JoinOp join) { collect(join->getResults()); });
  bool changed = false;
  for (Value kjt : inputs)
    changed |= dropUnusedKeys(function, rewriter, kjt);
  return changed;
}

bool dropUnusedArguments(FuncOp function, RewriterBase &) {
  BitVector unused(function.getNumArguments());
  for (BlockArgument argument : function.getArguments())
    if (argument.use_empty())
      unused.set(argument.getArgNumber());
  return unused.any() && succeeded(function.eraseArguments(unused));
}

/// Takes the attribute `name` off every lookup.
bool dropFromLookups(FuncOp function, RewriterBase &rewriter, StringRef name) {
  bool changed = false;
  function.walk([&](LookupOp lookup) {
    if (lookup->hasAttr(name))
      rewriter.modifyOpInPlace(
          lookup, [&] { changed |= bool(lookup->removeAttr(name)); });
  });
  return changed;
}

/// Takes occupancy, binding and names off the function.
bool dropFromFunction(FuncOp function, RewriterBase &) {
  bool changed = false;
  for (StringRef name : EmbDialect::kFunctionAttrs)
    changed |= bool(function->removeAttr(name));
  for (unsigned i = 0; i < function.getNumArguments(); ++i)
    for (StringRef name :
         {StringRef(EmbDialect::kNameAttr), StringRef(EmbDialect::kKeysAttr)})
      changed |= bool(function.removeArgAttr(i, name));
  return changed;
}

//===----------------------------------------------------------------------===//
// Trying them
//===----------------------------------------------------------------------===//

class Reducer {
public:
  Reducer(FuncOp function, RewriterBase &rewriter, IsInteresting isInteresting)
      : function(function), rewriter(rewriter), isInteresting(isInteresting) {
    for (Operation *op = function; op; op = op->getParentOp())
      if (auto outer = dyn_cast<ModuleOp>(op))
        module = outer;
  }

  bool run() {
    dropChunks(function.getNumResults(), [&](size_t first, size_t count) {
      return attempt([&](FuncOp f, RewriterBase &r) {
        return dropResults(f, r, first, count);
      });
    });
    for (size_t join = 0; join < findJoins(function).size(); ++join)
      dropChunks(countInputs(findJoins(function)[join]),
                 [&](size_t first, size_t count) {
                   return attempt([&](FuncOp f, RewriterBase &r) {
                     return dropInputs(f, r, join, first, count);
                   });
                 });
    attempt(unwrapConcats);
    attempt(dropAllUnusedKeys);
    attempt(dropUnusedArguments);
    for (StringRef name : {StringRef("stats"), StringRef("schedule"),
                           StringRef(EmbDialect::kRankAttr)})
      attempt([&](FuncOp f, RewriterBase &r) {
        return dropFromLookups(f, r, name);
      });
    attempt(dropFromFunction);
    return changed;
  }

private:
  /// Leaves out chunks of `count` things, long ones first.
  static void dropChunks(size_t count,
                         function_ref<bool(size_t, size_t)> drop) {
    for (size_t chunk = count; chunk > 0; chunk /= 2)
      for (size_t first = 0; first < count;) {
        size_t length = std::min(chunk, count - first);
        if (drop(first, length))
          count -= length;
        else
          first += length;
      }
  }

  /// Makes the change if it leaves a valid and interesting module, as it turns
  /// out in a copy.
  bool attempt(Change change) {
    IRMapping mapping;
    OwningOpRef<Operation *> copy(module->clone(mapping));
    IRRewriter copyRewriter(module.getContext());
    if (!change(cast<FuncOp>(mapping.lookup(function.getOperation())),
                copyRewriter) ||
        !isValid(*copy) || !isInteresting(cast<ModuleOp>(*copy)))
      return false;
    rewriter.modifyOpInPlace(function, [&] { change(function, rewriter); });
    return changed = true;
  }

  /// Whether something else than lookups takes the change amiss.
  static bool isValid(Operation *op) {
    ScopedDiagnosticHandler quiet(op->getContext(), [](Diagnostic &) {});
    return succeeded(verify(op));
  }

  FuncOp function;
  ModuleOp module; ///< the outermost one
  RewriterBase &rewriter;
  IsInteresting isInteresting;
  bool changed = false;
};

} // namespace

bool reduceLookups(FuncOp function, RewriterBase &rewriter,
                   IsInteresting isInteresting) {
  Operation *scope = function->getParentOp();
  if (function.isDeclaration() || !scope ||
      !SymbolTable::symbolKnownUseEmpty(function, scope))
    return false;
  return Reducer(function, rewriter, isInteresting).run();
}

} // namespace recflex::emb
