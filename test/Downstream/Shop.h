//===- Shop.h - A dialect that has RecFlex as a guest -----------*- C++ -*-===//

#ifndef SHOP_SHOP_H
#define SHOP_SHOP_H

#include "recflex/Dialect/Emb/IR/Emb.h"

#include "mlir/Pass/Pass.h"

#include "ShopDialect.h.inc"

#define GET_OP_CLASSES
#include "ShopOps.h.inc"

namespace shop {

/// Turns every shop.profile into lookups.
std::unique_ptr<mlir::Pass> createLowerProfilesPass();

} // namespace shop

#endif // SHOP_SHOP_H
