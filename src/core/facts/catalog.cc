#include "core/facts/catalog.h"

#include <algorithm>

#include "core/base/text.h"

namespace rigwise {

bool NameIndex::add(std::string_view name, std::size_t index, bool is_id) {
  if (is_id) id_of_.emplace(index, std::string(name));
  const std::string folded = fold_name(name);
  if (folded.empty()) return true;
  const auto [at, is_new] = by_folded_.try_emplace(folded, Entry{index, is_id, {}});
  if (is_new) shown_.push_back({std::string(name), index});
  Entry& entry = at->second;
  if (is_new || entry.index == index) {
    entry.is_id = entry.is_id || is_id;
    return true;
  }
  if (entry.is_id && !is_id) return false;
  if (is_id && !entry.is_id) {
    entry = {index, true, {}};
    return false;
  }
  if (std::find(entry.rivals.begin(), entry.rivals.end(), index) == entry.rivals.end()) entry.rivals.push_back(index);
  return false;
}

std::optional<std::size_t> NameIndex::find_quietly(std::string_view name) const {
  const auto at = by_folded_.find(fold_name(name));
  if (at == by_folded_.end() || !at->second.rivals.empty()) return std::nullopt;
  return at->second.index;
}

Result<std::size_t> NameIndex::find(std::string_view name, std::string_view what) const {
  const auto at = by_folded_.find(fold_name(name));
  const std::string quoted = "\"" + std::string(name) + "\"";
  if (at == by_folded_.end()) {
    if (fold_name(name).empty()) return invalid("no name given for the " + std::string(what));
    if (std::vector<std::string> ids = ids_with_words(name); ids.size() > 1) {
      constexpr std::size_t kOffered = 8;
      const std::string count = std::to_string(ids.size());
      const std::string try_this = ids.size() > kOffered
                                       ? "one of them, or one of " + std::to_string(ids.size() - kOffered) + " more"
                                       : "one of them";
      ids.resize(std::min(ids.size(), kOffered));
      return fail({ErrorCode::ambiguous,
                   quoted + " is ambiguous: " + count + " " + std::string(what) + "s have it in their names",
                   {},
                   try_this,
                   std::move(ids)});
    }
    return fail({ErrorCode::not_found, "no " + std::string(what) + " is called " + quoted, {}, {}, nearest(name)});
  }
  const Entry& entry = at->second;
  if (entry.rivals.empty()) return entry.index;
  std::vector<std::string> ids = {id_of_.at(entry.index)};
  for (const std::size_t rival : entry.rivals) ids.push_back(id_of_.at(rival));
  return fail({ErrorCode::ambiguous,
               "more than one " + std::string(what) + " is called " + quoted,
               {},
               "one of the ids",
               std::move(ids)});
}

std::vector<std::string> NameIndex::ids_with_words(std::string_view name) const {
  constexpr std::size_t kLongest = 120;  // a pasted page is not a short name
  std::vector<std::string> ids;
  if (name.size() > kLongest) return ids;
  for (const Shown& shown : shown_) {
    if (has_words(shown.name, name)) ids.push_back(id_of_.at(shown.index));
  }
  std::sort(ids.begin(), ids.end());  // equal ones side by side
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  // Short ids are the plain ones: no "-used", no "-laptop"; records of the seed documents are nobody's first wish.
  std::sort(ids.begin(), ids.end(), [](const std::string& a, const std::string& b) {
    const bool seed_a = a.starts_with("seed-"), seed_b = b.starts_with("seed-");
    if (seed_a != seed_b) return seed_b;
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  });
  return ids;
}

std::vector<std::string> NameIndex::nearest(std::string_view name) const {
  constexpr std::size_t kOffered = 3;
  std::vector<std::string> names;
  names.reserve(shown_.size());
  std::unordered_map<std::string_view, std::size_t> index_of;
  for (const Shown& shown : shown_) {
    names.push_back(shown.name);
    index_of.emplace(shown.name, shown.index);
  }
  std::vector<std::string> offered;
  std::vector<std::size_t> seen;  // a record is offered once, by its nearest name
  for (std::string& candidate : nearest_names(name, names, 12 * kOffered)) {
    const std::size_t index = index_of.at(candidate);
    if (offered.size() == kOffered) break;
    if (std::find(seen.begin(), seen.end(), index) != seen.end()) continue;
    seen.push_back(index);
    offered.push_back(std::move(candidate));
  }
  return offered;
}

namespace {

template <class Record>
void index_record(NameIndex& names, const Record& record, std::size_t index) {
  names.add(record.id, index, true);
  names.add(record.name, index, false);
  for (const std::string& alias : record.aliases) names.add(alias, index, false);
}

template <class Record>
NameIndex index_all(const std::vector<Record>& records) {
  NameIndex names;
  for (std::size_t i = 0; i < records.size(); ++i) index_record(names, records[i], i);
  return names;
}

template <class Record>
Result<const Record*> lookup(const std::vector<Record>& records, const NameIndex& names, std::string_view name,
                             std::string_view what) {
  const Result<std::size_t> index = names.find(name, what);
  if (!index) return fail(index.error());
  return &records[*index];
}

}  // namespace

void Catalog::index_names() {
  device_names = index_all(devices);
  model_names = index_all(models);
  engine_names = index_all(engines);
  link_names = index_all(links);
  format_names = {};
  kv_format_names = {};
  for (std::size_t i = 0; i < formats.size(); ++i)
    index_record(formats[i].for_kv_cache ? kv_format_names : format_names, formats[i], i);
}

Result<const Device*> Catalog::device(std::string_view name) const {
  return lookup(devices, device_names, name, "device");
}
Result<const Llm*> Catalog::model(std::string_view name) const { return lookup(models, model_names, name, "model"); }
Result<const Format*> Catalog::format(std::string_view name) const {
  return lookup(formats, format_names, name, "format");
}
Result<const Format*> Catalog::kv_format(std::string_view name) const {
  return lookup(formats, kv_format_names, name, "KV-cache format");
}
Result<const Engine*> Catalog::engine(std::string_view name) const {
  return lookup(engines, engine_names, name, "engine");
}
Result<const Link*> Catalog::link(std::string_view name) const { return lookup(links, link_names, name, "link"); }

}  // namespace rigwise
