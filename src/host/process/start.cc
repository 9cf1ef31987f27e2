#include "host/process/start.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>  // environ, with _GNU_SOURCE

#include <array>

namespace rigwise {

Result<void> open_in_browser(const std::string& url) {
  // The shell leaves the browser behind and ends; the address is an argument and never part of the script.
  std::string script =
      "for way in xdg-open open; do command -v \"$way\" >/dev/null || continue; "
      "\"$way\" \"$0\" >/dev/null 2>&1 </dev/null & exit 0; done; exit 127";
  std::string shell = "sh", option = "-c", address = url;
  std::array<char*, 5> arguments = {shell.data(), option.data(), script.data(), address.data(), nullptr};
  pid_t child = 0;
  int status = 0;
  if (posix_spawnp(&child, shell.c_str(), nullptr, nullptr, arguments.data(), environ) != 0 ||
      waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return fail({ErrorCode::io, "no browser could be opened", "--open", "open " + url + " by hand", {}});
  }
  return {};
}

}  // namespace rigwise
