# The tasks travel in the binary: packed when one of them changes, and embedded in rigwise_host by the assembler. The
# bundler is built before the library it feeds, so it compiles the sources it needs itself.
set(RIGWISE_TASK_BUNDLE ${CMAKE_BINARY_DIR}/tasks.bundle)

file(GLOB_RECURSE task_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tasks/*)

add_executable(rigwise_task_bundler ${CMAKE_SOURCE_DIR}/src/host/eval/task_bundler/main.cc
                                    ${CMAKE_SOURCE_DIR}/src/host/eval/bundled_tasks.cc
                                    ${CMAKE_SOURCE_DIR}/src/host/store/packed_bytes.cc
                                    ${CMAKE_SOURCE_DIR}/src/host/files/files.cc)
target_include_directories(rigwise_task_bundler SYSTEM PRIVATE ${RIGWISE_ZSTD_INCLUDE})
target_link_libraries(rigwise_task_bundler PRIVATE rigwise_codec ${RIGWISE_ZSTD} rigwise_warnings)

add_custom_command(
  OUTPUT ${RIGWISE_TASK_BUNDLE}
  COMMAND rigwise_task_bundler ${CMAKE_SOURCE_DIR}/tasks ${RIGWISE_TASK_BUNDLE}
  DEPENDS rigwise_task_bundler ${task_files}
  COMMENT "Bundling the tasks"
  VERBATIM)
add_custom_target(rigwise_tasks_bundled DEPENDS ${RIGWISE_TASK_BUNDLE})

include(cmake/embed_bundle.cmake)
rigwise_embed_bundle(rigwise_task_bundle ${RIGWISE_TASK_BUNDLE})
