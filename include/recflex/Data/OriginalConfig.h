//===- OriginalConfig.h - The original RecFlex's model files ----*- C++ -*-===//

#ifndef RECFLEX_DATA_ORIGINALCONFIG_H
#define RECFLEX_DATA_ORIGINALCONFIG_H

#include "recflex/Data/ModelSpec.h"
#include "recflex/Support/Result.h"

#include <string>

namespace recflex {

/// Reads the two files that describe a model of the original RecFlex
/// (https://github.com/PanZaifeng/RecFlex).
///
/// `table_config.txt` has a line `rows,width` a table. `data_config.txt` has a
/// line for each run of `n` features alike:
///   one-hot,n,coverage
///   multi-hot-static,n,hotness,coverage
///   multi-hot,n,mean,stddev,max,coverage
///   multi-hot-one-side,n,mean,stddev,coverage
/// Feature i, named `f<i>`, sums rows of table i, named `t<i>`, of f32; all n
/// together must be the number of tables. Errors name file and line.
Result<ModelSpec> readOriginalConfig(const std::string &tableConfigPath,
                                     const std::string &dataConfigPath,
                                     const std::string &modelName);

} // namespace recflex

#endif // RECFLEX_DATA_ORIGINALCONFIG_H
