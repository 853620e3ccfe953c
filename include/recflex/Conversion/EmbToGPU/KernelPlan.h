//===- KernelPlan.h - Features to bodies ------------------------*- C++ -*-===//
//
// What the fused kernel of one emb.fused_lookup, or of the emb.launch that it
// has become, consists of. Features are data;
// code is one body for each distinct (schedule, shape), so that ten thousand
// features cost no more code than a dozen.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_CONVERSION_EMBTOGPU_KERNELPLAN_H
#define RECFLEX_CONVERSION_EMBTOGPU_KERNELPLAN_H

#include "recflex/Dialect/Emb/IR/Emb.h"
#include "recflex/Runtime/Manifest.h"
#include "recflex/Schedules/BodyBuilder.h"

#include <map>
#include <optional>
#include <set>
#include <tuple>

namespace recflex {

/// One case of the forward kernel's switch.
struct PlannedBody {
  emb::ScheduleAttrInterface schedule;
  BodyShape shape;

  /// A short name for manifests and comments: "sub_warp w64 f32 sum".
  std::string getName() const;
};

/// One feature, bound to its body.
struct PlannedFeature {
  emb::FusedFeatureAttr attribute;
  int32_t body = 0;
  emb::TileShape tile;
  int64_t scratch = 0; ///< first byte in a sample's scratch
};

/// Everything that a body's code depends on.
using PlannedBodyKey =
    std::tuple<const void *, int64_t, int, int, bool, int64_t, bool>;

/// What the code of a kernel with fixed binding depends on.
struct FixedTiles {
  int64_t features = 0;
  std::set<int64_t> cuts; ///< the samples a tile that features have
};

struct KernelPlan {
  recflex::IndexType indexType = recflex::IndexType::i32;
  int64_t threads = 0;
  int64_t blocksPerSM = 0;
  int64_t sharedBytes = 0;  ///< the most that any body needs
  int64_t scratchBytes = 0; ///< a sample, of all features
  std::vector<PlannedBody> bodies;
  std::vector<PlannedFeature> features; ///< in the order of the op
  /// With fixed binding alone, the features by rank.
  std::vector<int32_t> order;
  std::optional<FixedTiles> fixed; ///< none if blocks are bound at run time

  /// Plans the kernel. The same op always gives the same plan.
  static KernelPlan build(emb::FusedLookupOp op);
  static KernelPlan build(emb::LaunchOp op);

  /// Adds a body unless its like is there; its number. `threads` is set.
  int32_t addBody(const PlannedBody &body);
  /// Sets scratchBytes, once all bodies are there.
  void setScratch(int64_t bytes);

  /// Writes down in `manifest` what launching takes: tables, features, bodies,
  /// sizes. The op's `tables` have these types, and names are left empty.
  void describe(Manifest &manifest, mlir::TypeRange tables) const;

private:
  void addFeature(emb::FusedFeatureAttr feature,
                  const emb::LookupShape &lookup);
  template <typename FusedOp>
  static KernelPlan build(FusedOp op, mlir::IntegerType indexType);

  std::map<PlannedBodyKey, int32_t> known; ///< the bodies' numbers
};

} // namespace recflex

#endif // RECFLEX_CONVERSION_EMBTOGPU_KERNELPLAN_H
