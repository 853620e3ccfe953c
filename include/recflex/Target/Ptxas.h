//===- Ptxas.h - PTX to cubins ----------------------------------*- C++ -*-===//

#ifndef RECFLEX_TARGET_PTXAS_H
#define RECFLEX_TARGET_PTXAS_H

#include "recflex/Support/Result.h"

#include <chrono>
#include <string>
#include <vector>

namespace recflex {

/// NVIDIA's assembler: a program of the CUDA toolkit, which compiling needs for
/// cubins alone.
class Ptxas {
public:
  /// Looks on the PATH, then in `folders`. The error says what to install.
  static Result<Ptxas> find(const std::vector<std::string> &folders = {
                                "/usr/local/cuda/bin"});

  const std::string &path() const { return program; }

  /// Assembles `ptx` for `chip` ("sm_90"); the same PTX gives the same bytes.
  /// Temporary files stand in the system's folder for them, readable by this
  /// user alone, and are gone afterwards. The error carries what ptxas said, or
  /// that it was not done in time. Thread-safe.
  Result<std::string>
  assemble(const std::string &ptx, const std::string &chip,
           std::chrono::seconds limit = std::chrono::hours(1)) const;
  /// Which one it is: "13.0.48".
  Result<std::string> version() const;

private:
  explicit Ptxas(std::string program) : program(std::move(program)) {}
  std::string program;
};

} // namespace recflex

#endif // RECFLEX_TARGET_PTXAS_H
