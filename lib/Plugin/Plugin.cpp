//===- Plugin.cpp - What RecFlexPlugin.so hands to mlir-opt ---------------===//
//
// RecFlexPlugin.so (tools/recflex-plugin) opens this library only once it knows
// that the host's MLIR is the one that this library was built against, and
// finds these functions by their names.
//
//===----------------------------------------------------------------------===//

#include "recflex/InitAll.h"

#include "mlir/Tools/Plugins/DialectPlugin.h"
#include "mlir/Tools/Plugins/PassPlugin.h"

extern "C" mlir::PassPluginLibraryInfo recflexPassPlugin() {
  return {MLIR_PLUGIN_API_VERSION, "RecFlex", RECFLEX_VERSION,
          recflex::registerAllPasses};
}

extern "C" mlir::DialectPluginLibraryInfo recflexDialectPlugin() {
  return {MLIR_PLUGIN_API_VERSION, "RecFlex", RECFLEX_VERSION,
          [](mlir::DialectRegistry *registry) {
            recflex::registerAllDialects(*registry);
          }};
}
