//===- Fiber.cpp - Stacks and the switch between them ---------------------===//

#include "Fiber.h"

#include <sys/mman.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define RECFLEX_ADDRESS_SANITIZER
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define RECFLEX_ADDRESS_SANITIZER
#endif
#ifdef RECFLEX_ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
#endif

// The frame that recflexSwitchStack leaves on a stack that it suspends, lowest
// address first, is what FiberStacks::prepare has to forge for a new fiber.
#if defined(__x86_64__)

// System V AMD64 ABI, 3.2.1: rbx, rbp and r12 to r15 belong to the caller. The
// fibers of a block mostly stop at the same place, so that the return
// predictor, which saw another fiber's calls, is right with a return, and wrong
// from here up to the kernel with a jump.
asm(R"(
        .text
        .p2align 4
        .globl  recflexSwitchStack
        .hidden recflexSwitchStack
        .type   recflexSwitchStack, @function
recflexSwitchStack:
        pushq   %rbp
        pushq   %rbx
        pushq   %r12
        pushq   %r13
        pushq   %r14
        pushq   %r15
        movq    %rsp, (%rdi)
        movq    %rsi, %rsp
        popq    %r15
        popq    %r14
        popq    %r13
        popq    %r12
        popq    %rbx
        popq    %rbp
        retq
        .size   recflexSwitchStack, .-recflexSwitchStack

        .p2align 4
        .globl  recflexFiberEntry
        .hidden recflexFiberEntry
        .type   recflexFiberEntry, @function
recflexFiberEntry:
        movq    %r12, %rdi
        callq   *%r13
        ud2
        .size   recflexFiberEntry, .-recflexFiberEntry
)");

namespace {
struct Frame {
  uint64_t r15, r14, r13, r12, rbx, rbp, resume;
};
} // namespace

#elif defined(__aarch64__)

// AAPCS64, 6.1: x19 to x30 and the low halves of v8 to v15 belong to the
// caller.
asm(R"(
        .text
        .p2align 4
        .globl  recflexSwitchStack
        .hidden recflexSwitchStack
        .type   recflexSwitchStack, %function
recflexSwitchStack:
        sub     sp, sp, #160
        stp     x19, x20, [sp]
        stp     x21, x22, [sp, #16]
        stp     x23, x24, [sp, #32]
        stp     x25, x26, [sp, #48]
        stp     x27, x28, [sp, #64]
        stp     x29, x30, [sp, #80]
        stp     d8, d9, [sp, #96]
        stp     d10, d11, [sp, #112]
        stp     d12, d13, [sp, #128]
        stp     d14, d15, [sp, #144]
        mov     x9, sp
        str     x9, [x0]
        mov     sp, x1
        ldp     x19, x20, [sp]
        ldp     x21, x22, [sp, #16]
        ldp     x23, x24, [sp, #32]
        ldp     x25, x26, [sp, #48]
        ldp     x27, x28, [sp, #64]
        ldp     x29, x30, [sp, #80]
        ldp     d8, d9, [sp, #96]
        ldp     d10, d11, [sp, #112]
        ldp     d12, d13, [sp, #128]
        ldp     d14, d15, [sp, #144]
        add     sp, sp, #160
        ret
        .size   recflexSwitchStack, .-recflexSwitchStack

        .p2align 4
        .globl  recflexFiberEntry
        .hidden recflexFiberEntry
        .type   recflexFiberEntry, %function
recflexFiberEntry:
        mov     x0, x19
        blr     x20
        brk     #1
        .size   recflexFiberEntry, .-recflexFiberEntry
)");

namespace {
struct Frame {
  uint64_t x19, x20, x21to29[9], x30;
  uint64_t d8to15[8];
};
static_assert(sizeof(Frame) == 160, "the frame of recflexSwitchStack");
} // namespace

#else
#error "the simulator's context switch knows x86-64 and AArch64"
#endif

extern "C" void recflexFiberEntry();

namespace recflex::sim {

namespace {
constexpr size_t pageBytes = 4096;

/// Frames that were abandoned have left AddressSanitizer's red zones.
void forgetFrames([[maybe_unused]] char *stack, [[maybe_unused]] size_t bytes) {
#ifdef RECFLEX_ADDRESS_SANITIZER
  __asan_unpoison_memory_region(stack, bytes);
#endif
}

/// Stacks whose tops are a power of two apart share the same few cache sets;
/// shift each by a few lines more than its neighbour.
constexpr size_t colorBytes = 4096;
size_t color(size_t index) { return (index * 320) % colorBytes; }
} // namespace

FiberStacks::~FiberStacks() { release(); }

void FiberStacks::release() {
  if (memory) {
    forgetFrames(memory, count * stackBytes);
    munmap(memory, count * stackBytes);
  }
  memory = nullptr;
  count = stackBytes = 0;
}

bool FiberStacks::reserve(size_t wanted, size_t bytes) {
  bytes = (bytes + colorBytes + pageBytes - 1) / pageBytes * pageBytes;
  if (wanted <= count && bytes <= stackBytes)
    return true;
  release();
  void *mapped = mmap(nullptr, wanted * bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED)
    return false;
#ifdef MADV_NOHUGEPAGE
  // A huge page would be zeroed whole for the few kilobytes that a fiber uses.
  madvise(mapped, wanted * bytes, MADV_NOHUGEPAGE);
#endif
  memory = static_cast<char *>(mapped);
  count = wanted;
  stackBytes = bytes;
  return true;
}

void *FiberStacks::prepare(size_t index, void (*entry)(void *),
                           void *argument) const {
  forgetFrames(memory + index * stackBytes, stackBytes);
  char *top = memory + (index + 1) * stackBytes - color(index);
  // Once the frame is popped, the stack is aligned to 16 for the call.
  auto *frame = reinterpret_cast<Frame *>(top - 16 - sizeof(Frame));
  *frame = Frame();
#if defined(__x86_64__)
  frame->r12 = reinterpret_cast<uint64_t>(argument);
  frame->r13 = reinterpret_cast<uint64_t>(entry);
  frame->resume = reinterpret_cast<uint64_t>(&recflexFiberEntry);
#else
  frame->x19 = reinterpret_cast<uint64_t>(argument);
  frame->x20 = reinterpret_cast<uint64_t>(entry);
  frame->x30 = reinterpret_cast<uint64_t>(&recflexFiberEntry);
#endif
  return frame;
}

bool FiberStacks::contains(size_t index, uint64_t address,
                           uint64_t bytes) const {
  uint64_t low = reinterpret_cast<uint64_t>(memory) + index * stackBytes;
  return index < count && address >= low && bytes <= stackBytes &&
         address - low <= stackBytes - bytes;
}

} // namespace recflex::sim
