//===- Remark.cpp - What the passes' remarks have in common ---------------===//

#include "recflex/Dialect/Emb/IR/Remark.h"

#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;

namespace recflex::emb {

remark::RemarkOpts remarkOn(Operation *op, StringRef name, StringRef pass) {
  remark::RemarkOpts options = remark::RemarkOpts::name(name).category(pass);
  if (auto function = op->getParentOfType<FunctionOpInterface>())
    options = options.function(function.getName());
  return options;
}

void addFeature(remark::detail::InFlightRemark &remark, Operation *lookup) {
  if (auto name = dyn_cast<NameLoc>(lookup->getLoc()))
    remark << remark::detail::Remark::Arg("Feature", name.getName().getValue());
}

} // namespace recflex::emb
