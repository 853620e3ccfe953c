//===- WarpTests.cpp - Shuffles, votes, matches, reductions ---------------===//

#include "SimulatorFixture.h"

#include <functional>

using namespace recflex;
using namespace recflex::test;
using ::testing::HasSubstr;

namespace {

using WarpTest = SimulatorTest;

/// out[t] = shuffle(t + 100), in[t] = predicate.
std::string shuffleKernel(const std::string &mode) {
  return R"(
declare {i32, i1} @llvm.nvvm.shfl.sync.)" +
         mode + R"(.i32p(i32, i32, i32, i32)
define ptx_kernel void @k(ptr addrspace(1) %out, ptr addrspace(1) %valid,
                          i32 %mask, i32 %b, i32 %c) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %value = add i32 %t, 100
  %pair = call {i32, i1} @llvm.nvvm.shfl.sync.)" +
         mode + R"(.i32p(i32 %mask, i32 %value, i32 %b, i32 %c)
  %x = extractvalue {i32, i1} %pair, 0
  %p = extractvalue {i32, i1} %pair, 1
  %p32 = zext i1 %p to i32
  %i = zext i32 %t to i64
  %po = getelementptr i32, ptr addrspace(1) %out, i64 %i
  %pv = getelementptr i32, ptr addrspace(1) %valid, i64 %i
  store i32 %x, ptr addrspace(1) %po, align 4
  store i32 %p32, ptr addrspace(1) %pv, align 4
  ret void
})";
}

struct ShuffleCase {
  const char *mode;
  int width;
  int b;
  /// The lane that lane `l` reads, by CUDA's description of __shfl_*_sync, or
  /// -1 if it is out of the segment.
  std::function<int(int l)> source;
};

class ShuffleTest : public WarpTest,
                    public ::testing::WithParamInterface<ShuffleCase> {};

TEST_P(ShuffleTest, FollowsSegments) {
  const ShuffleCase &test = GetParam();
  compile(shuffleKernel(test.mode));
  std::vector<int32_t> out(64), valid(64);
  // How CUDA's headers form the operand from the width.
  uint32_t c =
      (32 - test.width) << 8 | (std::string(test.mode) == "up" ? 0 : 31);
  run("k", {1, 64, 0},
      {give("out", out, true), give("valid", valid, true), 0xFFFFFFFF,
       static_cast<uint32_t>(test.b), c});
  for (int t = 0; t < 64; ++t) {
    int lane = t % 32;
    int source = test.source(lane);
    EXPECT_EQ(valid[t], source >= 0) << t;
    EXPECT_EQ(out[t], t - lane + (source >= 0 ? source : lane) + 100) << t;
  }
}

INSTANTIATE_TEST_SUITE_P(
    AllModes, ShuffleTest,
    ::testing::Values(
        ShuffleCase{"bfly", 32, 16, [](int l) { return l ^ 16; }},
        ShuffleCase{"bfly", 8, 4, [](int l) { return l ^ 4; }},
        ShuffleCase{"bfly", 32, 1, [](int l) { return l ^ 1; }},
        ShuffleCase{"idx", 32, 5, [](int) { return 5; }},
        ShuffleCase{"idx", 8, 3, [](int l) { return l / 8 * 8 + 3; }},
        ShuffleCase{"idx", 4, 6, [](int l) { return l / 4 * 4 + 2; }},
        ShuffleCase{"up", 32, 1, [](int l) { return l - 1; }},
        ShuffleCase{"up", 8, 3, [](int l) { return l % 8 >= 3 ? l - 3 : -1; }},
        ShuffleCase{"down", 32, 2,
                    [](int l) { return l + 2 < 32 ? l + 2 : -1; }},
        ShuffleCase{"down", 4, 1,
                    [](int l) { return l % 4 < 3 ? l + 1 : -1; }}));

TEST_F(WarpTest, ButterflyStopsAtTheClamp) {
  compile(shuffleKernel("bfly"));
  std::vector<int32_t> out(32), valid(32);
  // What gpu.shuffle emits for width 8: clamp 7 and no segments, so the lanes
  // above read themselves.
  run("k", {1, 32, 0},
      {give("out", out, true), give("valid", valid, true), 0xFFFFFFFF, 1, 7});
  for (int lane = 0; lane < 32; ++lane) {
    EXPECT_EQ(valid[lane], lane < 8);
    EXPECT_EQ(out[lane], 100 + (lane < 8 ? lane ^ 1 : lane));
  }
}

TEST_F(WarpTest, ValueOfALaneOutsideTheMaskIsMarked) {
  compile(R"(
declare i32 @llvm.nvvm.shfl.sync.idx.i32(i32, i32, i32, i32)
define ptx_kernel void @k(ptr addrspace(1) %out) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %low = icmp ult i32 %t, 4
  br i1 %low, label %shuffle, label %end
shuffle:
  %x = call i32 @llvm.nvvm.shfl.sync.idx.i32(i32 15, i32 %t, i32 9, i32 31)
  store i32 %x, ptr addrspace(1) %out, align 4
  br label %end
end:
  ret void
})");
  std::vector<uint32_t> out(1);
  run("k", {1, 32, 0}, {give("out", out, true)});
  EXPECT_EQ(out[0], 0xFFFFDEADu);
}

TEST_F(WarpTest, GroupsOfLanesDiverge) {
  // Groups of eight lanes sum their lane numbers by butterflies, each under its
  // own mask and each a different number of times.
  compile(R"(
declare float @llvm.nvvm.shfl.sync.bfly.f32(i32, float, i32, i32)
define ptx_kernel void @k(ptr addrspace(1) %out) {
entry:
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %lane = call i32 @llvm.nvvm.read.ptx.sreg.laneid()
  %group = lshr i32 %lane, 3
  %shift = mul i32 %group, 8
  %mask = shl i32 255, %shift
  %start = uitofp i32 %lane to float
  br label %rounds
rounds:
  %round = phi i32 [0, %entry], [%next.round, %after]
  %v = phi float [%start, %entry], [%sum, %after]
  br label %steps
steps:
  %step = phi i32 [4, %rounds], [%next.step, %steps]
  %w = phi float [%v, %rounds], [%sum, %steps]
  %other = call float @llvm.nvvm.shfl.sync.bfly.f32(i32 %mask, float %w, i32 %step, i32 6175)
  %sum = fadd float %w, %other
  %next.step = lshr i32 %step, 1
  %done = icmp eq i32 %next.step, 0
  br i1 %done, label %after, label %steps
after:
  %next.round = add i32 %round, 1
  %last = icmp ugt i32 %next.round, %group
  br i1 %last, label %end, label %rounds
end:
  %i = zext i32 %t to i64
  %p = getelementptr float, ptr addrspace(1) %out, i64 %i
  store float %sum, ptr addrspace(1) %p, align 4
  ret void
})");
  std::vector<float> out(96);
  run("k", {1, 96, 0}, {give("out", out, true)});
  for (int t = 0; t < 96; ++t) {
    int group = t % 32 / 8;
    float sum = 8 * 8 * group + 28;
    for (int round = 0; round < group; ++round)
      sum *= 8;
    EXPECT_EQ(out[t], sum) << t;
  }
}

TEST_F(WarpTest, NamesALaneThatDoesNotArrive) {
  compile(R"(
declare i32 @llvm.nvvm.shfl.sync.bfly.i32(i32, i32, i32, i32)
define ptx_kernel void @k(i32 %n) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %out = icmp uge i32 %t, %n
  br i1 %out, label %end, label %body
body:
  %x = call i32 @llvm.nvvm.shfl.sync.bfly.i32(i32 -1, i32 %t, i32 1, i32 31)
  br label %end
end:
  ret void
})");
  run("k", {1, 64, 0}, {64});
  EXPECT_EQ(error("k", {1, 64, 0}, {40}),
            "kernel 'k', block 0, thread 32: shuffle (butterfly) with mask "
            "0xffffffff waits for lane 8 (thread 40, which has exited)");
  EXPECT_THAT(error("k", {1, 40, 0}, {40}),
              HasSubstr("waits for lane 8 (thread 40, which the block does not "
                        "have)"));
  run("k", {1, 64, 0}, {32});
}

TEST_F(WarpTest, NamesLanesThatWaitForEachOther) {
  compile(R"(
declare i32 @llvm.nvvm.vote.ballot.sync(i32, i1)
define ptx_kernel void @k() {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %first = icmp eq i32 %t, 0
  br i1 %first, label %one, label %rest
one:
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)
  ret void
rest:
  %x = call i32 @llvm.nvvm.vote.ballot.sync(i32 -1, i1 true)
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)
  ret void
})");
  EXPECT_EQ(error("k", {2, 32, 0}, {}),
            "kernel 'k', block 0, thread 0: barrier 0 was reached by 1 of 32 "
            "threads; it waits for thread 1, which waits at a ballot with mask "
            "0xffffffff");
}

TEST_F(WarpTest, RejectsMaskWithoutTheLaneItself) {
  // What gpu.shuffle emits for width 8 names lanes 0 to 7 alone.
  compile(R"(
declare i32 @llvm.nvvm.shfl.sync.bfly.i32(i32, i32, i32, i32)
define ptx_kernel void @k() {
  %x = call i32 @llvm.nvvm.shfl.sync.bfly.i32(i32 255, i32 0, i32 1, i32 7)
  ret void
})");
  EXPECT_EQ(error("k", {1, 32, 0}, {}),
            "kernel 'k', block 0, thread 8: shuffle (butterfly) with mask "
            "0xff, which leaves out lane 8, the one that executes it");
}

TEST_F(WarpTest, Votes) {
  compile(R"(
declare i32 @llvm.nvvm.vote.ballot.sync(i32, i1)
declare i1 @llvm.nvvm.vote.any.sync(i32, i1)
declare i1 @llvm.nvvm.vote.all.sync(i32, i1)
declare i1 @llvm.nvvm.vote.uni.sync(i32, i1)
define ptx_kernel void @k(ptr addrspace(1) %out, i32 %n) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %in = icmp ult i32 %t, %n
  %b = call i32 @llvm.nvvm.vote.ballot.sync(i32 -1, i1 %in)
  %any = call i1 @llvm.nvvm.vote.any.sync(i32 -1, i1 %in)
  %all = call i1 @llvm.nvvm.vote.all.sync(i32 -1, i1 %in)
  %uni = call i1 @llvm.nvvm.vote.uni.sync(i32 -1, i1 %in)
  %first = icmp eq i32 %t, 31
  br i1 %first, label %write, label %end
write:
  store i32 %b, ptr addrspace(1) %out, align 4
  %p1 = getelementptr i32, ptr addrspace(1) %out, i64 1
  %p2 = getelementptr i32, ptr addrspace(1) %out, i64 2
  %p3 = getelementptr i32, ptr addrspace(1) %out, i64 3
  %any32 = zext i1 %any to i32
  %all32 = zext i1 %all to i32
  %uni32 = zext i1 %uni to i32
  store i32 %any32, ptr addrspace(1) %p1, align 4
  store i32 %all32, ptr addrspace(1) %p2, align 4
  store i32 %uni32, ptr addrspace(1) %p3, align 4
  br label %end
end:
  ret void
})");
  std::vector<uint32_t> out(4);
  KernelArgument pointer = give("out", out, true);
  run("k", {1, 32, 0}, {pointer, 5});
  EXPECT_EQ(out, (std::vector<uint32_t>{0x1F, 1, 0, 0}));
  run("k", {1, 32, 0}, {pointer, 0});
  EXPECT_EQ(out, (std::vector<uint32_t>{0, 0, 0, 1}));
  run("k", {1, 32, 0}, {pointer, 32});
  EXPECT_EQ(out, (std::vector<uint32_t>{0xFFFFFFFF, 1, 1, 1}));
}

TEST_F(WarpTest, MatchesReductionsAndElection) {
  compile(R"(
declare i32 @llvm.nvvm.match.any.sync.i32(i32, i32)
declare {i32, i1} @llvm.nvvm.match.all.sync.i64p(i32, i64)
declare i32 @llvm.nvvm.redux.sync.add(i32, i32)
declare i32 @llvm.nvvm.redux.sync.min(i32, i32)
declare i32 @llvm.nvvm.redux.sync.umin(i32, i32)
declare {i32, i1} @llvm.nvvm.elect.sync(i32)
define ptx_kernel void @k(ptr addrspace(1) %out) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %odd = and i32 %t, 1
  %m = call i32 @llvm.nvvm.match.any.sync.i32(i32 -1, i32 %odd)
  %pair = call {i32, i1} @llvm.nvvm.match.all.sync.i64p(i32 -1, i64 -5)
  %all = extractvalue {i32, i1} %pair, 0
  %s = call i32 @llvm.nvvm.redux.sync.add(i32 %t, i32 -1)
  %neg = sub i32 10, %t
  %min = call i32 @llvm.nvvm.redux.sync.min(i32 %neg, i32 -1)
  %umin = call i32 @llvm.nvvm.redux.sync.umin(i32 %neg, i32 -1)
  %e = call {i32, i1} @llvm.nvvm.elect.sync(i32 -1)
  %mine = extractvalue {i32, i1} %e, 1
  br i1 %mine, label %write, label %end
write:
  %v0 = insertelement <4 x i32> poison, i32 %m, i64 0
  %v1 = insertelement <4 x i32> %v0, i32 %all, i64 1
  %v2 = insertelement <4 x i32> %v1, i32 %s, i64 2
  %v3 = insertelement <4 x i32> %v2, i32 %min, i64 3
  store <4 x i32> %v3, ptr addrspace(1) %out, align 4
  %p = getelementptr i32, ptr addrspace(1) %out, i64 4
  store i32 %umin, ptr addrspace(1) %p, align 4
  br label %end
end:
  ret void
})");
  std::vector<int32_t> out(5);
  run("k", {1, 32, 0}, {give("out", out, true)});
  EXPECT_EQ(out, (std::vector<int32_t>{0x55555555, -1, 496, -21, 0}));
}

} // namespace
