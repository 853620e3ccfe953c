//===- FlatSchedule.h - A schedule of another repository --------*- C++ -*-===//

#ifndef SHOP_FLATSCHEDULE_H
#define SHOP_FLATSCHEDULE_H

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace flat {

/// Lets #flat.columns be chosen for lookups.
void registerSchedule(mlir::DialectRegistry &registry);

} // namespace flat

#endif // SHOP_FLATSCHEDULE_H
