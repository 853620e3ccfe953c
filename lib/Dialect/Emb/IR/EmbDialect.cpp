//===- EmbDialect.cpp - The emb dialect -----------------------------------===//

#include "recflex/Dialect/Emb/IR/Bytecode.h"
#include "recflex/Dialect/Emb/IR/Emb.h"

#include "mlir/Dialect/GPU/IR/CompilationInterfaces.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Transforms/InliningUtils.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace recflex::emb;

#include "recflex/Dialect/Emb/IR/EmbDialect.cpp.inc"
#include "recflex/Dialect/Emb/IR/EmbInterfaces.cpp.inc"

namespace {
/// Every op is pure, so all of them may be inlined anywhere.
struct EmbInlinerInterface : DialectInlinerInterface {
  using DialectInlinerInterface::DialectInlinerInterface;
  bool isLegalToInline(Operation *, Region *, bool, IRMapping &) const final {
    return true;
  }
};
} // namespace

void EmbDialect::initialize() {
  registerTypes();
  registerAttributes();
  addOperations<
#define GET_OP_LIST
#include "recflex/Dialect/Emb/IR/EmbOps.cpp.inc"
      >();
  addInterfaces<EmbInlinerInterface>();
  addBytecodeInterface(*this);
  declarePromisedInterfaces<ScheduleBodyInterface, GatherAttr, SubWarpAttr,
                            BlockReduceAttr, SegmentedScanAttr,
                            MultiBlockAttr>();
  declarePromisedInterface<gpu::TargetAttrInterface, TargetAttr>();
}

//===----------------------------------------------------------------------===//
// emb.name and emb.keys
//===----------------------------------------------------------------------===//

/// `keys` names every feature of `type`, each once.
static LogicalResult verifyKeys(Operation *op, Type type, Attribute value) {
  auto kjt = dyn_cast<KjtType>(type);
  if (!kjt)
    return op->emitOpError("has 'emb.keys' on an argument of type ")
           << type << "; it belongs on an argument of type !emb.kjt";
  auto keys = dyn_cast<ArrayAttr>(value);
  if (!keys || !llvm::all_of(keys, llvm::IsaPred<StringAttr>))
    return op->emitOpError("'emb.keys' must be an array of strings");
  if (static_cast<int64_t>(keys.size()) != kjt.getFeatures())
    return op->emitOpError("'emb.keys' has ")
           << keys.size() << " names for the " << kjt.getFeatures()
           << " features of " << kjt << "; give one a feature";
  llvm::SmallPtrSet<Attribute, 16> seen;
  for (Attribute key : keys)
    if (!seen.insert(key).second)
      return op->emitOpError("'emb.keys' names ") << key << " twice";
  return success();
}

LogicalResult EmbDialect::verifyRegionArgAttribute(Operation *op, unsigned,
                                                   unsigned argIndex,
                                                   NamedAttribute attribute) {
  auto function = dyn_cast<FunctionOpInterface>(op);
  if (!function)
    return op->emitOpError("does not take the argument attribute ")
           << attribute.getName();
  if (attribute.getName() == kKeysAttr)
    return verifyKeys(op, function.getArgumentTypes()[argIndex],
                      attribute.getValue());
  if (attribute.getName() == kNameAttr) {
    if (isa<StringAttr>(attribute.getValue()))
      return success();
    return op->emitOpError("'emb.name' must be a string");
  }
  return op->emitOpError("has the unknown argument attribute ")
         << attribute.getName() << "; emb defines 'emb.name' and 'emb.keys'";
}

/// An attribute of functions, which must be an AttributeT.
template <typename AttributeT>
static LogicalResult verifyOfFunction(Operation *op, NamedAttribute attribute) {
  StringRef name = attribute.getName();
  if (!isa<FunctionOpInterface>(op))
    return op->emitOpError("has '") << name << "'; it belongs on a function";
  if (!isa<AttributeT>(attribute.getValue()))
    return op->emitOpError("'") << name << "' must be an #" << name << ", not "
                                << attribute.getValue();
  return success();
}

static LogicalResult verifyRank(Operation *op, NamedAttribute attribute) {
  if (!isa<LookupOp>(op))
    return op->emitOpError("has 'emb.rank'; it belongs on an emb.lookup");
  auto rank = dyn_cast<IntegerAttr>(attribute.getValue());
  if (!rank || !rank.getType().isInteger(64) || rank.getInt() < 0)
    return op->emitOpError("'emb.rank' must be an i64, 0 or more, not ")
           << attribute.getValue();
  return success();
}

LogicalResult EmbDialect::verifyOperationAttribute(Operation *op,
                                                   NamedAttribute attribute) {
  if (attribute.getName() == kOccupancyAttr)
    return verifyOfFunction<OccupancyAttr>(op, attribute);
  if (attribute.getName() == kBindingAttr)
    return verifyOfFunction<BindingKindAttr>(op, attribute);
  if (attribute.getName() == kRankAttr)
    return verifyRank(op, attribute);
  return op->emitOpError("has the unknown attribute ")
         << attribute.getName()
         << "; emb defines 'emb.occupancy' and 'emb.binding' on functions, "
            "'emb.name' and 'emb.keys' on their arguments, 'emb.rank' on "
            "lookups";
}
