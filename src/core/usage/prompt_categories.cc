#include "core/usage/prompt_categories.h"

#include <algorithm>
#include <set>

namespace rigwise {
namespace {

/// Bytes of an open first word ("refactor*") that it is found by.
constexpr std::size_t kStart = 3;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

bool stands_at(std::string_view words, std::size_t at, std::string_view wanted) {
  return words.substr(at, wanted.size()) == wanted;
}

}  // namespace

std::string plain_words(std::string_view text) {
  std::string out = " ";
  out.reserve(text.size() + 2);
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    // Capitals of Latin-1 in UTF-8 (Å, É, Ö) are 0x20 below their small letters.
    const bool after_c3 = i > 0 && text[i - 1] == '\xC3';
    const auto byte = static_cast<unsigned char>(c);
    if (after_c3 && byte >= 0x80 && byte <= 0x9E && byte != 0x97) c = static_cast<char>(byte + 0x20);
    if (is_word(c))
      out += c;
    else if (out.back() != ' ')
      out += ' ';
  }
  if (out.back() != ' ') out += ' ';
  return out;
}

CategoryRules::CategoryRules(std::vector<PromptCategory> categories) : categories_(std::move(categories)) {
  for (std::size_t c = 0; c < categories_.size(); ++c) {
    for (std::size_t p = 0; p < categories_[c].phrases.size(); ++p) add(c, p);
  }
}

void CategoryRules::add(std::size_t category, std::size_t phrase) {
  const std::string& given = categories_[category].phrases[phrase].words;
  const bool is_open = given.ends_with('*');
  const std::string words = plain_words(given);
  if (words.size() < 3) return;  // nothing but signs
  const std::size_t end = words.find(' ', 1);
  const std::string first = words.substr(1, end - 1);
  Entry entry{category, phrase, words.substr(end), is_open};
  const bool is_single = entry.rest == " ";
  // An open end lies in the last word: that of a row of words is looked for without the space behind it.
  if (is_open && !is_single) entry.rest.pop_back();
  if (is_open && is_single && first.size() >= kStart) {
    entry.rest = first;
    by_start_[first.substr(0, kStart)].push_back(std::move(entry));
  } else {
    by_word_[first].push_back(std::move(entry));
  }
}

std::string_view CategoryRules::name_of(std::optional<std::size_t> category) const {
  return category && *category < categories_.size() ? std::string_view(categories_[*category].name) : kOtherCategory;
}

CategoryVerdict CategoryRules::verdict(std::string_view prompt) const {
  const std::string words = plain_words(prompt.substr(0, kReadCharacters));
  std::set<std::pair<std::size_t, std::size_t>> found;
  std::string word;
  for (std::size_t at = 1; at < words.size();) {
    const std::size_t end = words.find(' ', at);
    word.assign(words, at, end - at);
    if (const auto entries = by_word_.find(word); entries != by_word_.end()) {
      for (const Entry& entry : entries->second) {
        if (stands_at(words, end, entry.rest)) found.insert({entry.category, entry.phrase});
      }
    }
    if (const auto entries = by_start_.find(word.substr(0, kStart)); entries != by_start_.end()) {
      for (const Entry& entry : entries->second) {
        if (word.starts_with(entry.rest)) found.insert({entry.category, entry.phrase});
      }
    }
    at = end + 1;
  }
  std::vector<double> weights(categories_.size(), 0.0);
  for (const auto& [category, phrase] : found) weights[category] += categories_[category].phrases[phrase].weight;
  CategoryVerdict verdict;
  for (std::size_t c = 0; c < weights.size(); ++c) {
    if (weights[c] >= categories_[c].at_least && weights[c] > verdict.weight) {
      verdict.category = c;
      verdict.weight = weights[c];
    }
  }
  for (const auto& [category, phrase] : found) {
    if (verdict.category == category) verdict.because.push_back(categories_[category].phrases[phrase].words);
  }
  return verdict;
}

}  // namespace rigwise
