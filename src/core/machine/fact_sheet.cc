#include "core/machine/fact_sheet.h"

#include <algorithm>
#include <cmath>

#include "core/base/text.h"

namespace rigwise {
namespace {

/// No machine has more to say; a hostile answer does.
constexpr std::size_t kMostFacts = 8192, kLongestText = 256;
constexpr double kSameNumber = 0.03;

bool differ(const MachineFact& a, const MachineFact& b) {
  if (a.number && b.number) {
    return std::abs(*a.number - *b.number) > kSameNumber * std::max(std::abs(*a.number), std::abs(*b.number));
  }
  const std::string one = fold_name(a.text), other = fold_name(b.text);
  return one.find(other) == std::string::npos && other.find(one) == std::string::npos;
}

}  // namespace

std::vector<int> numbers_in_list(std::string_view list) {
  constexpr double kMost = 65536;
  std::vector<int> numbers;
  for (const std::string_view range : split(list, ',')) {
    const std::vector<std::string_view> ends = split(range, '-');
    const Result<double> first = parse_number(trim(ends.front())), last = parse_number(trim(ends.back()));
    if (!first || !last || *first < 0 || *last < *first || *last >= kMost) return {};
    for (int number = static_cast<int>(*first); number <= static_cast<int>(*last); ++number) numbers.push_back(number);
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

void FactSheet::add(MachineFact fact) {
  if (facts_.size() < kMostFacts) facts_.push_back(std::move(fact));
}

void FactSheet::add_text(std::string key, std::string_view text, std::string source) {
  const std::string_view said = trim(text);
  if (said.empty()) return;
  add({std::move(key), std::string(said.substr(0, kLongestText)), std::nullopt, std::move(source)});
}

void FactSheet::add_number(std::string key, double number, std::string source) {
  if (!std::isfinite(number) || number < 0) return;
  add({std::move(key), shortest(number), number, std::move(source)});
}

const MachineFact* FactSheet::find(std::string_view key) const {
  const auto found =
      std::find_if(facts_.begin(), facts_.end(), [&](const MachineFact& fact) { return fact.key == key; });
  return found == facts_.end() ? nullptr : &*found;
}

std::string FactSheet::text(std::string_view key) const {
  const MachineFact* fact = find(key);
  return fact == nullptr ? std::string() : fact->text;
}

std::optional<double> FactSheet::number(std::string_view key) const {
  const auto found = std::find_if(facts_.begin(), facts_.end(),
                                  [&](const MachineFact& fact) { return fact.number && fact.key == key; });
  return found == facts_.end() ? std::nullopt : found->number;
}

std::vector<std::string> FactSheet::members(std::string_view kind) const {
  std::vector<std::string> names;
  for (const MachineFact& fact : facts_) {
    const std::vector<std::string_view> parts = split(fact.key, '/');
    if (parts.size() < 3 || parts.front() != kind) continue;
    if (std::find(names.begin(), names.end(), parts[1]) == names.end()) names.emplace_back(parts[1]);
  }
  return names;
}

std::vector<Disagreement> FactSheet::disagreements() const {
  std::vector<Disagreement> all;
  for (const MachineFact& fact : facts_) {
    const MachineFact* believed = find(fact.key);
    if (believed == &fact || !differ(*believed, fact)) continue;
    auto known = std::find_if(all.begin(), all.end(), [&](const Disagreement& d) { return d.key == fact.key; });
    if (known == all.end()) known = all.insert(all.end(), {fact.key, {*believed}});
    const bool is_new = std::all_of(known->said.begin(), known->said.end(),
                                    [&](const MachineFact& said) { return differ(said, fact); });
    if (is_new) known->said.push_back(fact);
  }
  return all;
}

}  // namespace rigwise
