//===- CpuPlan.h - A model's features, as the CPU pools them ----*- C++ -*-===//

#ifndef RECFLEX_LIB_RUNTIME_CPU_CPUPLAN_H
#define RECFLEX_LIB_RUNTIME_CPU_CPUPLAN_H

#include "BagFaults.h"
#include "Kernels.h"
#include "KeyInputs.h"
#include "recflex/Runtime/Binding.h"
#include "recflex/Runtime/CpuForward.h"

namespace recflex {

/// One feature: which kernels pool it, and what that costs.
struct FeaturePlan {
  int32_t key = 0;
  int32_t table = 0;
  int64_t column = 0;
  int64_t rows = 0;
  int64_t width = 0;
  RowType rowType = RowType::f32;
  bool mean = false;
  bool weighted = false;
  std::vector<PoolKernel> kernels; ///< side by side over the columns

  int64_t rowBytes() const { return width * byteSize(rowType); }
};

/// Known when the model is loaded.
struct CpuPlan {
  CpuPlan(const Manifest &manifest, const KernelSet &kernels);

  const KernelSet &set;
  std::vector<FeaturePlan> features;
  BlockCounter blocks; ///< of the GPU's grid: the same batches are refused
};

/// How one batch is cut into pieces: samples of one feature, of about equal
/// numbers of lookups. Piece p belongs to the feature f with starts[f] <= p <
/// starts[f + 1].
class PieceTable {
public:
  explicit PieceTable(size_t features) : starts(features + 1) {}

  /// Cuts for that many threads. Allocates nothing.
  void cut(const CpuPlan &plan, const KeyInputs &inputs, int64_t batchSize,
           int32_t threads);

  int64_t pieces() const { return starts.back(); }
  /// Neighbouring pieces that a thread best takes at once.
  int64_t claim() const { return piecesAtOnce; }

  struct Piece {
    int32_t feature = 0;
    int64_t firstSample = 0;
    int64_t lastSample = 0; ///< the one past the last
  };
  Piece find(const CpuPlan &plan, const KeyInputs &inputs, int64_t batchSize,
             int64_t piece) const;

private:
  std::vector<int64_t> starts;
  int64_t piecesAtOnce = 1;
};

/// Where the batch's rows come from and go to.
struct PoolTarget {
  const KeyInputs *inputs = nullptr;
  const std::vector<DevicePtr> *tables = nullptr;
  const BatchArguments *batch = nullptr;
  IndexType indexType = IndexType::i32;
  bool zeroBag = false;
  FaultLog *log = nullptr;
};

/// Pools a piece.
void poolPiece(const CpuPlan &plan, const PoolTarget &target,
               const PieceTable::Piece &piece);

} // namespace recflex

#endif // RECFLEX_LIB_RUNTIME_CPU_CPUPLAN_H
