//===- TextTable.h - Columns for people to read -----------------*- C++ -*-===//

#ifndef RECFLEX_TOOLS_RECFLEX_TEXTTABLE_H
#define RECFLEX_TOOLS_RECFLEX_TEXTTABLE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

#include <string>
#include <vector>

namespace recflex {

/// `text` with control characters as \x1b, so that a name from a file cannot
/// move the cursor of a terminal or look like two lines; without its middle if
/// it is long, for it makes its column as wide.
std::string printable(llvm::StringRef text);

/// Rows of cells, printed in columns that are as wide as their widest cell.
class TextTable {
public:
  using Row = std::vector<std::string>;

  /// Titles of the columns; one that ends in '>' is of numbers, whose cells
  /// stand to the right (the sign is not printed).
  explicit TextTable(Row titles);

  /// As many cells as there are titles.
  void add(Row row) { rows.push_back(std::move(row)); }
  /// Two spaces before each row and between cells.
  void print(llvm::raw_ostream &os) const;

private:
  std::vector<bool> toTheRight;
  std::vector<Row> rows;
};

} // namespace recflex

#endif // RECFLEX_TOOLS_RECFLEX_TEXTTABLE_H
