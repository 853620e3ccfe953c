//===- LaunchTests.cpp - Launch parameters, registers, workers ------------===//

#include "SimulatorFixture.h"

using namespace recflex;
using namespace recflex::test;
using ::testing::HasSubstr;

namespace {

using LaunchTest = SimulatorTest;

TEST_F(LaunchTest, PassesEveryKindOfArgument) {
  compile(R"(
define ptx_kernel void @k(i1 %a, i8 %b, i16 %c, i32 %d, i64 %e, float %f,
                          double %g, half %h, ptr %p, <2 x i32> %v) {
  %a64 = zext i1 %a to i64
  %b64 = sext i8 %b to i64
  %c64 = zext i16 %c to i64
  %d64 = zext i32 %d to i64
  %f64 = fptosi float %f to i64
  %g64 = fptosi double %g to i64
  %h32 = fpext half %h to float
  %h64 = fptosi float %h32 to i64
  %v1 = extractelement <2 x i32> %v, i32 1
  %v64 = zext i32 %v1 to i64
  %s0 = insertelement <8 x i64> poison, i64 %a64, i32 0
  %s1 = insertelement <8 x i64> %s0, i64 %b64, i32 1
  %s2 = insertelement <8 x i64> %s1, i64 %c64, i32 2
  %s3 = insertelement <8 x i64> %s2, i64 %d64, i32 3
  %s4 = insertelement <8 x i64> %s3, i64 %e, i32 4
  %s5 = insertelement <8 x i64> %s4, i64 %f64, i32 5
  %s6 = insertelement <8 x i64> %s5, i64 %g64, i32 6
  %hv = add i64 %h64, %v64
  %s7 = insertelement <8 x i64> %s6, i64 %hv, i32 7
  store <8 x i64> %s7, ptr %p, align 8
  ret void
})");
  std::vector<int64_t> out(8);
  run("k", {1, 1, 0},
      {1, 0xFE, 0xFFFF, 0xFFFFFFFF, 1ull << 60, 0x40400000, 0x4010000000000000,
       0x4500, give("out", out, true), 7ull << 32 | 9});
  EXPECT_EQ(out, (std::vector<int64_t>{1, -2, 0xFFFF, 0xFFFFFFFF, 1ll << 60, 3,
                                       4, 12}));
}

TEST_F(LaunchTest, SpecialRegisters) {
  std::string text;
  std::vector<std::string> names = {
      "tid.x",       "tid.y",       "ctaid.x",
      "ctaid.z",     "ntid.x",      "ntid.y",
      "laneid",      "nctaid.x",    "nctaid.y",
      "warpsize",    "warpid",      "nwarpid",
      "lanemask.lt", "lanemask.ge", "dynamic_smem_size",
      "lanemask.gt"};
  for (const std::string &name : names)
    if (name != "tid.x" && name != "ctaid.x" && name != "ntid.x" &&
        name != "laneid")
      text += "declare i32 @llvm.nvvm.read.ptx.sreg." + name + "()\n";
  text += "declare i64 @llvm.nvvm.read.ptx.sreg.globaltimer()\n"
          "define ptx_kernel void @k(ptr addrspace(1) %out, i32 %who) {\n";
  for (size_t i = 0; i < names.size(); ++i)
    text += "  %v" + std::to_string(i) +
            " = call i32 @llvm.nvvm.read.ptx.sreg." + names[i] + "()\n";
  text += "  %before = call i64 @llvm.nvvm.read.ptx.sreg.globaltimer()\n"
          "  %key = mul i32 %v2, 1000\n  %id = add i32 %key, %v0\n"
          "  %me = icmp eq i32 %id, %who\n"
          "  br i1 %me, label %write, label %end\nwrite:\n";
  for (size_t i = 0; i < names.size(); ++i)
    text += "  %p" + std::to_string(i) +
            " = getelementptr i32, ptr addrspace(1) %out, i64 " +
            std::to_string(i) + "\n  store i32 %v" + std::to_string(i) +
            ", ptr addrspace(1) %p" + std::to_string(i) + ", align 4\n";
  text += "  br label %end\nend:\n  ret void\n}\n";
  compile(text);
  std::vector<int32_t> out(names.size());
  run("k", {7, 80, 12}, {give("out", out, true), 5 * 1000 + 70});
  EXPECT_EQ(out, (std::vector<int32_t>{70, 0, 5, 0, 80, 1, 6, 7, 1, 32, 2, 3,
                                       0x3F, -64, 12, -128}));
}

const char *empty = R"(
define ptx_kernel void @k(i32 %n) "nvvm.maxntid"="128" {
  ret void
}
define ptx_kernel void @fixed() "nvvm.reqntid"="2,32,1" {
  ret void
}
@big = internal addrspace(3) global [12289 x i32] undef
define ptx_kernel void @static() {
  store i32 0, ptr addrspace(3) @big, align 4
  ret void
}
)";

TEST_F(LaunchTest, RefusesWhatADriverWouldRefuse) {
  compile(empty);
  EXPECT_EQ(error("other", {1, 32, 0}, {}),
            "the module has no kernel 'other'; it has: k, fixed, static");
  // A bound of several dimensions is their product.
  run("fixed", {1, 64, 0}, {});
  EXPECT_EQ(error("k", {1, 32, 0}, {}),
            "kernel 'k' takes 1 arguments and was given 0");
  EXPECT_THAT(error("k", {0, 32, 0}, {1}), HasSubstr("a grid of 0 blocks"));
  EXPECT_THAT(error("k", {1ll << 31, 32, 0}, {1}), HasSubstr("a grid of"));
  EXPECT_THAT(error("k", {1, 0, 0}, {1}), HasSubstr("blocks of 0 threads"));
  EXPECT_THAT(error("k", {1, 1025, 0}, {1}), HasSubstr("1 and 1024"));
  EXPECT_THAT(error("k", {1, 129, 0}, {1}),
              HasSubstr("over its launch bound of 128"));
  EXPECT_THAT(error("fixed", {1, 32, 0}, {}), HasSubstr("requires 64"));
  EXPECT_THAT(error("k", {1, 32, 227 * 1024 + 1}, {1}),
              HasSubstr("232449 bytes of shared memory, over the limit"));
  EXPECT_THAT(error("k", {1, 32, -1}, {1}), HasSubstr("-1 bytes"));
  EXPECT_THAT(error("static", {1, 32, 0}, {}),
              HasSubstr("49156 bytes of static shared memory"));
  run("k", {1, 128, 227 * 1024}, {1});
}

TEST_F(LaunchTest, RefusesSillyWorkers) {
  SimulatorOptions options;
  options.workers = 0;
  EXPECT_FALSE(tryCompile(empty, options));
  options.workers = 257;
  EXPECT_FALSE(tryCompile(empty, options));
}

/// Every thread adds to a histogram; float sums stay exact.
const char *histogram = R"(
@local = internal addrspace(3) global [8 x float] undef
define ptx_kernel void @k(ptr addrspace(1) %out, ptr addrspace(1) %wide) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %b = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %first = icmp ult i32 %t, 8
  %t64 = zext i32 %t to i64
  %pl = getelementptr float, ptr addrspace(3) @local, i64 %t64
  br i1 %first, label %clear, label %count
clear:
  store float 0.0, ptr addrspace(3) %pl, align 4
  br label %count
count:
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)
  %bin = and i32 %t, 7
  %bin64 = zext i32 %bin to i64
  %pb = getelementptr float, ptr addrspace(3) @local, i64 %bin64
  %old = atomicrmw fadd ptr addrspace(3) %pb, float 1.0 syncscope("block") monotonic
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)
  br i1 %first, label %flush, label %end
flush:
  %x = load float, ptr addrspace(3) %pl, align 4
  %po = getelementptr float, ptr addrspace(1) %out, i64 %t64
  %o = atomicrmw fadd ptr addrspace(1) %po, float %x syncscope("device") monotonic
  %b64 = zext i32 %b to i64
  %m = atomicrmw umax ptr addrspace(1) %wide, i64 %b64 monotonic
  br label %end
end:
  ret void
})";

TEST_F(LaunchTest, WorkersAgree) {
  for (int workers : {1, 2, 3}) {
    SimulatorOptions options;
    options.workers = workers;
    compile(histogram, options);
    std::vector<float> out(8);
    std::vector<uint64_t> wide(1);
    run("k", {200, 96, 0}, {give("out", out, true), give("wide", wide, true)});
    EXPECT_EQ(out, std::vector<float>(8, 200 * 12.0f));
    EXPECT_EQ(wide[0], 199u);
  }
}

TEST_F(LaunchTest, LowestBlockReportsItsError) {
  for (int workers : {1, 4}) {
    SimulatorOptions options;
    options.workers = workers;
    compile(R"(
define ptx_kernel void @k(ptr addrspace(1) %out) {
  %b = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)
  %i = zext i32 %b to i64
  %p = getelementptr i32, ptr addrspace(1) %out, i64 %i
  store i32 %b, ptr addrspace(1) %p, align 4
  ret void
})",
            options);
    std::vector<uint32_t> out(500);
    KernelArgument pointer = give("out", out, true);
    for (int round = 0; round < 5; ++round)
      EXPECT_EQ(error("k", {1000, 1, 0}, {pointer}),
                "kernel 'k', block 500, thread 0: store of 4 bytes at out + "
                "2000, past its 2000 bytes");
    EXPECT_EQ(out[499], 499u);
  }
}

TEST_F(LaunchTest, KernelsShareAModule) {
  // Device functions, several kernels, blocks of different sizes in turn.
  compile(R"(
@x = internal addrspace(3) global [64 x i32] undef
define i32 @neighbour(i32 %t, i32 %n) {
  %i = zext i32 %t to i64
  %p = getelementptr i32, ptr addrspace(3) @x, i64 %i
  store i32 %t, ptr addrspace(3) %p, align 4
  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)
  %next = add i32 %t, 1
  %wrapped = urem i32 %next, %n
  %j = zext i32 %wrapped to i64
  %q = getelementptr i32, ptr addrspace(3) @x, i64 %j
  %v = load i32, ptr addrspace(3) %q, align 4
  ret i32 %v
}
define ptx_kernel void @first(ptr addrspace(1) %out) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %n = call i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
  %v = call i32 @neighbour(i32 %t, i32 %n)
  %i = zext i32 %t to i64
  %p = getelementptr i32, ptr addrspace(1) %out, i64 %i
  store i32 %v, ptr addrspace(1) %p, align 4
  ret void
}
define ptx_kernel void @second(ptr addrspace(1) %out) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %i = zext i32 %t to i64
  %p = getelementptr i32, ptr addrspace(1) %out, i64 %i
  %v = load i32, ptr addrspace(1) %p, align 4
  %w = mul i32 %v, 10
  store i32 %w, ptr addrspace(1) %p, align 4
  ret void
})");
  std::vector<int32_t> out(64);
  KernelArgument pointer = give("out", out, true);
  for (int threads : {3, 64, 33}) {
    run("first", {2, threads, 0}, {pointer});
    run("second", {1, threads, 0}, {pointer});
    for (int t = 0; t < threads; ++t)
      EXPECT_EQ(out[t], (t + 1) % threads * 10);
  }
}

} // namespace
