#include "codec/claim_text_names.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>

#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr std::size_t kLongestName = 9;  // words

bool is_capacity(std::string_view word) {
  std::size_t digits = 0;
  while (digits < word.size() && word[digits] >= '0' && word[digits] <= '9') ++digits;
  const std::string_view unit = word.substr(digits);
  return digits > 0 && (unit == "gb" || unit == "gib");
}

bool has_digit(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// "NVIDIA A100 80GB PCIe" and "Apple M3 Ultra (60-core GPU)" up to the memory size or the bracket.
std::vector<std::string> leading_words(std::string_view name) {
  std::vector<std::string> lead;
  for (const std::string_view piece : split(name.substr(0, name.find('(')), ' ')) {
    const std::string word = lower(trim(piece));
    if (word.empty()) continue;
    if (is_capacity(word)) break;
    lead.push_back(word);
  }
  return lead;
}

/// Devices by loose names: "M3 Ultra" (a chip), "RTX 4060 Ti" (several memory sizes), "A100" (several boards).
class LooseDevices {
 public:
  explicit LooseDevices(const Catalog& catalog) {
    for (std::size_t i = 0; i < catalog.devices.size(); ++i) {
      const Device& device = catalog.devices[i];
      if (!device.parts.empty()) continue;
      add(leading_words(device.name), i);
      if (device.unified_memory) add(leading_words(device.chip), i);
    }
  }

  /// `by_words`: look among names without a digit, which say less ("Mac Studio M3 Ultra" is an M3 Ultra first).
  std::vector<std::size_t> called(std::string_view name, bool by_words) const {
    const auto& names = by_words ? by_words_ : by_folded_;
    const auto at = names.find(fold_name(name));
    return at == names.end() ? std::vector<std::size_t>() : at->second;
  }

 private:
  /// Every end of the words is a name: "a100" and "nvidia a100" for "NVIDIA A100 80GB". A bare number ("4090") names
  /// no family of devices; words without a digit ("framework desktop") do when there are two of them.
  void add(const std::vector<std::string>& lead, std::size_t index) {
    std::string tail;
    for (std::size_t i = lead.size(); i-- > 0;) {
      tail.insert(0, fold_name(lead[i]));
      const bool has_letter = std::any_of(tail.begin(), tail.end(), [](char c) { return c >= 'a' && c <= 'z'; });
      const bool worded = !has_digit(tail);
      if (tail.size() < 2 || !has_letter || (worded && i + 2 > lead.size())) continue;
      std::vector<std::size_t>& kin = (worded ? by_words_ : by_folded_)[tail];
      if (kin.empty() || kin.back() != index) kin.push_back(index);
    }
  }

  std::unordered_map<std::string, std::vector<std::size_t>> by_folded_, by_words_;
};

/// Widths and words that name no format: the engine decides which one is meant.
struct LooseFormat {
  std::string_view folded;
  int bits;
};
constexpr std::array<LooseFormat, 22> kLooseFormats = {{{"q2", 2},
                                                        {"q3", 3},
                                                        {"q4", 4},
                                                        {"q5", 5},
                                                        {"q6", 6},
                                                        {"q8", 8},
                                                        {"2bit", 2},
                                                        {"3bit", 3},
                                                        {"4bit", 4},
                                                        {"5bit", 5},
                                                        {"6bit", 6},
                                                        {"8bit", 8},
                                                        {"int4", 4},
                                                        {"int8", 8},
                                                        {"16bit", 16},
                                                        {"fp16", 16},
                                                        {"f16", 16},
                                                        {"halfprecision", 16},
                                                        {"fullprecision", 16},
                                                        {"unquantized", 16},
                                                        {"unquantised", 16},
                                                        {"fullq", 16}}};

std::optional<int> loose_bits(std::string_view name) {
  const std::string folded = fold_name(name);
  for (const LooseFormat& loose : kLooseFormats)
    if (loose.folded == folded) return loose.bits;
  return std::nullopt;
}

enum class NameKind { device, loose_device, model, format, loose_format, engine };

struct FoundName {
  NameKind kind = NameKind::device;
  std::size_t index = 0;  ///< into the catalog's list of that kind, or the bits of a loose format
  std::size_t first = 0, last = 0;
  std::vector<std::size_t> candidates;  ///< of a loose device
};

/// "4090s" -> "4090": cards come in numbers.
std::string_view singular(std::string_view name) {
  return name.size() > 3 && name.back() == 's' ? name.substr(0, name.size() - 1) : name;
}

std::optional<FoundName> name_of(const Catalog& catalog, const LooseDevices& loose, std::string_view stretch,
                                 bool by_words) {
  FoundName found;
  if (const auto bits = loose_bits(stretch)) {
    found.kind = NameKind::loose_format;
    found.index = static_cast<std::size_t>(*bits);
    return found;
  }
  const std::array<std::pair<const NameIndex*, NameKind>, 4> kinds = {{{&catalog.device_names, NameKind::device},
                                                                       {&catalog.model_names, NameKind::model},
                                                                       {&catalog.format_names, NameKind::format},
                                                                       {&catalog.engine_names, NameKind::engine}}};
  for (const std::string_view form : {stretch, singular(stretch)}) {
    for (const auto& [names, kind] : kinds) {
      const auto index = names->find_quietly(form);
      if (!index) continue;
      found.kind = kind;
      found.index = *index;
      return found;
    }
    found.candidates = loose.called(form, by_words);
    if (!found.candidates.empty()) {
      found.kind = NameKind::loose_device;
      return found;
    }
  }
  return std::nullopt;
}

bool any_taken(const std::vector<ClaimWord>& words, std::size_t first, std::size_t last) {
  for (std::size_t i = first; i <= last; ++i)
    if (words[i].taken) return true;
  return false;
}

/// The longest names first, so that "RTX 4060 Ti 16GB" is not read as "RTX 4060".
void find_longest(const Catalog& catalog, const LooseDevices& loose, bool by_words, std::vector<ClaimWord>& words,
                  std::vector<FoundName>& found) {
  for (std::size_t length = std::min(kLongestName, words.size()); length > 0; --length) {
    for (std::size_t first = 0; first + length <= words.size(); ++first) {
      const std::size_t last = first + length - 1;
      if (any_taken(words, first, last)) continue;
      auto name = name_of(catalog, loose, claim_stretch(words, first, last), by_words);
      if (!name) continue;
      name->first = first;
      name->last = last;
      for (std::size_t i = first; i <= last; ++i) words[i].taken = true;
      found.push_back(std::move(*name));
    }
  }
}

bool is_device(const FoundName& name) { return name.kind == NameKind::device || name.kind == NameKind::loose_device; }

std::vector<FoundName> longest_names(const Catalog& catalog, std::vector<ClaimWord>& words) {
  std::vector<FoundName> found;
  const LooseDevices loose(catalog);
  find_longest(catalog, loose, false, words, found);
  if (std::none_of(found.begin(), found.end(), is_device)) find_longest(catalog, loose, true, words, found);
  std::sort(found.begin(), found.end(), [](const FoundName& a, const FoundName& b) { return a.first < b.first; });
  return found;
}

std::optional<int> worded_count(const ClaimWord& word) {
  constexpr std::array<std::pair<std::string_view, int>, 9> kWords = {{{"dual", 2},
                                                                       {"two", 2},
                                                                       {"pair", 2},
                                                                       {"triple", 3},
                                                                       {"three", 3},
                                                                       {"quad", 4},
                                                                       {"four", 4},
                                                                       {"six", 6},
                                                                       {"eight", 8}}};
  for (const auto& [text, count] : kWords)
    if (word.lower == text) return count;
  return std::nullopt;
}

bool is_whole_count(double number) { return number >= 1 && number <= 1024 && number == std::floor(number); }

/// "2x RTX 3090", "dual RTX 5090", "4 A6000": the count in front of a device; marks its words as taken.
std::optional<int> count_before(std::vector<ClaimWord>& words, std::size_t first) {
  if (first == 0) return std::nullopt;
  ClaimWord& before = words[first - 1];
  if (before.taken) return std::nullopt;
  if (const auto count = worded_count(before)) {
    before.taken = true;
    return count;
  }
  if (before.number && is_whole_count(*before.number) && (before.unit.empty() || before.unit == "x")) {
    before.taken = true;
    return static_cast<int>(*before.number);
  }
  if (before.lower == "x" && first >= 2 && words[first - 2].number && is_whole_count(*words[first - 2].number)) {
    before.taken = words[first - 2].taken = true;
    return static_cast<int>(*words[first - 2].number);
  }
  return std::nullopt;
}

/// "RTX 3090 x2", "Framework Desktop, 4 nodes".
std::optional<int> count_after(std::vector<ClaimWord>& words, std::size_t last) {
  if (last + 1 >= words.size() || words[last + 1].taken) return std::nullopt;
  ClaimWord& next = words[last + 1];
  if (next.lower.size() > 1 && next.lower[0] == 'x' && !next.lower.starts_with("xx")) {
    const Result<double> count = parse_number(std::string_view(next.lower).substr(1));
    if (count && is_whole_count(*count)) {
      next.taken = true;
      return static_cast<int>(*count);
    }
  }
  const bool many = last + 2 < words.size() && (words[last + 2].lower == "nodes" || words[last + 2].lower == "cards" ||
                                                words[last + 2].lower == "gpus" || words[last + 2].lower == "units");
  if (many && next.number && next.unit.empty() && is_whole_count(*next.number)) {
    next.taken = words[last + 2].taken = true;
    return static_cast<int>(*next.number);
  }
  return std::nullopt;
}

/// "2x4090", "4xA6000": the count glued to the name. Splits the first word of the stretch in two for the search.
void split_glued_counts(std::vector<ClaimWord>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    ClaimWord& word = words[i];
    if (!word.number || word.unit.size() < 2 || word.unit[0] != 'x' || !is_whole_count(*word.number)) continue;
    // "8x7b" is a model.
    const std::size_t cut = word.lower.find('x') + 1;
    const std::size_t width = word.text.size() - (word.lower.size() - cut);  // the sign may be two bytes
    if (width >= word.text.size()) continue;
    ClaimWord count = word, name = word;
    count.text = word.text.substr(0, width);
    count.lower = word.lower.substr(0, cut);
    count.unit = "x";
    std::vector<ClaimWord> rest = claim_words(word.text.substr(width));
    if (rest.size() != 1 || rest[0].unit == "b") continue;
    name = rest[0];
    words[i] = count;
    words.insert(words.begin() + static_cast<std::ptrdiff_t>(i) + 1, name);
  }
}

/// A memory size right behind a device name says which of its kin is meant: "M3 Ultra 192GB", "A100 (80 GB)".
struct Beside {
  double gib = 0;
  std::size_t words = 0;  ///< how many it takes
};

std::optional<Beside> capacity_beside(const std::vector<ClaimWord>& words, std::size_t at) {
  if (at >= words.size() || words[at].taken || !words[at].number) return std::nullopt;
  const auto is_size = [](std::string_view unit) { return unit == "gb" || unit == "gib"; };
  const bool spaced = words[at].unit.empty() && at + 1 < words.size() && is_size(words[at + 1].lower);
  if (!spaced && !is_size(words[at].unit)) return std::nullopt;
  const std::size_t width = spaced ? 2 : 1;
  // "256 GB/s" is a bandwidth.
  if (at + width < words.size() && words[at + width].joint == '/' && words[at + width].lower == "s")
    return std::nullopt;
  return Beside{*words[at].number, width};
}

bool has_capacity(const Device& device, double gib) { return std::fabs(in_gib(device.memory_capacity) - gib) < 0.5; }

/// "on" and "at" say nothing about a device, "Mac" does.
bool is_telling(const ClaimWord& word) { return word.text.size() >= 3 && !word.number; }

/// How well a device answers to a loose name: words around the name decide ("Mac Studio"), then what is sold, then
/// the fastest memory (a claim is judged in its favour), then the largest.
double likeness(const Device& device, const std::vector<ClaimWord>& words, const FoundName& name) {
  double points = 0;
  const std::string folded = fold_name(device.name);
  for (std::size_t i = name.first >= 2 ? name.first - 2 : 0; i < name.first; ++i)
    if (!words[i].taken && is_telling(words[i]) && folded.find(fold_name(words[i].text)) != std::string::npos)
      points += 10;
  if (device.status == DeviceStatus::current) points += 5;
  if (device.status == DeviceStatus::discontinued) points += 3;
  if (device.memory_bandwidth) points += device.memory_bandwidth->value / gbps(10000).value;
  return points + in_gib(device.memory_capacity) / 1e6;
}

std::size_t most_alike(const Catalog& catalog, std::vector<ClaimWord>& words, const FoundName& name) {
  const std::size_t best =
      *std::max_element(name.candidates.begin(), name.candidates.end(), [&](std::size_t a, std::size_t b) {
        return likeness(catalog.devices[a], words, name) < likeness(catalog.devices[b], words, name);
      });
  const std::string folded = fold_name(catalog.devices[best].name);
  for (std::size_t i = name.first >= 2 ? name.first - 2 : 0; i < name.first; ++i)
    if (is_telling(words[i]) && folded.find(fold_name(words[i].text)) != std::string::npos) words[i].taken = true;
  return best;
}

/// The record that `name` means, given a memory size behind it. A size that none of the kin has is no part of the name.
std::size_t device_meant(const Catalog& catalog, std::vector<ClaimWord>& words, FoundName& name, ClaimText& claim) {
  const std::string written(claim_stretch(words, name.first, name.last));
  const std::optional<Beside> beside = capacity_beside(words, name.last + 1);
  if (name.kind == NameKind::device) {
    const Device& device = catalog.devices[name.index];
    name.candidates = {name.index};
    if (beside && !has_capacity(device, beside->gib))
      for (std::size_t i = 0; i < catalog.devices.size(); ++i)
        if (!device.chip.empty() && catalog.devices[i].chip == device.chip) name.candidates.push_back(i);
  }
  std::vector<std::size_t> sized;
  for (const std::size_t i : name.candidates)
    if (beside && has_capacity(catalog.devices[i], beside->gib)) sized.push_back(i);
  if (!sized.empty()) {
    name.candidates = sized;
    for (std::size_t i = 1; i <= beside->words; ++i) words[name.last + i].taken = true;
  }
  if (name.kind == NameKind::device && sized.empty()) return name.index;
  const std::size_t best = most_alike(catalog, words, name);
  if (name.kind == NameKind::loose_device || best != name.index)
    claim.assumptions.push_back("\"" + written + "\" is taken for " + catalog.devices[best].name);
  return best;
}

void add_device(const Catalog& catalog, std::vector<ClaimWord>& words, FoundName& name, ClaimText& claim) {
  const std::size_t index = device_meant(catalog, words, name, claim);
  std::optional<int> count = count_before(words, name.first);
  if (!count) count = count_after(words, name.last);
  std::string part = count && *count > 1 ? std::to_string(*count) + "x " : "";
  part += catalog.devices[index].id;
  const std::size_t next = name.last + 1;
  const bool linked = next < words.size() && !words[next].taken && words[next].joint == '@';
  if (linked && catalog.link_names.find_quietly(words[next].text)) {
    part += "@" + std::string(words[next].text);  // as written: "nvlink" is each device's own
    words[next].taken = true;
  }
  // The same device named twice ("Framework 128GB ... on the Framework") is one machine.
  if (claim.setup == part) return;
  claim.setup += (claim.setup.empty() ? "" : " + ") + part;
}

}  // namespace

std::optional<Error> find_claim_names(const Catalog& catalog, std::vector<ClaimWord>& words, ClaimText& claim) {
  split_glued_counts(words);
  std::string model_text;
  for (FoundName& name : longest_names(catalog, words)) {
    const std::string written(claim_stretch(words, name.first, name.last));
    switch (name.kind) {
      case NameKind::device:
      case NameKind::loose_device: add_device(catalog, words, name, claim); break;
      case NameKind::model: {
        const std::string& id = catalog.models[name.index].id;
        if (!claim.model.empty() && claim.model != id)
          return Error{
              ErrorCode::invalid_input,
              "the claim names two models, " + join({"\"" + model_text + "\"", "\"" + written + "\""}, " and "),
              "claim",
              "one model at a time",
              {}};
        claim.model = id;
        model_text = written;
        break;
      }
      case NameKind::format:
        if (claim.quant.empty()) claim.quant = catalog.formats[name.index].id;
        break;
      case NameKind::loose_format:
        if (!claim.bits) claim.bits = static_cast<int>(name.index);
        break;
      case NameKind::engine:
        if (claim.engine.empty()) claim.engine = catalog.engines[name.index].id;
        break;
    }
  }
  return std::nullopt;
}

}  // namespace rigwise
