# Builds of the runtime and its tests with sanitizers (RECFLEX_SANITIZE). What
# a sanitizer finds ends the program: a test then fails, a fuzzer keeps the
# input.

list(JOIN RECFLEX_SANITIZE "," sanitizers)
add_compile_options(-fsanitize=${sanitizers} -fno-sanitize-recover=all
                    -fno-omit-frame-pointer -gline-tables-only)
add_link_options(-fsanitize=${sanitizers})
if("address" IN_LIST RECFLEX_SANITIZE)
  # Counts edges and comparisons for the fuzzers; nobody listens in the tests.
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
