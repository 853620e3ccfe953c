//===- HostCode.h - Machine code for the host, in memory --------*- C++ -*-===//

#ifndef RECFLEX_LIB_SIMULATOR_HOSTCODE_H
#define RECFLEX_LIB_SIMULATOR_HOSTCODE_H

#include "recflex/Support/Result.h"

#include <cstddef>
#include <memory>
#include <string>

namespace llvm {
class Module;
class TargetMachine;
namespace orc {
class ExecutionSession;
class JITDylib;
class ObjectLinkingLayer;
} // namespace orc
} // namespace llvm

namespace recflex::sim {

/// The code of one rewritten module.
class HostCode {
public:
  ~HostCode();

  /// A target machine for this host, restricted to what gives the same results
  /// on every host of its architecture.
  static Result<std::unique_ptr<llvm::TargetMachine>> createTargetMachine();

  /// Compiles and links `module`, which has `machine`'s triple and layout. The
  /// module is left in no useful state.
  static Result<std::unique_ptr<HostCode>>
  compile(llvm::Module &module, llvm::TargetMachine &machine);

  /// The address of a function or variable.
  Result<void *> lookup(const std::string &name) const;

  /// Bytes of the largest stack frame.
  size_t largestFrame() const { return frameBytes; }

private:
  HostCode() = default;

  std::unique_ptr<llvm::orc::ExecutionSession> session;
  std::unique_ptr<llvm::orc::ObjectLinkingLayer> linker;
  llvm::orc::JITDylib *library = nullptr;
  size_t frameBytes = 0;
};

} // namespace recflex::sim

#endif // RECFLEX_LIB_SIMULATOR_HOSTCODE_H
