#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace rigwise {

/// The most that is read or unpacked at once.
inline constexpr std::size_t kPieceBytes = std::size_t{1} << 20;

/// Whether a file begins as gzip's do.
bool is_gzip(std::string_view start);

/// Unpacks what gzip packed as it comes: rotated logs are packed. Memory stays the same however much is unpacked.
class GzipPieces {
 public:
  explicit GzipPieces(std::string path);
  GzipPieces(const GzipPieces&) = delete;
  GzipPieces& operator=(const GzipPieces&) = delete;
  ~GzipPieces();

  /// Unpacks the next piece of the file and hands over what comes of it; false: `take` wants no more.
  /// Errors  corrupt_data, where it is not what gzip wrote.
  Result<bool> feed(std::string_view packed, const std::function<bool(std::string_view piece)>& take);
  /// The file has ended. Errors  corrupt_data, where it ends within a member.
  Result<void> finish() const;

 private:
  struct Stream;
  Unexpected damaged(const std::string& how) const;

  std::string path_, unpacked_;
  std::unique_ptr<Stream> stream_;
  bool is_between_ = false;  ///< a member has ended, no other has begun
  bool is_padding_ = false;  ///< behind the last member zeros fill a block of a tape
};

}  // namespace rigwise
