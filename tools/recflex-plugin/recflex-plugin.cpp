//===- recflex-plugin.cpp - RecFlex inside any mlir-opt -------------------===//
//
// The plugin that a host loads. It needs no library but the C library's: a
// second MLIR in a process, or the parts of two versions, abort it or worse. So
// it looks first at which MLIR the host has, and opens libRecFlex.so, and with
// it libMLIR.so, only if that is the very one. If not, it says so, and gives
// the host what every host refuses: a plugin of API version 0.
//
//===----------------------------------------------------------------------===//

// Only structures are wanted of LLVM's headers, no symbols.
#define LLVM_DISABLE_ABI_BREAKING_CHECKS_ENFORCING 1
#include "mlir/Tools/Plugins/DialectPlugin.h"
#include "mlir/Tools/Plugins/PassPlugin.h"

#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <link.h>

namespace {
struct LibrarySearch {
  const char *prefix;
  const char *found;
};
} // namespace

/// File name of a library of this process whose name begins with `prefix`, or
/// null.
static const char *findLibrary(const char *prefix) {
  LibrarySearch search = {prefix, nullptr};
  dl_iterate_phdr(
      [](dl_phdr_info *library, size_t, void *data) {
        auto *search = static_cast<LibrarySearch *>(data);
        const char *slash = std::strrchr(library->dlpi_name, '/');
        const char *name = slash ? slash + 1 : library->dlpi_name;
        if (std::strncmp(name, search->prefix, std::strlen(search->prefix)))
          return 0;
        search->found = name;
        return 1;
      },
      &search);
  return search.found;
}

/// Says which MLIR the host has instead of RecFlex's.
static void refuse() {
  const char *how = "links ", *library = findLibrary("libMLIR");
  if (!library) {
    library = findLibrary("libLLVM");
    how = library ? "has MLIR inside, over " : "has MLIR inside";
  }
  std::fprintf(stderr,
               "RecFlexPlugin: error: RecFlex " RECFLEX_VERSION
               " was built for hosts that link " RECFLEX_MLIR_LIBRARY
               ", and this one %s%s; use LLVM " RECFLEX_LLVM_VERSION
               "'s mlir-opt, or build RecFlex against this host's LLVM\n",
               how, library ? library : "");
}

/// libRecFlex.so, or null after a message.
static void *openRecFlex() {
  if (!dlopen(RECFLEX_MLIR_LIBRARY, RTLD_LAZY | RTLD_NOLOAD)) {
    refuse();
    return nullptr;
  }
  void *library = dlopen(RECFLEX_LIBRARY, RTLD_NOW);
  if (!library)
    std::fprintf(stderr,
                 "RecFlexPlugin: error: cannot open " RECFLEX_LIBRARY
                 ", which belongs beside RecFlexPlugin.so: %s\n",
                 dlerror());
  return library;
}

/// What the function `name` of libRecFlex.so returns.
template <typename Info> static Info ask(const char *name) {
  if (void *library = openRecFlex())
    if (auto get = reinterpret_cast<Info (*)()>(dlsym(library, name)))
      return get();
  return {/*apiVersion=*/0, "RecFlex", RECFLEX_VERSION, nullptr};
}

extern "C" mlir::PassPluginLibraryInfo mlirGetPassPluginInfo() {
  return ask<mlir::PassPluginLibraryInfo>("recflexPassPlugin");
}

extern "C" mlir::DialectPluginLibraryInfo mlirGetDialectPluginInfo() {
  return ask<mlir::DialectPluginLibraryInfo>("recflexDialectPlugin");
}
