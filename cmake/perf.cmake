# Benchmarks: perf/*_perf.cc in one program.
find_package(benchmark REQUIRED)
file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/perf/*_perf.cc)
if(sources)
  add_executable(rigwise_perf ${sources})
  target_compile_definitions(rigwise_perf PRIVATE RIGWISE_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  target_link_libraries(rigwise_perf PRIVATE rigwise_host rigwise_warnings benchmark::benchmark_main)
endif()
