# A part of the component compiler. It needs the component runtime, but no MLIR
# to be found.
include(${CMAKE_CURRENT_LIST_DIR}/../InstallPackage.cmake)
recflex_install_package(recflex_compiler compiler RecFlexCompiler
  recflex-compiler Compiler.h Dialects.h)
