//===- SimulatorFixture.h - Kernels as text, run on host arrays -*- C++ -*-===//

#ifndef RECFLEX_TEST_UNIT_SIMULATOR_SIMULATORFIXTURE_H
#define RECFLEX_TEST_UNIT_SIMULATOR_SIMULATORFIXTURE_H

#include "recflex/Simulator/Simulator.h"

#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/SourceMgr.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace recflex::test {

/// Holds one simulator, of the kernels that `compile` was given last.
class SimulatorTest : public ::testing::Test {
protected:
  using Bits = std::vector<KernelArgument>;

  /// Parses `text` behind the NVPTX header and the declarations of `header`.
  Result<std::unique_ptr<Simulator>>
  tryCompile(const std::string &text, const SimulatorOptions &options = {}) {
    llvm::SMDiagnostic diagnostic;
    std::unique_ptr<llvm::Module> module = llvm::parseAssemblyString(
        "target datalayout = "
        "\"e-p6:32:32-i64:64-i128:128-i256:256-v16:16-v32:32-n16:32:64\"\n"
        "target triple = \"nvptx64-nvidia-cuda\"\n"
        "declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()\n"
        "declare i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()\n"
        "declare i32 @llvm.nvvm.read.ptx.sreg.ntid.x()\n"
        "declare i32 @llvm.nvvm.read.ptx.sreg.laneid()\n"
        "declare void @llvm.nvvm.barrier.cta.sync.aligned.all(i32)\n"
        "declare void @llvm.nvvm.bar.warp.sync(i32)\n" +
            text,
        diagnostic, context);
    if (!module)
      return makeError("line ", diagnostic.getLineNo(), ": ",
                       diagnostic.getMessage().str());
    return Simulator::create(*module, options);
  }

  void compile(const std::string &text, const SimulatorOptions &options = {}) {
    Result<std::unique_ptr<Simulator>> result = tryCompile(text, options);
    // The tests that follow use the simulator at once: without one, stop.
    if (!result)
      throw std::runtime_error(result.error().message);
    simulator = std::move(*result);
  }

  /// The message of a failed compilation.
  std::string compileError(const std::string &text) {
    Result<std::unique_ptr<Simulator>> result = tryCompile(text);
    return result ? "compiled" : result.error().message;
  }

  /// Registers `data`; returns the argument that points to it.
  template <typename T>
  KernelArgument give(const std::string &name, std::vector<T> &data,
                      bool writable) {
    simulator->addMemory(name, data.data(), data.size() * sizeof(T), writable);
    return reinterpret_cast<uint64_t>(data.data());
  }

  void run(const std::string &kernel, LaunchShape shape, const Bits &bits) {
    Result<SimulationStats> stats = simulator->launch(kernel, shape, bits);
    ASSERT_TRUE(stats) << stats.error().message;
    EXPECT_EQ(stats->blocks, shape.blocks);
    EXPECT_EQ(stats->lanes, shape.blocks * shape.threads);
  }

  /// The message of a failed launch.
  std::string error(const std::string &kernel, LaunchShape shape,
                    const Bits &bits) {
    Result<SimulationStats> stats = simulator->launch(kernel, shape, bits);
    return stats ? "no error" : stats.error().message;
  }

  llvm::LLVMContext context;
  std::unique_ptr<Simulator> simulator;
};

} // namespace recflex::test

#endif // RECFLEX_TEST_UNIT_SIMULATOR_SIMULATORFIXTURE_H
