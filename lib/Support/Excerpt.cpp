//===- Excerpt.cpp - Foreign text in messages -----------------------------===//

#include "recflex/Support/Excerpt.h"

namespace recflex {

static bool isContinuation(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

/// Bytes of the character that `text` begins with; 0 if it is a control
/// character or no UTF-8 (RFC 3629, table 3).
static size_t printableLength(std::string_view text) {
  unsigned char first = text[0];
  if (first < 0x80)
    return first >= 0x20 && first != 0x7f ? 1 : 0;
  size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length)
    return 0;
  for (size_t i = 1; i != length; ++i)
    if (!isContinuation(text[i]))
      return 0;
  unsigned char second = text[1];
  bool overlong =
      (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  bool surrogate = first == 0xed && second > 0x9f;
  bool beyondUnicode = first == 0xf4 && second > 0x8f;
  bool control = first == 0xc2 && second < 0xa0; // U+0080 to U+009F
  return overlong || surrogate || beyondUnicode || control ? 0 : length;
}

static void appendPrintable(std::string &out, std::string_view text) {
  constexpr const char *kDigits = "0123456789abcdef";
  while (!text.empty()) {
    size_t length = printableLength(text);
    if (length != 0) {
      out += text.substr(0, length);
    } else {
      length = 1;
      unsigned char byte = text[0];
      out += "\\x";
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
    text.remove_prefix(length);
  }
}

std::string excerpt(std::string_view text, size_t limit) {
  std::string shown;
  if (text.size() <= limit) {
    appendPrintable(shown, text);
    return shown;
  }
  // The end is where a list or a path says most, after the beginning. No
  // character is cut in two: at most three bytes continue one.
  size_t head = limit - limit / 3, tail = text.size() - limit / 3;
  for (int i = 0; i != 3 && head != 0 && isContinuation(text[head]); ++i)
    --head;
  for (int i = 0; i != 3 && tail < text.size() && isContinuation(text[tail]);
       ++i)
    ++tail;
  appendPrintable(shown, text.substr(0, head));
  shown += "...";
  appendPrintable(shown, text.substr(tail));
  return shown;
}

} // namespace recflex
