//===- PlantedPtx.h - Kernels that are wrong on purpose ---------*- C++ -*-===//
//
// Each takes (from, to, bytes): 64 u32 at `to` are what its threads found.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_LIB_RUNTIME_PLANTEDPTX_H
#define RECFLEX_LIB_RUNTIME_PLANTEDPTX_H

#include <cstdint>

namespace recflex {

constexpr int32_t kPlantedThreads = 64;

constexpr const char *kPlantedPtx = R"(
.version 6.4
.target sm_75
.address_size 64

// Reads the word behind the last of `bytes` bytes.
.visible .entry recflex_out_of_bounds(
  .param .u64 from,
  .param .u64 to,
  .param .u64 bytes
)
{
  .reg .b32 %thread, %word;
  .reg .b64 %from, %to, %bytes, %offset;
  ld.param.u64 %from, [from];
  ld.param.u64 %to, [to];
  ld.param.u64 %bytes, [bytes];
  cvta.to.global.u64 %from, %from;
  cvta.to.global.u64 %to, %to;
  mov.u32 %thread, %tid.x;
  mul.wide.u32 %offset, %thread, 4;
  add.u64 %to, %to, %offset;
  add.u64 %from, %from, %bytes;
  ld.global.u32 %word, [%from];
  st.global.u32 [%to], %word;
  ret;
}

// Reads shared memory that the other warp writes, without a barrier between.
.visible .entry recflex_race(
  .param .u64 from,
  .param .u64 to,
  .param .u64 bytes
)
{
  .shared .align 4 .b8 words[256];
  .reg .b32 %thread, %other, %word, %base, %mine, %theirs;
  .reg .b64 %to, %offset;
  ld.param.u64 %to, [to];
  cvta.to.global.u64 %to, %to;
  mov.u32 %thread, %tid.x;
  mov.u32 %base, words;
  shl.b32 %mine, %thread, 2;
  add.u32 %mine, %base, %mine;
  xor.b32 %other, %thread, 32;
  shl.b32 %theirs, %other, 2;
  add.u32 %theirs, %base, %theirs;
  st.shared.u32 [%mine], %thread;
  ld.shared.u32 %word, [%theirs];
  mul.wide.u32 %offset, %thread, 4;
  add.u64 %to, %to, %offset;
  st.global.u32 [%to], %word;
  ret;
}

// Reads `from`, which nobody has written.
.visible .entry recflex_uninitialized(
  .param .u64 from,
  .param .u64 to,
  .param .u64 bytes
)
{
  .reg .b32 %thread, %word;
  .reg .b64 %from, %to, %offset;
  ld.param.u64 %from, [from];
  ld.param.u64 %to, [to];
  cvta.to.global.u64 %from, %from;
  cvta.to.global.u64 %to, %to;
  mov.u32 %thread, %tid.x;
  mul.wide.u32 %offset, %thread, 4;
  add.u64 %from, %from, %offset;
  add.u64 %to, %to, %offset;
  ld.global.u32 %word, [%from];
  st.global.u32 [%to], %word;
  ret;
}

// Half of each warp skips a barrier and goes on. (Threads that have left the
// kernel no longer count, so that a barrier which they skip is right.)
.visible .entry recflex_barrier(
  .param .u64 from,
  .param .u64 to,
  .param .u64 bytes
)
{
  .reg .pred %waits;
  .reg .b32 %thread, %half;
  .reg .b64 %to, %offset;
  ld.param.u64 %to, [to];
  cvta.to.global.u64 %to, %to;
  mov.u32 %thread, %tid.x;
  and.b32 %half, %thread, 16;
  setp.eq.u32 %waits, %half, 0;
  @%waits bar.sync 0;
  mul.wide.u32 %offset, %thread, 4;
  add.u64 %to, %to, %offset;
  st.global.u32 [%to], %thread;
  ret;
}
)";

} // namespace recflex

#endif // RECFLEX_LIB_RUNTIME_PLANTEDPTX_H
