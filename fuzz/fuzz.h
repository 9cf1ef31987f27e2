#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/check.h"
#include "core/base/result.h"
#include "host/catalog_io/load.h"
#include "verbs/verbs.h"

namespace rigwise {

inline std::string_view fuzzed_text(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

/// A reader may refuse anything, but never without words.
template <class T>
void value_or_words(const Result<T>& result) {
  if (!result) RW_CHECK(!result.error().message.empty());
}

/// The small catalog of the transcript tests: every kind of record, few of each, so that answers take microseconds.
inline const House& small_house() {
  static const House kHouse = [] {
    Result<LoadedCatalog> loaded = load_catalog_folder(RIGWISE_SOURCE_DIR "/tests/catalog", {});
    RW_CHECK(loaded.has_value());
    return House{std::move(loaded->catalog), std::move(loaded->calibration)};
  }();
  return kHouse;
}

}  // namespace rigwise
