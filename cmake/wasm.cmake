# The browser's module: the pure ring behind the door of src/wasm. TOML is read when the catalog is bundled, never here.
# For size: it travels in the page. -O3 is twice as large, and a third faster where the page waits for nothing.
add_compile_options(-Oz -flto -fno-rtti -msimd128 -fno-exceptions)   # no exceptions in wasm's libc++: a throw is a link error
add_compile_definitions(JSON_NOEXCEPTION=1 JSON_HAS_FILESYSTEM=0 JSON_HAS_EXPERIMENTAL_FILESYSTEM=0)

# The host's include folder would bring glibc's headers along, so the compiler is given a folder of links to the three
# header-only libraries that the pure ring uses.
set(links ${CMAKE_BINARY_DIR}/include)
file(MAKE_DIRECTORY ${links})
foreach(library nlohmann tl fast_float)
  find_path(RIGWISE_PARENT_OF_${library} ${library} PATHS /usr/include /usr/local/include REQUIRED)
  file(CREATE_LINK ${RIGWISE_PARENT_OF_${library}}/${library} ${links}/${library} SYMBOLIC)
endforeach()
include_directories(SYSTEM ${links})

rigwise_library(rigwise_core core)
rigwise_library(rigwise_codec codec EXCLUDE "/toml_[a-z0-9_]*\\.cc$" USES rigwise_core)
rigwise_library(rigwise_verbs verbs USES rigwise_codec)
file(GLOB door CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/wasm/*.cc)
add_executable(rigwise_wasm ${door})
set_target_properties(rigwise_wasm PROPERTIES OUTPUT_NAME rigwise SUFFIX .wasm)
target_compile_definitions(rigwise_wasm PRIVATE RIGWISE_VERSION="${PROJECT_VERSION}")
target_link_libraries(rigwise_wasm PRIVATE rigwise_verbs rigwise_warnings)
# A reactor has no main(): the page calls _initialize once, then the functions of the door. Nothing lies in the first
# kilobyte, which web/tools/assets.mjs tells the optimiser.
target_link_options(rigwise_wasm PRIVATE -mexec-model=reactor -Wl,--strip-all -Wl,-z,stack-size=1048576
                                         -Wl,--global-base=1024)
