//===- CpuForward.h - An artifact on the CPU --------------------*- C++ -*-===//
//
// The fallback of hosts without a GPU: plain C++ that the manifest drives; the
// artifact's PTX is not looked at. The twins of DeviceModule, AttachedTables
// and ExecutionContext, each immutable once made but for the context, each
// keeping alive what it needs:
//   CpuModel    the features, and the threads that pool them;
//   CpuTables   the model with the addresses of given tables;
//   CpuContext  the workspace of one caller.
//
// A batch is given as to a GPU (BatchArguments), its addresses being of host
// memory, and the same batches are refused in the same words.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_RUNTIME_CPUFORWARD_H
#define RECFLEX_RUNTIME_CPUFORWARD_H

#include "recflex/Runtime/BatchArguments.h"
#include "recflex/Runtime/FaultReport.h"

#include <memory>
#include <string>
#include <vector>

namespace recflex {

/// The instructions that rows are pooled with. Sums are added up in another
/// order with each of them.
enum class CpuInstructions : uint8_t {
  best,   ///< the best of those below that this CPU has
  plain,  ///< what every CPU of the architecture has
  avx2,   ///< AVX2, FMA and F16C
  avx512, ///< AVX-512 F, BW, DQ and VL
};

struct CpuOptions {
  /// Threads that work at once, the calling one included; 0: one a processor.
  int32_t threads = 0;
  CpuInstructions instructions = CpuInstructions::best;
};

/// What is known of a model before its tables are.
struct CpuPlan;
class CpuThreadPool;

class CpuModel {
public:
  /// Starts the threads. Errors: a manifest that does not pass checkModel(), a
  /// number of threads that is negative or more than the host can start,
  /// instructions that this CPU does not have.
  static Result<std::shared_ptr<const CpuModel>>
  load(const Manifest &manifest, const CpuOptions &options = {});
  ~CpuModel();

  const Manifest &manifest() const { return contents; }
  /// Threads that work at once, the calling one included.
  int32_t threads() const;
  /// "avx512"
  std::string instructions() const;

private:
  friend class CpuContext;
  CpuModel(const Manifest &manifest, std::unique_ptr<CpuPlan> plan,
           std::unique_ptr<CpuThreadPool> pool);

  Manifest contents;
  std::unique_ptr<CpuPlan> plan;
  std::unique_ptr<CpuThreadPool> pool; ///< locks itself
};

class CpuTables {
public:
  /// `tables[i]` is the address of row 0 of the manifest's table i; the caller
  /// keeps the memory alive, and nobody writes to it. Errors: a wrong number of
  /// tables, an address that is 0 or not 16-byte aligned.
  static Result<std::shared_ptr<const CpuTables>>
  attach(std::shared_ptr<const CpuModel> model,
         const std::vector<DevicePtr> &tables);

  const CpuModel &model() const { return *owner; }
  const std::vector<DevicePtr> &addresses() const { return tables; }

private:
  CpuTables(std::shared_ptr<const CpuModel> model,
            std::vector<DevicePtr> tables)
      : owner(std::move(model)), tables(std::move(tables)) {}
  std::shared_ptr<const CpuModel> owner;
  std::vector<DevicePtr> tables;
};

/// The workspace for pooling one batch at a time, all of it allocated when the
/// context is made. Used by one thread at a time; any number of threads may
/// launch at once, with a context each.
class CpuContext {
public:
  static Result<CpuContext> create(std::shared_ptr<const CpuTables> tables,
                                   const ContextOptions &options = {});
  CpuContext(CpuContext &&) noexcept;
  CpuContext &operator=(CpuContext &&) noexcept;
  ~CpuContext();

  /// Pools a batch and returns when it is done; allocates nothing. The calling
  /// thread works, and those of the model's that are idle help. Whatever the
  /// options say, no index and no bag's bounds lead outside the arrays: with
  /// InputChecks::off they read as with zeroRow, but no fault is recorded.
  /// A bag is pooled by one thread, in an order that depends on the
  /// instructions alone: the same batch gives the same bits every time.
  /// Errors: an address or a size that cannot be right.
  Status launch(const BatchArguments &batch);

  /// Faults of all launches since the context was made or cleared. The first
  /// ContextOptions::faultCapacity are kept, all are counted.
  FaultReport faults() const;
  void clearFaults();

  const CpuTables &tables() const { return *attached; }
  const CpuModel &model() const { return attached->model(); }

private:
  struct Workspace;
  CpuContext(std::shared_ptr<const CpuTables> tables,
             const ContextOptions &options,
             std::unique_ptr<Workspace> workspace);

  std::shared_ptr<const CpuTables> attached;
  ContextOptions options;
  std::unique_ptr<Workspace> workspace;
};

} // namespace recflex

#endif // RECFLEX_RUNTIME_CPUFORWARD_H
