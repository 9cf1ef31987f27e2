# The catalog is validated and written into one flat bundle when it changes, and the assembler embeds the bundle in
# rigwise_host. The bundler is the first program to use the library it feeds, so it links the sources it needs itself.
set(RIGWISE_BUNDLE ${CMAKE_BINARY_DIR}/catalog.bundle)

file(GLOB_RECURSE bundle_inputs CONFIGURE_DEPENDS
     ${CMAKE_SOURCE_DIR}/catalog/*.toml ${CMAKE_SOURCE_DIR}/catalog/*.csv ${CMAKE_SOURCE_DIR}/catalog/dossiers/*.md
     ${CMAKE_SOURCE_DIR}/catalog/plans/*.json
     ${CMAKE_SOURCE_DIR}/calibration/*.csv)

add_executable(rigwise_bundler ${CMAKE_SOURCE_DIR}/src/host/catalog_io/bundler/main.cc
                               ${CMAKE_SOURCE_DIR}/src/host/catalog_io/sources.cc
                               ${CMAKE_SOURCE_DIR}/src/host/files/files.cc)
target_link_libraries(rigwise_bundler PRIVATE rigwise_codec rigwise_warnings)

add_custom_command(
  OUTPUT ${RIGWISE_BUNDLE}
  COMMAND rigwise_bundler ${CMAKE_SOURCE_DIR}/catalog ${CMAKE_SOURCE_DIR}/calibration ${RIGWISE_BUNDLE}
  DEPENDS rigwise_bundler ${bundle_inputs}
  COMMENT "Bundling the catalog"
  VERBATIM)
add_custom_target(rigwise_catalog_bundle DEPENDS ${RIGWISE_BUNDLE})

include(cmake/embed_bundle.cmake)
rigwise_embed_bundle(rigwise_catalog_bundle ${RIGWISE_BUNDLE})
