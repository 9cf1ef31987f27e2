#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rigwise {

/// A word or a row of words that speaks for a category. A '*' at the end lifts the whole word there: "refactor*".
struct CategoryPhrase {
  std::string words;
  double weight = 1;
};

/// A kind of work, and how it is told from others by its words.
struct PromptCategory {
  std::string name;           ///< as `route` takes it
  std::string task_category;  ///< as tasks have it (docs/tasks.md)
  std::string role;           ///< of tasks made of it
  double at_least = 2;        ///< weight that must come together
  std::vector<CategoryPhrase> phrases;
};

/// What no rule knows: never guessed.
inline constexpr std::string_view kOtherCategory = "other";

/// Why a prompt is what it is.
struct CategoryVerdict {
  std::optional<std::size_t> category;  ///< nothing: no category came to its weight
  double weight = 0;
  std::vector<std::string> because;  ///< the phrases of the category that stood in the prompt
};

/// Rules that say which kind of work a prompt is: phrases with weights, added up; the heaviest category wins, the
/// earlier one where two weigh the same.
class CategoryRules {
 public:
  explicit CategoryRules(std::vector<PromptCategory> categories);

  const std::vector<PromptCategory>& categories() const { return categories_; }
  /// The name, kOtherCategory for nothing.
  std::string_view name_of(std::optional<std::size_t> category) const;

  /// The kind of a prompt. Each phrase counts once. Words are compared in lower case, and only the first
  /// kReadCharacters are read: what a person asks stands before what they paste.
  CategoryVerdict verdict(std::string_view prompt) const;
  static constexpr std::size_t kReadCharacters = 4'000;

 private:
  struct Entry {
    std::size_t category = 0, phrase = 0;
    std::string rest;  ///< words after the first, as " a b "
    bool is_open = false;
  };
  void add(std::size_t category, std::size_t phrase);

  std::vector<PromptCategory> categories_;
  std::unordered_map<std::string, std::vector<Entry>> by_word_;   ///< first word whole
  std::unordered_map<std::string, std::vector<Entry>> by_start_;  ///< first kStart bytes of a word that goes on
};

/// The words of a text in lower case, parted and surrounded by single spaces: letters, digits and what lies beyond
/// ASCII make words, all else parts them.
std::string plain_words(std::string_view text);

}  // namespace rigwise
