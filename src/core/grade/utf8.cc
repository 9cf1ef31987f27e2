#include "core/grade/utf8.h"

#include <array>

namespace rigwise {
namespace {

constexpr char32_t kNone = 0xFFFD;

struct PointRange {
  char32_t first, last;
};

/// Spaces, marks, punctuation, symbols, pictures beyond ASCII.
constexpr std::array kNoWord = {
    PointRange{0x80, 0xA9},     PointRange{0xAB, 0xB1},       PointRange{0xB4, 0xB4},      PointRange{0xB6, 0xB8},
    PointRange{0xBB, 0xBB},     PointRange{0xBF, 0xBF},       PointRange{0xD7, 0xD7},      PointRange{0xF7, 0xF7},
    PointRange{0x2C2, 0x2DF},   PointRange{0x300, 0x36F},     PointRange{0x37E, 0x37E},    PointRange{0x387, 0x387},
    PointRange{0x2000, 0x206F}, PointRange{0x207A, 0x207E},   PointRange{0x208A, 0x208E},  PointRange{0x20A0, 0x20FF},
    PointRange{0x2190, 0x245F}, PointRange{0x2500, 0x2BFF},   PointRange{0x2E00, 0x2E7F},  PointRange{0x3000, 0x3004},
    PointRange{0x3008, 0x3020}, PointRange{0x30FB, 0x30FB},   PointRange{0xFE00, 0xFE6F},  PointRange{0xFEFF, 0xFEFF},
    PointRange{0xFFF0, 0xFFFF}, PointRange{0x1F000, 0x1FAFF}, PointRange{0xE0000, 0xE01FF}};

}  // namespace

Utf8Step utf8_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(at);
  if (lead < 0x80) return {lead, at + 1};
  const std::size_t length = lead >= 0xF0 && lead < 0xF5 ? 4 : lead >= 0xE0 && lead < 0xF0 ? 3 : lead >= 0xC2 ? 2 : 0;
  if (length == 0 || lead >= 0xF5 || at + length > text.size()) return {kNone, at + 1};
  char32_t point = lead & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0u) != 0x80) return {kNone, at + 1};
    point = point << 6 | (byte(at + i) & 0x3Fu);
  }
  const bool shortest = (length != 3 || point >= 0x800) && (length != 4 || point >= 0x10000);
  if (!shortest || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return {kNone, at + 1};
  return {point, at + length};
}

Utf8Step utf8_before(std::string_view text, std::size_t at) {
  std::size_t begin = at - 1;
  while (begin > 0 && at - begin < 4 && (static_cast<unsigned char>(text[begin]) & 0xC0u) == 0x80) --begin;
  const Utf8Step step = utf8_at(text, begin);
  return step.next == at ? step : Utf8Step{kNone, at};
}

void append_utf8(std::string& text, char32_t point) {
  const auto put = [&text](char32_t byte) { text += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0 | point >> 6);
    put(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    put(0xE0 | point >> 12);
    put(0x80 | (point >> 6 & 0x3F));
    put(0x80 | (point & 0x3F));
  } else {
    put(0xF0 | point >> 18);
    put(0x80 | (point >> 12 & 0x3F));
    put(0x80 | (point >> 6 & 0x3F));
    put(0x80 | (point & 0x3F));
  }
}

bool is_word_character(char32_t point) {
  if (point < 0x80) {
    return (point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z') || (point >= '0' && point <= '9') ||
           point == '_';
  }
  for (const PointRange& range : kNoWord) {
    if (point >= range.first && point <= range.last) return false;
  }
  return true;
}

}  // namespace rigwise
