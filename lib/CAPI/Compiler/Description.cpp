//===- Description.cpp - Tables and features, call by call ----------------===//

#include "Arguments.h"
#include "Handles.h"
#include "Specs.h"

#include "recflex/Data/ModelJson.h"

using namespace recflex;
using namespace recflex::capi;

RecflexStatus recflexDescriptionCreate(const char *name,
                                       RecflexIndexType indexType,
                                       RecflexDescription **description) {
  return guarded([&]() -> Status {
    if (Status status = needPlace(description, "description"); !status)
      return status;
    Result<IndexType> type = readEnum<IndexType>(
        indexType, RECFLEX_INDEX_I64, "indexType", "RecflexIndexType");
    if (!type)
      return type.error();
    *description = new RecflexDescription{
        ModelBuilder(name && *name ? name : "model", *type)};
    return {};
  });
}

RecflexStatus recflexDescriptionParse(const char *json, size_t size,
                                      RecflexDescription **description) {
  return guarded([&]() -> Status {
    if (Status status = needPlace(description, "description"); !status)
      return status;
    if (Status status =
            need(json, "json is null; give the text of a description");
        !status)
      return status;
    Result<ModelSpec> model = parseModelJson({json, size});
    if (!model)
      return model.error();
    *description = new RecflexDescription{ModelBuilder(std::move(*model))};
    return {};
  });
}

void recflexDescriptionDestroy(RecflexDescription *description) {
  delete description;
}

/// "table 'users': rows: is 0 but must be ..."
static Error describe(const ModelBuilder::Refusal &refusal, const char *what,
                      const std::string &name) {
  Error error = refusal.field.empty()
                    ? refusal.error
                    : refusal.error.in(std::string(refusal.field));
  return error.in(std::string(what) + " '" + name + "'");
}

static Status addTable(ModelBuilder &builder,
                       const RecflexTableDescription *given) {
  RecflexTableDescription known;
  if (Status status = readStruct(given, known); !status)
    return status;
  if (Status status = need(known.name, "RecflexTableDescription.name is null; "
                                       "give the table's name");
      !status)
    return status;
  TableSpec table;
  table.name = known.name;
  table.rows = known.rows;
  table.width = known.width;
  Result<RowType> type =
      readEnum<RowType>(known.type, RECFLEX_BF16, "type", "RecflexType");
  if (!type)
    return type.error().in("table '" + table.name + "'");
  table.type = *type;
  if (auto refusal = builder.addTable(table))
    return describe(*refusal, "table", table.name);
  return {};
}

RecflexStatus recflexDescriptionAddTable(RecflexDescription *description,
                                         const RecflexTableDescription *table) {
  return guarded([&]() -> Status {
    if (Status status =
            need(description, "description is null; create or parse one");
        !status)
      return status;
    return addTable(description->builder, table);
  });
}

/// All of a feature but its name.
static Status readFeature(const RecflexFeatureDescription &known,
                          const ModelBuilder &builder, FeatureSpec &feature) {
  Result<int64_t> table = builder.getTable(known.table);
  if (!table)
    return table.error().in("table");
  feature.table = *table;
  auto pooling = readEnum<Pooling>(known.pooling, RECFLEX_POOLING_MAX,
                                   "pooling", "RecflexPooling");
  if (!pooling)
    return pooling.error();
  feature.pooling = *pooling;
  Result<bool> weighted = readFlag(known.weighted, "weighted");
  if (!weighted)
    return weighted.error();
  feature.weighted = *weighted;
  auto kind = readEnum<BagDistribution::Kind>(
      known.bags, RECFLEX_BAGS_NORMAL_ONE_SIDE, "bags", "RecflexBags");
  if (!kind)
    return kind.error();
  feature.bags.kind = *kind;
  feature.bags.hotness = known.hotness;
  feature.bags.max = known.max;
  feature.bags.mean = known.mean;
  feature.bags.stddev = known.stddev;
  feature.bags.coverage = known.coverage == 0 ? 1 : known.coverage;
  return {};
}

static Status addFeature(ModelBuilder &builder,
                         const RecflexFeatureDescription *given) {
  RecflexFeatureDescription known;
  if (Status status = readStruct(given, known); !status)
    return status;
  if (Status status = need(known.name, "RecflexFeatureDescription.name is "
                                       "null; give the feature's name");
      !status)
    return status;
  FeatureSpec feature;
  feature.name = known.name;
  if (Status status = need(known.table, "table is null; give its name");
      !status)
    return status.error().in("feature '" + feature.name + "'");
  if (Status status = readFeature(known, builder, feature); !status)
    return status.error().in("feature '" + feature.name + "'");
  if (auto refusal = builder.addFeature(feature))
    return describe(*refusal, "feature", feature.name);
  return {};
}

RecflexStatus
recflexDescriptionAddFeature(RecflexDescription *description,
                             const RecflexFeatureDescription *feature) {
  return guarded([&]() -> Status {
    if (Status status =
            need(description, "description is null; create or parse one");
        !status)
      return status;
    return addFeature(description->builder, feature);
  });
}

RecflexStatus recflexDescriptionPrint(const RecflexDescription *description,
                                      RecflexText **json) {
  return guarded([&]() -> Status {
    if (Status status =
            need(description, "description is null; create or parse one");
        !status)
      return status;
    if (Status status = needPlace(json, "json"); !status)
      return status;
    *json = new RecflexText{printModelJson(description->builder.model())};
    return {};
  });
}
