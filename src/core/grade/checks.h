#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rigwise {

/// What a check says of an answer: 0 .. 1 and why not 1.
struct CheckResult {
  double value = 0;
  std::string note;
};

/// Terms as whole words, in any case and spelling that normalised() makes alike. Each group is met by any of its terms.
struct KeywordCheck {
  std::vector<std::vector<std::string>> groups;  ///< any of each
  std::vector<std::string> any;                  ///< one more group
  std::vector<std::string> all;                  ///< each is a group of its own
  std::vector<std::string> none;                 ///< `not` in files: each that occurs costs one group
  std::optional<int> at_least;                   ///< groups that make 1; all of them without it
};
/// Gives  (met - banned)/needed, within 0 .. 1; with `none` alone 1 or 0. Lines that repeat the prompt do not count.
CheckResult grade_keywords(const KeywordCheck& check, std::string_view answer, std::string_view prompt = {});

/// A pattern in RE2's language. Matching is the outer ring's work; what its count means is said here.
struct PatternCheck {
  std::string pattern;
  bool ignore_case = false, dot_is_all = false;
  bool none = false;         ///< `not` in files: no match is wanted
  std::optional<int> count;  ///< matches needed: 1, or 0 where only `most` is given
  std::optional<int> most;   ///< and no more than these
};
CheckResult grade_matches(const PatternCheck& check, int matches);

/// A number, however it is grouped, with or without its unit near by.
struct NumberCheck {
  double value = 0;
  double tolerance = 0;           ///< absolute
  double relative = 0;            ///< of the value; the wider of both counts
  std::vector<std::string> unit;  ///< any of these within a few characters of the number
  std::string label;              ///< only the first number after the last line that starts with it
};
CheckResult grade_number(const NumberCheck& check, std::string_view answer);

/// One or several of the options, on the last line that starts with the label; a bare option without a line counts.
struct ChoiceCheck {
  std::vector<std::string> options;
  std::vector<std::string> answers;
  bool several = false;  ///< all answers and no other, in any order
  std::string label = "Answer";
};
CheckResult grade_choice(const ChoiceCheck& check, std::string_view answer);

/// Headings that must be there with something below them, and how many list items.
struct SectionCheck {
  std::vector<std::vector<std::string>> headings;  ///< spellings of each
  std::optional<int> items_min, items_max;
};
CheckResult grade_sections(const SectionCheck& check, std::string_view answer);

/// Characters are code points, so that é counts once.
struct LengthCheck {
  std::optional<int> words_min, words_max, chars_min, chars_max, lines_max;
};
CheckResult grade_length(const LengthCheck& check, std::string_view answer);

}  // namespace rigwise
