#include "host/sandbox/box_process.h"

#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>

namespace rigwise {
namespace {

constexpr rlim_t kMib = rlim_t{1} << 20;
constexpr rlim_t kOpenFiles = 256;

struct Limit {
  __rlimit_resource what;
  rlim_t most;
  rlim_t hard = most;
};

std::vector<Limit> limits_of(const BoxLimits& limits, bool count_processes) {
  std::vector<Limit> list = {{RLIMIT_CPU, static_cast<rlim_t>(limits.cpu_s), static_cast<rlim_t>(limits.cpu_s) + 1},
                             {RLIMIT_FSIZE, static_cast<rlim_t>(limits.file_mib) * kMib},
                             {RLIMIT_NOFILE, kOpenFiles},
                             {RLIMIT_CORE, 0},
                             {RLIMIT_MEMLOCK, 0},
                             {RLIMIT_MSGQUEUE, 0}};
  if (limits.data_mib > 0) list.push_back({RLIMIT_DATA, static_cast<rlim_t>(limits.data_mib) * kMib});
  if (count_processes) list.push_back({RLIMIT_NPROC, static_cast<rlim_t>(limits.processes)});
  return list;
}

/// Between fork and exec: nothing that locks or allocates.
[[noreturn]] void become(const StartPlan& plan, char** arguments, char** environment, const Limit* limits,
                         std::size_t limit_count) {
  constexpr int kFailed = 127, kAbove = 100;
  ::setsid();
  if (limits != nullptr) ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(plan.in, 0);
  ::dup2(plan.out, 1);
  ::dup2(plan.err, 2);
  // First out of the way, then down: an extra descriptor may have a number that another is to get.
  const int count = static_cast<int>(plan.extra.size());
  for (int i = 0; i < count; ++i) ::dup2(plan.extra[static_cast<std::size_t>(i)], kAbove + i);
  for (int i = 0; i < count; ++i) ::dup2(kAbove + i, 3 + i);
  ::syscall(SYS_close_range, 3 + count, ~0U, 0);
  if (plan.run_as >= 0) {
    const auto id = static_cast<unsigned>(plan.run_as);
    if (::setgroups(0, nullptr) != 0 || ::setresgid(id, id, id) != 0 || ::setresuid(id, id, id) != 0) ::_exit(kFailed);
  }
  if (::chdir(plan.folder.empty() ? "/" : plan.folder.c_str()) != 0) ::_exit(kFailed);
  for (std::size_t i = 0; i < limit_count; ++i) {
    const rlimit limit{limits[i].most, limits[i].hard};
    ::setrlimit(limits[i].what, &limit);
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  ::execve(arguments[0], arguments, environment);
  ::_exit(kFailed);
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> list;
  list.reserve(texts.size() + 1);
  for (const std::string& text : texts) list.push_back(const_cast<char*>(text.c_str()));
  list.push_back(nullptr);
  return list;
}

}  // namespace

void OwnedDescriptor::reset(int number) {
  if (number_ >= 0) ::close(number_);
  number_ = number;
}

PipeEnds make_pipe(int owner) {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return {};
  if (owner >= 0) (void)::fchown(ends[1], static_cast<uid_t>(owner), static_cast<gid_t>(owner));
  return {OwnedDescriptor(ends[0]), OwnedDescriptor(ends[1])};
}

OwnedDescriptor memory_file(std::string_view bytes) {
  const OwnedDescriptor file(::memfd_create("rigwise-box", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file.is_open()) return {};
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.number(), bytes.data(), bytes.size());
    if (written <= 0) return {};
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  constexpr mode_t kReadOnly = 0444;
  ::fchmod(file.number(), kReadOnly);
  ::fcntl(file.number(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL);
  const std::string path = "/proc/self/fd/" + std::to_string(file.number());
  return OwnedDescriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

pid_t start_program(const StartPlan& plan) {
  const std::vector<char*> arguments = pointers(plan.command), environment = pointers(plan.environment);
  const std::vector<Limit> limits = plan.limits == nullptr ? std::vector<Limit>{} : limits_of(*plan.limits, false);
  const pid_t child = ::fork();
  if (child != 0) return child;
  become(plan, const_cast<char**>(arguments.data()), const_cast<char**>(environment.data()),
         plan.limits == nullptr ? nullptr : limits.data(), limits.size());
}

bool limit_process(pid_t process, const BoxLimits& limits, int run_as, bool count_processes) {
  const std::vector<Limit> list = limits_of(limits, count_processes);
  constexpr int kPolite = 5;
  // Limits of another user's process are set by that user: root in a container may lack the right to.
  const pid_t child = ::fork();
  if (child == 0) {
    const auto id = static_cast<unsigned>(run_as);
    bool good =
        run_as < 0 || (::setgroups(0, nullptr) == 0 && ::setresgid(id, id, id) == 0 && ::setresuid(id, id, id) == 0);
    for (std::size_t i = 0; i < list.size(); ++i) {
      const rlimit both{list[i].most, list[i].hard};
      good = good && ::prlimit(process, list[i].what, &both, nullptr) == 0;
    }
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(process), kPolite);
    ::_exit(good ? 0 : 1);
  }
  int status = 1;
  return child > 0 && ::waitpid(child, &status, 0) == child && status == 0;
}

}  // namespace rigwise
