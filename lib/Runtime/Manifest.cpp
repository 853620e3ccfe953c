//===- Manifest.cpp - What an artifact says of itself ---------------------===//

#include "recflex/Runtime/Manifest.h"

#include <algorithm>
#include <string_view>

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

/// "sm_90", "sm_90a", "sm_100f".
static bool isChipName(std::string_view chip) {
  if (chip.substr(0, 3) != "sm_")
    return false;
  chip.remove_prefix(3);
  size_t digits = chip.find_first_not_of("0123456789");
  if (digits == std::string_view::npos)
    digits = chip.size();
  std::string_view suffix = chip.substr(digits);
  return digits >= 2 && digits <= 3 &&
         (suffix.empty() || suffix == "a" || suffix == "f");
}

static Status checkHead(const Manifest &m) {
  if (!isChipName(m.chip))
    return makeError("chip: '", m.chip,
                     "' is not a GPU architecture; write it as sm_90");
  if (m.jaggedFeatures < 0)
    return makeError("jaggedFeatures: ", m.jaggedFeatures, " is negative");
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

  int64_t width = m.tables[f.table].width;
  if (f.columnTiles > width)
    return makeError(place("columnTiles"), ": ", f.columnTiles,
                     " parts of a row of width ", width);
  if (f.column < 0 || f.column > m.outputWidth - width)
    return makeError(place("column"), ": columns ", f.column, " to ",
                     f.column + width, " are not inside the output of width ",
                     m.outputWidth);
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

Status check(const Manifest &m) {
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
  return checkColumns(m);
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
    descriptors.push_back(d);
  }
  return descriptors;
}

} // namespace recflex
