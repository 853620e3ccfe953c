# cmake --install build --component compiler --prefix X: libRecFlex.so, all
# headers and .td files, a CMake package (RecFlex). Without --component the
# runtime's package (CAPI/Runtime/Install.cmake), the tools and the plugin too.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

# C++, so only programs compiled with the same minor version fit.
set_target_properties(RecFlex PROPERTIES
  VERSION ${PROJECT_VERSION}
  SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
  INSTALL_RPATH_USE_LINK_PATH ON)
target_compile_features(RecFlex PUBLIC cxx_std_17)
target_include_directories(RecFlex INTERFACE
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_libraries(RecFlex INTERFACE $<INSTALL_INTERFACE:MLIR>
                      $<INSTALL_INTERFACE:LLVM>)

install(TARGETS RecFlex EXPORT RecFlexTargets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
    COMPONENT compiler NAMELINK_COMPONENT compiler)
# Json.h is for the libraries' own sources: no other header needs it, and it
# would ask every user for nlohmann_json.
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/recflex
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT compiler
  FILES_MATCHING PATTERN *.h PATTERN *.td PATTERN *.def
  PATTERN Support/Json.h EXCLUDE)
install(DIRECTORY ${PROJECT_BINARY_DIR}/include/recflex
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT compiler
  FILES_MATCHING PATTERN *.h.inc
  PATTERN CMakeFiles EXCLUDE)

install(FILES ${PROJECT_SOURCE_DIR}/LICENSE
  DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT compiler)

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/RecFlex)
set(llvm_version ${LLVM_VERSION_MAJOR}.${LLVM_VERSION_MINOR})
configure_package_config_file(RecFlexConfig.cmake.in RecFlexConfig.cmake
  INSTALL_DESTINATION ${package} PATH_VARS CMAKE_INSTALL_INCLUDEDIR)
write_basic_package_version_file(RecFlexConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/RecFlexConfig.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/RecFlexConfigVersion.cmake
  DESTINATION ${package} COMPONENT compiler)
install(EXPORT RecFlexTargets NAMESPACE RecFlex::
  DESTINATION ${package} COMPONENT compiler)
