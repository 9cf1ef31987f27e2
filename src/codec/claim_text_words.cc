#include "codec/claim_text_words.h"

#include <algorithm>
#include <array>

#include "core/base/text.h"

namespace rigwise {
namespace {

struct Sign {
  std::string_view bytes;
  char ascii;
};

/// Signs beyond ASCII that people type in figures.
constexpr std::array<Sign, 6> kSigns = {{
    {"\xe2\x80\x93", '-'},   // en dash
    {"\xe2\x80\x94", '-'},   // em dash
    {"\xe2\x89\x88", '~'},   // almost equal
    {"\xc3\x97", 'x'},       // times
    {"\xc2\xa0", ' '},       // no-break space
    {"\xe2\x80\x99", '\''},  // apostrophe
}};

/// Length of the sign at `at` and the ASCII character it stands for; 1 and the byte itself otherwise.
std::pair<std::size_t, char> sign_at(std::string_view text, std::size_t at) {
  for (const Sign& sign : kSigns)
    if (text.substr(at).starts_with(sign.bytes)) return {sign.bytes.size(), sign.ascii};
  return {1, text[at]};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool is_joint(char c) {
  constexpr std::string_view kJoints = " \t\n\r-_/\\@=()[]{},;:!?~<>|\"'*#&";
  return kJoints.find(c) != std::string_view::npos;
}

/// Digits, one decimal point, and commas that set off thousands: "1,792.5". Gives the length used, 0 when no number.
std::size_t number_length(std::string_view text) {
  std::size_t i = 0;
  bool point = false;
  while (i < text.size()) {
    const bool thousands = text[i] == ',' && i > 0 && !point && i + 3 < text.size() && is_digit(text[i + 1]) &&
                           is_digit(text[i + 2]) && is_digit(text[i + 3]) &&
                           (i + 4 >= text.size() || !is_digit(text[i + 4]));
    const bool decimal = text[i] == '.' && !point && i > 0 && i + 1 < text.size() && is_digit(text[i + 1]);
    if (!is_digit(text[i]) && !thousands && !decimal) break;
    point = point || decimal;
    ++i;
  }
  return i;
}

void read_number(ClaimWord& word) {
  constexpr std::size_t kLongest = 15;  // more digits are no figure of ours
  const std::size_t length = number_length(word.text);
  if (length == 0 || length > kLongest) return;
  std::string digits(word.text.substr(0, length));
  digits.erase(std::remove(digits.begin(), digits.end(), ','), digits.end());
  const Result<double> value = parse_number(digits);
  if (!value) return;
  std::string_view rest = std::string_view(word.lower).substr(length);
  while (rest.starts_with('+')) rest.remove_prefix(1);
  word.number = *value;
  word.unit = std::string(rest);
}

}  // namespace

std::vector<ClaimWord> claim_words(std::string_view text) {
  std::vector<ClaimWord> words;
  char joint = ' ';
  std::size_t at = 0;
  bool after_space = true, minus = false;
  while (at < text.size()) {
    const auto [width, sign] = sign_at(text, at);
    if (is_joint(sign)) {
      minus = sign == '-' && after_space;
      after_space = is_space(sign);
      // A dash, an @ or a bracket says more than the spaces around it.
      if (joint == ' ' && !is_space(sign)) joint = sign;
      at += width;
      continue;
    }
    const std::size_t begin = at;
    at += number_length(text.substr(at));
    while (at < text.size()) {
      const auto [step, next] = sign_at(text, at);
      if (is_joint(next)) break;
      at += step;
    }
    ClaimWord word;
    word.text = text.substr(begin, at - begin);
    // The end of a sentence is no part of its last word.
    while (word.text.size() > 1 && word.text.back() == '.') word.text.remove_suffix(1);
    word.lower = lower(word.text);
    const std::size_t times = word.lower.find(kSigns[3].bytes);
    if (times != std::string::npos) word.lower.replace(times, kSigns[3].bytes.size(), "x");
    word.joint = joint;
    read_number(word);
    word.negative = minus && word.number.has_value();
    words.push_back(std::move(word));
    joint = ' ';
    after_space = minus = false;
  }
  return words;
}

std::optional<ClaimRange> range_ending_at(const std::vector<ClaimWord>& words, std::size_t last, std::size_t& first) {
  if (last >= words.size() || !words[last].number || words[last].taken) return std::nullopt;
  first = last;
  ClaimRange range{*words[last].number, *words[last].number};
  const bool worded = last >= 2 && (words[last - 1].lower == "to" || words[last - 1].lower == "and");
  const std::size_t other = worded ? last - 2 : last - 1;
  const bool joined = worded || (last >= 1 && words[last].joint == '-');
  if (!joined || other >= words.size() || !words[other].number || words[other].taken) return range;
  // "7b-90 tok/s" is a size and a speed, not a range.
  const bool same_unit = words[other].unit.empty() || words[other].unit == words[last].unit;
  if (!same_unit || *words[other].number >= range.high) return range;
  range.low = *words[other].number;
  first = other;
  return range;
}

std::string_view claim_stretch(const std::vector<ClaimWord>& words, std::size_t first, std::size_t last) {
  const char* begin = words[first].text.data();
  const char* end = words[last].text.data() + words[last].text.size();
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace rigwise
