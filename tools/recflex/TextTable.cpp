//===- TextTable.cpp - Columns for people to read -------------------------===//

#include "TextTable.h"

#include "recflex/Support/Excerpt.h"

#include <algorithm>

namespace recflex {

std::string printable(llvm::StringRef text) {
  return excerpt(std::string_view(text), /*limit=*/200);
}

/// Characters, not bytes: those that continue one in UTF-8 are not counted.
static size_t lengthOf(const std::string &text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (c & 0xc0) != 0x80; });
}

TextTable::TextTable(Row titles) {
  for (std::string &title : titles) {
    toTheRight.push_back(title.back() == '>');
    if (toTheRight.back())
      title.pop_back();
  }
  rows.push_back(std::move(titles));
}

void TextTable::print(llvm::raw_ostream &os) const {
  std::vector<size_t> widths(toTheRight.size());
  for (const Row &row : rows)
    for (size_t i = 0; i != widths.size(); ++i)
      widths[i] = std::max(widths[i], lengthOf(row[i]));
  for (const Row &row : rows) {
    for (size_t i = 0; i != widths.size(); ++i) {
      size_t room = widths[i] - lengthOf(row[i]);
      os.indent(2 + (toTheRight[i] ? room : 0)) << row[i];
      if (!toTheRight[i] && i + 1 != widths.size())
        os.indent(room);
    }
    os << '\n';
  }
}

} // namespace recflex
