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

/// File name of the first library whose name begins with one of MLIR's or
/// LLVM's; empty if the process has none.
static const char *findOtherLibrary() {
  const char *found = "";
  dl_iterate_phdr(
      [](dl_phdr_info *library, size_t, void *result) {
        const char *slash = std::strrchr(library->dlpi_name, '/');
        const char *name = slash ? slash + 1 : library->dlpi_name;
        if (std::strncmp(name, "libMLIR", 7) &&
            std::strncmp(name, "libLLVM", 7))
          return 0;
        *static_cast<const char **>(result) = name;
        return 1;
      },
      &found);
  return found;
}

/// libRecFlex.so, or null after a message.
static void *openRecFlex() {
  if (!dlopen(RECFLEX_MLIR_LIBRARY, RTLD_LAZY | RTLD_NOLOAD)) {
    const char *other = findOtherLibrary();
    std::fprintf(stderr,
                 "RecFlexPlugin: error: RecFlex " RECFLEX_VERSION
                 " was built for hosts that link " RECFLEX_MLIR_LIBRARY
                 ", and this one %s%s; use LLVM " RECFLEX_LLVM_VERSION
                 "'s mlir-opt, or build RecFlex against this host's LLVM\n",
                 *other ? "links " : "has MLIR inside, linked statically",
                 other);
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
