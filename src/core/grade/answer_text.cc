#include "core/grade/answer_text.h"

#include <algorithm>
#include <unordered_set>

#include "core/base/text.h"
#include "core/grade/fold_table.h"
#include "core/grade/utf8.h"

namespace rigwise {
namespace {

/// What typographic signs are written as; nothing for those that are left out.
std::optional<std::string_view> plain_sign(char32_t point) {
  switch (point) {
    case 0x2018:
    case 0x2019:
    case 0x02BC: return "'";
    case 0x201C:
    case 0x201D:
    case 0x201E:
    case 0xAB:
    case 0xBB: return "\"";
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2212: return "-";
    case U'*':
    case U'`':
    case 0xAD:
    case 0x200B:
    case 0x200C:
    case 0x200D:
    case 0x2060:
    case 0xFEFF: return "";
    default: return std::nullopt;
  }
}

const CompatibleForm* compatible_form(char32_t point) {
  const auto forms = compatible_forms();
  const auto at = std::lower_bound(forms.begin(), forms.end(), point,
                                   [](const CompatibleForm& form, char32_t wanted) { return form.point < wanted; });
  return at != forms.end() && at->point == point ? &*at : nullptr;
}

std::optional<char32_t> composed(char32_t base, char32_t mark) {
  const auto table = compositions();
  const auto at = std::lower_bound(
      table.begin(), table.end(), std::pair(base, mark),
      [](const Composition& c, auto key) { return c.base != key.first ? c.base < key.first : c.mark < key.second; });
  if (at != table.end() && at->base == base && at->mark == mark) return at->letter;
  return std::nullopt;
}

char32_t lower_point(char32_t point) {
  if (point < 0x80) return point >= 'A' && point <= 'Z' ? point + 32 : point;
  for (const CaseRun& run : case_runs()) {
    if (point < run.first) break;
    if (point <= run.last && (point - run.first) % static_cast<char32_t>(run.step) == 0) {
      return static_cast<char32_t>(static_cast<std::int32_t>(point) + run.shift);
    }
  }
  return point;
}

bool is_mark(char32_t point) { return point >= 0x300 && point <= 0x36F; }

/// Appends characters; a mark joins the letter before it where both make one.
class Composer {
 public:
  void add(char32_t point) {
    if (is_mark(point) && begin_ < text_.size()) {
      if (const auto letter = composed(last_, point)) {
        text_.resize(begin_);
        return add(*letter);
      }
    }
    if (!is_mark(point)) {
      begin_ = text_.size();
      last_ = point;
    }
    append_utf8(text_, point);
  }
  void add(std::string_view utf8) {
    for (std::size_t at = 0; at < utf8.size();) {
      const Utf8Step step = utf8_at(utf8, at);
      add(step.point);
      at = step.next;
    }
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
  std::size_t begin_ = 0;
  char32_t last_ = 0;
};

bool is_blank(char32_t point) { return point == ' ' || (point >= '\t' && point <= '\r') || point == 0x85; }

}  // namespace

std::string visible_answer(std::string_view raw) {
  std::string text;
  text.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '\r') {
      text += raw[i];
    } else if (i + 1 >= raw.size() || raw[i + 1] != '\n') {
      text += '\n';
    }
  }
  constexpr std::string_view kOpen = "<think>", kClose = "</think>";
  const std::size_t begin = text.find_first_not_of(" \t\n");
  if (begin != std::string::npos && std::string_view(text).substr(begin).starts_with(kOpen)) {
    const std::size_t end = text.find(kClose, begin);
    if (end != std::string::npos) text.erase(0, end + kClose.size());
  }
  return text;
}

std::string folded(std::string_view text) {
  Composer out;
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Step step = utf8_at(text, at);
    at = step.next;
    if (const auto sign = plain_sign(step.point)) {
      out.add(*sign);
    } else if (const CompatibleForm* form = step.point < 0x80 ? nullptr : compatible_form(step.point)) {
      out.add(form->text);
    } else {
      out.add(step.point);
    }
  }
  return out.take();
}

std::string normalised(std::string_view text) {
  const std::string plain = folded(text);
  std::string out;
  out.reserve(plain.size());
  bool gap = false;
  for (std::size_t at = 0; at < plain.size();) {
    const Utf8Step step = utf8_at(plain, at);
    at = step.next;
    if (is_blank(step.point)) {
      gap = !out.empty();
      continue;
    }
    if (gap) out += ' ';
    gap = false;
    if (step.point == 0xDF || step.point == 0x1E9E) {
      out += "ss";
    } else {
      append_utf8(out, lower_point(step.point));
    }
  }
  return out;
}

bool word_starts_at(std::string_view text, std::size_t at) {
  return at < text.size() && is_word_character(utf8_at(text, at).point);
}

bool word_ends_at(std::string_view text, std::size_t at) {
  return at > 0 && is_word_character(utf8_before(text, at).point);
}

bool has_term(std::string_view haystack, std::string_view term) {
  const bool is_prefix = term.ends_with('*');
  const std::string needle = normalised(term);
  if (needle.empty()) return false;
  for (std::size_t at = haystack.find(needle); at != std::string_view::npos; at = haystack.find(needle, at + 1)) {
    const std::size_t end = at + needle.size();
    const bool before = !(word_starts_at(haystack, at) && word_ends_at(haystack, at));
    const bool after = is_prefix || !(word_ends_at(haystack, end) && word_starts_at(haystack, end));
    if (before && after) return true;
  }
  return false;
}

std::optional<std::string> after_label(std::string_view answer, std::string_view label) {
  const std::string text = folded(answer), wanted = normalised(label);
  std::optional<std::string> rest;
  for (const std::string_view line : split(text, '\n')) {
    std::string_view bare = trim(line);
    while (!bare.empty() && std::string_view("#>-_ ").find(bare.front()) != std::string_view::npos)
      bare.remove_prefix(1);
    // Spelt in other case the label may have another length in bytes, so the shortest start that folds to it counts.
    for (std::size_t end = 1; end <= bare.size() && end <= 2 * wanted.size(); ++end) {
      if (word_starts_at(bare, end) || normalised(bare.substr(0, end)) != wanted) continue;
      rest = std::string(bare.substr(end));
      std::replace(rest->begin(), rest->end(), '_', ' ');
      break;
    }
  }
  return rest;
}

std::string without_echo(std::string_view answer, std::string_view prompt, std::size_t least) {
  std::unordered_set<std::string> asked;
  for (const std::string_view line : split(prompt, '\n')) {
    std::string plain = normalised(line);
    if (plain.size() >= least) asked.insert(std::move(plain));
  }
  std::string kept;
  kept.reserve(answer.size());
  for (const std::string_view line : split(answer, '\n')) {
    std::string_view bare = trim(line);
    while (!bare.empty() && (bare.front() == '>' || bare.front() == ' ')) bare.remove_prefix(1);
    if (asked.contains(normalised(bare))) continue;
    kept += line;
    kept += '\n';
  }
  return kept;
}

}  // namespace rigwise
