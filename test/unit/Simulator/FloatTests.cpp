//===- FloatTests.cpp - Floating-point formats and rounding ---------------===//

#include "EntryPoints.h"
#include "SimulatorFixture.h"

#include <cmath>
#include <cstring>
#include <limits>

using namespace recflex;
using namespace recflex::test;

namespace {

using FloatTest = SimulatorTest;

uint32_t bitsOf(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

/// in: n values of `from`, n a multiple of 4; out: as many of `to`.
std::string convert(const std::string &operation, const std::string &from,
                    const std::string &to, const std::string &bytes) {
  return R"(
define ptx_kernel void @k(ptr addrspace(1) %in, ptr addrspace(1) %out) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %i = zext i32 %t to i64
  %pi = getelementptr <4 x )" +
         from + R"(>, ptr addrspace(1) %in, i64 %i
  %po = getelementptr <4 x )" +
         to + R"(>, ptr addrspace(1) %out, i64 %i
  %x = load <4 x )" +
         from + ">, ptr addrspace(1) %pi, align " + bytes + R"(
  %y = )" +
         operation + " <4 x " + from + "> %x to <4 x " + to + R"(>
  store <4 x )" +
         to + R"(> %y, ptr addrspace(1) %po, align 2
  ret void
})";
}

TEST_F(FloatTest, ExtendsHalf) {
  compile(convert("fpext", "half", "float", "2"));
  // 1, -2, the largest, the least subnormal, infinity, -0, 1/3, a subnormal.
  std::vector<uint16_t> in = {0x3C00, 0xC000, 0x7BFF, 0x0001,
                              0x7C00, 0x8000, 0x3555, 0x03FF};
  std::vector<float> out(8);
  run("k", {1, 2, 0}, {give("in", in, false), give("out", out, true)});
  std::vector<float> want = {1.0f,
                             -2.0f,
                             65504.0f,
                             0x1p-24f,
                             std::numeric_limits<float>::infinity(),
                             -0.0f,
                             0x1.554p-2f,
                             1023 * 0x1p-24f};
  for (int i = 0; i < 8; ++i)
    EXPECT_EQ(bitsOf(out[i]), bitsOf(want[i])) << i;
}

TEST_F(FloatTest, ExtendsBFloat) {
  compile(convert("fpext", "bfloat", "float", "2"));
  std::vector<uint16_t> in = {0x3F80, 0xC000, 0x7F7F, 0x0001};
  std::vector<float> out(4);
  run("k", {1, 1, 0}, {give("in", in, false), give("out", out, true)});
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(bitsOf(out[i]), static_cast<uint32_t>(in[i]) << 16);
}

TEST_F(FloatTest, RoundsToHalf) {
  compile(convert("fptrunc", "float", "half", "4"));
  std::vector<float> in = {1.0f + 0x1p-11f, 1.0f + 0x1.8p-10f, 65519.0f,
                           65520.0f,        0x1p-25f,          0x1.8p-25f,
                           -0.0f,           -0x1p-14f};
  std::vector<uint16_t> out(8);
  run("k", {1, 2, 0}, {give("in", in, false), give("out", out, true)});
  EXPECT_EQ(out, (std::vector<uint16_t>{0x3C00, 0x3C02, 0x7BFF, 0x7C00, 0x0000,
                                        0x0001, 0x8000, 0x8400}));
}

/// A run-time library function that takes and gives numbers by their bits.
float callLibrary(const std::string &name, float argument) {
  for (const sim::HostSymbol &symbol : sim::libraryFunctions())
    if (symbol.name == name)
      return reinterpret_cast<float (*)(float)>(
          const_cast<void *>(symbol.address))(argument);
  ADD_FAILURE() << name;
  return 0;
}

TEST_F(FloatTest, LibraryConvertsHalfLikeTheProcessor) {
  // Where the processor converts f16 itself, this compares all of f16 with it.
  std::vector<uint16_t> halves(65536), back(65536);
  std::vector<float> floats(65536);
  for (int i = 0; i < 65536; ++i)
    halves[i] = static_cast<uint16_t>(i);
  for (uint32_t launch = 0; launch < 16; ++launch) {
    compile(convert("fpext", "half", "float", "2"));
    simulator->addMemory("in", &halves[4096 * launch], 8192, false);
    simulator->addMemory("out", &floats[4096 * launch], 16384, true);
    run("k", {1, 1024, 0},
        {reinterpret_cast<uint64_t>(&halves[4096 * launch]),
         reinterpret_cast<uint64_t>(&floats[4096 * launch])});
  }
  for (int i = 0; i < 65536; ++i) {
    float argument;
    uint32_t bits = 0xABCD0000u | halves[i]; // the upper half is no one's
    std::memcpy(&argument, &bits, sizeof bits);
    EXPECT_EQ(bitsOf(callLibrary("__extendhfsf2", argument)), bitsOf(floats[i]))
        << i;
    if (std::isnan(floats[i]))
      continue;
    // Back, and from the middle between this number and the next one.
    EXPECT_EQ(bitsOf(callLibrary("__truncsfhf2", floats[i])) & 0xFFFF,
              halves[i]);
    if (i % 0x8000 < 0x7BFF) {
      float middle = (floats[i] + floats[i + 1]) / 2;
      int even = i % 2 == 0 ? i : i + 1;
      EXPECT_EQ(bitsOf(callLibrary("__truncsfhf2", middle)) & 0xFFFF,
                static_cast<uint32_t>(even));
    }
  }
}

TEST_F(FloatTest, RoundsToBFloatAndKeepsSubnormals) {
  compile(convert("fptrunc", "float", "bfloat", "4"));
  std::vector<float> in = {1.0f + 0x1p-8f, 1.0f + 0x1.8p-7f,
                           0x1p-130f,      std::numeric_limits<float>::max(),
                           0x1p-133f,      -0x1p-149f,
                           3.0f,           -1.5f};
  std::vector<uint16_t> out(8);
  run("k", {1, 2, 0}, {give("in", in, false), give("out", out, true)});
  EXPECT_EQ(out, (std::vector<uint16_t>{0x3F80, 0x3F82, 0x0008, 0x7F80, 0x0001,
                                        0x8000, 0x4040, 0xBFC0}));
}

TEST_F(FloatTest, ConvertsScalarsAndDoubles) {
  compile(R"(
define ptx_kernel void @k(ptr addrspace(1) %in, ptr addrspace(1) %out) {
  %x = load double, ptr addrspace(1) %in, align 8
  %h = fptrunc double %x to half
  %b = fptrunc double %x to bfloat
  %hh = fadd half %h, %h
  %bb = fadd bfloat %b, %b
  %p1 = getelementptr half, ptr addrspace(1) %out, i64 1
  store half %hh, ptr addrspace(1) %out, align 2
  store bfloat %bb, ptr addrspace(1) %p1, align 2
  ret void
})");
  // Just above the middle between two values: rounding by way of float would
  // land on the middle and go down.
  std::vector<double> in = {1.0 + 0x1p-11 + 0x1p-40};
  std::vector<uint16_t> out(2);
  Bits bits = {give("in", in, false), give("out", out, true)};
  run("k", {1, 1, 0}, bits);
  EXPECT_EQ(out[0], 0x4001);
  in[0] = 1.0 + 0x1p-8 + 0x1p-40;
  run("k", {1, 1, 0}, bits);
  EXPECT_EQ(out[1], 0x4001);
}

TEST_F(FloatTest, FusesOnlyWhereTold) {
  compile(R"(
declare float @llvm.fma.f32(float, float, float)
declare float @llvm.fmuladd.f32(float, float, float)
define ptx_kernel void @k(ptr addrspace(1) %out, float %a, float %c) {
  %p = fmul contract float %a, %a
  %s = fadd contract float %p, %c
  %f = call float @llvm.fma.f32(float %a, float %a, float %c)
  %g = call float @llvm.fmuladd.f32(float %a, float %a, float %c)
  %p1 = getelementptr float, ptr addrspace(1) %out, i64 1
  %p2 = getelementptr float, ptr addrspace(1) %out, i64 2
  store float %s, ptr addrspace(1) %out, align 4
  store float %f, ptr addrspace(1) %p1, align 4
  store float %g, ptr addrspace(1) %p2, align 4
  ret void
})");
  std::vector<float> out(3);
  // a*a = 1 + 2^-11 + 2^-24, of which a float keeps the first two terms.
  run("k", {1, 1, 0},
      {give("out", out, true), bitsOf(1.0f + 0x1p-12f),
       bitsOf(-1.0f - 0x1p-11f)});
  EXPECT_EQ(out[0], 0.0f);
  EXPECT_EQ(out[1], 0x1p-24f);
  EXPECT_EQ(out[2], 0x1p-24f);
}

TEST_F(FloatTest, MinimaAndMaxima) {
  compile(R"(
declare float @llvm.maxnum.f32(float, float)
declare float @llvm.minnum.f32(float, float)
declare float @llvm.maximum.f32(float, float)
declare float @llvm.nvvm.fmax.f(float, float)
declare float @llvm.nvvm.fmin.nan.f(float, float)
define ptx_kernel void @k(ptr addrspace(1) %out, float %a, float %b) {
  %v0 = call float @llvm.maxnum.f32(float %a, float %b)
  %v1 = call float @llvm.minnum.f32(float %a, float %b)
  %v2 = call float @llvm.maximum.f32(float %a, float %b)
  %v3 = call float @llvm.nvvm.fmax.f(float %a, float %b)
  %v4 = call float @llvm.nvvm.fmin.nan.f(float %a, float %b)
  %p1 = getelementptr float, ptr addrspace(1) %out, i64 1
  %p2 = getelementptr float, ptr addrspace(1) %out, i64 2
  %p3 = getelementptr float, ptr addrspace(1) %out, i64 3
  %p4 = getelementptr float, ptr addrspace(1) %out, i64 4
  store float %v0, ptr addrspace(1) %out, align 4
  store float %v1, ptr addrspace(1) %p1, align 4
  store float %v2, ptr addrspace(1) %p2, align 4
  store float %v3, ptr addrspace(1) %p3, align 4
  store float %v4, ptr addrspace(1) %p4, align 4
  ret void
})");
  std::vector<float> out(5);
  KernelArgument pointer = give("out", out, true);
  run("k", {1, 1, 0}, {pointer, bitsOf(NAN), bitsOf(2.0f)});
  EXPECT_EQ(out[0], 2.0f);
  EXPECT_EQ(out[1], 2.0f);
  EXPECT_TRUE(std::isnan(out[2]));
  EXPECT_EQ(out[3], 2.0f);
  EXPECT_TRUE(std::isnan(out[4]));
  for (bool swapped : {false, true}) {
    run("k", {1, 1, 0},
        {pointer, bitsOf(swapped ? -0.0f : 0.0f),
         bitsOf(swapped ? 0.0f : -0.0f)});
    EXPECT_EQ(bitsOf(out[0]), bitsOf(0.0f));
    EXPECT_EQ(bitsOf(out[1]), bitsOf(-0.0f));
    EXPECT_EQ(bitsOf(out[2]), bitsOf(0.0f));
    EXPECT_EQ(bitsOf(out[3]), bitsOf(0.0f));
    EXPECT_EQ(bitsOf(out[4]), bitsOf(-0.0f));
  }
}

TEST_F(FloatTest, LibraryFunctionsLink) {
  compile(R"(
declare float @llvm.exp.f32(float)
declare float @llvm.log2.f32(float)
declare double @llvm.sin.f64(double)
declare float @llvm.nvvm.rsqrt.approx.f(float)
define ptx_kernel void @k(ptr addrspace(1) %out, float %a) {
  %e = call float @llvm.exp.f32(float %a)
  %l = call float @llvm.log2.f32(float %e)
  %d = fpext float %l to double
  %s = call double @llvm.sin.f64(double %d)
  %f = fptrunc double %s to float
  %r = call float @llvm.nvvm.rsqrt.approx.f(float %f)
  %m = frem float %r, %a
  store float %m, ptr addrspace(1) %out, align 4
  ret void
})");
  std::vector<float> out(1);
  run("k", {1, 1, 0}, {give("out", out, true), bitsOf(0.75f)});
  float sine = static_cast<float>(
      std::sin(static_cast<double>(std::log2(std::exp(0.75f)))));
  EXPECT_FLOAT_EQ(out[0], std::fmod(1.0f / std::sqrt(sine), 0.75f));
}

} // namespace
