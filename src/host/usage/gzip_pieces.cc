#include "host/usage/gzip_pieces.h"

#include <zlib.h>

#include <utility>

#include "core/base/check.h"

namespace rigwise {

struct GzipPieces::Stream {
  z_stream z{};
};

bool is_gzip(std::string_view start) { return start.starts_with("\x1f\x8b"); }

GzipPieces::GzipPieces(std::string path)
    : path_(std::move(path)), unpacked_(kPieceBytes, '\0'), stream_(std::make_unique<Stream>()) {
  constexpr int kGzipOnly = 16;
  RW_CHECK(inflateInit2(&stream_->z, MAX_WBITS + kGzipOnly) == Z_OK);
}

GzipPieces::~GzipPieces() { inflateEnd(&stream_->z); }

Unexpected GzipPieces::damaged(const std::string& how) const {
  return fail({ErrorCode::corrupt_data, "the packed file " + how, path_, "gzip -t says the same; a whole copy", {}});
}

Result<bool> GzipPieces::feed(std::string_view packed, const std::function<bool(std::string_view piece)>& take) {
  z_stream& z = stream_->z;
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));  // zlib's own types; it only reads
  z.avail_in = static_cast<uInt>(packed.size());
  for (bool is_full = false; z.avail_in > 0 || is_full;) {
    if (is_padding_ || (is_between_ && *z.next_in == 0)) {
      is_padding_ = true;
      return true;
    }
    if (is_between_) inflateReset(&z);
    is_between_ = false;
    z.next_out = reinterpret_cast<Bytef*>(unpacked_.data());
    z.avail_out = static_cast<uInt>(unpacked_.size());
    const int state = inflate(&z, Z_NO_FLUSH);
    const std::size_t length = unpacked_.size() - z.avail_out;
    if (length > 0 && !take(std::string_view(unpacked_).substr(0, length))) return false;
    is_full = z.avail_out == 0;
    if (state == Z_STREAM_END) {
      is_between_ = true;
      is_full = false;
    } else if (state == Z_BUF_ERROR) {
      break;  // all that came is unpacked
    } else if (state != Z_OK) {
      return damaged("is damaged");
    }
  }
  return true;
}

Result<void> GzipPieces::finish() const {
  if (is_between_) return {};
  return damaged("was cut: its end is missing");
}

}  // namespace rigwise
