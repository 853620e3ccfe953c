# recflex_install_package(LIBRARY COMPONENT PACKAGE PKGCONFIG HEADER...): installs
# a C API as a part of the component: the library, its headers, a CMake package
# and a pkg-config file, from PACKAGEConfig.cmake.in and PKGCONFIG.pc.in of the
# calling folder.
include_guard()
include(CMakePackageConfigHelpers)

function(recflex_install_package library component package pkgconfig)
  list(TRANSFORM ARGN PREPEND ${PROJECT_SOURCE_DIR}/include/recflex-c/)
  install(TARGETS ${library} EXPORT ${package}Targets
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
      COMPONENT ${component} NAMELINK_COMPONENT ${component})
  install(FILES ${ARGN}
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/recflex-c COMPONENT ${component})

  set(folder ${CMAKE_INSTALL_LIBDIR}/cmake/${package})
  install(EXPORT ${package}Targets NAMESPACE RecFlex::
    DESTINATION ${folder} COMPONENT ${component})
  configure_package_config_file(${package}Config.cmake.in
    ${package}Config.cmake INSTALL_DESTINATION ${folder})
  # A program compiled against an older header works with every later library of
  # the same SOVERSION.
  write_basic_package_version_file(${package}ConfigVersion.cmake
    COMPATIBILITY SameMajorVersion)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${package}Config.cmake
                ${CMAKE_CURRENT_BINARY_DIR}/${package}ConfigVersion.cmake
    DESTINATION ${folder} COMPONENT ${component})

  # Paths relative to the file, so that the installed tree may be moved.
  set(folder ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
  file(RELATIVE_PATH pkgconfig_to_prefix
       ${CMAKE_INSTALL_PREFIX}/${folder} ${CMAKE_INSTALL_PREFIX})
  configure_file(${pkgconfig}.pc.in ${pkgconfig}.pc @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${pkgconfig}.pc
    DESTINATION ${folder} COMPONENT ${component})
endfunction()
