#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <iostream>

#include "host/cli/app.h"

namespace {

int terminal_width() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40) return size.ws_col;
  return 80;
}

const char* environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  rigwise::Console console;
  console.out = &std::cout;
  console.err = &std::cerr;
  console.in = &std::cin;
  console.out_is_terminal = isatty(STDOUT_FILENO) == 1;
  console.err_is_terminal = isatty(STDERR_FILENO) == 1;
  console.in_is_terminal = isatty(STDIN_FILENO) == 1;
  console.color = console.out_is_terminal && *environment("NO_COLOR") == '\0';
  console.width = console.out_is_terminal ? terminal_width() : 80;
  try {
    const int status = rigwise::run_app({argv + 1, argv + argc}, console, environment("RIGWISE_CATALOG"));
    std::cout.flush();
    if (!std::cout) {
      std::cerr << "error: could not write the answer (is the disk full?)\n";
      return 3;
    }
    return status;
  } catch (const std::exception& bug) {
    std::cerr << "error: " << bug.what() << "\nThis is a bug in rigwise. Please report it with the command you ran.\n";
    return 70;
  }
}
