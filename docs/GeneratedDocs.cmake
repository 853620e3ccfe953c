# The reference in docs/generated comes from the .td files. The target emb-docs
# writes it; test/Docs/generated.test fails when it is out of date.
include_guard(GLOBAL)

add_custom_target(emb-docs)

# recflex_generated_doc(EmbDialect EmbOps.td -gen-dialect-doc -dialect=emb)
# writes docs/generated/EmbDialect.md.
function(recflex_generated_doc name definitions)
  set(LLVM_TARGET_DEFINITIONS ${definitions})
  tablegen(MLIR ${name}.md ${ARGN})
  add_custom_target(${name}Doc
    COMMAND ${CMAKE_COMMAND} -E copy ${CMAKE_CURRENT_BINARY_DIR}/${name}.md
            ${RecFlex_SOURCE_DIR}/docs/generated/${name}.md
    DEPENDS ${CMAKE_CURRENT_BINARY_DIR}/${name}.md)
  add_dependencies(emb-docs ${name}Doc)
endfunction()
