//===- Manifest.cpp - What an artifact says of itself ---------------------===//

#include "recflex/Runtime/Manifest.h"

#include "recflex/Runtime/Binding.h"
#include "recflex/Runtime/Chip.h"
#include "recflex/Runtime/PtxHeader.h"

#include <algorithm>

namespace recflex {

namespace {
/// Where in the manifest a message points: "features[3].table".
struct Place {
  const char *list;
  size_t index;
  const char *field;

  friend std::ostream &operator<<(std::ostream &os, const Place &p) {
    return os << p.list << '[' << p.index << "]." << p.field;
  }
};
} // namespace

static Status checkHead(const Manifest &m) {
  if (!isChipName(m.chip))
    return makeError("chip: '", m.chip,
                     "' is not a GPU architecture; write it as sm_90");
  if (m.jaggedFeatures < 0 || m.jaggedFeatures > kMaxJaggedFeatures)
    return makeError("jaggedFeatures: ", m.jaggedFeatures, " is not in 0..",
                     kMaxJaggedFeatures);
  if (m.outputWidth < 0 || m.outputWidth > INT32_MAX)
    return makeError("outputWidth: ", m.outputWidth, " is not in 0..",
                     INT32_MAX);
  if (m.threads < 1 || m.threads > kMaxThreads ||
      m.threads % static_cast<int32_t>(abi::kWarpSize) != 0)
    return makeError("threads: ", m.threads, " is not a multiple of 32 in 32..",
                     kMaxThreads);
  if (m.blocksPerSM < 0)
    return makeError("blocksPerSM: ", m.blocksPerSM, " is negative");
  if (m.sharedBytes < 0)
    return makeError("sharedBytes: ", m.sharedBytes, " is negative");
  if (m.scratchBytes < 0 || m.scratchBytes % abi::kScratchAlignment != 0)
    return makeError("scratchBytes: ", m.scratchBytes, " is not a multiple of ",
                     abi::kScratchAlignment, ", 0 or more");
  return {};
}

static Status checkTable(const ManifestTable &t, size_t i) {
  if (t.width < 1 || t.width > kMaxWidth)
    return makeError(Place{"tables", i, "width"}, ": ", t.width,
                     " is not in 1..", kMaxWidth);
  // 2^62 bytes: far past any memory, and no product of sizes overflows.
  int64_t mostRows = (int64_t{1} << 62) / (t.width * byteSize(t.type));
  if (t.rows < 1 || t.rows > mostRows)
    return makeError(Place{"tables", i, "rows"}, ": ", t.rows, " is not in 1..",
                     mostRows);
  return {};
}

static Status checkIndex(Place place, int64_t value, int64_t count,
                         const char *what) {
  if (value < 0 || value >= count)
    return makeError(place, ": ", value, " names none of the ", count, " ",
                     what);
  return {};
}

static Status checkPositive(Place place, int64_t value) {
  if (value < 1)
    return makeError(place, ": ", value, " is not positive");
  return {};
}

static Status checkFeature(const Manifest &m, size_t i) {
  const ManifestFeature &f = m.features[i];
  auto place = [i](const char *field) { return Place{"features", i, field}; };
  for (const Status &status :
       {checkIndex(place("key"), f.key, m.jaggedFeatures,
                   "features of the jagged input (jaggedFeatures)"),
        checkIndex(place("table"), f.table, m.tables.size(), "tables"),
        checkIndex(place("body"), f.body, m.bodies.size(), "bodies"),
        checkPositive(place("samplesPerTile"), f.samplesPerTile),
        checkPositive(place("columnTiles"), f.columnTiles),
        checkPositive(place("parallelLookups"), f.parallelLookups)})
    if (!status)
      return status;

  int64_t warps = m.threads / abi::kWarpSize;
  if (f.warpSamples != 0 && f.warpSamples * warps != f.samplesPerTile)
    return makeError(place("warpSamples"), ": ", f.warpSamples, " for each of ",
                     warps, " warps are not the ", f.samplesPerTile,
                     " samples of a tile");

  int64_t width = m.tables[f.table].width;
  if (f.columnTiles > width * (m.scratchBytes ? abi::kMaxBagParts : 1))
    return makeError(place("columnTiles"), ": ", f.columnTiles,
                     " parts of a row of width ", width);
  if (f.scratch < 0 || f.scratch > m.scratchBytes ||
      f.scratch % abi::kScratchAlignment != 0)
    return makeError(place("scratch"), ": ", f.scratch,
                     " is not a multiple of ", abi::kScratchAlignment,
                     " in 0..", m.scratchBytes);
  if (f.column < 0 || f.column > m.outputWidth - width)
    return makeError(place("column"), ": ", width, " columns from ", f.column,
                     " on are not inside the output of width ", m.outputWidth);
  if (f.weighted && f.pooling == Pooling::max)
    return makeError(place("weighted"),
                     ": max pooling takes no weights; use sum or mean");
  return {};
}

/// Features by first column; neighbours must not overlap.
static Status checkColumns(const Manifest &m) {
  std::vector<int32_t> byColumn(m.features.size());
  for (size_t i = 0; i != byColumn.size(); ++i)
    byColumn[i] = static_cast<int32_t>(i);
  std::sort(byColumn.begin(), byColumn.end(), [&](int32_t a, int32_t b) {
    int64_t columnA = m.features[a].column, columnB = m.features[b].column;
    return columnA != columnB ? columnA < columnB : a < b;
  });
  for (size_t r = 1; r < byColumn.size(); ++r) {
    const ManifestFeature &left = m.features[byColumn[r - 1]];
    const ManifestFeature &right = m.features[byColumn[r]];
    int64_t end = left.column + m.tables[left.table].width;
    if (right.column < end)
      return makeError(
          Place{"features", static_cast<size_t>(byColumn[r]), "column"},
          ": column ", right.column, " belongs to features[", byColumn[r - 1],
          "] already (columns ", left.column, " to ", end, ")");
  }
  return {};
}

Status checkRanks(const Manifest &m) {
  size_t cuts = m.fixedBinding ? tileCuts(m).size() : 0;
  if (cuts > abi::kMaxFixedCuts)
    return makeError("fixedBinding: features have ", cuts,
                     " different samplesPerTile, at most ", abi::kMaxFixedCuts,
                     " can be told apart; bind at run time");
  std::vector<bool> taken(m.fixedBinding ? m.features.size() : 1);
  for (size_t i = 0; i != m.features.size(); ++i) {
    int32_t rank = m.features[i].rank;
    Place place{"features", i, "rank"};
    if (Status status = checkIndex(place, rank, taken.size(), "ranks"); !status)
      return status;
    if (m.fixedBinding && taken[rank])
      return makeError(place, ": ", rank,
                       " belongs to another feature already");
    taken[rank] = true;
  }
  return {};
}

int64_t largestBatch(const Manifest &m) {
  BlockCounter blocks(makeDescriptors(m));
  // checkGrid() accepts `most` samples and refuses `tooMany`.
  int64_t most = 0, tooMany = kMaxBatch + 1;
  while (tooMany - most > 1) {
    int64_t middle = most + (tooMany - most) / 2;
    if (checkGrid(blocks.count(middle), m.jaggedFeatures, middle))
      most = middle;
    else
      tooMany = middle;
  }
  return most;
}

static Status checkLimits(const Manifest &m) {
  auto limit = [](const char *field, int64_t value, int64_t most) -> Status {
    if (value < 0 || value > most)
      return makeError(field, ": ", value, " is not in 0..", most);
    return {};
  };
  if (Status status = limit("maxBatch", m.maxBatch, largestBatch(m)); !status)
    return status;
  return limit("maxLookups", m.maxLookups, mostLookups(m.indexType));
}

Status checkModel(const Manifest &m) {
  if (Status status = checkHead(m); !status)
    return status;
  if (m.features.size() > INT32_MAX)
    return makeError("features: ", m.features.size(), " are too many");
  for (size_t i = 0; i != m.tables.size(); ++i)
    if (Status status = checkTable(m.tables[i], i); !status)
      return status;
  bool weighted = false;
  for (size_t i = 0; i != m.features.size(); ++i) {
    if (Status status = checkFeature(m, i); !status)
      return status;
    weighted |= m.features[i].weighted;
  }
  if (weighted && !m.weighted)
    return makeError("weighted: is false, but a feature is weighted");
  if (Status status = checkColumns(m); !status)
    return status;
  if (Status status = checkRanks(m); !status)
    return status;
  return checkLimits(m);
}

Status check(const Manifest &m) {
  if (Status status = checkModel(m); !status)
    return status;
  if (!isPtxVersion(m.ptxVersion))
    return makeError("ptxVersion: '", m.ptxVersion,
                     "' is not a version of the PTX ISA; write it as 8.6");
  if (m.leastDriver < 1000 || m.leastDriver > 999990 || m.leastDriver % 10 != 0)
    return makeError("leastDriver: ", m.leastDriver,
                     " is not a CUDA version; write 12.4 as 12040");
  return {};
}

std::vector<abi::FeatureDescriptor> makeDescriptors(const Manifest &m) {
  std::vector<abi::FeatureDescriptor> descriptors;
  descriptors.reserve(m.features.size());
  for (const ManifestFeature &f : m.features) {
    abi::FeatureDescriptor d = {};
    d.rows = m.tables[f.table].rows;
    d.feature = f.key;
    d.body = f.body;
    d.column = static_cast<int32_t>(f.column);
    d.width = static_cast<int32_t>(m.tables[f.table].width);
    d.samplesPerTile = f.samplesPerTile;
    d.columnTiles = f.columnTiles;
    d.parallelLookups = f.parallelLookups;
    // While tuning, a feature may have no tiles at all, and nobody divides.
    d.rowTile = abi::divider(std::max(1, f.columnTiles));
    d.warpSamples = f.warpSamples;
    d.scratch = f.scratch;
    d.rowKind = abi::rowKind(m.tables[f.table].type, f.pooling, f.weighted);
    descriptors.push_back(d);
  }
  return descriptors;
}

} // namespace recflex
