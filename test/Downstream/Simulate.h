//===- Simulate.h - Checks kernels without a GPU ----------------*- C++ -*-===//

#ifndef SHOP_SIMULATE_H
#define SHOP_SIMULATE_H

#include "recflex/Pipelines/Compiler.h"

namespace shop {

/// Runs `model` on RecFlex's simulator, on a batch of visitors that is made up
/// here, and compares the result with plain loops.
recflex::Status simulate(const recflex::LoweredModel &model);

} // namespace shop

#endif // SHOP_SIMULATE_H
