//===- ColumnErrorPtx.h - A kernel that compares features -------*- C++ -*-===//
//
// Written by hand, for the runtime carries no compiler.
//
//   recflex_column_errors(actual, expected, stride, batch, columns, sums)
//
// A block a feature: of its columns, columns[2 f] and the columns[2 f + 1] from
// there on, in all `batch` rows of `stride` f32, it adds (actual - expected)^2
// to sums[2 f] and expected^2 to sums[2 f + 1]. Not a number if one is none.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_LIB_PROFILING_COLUMNERRORPTX_H
#define RECFLEX_LIB_PROFILING_COLUMNERRORPTX_H

#include <cstdint>

namespace recflex {

constexpr const char *kColumnErrorKernel = "recflex_column_errors";
constexpr int32_t kColumnErrorThreads = 256;

constexpr const char *kColumnErrorPtx = R"(
.version 6.4
.target sm_75
.address_size 64

.visible .entry recflex_column_errors(
  .param .u64 actual,
  .param .u64 expected,
  .param .u64 stride,
  .param .u32 batch,
  .param .u64 columns,
  .param .u64 sums
)
.maxntid 256, 1, 1
{
  .reg .pred %past;
  .reg .b32 %batch, %feature, %thread, %threads, %first, %width, %count;
  .reg .b32 %i, %row, %column, %done;
  .reg .b64 %actual, %expected, %stride, %columns, %sums, %offset, %place;
  .reg .b64 %row64, %column64;
  .reg .f32 %a, %e, %d, %errors, %norm;

  ld.param.u64 %actual, [actual];
  ld.param.u64 %expected, [expected];
  ld.param.u64 %stride, [stride];
  ld.param.u32 %batch, [batch];
  ld.param.u64 %columns, [columns];
  ld.param.u64 %sums, [sums];
  cvta.to.global.u64 %actual, %actual;
  cvta.to.global.u64 %expected, %expected;
  cvta.to.global.u64 %columns, %columns;
  cvta.to.global.u64 %sums, %sums;
  mov.u32 %feature, %ctaid.x;
  mov.u32 %thread, %tid.x;
  mov.u32 %threads, %ntid.x;
  mul.wide.u32 %offset, %feature, 8;
  add.u64 %columns, %columns, %offset;
  add.u64 %sums, %sums, %offset;
  ld.global.u32 %first, [%columns];
  ld.global.u32 %width, [%columns+4];
  mul.lo.u32 %count, %batch, %width;
  mov.u32 %i, %thread;
  mov.f32 %errors, 0f00000000;
  mov.f32 %norm, 0f00000000;

$next:
  setp.ge.u32 %past, %i, %count;
  @%past bra $done;
  div.u32 %row, %i, %width;
  mul.lo.u32 %done, %row, %width;
  sub.u32 %column, %i, %done;
  add.u32 %column, %column, %first;
  cvt.u64.u32 %row64, %row;
  cvt.u64.u32 %column64, %column;
  mad.lo.u64 %offset, %row64, %stride, %column64;
  shl.b64 %offset, %offset, 2;
  add.u64 %place, %actual, %offset;
  ld.global.f32 %a, [%place];
  add.u64 %place, %expected, %offset;
  ld.global.f32 %e, [%place];
  sub.f32 %d, %a, %e;
  fma.rn.f32 %errors, %d, %d, %errors;
  fma.rn.f32 %norm, %e, %e, %norm;
  add.u32 %i, %i, %threads;
  bra $next;

$done:
  red.global.add.f32 [%sums], %errors;
  red.global.add.f32 [%sums+4], %norm;
  ret;
}
)";

} // namespace recflex

#endif // RECFLEX_LIB_PROFILING_COLUMNERRORPTX_H
