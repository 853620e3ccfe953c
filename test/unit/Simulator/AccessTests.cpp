//===- AccessTests.cpp - Loads and stores of global and local memory ------===//

#include "SimulatorFixture.h"

#include <numeric>

using namespace recflex;
using namespace recflex::test;
using ::testing::HasSubstr;

namespace {

using AccessTest = SimulatorTest;

/// c[i] = a[i] + b[i] for i < n; `guard` is the comparison's predicate, so that
/// "ule" makes the last thread run past the end.
std::string vectorAdd(const std::string &guard) {
  return R"(
define ptx_kernel void @add(ptr addrspace(1) %a, ptr addrspace(1) %b,
                            ptr addrspace(1) %c, i32 %n) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %b.id = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %size = call i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
  %base = mul i32 %b.id, %size
  %i = add i32 %base, %t
  %in = icmp )" +
         guard + R"( i32 %i, %n
  br i1 %in, label %body, label %end
body:
  %i64 = zext i32 %i to i64
  %pa = getelementptr float, ptr addrspace(1) %a, i64 %i64
  %pb = getelementptr float, ptr addrspace(1) %b, i64 %i64
  %pc = getelementptr float, ptr addrspace(1) %c, i64 %i64
  %x = load float, ptr addrspace(1) %pa, align 4
  %y = load float, ptr addrspace(1) %pb, align 4
  %z = fadd float %x, %y
  store float %z, ptr addrspace(1) %pc, align 4
  br label %end
end:
  ret void
})";
}

struct Vectors {
  std::vector<float> a = std::vector<float>(100);
  std::vector<float> b = std::vector<float>(100, 0.5f);
  std::vector<float> c = std::vector<float>(100, -1.0f);
  Vectors() { std::iota(a.begin(), a.end(), 0.0f); }
};

TEST_F(AccessTest, AddsVectors) {
  compile(vectorAdd("ult"));
  Vectors v;
  run("add", {4, 32, 0},
      {give("a", v.a, false), give("b", v.b, false), give("c", v.c, true),
       100});
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(v.c[i], i + 0.5f);
}

TEST_F(AccessTest, NamesLoadPastTheEnd) {
  compile(vectorAdd("ule"));
  Vectors v;
  EXPECT_EQ(error("add", {4, 32, 0},
                  {give("a", v.a, false), give("b", v.b, false),
                   give("c", v.c, true), 100}),
            "kernel 'add', block 3, thread 4: load of 4 bytes at a + 400, past "
            "its 400 bytes");
}

TEST_F(AccessTest, NamesStorePastTheEnd) {
  compile(vectorAdd("ult"));
  Vectors v;
  simulator->addMemory("c", v.c.data(), 396, true);
  EXPECT_EQ(error("add", {4, 32, 0},
                  {give("a", v.a, false), give("b", v.b, false),
                   reinterpret_cast<uint64_t>(v.c.data()), 100}),
            "kernel 'add', block 3, thread 3: store of 4 bytes at c + 396, "
            "past its 396 bytes");
  EXPECT_EQ(v.c[99], -1.0f);
}

TEST_F(AccessTest, NamesAccessBeforeTheStart) {
  compile(vectorAdd("ult"));
  Vectors v;
  simulator->addMemory("a", v.a.data() + 2, 392, false);
  EXPECT_THAT(error("add", {4, 32, 0},
                    {reinterpret_cast<uint64_t>(v.a.data()),
                     give("b", v.b, false), give("c", v.c, true), 100}),
              HasSubstr("load of 4 bytes at a - 8, before its first byte"));
}

TEST_F(AccessTest, RejectsStoreToReadOnlyMemory) {
  compile(vectorAdd("ult"));
  Vectors v;
  EXPECT_EQ(error("add", {4, 32, 0},
                  {give("a", v.a, false), give("b", v.b, false),
                   give("c", v.c, false), 100}),
            "kernel 'add', block 0, thread 0: store of 4 bytes at c + 0, which "
            "is read-only");
}

TEST_F(AccessTest, NamesNullAndWildPointers) {
  compile(vectorAdd("ult"));
  Vectors v;
  Bits bits = {0, give("b", v.b, false), give("c", v.c, true), 100};
  EXPECT_THAT(error("add", {4, 32, 0}, bits),
              HasSubstr("load of 4 bytes at 0x0, in no registered memory"));
  bits[0] = UINT64_MAX - 3;
  EXPECT_THAT(error("add", {1, 1, 0}, bits),
              HasSubstr("at 0xfffffffffffffffc, in no registered memory"));
}

TEST_F(AccessTest, RelaunchesAfterAnError) {
  compile(vectorAdd("ult"));
  Vectors v;
  Bits bits = {give("a", v.a, false), give("b", v.b, false),
               reinterpret_cast<uint64_t>(v.c.data()), 100};
  for (int i = 0; i < 3; ++i)
    EXPECT_THAT(error("add", {4, 32, 0}, bits), HasSubstr("store of 4 bytes"));
  give("c", v.c, true);
  run("add", {4, 32, 0}, bits);
  EXPECT_EQ(v.c[99], 99.5f);
}

TEST_F(AccessTest, ForgetsClearedMemory) {
  compile(vectorAdd("ult"));
  Vectors v;
  Bits bits = {give("a", v.a, false), give("b", v.b, false),
               give("c", v.c, true), 100};
  run("add", {4, 32, 0}, bits);
  simulator->clearMemory();
  give("b", v.b, false);
  give("c", v.c, true);
  EXPECT_THAT(error("add", {4, 32, 0}, bits), HasSubstr("load of 4 bytes"));
}

TEST_F(AccessTest, RejectsOverlappingMemory) {
  compile(vectorAdd("ult"));
  Vectors v;
  give("whole", v.a, false);
  simulator->addMemory("part", v.a.data() + 50, 8, false);
  EXPECT_EQ(error("add", {1, 1, 0}, {0, 0, 0, 0}),
            "memory 'whole' and 'part' overlap: give the simulator disjoint "
            "regions");
}

TEST_F(AccessTest, ManyRegionsAndOneAccessSite) {
  // Each thread reads another region through the same instruction, a descriptor
  // array away.
  compile(R"(
define ptx_kernel void @k(ptr addrspace(1) %tables, ptr addrspace(1) %out) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %i = zext i32 %t to i64
  %slot = getelementptr ptr, ptr addrspace(1) %tables, i64 %i
  %table = load ptr, ptr addrspace(1) %slot, align 8
  %x = load i32, ptr %table, align 4
  %p = getelementptr i32, ptr addrspace(1) %out, i64 %i
  store i32 %x, ptr addrspace(1) %p, align 4
  ret void
})");
  std::vector<std::vector<int32_t>> tables;
  std::vector<uint64_t> pointers;
  for (int i = 0; i < 64; ++i)
    tables.push_back(std::vector<int32_t>(1 + i % 5, i));
  for (auto &table : tables)
    pointers.push_back(give("table", table, false));
  std::vector<int32_t> out(64);
  run("k", {1, 64, 0},
      {give("tables", pointers, false), give("out", out, true)});
  for (int i = 0; i < 64; ++i)
    EXPECT_EQ(out[i], i);
}

const char *vectorLoad = R"(
define ptx_kernel void @k(ptr addrspace(1) %in, ptr addrspace(1) %out, i64 %offset) {
  %p = getelementptr i8, ptr addrspace(1) %in, i64 %offset
  %x = load <4 x float>, ptr addrspace(1) %p, align 16
  %y = fadd <4 x float> %x, %x
  store <4 x float> %y, ptr addrspace(1) %out, align 4
  ret void
})";

TEST_F(AccessTest, LoadsVectors) {
  compile(vectorLoad);
  alignas(16) float in[8] = {0, 1, 2, 3, 4, 5, 6, 7};
  std::vector<float> out(4);
  simulator->addMemory("in", in, sizeof in, false);
  Bits bits = {reinterpret_cast<uint64_t>(in), give("out", out, true), 16};
  run("k", {1, 1, 0}, bits);
  EXPECT_EQ(out, (std::vector<float>{8, 10, 12, 14}));
}

TEST_F(AccessTest, RejectsMisalignedVectors) {
  compile(vectorLoad);
  alignas(16) float in[8] = {};
  std::vector<float> out(4);
  simulator->addMemory("in", in, sizeof in, false);
  Bits bits = {reinterpret_cast<uint64_t>(in), give("out", out, true), 0};
  run("k", {1, 1, 0}, bits); // the site now knows the region
  bits[2] = 4;
  EXPECT_THAT(error("k", {1, 1, 0}, bits),
              HasSubstr("load of 16 bytes at in + 4, not aligned to 16 bytes"));
}

TEST_F(AccessTest, RejectsVectorThatStraddlesTheEnd) {
  compile(vectorLoad);
  alignas(16) float in[8] = {};
  std::vector<float> out(4);
  simulator->addMemory("in", in, 28, false);
  EXPECT_THAT(
      error("k", {1, 1, 0},
            {reinterpret_cast<uint64_t>(in), give("out", out, true), 16}),
      HasSubstr("load of 16 bytes at in + 16, past its 28 bytes"));
}

const char *localArray = R"(
define ptx_kernel void @k(ptr addrspace(1) %out, i64 %i) {
  %array = alloca [4 x i32], align 4
  store [4 x i32] [i32 10, i32 11, i32 12, i32 13], ptr %array, align 4
  %p = getelementptr i32, ptr %array, i64 %i
  %x = load i32, ptr %p, align 4
  store i32 %x, ptr addrspace(1) %out, align 4
  ret void
})";

TEST_F(AccessTest, ChecksLocalArrays) {
  compile(localArray);
  std::vector<int32_t> out(1);
  KernelArgument pointer = give("out", out, true);
  run("k", {1, 1, 0}, {pointer, 2});
  EXPECT_EQ(out[0], 12);
  EXPECT_THAT(error("k", {1, 1, 0}, {pointer, 4}),
              HasSubstr("load of 4 bytes at byte 16 of a local variable of 16 "
                        "bytes"));
  EXPECT_THAT(error("k", {1, 1, 0}, {pointer, static_cast<uint64_t>(-1)}),
              HasSubstr("at byte -4 of a local variable"));
}

TEST_F(AccessTest, LargeLocalArrays) {
  // 64 KiB a thread, in two frames of one call chain, live across a barrier.
  compile(R"(
define i32 @inner(ptr %p, i64 %i) {
  %array = alloca [8192 x i32], align 4
  %q = getelementptr i32, ptr %array, i64 %i
  store i32 3, ptr %q, align 4
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)
  %r = getelementptr i32, ptr %p, i64 %i
  %x = load i32, ptr %r, align 4
  %y = load i32, ptr %q, align 4
  %s = add i32 %x, %y
  ret i32 %s
}
define ptx_kernel void @k(ptr addrspace(1) %out, i64 %i) {
  %array = alloca [8192 x i32], align 4
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %q = getelementptr i32, ptr %array, i64 %i
  store i32 %t, ptr %q, align 4
  %s = call i32 @inner(ptr %array, i64 %i)
  %t64 = zext i32 %t to i64
  %p = getelementptr i32, ptr addrspace(1) %out, i64 %t64
  store i32 %s, ptr addrspace(1) %p, align 4
  ret void
})");
  std::vector<int32_t> out(96);
  KernelArgument pointer = give("out", out, true);
  for (uint64_t i : {0, 5000, 8191}) {
    run("k", {1, 96, 0}, {pointer, i});
    for (int t = 0; t < 96; ++t)
      EXPECT_EQ(out[t], t + 3);
  }
}

TEST_F(AccessTest, ReadsReadOnlyMemoryAtomically) {
  compile(R"(
define ptx_kernel void @k(ptr addrspace(1) %in, ptr addrspace(1) %out) {
  %x = load atomic i32, ptr addrspace(1) %in syncscope("device") acquire, align 4
  store atomic i32 %x, ptr addrspace(1) %out syncscope("device") release, align 4
  ret void
})");
  std::vector<int32_t> in = {6}, out(1);
  KernelArgument from = give("in", in, false), to = give("out", out, true);
  run("k", {1, 1, 0}, {from, to});
  EXPECT_EQ(out, in);
  EXPECT_THAT(
      error("k", {1, 1, 0}, {to, from}),
      HasSubstr("atomic store of 4 bytes at in + 0, which is read-only"));
}

TEST_F(AccessTest, ReachesLocalMemoryThroughAFunction) {
  compile(R"(
define void @fill(ptr %p) {
  store i32 7, ptr %p, align 4
  ret void
}
define ptx_kernel void @k(ptr addrspace(1) %out) {
  %x = alloca i32, align 4, addrspace(5)
  %g = addrspacecast ptr addrspace(5) %x to ptr
  call void @fill(ptr %g)
  %v = load i32, ptr addrspace(5) %x, align 4
  store i32 %v, ptr addrspace(1) %out, align 4
  ret void
})");
  std::vector<int32_t> out(1);
  run("k", {1, 1, 0}, {give("out", out, true)});
  EXPECT_EQ(out[0], 7);
}

TEST_F(AccessTest, ReadsConstantsAndKeepsGlobals) {
  compile(R"(
@weights = internal addrspace(4) constant [3 x i32] [i32 1, i32 10, i32 100]
@count = internal addrspace(1) global i32 0
define ptx_kernel void @k(ptr addrspace(1) %out, i64 %i) {
  %p = getelementptr i32, ptr addrspace(4) @weights, i64 %i
  %x = load i32, ptr addrspace(4) %p, align 4
  %old = atomicrmw add ptr addrspace(1) @count, i32 %x syncscope("device") monotonic
  store i32 %old, ptr addrspace(1) %out, align 4
  ret void
}
define ptx_kernel void @spoil() {
  %g = addrspacecast ptr addrspace(4) @weights to ptr
  store i32 1, ptr %g, align 4
  ret void
})");
  std::vector<int32_t> out(1);
  KernelArgument pointer = give("out", out, true);
  run("k", {1, 4, 0}, {pointer, 2});
  run("k", {1, 1, 0}, {pointer, 0});
  EXPECT_EQ(out[0], 400);
  EXPECT_THAT(error("k", {1, 1, 0}, {pointer, 3}),
              HasSubstr("at weights + 12, past its 12 bytes"));
  EXPECT_THAT(error("spoil", {1, 1, 0}, {}),
              HasSubstr("at weights + 0, which is read-only"));
}

TEST_F(AccessTest, ChecksCopies) {
  compile(R"(
declare void @llvm.memcpy.p1.p1.i64(ptr addrspace(1), ptr addrspace(1), i64, i1)
declare void @llvm.memset.p1.i64(ptr addrspace(1), i8, i64, i1)
define ptx_kernel void @k(ptr addrspace(1) %to, ptr addrspace(1) %from, i64 %n) {
  call void @llvm.memset.p1.i64(ptr addrspace(1) %to, i8 9, i64 8, i1 false)
  call void @llvm.memcpy.p1.p1.i64(ptr addrspace(1) %to, ptr addrspace(1) %from,
                                   i64 %n, i1 false)
  ret void
})");
  std::vector<uint8_t> from = {1, 2, 3, 4}, to(8);
  Bits bits = {give("to", to, true), give("from", from, false), 3};
  run("k", {1, 1, 0}, bits);
  EXPECT_EQ(to, (std::vector<uint8_t>{1, 2, 3, 9, 9, 9, 9, 9}));
  bits[2] = 5;
  EXPECT_THAT(error("k", {1, 1, 0}, bits),
              HasSubstr("load of 5 bytes at from + 0, past its 4 bytes"));
}

} // namespace
