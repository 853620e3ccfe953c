//===- Excerpt.h - Foreign text in messages ---------------------*- C++ -*-===//

#ifndef RECFLEX_SUPPORT_EXCERPT_H
#define RECFLEX_SUPPORT_EXCERPT_H

#include <cstddef>
#include <string>
#include <string_view>

namespace recflex {

/// Bytes of one piece of foreign text that a message shows.
constexpr size_t kExcerptBytes = 500;

/// `text` as a message can show it, whatever a file holds: of more than `limit`
/// bytes the beginning and the end, with "..." between them; control
/// characters, and bytes that are no UTF-8, as \xNN.
std::string excerpt(std::string_view text, size_t limit = kExcerptBytes);

} // namespace recflex

#endif // RECFLEX_SUPPORT_EXCERPT_H
