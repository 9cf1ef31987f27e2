#include "host/cli/plain_stream.h"

#include <iterator>

namespace rigwise {
namespace {

/// What Console writes around a word; nothing else that a terminal obeys.
constexpr std::string_view kStyles[] = {"\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m"};

std::string escape_of(unsigned char c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  return std::string("\\u00") + kDigits[c >> 4] + kDigits[c & 15];
}

bool is_control(unsigned char c) { return (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f; }

/// Length of a style that begins here, or 0.
std::size_t style_at(std::string_view text) {
  for (const std::string_view style : kStyles) {
    if (text.starts_with(style)) return style.size();
  }
  return 0;
}

/// "\xc2\x80" .. "\xc2\x9f": terminals take U+009B for ESC [.
bool is_c1(std::string_view text) {
  return text.size() > 1 && text[0] == '\xc2' && static_cast<unsigned char>(text[1]) < 0xa0;
}

}  // namespace

std::string without_controls(std::string_view text, bool styles) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    const std::size_t style = styles && c == 0x1b ? style_at(text.substr(i)) : 0;
    if (style > 0) {
      plain.append(text.substr(i, style));
      i += style - 1;
    } else if (is_control(c)) {
      plain += escape_of(c);
    } else if (is_c1(text.substr(i))) {
      plain += escape_of(static_cast<unsigned char>(text[++i]));
    } else {
      plain += text[i];
    }
  }
  return plain;
}

std::streamsize PlainStream::Buffer::xsputn(const char* text, std::streamsize count) {
  const std::string plain = without_controls({text, static_cast<std::size_t>(count)}, styles_);
  target_.write(plain.data(), static_cast<std::streamsize>(plain.size()));
  return target_ ? count : 0;
}

PlainStream::Buffer::int_type PlainStream::Buffer::overflow(int_type c) {
  if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
  const char one = traits_type::to_char_type(c);
  return xsputn(&one, 1) == 1 ? c : traits_type::eof();
}

int PlainStream::Buffer::sync() {
  target_.flush();
  return target_ ? 0 : -1;
}

}  // namespace rigwise
