# Unit tests live beside their source (foo.cc, foo_test.cc); one test program per ring level.
find_package(GTest REQUIRED)
find_package(rapidcheck REQUIRED)
include(GoogleTest)

include(cmake/fakellm.cmake)

# rigwise_tests(NAME LIBRARY PATTERN... [EXCLUDE REGEX]): a test program of every file the patterns find but for those
# that the expression does; none, no program.
function(rigwise_tests name library)
  cmake_parse_arguments(arg "" "EXCLUDE" "" ${ARGN})
  set(sources)
  foreach(pattern ${arg_UNPARSED_ARGUMENTS})
    file(GLOB_RECURSE found CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${pattern})
    list(APPEND sources ${found})
  endforeach()
  if(arg_EXCLUDE)
    list(FILTER sources EXCLUDE REGEX "${arg_EXCLUDE}")
  endif()
  if(NOT sources)
    return()
  endif()
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE ${library} rigwise_warnings GTest::gtest_main GTest::gmock rapidcheck_gtest)
  target_compile_definitions(${name} PRIVATE RIGWISE_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  if(CMAKE_BUILD_TYPE STREQUAL "Release")
    target_compile_options(${name} PRIVATE -O1)   # what they test keeps its -O2; a fifth of their compilation goes
  endif()
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 120 PROPERTIES TIMEOUT 300
                       ENVIRONMENT "RC_PARAMS=seed=20261121")   # laws are tried on the same cases every time
endfunction()

rigwise_tests(core_tests rigwise_core "src/core/*_test.cc")
rigwise_tests(codec_tests rigwise_codec "src/codec/*_test.cc")
rigwise_tests(verbs_tests rigwise_host "src/verbs/*_test.cc" "tests/anchors/*_test.cc" "tests/claims/*_test.cc"
                "tests/seeds/*_test.cc" "tests/advice/*_test.cc")
rigwise_tests(host_tests rigwise_host "src/host/*_test.cc" "tests/cli/*_test.cc" "tests/schema/*_test.cc"
                EXCLUDE "src/host/(net|store|eval|sandbox|bench|probe|process|gpu|power)/")
# What speaks to other machines and keeps what it paid for, against the scripted server.
rigwise_tests(eval_tests rigwise_host "src/host/net/*_test.cc" "src/host/store/*_test.cc" "src/host/eval/*_test.cc"
                "src/host/sandbox/*_test.cc" "tests/fakellm/*_test.cc" "tests/eval/*_test.cc")
target_link_libraries(eval_tests PRIVATE rigwise_fakellm)
if(TARGET eval_tests AND TARGET rigwise)
  target_compile_definitions(eval_tests PRIVATE RIGWISE_BINARY="$<TARGET_FILE:rigwise>")
  add_dependencies(eval_tests rigwise)
endif()
# The load generator, against servers that know the truth.
rigwise_tests(bench_tests rigwise_host "src/host/bench/*_test.cc" "tests/bench/*_test.cc")
target_link_libraries(bench_tests PRIVATE rigwise_fakellm)
if(TARGET bench_tests AND TARGET rigwise)
  # In one file: a path of the build folder elsewhere would defeat the compiler cache.
  set_property(SOURCE ${CMAKE_SOURCE_DIR}/tests/bench/bench_program_test.cc APPEND PROPERTY COMPILE_DEFINITIONS
               RIGWISE_BINARY="$<TARGET_FILE:rigwise>")
  add_dependencies(bench_tests rigwise)
endif()
# What machines say of themselves, recorded, and how fast this one is.
rigwise_tests(probe_tests rigwise_host "src/host/probe/*_test.cc" "src/host/process/*_test.cc" "src/host/gpu/*_test.cc"
                "src/host/power/*_test.cc" "tests/probe/*_test.cc" "tests/probe/driver_leaks.cc")
target_include_directories(probe_tests PRIVATE ${CMAKE_SOURCE_DIR})
# NVIDIA's library, as far as recorded machines answer it.
add_library(fake_nvml MODULE ${CMAKE_SOURCE_DIR}/tests/probe/fake_nvml.cc)
target_link_libraries(fake_nvml PRIVATE rigwise_warnings)
target_compile_options(fake_nvml PRIVATE -fno-sanitize=all)   # no more than NVIDIA's own
target_link_options(fake_nvml PRIVATE -fno-sanitize=all)
target_compile_definitions(probe_tests PRIVATE RIGWISE_FAKE_NVML_LIBRARY="$<TARGET_FILE:fake_nvml>")
add_dependencies(probe_tests fake_nvml)
# The same promises of the ledger, and several workers, on a real PostgreSQL: one test, since it starts a server.
add_executable(postgres_tests ${CMAKE_SOURCE_DIR}/src/host/store/ledger_test.cc)
file(GLOB postgres_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/postgres/*.cc)
target_sources(postgres_tests PRIVATE ${postgres_sources})
target_include_directories(postgres_tests PRIVATE ${CMAKE_SOURCE_DIR}/tests)
target_link_libraries(postgres_tests PRIVATE rigwise_host rigwise_fakellm rigwise_warnings GTest::gtest_main GTest::gmock)
if(TARGET rigwise)
  target_compile_definitions(postgres_tests PRIVATE RIGWISE_BINARY="$<TARGET_FILE:rigwise>")
  add_dependencies(postgres_tests rigwise)
endif()
add_test(NAME postgres COMMAND postgres_tests)
set_tests_properties(postgres PROPERTIES LABELS postgres TIMEOUT 600 COST 500)
rigwise_tests(serve_tests rigwise_host "tests/serve/*.cc")
if(TARGET host_tests AND TARGET rigwise)
  # Only these tests run the program; a path of the build folder elsewhere would defeat the compiler cache.
  target_compile_definitions(host_tests PRIVATE RIGWISE_BINARY="$<TARGET_FILE:rigwise>")
  add_dependencies(host_tests rigwise)
endif()

# How good the numbers are: refits everything several times, so one test of a minute that shares the work. Under the
# sanitizers it would take an hour and find nothing that the others do not.
file(GLOB accuracy_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/accuracy/*.cc)
add_executable(accuracy_tests EXCLUDE_FROM_ALL ${accuracy_sources})
target_link_libraries(accuracy_tests PRIVATE rigwise_host rigwise_warnings GTest::gtest_main)
target_compile_definitions(accuracy_tests PRIVATE RIGWISE_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  set_target_properties(accuracy_tests PROPERTIES EXCLUDE_FROM_ALL OFF)
  add_test(NAME accuracy COMMAND accuracy_tests)
  set_tests_properties(accuracy PROPERTIES LABELS accuracy TIMEOUT 1200 COST 1000)   # the longest first
endif()

# What no compiler checks: arrows between rooms, purity, headers that stand alone, words and sizes.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
file(GLOB tidy_checks CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/tidy/*_check.py)
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  list(FILTER tidy_checks INCLUDE REGEX "/(headers|must_not_compile)_check")   # the others ask no compiler: once is enough
endif()
foreach(check ${tidy_checks})
  get_filename_component(name ${check} NAME_WE)
  add_test(NAME tidy.${name} COMMAND ${Python3_EXECUTABLE} -B ${check} ${CMAKE_SOURCE_DIR} ${CMAKE_CXX_COMPILER})
  set_tests_properties(tidy.${name} PROPERTIES LABELS tidy TIMEOUT 600)
endforeach()

# The browser's core, when it has been built (script/check does): it imports nothing and answers as the terminal does.
option(RIGWISE_WASM "test the wasm build" OFF)
if(RIGWISE_WASM)
  find_program(RIGWISE_NODE NAMES node nodejs REQUIRED)
  file(GLOB wasm_tests CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/wasm/*_test.mjs)
  foreach(test ${wasm_tests})
    get_filename_component(name ${test} NAME_WE)
    add_test(NAME wasm.${name} COMMAND ${RIGWISE_NODE} ${test} ${CMAKE_SOURCE_DIR}/build/wasm/rigwise.wasm
                                       ${CMAKE_BINARY_DIR}/catalog.bundle $<TARGET_FILE:rigwise>)
    set_tests_properties(wasm.${name} PROPERTIES LABELS wasm TIMEOUT 300)
  endforeach()
endif()
