//===- AllocationCount.cpp - Whether code allocates -----------------------===//

#include "AllocationCount.h"

#include <cstdlib>
#include <new>

static thread_local int64_t allocations = 0;

int64_t recflex::allocationCount() { return allocations; }

void *operator new(size_t bytes) {
  ++allocations;
  if (void *memory = std::malloc(bytes ? bytes : 1))
    return memory;
  throw std::bad_alloc();
}

void operator delete(void *memory) noexcept { std::free(memory); }
void operator delete(void *memory, size_t) noexcept { std::free(memory); }
