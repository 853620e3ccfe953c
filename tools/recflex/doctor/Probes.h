//===- Probes.h - All that recflex doctor looks at --------------*- C++ -*-===//

#ifndef RECFLEX_TOOLS_RECFLEX_DOCTOR_PROBES_H
#define RECFLEX_TOOLS_RECFLEX_DOCTOR_PROBES_H

#include "Probe.h"

namespace recflex {

/// Versions of RecFlex, of what it writes, and of LLVM with its GPUs.
std::unique_ptr<Probe> createVersionProbe();
/// Compiles a model to PTX.
std::unique_ptr<Probe> createCompilerProbe();
/// Compiles a model, runs it on the simulator and verifies it.
std::unique_ptr<Probe> createSimulatorProbe();
/// Runs a compiled model on the CPU and verifies it.
std::unique_ptr<Probe> createCpuProbe();

/// A program of others, found on the PATH or in the CUDA toolkit's folders.
struct ProgramQuery {
  std::string name;
  std::vector<std::string> arguments; ///< that make it print its version
  std::string purpose;                ///< what it is good for here
  std::string remedy;                 ///< how to install it
};
std::unique_ptr<Probe> createProgramProbe(ProgramQuery query);
/// ptxas, nvcc, compute-sanitizer, python3.
std::vector<std::unique_ptr<Probe>> createProgramProbes();
/// PyTorch, as python3 imports it.
std::unique_ptr<Probe> createPyTorchProbe();

/// NVIDIA's driver. Its finding's fact "gpus" is how many it has.
std::unique_ptr<Probe> createDriverProbe();
/// GPU `ordinal`: what it is, and whether it runs a compiled model rightly.
std::unique_ptr<Probe> createGpuProbe(int ordinal);

} // namespace recflex

#endif // RECFLEX_TOOLS_RECFLEX_DOCTOR_PROBES_H
