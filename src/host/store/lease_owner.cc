#include "host/store/lease_owner.h"

#include <unistd.h>

#include <fstream>
#include <optional>
#include <vector>

#include "core/base/text.h"

namespace rigwise {
namespace {

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

/// Changes with every start of the machine, so that process numbers of an earlier day mean nothing.
std::string machine() {
  static const std::string kMachine = [] {
    std::string boot = first_line("/proc/sys/kernel/random/boot_id");
    char name[256] = {};
    gethostname(name, sizeof name - 1);
    // Containers share the boot id and not the process numbers.
    char space[64] = {};
    const auto size = readlink("/proc/self/ns/pid", space, sizeof space - 1);
    return std::string(name) + "/" + boot + "/" + std::string(space, size > 0 ? static_cast<std::size_t>(size) : 0);
  }();
  return kMachine;
}

/// Clock ticks between the machine's start and the process's; nothing when there is no such process.
std::optional<std::string> start_of(const std::string& process) {
  const std::string stat = first_line("/proc/" + process + "/stat");
  const std::size_t after_name = stat.rfind(')');
  if (after_name == std::string::npos) return std::nullopt;
  const std::vector<std::string_view> fields = split(trim(std::string_view(stat).substr(after_name + 1)), ' ');
  constexpr std::size_t kStart = 19, kStateField = 0;
  if (fields.size() <= kStart || fields[kStateField] == "Z" || fields[kStateField] == "X") return std::nullopt;
  return std::string(fields[kStart]);
}

}  // namespace

std::string this_owner() {
  const std::string process = std::to_string(getpid());
  return machine() + "|" + process + "|" + start_of(process).value_or("0");
}

bool owner_is_gone(const std::string& owner) {
  const std::vector<std::string_view> parts = split(owner, '|');
  if (parts.size() != 3 || parts[0] != machine()) return false;
  return start_of(std::string(parts[1])).value_or("") != parts[2];
}

}  // namespace rigwise
