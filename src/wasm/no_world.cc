/// The module imports nothing. The standard library's last words (stdio) want to close, seek and write files; here is
/// the whole world they get, and it refuses. Anything that asks for more of the world (a clock, a path, an environment)
/// pulls in the library's own definitions of these three and fails to link.

#include <cstdint>

namespace {
constexpr std::uint16_t kNotSupported = 52;  // ENOSYS of WASI preview 1
}

extern "C" {
std::uint16_t __wasi_fd_close(int) { return kNotSupported; }
std::uint16_t __wasi_fd_seek(int, std::int64_t, std::uint8_t, std::uint64_t*) { return kNotSupported; }
std::uint16_t __wasi_fd_write(int, const void*, std::uint32_t, std::uint32_t*) { return kNotSupported; }
}
