#include "codec/json_fields.h"

#include <cmath>

#include "core/base/text.h"

namespace rigwise {
namespace {

/// A word that JSON does not know, and what stands for it.
struct ForeignWord {
  std::string_view word, standard;
};

constexpr ForeignWord kForeignWords[] = {{"NaN", "null"}, {"Infinity", "\"inf\""}, {"-Infinity", "\"-inf\""}};

const ForeignWord* foreign_word_at(std::string_view text, std::size_t at) {
  for (const ForeignWord& known : kForeignWords) {
    if (text.substr(at, known.word.size()) == known.word) return &known;
  }
  return nullptr;
}

}  // namespace

const Json* value_at(const Json& from, std::string_view path) {
  const Json* value = &from;
  for (const std::string_view key : split(path, '.')) {
    if (!value->is_object()) return nullptr;
    const auto found = value->find(std::string(key));
    if (found == value->end()) return nullptr;
    value = &*found;
  }
  return value;
}

std::optional<double> number_at(const Json& from, std::string_view path) {
  const Json* value = value_at(from, path);
  if (value == nullptr) return std::nullopt;
  if (value->is_boolean()) return value->get<bool>() ? 1 : 0;
  if (value->is_string()) {
    const Result<double> number = parse_number(value->get_ref<const std::string&>());
    return number ? std::optional<double>(*number) : std::nullopt;
  }
  if (!value->is_number()) return std::nullopt;
  const double number = value->get<double>();
  return std::isfinite(number) ? std::optional<double>(number) : std::nullopt;
}

std::string text_at(const Json& from, std::string_view path) {
  const Json* value = value_at(from, path);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

std::string standard_json(std::string_view text) {
  std::string standard;
  standard.reserve(text.size());
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const ForeignWord* foreign = quoted || (c != 'N' && c != 'I' && c != '-') ? nullptr : foreign_word_at(text, i);
    if (foreign != nullptr) {
      standard += foreign->standard;
      i += foreign->word.size() - 1;
      continue;
    }
    standard += c;
    if (c == '"') quoted = !quoted;
    if (c == '\\' && quoted && i + 1 < text.size()) standard += text[++i];
  }
  return standard;
}

}  // namespace rigwise
