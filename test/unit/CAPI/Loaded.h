//===- Loaded.h - The test model behind the C API ---------------*- C++ -*-===//

#ifndef RECFLEX_TEST_UNIT_CAPI_LOADED_H
#define RECFLEX_TEST_UNIT_CAPI_LOADED_H

#include "Handles.h"

#include "../Runtime/TestModel.h"

#include "recflex-c/Runtime.h"

#include <memory>
#include <string>
#include <vector>

namespace recflex {

/// The test model as an artifact's bytes.
inline std::string makeArtifactBytes() { return serialize(makeTestArtifact()); }

/// Loads an artifact with `driver` in place of the machine's.
inline RecflexStatus load(const std::string &bytes,
                          std::shared_ptr<const CudaDriver> driver,
                          RecflexModule **module,
                          const RecflexLoadOptions *options = nullptr) {
  return capi::loadModule(
      bytes.data(), bytes.size(), options,
      [&]() -> Result<std::shared_ptr<const CudaDriver>> { return driver; },
      module);
}

/// Module, tables and context of the test model, released at the end; null
/// where creating them failed.
struct Loaded {
  explicit Loaded(std::shared_ptr<const CudaDriver> driver,
                  const RecflexContextOptions *contextOptions = nullptr,
                  const RecflexLoadOptions *loadOptions = nullptr,
                  const void *users = address(0x10000),
                  const void *items = address(0x20000)) {
    if (load(makeArtifactBytes(), std::move(driver), &module, loadOptions) !=
        RECFLEX_OK)
      return;
    const void *addresses[] = {users, items};
    if (recflexTablesAttach(module, addresses, 2, &tables) == RECFLEX_OK)
      recflexContextCreate(tables, contextOptions, &context);
  }
  ~Loaded() {
    recflexContextDestroy(context);
    recflexTablesDestroy(tables);
    recflexModuleDestroy(module);
  }
  Loaded(const Loaded &) = delete;

  /// A batch of 9 samples that can be launched; its addresses are not real.
  static RecflexBatch batch() {
    RecflexBatch b = RECFLEX_INIT(b);
    b.batchSize = 9;
    b.values = address(0x1004);
    b.offsets = address(0x2008);
    b.weights = static_cast<const float *>(address(0x300c));
    b.lookups = 20;
    b.output = address(0x4010);
    return b;
  }
  static void *address(uintptr_t number) {
    return reinterpret_cast<void *>(number);
  }

  RecflexModule *module = nullptr;
  RecflexTables *tables = nullptr;
  RecflexContext *context = nullptr;
};

} // namespace recflex

#endif // RECFLEX_TEST_UNIT_CAPI_LOADED_H
