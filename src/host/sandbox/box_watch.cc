#include "host/sandbox/box_watch.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "host/sandbox/box_folder.h"

namespace rigwise {
namespace {

struct Use {
  long memory_kib = 0, threads = 0;
};

/// The figure of a line such as "RssAnon:      1234 kB"; 0 without it.
long figure(std::string_view status, std::string_view name) {
  const std::size_t at = status.find(name);
  if (at == std::string_view::npos) return 0;
  return std::strtol(status.data() + at + name.size(), nullptr, 10);
}

/// Memory that is the process's own or shared without a file; what it only reads of programs does not count.
Use use_of(int proc, const std::string& process) {
  const int file = ::openat(proc, (process + "/status").c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return {};
  char buffer[4096];
  const ssize_t got = ::read(file, buffer, sizeof buffer - 1);
  ::close(file);
  if (got <= 0) return {};
  buffer[got] = '\0';
  const std::string_view status(buffer, static_cast<std::size_t>(got));
  return {figure(status, "\nRssAnon:") + figure(status, "\nRssShmem:"), figure(status, "\nThreads:")};
}

}  // namespace

BoxWatch::~BoxWatch() {
  if (proc_ >= 0) ::close(proc_);
}

std::string BoxWatch::passed(const BoxLimits& limits, const BoxFolder& folder) const {
  constexpr long kKibInMib = 1024;
  if (folder.file_count() > limits.files) return "files";
  const int again = ::openat(proc_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* list = again < 0 ? nullptr : ::fdopendir(again);
  if (list == nullptr) {
    if (again >= 0) ::close(again);
    return "";
  }
  Use sum;
  long processes = 0;
  while (const dirent* entry = ::readdir(list)) {
    if (entry->d_name[0] < '0' || entry->d_name[0] > '9') continue;
    if (++processes > limits.processes) break;
    const Use use = use_of(proc_, entry->d_name);
    sum.memory_kib += use.memory_kib;
    sum.threads += use.threads;
  }
  ::closedir(list);
  if (processes > limits.processes || sum.threads > limits.processes) return "processes";
  if (sum.memory_kib > limits.memory_mib * kKibInMib) return "memory";
  return "";
}

}  // namespace rigwise
