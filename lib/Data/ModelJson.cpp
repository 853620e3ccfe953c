//===- ModelJson.cpp - Model descriptions in JSON -------------------------===//

#include "recflex/Data/ModelJson.h"

#include "JsonFields.h"
#include "recflex/Data/ModelBuilder.h"
#include "recflex/Data/ModelLimits.h"
#include "recflex/Support/Files.h"
#include "recflex/Support/Json.h"

#include <algorithm>
#include <unordered_map>

using nlohmann::json;

namespace recflex {

static constexpr std::string_view modelFormat = "recflex.model.v1";

/// In the order of BagDistribution::Kind.
static constexpr std::string_view bagKinds[] = {
    "one-hot", "multi-hot-static", "multi-hot", "multi-hot-one-side"};

namespace {
/// The tables that one entry of `tables` stands for.
struct TableGroup {
  int64_t first = 0;
  int64_t count = 1;
  bool numbered = false; ///< the entry has a `count`: names end in _0, _1, ...
};

class ModelReader {
public:
  Result<ModelSpec> read(const json &document);

private:
  void readTables(JsonFields &root);
  void readTable(JsonFields &fields);
  void readFeatures(JsonFields &root);
  void readFeature(JsonFields &fields);
  void findTable(JsonFields &fields, int64_t features, int64_t &first,
                 int64_t &step);
  BagDistribution readBags(JsonFields bags);
  std::vector<std::string> names(JsonFields &fields, int64_t already,
                                 int64_t limit, int64_t &nameBytes);

  ModelBuilder builder{"", IndexType::i32};
  Status status;
  std::unordered_map<std::string, TableGroup> groups; ///< by the entry's name
  int64_t tableNameBytes = 0, featureNameBytes = 0;   ///< of numbered names
};
} // namespace

/// The names that an entry gives: its own, or `count` numbered ones.
std::vector<std::string> ModelReader::names(JsonFields &fields, int64_t already,
                                            int64_t limit, int64_t &nameBytes) {
  std::string name = fields.string("name");
  int64_t count = fields.integer("count", 1, limit, 1);
  if (count > limit - already)
    fields.fail("", makeError("brings their number to ", already + count,
                              ", but a model has at most ", limit));
  if (!status)
    return {};
  if (!fields.has("count"))
    return {name};
  int64_t length = name.size();
  if (length > (maxCountedNameBytes - nameBytes) / count) {
    fields.fail("name", makeError("has ", length, " bytes, which are too many ",
                                  "for ", count,
                                  " names; choose a shorter "
                                  "one"));
    return {};
  }
  nameBytes += length * count;
  std::vector<std::string> numbered;
  numbered.reserve(count);
  for (int64_t i = 0; i < count; ++i)
    numbered.push_back(name + "_" + std::to_string(i));
  return numbered;
}

void ModelReader::readTable(JsonFields &fields) {
  fields.allowKeys({"name", "rows", "width", "type", "count"});
  TableSpec table;
  table.rows = fields.integer("rows", 1, maxTableRows);
  table.width = fields.integer("width", 1, maxTableWidth);
  table.type =
      static_cast<RowType>(fields.choice("type", {"f32", "f16", "bf16"}));

  int64_t first = builder.model().tables.size();
  for (std::string &name : names(fields, first, maxTables, tableNameBytes)) {
    table.name = std::move(name);
    if (auto refusal = builder.addTable(table))
      return fields.fail(refusal->field, refusal->error);
  }
  if (!status)
    return;
  int64_t count = builder.model().tables.size() - first;
  if (!groups
           .emplace(fields.string("name"),
                    TableGroup{first, count, fields.has("count")})
           .second)
    fields.fail("name", makeError("'", fields.string("name"),
                                  "' names two entries; rename one"));
}

void ModelReader::readTables(JsonFields &root) {
  for (JsonFields &fields : root.objects("tables", maxTables)) {
    readTable(fields);
    if (!status)
      return;
  }
}

BagDistribution ModelReader::readBags(JsonFields bags) {
  using Kind = BagDistribution::Kind;
  BagDistribution result;
  size_t kind =
      bags.choice("kind", {bagKinds[0], bagKinds[1], bagKinds[2], bagKinds[3]});
  result.kind = static_cast<Kind>(kind);
  switch (result.kind) {
  case Kind::oneHot:
    bags.allowKeys({"kind", "coverage"});
    break;
  case Kind::fixed:
    bags.allowKeys({"kind", "coverage", "hotness"});
    result.hotness = bags.integer("hotness", 0, maxHotness);
    break;
  case Kind::normal:
    bags.allowKeys({"kind", "coverage", "mean", "stddev", "max"});
    result.max = bags.integer("max", 0, maxHotness);
    break;
  case Kind::normalOneSide:
    bags.allowKeys({"kind", "coverage", "mean", "stddev"});
    break;
  }
  if (result.kind == Kind::normal || result.kind == Kind::normalOneSide) {
    result.mean = bags.number("mean", 0, maxHotness);
    result.stddev = bags.number("stddev", 0, maxHotness);
  }
  result.coverage = bags.number("coverage", 0, 1, 1.0);
  return result;
}

/// Finds the first of the tables that the entry's features use, and how far
/// on the next feature's table stands.
void ModelReader::findTable(JsonFields &fields, int64_t count, int64_t &first,
                            int64_t &step) {
  std::string name = fields.string("table");
  if (!status)
    return;
  if (std::optional<int64_t> table = builder.findTable(name)) {
    first = *table;
    step = 0;
    return;
  }
  auto group = groups.find(name);
  if (group == groups.end()) {
    std::vector<std::string_view> candidates;
    for (const auto &[known, entry] : groups)
      candidates.push_back(known);
    for (const TableSpec &table : builder.model().tables)
      candidates.push_back(table.name);
    // Hash tables have no order: ties must not depend on it.
    std::sort(candidates.begin(), candidates.end());
    return fields.fail("table", makeError("there is no table '", name,
                                          "'; did you mean '",
                                          nearest(name, candidates), "'?"));
  }
  if (!fields.has("count") || group->second.count != count)
    return fields.fail(
        "table",
        makeError("'", name, "' is ", group->second.count,
                  " tables; give the entry \"count\": ", group->second.count,
                  ", or name one of them, as '", name, "_0'"));
  first = group->second.first;
  step = 1;
}

void ModelReader::readFeature(JsonFields &fields) {
  fields.allowKeys({"name", "table", "pooling", "weighted", "bags", "count"});
  FeatureSpec feature;
  feature.pooling =
      static_cast<Pooling>(fields.choice("pooling", {"sum", "mean", "max"}));
  feature.weighted = fields.boolean("weighted", false);
  feature.bags = readBags(fields.object("bags"));
  std::vector<std::string> all = names(fields, builder.model().features.size(),
                                       maxFeatures, featureNameBytes);
  int64_t table = 0, step = 0;
  findTable(fields, all.size(), table, step);
  if (!status)
    return;
  for (std::string &name : all) {
    feature.name = std::move(name);
    feature.table = table;
    table += step;
    if (auto refusal = builder.addFeature(feature))
      return fields.fail(refusal->field, refusal->error);
  }
}

void ModelReader::readFeatures(JsonFields &root) {
  for (JsonFields &fields : root.objects("features", maxFeatures)) {
    readFeature(fields);
    if (!status)
      return;
  }
}

Result<ModelSpec> ModelReader::read(const json &document) {
  JsonFields root(document, "", status);
  root.allowKeys({"format", "name", "index_type", "tables", "features"});
  std::string format = root.string("format");
  if (format != modelFormat)
    root.fail("format",
              makeError("is '", format, "' but must be '", modelFormat, "'"));
  std::string name = root.string("name", "model");
  builder = ModelBuilder(std::move(name), static_cast<IndexType>(root.choice(
                                              "index_type", {"i32", "i64"})));
  if (status)
    readTables(root);
  if (status)
    readFeatures(root);
  if (!status)
    return status.error();
  return builder.take();
}

Result<ModelSpec> parseModelJson(std::string_view text) {
  Result<json> document = parseJson(text);
  if (!document)
    return document.error();
  return ModelReader().read(*document);
}

Result<ModelSpec> readModelJson(const std::string &path) {
  Result<std::string> text = readFile(path);
  if (!text)
    return text.error();
  Result<ModelSpec> model = parseModelJson(*text);
  if (!model)
    return model.error().in(path);
  return model;
}

static std::string quote(std::string_view text) {
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

/// The shortest text that reads back as the same number.
static std::string print(double number) { return json(number).dump(); }

static std::string printBags(const BagDistribution &bags) {
  using Kind = BagDistribution::Kind;
  std::string text = "{\"kind\": " + quote(bagKinds[size_t(bags.kind)]);
  if (bags.kind == Kind::fixed)
    text += ", \"hotness\": " + std::to_string(bags.hotness);
  if (bags.kind == Kind::normal || bags.kind == Kind::normalOneSide)
    text += ", \"mean\": " + print(bags.mean) +
            ", \"stddev\": " + print(bags.stddev);
  if (bags.kind == Kind::normal)
    text += ", \"max\": " + std::to_string(bags.max);
  return text + ", \"coverage\": " + print(bags.coverage) + "}";
}

std::string printModelJson(const ModelSpec &model) {
  std::string text =
      "{\n  \"format\": " + quote(modelFormat) +
      ",\n  \"name\": " + quote(model.name) +
      ",\n  \"index_type\": " + quote(toString(model.indexType)) +
      ",\n  \"tables\": [";
  const char *separator = "\n    ";
  for (const TableSpec &table : model.tables) {
    text += separator;
    text += "{\"name\": " + quote(table.name) +
            ", \"rows\": " + std::to_string(table.rows) +
            ", \"width\": " + std::to_string(table.width) +
            ", \"type\": " + quote(toString(table.type)) + "}";
    separator = ",\n    ";
  }
  text += "\n  ],\n  \"features\": [";
  separator = "\n    ";
  for (const FeatureSpec &feature : model.features) {
    text += separator;
    text += "{\"name\": " + quote(feature.name) +
            ", \"table\": " + quote(model.tables[feature.table].name) +
            ", \"pooling\": " + quote(toString(feature.pooling)) +
            (feature.weighted ? ", \"weighted\": true" : "") +
            ", \"bags\": " + printBags(feature.bags) + "}";
    separator = ",\n    ";
  }
  return text + "\n  ]\n}\n";
}

Status writeModelJson(const ModelSpec &model, const std::string &path) {
  return writeFile(path, printModelJson(model));
}

} // namespace recflex
