//===- ComparePtx.h - A kernel that compares device memory ------*- C++ -*-===//
//
// Written by hand, for the runtime carries no compiler.
//
//   recflex_compare(a, b, words, total)
//
// Adds to `total` how many of the 32-bit words differ. Every thread takes words
// a whole grid apart and adds what it counted in one atomic, if anything.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_LIB_RUNTIME_COMPAREPTX_H
#define RECFLEX_LIB_RUNTIME_COMPAREPTX_H

#include <cstdint>

namespace recflex {

constexpr const char *kCompareKernel = "recflex_compare";
constexpr int32_t kCompareThreads = 256;

constexpr const char *kComparePtx = R"(
.version 6.4
.target sm_75
.address_size 64

.visible .entry recflex_compare(
  .param .u64 a,
  .param .u64 b,
  .param .u32 words,
  .param .u64 total
)
.maxntid 256, 1, 1
{
  .reg .pred %past, %differs, %none;
  .reg .b32 %words, %block, %threads, %thread, %blocks, %step, %i, %x, %y;
  .reg .b64 %a, %b, %total, %offset, %from, %to, %count, %before;

  ld.param.u64 %a, [a];
  ld.param.u64 %b, [b];
  ld.param.u32 %words, [words];
  ld.param.u64 %total, [total];
  cvta.to.global.u64 %a, %a;
  cvta.to.global.u64 %b, %b;
  cvta.to.global.u64 %total, %total;
  mov.u32 %block, %ctaid.x;
  mov.u32 %threads, %ntid.x;
  mov.u32 %thread, %tid.x;
  mov.u32 %blocks, %nctaid.x;
  mad.lo.u32 %i, %block, %threads, %thread;
  mul.lo.u32 %step, %blocks, %threads;
  mov.u64 %count, 0;

$next:
  setp.ge.u32 %past, %i, %words;
  @%past bra $done;
  mul.wide.u32 %offset, %i, 4;
  add.u64 %from, %a, %offset;
  add.u64 %to, %b, %offset;
  ld.global.u32 %x, [%from];
  ld.global.u32 %y, [%to];
  setp.ne.u32 %differs, %x, %y;
  @%differs add.u64 %count, %count, 1;
  add.u32 %i, %i, %step;
  bra $next;

$done:
  setp.eq.u64 %none, %count, 0;
  @%none bra $end;
  atom.global.add.u64 %before, [%total], %count;
$end:
  ret;
}
)";

} // namespace recflex

#endif // RECFLEX_LIB_RUNTIME_COMPAREPTX_H
