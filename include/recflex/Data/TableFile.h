//===- TableFile.h - A model's tables in a safetensors file -----*- C++ -*-===//

#ifndef RECFLEX_DATA_TABLEFILE_H
#define RECFLEX_DATA_TABLEFILE_H

#include "recflex/Data/Generator.h"
#include "recflex/Data/SafeTensors.h"

#include <string>
#include <vector>

namespace recflex {

/// Writes `model`'s tables as fillTable() fills them: one tensor [rows, width]
/// a table, of its name and type. Memory stays at some MiB, whatever the
/// tables' size.
Status writeGeneratedTables(const ModelSpec &model, uint64_t seed,
                            TableFill fill, const std::string &path);

/// The tensors of `tables`, in their order; `file` may hold others besides.
/// A table that is missing or of another type or shape is an error that names
/// it. Pointers live as long as `file`.
Result<std::vector<const void *>>
findTables(const SafeTensors &file, const std::vector<TableSpec> &tables);

} // namespace recflex

#endif // RECFLEX_DATA_TABLEFILE_H
