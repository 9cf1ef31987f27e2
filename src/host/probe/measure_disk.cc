#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "host/probe/measure_cpu.h"
#include "host/probe/work_crew.h"

namespace rigwise {
namespace {

constexpr std::size_t kPart = std::size_t{8} << 20U, kAlignment = 4096;
constexpr double kMostBytes = 2e9;

struct FreeDeleter {
  void operator()(void* memory) const { std::free(memory); }
};

/// Opened past the cache where the file system allows it.
int open_past_cache(const std::string& path) {
#ifdef O_DIRECT
  const int direct = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECT);
  if (direct >= 0 || errno != EINVAL) return direct;
#endif
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
#ifdef POSIX_FADV_DONTNEED
  if (descriptor >= 0) posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED);
#endif
  return descriptor;
}

}  // namespace

Result<double> measure_disk_read(const std::string& path) {
  const int descriptor = open_past_cache(path);
  if (descriptor < 0) {
    return fail({ErrorCode::io, "cannot read \"" + path + "\": " + std::strerror(errno), "--disk", "a large file", {}});
  }
  const std::unique_ptr<void, FreeDeleter> part(std::aligned_alloc(kAlignment, kPart));
  double bytes = 0;
  const double started_s = now_s();
  ssize_t n = 0;
  while (bytes < kMostBytes && (n = read(descriptor, part.get(), kPart)) > 0) bytes += static_cast<double>(n);
  const double s = now_s() - started_s;
  close(descriptor);
  constexpr double kLeastBytes = 64e6;
  if (n < 0) return fail({ErrorCode::io, "cannot read \"" + path + "\"", "--disk", "a large file", {}});
  if (bytes < kLeastBytes)
    return invalid("\"" + path + "\" is too small to time a disk with", "--disk", "a file of 64 MB or more: a model's");
  return bytes / s / 1e9;
}

}  // namespace rigwise
