#include "host/sandbox/box_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <ctime>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr int kDeepest = 32;
constexpr mode_t kFolderMode = 0755, kFileMode = 0644, kProgramMode = 0755;

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// Acts on files as another user, in this thread alone: a box's file system knows no user but its own.
class ActAs {
 public:
  explicit ActAs(int owner) : is_other_(owner >= 0) {
    if (!is_other_) return;
    ::setfsgid(static_cast<gid_t>(owner));
    ::setfsuid(static_cast<uid_t>(owner));
  }
  ~ActAs() {
    if (!is_other_) return;
    ::setfsuid(::geteuid());
    ::setfsgid(::getegid());
  }
  ActAs(const ActAs&) = delete;
  ActAs& operator=(const ActAs&) = delete;

 private:
  bool is_other_;
};

}  // namespace

BoxFolder::~BoxFolder() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

/// The folder that holds a path's last part, opened part by part without following links; -1: there is none.
int BoxFolder::open_parent(const std::string& path, bool make, std::string& name) const {
  int folder = ::fcntl(descriptor_, F_DUPFD_CLOEXEC, 3);
  const std::vector<std::string_view> parts = split(path, '/');
  for (std::size_t i = 0; i + 1 < parts.size() && folder >= 0; ++i) {
    const std::string part(parts[i]);
    if (part.empty() || part == "." || part == "..") {
      ::close(folder);
      return -1;
    }
    if (make) (void)!::mkdirat(folder, part.c_str(), kFolderMode);
    const int inner = ::openat(folder, part.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    ::close(folder);
    folder = inner;
  }
  name = std::string(parts.back());
  return folder;
}

std::string BoxFolder::write(const std::map<std::string, BoxFile>& files) const {
  const ActAs owner(owner_);
  // All files are of one age, or what sorts by age would find another order each time.
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  const timespec times[2] = {{now.tv_sec, 0}, {now.tv_sec, 0}};
  for (const auto& [path, content] : files) {
    std::string name;
    const int folder = open_parent(path, true, name);
    const mode_t mode = content.is_executable ? kProgramMode : kFileMode;
    const int file =
        folder < 0 ? -1 : ::openat(folder, name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode);
    const bool good =
        file >= 0 && write_all(file, content.bytes) && ::fchmod(file, mode) == 0 && ::futimens(file, times) == 0;
    const int why = errno;
    if (file >= 0) ::close(file);
    if (folder >= 0) ::close(folder);
    if (!good) return "cannot write " + path + ": " + std::strerror(why);
  }
  return "";
}

void BoxFolder::walk(int folder, const std::string& prefix, int depth, std::size_t most,
                     std::vector<std::string>& found) const {
  DIR* list = ::fdopendir(folder);
  if (list == nullptr) {
    ::close(folder);
    return;
  }
  while (const dirent* entry = ::readdir(list)) {
    const std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    struct stat about{};
    if (found.size() >= most || ::fstatat(folder, name.c_str(), &about, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (S_ISREG(about.st_mode) || S_ISLNK(about.st_mode)) found.push_back(prefix + name);
    if (!S_ISDIR(about.st_mode) || depth >= kDeepest) continue;
    const int inner = ::openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (inner >= 0) walk(inner, prefix + name + "/", depth + 1, most, found);
  }
  ::closedir(list);
}

std::vector<std::string> BoxFolder::tree(std::size_t most) const {
  std::vector<std::string> found;
  const int folder = ::openat(descriptor_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) walk(folder, "", 0, most, found);
  std::sort(found.begin(), found.end());
  return found;
}

bool BoxFolder::read(const std::string& path, std::size_t most, BoxFile& file) const {
  std::string name;
  const int folder = open_parent(path, false, name);
  if (folder < 0) return false;
  // A pipe or a device would wait for ever; they are no regular files and nothing is read of them.
  const int source = ::openat(folder, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  ::close(folder);
  if (source < 0) return false;
  struct stat about{};
  const bool is_regular = ::fstat(source, &about) == 0 && S_ISREG(about.st_mode);
  file.is_executable = (about.st_mode & S_IXUSR) != 0;
  char buffer[1 << 16];
  while (is_regular && file.bytes.size() < most) {
    const ssize_t got = ::read(source, buffer, std::min(sizeof buffer, most - file.bytes.size()));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    file.bytes.append(buffer, static_cast<std::size_t>(got));
  }
  ::close(source);
  return is_regular;
}

long BoxFolder::file_count() const {
  struct statvfs about{};
  if (::fstatvfs(descriptor_, &about) != 0) return 0;
  return static_cast<long>(about.f_files - about.f_ffree);
}

}  // namespace rigwise
