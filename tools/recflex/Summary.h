//===- Summary.h - What people want to know of a compiled model -*- C++ -*-===//

#ifndef RECFLEX_TOOLS_RECFLEX_SUMMARY_H
#define RECFLEX_TOOLS_RECFLEX_SUMMARY_H

#include "recflex/Runtime/Artifact.h"

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace recflex {

/// Features, tables, schedules with a count each, bodies and, if there is PTX,
/// its size.
void printSummary(llvm::raw_ostream &os, const Artifact &artifact);

} // namespace recflex

#endif // RECFLEX_TOOLS_RECFLEX_SUMMARY_H
