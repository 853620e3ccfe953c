# cmake --install build --component runtime --prefix X: the library, its header,
# a CMake package (RecFlexRuntime) and a pkg-config file (recflex-runtime).
include(CMakePackageConfigHelpers)

install(TARGETS recflex_runtime EXPORT RecFlexRuntimeTargets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
    COMPONENT runtime NAMELINK_COMPONENT runtime)
install(FILES ${PROJECT_SOURCE_DIR}/include/recflex-c/Runtime.h
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/recflex-c COMPONENT runtime)

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/RecFlexRuntime)
install(EXPORT RecFlexRuntimeTargets NAMESPACE RecFlex::
  DESTINATION ${package} COMPONENT runtime)
configure_package_config_file(RecFlexRuntimeConfig.cmake.in
  RecFlexRuntimeConfig.cmake INSTALL_DESTINATION ${package})
# A program compiled against an older header works with every later library of
# the same SOVERSION.
write_basic_package_version_file(RecFlexRuntimeConfigVersion.cmake
  COMPATIBILITY SameMajorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/RecFlexRuntimeConfig.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/RecFlexRuntimeConfigVersion.cmake
  DESTINATION ${package} COMPONENT runtime)

# Paths relative to the file, so that the installed tree may be moved.
set(pkgconfig ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH pkgconfig_to_prefix
     ${CMAKE_INSTALL_PREFIX}/${pkgconfig} ${CMAKE_INSTALL_PREFIX})
configure_file(recflex-runtime.pc.in recflex-runtime.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/recflex-runtime.pc
  DESTINATION ${pkgconfig} COMPONENT runtime)
