add_library(runrate_flags INTERFACE)
target_compile_options(runrate_flags INTERFACE
  # gcc 12 sees overlaps in std::string that are none (PR 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
  # The same bits on every x86-64 machine: no fused multiply-add that the source does not ask for.
  -ffp-contract=off)
if(RUNRATE_WERROR)
  target_compile_options(runrate_flags INTERFACE -Werror)
endif()
if(RUNRATE_SANITIZE)
  target_compile_options(runrate_flags INTERFACE -fsanitize=${RUNRATE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(runrate_flags INTERFACE -fsanitize=${RUNRATE_SANITIZE})
endif()
if(RUNRATE_FUZZ)
  # Without the library's own coverage the fuzzer is blind to it.
  target_compile_options(runrate_flags INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(runrate_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
