#include "host/synth/synth_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <map>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

#include "codec/gguf_blocks.h"
#include "codec/gguf_types.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

namespace fs = std::filesystem;

/// Bytes at a write. Large enough that the disk is the limit, small enough that memory is nothing.
constexpr std::size_t kChunkBytes = std::size_t{4} << 20;
/// Streams of the generator: shared chunks, and tensors with numbers of their own.
constexpr std::uint64_t kChunkStream = 1, kTensorStream = 2;

Unexpected refuse(const std::string& doing, const std::string& path, int number) {
  const bool no_such = number == ENOENT || number == ENOTDIR || number == EISDIR;
  std::string next;
  if (number == ENOSPC || number == EDQUOT || number == EFBIG)
    next = "a smaller cut (--layers), --sparse, or another disk";
  return fail({no_such ? ErrorCode::not_found : ErrorCode::io,
               "cannot " + doing + " \"" + path + "\": " + std::generic_category().message(number),
               path,
               std::move(next),
               {}});
}

std::string gigabytes(std::uint64_t bytes) { return significant(static_cast<double>(bytes) / 1e9, 3) + " GB"; }

/// Refuses before a byte is written what cannot be held.
Result<void> check_room(const SynthGguf& file, const std::string& path) {
  const fs::path folder = fs::path(path).has_parent_path() ? fs::path(path).parent_path() : fs::path(".");
  struct statvfs disk{};
  if (::statvfs(folder.c_str(), &disk) != 0) return refuse("write", path, errno);
  const std::uint64_t room = static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize;
  if (file.written_bytes <= room) return {};
  return fail({ErrorCode::io,
               "the file needs " + gigabytes(file.written_bytes) + ", and the disk of \"" + folder.string() +
                   "\" has " + gigabytes(room) + " free; nothing is written",
               path,
               "a smaller cut (--layers N), --sparse, or another disk",
               {}});
}

/// PATH.part, gone with its object unless it was given its name.
class PartFile {
 public:
  explicit PartFile(const std::string& path)
      : path_(path),
        part_(path + ".part"),
        number_(::open(part_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {}
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;
  ~PartFile() {
    if (number_ < 0) return;
    ::close(number_);
    ::unlink(part_.c_str());
  }

  bool is_open() const { return number_ >= 0; }

  Result<void> set_length(std::uint64_t bytes) {
    if (::ftruncate(number_, static_cast<off_t>(bytes)) != 0) return refuse("write", part_, errno);
    return {};
  }

  Result<void> write_at(std::uint64_t offset, std::span<const unsigned char> bytes) {
    while (!bytes.empty()) {
      const ssize_t done = ::pwrite(number_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (done < 0 && errno == EINTR) continue;
      if (done < 0) return refuse("write", part_, errno);
      bytes = bytes.subspan(static_cast<std::size_t>(done));
      offset += static_cast<std::uint64_t>(done);
    }
    return {};
  }

  Result<void> give_name(bool replace) {
    // A file that came up meanwhile stays, but where it may be replaced.
    const int named = replace ? ::rename(part_.c_str(), path_.c_str())
                              : ::renameat2(AT_FDCWD, part_.c_str(), AT_FDCWD, path_.c_str(), RENAME_NOREPLACE);
    const bool no_such_call = named != 0 && (errno == EINVAL || errno == ENOSYS);
    if (no_such_call ? ::rename(part_.c_str(), path_.c_str()) != 0 : named != 0) return refuse("write", path_, errno);
    ::close(std::exchange(number_, -1));
    return {};
  }

 private:
  std::string path_, part_;
  int number_;
};

/// Random bytes of one format and width, twice in a row, so that a piece may start anywhere in the first half.
struct Chunk {
  std::vector<unsigned char> bytes;
  std::size_t length = 0;
};

class Writer {
 public:
  Writer(const SynthGguf& file, PartFile& out, const std::function<bool(const SynthProgress&)>& go_on)
      : file_(file), out_(out), go_on_(go_on), progress_{0, file.file_bytes} {}

  Result<SynthEnd> write() {
    if (const Result<void> done = out_.set_length(file_.file_bytes); !done) return fail(done.error());
    const auto* front = reinterpret_cast<const unsigned char*>(file_.header.data());
    if (const Result<void> done = out_.write_at(0, {front, file_.header.size()}); !done) return fail(done.error());
    progress_.done_bytes = file_.header.size();
    for (std::size_t i = 0; i < file_.tensors.size(); ++i) {
      const Result<bool> goes_on = tensor(i);
      if (!goes_on) return fail(goes_on.error());
      if (!*goes_on) return SynthEnd::interrupted;
      progress_.done_bytes = file_.data_offset() + file_.tensors[i].offset + file_.tensors[i].bytes;
    }
    progress_.done_bytes = progress_.all_bytes;
    go_on_(progress_);
    return SynthEnd::written;
  }

 private:
  Result<bool> tensor(std::size_t index) {
    const HeaderTensor& tensor = file_.tensors[index];
    switch (file_.contents[index]) {
      case TensorContent::ones: return ones(tensor);
      case TensorContent::shared: return file_.choices.sparse ? Result<bool>(go_on_(progress_)) : shared(tensor, index);
      default: return own(tensor, index);
    }
  }

  /// Writes a tensor in pieces of whole blocks that `piece_at` gives.
  template <class PieceAt>
  Result<bool> in_pieces(const HeaderTensor& tensor, std::size_t most, PieceAt piece_at) {
    const std::uint64_t start = file_.data_offset() + tensor.offset;
    for (std::uint64_t at = 0; at < tensor.bytes;) {
      const auto some = static_cast<std::size_t>(std::min<std::uint64_t>(most, tensor.bytes - at));
      if (const Result<void> done = out_.write_at(start + at, piece_at(some)); !done) return fail(done.error());
      at += some;
      progress_.done_bytes = start + at;
      if (!go_on_(progress_)) return false;
    }
    return true;
  }

  Result<bool> ones(const HeaderTensor& tensor) {
    const std::vector<float> values(static_cast<std::size_t>(tensor.elements), 1.0F);
    const auto* bytes = reinterpret_cast<const unsigned char*>(values.data());
    return in_pieces(tensor, static_cast<std::size_t>(tensor.bytes),
                     [bytes](std::size_t some) { return std::span(bytes, some); });
  }

  Result<bool> own(const HeaderTensor& tensor, std::size_t index) {
    Random random(file_.choices.seed, kTensorStream, index);
    const double deviation = synth_deviation(file_, tensor);
    const std::size_t most = chunk_length(tensor.type);
    piece_.resize(most);
    return in_pieces(tensor, most, [&](std::size_t some) -> std::span<const unsigned char> {
      const std::span<unsigned char> piece(piece_.data(), some);
      fill_gguf_blocks(tensor.type, deviation, random, piece);
      return piece;
    });
  }

  /// The chunk of the tensor's format over and over, begun at a block of the tensor's own, so that no two like tensors
  /// are the same bytes.
  Result<bool> shared(const HeaderTensor& tensor, std::size_t index) {
    const Chunk& chunk = chunk_for(tensor);
    const std::size_t block = ggml_type_called(tensor.type)->block_bytes;
    Random random(file_.choices.seed, kTensorStream, index);
    const auto turn = static_cast<std::size_t>(random.below(chunk.length / block)) * block;
    return in_pieces(tensor, chunk.length,
                     [&](std::size_t some) { return std::span(chunk.bytes.data() + turn, some); });
  }

  static std::size_t chunk_length(const std::string& type) {
    const std::size_t block = ggml_type_called(type)->block_bytes;
    return kChunkBytes / block * block;
  }

  const Chunk& chunk_for(const HeaderTensor& tensor) {
    const std::uint64_t width = tensor.shape.front();
    Chunk& chunk = chunks_[{tensor.type, width}];
    if (chunk.length > 0) return chunk;
    chunk.length = chunk_length(tensor.type);
    chunk.bytes.resize(2 * chunk.length);
    const std::span first(chunk.bytes.data(), chunk.length);
    Random random(file_.choices.seed, kChunkStream, (width << 8) | ggml_type_called(tensor.type)->id);
    fill_gguf_blocks(tensor.type, synth_deviation(file_, tensor), random, first);
    std::copy(first.begin(), first.end(), chunk.bytes.begin() + static_cast<std::ptrdiff_t>(chunk.length));
    return chunk;
  }

  const SynthGguf& file_;
  PartFile& out_;
  const std::function<bool(const SynthProgress&)>& go_on_;
  SynthProgress progress_;
  std::vector<unsigned char> piece_;
  std::map<std::pair<std::string, std::uint64_t>, Chunk> chunks_;  ///< a handful: formats times widths of the model
};

}  // namespace

Result<SynthEnd> write_synth_file(const SynthGguf& file, const std::string& path, bool replace,
                                  const std::function<bool(const SynthProgress&)>& go_on) {
  std::error_code failed;
  const fs::file_status there = fs::symlink_status(path, failed);
  // Folders, devices and pipes are never replaced: renaming over them would destroy them.
  const bool is_file = fs::is_regular_file(there) || fs::is_symlink(there);
  if (fs::exists(there) && !(replace && is_file)) {
    return invalid("\"" + path + "\" is there already; nothing is written", path,
                   is_file ? "another name, or --force to replace it" : "a file's name");
  }
  if (const Result<void> room = check_room(file, path); !room) return fail(room.error());
  PartFile out(path);
  if (!out.is_open()) return refuse("write", path + ".part", errno);
  Result<SynthEnd> end = Writer(file, out, go_on).write();
  if (!end || *end == SynthEnd::interrupted) return end;
  if (const Result<void> named = out.give_name(replace); !named) return fail(named.error());
  return SynthEnd::written;
}

}  // namespace rigwise
