//===- RaceTests.cpp - Unordered accesses of shared memory ----------------===//

#include "SimulatorFixture.h"

using namespace recflex;
using namespace recflex::test;
using ::testing::HasSubstr;

namespace {

/// Two phases that touch @x, and what lies between them.
class RaceTest : public SimulatorTest {
protected:
  /// Thread `first` runs `before`, thread `second` runs `after`, all threads
  /// run `between`. `before` and `after` may use %pi, the address of x[i], and
  /// %t.
  std::string race(const std::string &before, const std::string &between,
                   const std::string &after, int first, int second,
                   int threads = 64) {
    compile(R"(
declare i32 @llvm.nvvm.shfl.sync.idx.i32(i32, i32, i32, i32)
@x = internal addrspace(3) global [4 x i16] undef, align 8
define ptx_kernel void @k(i32 %first, i32 %second) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %zero = icmp eq i32 %t, 0
  br i1 %zero, label %init, label %start
init:
  store i64 0, ptr addrspace(3) @x, align 8
  br label %start
start:
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)
  %p0 = getelementptr i16, ptr addrspace(3) @x, i64 0
  %p1 = getelementptr i16, ptr addrspace(3) @x, i64 1
  %is1 = icmp eq i32 %t, %first
  br i1 %is1, label %one, label %middle
one:
  )" + before +
            R"(
  br label %middle
middle:
  )" + between +
            R"(
  %is2 = icmp eq i32 %t, %second
  br i1 %is2, label %two, label %end
two:
  )" + after +
            R"(
  br label %end
end:
  ret void
})");
    return error("k", {1, threads, 0},
                 {static_cast<uint32_t>(first), static_cast<uint32_t>(second)});
  }

  const std::string write = "store i16 1, ptr addrspace(3) %p0, align 2";
  const std::string writeNext = "store i16 1, ptr addrspace(3) %p1, align 2";
  const std::string read1 = "%r1 = load i16, ptr addrspace(3) %p0, align 2";
  const std::string read2 = "%r2 = load i16, ptr addrspace(3) %p0, align 2";
  const std::string readWide = "%r3 = load i32, ptr addrspace(3) %p0, align 4";
  const std::string atomic1 = "%a1 = atomicrmw add ptr addrspace(3) %p0, i16 1 "
                              "syncscope(\"block\") monotonic";
  const std::string atomic2 = "%a2 = atomicrmw add ptr addrspace(3) %p0, i16 1 "
                              "syncscope(\"block\") monotonic";
  const std::string blockBarrier =
      "call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)";
  const std::string warpBarrier = "call void @llvm.nvvm.bar.warp.sync(i32 -1)";
  const std::string none = "no error";
};

TEST_F(RaceTest, PairsOfAccesses) {
  EXPECT_EQ(race(write, "", write, 3, 40),
            "kernel 'k', block 0, thread 40: store of 2 bytes at x + 0, a "
            "race: thread 3 wrote it and it is now written with no barrier "
            "between");
  EXPECT_THAT(race(write, "", read2, 3, 40),
              HasSubstr("a race: thread 3 wrote it and it is now read"));
  EXPECT_THAT(race(read1, "", write, 3, 40),
              HasSubstr("a race: thread 3 read it and it is now written"));
  EXPECT_EQ(race(read1, "", read2, 3, 40), none);
  EXPECT_EQ(race(write, "", write, 3, 3), none);
  EXPECT_EQ(race(read1, "", write, 3, 3), none);
}

TEST_F(RaceTest, BytesCountOneByOne) {
  EXPECT_EQ(race(write, "", writeNext, 3, 40), none);
  EXPECT_THAT(race(writeNext, "", readWide, 3, 40),
              HasSubstr("load of 4 bytes at x + 2, a race: thread 3 wrote it"));
}

TEST_F(RaceTest, Atomics) {
  EXPECT_EQ(race(atomic1, "", atomic2, 3, 40), none);
  EXPECT_THAT(race(atomic1, "", read2, 3, 40),
              HasSubstr("a race: thread 3 wrote it"));
  EXPECT_THAT(race(write, "", atomic2, 3, 40),
              HasSubstr("thread 3 wrote it and it is now updated"));
  EXPECT_THAT(race(read1, "", atomic2, 3, 40), HasSubstr("thread 3 read it"));
  // Thread 40 was not the only one to update it.
  EXPECT_THAT(race(atomic1, "", atomic2 + "\n" + read2, 3, 40),
              HasSubstr("several threads updated it atomically"));
}

TEST_F(RaceTest, AtomicLoadsAndStores) {
  std::string load = "%l = load atomic i16, ptr addrspace(3) %p0 "
                     "syncscope(\"block\") monotonic, align 2";
  std::string store = "store atomic i16 1, ptr addrspace(3) %p0 "
                      "syncscope(\"block\") monotonic, align 2";
  EXPECT_EQ(race(store, "", load, 3, 40), none);
  EXPECT_EQ(race(load, "", store, 3, 40), none);
  EXPECT_EQ(race(store, "", store, 3, 40), none);
  EXPECT_EQ(race(atomic1, "", load, 3, 40), none);
  EXPECT_THAT(race(write, "", load, 3, 40),
              HasSubstr("atomic load of 2 bytes at x + 0, a race: thread 3 "
                        "wrote it and it is now read"));
  EXPECT_THAT(race(store, "", read2, 3, 40), HasSubstr("a race"));
  EXPECT_THAT(race(read1, "", store, 3, 40),
              HasSubstr("atomic store of 2 bytes"));
}

TEST_F(RaceTest, BytesOfAWordComeApartAndTogether) {
  // Thread 3 writes a half, thread 40 the word, thread 3 the other half, each
  // behind a barrier; only what follows the last barrier counts.
  std::string wide = "store i32 7, ptr addrspace(3) %p0, align 4";
  EXPECT_EQ(race(write, blockBarrier, wide + "\n" + readWide, 3, 40), none);
  EXPECT_THAT(
      race(writeNext, "", wide, 3, 40),
      HasSubstr("store of 4 bytes at x + 2, a race: thread 3 wrote it"));
  EXPECT_THAT(
      race(wide + "\n" + write, "", writeNext, 3, 40),
      HasSubstr("store of 2 bytes at x + 2, a race: thread 3 wrote it"));
}

TEST_F(RaceTest, BlockBarrierOrders) {
  EXPECT_EQ(race(write, blockBarrier, write, 3, 40), none);
  EXPECT_EQ(race(write, blockBarrier, read2, 3, 40), none);
  EXPECT_EQ(race(read1, blockBarrier, write, 3, 40), none);
  EXPECT_EQ(race(atomic1, blockBarrier, read2, 3, 40), none);
}

TEST_F(RaceTest, WarpBarrierOrdersItsLanesAlone) {
  EXPECT_EQ(race(write, warpBarrier, read2, 3, 20), none);
  EXPECT_EQ(race(read1, warpBarrier, write, 3, 20), none);
  EXPECT_THAT(race(write, warpBarrier, read2, 3, 40), HasSubstr("a race"));
  std::string halves = "%h = lshr i32 %t, 4\n%s = and i32 %h, 1\n"
                       "%sh = shl i32 %s, 4\n%m = shl i32 65535, %sh\n"
                       "call void @llvm.nvvm.bar.warp.sync(i32 %m)";
  EXPECT_EQ(race(write, halves, read2, 3, 12), none);
  EXPECT_THAT(race(write, halves, read2, 3, 20), HasSubstr("a race"));
  EXPECT_THAT(race(read1, halves, write, 3, 20), HasSubstr("a race"));
}

TEST_F(RaceTest, WarpBarriersAreTransitive) {
  // 0..15 meet, then 8..23: lane 3 comes before lane 20 by way of 8 to 15.
  std::string chain = R"(
  %lane = call i32 @llvm.nvvm.read.ptx.sreg.laneid()
  %low = icmp ult i32 %lane, 16
  br i1 %low, label %meet1, label %step2
meet1:
  call void @llvm.nvvm.bar.warp.sync(i32 65535)
  br label %step2
step2:
  %from8 = icmp uge i32 %lane, 8
  %to23 = icmp ult i32 %lane, 24
  %in = and i1 %from8, %to23
  br i1 %in, label %meet2, label %done
meet2:
  call void @llvm.nvvm.bar.warp.sync(i32 16776960)
  br label %done
done:
)";
  EXPECT_EQ(race(write, chain, read2, 3, 20, 32), none);
  EXPECT_EQ(race(read1, chain, write, 3, 20, 32), none);
  EXPECT_THAT(race(write, chain, read2, 20, 3, 32), HasSubstr("a race"));
}

TEST_F(RaceTest, ShufflesOrderNothing) {
  EXPECT_THAT(race(write,
                   "%s = call i32 @llvm.nvvm.shfl.sync.idx.i32(i32 -1, i32 0, "
                   "i32 0, i32 31)",
                   read2, 3, 20),
              HasSubstr("a race"));
}

TEST_F(RaceTest, WriteAfterManyReaders) {
  // Everyone reads; then thread 40 writes.
  std::string all = "%ra = load i16, ptr addrspace(3) %p0, align 2\n";
  EXPECT_THAT(race("", all, write, 0, 40),
              HasSubstr("a race: threads of several warps read it"));
  EXPECT_THAT(race("", all, write, 0, 20, 32),
              HasSubstr("a race: thread 0 read it"));
  EXPECT_EQ(race("", all + warpBarrier, write, 0, 20, 32), none);
  EXPECT_THAT(race("", all + warpBarrier, write, 0, 40),
              HasSubstr("threads of several warps"));
  EXPECT_EQ(race("", all + blockBarrier, write, 0, 40), none);
}

TEST_F(RaceTest, BlocksAreApart) {
  // The same bytes in another block are other memory.
  compile(R"(
@x = internal addrspace(3) global i32 undef
define ptx_kernel void @k() {
  store i32 1, ptr addrspace(3) @x, align 4
  ret void
})");
  EXPECT_EQ(error("k", {5, 1, 0}, {}), none);
  EXPECT_THAT(error("k", {1, 2, 0}, {}),
              HasSubstr("a race: thread 0 wrote it"));
}

} // namespace
