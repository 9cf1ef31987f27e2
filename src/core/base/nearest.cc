// "Did you mean": which known names are near to a name that nobody has.
#include <algorithm>

#include "core/base/text.h"

namespace rigwise {
namespace {

/// Letters or digits only, so that "rtx4090ti" and "RTX 4090-Ti" have the words rtx, 4090, ti.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  int last = 0;  // 0 nothing, 1 letter, 2 digit
  for (char c : lower(text)) {
    const int now = c >= '0' && c <= '9' ? 2 : (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80 ? 1 : 0;
    if (now != 0 && now != last) words.emplace_back();
    if (now != 0) words.back() += c;
    last = now;
  }
  return words;
}

/// Edits that turn `wanted` into some stretch of `text`; with `whole`, into all of it. Swapped neighbours are one edit.
int edits(std::string_view wanted, std::string_view text, bool whole) {
  std::vector<int> before, previous(text.size() + 1), row(text.size() + 1);
  for (std::size_t j = 0; j <= text.size(); ++j) previous[j] = whole ? static_cast<int>(j) : 0;
  for (std::size_t i = 1; i <= wanted.size(); ++i) {
    row[0] = static_cast<int>(i);
    for (std::size_t j = 1; j <= text.size(); ++j) {
      const bool same = wanted[i - 1] == text[j - 1];
      row[j] = std::min({previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && wanted[i - 1] == text[j - 2] && wanted[i - 2] == text[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = std::move(previous);
    previous = row;
  }
  return whole ? previous.back() : *std::min_element(previous.begin(), previous.end());
}

struct Nearness {
  int cost = 0;        ///< edits of the closest stretch, less the words in common
  int whole_cost = 0;  ///< edits of the whole name, settles ties
  std::size_t position = 0;
};

int common_words(const std::vector<std::string>& wanted, const std::vector<std::string>& of_candidate) {
  return static_cast<int>(std::count_if(wanted.begin(), wanted.end(), [&](const std::string& w) {
    return std::find(of_candidate.begin(), of_candidate.end(), w) != of_candidate.end();
  }));
}

}  // namespace

bool has_words(std::string_view name, std::string_view part) {
  const std::vector<std::string> wanted = words_of(part);
  const std::vector<std::string> words = words_of(name);
  return !wanted.empty() && std::search(words.begin(), words.end(), wanted.begin(), wanted.end()) != words.end();
}

std::vector<std::string> nearest_names(std::string_view wanted, const std::vector<std::string>& candidates,
                                       std::size_t n) {
  constexpr std::size_t kLongestWanted = 120;  // a pasted page is not a misspelt name
  const std::string folded = fold_name(wanted.substr(0, kLongestWanted));
  if (folded.empty()) return {};
  const std::vector<std::string> words = words_of(wanted.substr(0, kLongestWanted));
  std::vector<Nearness> near;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const std::string other = fold_name(candidates[i]);
    if (other.empty()) continue;
    const int whole = edits(folded, other, true);
    int part = edits(folded, other, false);
    if (other.size() >= 4) part = std::min(part, edits(other, folded, false));
    const int common = common_words(words, words_of(candidates[i]));
    const auto shorter = static_cast<int>(std::min(folded.size(), other.size()));
    const bool close = whole <= 1 || (shorter >= 3 && part <= shorter / 3);
    const bool kin = common >= 2 && 2 * common >= static_cast<int>(words.size());
    if (close || kin) near.push_back({part - 2 * common, whole, i});
  }
  std::sort(near.begin(), near.end(), [&](const Nearness& a, const Nearness& b) {
    if (a.cost != b.cost) return a.cost < b.cost;
    if (a.whole_cost != b.whole_cost) return a.whole_cost < b.whole_cost;
    return candidates[a.position] < candidates[b.position];
  });
  std::vector<std::string> out;
  for (const Nearness& x : near) {
    if (out.size() == n) break;
    if (std::find(out.begin(), out.end(), candidates[x.position]) == out.end()) out.push_back(candidates[x.position]);
  }
  return out;
}

}  // namespace rigwise
