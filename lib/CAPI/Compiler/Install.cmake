# The compiler's C API, a part of the component compiler: the library, its
# header, a CMake package (RecFlexCompiler) and a pkg-config file
# (recflex-compiler). It needs the component runtime, but no MLIR to be found.
install(TARGETS recflex_compiler EXPORT RecFlexCompilerTargets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
    COMPONENT compiler NAMELINK_COMPONENT compiler)
install(FILES ${PROJECT_SOURCE_DIR}/include/recflex-c/Compiler.h
              ${PROJECT_SOURCE_DIR}/include/recflex-c/Dialects.h
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/recflex-c COMPONENT compiler)

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/RecFlexCompiler)
install(EXPORT RecFlexCompilerTargets NAMESPACE RecFlex::
  DESTINATION ${package} COMPONENT compiler)
configure_package_config_file(RecFlexCompilerConfig.cmake.in
  RecFlexCompilerConfig.cmake INSTALL_DESTINATION ${package})
write_basic_package_version_file(RecFlexCompilerConfigVersion.cmake
  COMPATIBILITY SameMajorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/RecFlexCompilerConfig.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/RecFlexCompilerConfigVersion.cmake
  DESTINATION ${package} COMPONENT compiler)

set(pkgconfig ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH pkgconfig_to_prefix
     ${CMAKE_INSTALL_PREFIX}/${pkgconfig} ${CMAKE_INSTALL_PREFIX})
configure_file(recflex-compiler.pc.in recflex-compiler.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/recflex-compiler.pc
  DESTINATION ${pkgconfig} COMPONENT compiler)
