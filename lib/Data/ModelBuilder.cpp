//===- ModelBuilder.cpp - A model, piece by piece -------------------------===//

#include "recflex/Data/ModelBuilder.h"

#include "JsonFields.h"
#include "recflex/Data/ModelLimits.h"

namespace recflex {

using Refusal = ModelBuilder::Refusal;

static std::optional<Refusal> checkWhole(std::string_view field, int64_t value,
                                         int64_t low, int64_t high) {
  if (value >= low && value <= high)
    return std::nullopt;
  return Refusal{field,
                 makeError("is ", value, " but must be a whole number from ",
                           low, " to ", high)};
}

/// False for NaN too.
static std::optional<Refusal> checkNumber(std::string_view field, double value,
                                          int64_t high) {
  if (value >= 0 && value <= static_cast<double>(high))
    return std::nullopt;
  return Refusal{
      field, makeError("is ", value, " but must be a number from 0 to ", high)};
}

static std::optional<Refusal> checkName(const std::string &name) {
  if (!name.empty())
    return std::nullopt;
  return Refusal{"name", makeError("is empty but must be a name")};
}

static std::optional<Refusal> checkRoom(size_t present, int64_t limit) {
  if (static_cast<int64_t>(present) < limit)
    return std::nullopt;
  return Refusal{"", makeError("brings their number to ", present + 1,
                               ", but a model has at most ", limit)};
}

static std::optional<Refusal> checkBags(const BagDistribution &bags) {
  using Kind = BagDistribution::Kind;
  if (bags.kind == Kind::fixed)
    if (auto refusal = checkWhole("bags.hotness", bags.hotness, 0, maxHotness))
      return refusal;
  if (bags.kind == Kind::normal)
    if (auto refusal = checkWhole("bags.max", bags.max, 0, maxHotness))
      return refusal;
  if (bags.kind == Kind::normal || bags.kind == Kind::normalOneSide) {
    if (auto refusal = checkNumber("bags.mean", bags.mean, maxHotness))
      return refusal;
    if (auto refusal = checkNumber("bags.stddev", bags.stddev, maxHotness))
      return refusal;
  }
  return checkNumber("bags.coverage", bags.coverage, 1);
}

ModelBuilder::ModelBuilder(ModelSpec model) : spec(std::move(model)) {
  for (size_t i = 0; i != spec.tables.size(); ++i)
    tables.emplace(spec.tables[i].name, i);
  for (size_t i = 0; i != spec.features.size(); ++i)
    features.emplace(spec.features[i].name, i);
}

std::optional<Refusal> ModelBuilder::addTable(const TableSpec &table) {
  if (auto refusal = checkRoom(tables.size(), maxTables))
    return refusal;
  if (auto refusal = checkName(table.name))
    return refusal;
  if (auto refusal = checkWhole("rows", table.rows, 1, maxTableRows))
    return refusal;
  if (auto refusal = checkWhole("width", table.width, 1, maxTableWidth))
    return refusal;
  if (!fitsIndexType(table, spec.indexType))
    return Refusal{
        "rows", makeError("is ", table.rows, ", too many for indices of type ",
                          toString(spec.indexType), "; set index_type to i64")};
  // Files of tables are safetensors, where this name is taken.
  if (table.name == "__metadata__")
    return Refusal{"name", makeError("'__metadata__' cannot name a table; "
                                     "choose another")};
  if (!tables.emplace(table.name, spec.tables.size()).second)
    return Refusal{
        "name", makeError("'", table.name, "' names two tables; rename one")};
  spec.tables.push_back(table);
  return std::nullopt;
}

std::optional<Refusal> ModelBuilder::addFeature(const FeatureSpec &feature) {
  if (auto refusal = checkRoom(features.size(), maxFeatures))
    return refusal;
  if (auto refusal = checkName(feature.name))
    return refusal;
  if (feature.table < 0 ||
      feature.table >= static_cast<int64_t>(spec.tables.size()))
    return Refusal{"table", makeError("there is no table ", feature.table,
                                      "; the model has ", spec.tables.size())};
  if (auto refusal = checkBags(feature.bags))
    return refusal;
  if (!features.emplace(feature.name, spec.features.size()).second)
    return Refusal{"name", makeError("'", feature.name,
                                     "' names two features; rename one")};
  spec.features.push_back(feature);
  return std::nullopt;
}

std::optional<int64_t> ModelBuilder::findTable(const std::string &name) const {
  auto found = tables.find(name);
  if (found == tables.end())
    return std::nullopt;
  return found->second;
}

Result<int64_t> ModelBuilder::getTable(const std::string &name) const {
  if (std::optional<int64_t> found = findTable(name))
    return *found;
  if (spec.tables.empty())
    return makeError("there is no table '", name,
                     "', nor any other; add tables before features");
  std::vector<std::string_view> candidates;
  for (const TableSpec &table : spec.tables)
    candidates.push_back(table.name);
  return makeError("there is no table '", name, "'; did you mean '",
                   nearest(name, candidates), "'?");
}

} // namespace recflex
