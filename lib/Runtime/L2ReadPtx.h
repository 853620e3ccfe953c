//===- L2ReadPtx.h - A kernel that reads the L2 cache -----------*- C++ -*-===//
//
// Written by hand, for the runtime carries no compiler.
//
//   recflex_read_l2(base, mask, passes, sink)
//
// `base` points at mask + 1 vectors of 16 bytes, a power of two. Every thread
// makes `passes` passes of kL2LoadsPerPass vector loads; neighbouring threads
// read neighbouring vectors, and each load moves on by the whole grid, round
// the buffer. `ld.global.cg` caches in L2 alone. The words read are xor-ed and
// the result is stored for one value that a buffer of zeros never gives, so
// that no load can be dropped.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_LIB_RUNTIME_L2READPTX_H
#define RECFLEX_LIB_RUNTIME_L2READPTX_H

#include <cstdint>

namespace recflex {

constexpr int64_t kL2LoadsPerPass = 4;
constexpr int64_t kL2LoadBytes = 16;
constexpr const char *kL2ReadKernel = "recflex_read_l2";

constexpr const char *kL2ReadPtx = R"(
.version 6.4
.target sm_75
.address_size 64

.visible .entry recflex_read_l2(
  .param .u64 base,
  .param .u32 mask,
  .param .u32 passes,
  .param .u64 sink
)
.maxntid 1024, 1, 1
.minnctapersm 2
{
  .reg .pred %more, %never;
  .reg .b32 %mask, %left, %block, %threads, %thread, %blocks, %at, %step;
  .reg .b32 %i0, %i1, %i2, %i3, %sum;
  .reg .b32 %a<4>, %b<4>, %c<4>, %d<4>;
  .reg .b64 %base, %sink, %p0, %p1, %p2, %p3;

  ld.param.u64 %base, [base];
  ld.param.u32 %mask, [mask];
  ld.param.u32 %left, [passes];
  ld.param.u64 %sink, [sink];
  cvta.to.global.u64 %base, %base;
  cvta.to.global.u64 %sink, %sink;

  mov.u32 %block, %ctaid.x;
  mov.u32 %threads, %ntid.x;
  mov.u32 %thread, %tid.x;
  mov.u32 %blocks, %nctaid.x;
  mad.lo.u32 %at, %block, %threads, %thread;
  mul.lo.u32 %step, %blocks, %threads;
  mov.u32 %sum, 0;

$next:
  and.b32 %i0, %at, %mask;
  add.u32 %at, %at, %step;
  and.b32 %i1, %at, %mask;
  add.u32 %at, %at, %step;
  and.b32 %i2, %at, %mask;
  add.u32 %at, %at, %step;
  and.b32 %i3, %at, %mask;
  add.u32 %at, %at, %step;
  mul.wide.u32 %p0, %i0, 16;
  mul.wide.u32 %p1, %i1, 16;
  mul.wide.u32 %p2, %i2, 16;
  mul.wide.u32 %p3, %i3, 16;
  add.u64 %p0, %p0, %base;
  add.u64 %p1, %p1, %base;
  add.u64 %p2, %p2, %base;
  add.u64 %p3, %p3, %base;
  ld.global.cg.v4.u32 {%a0, %a1, %a2, %a3}, [%p0];
  ld.global.cg.v4.u32 {%b0, %b1, %b2, %b3}, [%p1];
  ld.global.cg.v4.u32 {%c0, %c1, %c2, %c3}, [%p2];
  ld.global.cg.v4.u32 {%d0, %d1, %d2, %d3}, [%p3];
  xor.b32 %a0, %a0, %a1;
  xor.b32 %a2, %a2, %a3;
  xor.b32 %b0, %b0, %b1;
  xor.b32 %b2, %b2, %b3;
  xor.b32 %c0, %c0, %c1;
  xor.b32 %c2, %c2, %c3;
  xor.b32 %d0, %d0, %d1;
  xor.b32 %d2, %d2, %d3;
  xor.b32 %a0, %a0, %a2;
  xor.b32 %b0, %b0, %b2;
  xor.b32 %c0, %c0, %c2;
  xor.b32 %d0, %d0, %d2;
  xor.b32 %a0, %a0, %b0;
  xor.b32 %c0, %c0, %d0;
  xor.b32 %sum, %sum, %a0;
  xor.b32 %sum, %sum, %c0;
  sub.u32 %left, %left, 1;
  setp.ne.u32 %more, %left, 0;
  @%more bra $next;

  setp.eq.u32 %never, %sum, 1;
  @%never st.global.u32 [%sink], %sum;
  ret;
}
)";

} // namespace recflex

#endif // RECFLEX_LIB_RUNTIME_L2READPTX_H
