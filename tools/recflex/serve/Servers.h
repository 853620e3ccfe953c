//===- Servers.h - Servers of each kind of device ---------------*- C++ -*-===//

#ifndef RECFLEX_TOOLS_RECFLEX_SERVE_SERVERS_H
#define RECFLEX_TOOLS_RECFLEX_SERVE_SERVERS_H

#include "recflex/Runtime/Artifact.h"
#include "recflex/Runtime/BatchArguments.h"
#include "recflex/Runtime/HostTables.h"
#include "recflex/Serving/Server.h"

namespace recflex {

struct ServerOptions {
  int ordinal = 0;        ///< of the GPU
  ContextOptions context; ///< of each worker's context
  /// Threads that wait leave their processors to others: for more threads than
  /// processors.
  bool sleeps = false;
};

/// `artifact` on a GPU, with copies of `tables` and `batches` there. The
/// batches may be malformed where the options ask for checks.
Result<std::unique_ptr<Server>>
createCudaServer(const Artifact &artifact, const HostTables &tables,
                 const std::vector<Batch> &batches,
                 const ServerOptions &options);

/// The same on the CPU, where `tables` and `batches` are read in place: they
/// outlive the server.
Result<std::unique_ptr<Server>>
createCpuServer(const Artifact &artifact, const HostTables &tables,
                const std::vector<Batch> &batches,
                const ServerOptions &options);

} // namespace recflex

#endif // RECFLEX_TOOLS_RECFLEX_SERVE_SERVERS_H
