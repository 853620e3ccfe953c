//===- Schedules.h - Registers the built-in schedules -----------*- C++ -*-===//

#ifndef RECFLEX_SCHEDULES_SCHEDULES_H
#define RECFLEX_SCHEDULES_SCHEDULES_H

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace recflex {

/// Attaches code generators and candidates to the emb dialect's schedules.
void registerSchedules(mlir::DialectRegistry &registry);

} // namespace recflex

#endif // RECFLEX_SCHEDULES_SCHEDULES_H
