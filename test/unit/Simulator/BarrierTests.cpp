//===- BarrierTests.cpp - Block barriers and shared memory ----------------===//

#include "SimulatorFixture.h"

#include <numeric>

using namespace recflex;
using namespace recflex::test;
using ::testing::HasSubstr;

namespace {

using BarrierTest = SimulatorTest;

/// Sums a block's elements into out[block], by halves.
const char *blockReduce = R"(
@buffer = internal addrspace(3) global [256 x float] undef, align 4
define ptx_kernel void @reduce(ptr addrspace(1) %in, ptr addrspace(1) %out) {
entry:
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %block = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %size = call i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
  %base = mul i32 %block, %size
  %i = add i32 %base, %t
  %i64 = zext i32 %i to i64
  %t64 = zext i32 %t to i64
  %p = getelementptr float, ptr addrspace(1) %in, i64 %i64
  %x = load float, ptr addrspace(1) %p, align 4
  %mine = getelementptr float, ptr addrspace(3) @buffer, i64 %t64
  store float %x, ptr addrspace(3) %mine, align 4
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)
  %half = lshr i32 %size, 1
  br label %loop
loop:
  %stride = phi i32 [%half, %entry], [%next, %join]
  %active = icmp ult i32 %t, %stride
  br i1 %active, label %add, label %join
add:
  %j = add i32 %t, %stride
  %j64 = zext i32 %j to i64
  %other = getelementptr float, ptr addrspace(3) @buffer, i64 %j64
  %a = load float, ptr addrspace(3) %mine, align 4
  %b = load float, ptr addrspace(3) %other, align 4
  %s = fadd float %a, %b
  store float %s, ptr addrspace(3) %mine, align 4
  br label %join
join:
  BARRIER
  %next = lshr i32 %stride, 1
  %more = icmp ne i32 %next, 0
  br i1 %more, label %loop, label %end
end:
  %first = icmp eq i32 %t, 0
  br i1 %first, label %write, label %exit
write:
  %sum = load float, ptr addrspace(3) @buffer, align 4
  %b64 = zext i32 %block to i64
  %po = getelementptr float, ptr addrspace(1) %out, i64 %b64
  store float %sum, ptr addrspace(1) %po, align 4
  br label %exit
exit:
  ret void
})";

std::string reduceWith(const std::string &barrier) {
  std::string text = blockReduce;
  return text.replace(text.find("BARRIER"), 7, barrier);
}

const char *fullBarrier =
    "call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)";

TEST_F(BarrierTest, ReducesBlocks) {
  for (int workers : {1, 2}) {
    SimulatorOptions options;
    options.workers = workers;
    compile(reduceWith(fullBarrier), options);
    std::vector<float> in(256 * 40), out(40);
    std::iota(in.begin(), in.end(), 0.0f);
    run("reduce", {40, 256, 0},
        {give("in", in, false), give("out", out, true)});
    for (int b = 0; b < 40; ++b)
      EXPECT_EQ(out[b], 256.0f * 256.0f * b + 255 * 128);
  }
}

TEST_F(BarrierTest, MissingBarrierIsARace) {
  compile(reduceWith(""));
  std::vector<float> in(256), out(1);
  EXPECT_THAT(
      error("reduce", {1, 256, 0},
            {give("in", in, false), give("out", out, true)}),
      HasSubstr("thread 1: store of 4 bytes at buffer + 4, a race: thread "
                "0 read it and it is now written with no barrier "
                "between"));
}

TEST_F(BarrierTest, RaceDetectionCanBeSwitchedOff) {
  SimulatorOptions options;
  options.detectRaces = false;
  compile(reduceWith(""), options);
  std::vector<float> in(256), out(1);
  run("reduce", {1, 256, 0}, {give("in", in, false), give("out", out, true)});
}

TEST_F(BarrierTest, BlockLargerThanTheArray) {
  compile(reduceWith(fullBarrier));
  std::vector<float> in(512), out(1);
  EXPECT_EQ(error("reduce", {1, 512, 0},
                  {give("in", in, false), give("out", out, true)}),
            "kernel 'reduce', block 0, thread 256: store of 4 bytes at buffer "
            "+ 1024, outside the 1024 bytes of that shared array");
}

const char *uninitialized = R"(
@buffer = internal addrspace(3) global [64 x i32] undef, align 4
define ptx_kernel void @k(ptr addrspace(1) %out, i32 %n) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %block = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %early = icmp eq i32 %block, 0
  %bound = select i1 %early, i32 64, i32 %n
  %writes = icmp ult i32 %t, %bound
  %i = zext i32 %t to i64
  %p = getelementptr i32, ptr addrspace(3) @buffer, i64 %i
  br i1 %writes, label %write, label %read
write:
  store i32 %t, ptr addrspace(3) %p, align 4
  br label %read
read:
  %x = load i32, ptr addrspace(3) %p, align 4
  %po = getelementptr i32, ptr addrspace(1) %out, i64 %i
  store i32 %x, ptr addrspace(1) %po, align 4
  ret void
})";

TEST_F(BarrierTest, FindsReadOfUnwrittenSharedMemory) {
  // Block 0 writes the whole array; what it left does not count for block 1.
  compile(uninitialized);
  std::vector<int32_t> out(64);
  KernelArgument pointer = give("out", out, true);
  run("k", {2, 64, 0}, {pointer, 64});
  EXPECT_EQ(error("k", {2, 64, 0}, {pointer, 50}),
            "kernel 'k', block 1, thread 50: load of 4 bytes at buffer + 200, "
            "shared memory that the block has not written");
}

TEST_F(BarrierTest, UnwrittenSharedMemoryIsPoisoned) {
  SimulatorOptions options;
  options.detectUninitialized = false;
  compile(uninitialized, options);
  std::vector<int32_t> out(64);
  run("k", {2, 64, 0}, {give("out", out, true), 50});
  EXPECT_EQ(out[49], 49);
  EXPECT_EQ(out[50], -1);
}

TEST_F(BarrierTest, NamesThreadThatExitedBeforeTheBarrier) {
  compile(R"(
define ptx_kernel void @k(i32 %n) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %leaves = icmp uge i32 %t, %n
  br i1 %leaves, label %end, label %body
body:
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)
  br label %end
end:
  ret void
})");
  run("k", {3, 96, 0}, {96});
  EXPECT_EQ(error("k", {3, 96, 0}, {70}),
            "kernel 'k', block 0, thread 0: barrier 0 was reached by 70 of 96 "
            "threads; it waits for thread 70, which has exited");
  run("k", {3, 96, 0}, {96});
}

std::string divergent(const std::string &barrier) {
  return "declare void @llvm.nvvm." + barrier + R"((i32)
define ptx_kernel void @k(i32 %n) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %low = icmp ult i32 %t, %n
  br i1 %low, label %one, label %two
one:
  call void @llvm.nvvm.)" +
         barrier + R"((i32 0)
  ret void
two:
  call void @llvm.nvvm.)" +
         barrier + R"((i32 0)
  ret void
})";
}

TEST_F(BarrierTest, WarpMustMeetAtOneAlignedBarrier) {
  std::string text = divergent("barrier.cta.sync.aligned.all");
  text.erase(0, text.find('\n'));
  compile(text);
  run("k", {1, 64, 0}, {32}); // warps may part
  EXPECT_THAT(error("k", {1, 64, 0}, {16}),
              HasSubstr("thread 16: divergent barrier: other lanes of the warp "
                        "wait at another instruction"));
}

TEST_F(BarrierTest, LanesMayMeetAtUnalignedBarriers) {
  compile(divergent("barrier.cta.sync.all"));
  run("k", {1, 64, 0}, {16});
}

TEST_F(BarrierTest, CountsAndReduces) {
  // Warps 0 and 1 meet at barrier 1 twice while warp 2 goes its own way, then
  // all vote.
  compile(R"(
declare void @llvm.nvvm.barrier.cta.sync.aligned.count(i32, i32)
declare i32 @llvm.nvvm.barrier.cta.red.popc.aligned.all(i32, i1)
declare i1 @llvm.nvvm.barrier.cta.red.and.aligned.all(i32, i1)
declare i1 @llvm.nvvm.barrier.cta.red.or.aligned.all(i32, i1)
@flag = internal addrspace(3) global i32 undef
define ptx_kernel void @k(ptr addrspace(1) %out) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %pair = icmp ult i32 %t, 64
  br i1 %pair, label %two, label %vote
two:
  call void @llvm.nvvm.barrier.cta.sync.aligned.count(i32 1, i32 64)
  %first = icmp eq i32 %t, 40
  br i1 %first, label %set, label %wait
set:
  store i32 5, ptr addrspace(3) @flag, align 4
  br label %wait
wait:
  call void @llvm.nvvm.barrier.cta.sync.aligned.count(i32 1, i32 64)
  %x = load i32, ptr addrspace(3) @flag, align 4
  br label %vote
vote:
  %v = phi i32 [0, %0], [%x, %wait]
  %odd = trunc i32 %t to i1
  %n = call i32 @llvm.nvvm.barrier.cta.red.popc.aligned.all(i32 0, i1 %odd)
  %all = call i1 @llvm.nvvm.barrier.cta.red.and.aligned.all(i32 0, i1 %odd)
  %any = call i1 @llvm.nvvm.barrier.cta.red.or.aligned.all(i32 0, i1 %odd)
  %a = select i1 %all, i32 1000, i32 0
  %o = select i1 %any, i32 100, i32 0
  %s1 = add i32 %v, %n
  %s2 = add i32 %s1, %a
  %s3 = add i32 %s2, %o
  %i = zext i32 %t to i64
  %p = getelementptr i32, ptr addrspace(1) %out, i64 %i
  store i32 %s3, ptr addrspace(1) %p, align 4
  ret void
})");
  std::vector<int32_t> out(96);
  run("k", {1, 96, 0}, {give("out", out, true)});
  for (int t = 0; t < 96; ++t)
    EXPECT_EQ(out[t], 148 + (t < 64 ? 5 : 0)) << t;
}

TEST_F(BarrierTest, RejectsBarrierNumbersAndCounts) {
  compile(R"(
declare void @llvm.nvvm.barrier.cta.sync.aligned.count(i32, i32)
define ptx_kernel void @k(i32 %id, i32 %count) {
  call void @llvm.nvvm.barrier.cta.sync.aligned.count(i32 %id, i32 %count)
  ret void
})");
  run("k", {1, 64, 0}, {15, 64});
  EXPECT_THAT(error("k", {1, 64, 0}, {16, 64}),
              HasSubstr("barrier number out of range"));
  EXPECT_THAT(error("k", {1, 64, 0}, {0, 48}), HasSubstr("no multiple of 32"));
  EXPECT_THAT(error("k", {1, 64, 0}, {0, 0}), HasSubstr("that is 0"));
  EXPECT_THAT(error("k", {1, 64, 0}, {0, 96}),
              HasSubstr("more than the block has"));
}

TEST_F(BarrierTest, DynamicSharedMemory) {
  compile(R"(
@dynamic = external addrspace(3) global [0 x i8], align 16
@fixed = internal addrspace(3) global [3 x i8] undef
define ptx_kernel void @k(i64 %i) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %b = trunc i32 %t to i8
  store i8 %b, ptr addrspace(3) getelementptr (i8, ptr addrspace(3) @fixed, i64 2), align 1
  %p = getelementptr i32, ptr addrspace(3) @dynamic, i64 %i
  store i32 %t, ptr addrspace(3) %p, align 4
  %g = addrspacecast ptr addrspace(3) %p to ptr
  %x = load i32, ptr %g, align 4
  ret void
})");
  run("k", {2, 1, 64}, {15});
  EXPECT_THAT(
      error("k", {2, 1, 64}, {16}),
      HasSubstr("store of 4 bytes at dynamic + 64, outside the 64 bytes "
                "of that shared array"));
  run("k", {2, 1, 68}, {16});
  EXPECT_THAT(error("k", {1, 1, 0}, {0}), HasSubstr("outside the 0 bytes"));
}

TEST_F(BarrierTest, RejectsMisalignedSharedAccess) {
  compile(R"(
@buffer = internal addrspace(3) global [16 x i32] undef
define ptx_kernel void @k(i64 %i) {
  %p = getelementptr i32, ptr addrspace(3) @buffer, i64 %i
  store <2 x i32> zeroinitializer, ptr addrspace(3) %p, align 8
  ret void
})");
  run("k", {1, 1, 0}, {2});
  EXPECT_THAT(error("k", {1, 1, 0}, {3}),
              HasSubstr("store of 8 bytes at byte 12 of shared memory, not "
                        "aligned to 8 bytes"));
}

} // namespace
