//===- ConstructTests.cpp - What the simulator refuses, and traps ---------===//

#include "SimulatorFixture.h"

using namespace recflex;
using namespace recflex::test;
using ::testing::HasSubstr;

namespace {

using ConstructTest = SimulatorTest;

TEST_F(ConstructTest, NamesUnknownIntrinsic) {
  EXPECT_EQ(compileError(R"(
declare i32 @llvm.nvvm.activemask()
define ptx_kernel void @k() {
  %m = call i32 @llvm.nvvm.activemask()
  ret void
})"),
            "intrinsic 'llvm.nvvm.activemask' in function 'k' is not modelled "
            "by the simulator");
}

TEST_F(ConstructTest, NamesInlineAssembly) {
  EXPECT_EQ(compileError(R"(
define ptx_kernel void @k() {
  call void asm sideeffect "discard.global.L2 [$0], 128;", "l"(i64 0)
  ret void
})"),
            "inline assembly \"discard.global.L2 [$0], 128;\" in function 'k' "
            "is not modelled by the simulator");
}

TEST_F(ConstructTest, NamesUndefinedFunctionsAndGlobals) {
  EXPECT_THAT(
      compileError(R"(
declare float @__nv_expf(float)
define void @helper() {
  %x = call float @__nv_expf(float 1.0)
  ret void
})"),
      HasSubstr("a call of '__nv_expf', which the module only declares, "
                "in function 'helper'"));
  EXPECT_THAT(compileError(R"(
@table = external addrspace(1) global [4 x i32]
define ptx_kernel void @k() {
  %x = load i32, ptr addrspace(1) @table, align 4
  ret void
})"),
              HasSubstr("global 'table' is declared and not defined"));
}

TEST_F(ConstructTest, NamesRecursionAndIndirectCalls) {
  EXPECT_THAT(compileError(R"(
define void @a() {
  call void @b()
  ret void
}
define void @b() {
  call void @a()
  ret void
})"),
              HasSubstr("' calls itself"));
  EXPECT_THAT(compileError(R"(
define ptx_kernel void @k(ptr %f) {
  call void %f()
  ret void
})"),
              HasSubstr("an indirect call in function 'k'"));
}

TEST_F(ConstructTest, NamesWideParametersAndVariableLocals) {
  EXPECT_THAT(compileError(R"(
define ptx_kernel void @k(i64 %a, <4 x float> %b) {
  ret void
})"),
              HasSubstr("parameter 1 of kernel 'k' is wider than 8 bytes"));
  EXPECT_THAT(compileError(R"(
define ptx_kernel void @k(i32 %n) {
  %x = alloca i32, i32 %n
  ret void
})"),
              HasSubstr("a local variable of variable size in function 'k'"));
}

TEST_F(ConstructTest, RejectsInvalidModules) {
  Result<std::unique_ptr<Simulator>> result = tryCompile(R"(
define ptx_kernel void @k(i32 %n) {
  ret void
})");
  ASSERT_TRUE(result);
  llvm::Module module("m", context);
  auto *type = llvm::FunctionType::get(llvm::Type::getVoidTy(context), false);
  auto *function = llvm::Function::Create(
      type, llvm::GlobalValue::ExternalLinkage, "k", module);
  llvm::BasicBlock::Create(context, "open", function);
  result = Simulator::create(module);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("not valid"));
}

TEST_F(ConstructTest, TrapsInsteadOfCrashing) {
  compile(R"(
declare void @llvm.trap()
define i32 @divide(i32 %a, i32 %b) {
  %q = sdiv i32 %a, %b
  ret i32 %q
}
define ptx_kernel void @k(i32 %a, i32 %b) {
  %q = call i32 @divide(i32 %a, i32 %b)
  %r = urem i32 %a, %b
  switch i32 %q, label %end [i32 7, label %trap
                             i32 8, label %never]
trap:
  call void @llvm.trap()
  ret void
never:
  unreachable
end:
  ret void
})");
  run("k", {1, 1, 0}, {9, 3});
  EXPECT_EQ(error("k", {1, 1, 0}, {9, 0}),
            "kernel 'k', block 0, thread 0: integer division by zero, or "
            "overflow in function 'divide'");
  EXPECT_THAT(error("k", {1, 1, 0}, {0x80000000, 0xFFFFFFFF}),
              HasSubstr("integer division by zero, or overflow"));
  EXPECT_THAT(error("k", {1, 1, 0}, {21, 3}), HasSubstr("trap"));
  EXPECT_THAT(error("k", {1, 1, 0}, {24, 3}), HasSubstr("trap"));
}

TEST_F(ConstructTest, ReportsAssertions) {
  compile(R"(
@message = private constant [12 x i8] c"row in range"
@file = private constant [7 x i8] c"a.mlir\00"
declare void @__assertfail(ptr, ptr, i32, ptr, i64)
define ptx_kernel void @k(i32 %n) {
  %bad = icmp sgt i32 %n, 5
  br i1 %bad, label %fail, label %end
fail:
  call void @__assertfail(ptr @message, ptr @file, i32 3, ptr @file, i64 1)
  br label %end
end:
  ret void
})");
  run("k", {1, 1, 0}, {5});
  // Without its closing zero the message still ends where its memory does.
  EXPECT_EQ(error("k", {1, 1, 0}, {6}),
            "kernel 'k', block 0, thread 0: assertion failed: row in range");
}

TEST_F(ConstructTest, NamesAddressesThatAreTaken) {
  EXPECT_THAT(compileError(R"(
define void @f() {
  ret void
}
@pointer = internal addrspace(1) global ptr @f
)"),
              HasSubstr("the address of function 'f' is taken"));
  EXPECT_THAT(compileError(R"(
@x = internal addrspace(3) global i32 undef
@pointer = internal addrspace(1) global ptr addrspace(3) @x
)"),
              HasSubstr("the address of shared array 'x'"));
  EXPECT_THAT(compileError("module asm \".version 8\""),
              HasSubstr("module-level inline assembly"));
}

TEST_F(ConstructTest, StopsEndlessLoops) {
  SimulatorOptions options;
  options.maxIterations = 1000;
  compile(R"(
define ptx_kernel void @k(i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [0, %entry], [%next, %loop]
  %next = add i32 %i, 1
  %done = icmp eq i32 %next, %n
  br i1 %done, label %end, label %loop
end:
  ret void
})",
          options);
  run("k", {5, 2, 0}, {500});
  EXPECT_THAT(
      error("k", {5, 2, 0}, {501}),
      HasSubstr("block 0, thread 1: the block made 1000 loop iterations "
                "and has not ended"));
}

TEST_F(ConstructTest, NamesTheLineOfDebugInfo) {
  compile(R"(
define ptx_kernel void @k(ptr addrspace(1) %p) !dbg !4 {
  %x = load i32, ptr addrspace(1) %p, align 4, !dbg !7
  ret void, !dbg !7
}
!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!2}
!0 = distinct !DICompileUnit(language: DW_LANG_C, file: !1, emissionKind: FullDebug)
!1 = !DIFile(filename: "pool.mlir", directory: "/")
!2 = !{i32 2, !"Debug Info Version", i32 3}
!4 = distinct !DISubprogram(name: "k", file: !1, line: 1, type: !5, unit: !0, spFlags: DISPFlagDefinition)
!5 = !DISubroutineType(types: !6)
!6 = !{}
!7 = !DILocation(line: 42, scope: !4)
)");
  EXPECT_THAT(
      error("k", {1, 1, 0}, {64}),
      HasSubstr("load of 4 bytes at line 42 at 0x40, in no registered"));
}

TEST_F(ConstructTest, CopiesAsynchronously) {
  compile(R"(
declare void @llvm.nvvm.cp.async.ca.shared.global.8(ptr addrspace(3), ptr addrspace(1))
declare void @llvm.nvvm.cp.async.commit.group()
declare void @llvm.nvvm.cp.async.wait.group(i32)
declare void @llvm.nvvm.griddepcontrol.wait()
@x = internal addrspace(3) global [2 x i32] undef, align 8
define ptx_kernel void @k(ptr addrspace(1) %in, ptr addrspace(1) %out) {
  call void @llvm.nvvm.griddepcontrol.wait()
  call void @llvm.nvvm.cp.async.ca.shared.global.8(ptr addrspace(3) @x, ptr addrspace(1) %in)
  call void @llvm.nvvm.cp.async.commit.group()
  call void @llvm.nvvm.cp.async.wait.group(i32 0)
  %v = load i64, ptr addrspace(3) @x, align 8
  store i64 %v, ptr addrspace(1) %out, align 8
  ret void
})");
  std::vector<uint64_t> in = {0x123456789ABCDEF0}, out(1);
  KernelArgument from = give("in", in, false), to = give("out", out, true);
  run("k", {1, 1, 0}, {from, to});
  EXPECT_EQ(out, in);
  EXPECT_THAT(error("k", {1, 1, 0}, {from + 4, to}),
              HasSubstr("load of 8 bytes at in + 4, past its 8 bytes"));
}

} // namespace
