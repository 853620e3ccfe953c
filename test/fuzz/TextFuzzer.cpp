//===- TextFuzzer.cpp - The original RecFlex's text files -----------------===//
//
// The first byte says which reader gets the rest, which two files share: a
// zero byte stands between them.
//
//===----------------------------------------------------------------------===//

#include "FuzzTarget.h"

#include "recflex/Data/OriginalConfig.h"
#include "recflex/Data/TextBatch.h"

#include <filesystem>

namespace recflex {

namespace {
/// A folder of batches whose files are in memory.
class BatchFolder {
public:
  BatchFolder() {
    std::string name =
        std::filesystem::temp_directory_path() / "recflex-fuzz-XXXXXX";
    require(::mkdtemp(name.data()), "no temporary folder");
    path = name;
    std::filesystem::create_symlink(sizes.path(), path + "/batch_sizes.txt");
    std::filesystem::create_symlink(bags.path(), path + "/f0.txt");
  }
  ~BatchFolder() { std::filesystem::remove_all(path); }

  MemoryFile sizes, bags;
  std::string path;
};
} // namespace

static void readBatches(const BatchFolder &folder, IndexType type) {
  Result<std::vector<Batch>> batches = readTextBatches(folder.path, 1, type);
  if (!accepted(batches))
    return;
  for (const Batch &batch : *batches)
    require(accepted(batch.check(1)), "an unchecked batch");
}

static void readConfig(const BatchFolder &folder) {
  Result<ModelSpec> model =
      readOriginalConfig(folder.sizes.path(), folder.bags.path(), "model");
  if (accepted(model))
    require(model->tables.size() == model->features.size(),
            "another number of features than of tables");
}

} // namespace recflex

using namespace recflex;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static BatchFolder folder;
  if (size == 0)
    return 0;
  std::string_view text(reinterpret_cast<const char *>(data) + 1, size - 1);
  std::string_view first = text.substr(0, text.find('\0'));
  folder.sizes.set(first);
  folder.bags.set(text.substr(std::min(first.size() + 1, text.size())));
  switch (data[0] % 3) {
  case 0:
    runLimited(size, [] { readBatches(folder, IndexType::i32); });
    break;
  case 1:
    runLimited(size, [] { readBatches(folder, IndexType::i64); });
    break;
  case 2:
    runLimited(size, [] { readConfig(folder); });
  }
  return 0;
}
