# cmake --install build --component runtime --prefix X: what a program needs that
# loads artifacts.
include(${CMAKE_CURRENT_LIST_DIR}/../InstallPackage.cmake)
recflex_install_package(recflex_runtime runtime RecFlexRuntime recflex-runtime
  Runtime.h)
