//===- Allocations.cpp - Counts what a test allocates ---------------------===//

#include "Allocations.h"

#include <atomic>
#include <cstdlib>
#include <new>

static thread_local int64_t allocationsOfThread = 0;
static std::atomic<int64_t> allocations{0};

static void count() {
  ++allocationsOfThread;
  // Orders nothing: a lock would hide races from the thread sanitizer.
  allocations.fetch_add(1, std::memory_order_relaxed);
}

int64_t recflex::countAllocationsOfThread() { return allocationsOfThread; }
int64_t recflex::countAllocations() { return allocations; }

#ifdef RECFLEX_SANITIZER_NEW

// The sanitizer tells of every allocation.
#include <sanitizer/allocator_interface.h>

[[maybe_unused]] static int installed =
    __sanitizer_install_malloc_and_free_hooks(
        [](const volatile void *, size_t) { count(); },
        [](const volatile void *) {});

#else

// In place of the address sanitizer's, too, whose hooks tell of the mallocs as
// well by which it starts a thread, at some time or other.
void *operator new(size_t bytes) {
  count();
  if (void *memory = std::malloc(bytes ? bytes : 1))
    return memory;
  throw std::bad_alloc();
}
void operator delete(void *memory) noexcept { std::free(memory); }
void operator delete(void *memory, size_t) noexcept { std::free(memory); }

#endif
