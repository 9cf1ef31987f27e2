#include "core/grade/checks.h"

#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "core/grade/answer_text.h"
#include "core/grade/utf8.h"

namespace rigwise {
namespace {

void add_note(std::string& note, std::string_view words, std::string_view what) {
  if (!note.empty()) note += "; ";
  note += words;
  note += what;
}

CheckResult pass_or(bool passed, std::string note) { return {passed ? 1.0 : 0.0, passed ? "" : std::move(note)}; }

bool unit_is_near(const NumberCheck& check, std::string_view text, const WrittenNumber& number) {
  constexpr std::size_t kBefore = 5, kAfter = 16;
  if (check.unit.empty()) return true;
  const std::size_t from = number.begin < kBefore ? 0 : number.begin - kBefore;
  const std::string before = normalised(text.substr(from, number.begin - from));
  // The currency sign belongs to the number as it was found, so it is looked at too.
  const std::string inside = normalised(text.substr(number.begin, number.end - number.begin));
  const std::string after = normalised(text.substr(number.end, kAfter));
  return std::any_of(check.unit.begin(), check.unit.end(), [&](const std::string& unit) {
    const std::string wanted = normalised(unit);
    for (const std::string* near : {&before, &inside, &after}) {
      if (near->find(wanted) != std::string::npos) return true;
    }
    return false;
  });
}

/// The options that stand whole in a text, in order; of options that begin alike the longest.
std::vector<std::string> options_in(std::vector<std::string> options, std::string_view text) {
  std::sort(options.begin(), options.end(), [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() > b.size() : a < b;
  });
  std::vector<std::string> found;
  for (std::size_t at = 0; at < text.size();) {
    const auto stands = [&](const std::string& option) {
      const std::size_t end = at + option.size();
      return !option.empty() && text.substr(at).starts_with(option) && !word_starts_at(text, end) &&
             !word_ends_at(text, at);
    };
    const auto option = std::find_if(options.begin(), options.end(), stands);
    if (option == options.end()) {
      at = utf8_at(text, at).next;
      continue;
    }
    found.push_back(*option);
    at += option->size();
  }
  return found;
}

std::string_view without_marker(std::string_view line) {
  line = trim(line);
  if (line.starts_with('#')) {
    line.remove_prefix(std::min(line.find_first_not_of('#'), line.size()));
    return trim(line);
  }
  if (line.starts_with("- ") || line.starts_with("+ ")) return trim(line.substr(2));
  const std::size_t digits = std::min(line.find_first_not_of("0123456789"), line.size());
  const bool is_numbered =
      digits > 0 && digits + 1 < line.size() && (line[digits] == '.' || line[digits] == ')') && line[digits + 1] == ' ';
  return is_numbered ? trim(line.substr(digits + 2)) : line;
}

/// A line is a heading when it starts with the name, is short, and something follows; or goes on after a colon.
bool is_heading(std::string_view line, std::string_view name, bool something_follows) {
  constexpr std::size_t kLongestRest = 40;
  const std::string bare = normalised(without_marker(line)), wanted = normalised(name);
  if (wanted.empty() || !bare.starts_with(wanted)) return false;
  const std::string_view rest = std::string_view(bare).substr(wanted.size());
  if (word_starts_at(rest, 0)) return false;
  if (rest.starts_with(':') && rest.size() > 2) return true;
  return rest.size() < kLongestRest && something_follows;
}

bool has_heading(const std::vector<std::string_view>& lines, const std::vector<std::string>& names) {
  std::size_t last = lines.size();  // the last line with anything on it
  while (last > 0 && trim(lines[last - 1]).empty()) --last;
  for (std::size_t i = 0; i < last; ++i) {
    for (const std::string& name : names) {
      if (is_heading(lines[i], name, i + 1 < last)) return true;
    }
  }
  return false;
}

bool is_item(std::string_view line) {
  line = trim(line);
  for (const std::string_view bullet : {"-", "*", "+", "\u2022"}) {
    const std::string_view rest = line.starts_with(bullet) ? line.substr(bullet.size()) : "";
    if (rest.starts_with(' ') && !trim(rest).empty()) return true;
  }
  const std::size_t digits = std::min(line.find_first_not_of("0123456789"), line.size());
  return digits > 0 && digits + 2 < line.size() && (line[digits] == '.' || line[digits] == ')') &&
         line[digits + 1] == ' ';
}

int words_in(std::string_view text) {
  int words = 0;
  bool inside = false;
  for (const char c : text) {
    const bool is_space = c == ' ' || (c >= '\t' && c <= '\r');
    if (!is_space && !inside) ++words;
    inside = !is_space;
  }
  return words;
}

int characters_in(std::string_view text) {
  int count = 0;
  for (std::size_t at = 0; at < text.size(); at = utf8_at(text, at).next) ++count;
  return count;
}

bool within(int value, const std::optional<int>& least, const std::optional<int>& most) {
  return (!least || value >= *least) && (!most || value <= *most);
}

}  // namespace

CheckResult grade_keywords(const KeywordCheck& check, std::string_view answer, std::string_view prompt) {
  const std::string text = normalised(prompt.empty() ? std::string(answer) : without_echo(answer, prompt));
  std::vector<std::vector<std::string>> groups = check.groups;
  for (const std::string& term : check.all) groups.push_back({term});
  if (!check.any.empty()) groups.push_back(check.any);
  const double needed = check.at_least.value_or(static_cast<int>(groups.size()));
  CheckResult result;
  double met = 0, banned = 0;
  for (const std::vector<std::string>& group : groups) {
    const bool is_met =
        std::any_of(group.begin(), group.end(), [&](const std::string& term) { return has_term(text, term); });
    met += is_met ? 1 : 0;
    if (!is_met && !group.empty()) add_note(result.note, "lacks ", group.front());
  }
  for (const std::string& term : check.none) {
    if (!has_term(text, term)) continue;
    banned += 1;
    add_note(result.note, "has ", term);
  }
  const double share = needed > 0 ? std::min(1.0, met / needed) : 1.0;
  result.value = std::max(0.0, share - banned / std::max(1.0, needed));
  if (groups.empty() && banned > 0) result.value = 0;
  if (result.value >= 1) result.note.clear();
  return result;
}

CheckResult grade_matches(const PatternCheck& check, int matches) {
  const int least = check.count.value_or(check.most ? 0 : 1);
  const bool good = check.none ? matches == 0 : matches >= least && (!check.most || matches <= *check.most);
  return pass_or(good, std::to_string(matches) + " matches of " + check.pattern);
}

CheckResult grade_number(const NumberCheck& check, std::string_view answer) {
  std::string text = folded(answer);
  if (!check.label.empty()) {
    const std::optional<std::string> rest = after_label(answer, check.label);
    if (!rest) return {0, "no line that starts with " + check.label};
    text = *rest;
  }
  std::vector<WrittenNumber> numbers = written_numbers(text);
  if (!check.label.empty() && numbers.size() > 1) numbers.resize(1);
  const double slack = std::max(check.tolerance, std::abs(check.value) * check.relative) + 1e-9;
  for (const WrittenNumber& number : numbers) {
    const bool is_it = std::any_of(number.values.begin(), number.values.end(),
                                   [&](double value) { return std::abs(value - check.value) <= slack; });
    if (is_it && unit_is_near(check, text, number)) return {1, ""};
  }
  return {0, "no " + shortest(check.value) + " among " + std::to_string(numbers.size()) + " numbers"};
}

CheckResult grade_choice(const ChoiceCheck& check, std::string_view answer) {
  const std::optional<std::string> rest = after_label(answer, check.label);
  std::string where;
  if (rest) {
    where = *rest;
  } else {
    std::string bare = folded(answer);
    while (!bare.empty() && std::string_view(".() \n\t").find(bare.back()) != std::string_view::npos) bare.pop_back();
    bare.erase(0, std::min(bare.find_first_not_of(".() \n\t"), bare.size()));
    if (std::find(check.options.begin(), check.options.end(), bare) == check.options.end()) {
      return {0, "no line with the choice"};
    }
    where = bare;
  }
  std::vector<std::string> chosen = options_in(check.options, where);
  std::vector<std::string> wanted = check.answers;
  if (check.several) {
    std::sort(chosen.begin(), chosen.end());
    chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
    std::sort(wanted.begin(), wanted.end());
  } else if (chosen.size() > 1) {
    chosen.resize(1);
  }
  return pass_or(chosen == wanted, "chose " + (chosen.empty() ? std::string("nothing") : join(chosen, ", ")));
}

CheckResult grade_sections(const SectionCheck& check, std::string_view answer) {
  const std::string text = folded(answer);
  const std::vector<std::string_view> lines = split(text, '\n');
  CheckResult result;
  double sum = 0, scores = 0;
  if (!check.headings.empty()) {
    double found = 0;
    for (const std::vector<std::string>& names : check.headings) {
      if (has_heading(lines, names)) {
        found += 1;
      } else if (!names.empty()) {
        add_note(result.note, "no section ", names.front());
      }
    }
    sum += found / static_cast<double>(check.headings.size());
    scores += 1;
  }
  if (check.items_min || check.items_max) {
    const std::vector<std::string_view> raw = split(answer, '\n');
    const int items = static_cast<int>(std::count_if(raw.begin(), raw.end(), is_item));
    const bool good = within(items, check.items_min, check.items_max);
    if (!good) add_note(result.note, std::to_string(items), " list items");
    sum += good ? 1 : 0;
    scores += 1;
  }
  result.value = scores > 0 ? sum / scores : 1;
  return result;
}

CheckResult grade_length(const LengthCheck& check, std::string_view answer) {
  const std::string_view bare = trim(answer);
  const int words = words_in(bare), characters = characters_in(bare);
  int lines = 0;
  for (const std::string_view line : split(bare, '\n')) lines += trim(line).empty() ? 0 : 1;
  const bool good = within(words, check.words_min, check.words_max) &&
                    within(characters, check.chars_min, check.chars_max) &&
                    within(lines, std::nullopt, check.lines_max);
  return pass_or(good, std::to_string(words) + " words, " + std::to_string(characters) + " characters, " +
                           std::to_string(lines) + " lines");
}

}  // namespace rigwise
