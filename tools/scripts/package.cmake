# The target package-static: recflex-<version>-linux-<processor>.tar.xz, which
# runs where no LLVM package is installed. See docs/Building.md.

string(TOLOWER ${CMAKE_SYSTEM_NAME} system)
set(package recflex-${PROJECT_VERSION}-${system}-${CMAKE_SYSTEM_PROCESSOR})

# The licences of what is linked in, as Debian's packages state them.
set(copy_licenses)
foreach(name IN ITEMS llvm-22-dev libmlir-22-dev nlohmann-json3-dev libsqlite3-dev
                      libzstd-dev zlib1g-dev libstdc++-12-dev)
  if(EXISTS /usr/share/doc/${name}/copyright)
    list(APPEND copy_licenses COMMAND ${CMAKE_COMMAND} -E copy
         /usr/share/doc/${name}/copyright ${package}/licenses/${name})
  endif()
endforeach()

add_custom_target(package-static
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${package}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${package}/licenses
  COMMAND ${CMAKE_COMMAND} -E copy $<TARGET_FILE:recflex>
          ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/README.md ${package}
  COMMAND ${CMAKE_COMMAND} -E copy_directory ${PROJECT_SOURCE_DIR}/models ${package}/models
  COMMAND ${CMAKE_COMMAND} -E copy_directory ${PROJECT_SOURCE_DIR}/docs ${package}/docs
  ${copy_licenses}
  COMMAND ${CMAKE_COMMAND} -E tar cJf ${package}.tar.xz ${package}
  COMMAND ${CMAKE_COMMAND} -E echo "${CMAKE_BINARY_DIR}/${package}.tar.xz"
  DEPENDS recflex
  WORKING_DIRECTORY ${CMAKE_BINARY_DIR}
  VERBATIM)
