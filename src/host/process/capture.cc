#include "host/process/capture.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>

namespace rigwise {
namespace {

constexpr int kNotThere = 127, kBySignal = 128;

Error start_fault(const std::string& program) {
  return {ErrorCode::io, "cannot start " + program + ": " + std::strerror(errno), program, "", {}};
}

/// The child's side: never returns.
[[noreturn]] void become(const std::vector<char*>& arguments, int write_end) {
  setpgid(0, 0);
  const int nothing = open("/dev/null", O_RDWR);
  dup2(nothing, STDIN_FILENO);
  dup2(write_end, STDOUT_FILENO);
  dup2(nothing, STDERR_FILENO);
  signal(SIGPIPE, SIG_DFL);
  setenv("LC_ALL", "C", 1);
  execvp(arguments.front(), arguments.data());
  _exit(kNotThere);
}

/// Reads until the end, the limit or the deadline. False at the deadline.
bool read_until(int read_end, std::chrono::steady_clock::time_point deadline, std::size_t limit, std::string& text) {
  char part[1U << 16U];
  while (text.size() < limit) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd waiting{read_end, POLLIN, 0};
    const int ready = poll(&waiting, 1, static_cast<int>(left.count()));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return false;
    const ssize_t n = read(read_end, part, sizeof part);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return true;
    text.append(part, static_cast<std::size_t>(n));
  }
  text.resize(limit);
  return true;
}

int wait_for(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : kBySignal + WTERMSIG(status);
}

}  // namespace

Result<CapturedOutput> capture_output(const std::vector<std::string>& command, double timeout_s, std::size_t limit) {
  if (command.empty()) return invalid("no program is named");
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return fail(start_fault(command.front()));
  const pid_t child = fork();
  if (child == 0) become(arguments, ends[1]);
  close(ends[1]);
  if (child < 0) {
    close(ends[0]);
    return fail(start_fault(command.front()));
  }
  CapturedOutput output;
  const auto deadline = std::chrono::steady_clock::now() +
                        std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(timeout_s));
  output.timed_out = !read_until(ends[0], deadline, limit, output.text);
  close(ends[0]);
  // Whatever it left running, it is not asked any more.
  kill(-child, SIGKILL);
  output.exit_code = wait_for(child);
  return output;
}

}  // namespace rigwise
