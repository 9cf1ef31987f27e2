# fuzz/NAME_fuzz.cc is a target NAME_fuzz: libFuzzer with whatever sanitizers the build has. The libraries are compiled
# with coverage too (see CMakeLists.txt), or the fuzzer would be blind.
file(GLOB targets CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/fuzz/*_fuzz.cc)
foreach(source ${targets})
  get_filename_component(name ${source} NAME_WE)
  add_executable(${name} ${source})
  target_link_libraries(${name} PRIVATE rigwise_host rigwise_warnings)
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_definitions(${name} PRIVATE RIGWISE_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  # What once crashed must not do so again: every seed is read in every run of the tests.
  string(REGEX REPLACE "_fuzz$" "" seeds ${name})
  if(RIGWISE_TESTS)
    add_test(NAME fuzz.${name}.seeds COMMAND ${name} -runs=0 ${CMAKE_SOURCE_DIR}/fuzz/seeds/${seeds})
    set_tests_properties(fuzz.${name}.seeds PROPERTIES LABELS fuzz TIMEOUT 300)
  endif()
endforeach()
