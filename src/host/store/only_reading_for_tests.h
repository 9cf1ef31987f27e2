#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace rigwise {

/// A file, or a folder with all that lies in it, that may only be read as long as this is there. Root may write
/// everywhere, so it is nobody meanwhile.
class OnlyReading {
 public:
  explicit OnlyReading(std::filesystem::path path) : path_(std::move(path)), was_root_(::geteuid() == 0) {
    constexpr mode_t kReadFile = 0444, kReadFolder = 0555;
    set_modes(kReadFile, kReadFolder);
    constexpr uid_t kNobody = 65534;
    if (was_root_) {
      EXPECT_EQ(::seteuid(kNobody), 0);
    }
  }
  OnlyReading(const OnlyReading&) = delete;
  OnlyReading& operator=(const OnlyReading&) = delete;
  ~OnlyReading() {
    if (was_root_) {
      EXPECT_EQ(::seteuid(0), 0);
    }
    constexpr mode_t kOwn = 0700;
    set_modes(kOwn, kOwn);
  }

 private:
  void set_modes(mode_t file, mode_t folder) const {
    const bool is_folder = std::filesystem::is_directory(path_);
    ::chmod(path_.c_str(), is_folder ? folder : file);
    if (!is_folder) return;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) ::chmod(entry.path().c_str(), file);
  }

  std::filesystem::path path_;
  bool was_root_;
};

}  // namespace rigwise
