//===- Wire.h - Figures as bytes --------------------------------*- C++ -*-===//
//
// Between two processes of the same program on the same machine: plain types
// go as they stand in memory.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_LIB_PROFILING_WIRE_H
#define RECFLEX_LIB_PROFILING_WIRE_H

#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

namespace recflex {

class WireWriter {
public:
  template <typename T> void put(const T &value) {
    static_assert(std::is_trivially_copyable_v<T>);
    bytes.append(reinterpret_cast<const char *>(&value), sizeof value);
  }
  void put(const std::string &text) {
    put(static_cast<uint64_t>(text.size()));
    bytes += text;
  }
  template <typename T> void put(const std::vector<T> &values) {
    put(static_cast<uint64_t>(values.size()));
    for (const T &value : values)
      put(value);
  }
  const std::string &text() const { return bytes; }

private:
  std::string bytes;
};

/// What does not fit gives zeros, and isWhole() is then false.
class WireReader {
public:
  explicit WireReader(const std::string &bytes) : bytes(bytes) {}

  template <typename T> T get() {
    static_assert(std::is_trivially_copyable_v<T>);
    T value = {};
    if (take(sizeof value))
      std::memcpy(&value, bytes.data() + place - sizeof value, sizeof value);
    return value;
  }
  std::string getText() {
    uint64_t size = get<uint64_t>();
    return take(size) ? bytes.substr(place - size, size) : std::string();
  }
  template <typename T> std::vector<T> getAll() {
    uint64_t count = get<uint64_t>();
    whole &= count <= bytes.size() / sizeof(T);
    std::vector<T> values;
    for (uint64_t i = 0; whole && i != count; ++i)
      values.push_back(get<T>());
    return values;
  }
  /// Whether all of it was there, and nothing more.
  bool isWhole() const { return whole && place == bytes.size(); }

private:
  bool take(uint64_t size) {
    whole &= size <= bytes.size() - place;
    if (whole)
      place += size;
    return whole;
  }

  const std::string &bytes;
  size_t place = 0;
  bool whole = true;
};

} // namespace recflex

#endif // RECFLEX_LIB_PROFILING_WIRE_H
