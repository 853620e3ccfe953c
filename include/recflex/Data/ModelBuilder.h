//===- ModelBuilder.h - A model, piece by piece -----------------*- C++ -*-===//

#ifndef RECFLEX_DATA_MODELBUILDER_H
#define RECFLEX_DATA_MODELBUILDER_H

#include "recflex/Data/ModelSpec.h"
#include "recflex/Support/Result.h"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace recflex {

/// Puts a model together and refuses what no description may hold
/// (ModelLimits.h), whoever the pieces come from.
class ModelBuilder {
public:
  /// What cannot be right. `field` is the one of the table or feature that is
  /// to blame, as descriptions call it ("rows", "bags.mean"); empty if it is
  /// the whole of it.
  struct Refusal {
    std::string_view field;
    Error error;
  };

  ModelBuilder(std::string name, IndexType indexType) {
    spec.name = std::move(name);
    spec.indexType = indexType;
  }
  /// Goes on with a model that was read or built before.
  explicit ModelBuilder(ModelSpec model);

  /// Adds it as the last one, or says why not.
  std::optional<Refusal> addTable(const TableSpec &table);
  /// The same; `feature.table` must be there already.
  std::optional<Refusal> addFeature(const FeatureSpec &feature);

  /// The position of the table of that name.
  std::optional<int64_t> findTable(const std::string &name) const;
  /// The same, or an error that names the nearest one.
  Result<int64_t> getTable(const std::string &name) const;

  const ModelSpec &model() const { return spec; }
  /// The model, which leaves the builder empty.
  ModelSpec take() { return std::move(spec); }

private:
  using Positions = std::unordered_map<std::string, int64_t>; ///< by name

  ModelSpec spec;
  Positions tables, features;
};

} // namespace recflex

#endif // RECFLEX_DATA_MODELBUILDER_H
