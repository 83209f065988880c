# How the parts of Orderly are built: one static library a folder, warnings are errors, includes are written from the root
# ("domain/order/order.hpp").
add_library(orderly_options INTERFACE)
target_include_directories(orderly_options INTERFACE "${CMAKE_SOURCE_DIR}")
target_compile_options(orderly_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor
                       -Woverloaded-virtual -Werror)
if(ORDERLY_SANITIZE)
  target_compile_options(orderly_options INTERFACE -fsanitize=${ORDERLY_SANITIZE} -fno-omit-frame-pointer
                         -fno-sanitize-recover=all)
  target_link_options(orderly_options INTERFACE -fsanitize=${ORDERLY_SANITIZE})
  if(ORDERLY_SANITIZE MATCHES "thread")
    target_compile_options(orderly_options INTERFACE -Wno-tsan) # fences inside CAF's and Asio's headers
  endif()
  # GCC 12 reports false maybe-uninitialized and stringop warnings when it instruments.
  target_compile_options(orderly_options INTERFACE -Wno-maybe-uninitialized)
endif()

# orderly_use_prelude(TARGET NAME): one of cmake/prelude's precompiled headers.
option(ORDERLY_PRELUDE "Parse the headers that nearly every file includes once a build" ON)
function(orderly_use_prelude target name)
  if(ORDERLY_PRELUDE)
    target_precompile_headers(${target} REUSE_FROM orderly_prelude_${name})
  endif()
endfunction()

# orderly_library(NAME [PRELUDE name] source... ): the library orderly_NAME, alias orderly::NAME.
function(orderly_library name)
  cmake_parse_arguments(with "" "PRELUDE" "" ${ARGN})
  add_library(orderly_${name} STATIC ${with_UNPARSED_ARGUMENTS})
  add_library(orderly::${name} ALIAS orderly_${name})
  target_link_libraries(orderly_${name} PUBLIC orderly_options)
  if(NOT with_PRELUDE)
    set(with_PRELUDE standard)
  endif()
  orderly_use_prelude(orderly_${name} ${with_PRELUDE})
endfunction()

# orderly_server_test(NAME LABEL source...): like orderly_test, under a PostgreSQL server of its own (tools/pg).
function(orderly_server_test name label)
  add_executable(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE orderly_options orderly_test_support orderly_postgres_server)
  orderly_use_prelude(${name} tests)
  add_test(NAME ${name} COMMAND "${CMAKE_SOURCE_DIR}/tools/pg" run -- $<TARGET_FILE:${name}>)
  set_tests_properties(${name} PROPERTIES LABELS ${label} TIMEOUT 600)
endfunction()

# orderly_test(NAME LABEL [PRELUDE name] source...): a Catch2 binary, one ctest of that name and label. Link what it needs with
# target_link_libraries.
function(orderly_test name label)
  cmake_parse_arguments(with "" "PRELUDE" "" ${ARGN})
  add_executable(${name} ${with_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE orderly_options orderly_test_support)
  if(NOT with_PRELUDE)
    set(with_PRELUDE tests)
  endif()
  orderly_use_prelude(${name} ${with_PRELUDE})
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS ${label} TIMEOUT 600)
endfunction()
