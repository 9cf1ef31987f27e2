# tests/fakellm: a scripted chat server, as a library that tests start in their own process and as a program.
file(GLOB fakellm_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/fakellm/*.cc)
list(FILTER fakellm_sources EXCLUDE REGEX "(_test|/main)\\.cc$")
add_library(rigwise_fakellm STATIC EXCLUDE_FROM_ALL ${fakellm_sources})
target_include_directories(rigwise_fakellm PUBLIC ${CMAKE_SOURCE_DIR})
target_link_libraries(rigwise_fakellm PUBLIC rigwise_codec OpenSSL::SSL OpenSSL::Crypto Threads::Threads Boost::boost
                                      PRIVATE rigwise_warnings)
add_executable(fakellm ${CMAKE_SOURCE_DIR}/tests/fakellm/main.cc)
target_link_libraries(fakellm PRIVATE rigwise_fakellm rigwise_host rigwise_warnings)
