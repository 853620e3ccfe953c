//===- JsonMutator.cpp - Changes JSON so that it mostly stays JSON --------===//

#include "JsonMutator.h"

#include "FuzzTarget.h"

#include <iterator>
#include <vector>

namespace recflex {

namespace {

/// A stretch of text.
struct Span {
  size_t begin = 0, end = 0;
  size_t size() const { return end - begin; }
};

/// The parts of a text that looks like JSON; of any other text, some parts.
struct Parts {
  std::vector<Span> scalars;  ///< strings with their quotes, numbers, words
  std::vector<Span> elements; ///< of lists and, with their keys, of objects
};

} // namespace

/// The end of the string that begins at `begin`.
static size_t endOfString(const std::string &text, size_t begin) {
  for (size_t i = begin + 1; i < text.size(); ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == '"')
      return i + 1;
  }
  return text.size();
}

static Parts findParts(const std::string &text) {
  constexpr const char *kMarks = "{}[],:\" \t\r\n";
  Parts parts;
  std::vector<size_t> starts; // of the element at hand, a container each
  auto finishElement = [&](size_t end) {
    if (!starts.empty() && starts.back() < end)
      parts.elements.push_back({starts.back(), end});
  };
  for (size_t i = 0; i < text.size();) {
    switch (text[i]) {
    case '{':
    case '[':
      starts.push_back(++i);
      break;
    case '}':
    case ']':
      finishElement(i++);
      if (!starts.empty())
        starts.pop_back();
      break;
    case ',':
      finishElement(i++);
      if (!starts.empty())
        starts.back() = i;
      break;
    case '"': {
      size_t end = endOfString(text, i);
      parts.scalars.push_back({i, end});
      i = end;
      break;
    }
    case ':':
    case ' ':
    case '\t':
    case '\r':
    case '\n':
      ++i;
      break;
    default: {
      size_t end = std::min(text.find_first_of(kMarks, i), text.size());
      parts.scalars.push_back({i, end});
      i = end;
    }
    }
  }
  return parts;
}

/// Where arithmetic and limits tend to go wrong.
static const char *const kValues[] = {"0",
                                      "-1",
                                      "1",
                                      "2",
                                      "3",
                                      "31",
                                      "32",
                                      "33",
                                      "64",
                                      "127",
                                      "128",
                                      "255",
                                      "1023",
                                      "1024",
                                      "1025",
                                      "65535",
                                      "65536",
                                      "65537",
                                      "1000000",
                                      "16777216",
                                      "2147418112",
                                      "2147483647",
                                      "2147483648",
                                      "-2147483648",
                                      "4294967295",
                                      "4294967296",
                                      "1099511627776",
                                      "4611686018427387904",
                                      "9223372036854775807",
                                      "9223372036854775808",
                                      "-9223372036854775808",
                                      "18446744073709551615",
                                      "18446744073709551616",
                                      "0.5",
                                      "-0.0",
                                      "1e3",
                                      "1e-400",
                                      "1e308",
                                      "1e999",
                                      "true",
                                      "false",
                                      "null",
                                      "\"\"",
                                      "[]",
                                      "{}",
                                      "[0,0]",
                                      "\"\\u0000\"",
                                      "\"\\u001b[2J\"",
                                      "\"\xc3\xa9\"",
                                      "\"\\ud800\""};

std::string mutateJson(const std::string &text, size_t maxSize,
                       std::minstd_rand &random) {
  Parts parts = findParts(text);
  if (parts.scalars.empty() || parts.elements.empty() || random() % 8 == 0)
    return mutateBytes(text, maxSize);
  auto any = [&](const std::vector<Span> &spans) {
    return spans[random() % spans.size()];
  };
  auto piece = [&](Span s) { return text.substr(s.begin, s.size()); };
  Span scalar = any(parts.scalars);
  Span element = any(parts.elements), other = any(parts.elements);
  std::string changed = text;
  switch (random() % 8) {
  case 0:
  case 1: // an interesting value
    changed.replace(scalar.begin, scalar.size(),
                    kValues[random() % std::size(kValues)]);
    break;
  case 2: // some bytes of a value
    changed.replace(scalar.begin, scalar.size(),
                    mutateBytes(piece(scalar), scalar.size() + 32));
    break;
  case 3: // another's value
    changed.replace(scalar.begin, scalar.size(), piece(any(parts.scalars)));
    break;
  case 4: { // without the element, and without one comma
    size_t end = element.end;
    if (end < text.size() && text[end] == ',')
      ++end;
    else if (element.begin != 0 && text[element.begin - 1] == ',')
      --element.begin;
    changed.erase(element.begin, end - element.begin);
    break;
  }
  case 5: // the element in another's place
    changed.replace(other.begin, other.size(), piece(element));
    break;
  case 6: // the element twice
    changed.insert(element.end, "," + piece(element));
    break;
  case 7: { // the element many times
    size_t times = size_t{1} << random() % 12;
    std::string copies;
    for (size_t i = 0;
         i != times &&
         changed.size() + copies.size() + element.size() < maxSize;
         ++i)
      copies += "," + piece(element);
    changed.insert(element.end, copies);
  }
  }
  return changed.size() <= maxSize ? changed : text;
}

} // namespace recflex
