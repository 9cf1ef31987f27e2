#include "host/process/run_program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>  // environ, with _GNU_SOURCE

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "core/base/text.h"

namespace rigwise {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kGrace{2000}, kPoll{100};

/// A descriptor that closes itself.
class OwnedDescriptor {
 public:
  OwnedDescriptor() = default;
  explicit OwnedDescriptor(int fd) : fd_(fd) {}
  OwnedDescriptor(const OwnedDescriptor&) = delete;
  OwnedDescriptor& operator=(const OwnedDescriptor&) = delete;
  OwnedDescriptor(OwnedDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  OwnedDescriptor& operator=(OwnedDescriptor&& other) noexcept {
    close();
    fd_ = std::exchange(other.fd_, -1);
    return *this;
  }
  ~OwnedDescriptor() { close(); }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

struct OutputPipe {
  OwnedDescriptor read_end, write_end;
};

Result<OutputPipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    return fail({ErrorCode::io, std::string("no pipe can be made: ") + std::strerror(errno), "", "", {}});
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);  // only our end: the program writes as it is used to
  return OutputPipe{OwnedDescriptor(ends[0]), OwnedDescriptor(ends[1])};
}

/// Starts a program in a group of its own, its outputs on two descriptors (-1: /dev/null). Signals are as by default.
Result<pid_t> spawn_group(const std::vector<std::string>& arguments, int out, int err) {
  std::vector<std::string> words = arguments;
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  const auto send_to = [&](int stream, int target) {
    if (target >= 0) {
      posix_spawn_file_actions_adddup2(&actions, target, stream);
    } else {
      posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_WRONLY, 0);
    }
  };
  send_to(STDOUT_FILENO, out);
  send_to(STDERR_FILENO, err);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  pid_t child = 0;
  const int fault = posix_spawnp(&child, argv.front(), &actions, &attributes, argv.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (fault != 0) {
    return fail({ErrorCode::io,
                 "\"" + arguments.front() + "\" cannot be started: " + std::strerror(fault),
                 arguments.front(),
                 "the path of a program that may be run",
                 {}});
  }
  return child;
}

/// Takes what a descriptor has, up to the limit; closes it at its end.
void drain(OwnedDescriptor& from, std::string& text, std::size_t most, bool& is_cut) {
  std::array<char, 65536> part{};
  while (from.is_open()) {
    const ssize_t got = ::read(from.get(), part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return from.close();
    const std::size_t room = most - std::min(most, text.size());
    const std::size_t taken = std::min(room, static_cast<std::size_t>(got));
    text.append(part.data(), taken);
    is_cut = is_cut || taken < static_cast<std::size_t>(got);
  }
}

/// Waits for output, at most for a while.
void wait_for_output(const OwnedDescriptor& out, const OwnedDescriptor& err, std::chrono::milliseconds most) {
  std::array<pollfd, 2> watched = {pollfd{out.get(), POLLIN, 0}, pollfd{err.get(), POLLIN, 0}};
  ::poll(watched.data(), watched.size(), static_cast<int>(most.count()));
}

/// Ends a group: politely, then for good. True when its head has been waited for.
bool end_group(pid_t head, int& status) {
  ::kill(-head, SIGTERM);
  const Clock::time_point last = Clock::now() + kGrace;
  while (Clock::now() < last) {
    if (::waitpid(head, &status, WNOHANG) == head) {
      ::kill(-head, SIGKILL);  // those it left behind
      return true;
    }
    ::poll(nullptr, 0, 20);
  }
  ::kill(-head, SIGKILL);
  return ::waitpid(head, &status, 0) == head;
}

void read_status(int status, ProgramEnd& end) {
  if (WIFEXITED(status)) end.exit_status = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
}

/// Whether a file is there that may be run.
bool may_be_run(const std::string& path) { return ::access(path.c_str(), X_OK) == 0; }

}  // namespace

std::optional<std::string> find_program(const std::string& name) {
  if (name.empty()) return std::nullopt;
  if (name.find('/') != std::string::npos) return may_be_run(name) ? std::optional<std::string>(name) : std::nullopt;
  const char* path = std::getenv("PATH");
  for (const std::string_view folder : split(path == nullptr ? "" : path, ':')) {
    if (folder.empty()) continue;
    std::string candidate = std::string(folder) + "/" + name;
    if (may_be_run(candidate)) return candidate;
  }
  return std::nullopt;
}

Result<ProgramEnd> run_program(const std::vector<std::string>& arguments, const ProgramLimits& limits) {
  Result<OutputPipe> out = make_pipe(), err = make_pipe();
  if (!out || !err) return fail(out ? err.error() : out.error());
  const Clock::time_point began = Clock::now();
  const Result<pid_t> child = spawn_group(arguments, out->write_end.get(), err->write_end.get());
  out->write_end.close();
  err->write_end.close();
  if (!child) return fail(child.error());
  ProgramEnd end;
  int status = 0;
  bool is_over = false;
  while (!is_over) {
    wait_for_output(out->read_end, err->read_end, kPoll);
    drain(out->read_end, end.out, limits.most_output_bytes, end.output_is_cut);
    drain(err->read_end, end.err, limits.most_output_bytes, end.output_is_cut);
    is_over = ::waitpid(*child, &status, WNOHANG) == *child;
    if (is_over) {
      ::kill(-*child, SIGKILL);  // those it left behind, who may hold its outputs
      break;
    }
    end.was_timed_out = Clock::now() - began >= limits.time;
    end.was_interrupted = !end.was_timed_out && limits.go_on && !limits.go_on();
    if (end.was_timed_out || end.was_interrupted) is_over = end_group(*child, status);
    if (!out->read_end.is_open() && !err->read_end.is_open() && !is_over) ::poll(nullptr, 0, 20);
  }
  drain(out->read_end, end.out, limits.most_output_bytes, end.output_is_cut);
  drain(err->read_end, end.err, limits.most_output_bytes, end.output_is_cut);
  read_status(status, end);
  end.seconds = std::chrono::duration<double>(Clock::now() - began).count();
  return end;
}

Result<BackgroundProgram> BackgroundProgram::start(const std::vector<std::string>& arguments) {
  const Result<pid_t> child = spawn_group(arguments, -1, -1);
  if (!child) return fail(child.error());
  return BackgroundProgram(*child);
}

BackgroundProgram::BackgroundProgram(BackgroundProgram&& other) noexcept : pid_(std::exchange(other.pid_, 0)) {}

BackgroundProgram::~BackgroundProgram() {
  int status = 0;
  if (pid_ != 0) end_group(pid_, status);
}

bool BackgroundProgram::is_alive() {
  if (pid_ == 0) return false;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) == 0) return true;
  ::kill(-pid_, SIGKILL);
  pid_ = 0;
  return false;
}

}  // namespace rigwise
