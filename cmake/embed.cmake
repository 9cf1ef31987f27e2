# Files that travel in the binary, by the assembler's .incbin: the JSON Schemas of docs/schema, and the dashboard when
# it has been built (npm run build in web/ writes web/dist). Without it everything else works and `rigwise serve` says
# how to build the page.
set(RIGWISE_WEB_DIST ${CMAKE_SOURCE_DIR}/web/dist CACHE PATH "the built dashboard: site/ and single/ below it")

# rigwise_embed(NAME FOLDER [PACKED]): the function embedded_NAME() of host/serve/embedded_files.h, with every file below
# FOLDER; PACKED: gzipped beside it.
function(rigwise_embed name folder)
  cmake_parse_arguments(arg "PACKED" "" "" ${ARGN})
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${folder}/*)
  set(out ${CMAKE_BINARY_DIR}/embedded/${name})
  add_custom_command(
    OUTPUT ${out}/table.cc ${out}/bytes.S
    COMMAND ${CMAKE_COMMAND} -D NAME=${name} -D FOLDER=${folder} -D OUT=${out} -D PACKED=${arg_PACKED}
                             -P ${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake
    DEPENDS ${files} ${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake
    COMMENT "Embedding ${name}"
    VERBATIM)
  # A file that comes or goes changes this list, and with it what is written.
  file(CONFIGURE OUTPUT ${out}/files.txt CONTENT "${files}")
  set_property(SOURCE ${out}/bytes.S APPEND PROPERTY OBJECT_DEPENDS "${files};${out}/table.cc")
  target_sources(rigwise_host PRIVATE ${out}/table.cc ${out}/bytes.S)
endfunction()

rigwise_embed(schemas ${CMAKE_SOURCE_DIR}/docs/schema)
rigwise_embed(site ${RIGWISE_WEB_DIST}/site PACKED)
rigwise_embed(single ${RIGWISE_WEB_DIST}/single)

# The rules that tell kinds of prompts apart (rigwise usage).
include(cmake/embed_bundle.cmake)
rigwise_embed_bundle(rigwise_usage_rules ${CMAKE_SOURCE_DIR}/src/host/usage/rules.toml)

find_package(OpenSSL 3.0 REQUIRED)
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED)   # Asio and Beast are headers only
target_link_libraries(rigwise_host PRIVATE OpenSSL::SSL OpenSSL::Crypto Threads::Threads Boost::boost)
