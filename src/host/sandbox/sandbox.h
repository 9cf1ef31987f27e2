#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace rigwise {

// Runs code that a stranger wrote. A box is a world of its own: its own processes, mounts, users and network (there is
// none), a read-only toolchain, a folder of limited size, and no file of the host. Everything of it, compilers too,
// runs inside, and when the first process ends the whole tree is killed; only then are its files read, from outside.

/// How strongly a box is closed.
enum class SandboxLevel {
  none,        ///< limits of the process only; used when somebody insists
  namespaces,  ///< bubblewrap: own users, processes, mounts, network
  full,        ///< and a filter of system calls
};
std::string_view sandbox_level_name(SandboxLevel level);

/// What a box may use. Sums over the whole tree are watched from outside and need no cgroup.
struct BoxLimits {
  int cpu_s = 10;                ///< of each process
  double wall_s = 30;            ///< of the whole
  int data_mib = 512;            ///< writable private memory of each process; 0: only the sum counts
  int memory_mib = 1024;         ///< of all processes together
  int processes = 64;            ///< threads count too
  int box_mib = 128;             ///< all files together
  int files = 20'000;            ///< how many files
  int file_mib = 64;             ///< one file
  std::size_t output = 1 << 20;  ///< bytes of standard output and of standard error that are kept
};

struct BoxFile {
  std::string bytes;
  bool is_executable = false;
};

struct BoxJob {
  std::vector<std::string> command;                ///< the first is a path inside the box
  std::map<std::string, std::string> environment;  ///< and nothing else; "/box" is the working folder
  std::string stdin_text;
  std::map<std::string, BoxFile> files;  ///< of the working folder, by inner path
  std::vector<std::string> binds;        ///< paths of the host to read, beside the system's programs and libraries
  BoxLimits limits;
  std::vector<std::string> show;     ///< files whose content is wanted afterwards
  std::size_t show_bytes = 1 << 20;  ///< of each
  bool keep_all = false;             ///< all files are
};

struct BoxResult {
  std::string not_run;   ///< why there was no box; nothing else holds then
  int exit_status = 0;   ///< 128 + signal where one ended it
  std::string ended_by;  ///< "time", "memory", "processes", "files": the limit that was passed; empty: none
  std::string out, err;  ///< cut at the limit
  std::map<std::string, BoxFile> files;  ///< regular files that were asked for; links are never followed
  std::vector<std::string> tree;         ///< all regular files and links, sorted
};

/// What this machine has. Found once, when the program needs it.
struct SandboxSupport {
  SandboxLevel level = SandboxLevel::none;
  std::string bwrap;        ///< its path
  bool drops_root = false;  ///< boxes run as nobody although we are root, so that limits of users hold
  std::string words;        ///< for people: what it is, and why not more
};
/// Tries the levels, best first, by running `true` in a box.
SandboxSupport probe_sandbox();

class Sandbox {
 public:
  /// `unsafe`: without isolation where there is none. Never on by itself.
  explicit Sandbox(SandboxSupport support, bool unsafe = false) : support_(std::move(support)), unsafe_(unsafe) {}

  const SandboxSupport& support() const { return support_; }
  /// Whether code may run; `why_not` says it otherwise.
  bool is_usable() const { return unsafe_ || support_.level >= SandboxLevel::namespaces; }
  std::string why_not() const;

  /// Runs one command in a fresh box. Any thread.
  BoxResult run(const BoxJob& job) const;

 private:
  SandboxSupport support_;
  bool unsafe_ = false;
};

}  // namespace rigwise
