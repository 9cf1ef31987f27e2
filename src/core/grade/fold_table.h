#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace rigwise {

/// A character that means the same as a plainer text: a ligature, a full-width letter, a superscript digit.
struct CompatibleForm {
  char32_t point;
  std::string_view text;  ///< UTF-8
};
/// A letter written as base and mark.
struct Composition {
  char32_t base, mark, letter;
};
/// Capitals from `first` to `last`, every `step`-th, fold by adding `shift`.
struct CaseRun {
  char32_t first, last;
  std::int32_t step, shift;
};

/// In order of code point, so that they can be searched. fold_table.cc is written by tools/unicode_fold.py.
std::span<const CompatibleForm> compatible_forms();
std::span<const Composition> compositions();
std::span<const CaseRun> case_runs();

}  // namespace rigwise
