#pragma once

#include <map>
#include <string>
#include <vector>

#include "host/sandbox/sandbox.h"

namespace rigwise {

/// A box's working folder, seen from outside through an open descriptor: it stays readable after every process of the
/// box and its mounts are gone. No link is ever followed.
class BoxFolder {
 public:
  /// Takes the descriptor of the folder. `owner`: who the files shall belong to; -1: us.
  explicit BoxFolder(int descriptor, int owner = -1) : descriptor_(descriptor), owner_(owner) {}
  ~BoxFolder();
  BoxFolder(const BoxFolder&) = delete;
  BoxFolder& operator=(const BoxFolder&) = delete;

  /// Writes files, before anything runs in the box. Gives  why not; empty: all are there.
  std::string write(const std::map<std::string, BoxFile>& files) const;

  /// Regular files and links below it, sorted; after everything in the box has ended. No more than `most`.
  std::vector<std::string> tree(std::size_t most) const;

  /// A regular file, cut at `most` bytes; false where there is none, or a link on the way to it.
  bool read(const std::string& path, std::size_t most, BoxFile& file) const;

  /// How many files there are, as the file system counts.
  long file_count() const;

 private:
  void walk(int folder, const std::string& prefix, int depth, std::size_t most, std::vector<std::string>& found) const;
  int open_parent(const std::string& path, bool make, std::string& name) const;

  int descriptor_;
  int owner_;
};

}  // namespace rigwise
