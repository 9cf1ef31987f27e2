#include "core/machine/catalog_match.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/base/text.h"

namespace rigwise {
namespace {

using Words = std::set<std::string>;

/// Words that say nothing of which part it is.
bool is_decoration(const std::string& word) {
  static const Words kDecoration = {
      "nvidia", "amd",  "intel", "apple", "geforce", "radeon",     "graphics", "corporation", "inc",    "co",
      "ltd",    "r",    "tm",    "the",   "gpu",     "generation", "edition",  "workstation", "cpu",    "processor",
      "gen",    "with", "core",  "cores", "desktop", "developer",  "kit",      "tower",       "series", "ampere"};
  return kDecoration.count(word) != 0;
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// "80gb", "16gib": compared as a number elsewhere.
bool is_memory_size(const std::string& word) {
  for (const std::string_view unit : {"gb", "gib"}) {
    if (word.ends_with(unit) && all_digits(std::string_view(word).substr(0, word.size() - unit.size()))) return true;
  }
  return false;
}

/// "sxm4" and "sxm" are one way to mount a card.
std::string plain(std::string word) { return word.starts_with("sxm") ? "sxm" : word; }

/// Pieces of letters and digits; '+' is spelled out.
std::vector<std::string> pieces_of(std::string_view text) {
  std::vector<std::string> pieces(1);
  for (const char c : lower(text)) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      pieces.back() += c;
    } else if (c == '+') {
      pieces.back() += "plus";
    } else if (!pieces.back().empty()) {
      pieces.emplace_back();
    }
  }
  if (pieces.back().empty()) pieces.pop_back();
  return pieces;
}

Words words_of(std::string_view text) {
  Words words;
  bool memory_kind = false;
  for (const std::string& piece : pieces_of(text)) {
    memory_kind = memory_kind || piece.starts_with("hbm");
    if (is_decoration(piece) || is_memory_size(piece) || piece.starts_with("hbm") || piece == "gb") continue;
    words.insert(plain(piece));
  }
  // Data-centre drivers name the memory only where the card is the mounted module ("H100 80GB HBM3").
  if (memory_kind && words.count("pcie") == 0 && words.count("nvl") == 0) words.insert("sxm");
  return words;
}

constexpr double kLeastMemory = 0.86, kMostMemory = 1.04;

bool has_memory(const Device& device, const std::optional<Bytes>& memory, double least = kLeastMemory) {
  if (!memory || device.memory_capacity.value <= 0) return true;
  const double ratio = *memory / device.memory_capacity;
  return ratio > least && ratio < kMostMemory;
}

std::vector<std::string> names_of(const Device& device) {
  std::vector<std::string> names = device.aliases;
  names.insert(names.begin(), {device.id, device.name});
  return names;
}

/// Records put two cards of one name apart by how they are bought; the plain one is the card itself.
bool is_variant(const Device& device) {
  const Words words = words_of(device.id);
  return words.count("used") != 0 || words.count("mod") != 0 || words.count("seed") != 0 ||
         device.status == DeviceStatus::seed || device.status == DeviceStatus::expected;
}

using Wanted = bool (*)(const Device& device);
bool is_card(const Device& device) {
  return device.parts.empty() && device.processor != Processor::cpu && device.kind == DeviceKind::gpu;
}
bool is_bare_processor(const Device& device) { return device.processor == Processor::cpu && device.parts.empty(); }
bool is_whole(const Device& device) { return device.parts.empty() && device.kind != DeviceKind::gpu; }

std::vector<std::string> nearest_ids(const Catalog& catalog, Wanted wanted, const std::string& name) {
  std::vector<std::string> shown;
  std::map<std::string, std::string> id_of;
  for (const Device& device : catalog.devices) {
    if (!wanted(device) || is_variant(device)) continue;
    shown.push_back(device.name);
    id_of.emplace(device.name, device.id);
  }
  std::vector<std::string> ids;
  for (const std::string& near : nearest_names(name, shown)) ids.push_back(id_of.at(near));
  return ids;
}

CatalogMatch one_of(std::vector<const Device*> found) {
  CatalogMatch match;
  std::sort(found.begin(), found.end(), [](const Device* a, const Device* b) { return a->id < b->id; });
  if (found.empty()) return match;
  match.device = found.front();
  for (std::size_t i = 1; i < found.size(); ++i) match.alternatives.push_back(found[i]->id);
  return match;
}

CatalogMatch match_card_name(const Catalog& catalog, const std::string& name, const std::optional<Bytes>& memory) {
  const Words wanted = words_of(name);
  if (wanted.empty()) return {};
  std::vector<const Device*> found;
  for (const Device& device : catalog.devices) {
    if (!is_card(device) || is_variant(device) || !has_memory(device, memory)) continue;
    const std::vector<std::string> names = names_of(device);
    if (std::any_of(names.begin(), names.end(), [&](const std::string& n) { return words_of(n) == wanted; }))
      found.push_back(&device);
  }
  return one_of(std::move(found));
}

/// "AMD EPYC 9654 96-Core Processor" -> epyc 9654; "13th Gen Intel(R) Core(TM) i9-13900K @ 3.00GHz" -> i9 13900k.
Words processor_words(std::string_view name) {
  std::string text = lower(name);
  for (const std::string_view tail : {" @ ", " w/ ", " with "}) text = text.substr(0, text.find(tail));
  Words words;
  for (const std::string& piece : pieces_of(text)) {
    const bool is_ordinal = piece.ends_with("th") && all_digits(std::string_view(piece).substr(0, piece.size() - 2));
    if (!is_decoration(piece) && !is_ordinal) words.insert(piece);
  }
  // "96-Core": how many there are is a fact of its own.
  if (const std::size_t core = text.find("-core"); core != std::string::npos) {
    std::size_t start = core;
    while (start > 0 && text[start - 1] >= '0' && text[start - 1] <= '9') --start;
    words.erase(text.substr(start, core - start));
  }
  if (words.count("threadripper") != 0) words.erase("ryzen");
  return words;
}

/// The sockets that an id ends in: "amd-epyc-9654-2p" has 2; without, any.
std::optional<int> sockets_of(const Device& device, Words& words) {
  for (int n = 1; n <= 8; ++n) {
    if (words.erase(std::to_string(n) + "p") != 0) return n;
  }
  (void)device;
  return std::nullopt;
}

/// All words that a machine says of itself.
Words own_words(const FoundMachine& machine) {
  Words words;
  const auto add = [&](std::string_view text) {
    for (const std::string& piece : pieces_of(text)) words.insert(piece);
  };
  for (const std::string& text : {machine.maker, machine.product, machine.processor,
                                  machine.facts.text("machine/family"), machine.facts.text("machine/model")})
    add(text);
  for (const FoundGpu& gpu : machine.gpus) {
    add(gpu.name);
    if (gpu.cores) words.insert(std::to_string(*gpu.cores));
  }
  return words;
}

/// Screen sizes are in the names of Apple's notebooks and in nothing that they say of themselves.
bool is_screen_size(const Device& device, const std::string& word) {
  return device.vendor == "Apple" && (word == "13" || word == "14" || word == "15" || word == "16");
}

/// RAM as built in: what the system sees and what is set aside for graphics.
std::optional<Bytes> built_in_memory(const FoundMachine& machine) {
  if (machine.memory_installed) return machine.memory_installed;
  if (!machine.memory_total) return std::nullopt;
  Bytes sum = *machine.memory_total;
  for (const FoundGpu& gpu : machine.gpus) {
    if (gpu.unified && gpu.vendor == "AMD" && gpu.memory) sum += *gpu.memory;
  }
  return sum;
}

std::string setup_of_cards(const MachineInCatalog& found) {
  std::vector<std::pair<std::string, int>> counts;
  for (const CatalogMatch& match : found.gpus) {
    if (match.device == nullptr) continue;
    const auto known =
        std::find_if(counts.begin(), counts.end(), [&](const auto& c) { return c.first == match.device->id; });
    if (known == counts.end())
      counts.emplace_back(match.device->id, 1);
    else
      ++known->second;
  }
  std::vector<std::string> parts;
  parts.reserve(counts.size());
  for (const auto& [id, count] : counts) parts.push_back(count == 1 ? id : std::to_string(count) + "x " + id);
  return join(parts, " + ");
}

}  // namespace

CatalogMatch match_gpu(const Catalog& catalog, const FoundGpu& gpu) {
  std::vector<std::string> names = gpu.other_names;
  if (names.empty()) names.push_back(gpu.name);
  CatalogMatch all;
  for (const std::string& name : names) {
    CatalogMatch match = gpu.is_slice || gpu.unified ? CatalogMatch{} : match_card_name(catalog, name, gpu.memory);
    if (match.device == nullptr) continue;
    if (all.device == nullptr) {
      all = std::move(match);
    } else if (match.device != all.device) {
      all.alternatives.push_back(match.device->id);
    }
  }
  if (all.device == nullptr) all.nearest = nearest_ids(catalog, is_card, gpu.name);
  return all;
}

CatalogMatch match_processor(const Catalog& catalog, const FoundMachine& machine) {
  const Words wanted = processor_words(machine.processor);
  std::vector<const Device*> found;
  for (const Device& device : catalog.devices) {
    if (!is_bare_processor(device) || is_variant(device) || wanted.empty()) continue;
    Words words = processor_words(device.id);
    const std::optional<int> sockets = sockets_of(device, words);
    if (words == wanted && (!sockets || *sockets == machine.sockets.value_or(1))) found.push_back(&device);
  }
  CatalogMatch match = one_of(std::move(found));
  if (match.device == nullptr && !machine.processor.empty())
    match.nearest = nearest_ids(catalog, is_bare_processor, machine.processor);
  return match;
}

CatalogMatch match_whole(const Catalog& catalog, const FoundMachine& machine) {
  constexpr double kLeastOfBuiltIn = 0.8;
  const Words said = own_words(machine);
  const std::optional<Bytes> memory = built_in_memory(machine);
  std::vector<const Device*> found;
  std::size_t most = 1;  // one word is no machine
  for (const Device& device : catalog.devices) {
    if (!is_whole(device) || is_variant(device) || !has_memory(device, memory, kLeastOfBuiltIn)) continue;
    Words words;
    for (const std::string& word : words_of(device.name)) {
      if (!is_screen_size(device, word)) words.insert(word);
    }
    const bool is_said =
        std::all_of(words.begin(), words.end(), [&](const auto& word) { return said.count(word) != 0; });
    if (!is_said || words.size() < most) continue;
    if (words.size() > most) found.clear();
    most = words.size();
    found.push_back(&device);
  }
  CatalogMatch match = one_of(std::move(found));
  if (match.device == nullptr && !machine.product.empty()) {
    const std::string gpu = machine.gpus.empty() ? "" : machine.gpus.front().name;
    match.nearest = nearest_ids(catalog, is_whole, machine.product + " " + machine.processor + " " + gpu);
  }
  return match;
}

MachineInCatalog match_machine(const Catalog& catalog, const FoundMachine& machine) {
  MachineInCatalog found;
  for (const FoundGpu& gpu : machine.gpus) found.gpus.push_back(match_gpu(catalog, gpu));
  found.processor = match_processor(catalog, machine);
  found.whole = match_whole(catalog, machine);
  found.setup = setup_of_cards(found);
  if (found.setup.empty() && found.whole.device != nullptr) found.setup = found.whole.device->id;
  // A processor's record says what all of it does with all of its memory channels.
  const bool is_all_ours = machine.virtualisation.empty() && !machine.memory_limit && !machine.in_container;
  if (found.setup.empty() && found.processor.device != nullptr && machine.gpus.empty() && is_all_ours)
    found.setup = found.processor.device->id;
  if (found.setup.empty()) found.setup = "here";
  return found;
}

}  // namespace rigwise
