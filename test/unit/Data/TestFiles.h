//===- TestFiles.h - Folders and error checks for the tests -----*- C++ -*-===//

#ifndef RECFLEX_TEST_UNIT_DATA_TESTFILES_H
#define RECFLEX_TEST_UNIT_DATA_TESTFILES_H

#include "recflex/Support/Files.h"
#include "recflex/Support/Result.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

namespace recflex {

/// A folder of its own that goes away with the test.
class TestFolder {
public:
  TestFolder() {
    std::string name = testing::TempDir() + "recflex-data-XXXXXX";
    if (::mkdtemp(name.data()))
      path = name;
  }
  ~TestFolder() { std::filesystem::remove_all(path); }

  std::string file(const std::string &name) const { return path + "/" + name; }

  /// Writes a file and returns its path.
  std::string put(const std::string &name, std::string_view contents) const {
    EXPECT_TRUE(writeFile(file(name), contents));
    return file(name);
  }

  size_t files() const {
    size_t count = 0;
    for ([[maybe_unused]] const auto &entry :
         std::filesystem::directory_iterator(path))
      ++count;
    return count;
  }

  std::string path;
};

/// Fails unless `result` is an error whose message has every part.
template <typename T, typename... Parts>
void expectError(const Result<T> &result, const Parts &...parts) {
  ASSERT_FALSE(result) << "no error, but expected one with: "
                       << (std::string() + ... + parts);
  for (std::string_view part : {std::string_view(parts)...})
    EXPECT_NE(result.error().message.find(part), std::string::npos)
        << "no '" << part << "' in: " << result.error().message;
}

/// Fails with the error's message unless `result` is a value.
template <typename T> void expectValue(const Result<T> &result) {
  EXPECT_TRUE(result) << result.error().message;
}

} // namespace recflex

#endif // RECFLEX_TEST_UNIT_DATA_TESTFILES_H
