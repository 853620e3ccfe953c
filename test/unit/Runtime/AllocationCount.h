//===- AllocationCount.h - Whether code allocates ---------------*- C++ -*-===//

#ifndef RECFLEX_TEST_UNIT_RUNTIME_ALLOCATIONCOUNT_H
#define RECFLEX_TEST_UNIT_RUNTIME_ALLOCATIONCOUNT_H

#include <cstdint>

namespace recflex {

/// How often the calling thread has called operator new so far; the test binary
/// has its own.
int64_t allocationCount();

} // namespace recflex

#endif // RECFLEX_TEST_UNIT_RUNTIME_ALLOCATIONCOUNT_H
