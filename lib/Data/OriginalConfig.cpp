//===- OriginalConfig.cpp - The original RecFlex's model files ------------===//

#include "recflex/Data/OriginalConfig.h"

#include "TextFields.h"
#include "recflex/Data/ModelLimits.h"
#include "recflex/Support/Files.h"

#include <vector>

namespace recflex {

namespace {
/// One line's comma-separated fields, and where they stand. Readers keep the
/// first error.
class Line {
public:
  Line(const std::string &path, int64_t number, std::string_view text)
      : path(path), number(number) {
    // One more than any form has tells that there are too many.
    for (bool more = true; more && fields.size() <= mostFields;) {
      more = text.find(',') != std::string_view::npos;
      fields.push_back(trim(takeUntil(text, ',')));
    }
  }

  std::string_view keyword() const { return fields[0]; }

  void expectFields(size_t count, std::string_view form) {
    if (fields.size() > mostFields)
      fail(makeError("has too many fields; write '", form, "'"));
    else if (fields.size() != count)
      fail(makeError("has ", fields.size(), " fields; write '", form, "'"));
  }

  int64_t integer(size_t field, std::string_view what, int64_t low,
                  int64_t high) {
    return read<int64_t>(field, what, low, high, "a whole number");
  }

  double real(size_t field, std::string_view what, int64_t low, int64_t high) {
    return read<double>(field, what, low, high, "a number");
  }

  void fail(const Error &problem) {
    if (status)
      status = problem.in(path + ":" + std::to_string(number));
  }

  Status status;

private:
  template <typename T>
  T read(size_t field, std::string_view what, int64_t low, int64_t high,
         std::string_view kind) {
    if (!status)
      return low;
    std::optional<T> value = parseNumber<T>(fields[field]);
    if (value && *value >= low && *value <= high)
      return *value;
    fail(makeError(what, " is '", fields[field], "' but must be ", kind,
                   " from ", low, " to ", high));
    return low;
  }

  static constexpr size_t mostFields = 6;

  const std::string &path;
  int64_t number;
  std::vector<std::string_view> fields;
};
} // namespace

static Status readTables(const std::string &path, std::string_view text,
                         ModelSpec &model) {
  for (int64_t number = 1; !text.empty(); ++number) {
    std::string_view content = trim(takeUntil(text, '\n'));
    if (content.empty())
      continue;
    Line line(path, number, content);
    line.expectFields(2, "rows,width");
    TableSpec table;
    table.name = "t" + std::to_string(model.tables.size());
    table.rows = line.integer(0, "rows", 1, maxTableRows);
    table.width = line.integer(1, "width", 1, maxTableWidth);
    if (model.tables.size() == size_t(maxTables))
      line.fail(
          makeError("is one table too many; a model has at most ", maxTables));
    if (!line.status)
      return line.status;
    model.tables.push_back(std::move(table));
  }
  if (model.tables.empty())
    return makeError(path, ": describes no table; write a line 'rows,width' "
                           "for each one");
  return {};
}

/// Reads the distribution that a line gives, up to its last field, which is
/// the coverage in every form.
static BagDistribution readBags(Line &line) {
  BagDistribution bags;
  size_t last = 0;
  if (line.keyword() == "one-hot") {
    line.expectFields(3, "one-hot,n,coverage");
    last = 2;
  } else if (line.keyword() == "multi-hot-static") {
    line.expectFields(4, "multi-hot-static,n,hotness,coverage");
    bags.kind = BagDistribution::Kind::fixed;
    bags.hotness = line.integer(2, "hotness", 0, maxHotness);
    last = 3;
  } else if (line.keyword() == "multi-hot") {
    line.expectFields(6, "multi-hot,n,mean,stddev,max,coverage");
    bags.kind = BagDistribution::Kind::normal;
    bags.mean = line.real(2, "mean", 0, maxHotness);
    bags.stddev = line.real(3, "stddev", 0, maxHotness);
    bags.max = line.integer(4, "max", 0, maxHotness);
    last = 5;
  } else if (line.keyword() == "multi-hot-one-side") {
    line.expectFields(5, "multi-hot-one-side,n,mean,stddev,coverage");
    bags.kind = BagDistribution::Kind::normalOneSide;
    bags.mean = line.real(2, "mean", 0, maxHotness);
    bags.stddev = line.real(3, "stddev", 0, maxHotness);
    last = 4;
  } else {
    line.fail(makeError("the kind '", line.keyword(),
                        "' is unknown; write one-hot, multi-hot-static, "
                        "multi-hot or multi-hot-one-side"));
    return bags;
  }
  bags.coverage = line.real(last, "coverage", 0, 1);
  return bags;
}

static Status readFeatures(const std::string &path, std::string_view text,
                           ModelSpec &model) {
  int64_t tables = model.tables.size();
  for (int64_t number = 1; !text.empty(); ++number) {
    std::string_view content = trim(takeUntil(text, '\n'));
    if (content.empty())
      continue;
    Line line(path, number, content);
    BagDistribution bags = readBags(line);
    int64_t count = line.integer(1, "the number of features", 1, maxFeatures);
    int64_t before = model.features.size();
    if (count > tables - before)
      line.fail(makeError("brings the features to ", before + count,
                          ", but there are ", tables,
                          " tables; the model needs as many of both"));
    if (!line.status)
      return line.status;
    for (int64_t i = before; i < before + count; ++i) {
      FeatureSpec feature;
      feature.name = "f" + std::to_string(i);
      feature.table = i;
      feature.bags = bags;
      model.features.push_back(std::move(feature));
    }
  }
  if (int64_t(model.features.size()) != tables)
    return makeError(path, ": describes ", model.features.size(),
                     " features, but there are ", tables,
                     " tables; the model needs as many of both");
  return {};
}

Result<ModelSpec> readOriginalConfig(const std::string &tableConfigPath,
                                     const std::string &dataConfigPath,
                                     const std::string &modelName) {
  Result<std::string> tables = readFile(tableConfigPath);
  if (!tables)
    return tables.error();
  Result<std::string> data = readFile(dataConfigPath);
  if (!data)
    return data.error();

  ModelSpec model;
  model.name = modelName;
  if (Status read = readTables(tableConfigPath, *tables, model); !read)
    return read.error();
  if (Status read = readFeatures(dataConfigPath, *data, model); !read)
    return read.error();
  for (const TableSpec &table : model.tables)
    if (!fitsIndexType(table, model.indexType))
      model.indexType = IndexType::i64;
  return model;
}

} // namespace recflex
