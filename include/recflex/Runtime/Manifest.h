//===- Manifest.h - What an artifact says of itself -------------*- C++ -*-===//
//
// Everything that the runtime must know to attach tables and launch: written
// by the compiler, kept as JSON in the artifact, read without LLVM or MLIR.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_RUNTIME_MANIFEST_H
#define RECFLEX_RUNTIME_MANIFEST_H

#include "recflex/Runtime/KernelABI.h"
#include "recflex/Support/Result.h"
#include "recflex/Support/Types.h"

#include <cstdint>
#include <string>
#include <vector>

namespace recflex {

struct ManifestTable {
  std::string name;
  int64_t rows = 0;
  int64_t width = 0;
  RowType type = RowType::f32;
};

struct ManifestFeature {
  std::string name;
  int32_t key = 0;   ///< position in the jagged input
  int32_t table = 0; ///< index into Manifest::tables
  int32_t body = 0;  ///< index into Manifest::bodies
  int64_t column = 0;
  Pooling pooling = Pooling::sum;
  bool weighted = false;
  int32_t samplesPerTile = 1;
  int32_t columnTiles = 1;
  int32_t parallelLookups = 1;
  int32_t warpSamples = 0;
  int32_t scratch = 0; ///< first byte in a sample's scratch
  int32_t rank = 0;    ///< with fixed binding, its blocks' place; else 0
};

/// One case of the forward kernel's switch.
struct ManifestBody {
  std::string schedule; ///< as in the IR: "#emb.sub_warp<...>"
  std::string name;     ///< what it serves: "sub_warp.w64.f32.sum"
};

struct Manifest {
  std::string name;
  std::string chip;       ///< "sm_90": the PTX's target
  std::string ptxVersion; ///< "8.6": the PTX ISA
  /// The first CUDA version, 1000 * major + 10 * minor, whose drivers take this
  /// PTX.
  int32_t leastDriver = 0;
  std::string producer; ///< "recflex 0.1.0 (LLVM 22.1.8)"
  IndexType indexType = IndexType::i32;
  int32_t jaggedFeatures = 0; ///< features of the jagged input (keys)
  int64_t outputWidth = 0;    ///< columns of the output
  int64_t maxBatch = 0;       ///< samples that a launch can have at most
  int64_t maxLookups = 0;     ///< length of values that it can have at most
  int32_t threads = 0;        ///< threads a block of the forward kernel
  int32_t blocksPerSM = 0;    ///< occupancy that the registers were cut for
  int32_t sharedBytes = 0;    ///< static shared memory a block
  int32_t scratchBytes = 0;   ///< a sample, of all features
  bool weighted = false;      ///< some feature takes per-sample weights
  /// Blocks are bound to tiles by the features' ranks, not by every batch.
  bool fixedBinding = false;
  std::vector<ManifestTable> tables;
  std::vector<ManifestFeature> features;
  std::vector<ManifestBody> bodies;
};

/// Widest row that the kernels know; the format of tables allows no more.
constexpr int64_t kMaxWidth = 1024;
/// Features of a jagged input: a context keeps some bytes for each of them,
/// which a short manifest must not turn into gigabytes.
constexpr int32_t kMaxJaggedFeatures = 1 << 20;
/// Threads of a block, by the CUDA programming model.
constexpr int32_t kMaxThreads = 1024;

/// The largest batch that a launch takes: checkGrid() of Binding.h accepts it
/// and all smaller ones. The features of `m` are as check() wants them.
int64_t largestBatch(const Manifest &m);

/// The most lookups of a batch with indices of that type: kernels count
/// positions in the type of the offsets, and bytes in 64 bits.
constexpr int64_t mostLookups(IndexType type) {
  return type == IndexType::i32 ? INT32_MAX : INT64_MAX / 8;
}

/// Bytes of table `t`, rows x width elements; check() says that it fits.
inline int64_t tableBytes(const ManifestTable &t) {
  return t.rows * t.width * byteSize(t.type);
}

/// Checks that `m` hangs together: indices name existing entries, widths are 1
/// to kMaxWidth, output columns lie inside the output and overlap nowhere,
/// tile parameters are positive, ranks are all different, no limit is beyond
/// what kernels can count. The error names the place as a path into the JSON:
/// "features[3].table: ...".
Status check(const Manifest &m);
/// The part of it that is about ranks: with fixed binding every feature has one
/// of its own, otherwise none has.
Status checkRanks(const Manifest &m);

/// The same without ptxVersion and leastDriver, which are known when there is
/// PTX.
Status checkModel(const Manifest &m);

/// The descriptors of `m`'s features, table addresses still zero. `m` must
/// pass check().
std::vector<abi::FeatureDescriptor> makeDescriptors(const Manifest &m);

} // namespace recflex

#endif // RECFLEX_RUNTIME_MANIFEST_H
