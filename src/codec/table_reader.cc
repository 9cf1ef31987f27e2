#include "codec/table_reader.h"

#include <algorithm>
#include <cmath>

#include "core/base/text.h"

namespace rigwise {
namespace {

int two_digits(std::string_view text, std::size_t at) {
  const char a = text[at], b = text[at + 1];
  return a >= '0' && a <= '9' && b >= '0' && b <= '9' ? 10 * (a - '0') + (b - '0') : -1;
}

}  // namespace

bool is_date(std::string_view text) {
  if (text.size() != 4 && text.size() != 7 && text.size() != 10) return false;
  const int century = two_digits(text, 0), year = two_digits(text, 2);
  if (century < 19 || century > 21 || year < 0) return false;
  if (text.size() == 4) return true;
  const int month = two_digits(text, 5);
  if (text[4] != '-' || month < 1 || month > 12) return false;
  if (text.size() == 7) return true;
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const int full_year = 100 * century + year;
  const bool leap = full_year % 4 == 0 && (full_year % 100 != 0 || full_year % 400 == 0);
  const int days = kDays[month - 1] + (month == 2 && leap ? 1 : 0);
  const int day = two_digits(text, 8);
  return text[7] == '-' && day >= 1 && day <= days;
}

const Field* TableReader::look(std::string_view key) const {
  if (table_ == nullptr) return nullptr;
  for (std::size_t i = table_->begin; i < table_->end; ++i)
    if (record_->fields[i].key == key) return &record_->fields[i];
  return nullptr;
}

const Field* TableReader::find(std::string_view key) {
  asked_.push_back(key);
  const Field* field = look(key);
  if (field != nullptr) ++found_;
  return field;
}

bool TableReader::has(std::string_view key) const { return look(key) != nullptr; }

std::string TableReader::path_of(std::string_view key) const {
  if (table_ == nullptr || table_->name.empty()) return std::string(key);
  return key.empty() ? std::string(table_->name) : std::string(table_->name) + "." + std::string(key);
}

bool TableReader::knows(std::string_view key) const {
  return std::find(asked_.begin(), asked_.end(), key) != asked_.end();
}

void TableReader::fault(std::string_view key, std::string message, std::string try_this, bool is_error) {
  const Field* field = look(key);
  const int line = field != nullptr ? field->line : this->line();
  faults_->push_back(
      {is_error, std::string(record_->file), line, path_of(key), std::move(message), std::move(try_this)});
}

bool TableReader::expect(const Field& field, FieldType type) {
  if (field.type == type) return true;
  fault(field.key, "\"" + unescape_flat(field.key) + "\" must be " + field_type_name(type) + ", got " +
                       field_type_name(field.type));
  return false;
}

std::optional<double> TableReader::number(std::string_view key, double least, double most) {
  const Field* field = find(key);
  if (field == nullptr) return std::nullopt;
  if (field->type != FieldType::integer && !expect(*field, FieldType::real)) return std::nullopt;
  const Result<double> value = parse_number(field->raw);
  if (value && *value >= least && *value <= most) return *value;
  fault(key, "\"" + std::string(key) + "\" is " + std::string(field->raw),
        "a number from " + shortest(least) + " to " + shortest(most));
  return std::nullopt;
}

std::optional<int> TableReader::integer(std::string_view key, int least, int most) {
  const Field* field = find(key);
  if (field == nullptr || !expect(*field, FieldType::integer)) return std::nullopt;
  const Result<double> value = parse_number(field->raw);
  if (value && *value >= least && *value <= most) return static_cast<int>(*value);
  fault(key, "\"" + std::string(key) + "\" is " + std::string(field->raw),
        "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return std::nullopt;
}

std::optional<bool> TableReader::boolean(std::string_view key) {
  const Field* field = find(key);
  if (field == nullptr || !expect(*field, FieldType::boolean)) return std::nullopt;
  return field->raw == "true";
}

void TableReader::read(std::string_view key, std::string& out) {
  const Field* field = find(key);
  if (field != nullptr && expect(*field, FieldType::text)) out = unescape_flat(field->raw);
}

void TableReader::read(std::string_view key, std::vector<std::string>& out) {
  const Field* field = find(key);
  if (field != nullptr && expect(*field, FieldType::list)) out = unescape_list(field->raw);
}

void TableReader::read_date(std::string_view key, std::string& out) {
  read(key, out);
  if (!out.empty() && !is_date(out)) fault(key, "\"" + out + "\" is not a date", std::string(kDateForm));
}

void TableReader::read_word(std::string_view key, std::initializer_list<std::string_view> words, std::string& out) {
  const Field* field = find(key);
  if (field == nullptr || !expect(*field, FieldType::text)) return;
  if (std::find(words.begin(), words.end(), field->raw) != words.end()) {
    out = std::string(field->raw);
  } else {
    wrong_word(*field, {words.begin(), words.end()});
  }
}

void TableReader::read_count(std::string_view key, int& out, int least, int most) {
  if (const auto n = integer(key, least, most)) out = *n;
}

void TableReader::wrong_word(const Field& field, const std::vector<std::string>& words) {
  const std::string word = unescape_flat(field.raw);
  const std::vector<std::string> nearest = nearest_names(word, words, 1);
  fault(field.key, "\"" + word + "\" is not a value of \"" + unescape_flat(field.key) + "\"",
        nearest.empty() ? "one of: " + join(words, ", ") : "did you mean \"" + nearest[0] + "\"?");
}

std::vector<std::pair<std::string, std::string>> TableReader::all_texts() {
  std::vector<std::pair<std::string, std::string>> out;
  if (table_ == nullptr) return out;
  for (std::size_t i = table_->begin; i < table_->end; ++i) {
    const Field& field = record_->fields[i];
    if (expect(field, FieldType::text)) out.emplace_back(unescape_flat(field.key), unescape_flat(field.raw));
  }
  return out;
}

void TableReader::require(std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys)
    if (look(key) == nullptr) fault(key, "\"" + path_of(key) + "\" is missing");
}

void TableReader::done() {
  if (table_ == nullptr || found_ == table_->end - table_->begin) return;
  for (std::size_t i = table_->begin; i < table_->end; ++i) {
    const Field& field = record_->fields[i];
    if (knows(field.key)) continue;
    const std::string key = unescape_flat(field.key);
    const std::vector<std::string> nearest = nearest_names(key, {asked_.begin(), asked_.end()}, 1);
    fault(field.key, "unknown key \"" + key + "\"",
          nearest.empty() ? "see docs/catalog.md" : "did you mean \"" + nearest[0] + "\"?");
  }
}

}  // namespace rigwise
