#include "host/sandbox/sandbox.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <system_error>
#include <thread>

#include "core/base/text.h"
#include "host/sandbox/box_folder.h"
#include "host/sandbox/box_process.h"
#include "host/sandbox/box_watch.h"
#include "host/sandbox/seccomp_filter.h"

namespace rigwise {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int kNobody = 65534;
constexpr int kTickMs = 10;
constexpr std::size_t kMostPaths = 5000;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Since Linux 5.14 the number of processes is counted for each user namespace: before, one's desktop would count too.
bool processes_count_by_box() {
  utsname about{};
  if (::uname(&about) != 0) return false;
  const std::vector<std::string_view> parts = split(about.release, '.');
  if (parts.size() < 2) return false;
  const long major = std::strtol(std::string(parts[0]).c_str(), nullptr, 10);
  const long minor = std::strtol(std::string(parts[1]).c_str(), nullptr, 10);
  return major > 5 || (major == 5 && minor >= 14);
}

std::string status_words(int wait_status) {
  return WIFSIGNALED(wait_status) ? "signal " + std::to_string(WTERMSIG(wait_status))
                                  : "status " + std::to_string(WEXITSTATUS(wait_status));
}

/// The options that make the world of a box. Descriptors: 3 says the process, 4 holds it back, 5 is the filter.
std::vector<std::string> world_options(const SandboxSupport& support, const BoxJob& job, const std::string& marker) {
  std::vector<std::string> o = {support.bwrap,
                                "--unshare-all",
                                "--unshare-user",
                                "--disable-userns",
                                "--uid",
                                "1000",
                                "--gid",
                                "1000",
                                "--hostname",
                                "box",
                                "--new-session",
                                "--die-with-parent",
                                "--clearenv",
                                "--cap-drop",
                                "ALL",
                                "--info-fd",
                                "3",
                                "--block-fd",
                                "4"};
  const auto add = [&](std::initializer_list<std::string> more) { o.insert(o.end(), more.begin(), more.end()); };
  if (support.level == SandboxLevel::full) add({"--seccomp", "5"});
  for (const char* path : {"/usr/bin", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec", "/usr/include",
                           "/usr/share", "/etc/alternatives", "/etc/ld.so.cache"}) {
    add({"--ro-bind-try", path, path});
  }
  for (const char* path : {"/bin", "/lib", "/lib32", "/lib64"}) {
    std::error_code failed;
    if (fs::is_symlink(path, failed)) {
      add({"--symlink", fs::read_symlink(path, failed).string(), path});
    } else {
      add({"--ro-bind-try", path, path});
    }
  }
  for (const std::string& path : job.binds) add({"--ro-bind-try", path, path});
  const std::string size = std::to_string(static_cast<long long>(job.limits.box_mib) << 20);
  add({"--proc", "/proc", "--dev",        "/dev", "--size",       size, "--tmpfs", "/dev/shm",
       "--size", size,    "--tmpfs",      "/tmp", "--size",       size, "--tmpfs", "/box",
       "--dir",  marker,  "--remount-ro", "/dev", "--remount-ro", "/",  "--chdir", "/box"});
  for (const auto& [name, value] : job.environment) add({"--setenv", name, value});
  o.emplace_back("--");
  o.insert(o.end(), job.command.begin(), job.command.end());
  return o;
}

/// One run: what is open while it goes on.
struct Run {
  const BoxJob* job = nullptr;
  BoxResult result;
  PipeEnds out, err;
  pid_t started = -1;  ///< bubblewrap, or the program itself
  pid_t first = -1;    ///< the first process of the box
  OwnedDescriptor first_handle;
  std::unique_ptr<BoxFolder> folder;
  std::unique_ptr<BoxWatch> watch;
  bool is_over = false;
  int wait_status = 0;
};

/// Reads what is there; false at the end.
bool take(int pipe, std::string& text, std::size_t most) {
  char buffer[1 << 16];
  const ssize_t got = ::read(pipe, buffer, sizeof buffer);
  if (got < 0) return errno == EINTR || errno == EAGAIN;
  if (got == 0) return false;
  // Beyond the limit it is read all the same, or the writer would wait instead of ending.
  text.append(buffer, std::min(static_cast<std::size_t>(got), most - std::min(most, text.size())));
  return true;
}

/// The first process of a box takes all others along; without a box there is only the group.
void kill_all(const Run& run) {
  if (run.first > 0) ::kill(run.first, SIGKILL);
  if (run.started > 0 && (!run.is_over || run.first <= 0)) ::kill(-run.started, SIGKILL);
}

/// What is in a pipe that others may hold open for ever.
void drain(int pipe, std::string& text, std::size_t most) {
  pollfd wait{pipe, POLLIN, 0};
  while (::poll(&wait, 1, 0) > 0 && take(pipe, text, most)) {
  }
}

/// "child-pid" of what bubblewrap says of the box.
pid_t first_process(int info) {
  std::string text;
  constexpr int kPatienceMs = 10'000;
  pollfd wait{info, POLLIN, 0};
  while (text.find('}') == std::string::npos && ::poll(&wait, 1, kPatienceMs) > 0) {
    if (!take(info, text, 1 << 12)) break;
  }
  constexpr std::string_view kKey = "\"child-pid\":";
  const std::size_t at = text.find(kKey);
  return at == std::string::npos ? -1 : static_cast<pid_t>(std::strtol(text.c_str() + at + kKey.size(), nullptr, 10));
}

/// Waits until the box's mounts stand, which its marker tells, and opens its folders. Gives  why not; empty: it is
/// open.
std::string open_box(Run& run, const std::string& marker, int owner) {
  constexpr double kPatienceS = 15;
  const std::string root = "/proc/" + std::to_string(run.first) + "/root";
  const auto start = Clock::now();
  while (::access((root + marker).c_str(), F_OK) != 0) {
    if (::waitpid(run.started, &run.wait_status, WNOHANG) == run.started) {
      run.is_over = true;
      return "bubblewrap ended with " + status_words(run.wait_status);
    }
    if (seconds_since(start) > kPatienceS) return "the box did not open";
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  const int box = ::open((root + "/box").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const int proc = ::open((root + "/proc").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  run.folder = std::make_unique<BoxFolder>(box, owner);
  run.watch = std::make_unique<BoxWatch>(proc);
  run.first_handle.reset(static_cast<int>(::syscall(SYS_pidfd_open, run.first, 0)));
  return box < 0 || proc < 0 || !run.first_handle.is_open() ? "the box cannot be looked into" : "";
}

/// Reads output and watches limits until every process of the box has ended.
void see_through(Run& run) {
  const auto start = Clock::now();
  const BoxLimits& limits = run.job->limits;
  BoxResult& result = run.result;
  bool out_open = true, err_open = true;
  auto watched = start;
  for (;;) {
    pollfd waits[3] = {{out_open ? run.out.read.number() : -1, POLLIN, 0},
                       {err_open ? run.err.read.number() : -1, POLLIN, 0},
                       {run.first_handle.number(), POLLIN, 0}};
    ::poll(waits, 3, kTickMs);
    if (out_open && waits[0].revents != 0) out_open = take(run.out.read.number(), result.out, limits.output);
    if (err_open && waits[1].revents != 0) err_open = take(run.err.read.number(), result.err, limits.output);
    if (!run.is_over && ::waitpid(run.started, &run.wait_status, WNOHANG) == run.started) {
      run.is_over = true;
      kill_all(run);  // what it left behind
    }
    const bool is_boxed = run.first_handle.is_open();
    if (run.is_over && !is_boxed) {
      drain(run.out.read.number(), result.out, limits.output);
      drain(run.err.read.number(), result.err, limits.output);
      return;
    }
    if (run.is_over && (waits[2].revents & POLLIN) != 0 && !out_open && !err_open) return;
    if (!result.ended_by.empty() || Clock::now() - watched < std::chrono::milliseconds(kTickMs)) continue;
    watched = Clock::now();
    result.ended_by = run.watch ? run.watch->passed(limits, *run.folder) : "";
    if (result.ended_by.empty() && seconds_since(start) > limits.wall_s) result.ended_by = "time";
    if (!result.ended_by.empty()) kill_all(run);
  }
}

void take_status(Run& run) {
  constexpr int kSignalBase = 128;
  BoxResult& result = run.result;
  result.exit_status =
      WIFSIGNALED(run.wait_status) ? kSignalBase + WTERMSIG(run.wait_status) : WEXITSTATUS(run.wait_status);
  if (!result.ended_by.empty()) result.exit_status = kSignalBase + SIGKILL;
  if (result.ended_by.empty() && result.exit_status == kSignalBase + SIGXCPU) result.ended_by = "time";
  if (result.ended_by.empty() && result.exit_status == kSignalBase + SIGXFSZ) result.ended_by = "files";
}

void collect(Run& run) {
  const BoxJob& job = *run.job;
  run.result.tree = run.folder->tree(kMostPaths);
  const auto most = static_cast<std::size_t>(job.limits.box_mib) << 20;
  for (const std::string& path : job.keep_all ? run.result.tree : job.show) {
    BoxFile file;
    if (run.folder->read(path, job.keep_all ? most : job.show_bytes, file)) run.result.files[path] = std::move(file);
  }
}

BoxResult refused(std::string why) {
  BoxResult result;
  result.not_run = std::move(why);
  return result;
}

/// In a box of its own.
BoxResult run_boxed(const SandboxSupport& support, const BoxJob& job) {
  static std::atomic<unsigned> boxes{0};
  const int owner = support.drops_root ? kNobody : -1;
  const std::string marker = "/.box-" + std::to_string(::getpid()) + "-" + std::to_string(++boxes);
  Run run;
  run.job = &job;
  run.out = make_pipe(owner);
  run.err = make_pipe(owner);
  PipeEnds info = make_pipe(-1), hold = make_pipe(-1);
  const OwnedDescriptor in = memory_file(job.stdin_text), filter = memory_file(seccomp_filter());
  if (!in.is_open() || !filter.is_open() || !hold.write.is_open() || !run.err.write.is_open()) {
    return refused("no more descriptors");
  }
  StartPlan plan;
  plan.command = world_options(support, job, marker);
  plan.in = in.number();
  plan.out = run.out.write.number();
  plan.err = run.err.write.number();
  plan.extra = {info.write.number(), hold.read.number(), filter.number()};
  plan.run_as = owner;
  run.started = start_program(plan);
  if (run.started < 0) return refused("no more processes");
  for (OwnedDescriptor* end : {&run.out.write, &run.err.write, &info.write, &hold.read}) end->reset();
  run.first = first_process(info.read.number());
  std::string fault = run.first > 0 ? open_box(run, marker, owner) : "bubblewrap did not start";
  if (fault.empty()) fault = run.folder->write(job.files);
  if (fault.empty() && !limit_process(run.first, job.limits, owner, processes_count_by_box())) {
    fault = "limits cannot be set";
  }
  if (!fault.empty()) {
    kill_all(run);
    if (!run.is_over) ::waitpid(run.started, &run.wait_status, 0);
    take(run.err.read.number(), run.result.err, job.limits.output);
    return refused(fault + (run.result.err.empty() ? "" : ": " + std::string(trim(run.result.err))));
  }
  hold.write.reset();  // lets it go
  see_through(run);
  take_status(run);
  collect(run);
  return std::move(run.result);
}

/// Without isolation, where somebody insists: limits of the process, a temporary folder, and no more.
BoxResult run_bare(const BoxJob& job) {
  std::string folder = (fs::temp_directory_path() / "rigwise-box-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return refused("no temporary folder");
  Run run;
  run.job = &job;
  run.out = make_pipe(-1);
  run.err = make_pipe(-1);
  run.folder = std::make_unique<BoxFolder>(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const OwnedDescriptor in = memory_file(job.stdin_text);
  std::string fault = run.folder->write(job.files);
  if (fault.empty()) {
    StartPlan plan;
    plan.command = job.command;
    for (const auto& [name, value] : job.environment) {
      plan.environment.push_back(name + "=" + (value.starts_with("/box") ? folder + value.substr(4) : value));
    }
    plan.in = in.number();
    plan.out = run.out.write.number();
    plan.err = run.err.write.number();
    plan.folder = folder;
    plan.limits = &job.limits;
    run.started = start_program(plan);
    run.out.write.reset();
    run.err.write.reset();
    if (run.started > 0) {
      see_through(run);
      take_status(run);
      collect(run);
    } else {
      fault = "no more processes";
    }
  }
  std::error_code ignored;
  fs::remove_all(folder, ignored);
  return fault.empty() ? std::move(run.result) : refused(fault);
}

std::string find_bwrap() {
  for (const char* path : {"/usr/bin/bwrap", "/bin/bwrap", "/usr/local/bin/bwrap"}) {
    if (::access(path, X_OK) == 0) return path;
  }
  return "";
}

}  // namespace

std::string_view sandbox_level_name(SandboxLevel level) {
  if (level == SandboxLevel::full) return "L3: namespaces, filter of system calls, limits";
  return level == SandboxLevel::namespaces ? "L2: namespaces, limits" : "L1: limits only";
}

SandboxSupport probe_sandbox() {
  SandboxSupport support;
  support.bwrap = find_bwrap();
  if (support.bwrap.empty()) {
    support.words = "bubblewrap is not installed (Debian's package is bubblewrap)";
    return support;
  }
  BoxJob job;
  job.command = {"/usr/bin/true"};
  std::string why;
  const bool is_root = ::geteuid() == 0;
  for (const SandboxLevel level : {SandboxLevel::full, SandboxLevel::namespaces}) {
    if (level == SandboxLevel::full && seccomp_filter().empty()) continue;
    for (const bool drops_root : {true, false}) {
      if (drops_root && !is_root) continue;
      support.level = level;
      support.drops_root = drops_root;
      const BoxResult tried = run_boxed(support, job);
      if (tried.not_run.empty() && tried.exit_status == 0) {
        support.words = std::string(sandbox_level_name(level));
        return support;
      }
      if (why.empty())
        why = tried.not_run.empty() ? "a box ended with " + std::to_string(tried.exit_status) : tried.not_run;
    }
  }
  support.level = SandboxLevel::none;
  support.drops_root = false;
  support.words = "bubblewrap does not work here: " + why;
  return support;
}

std::string Sandbox::why_not() const { return is_usable() ? "" : "no sandbox here: " + support_.words; }

BoxResult Sandbox::run(const BoxJob& job) const {
  if (support_.level >= SandboxLevel::namespaces) return run_boxed(support_, job);
  return unsafe_ ? run_bare(job) : refused(why_not());
}

}  // namespace rigwise
