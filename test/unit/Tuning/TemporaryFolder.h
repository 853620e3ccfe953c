//===- TemporaryFolder.h - A folder that a test may fill --------*- C++ -*-===//

#ifndef RECFLEX_TEST_UNIT_TUNING_TEMPORARYFOLDER_H
#define RECFLEX_TEST_UNIT_TUNING_TEMPORARYFOLDER_H

#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <string>

namespace recflex {

/// An empty folder, removed with all that is in it at the end.
class TemporaryFolder {
public:
  explicit TemporaryFolder(const std::string &parent = testing::TempDir())
      : path(parent + "/recflex-tuning-XXXXXX") {
    EXPECT_NE(::mkdtemp(path.data()), nullptr);
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  TemporaryFolder(const TemporaryFolder &) = delete;
  TemporaryFolder &operator=(const TemporaryFolder &) = delete;

  std::string file(const std::string &name) const { return path + "/" + name; }

  std::string path;
};

} // namespace recflex

#endif // RECFLEX_TEST_UNIT_TUNING_TEMPORARYFOLDER_H
