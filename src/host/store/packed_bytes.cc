#include "host/store/packed_bytes.h"

#include <zstd.h>

#include <memory>

#include "core/base/check.h"

namespace rigwise {
namespace {

struct Closer {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

}  // namespace

std::string pack_bytes(std::string_view bytes, int level) {
  thread_local const std::unique_ptr<ZSTD_CCtx, Closer> context(ZSTD_createCCtx());
  RW_CHECK(context != nullptr);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  std::string packed(ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size = ZSTD_compress2(context.get(), packed.data(), packed.size(), bytes.data(), bytes.size());
  RW_CHECK(ZSTD_isError(size) == 0);
  packed.resize(size);
  return packed;
}

Result<std::string> unpack_bytes(std::string_view packed, std::size_t largest) {
  const auto broken = [](std::string why) {
    return fail({ErrorCode::corrupt_data, "a packed blob " + std::move(why), "blob", "a copy of the store", {}});
  };
  const unsigned long long size = ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN) return broken("cannot be read");
  if (size > largest) return broken("says that it is larger than blobs are");
  std::string bytes(static_cast<std::size_t>(size), '\0');
  const std::size_t got = ZSTD_decompress(bytes.data(), bytes.size(), packed.data(), packed.size());
  if (ZSTD_isError(got) != 0 || got != bytes.size()) return broken("is damaged");
  return bytes;
}

}  // namespace rigwise
