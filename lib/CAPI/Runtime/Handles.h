//===- Handles.h - What the C API's handles point at ------------*- C++ -*-===//

#ifndef RECFLEX_LIB_CAPI_RUNTIME_HANDLES_H
#define RECFLEX_LIB_CAPI_RUNTIME_HANDLES_H

#include "Backend.h"

#include "recflex-c/Runtime.h"

#include <string>

struct RecflexModule {
  recflex::capi::ModulePointer backend;
  std::string manifestJson;
  int32_t device;
};

/// Each of these keeps alive what it was made from, but not its handle.
struct RecflexTables {
  recflex::capi::ModulePointer module;
  std::shared_ptr<const recflex::capi::TablesBackend> backend;
};

struct RecflexContext {
  recflex::capi::ModulePointer module;
  std::unique_ptr<recflex::capi::ContextBackend> backend;
};

namespace recflex::capi {

/// recflexModuleLoadMemory() with the driver that `findDriver` finds.
RecflexStatus loadModule(const void *bytes, size_t size,
                         const RecflexLoadOptions *options,
                         const DriverSource &findDriver,
                         RecflexModule **module);

} // namespace recflex::capi

#endif // RECFLEX_LIB_CAPI_RUNTIME_HANDLES_H
