#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
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

bool is_open(int descriptor) { return fcntl(descriptor, F_GETFD) != -1 || errno != EBADF; }

/// Gives closed standard streams something to stand for them, so that no file opened later takes their place.
/// False when there is nowhere to write the answer.
bool standard_streams_stand() {
  const bool can_answer = is_open(STDOUT_FILENO);
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (!is_open(descriptor)) open("/dev/null", O_RDWR);  // takes the lowest free number: this one
  }
  return can_answer;
}

}  // namespace

int main(int argc, char** argv) {
  // A reader that has seen enough (`rigwise ... | head -1`) ends the program without a word, whoever started it.
  std::signal(SIGPIPE, SIG_DFL);
  if (!standard_streams_stand()) {
    std::cerr << "error: standard output is closed, so there is nowhere to write the answer\n";
    return 3;
  }
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
