# What measures graphics processors: shaders become SPIR-V here and travel in the binary. Of Vulkan only the headers are
# taken; its loader is opened when the program runs.
find_path(RIGWISE_VULKAN_INCLUDE vulkan/vulkan_core.h REQUIRED)
find_program(RIGWISE_GLSLANG NAMES glslangValidator glslang REQUIRED)
target_include_directories(rigwise_host SYSTEM PRIVATE ${RIGWISE_VULKAN_INCLUDE})
target_link_libraries(rigwise_host PRIVATE ${CMAKE_DL_LIBS})

foreach(shader fill read product fma32 fma16)
  set(source ${CMAKE_SOURCE_DIR}/src/host/gpu/shaders/${shader}.comp)
  set(compiled ${CMAKE_BINARY_DIR}/shaders/${shader}.spv)
  add_custom_command(
    OUTPUT ${compiled}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/shaders
    COMMAND ${RIGWISE_GLSLANG} --quiet -V --target-env vulkan1.1 -o ${compiled} ${source}
    DEPENDS ${source}
    COMMENT "Compiling the shader ${shader}"
    VERBATIM)
  rigwise_embed_bundle(rigwise_shader_${shader} ${compiled})
endforeach()

# The loops of the probe that take Arm's dot product; the program asks the processor before it calls them.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
  set_source_files_properties(${CMAKE_SOURCE_DIR}/src/host/probe/cpu_kernels_arm_dot.cc
                              PROPERTIES COMPILE_OPTIONS "-march=armv8.2-a+dotprod")
endif()
