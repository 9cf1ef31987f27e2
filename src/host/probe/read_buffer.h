#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>

namespace rigwise {

/// An ordinary page.
inline constexpr std::size_t kPageBytes = 4096;

/// Huge pages show what memory can do; a file that an engine maps, and what it allocates, lies in ordinary ones.
enum class Pages { huge, ordinary };

/// Memory in equal parts of whole pages, for its readers to fill.
class ReadBuffer {
 public:
  /// At most `bytes`, in `parts`; `is_there` says whether the system gave it.
  ReadBuffer(std::size_t bytes, std::size_t parts, Pages pages)
      : part_((bytes / parts) / kPageBytes * kPageBytes), bytes_(part_ * parts) {
    void* at = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) return;
    data_ = static_cast<std::uint8_t*>(at);
#ifdef MADV_HUGEPAGE
    madvise(data_, bytes_, pages == Pages::huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
#endif
  }
  ~ReadBuffer() {
    if (data_ != nullptr) munmap(data_, bytes_);
  }
  ReadBuffer(const ReadBuffer&) = delete;
  ReadBuffer& operator=(const ReadBuffer&) = delete;

  /// Parts lie one behind the other.
  std::uint8_t* part(std::size_t i) const { return data_ + i * part_; }
  std::size_t part_bytes() const { return part_; }
  std::size_t bytes() const { return bytes_; }
  bool is_there() const { return data_ != nullptr && part_ > 0; }

 private:
  std::size_t part_ = 0, bytes_ = 0;
  std::uint8_t* data_ = nullptr;
};

/// Fills memory with random bits: zeros are compressed by some, and never-written pages are one page.
inline void fill_with_random_bits(std::uint8_t* bytes, std::size_t count, std::uint64_t seed) {
  auto* words = reinterpret_cast<std::uint64_t*>(bytes);
  std::uint64_t state = seed * 0x9E3779B97F4A7C15U + 1;
  for (std::size_t i = 0; i < count / sizeof *words; ++i) {
    state ^= state << 13U;
    state ^= state >> 7U;
    state ^= state << 17U;
    words[i] = state;
  }
}

}  // namespace rigwise
