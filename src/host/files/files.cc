#include "host/files/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <limits>
#include <system_error>

namespace rigwise {
namespace {

namespace fs = std::filesystem;

/// A path nobody has is the user's mistake; anything else is the world's.
Unexpected refuse(const std::string& doing, const std::string& path, int number) {
  const bool no_such = number == ENOENT || number == ENOTDIR || number == EISDIR;
  return fail({no_such ? ErrorCode::not_found : ErrorCode::io,
               "cannot " + doing + " \"" + path + "\": " + std::generic_category().message(number),
               path,
               {},
               {}});
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ > STDERR_FILENO) ::close(number_);
  }
  int number() const { return number_; }
  /// Closes now and says whether all that was written is with the system.
  bool close() {
    const int n = number_;
    number_ = -1;
    return ::close(n) == 0;
  }

 private:
  int number_;
};

Result<std::string> read_up_to(const std::string& path, std::size_t limit) {
  const Descriptor file(path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number() < 0) return refuse("read", path, errno);
  struct stat about{};
  if (::fstat(file.number(), &about) != 0) return refuse("read", path, errno);
  if (S_ISDIR(about.st_mode)) return refuse("read", path, EISDIR);
  std::string text;
  constexpr std::size_t kPiece = std::size_t{1} << 16;
  std::size_t piece = S_ISREG(about.st_mode) ? static_cast<std::size_t>(about.st_size) + 1 : kPiece;
  while (text.size() < limit) {
    const std::size_t have = text.size();
    text.resize(have + std::min(std::max(piece, kPiece), limit - have));
    const ssize_t got = ::read(file.number(), text.data() + have, text.size() - have);
    text.resize(have + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return refuse("read", path, errno);
    if (got == 0) break;
    piece = kPiece;
  }
  return text;
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t done = ::write(file, text.data(), text.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(done));
  }
  return true;
}

/// A rename is only kept when the folder that holds the name is.
void sync_folder(const fs::path& folder) {
  const Descriptor open(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (open.number() >= 0) ::fsync(open.number());
}

using Produce = std::function<Result<void>(const WritePart&)>;

/// Parts go to the descriptor as they come: few system calls for many small ones.
Result<void> write_parts(const Descriptor& file, const std::string& path, const Produce& produce) {
  constexpr std::size_t kEnough = std::size_t{1} << 16;
  std::string held;
  const auto flush = [&]() -> Result<void> {
    if (!write_all(file.number(), held)) return refuse("write", path, errno);
    held.clear();
    return {};
  };
  const Result<void> produced = produce([&](std::string_view part) -> Result<void> {
    held.append(part);
    return held.size() < kEnough ? Result<void>{} : flush();
  });
  return produced ? flush() : produced;
}

/// A pipe's open waits for its reader, and a signal may end that wait.
int open_for_writing(const std::string& path) {
  while (true) {
    const int number = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (number >= 0 || errno != EINTR) return number;
  }
}

Result<void> write_through(const std::string& path, const Produce& produce) {
  Descriptor file(open_for_writing(path));
  if (file.number() < 0) return refuse("write", path, errno);
  if (const Result<void> written = write_parts(file, path, produce); !written) return written;
  if (!file.close()) return refuse("write", path, errno);
  return {};
}

}  // namespace

Result<std::string> read_file(const std::string& path) {
  // What is larger is no input of ours, and a device has no end.
  constexpr std::size_t kMost = std::size_t{1} << 30;
  Result<std::string> text = read_up_to(path, kMost + 1);
  if (text && text->size() > kMost)
    return fail({ErrorCode::invalid_input, path + " is larger than 1 GiB, or has no end", path, "a file", {}});
  return text;
}

Result<std::uint64_t> file_size(const std::string& path) {
  struct stat about{};
  if (::stat(path.c_str(), &about) != 0) return refuse("read", path, errno);
  if (S_ISDIR(about.st_mode)) return refuse("read", path, EISDIR);
  return static_cast<std::uint64_t>(about.st_size);
}

Result<std::string> read_file_start(const std::string& path, std::size_t limit) { return read_up_to(path, limit); }

Result<void> make_folder(const std::string& path) {
  std::error_code failed;
  fs::create_directories(path, failed);
  if (failed) return refuse("make the folder", path, failed.value());
  return {};
}

Result<void> write_file_atomically(const std::string& path, std::string_view text) {
  return write_file_in_parts(path, [text](const WritePart& write) { return write(text); });
}

Result<void> write_file_in_parts(const std::string& path, const Produce& produce) {
  std::error_code failed;
  const fs::file_status there = fs::status(path, failed);
  // Devices and pipes have no half-written state to hide, and renaming over them would destroy them.
  if (fs::exists(there) && !fs::is_regular_file(there)) return write_through(path, produce);
  // A link keeps pointing where it points: its target is what gets replaced.
  const fs::path target = fs::exists(there) ? fs::canonical(path, failed) : fs::path(path);
  if (failed && fs::exists(there)) return refuse("write", path, failed.value());
  const fs::path folder = target.has_parent_path() ? target.parent_path() : fs::path(".");
  std::string temporary = (folder / (target.filename().string() + ".XXXXXX")).string();
  Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (file.number() < 0) return refuse("write", path, errno);
  if (const Result<void> written = write_parts(file, path, produce); !written) {
    ::unlink(temporary.c_str());
    return written;
  }
  int number = 0;
  constexpr mode_t kReadableByAll = 0644;
  if (::fchmod(file.number(), kReadableByAll) != 0 || ::fsync(file.number()) != 0 || !file.close() ||
      ::rename(temporary.c_str(), target.c_str()) != 0)
    number = errno;
  if (number != 0) {
    ::unlink(temporary.c_str());
    return refuse("write", path, number);
  }
  sync_folder(folder);
  return {};
}

Result<bool> create_file(const std::string& path, std::string_view text) {
  std::string temporary = path + ".XXXXXX";
  Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (file.number() < 0) return refuse("write", path, errno);
  const Result<void> written = write_parts(file, path, [text](const WritePart& write) { return write(text); });
  int number = 0;
  constexpr mode_t kReadableByAll = 0644;
  // A link, unlike a rename, takes no name that is taken.
  if (written && (::fchmod(file.number(), kReadableByAll) != 0 || ::fsync(file.number()) != 0 || !file.close() ||
                  ::link(temporary.c_str(), path.c_str()) != 0)) {
    number = errno;
  }
  ::unlink(temporary.c_str());
  if (!written) return fail(written.error());
  if (number == EEXIST) return false;
  if (number != 0) return refuse("write", path, number);
  const fs::path folder = fs::path(path).parent_path();
  sync_folder(folder.empty() ? fs::path(".") : folder);
  return true;
}

Result<std::vector<std::string>> list_files(const std::string& folder) {
  std::error_code failed;
  std::vector<std::string> found;
  fs::recursive_directory_iterator walk(folder, failed);
  if (failed) return refuse("read the folder", folder, failed.value());
  for (const fs::recursive_directory_iterator end; walk != end; walk.increment(failed)) {
    if (failed) break;
    const fs::directory_entry& entry = *walk;
    if (entry.path().filename().string().starts_with('.')) {
      if (entry.is_directory(failed)) walk.disable_recursion_pending();
      continue;
    }
    if (entry.is_regular_file(failed)) found.push_back(entry.path().lexically_relative(folder).generic_string());
  }
  if (failed) return refuse("read the folder", folder, failed.value());
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace rigwise
