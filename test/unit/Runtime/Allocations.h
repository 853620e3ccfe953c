//===- Allocations.h - Counts what a test allocates -------------*- C++ -*-===//

#ifndef RECFLEX_TEST_UNIT_RUNTIME_ALLOCATIONS_H
#define RECFLEX_TEST_UNIT_RUNTIME_ALLOCATIONS_H

#include <cstdint>

#if defined(__has_feature)
/// Defined where memory comes from a sanitizer instead of the C library.
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define RECFLEX_SANITIZER_ALLOCATOR
#endif
/// Defined where operator new is a sanitizer's, which nobody may replace.
#if __has_feature(thread_sanitizer)
#define RECFLEX_SANITIZER_NEW
#endif
#endif

namespace recflex {

/// How often the calling thread, and all threads together, have allocated
/// memory with `new`.
int64_t countAllocationsOfThread();
int64_t countAllocations();

} // namespace recflex

#endif // RECFLEX_TEST_UNIT_RUNTIME_ALLOCATIONS_H
