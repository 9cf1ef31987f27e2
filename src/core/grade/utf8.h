#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rigwise {

/// One character and where the next begins. Bytes that are no UTF-8 are U+FFFD, one byte each.
struct Utf8Step {
  char32_t point = 0xFFFD;
  std::size_t next = 0;
};

Utf8Step utf8_at(std::string_view text, std::size_t at);
/// The character that ends before `at`, which is above 0.
Utf8Step utf8_before(std::string_view text, std::size_t at);
void append_utf8(std::string& text, char32_t point);

/// A letter, digit or '_'; beyond ASCII whatever is no space, mark, punctuation, symbol or picture.
bool is_word_character(char32_t point);

}  // namespace rigwise
