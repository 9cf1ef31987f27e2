# wasm32-wasi with Debian's clang 19, wasi-libc and libc++ 19. Generic: CMake 3.25 does not know WASI by name.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR wasm32)
set(CMAKE_CXX_COMPILER clang++-19)
set(CMAKE_CXX_COMPILER_TARGET wasm32-wasi)
set(CMAKE_AR llvm-ar-19)
set(CMAKE_RANLIB llvm-ranlib-19)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)

# The level of optimisation stands in wasm.cmake, for compiling only: with -O on the link line clang runs any wasm-opt
# it finds in PATH, and Debian's rejects SIMD.
set(CMAKE_CXX_FLAGS_RELEASE "" CACHE STRING "")
