# understudy_module(<name> SOURCES ... USES ... NEEDS ... TESTS ...)
# One folder is one static library; its tests become one executable, <name>_test, labelled <name>.
# USES names modules of this project, NEEDS targets from cmake/dependencies.cmake.
add_library(understudy_flags INTERFACE)
target_compile_options(understudy_flags INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
  -Wnon-virtual-dtor -Wold-style-cast -Wimplicit-fallthrough -Wswitch $<$<BOOL:${UNDERSTUDY_WERROR}>:-Werror>>)
target_include_directories(understudy_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)
if(UNDERSTUDY_SANITIZE)
  # GCC sees uninitialised values in instrumented code where there are none.
  target_compile_options(understudy_flags INTERFACE -fsanitize=${UNDERSTUDY_SANITIZE} -fno-omit-frame-pointer
    -Wno-maybe-uninitialized)
  target_link_options(understudy_flags INTERFACE -fsanitize=${UNDERSTUDY_SANITIZE})
endif()

# Where tests find fixtures and programs. In a header, so that only the tests which ask for it differ between checkouts
# and a compiler cache serves the others.
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/test_paths.h CONTENT [=[
#pragma once
#define UNDERSTUDY_SOURCE_DIR "@CMAKE_SOURCE_DIR@"
#define UNDERSTUDY_BINARY_DIR "@CMAKE_BINARY_DIR@"
]=] @ONLY)

function(understudy_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;USES;NEEDS;TESTS")
  add_library(understudy_${name} STATIC ${arg_SOURCES})
  list(TRANSFORM arg_USES PREPEND "understudy_")
  target_link_libraries(understudy_${name} PUBLIC understudy_flags ${arg_USES} ${arg_NEEDS})
  if(UNDERSTUDY_TESTS AND arg_TESTS)
    add_executable(${name}_test ${arg_TESTS})
    target_link_libraries(${name}_test PRIVATE understudy_${name} GTest::gmock GTest::gtest_main)
    target_include_directories(${name}_test PRIVATE ${CMAKE_BINARY_DIR}/generated)
    gtest_discover_tests(${name}_test PROPERTIES LABELS ${name} DISCOVERY_MODE PRE_TEST)
  endif()
endfunction()
