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

# What a test asserts is compiled with little optimisation, which takes a third less time; what it tests is compiled as it is
# shipped.
function(orderly_compile_as_test target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-Og -Wno-maybe-uninitialized>)
endfunction()

# orderly_use_prelude(TARGET NAME): one of cmake/prelude's precompiled headers, those of tests for tests; `none` for what links
# none of their libraries.
option(ORDERLY_PRELUDE "Parse the headers that nearly every file includes once a build" ON)
function(orderly_use_prelude target name)
  if(name MATCHES "tests$")
    orderly_compile_as_test(${target})
  endif()
  if(ORDERLY_PRELUDE AND NOT name STREQUAL "none")
    target_precompile_headers(${target} REUSE_FROM orderly_prelude_${name})
  endif()
endfunction()

# orderly_library(NAME [PRELUDE name] folder|source... [WITHOUT source...]): the library orderly_NAME, alias orderly::NAME. Of a
# folder it takes each .cpp, not those of folders below; one that comes or goes is seen by the next build.
function(orderly_library name)
  cmake_parse_arguments(with "" "PRELUDE" "WITHOUT" ${ARGN})
  set(sources)
  foreach(each ${with_UNPARSED_ARGUMENTS})
    set(found ${each})
    if(IS_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}/${each}")
      file(GLOB found RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}" CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${each}/*.cpp")
    endif()
    list(APPEND sources ${found})
  endforeach()
  if(with_WITHOUT)
    list(REMOVE_ITEM sources ${with_WITHOUT})
  endif()
  add_library(orderly_${name} STATIC ${sources})
  add_library(orderly::${name} ALIAS orderly_${name})
  target_link_libraries(orderly_${name} PUBLIC orderly_options)
  if(NOT with_PRELUDE)
    set(with_PRELUDE standard)
  endif()
  orderly_use_prelude(orderly_${name} ${with_PRELUDE})
endfunction()

# orderly_server_test(NAME LABEL [OWN] source...): like orderly_test, with a PostgreSQL database of its own (tools/pg); OWN: with
# a server of its own, for what changes its settings, reads its log or ends it.
function(orderly_server_test name label)
  cmake_parse_arguments(with "OWN" "" "" ${ARGN})
  set(verb use)
  if(with_OWN)
    set(verb run)
  endif()
  add_executable(${name} ${with_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE orderly_options orderly_test_support orderly_postgres_server)
  orderly_use_prelude(${name} tests)
  add_test(NAME ${name} COMMAND "${CMAKE_SOURCE_DIR}/tools/pg" ${verb} -- $<TARGET_FILE:${name}>)
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

# orderly_script_test(NAME LABEL script [DATABASE | SERVER] [TIMEOUT seconds] [arguments...]): a Python test of whole programs.
# DATABASE: with a PostgreSQL database of its own; SERVER: with a server of its own, for what ends it or fills it.
function(orderly_script_test name label script)
  cmake_parse_arguments(with "DATABASE;SERVER" "TIMEOUT" "" ${ARGN})
  if(NOT with_TIMEOUT)
    set(with_TIMEOUT 300)
  endif()
  set(within)
  if(with_DATABASE)
    set(within "${CMAKE_SOURCE_DIR}/tools/pg" use --)
  elseif(with_SERVER)
    set(within "${CMAKE_SOURCE_DIR}/tools/pg" run --)
  endif()
  add_test(NAME ${name} COMMAND ${within} "${Python3_EXECUTABLE}" "${CMAKE_CURRENT_SOURCE_DIR}/${script}"
           ${with_UNPARSED_ARGUMENTS})
  set_tests_properties(${name} PROPERTIES LABELS ${label} TIMEOUT ${with_TIMEOUT}
                       ENVIRONMENT "ORDERLY_BIN=${CMAKE_RUNTIME_OUTPUT_DIRECTORY};PYTHONDONTWRITEBYTECODE=1")
endfunction()
