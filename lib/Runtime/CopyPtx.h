//===- CopyPtx.h - A kernel that copies device memory -----------*- C++ -*-===//
//
// Written by hand, for the runtime carries no compiler.
//
//   recflex_copy(from, to, count)
//
// Copies `count` vectors of 16 bytes. Every thread takes four vectors a turn,
// each a whole grid apart, all loads before the first store. A copy node of a
// CUDA graph does not reach the memory's rate on an H200 (2.7 TB/s, read plus
// written); kernels do, and kernels are what is compared with it.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_LIB_RUNTIME_COPYPTX_H
#define RECFLEX_LIB_RUNTIME_COPYPTX_H

#include <cstdint>

namespace recflex {

constexpr int64_t kCopyBytes = 16;
constexpr const char *kCopyKernel = "recflex_copy";

constexpr const char *kCopyPtx = R"(
.version 6.4
.target sm_75
.address_size 64

.visible .entry recflex_copy(
  .param .u64 from,
  .param .u64 to,
  .param .u32 count
)
.maxntid 1024, 1, 1
.minnctapersm 2
{
  .reg .pred %p<4>, %more;
  .reg .b32 %count, %block, %threads, %thread, %blocks, %step, %i<4>;
  .reg .b32 %a<4>, %b<4>, %c<4>, %d<4>;
  .reg .b64 %from, %to, %o<4>, %s<4>, %t<4>;

  ld.param.u64 %from, [from];
  ld.param.u64 %to, [to];
  ld.param.u32 %count, [count];
  cvta.to.global.u64 %from, %from;
  cvta.to.global.u64 %to, %to;
  mov.u32 %block, %ctaid.x;
  mov.u32 %threads, %ntid.x;
  mov.u32 %thread, %tid.x;
  mov.u32 %blocks, %nctaid.x;
  mad.lo.u32 %i0, %block, %threads, %thread;
  mul.lo.u32 %step, %blocks, %threads;

$next:
  add.u32 %i1, %i0, %step;
  add.u32 %i2, %i1, %step;
  add.u32 %i3, %i2, %step;
  setp.lt.u32 %p0, %i0, %count;
  setp.lt.u32 %p1, %i1, %count;
  setp.lt.u32 %p2, %i2, %count;
  setp.lt.u32 %p3, %i3, %count;
  mul.wide.u32 %o0, %i0, 16;
  mul.wide.u32 %o1, %i1, 16;
  mul.wide.u32 %o2, %i2, 16;
  mul.wide.u32 %o3, %i3, 16;
  add.u64 %s0, %from, %o0;
  add.u64 %s1, %from, %o1;
  add.u64 %s2, %from, %o2;
  add.u64 %s3, %from, %o3;
  add.u64 %t0, %to, %o0;
  add.u64 %t1, %to, %o1;
  add.u64 %t2, %to, %o2;
  add.u64 %t3, %to, %o3;
  @%p0 ld.global.v4.u32 {%a0, %a1, %a2, %a3}, [%s0];
  @%p1 ld.global.v4.u32 {%b0, %b1, %b2, %b3}, [%s1];
  @%p2 ld.global.v4.u32 {%c0, %c1, %c2, %c3}, [%s2];
  @%p3 ld.global.v4.u32 {%d0, %d1, %d2, %d3}, [%s3];
  @%p0 st.global.v4.u32 [%t0], {%a0, %a1, %a2, %a3};
  @%p1 st.global.v4.u32 [%t1], {%b0, %b1, %b2, %b3};
  @%p2 st.global.v4.u32 [%t2], {%c0, %c1, %c2, %c3};
  @%p3 st.global.v4.u32 [%t3], {%d0, %d1, %d2, %d3};
  add.u32 %i0, %i3, %step;
  setp.lt.u32 %more, %i0, %count;
  @%more bra $next;
  ret;
}
)";

} // namespace recflex

#endif // RECFLEX_LIB_RUNTIME_COPYPTX_H
