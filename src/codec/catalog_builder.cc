#include "codec/catalog_builder.h"

#include <algorithm>
#include <iterator>

#include "codec/decode_record.h"
#include "codec/decode_tables.h"

namespace rigwise {
namespace {

constexpr std::string_view kRecordFolders[] = {"devices/", "models/",      "formats/", "engines/", "links/",
                                               "hosts/",   "accessories/", "classes/", "roles/"};

std::string_view folder_of(std::string_view path) {
  const auto found = std::find_if(std::begin(kRecordFolders), std::end(kRecordFolders),
                                  [path](std::string_view folder) { return path.starts_with(folder); });
  return found == std::end(kRecordFolders) ? std::string_view() : *found;
}

template <class Thing>
void sort_by_id(std::vector<Thing>& things) {
  std::sort(things.begin(), things.end(), [](const Thing& a, const Thing& b) { return a.id < b.id; });
}

template <class Row>
void take_latest(const std::vector<Row>& rows, std::string& latest) {
  for (const Row& row : rows) latest = std::max(latest, row.date);
}

}  // namespace

bool is_catalog_record(std::string_view path) { return path.ends_with(".toml") && !folder_of(path).empty(); }

template <class Thing>
void CatalogBuilder::add(std::vector<Thing>& things, const Record& record,
                         Thing (*decode)(const Record&, std::vector<Diagnostic>&)) {
  const std::size_t before = faults_.size();
  Thing thing = decode(record, faults_);
  const bool broken = std::any_of(faults_.begin() + static_cast<std::ptrdiff_t>(before), faults_.end(),
                                  [](const Diagnostic& fault) { return fault.is_error; });
  const auto [at, is_new] =
      file_of_.try_emplace(std::string(folder_of(record.file)) + thing.id, std::string(record.file));
  if (!is_new)
    faults_.push_back({true, std::string(record.file), 0, "id", "\"" + thing.id + "\" is also the id of " + at->second,
                       "one thing, one file"});
  if (broken || !is_new) return;
  const auto known =
      std::find_if(things.begin(), things.end(), [&thing](const Thing& other) { return other.id == thing.id; });
  if (known != things.end()) {
    *known = std::move(thing);
  } else {
    things.push_back(std::move(thing));
  }
}

void CatalogBuilder::add_record(const Record& record) {
  const std::string_view folder = folder_of(record.file);
  if (folder == "devices/") add(catalog_.devices, record, decode_device);
  if (folder == "models/") add(catalog_.models, record, decode_model);
  if (folder == "formats/") add(catalog_.formats, record, decode_format);
  if (folder == "engines/") add(catalog_.engines, record, decode_engine);
  if (folder == "links/") add(catalog_.links, record, decode_link);
  if (folder == "hosts/") add(catalog_.hosts, record, decode_host);
  if (folder == "accessories/") add(catalog_.accessories, record, decode_accessory);
  if (folder == "classes/") add(catalog_.classes, record, decode_class);
  if (folder == "roles/") add(catalog_.roles, record, decode_role);
}

void CatalogBuilder::add_table(std::string_view path, std::string_view text) {
  decode_table(path, text, catalog_, faults_);
}

void CatalogBuilder::finish() {
  sort_by_id(catalog_.devices);
  sort_by_id(catalog_.models);
  sort_by_id(catalog_.formats);
  sort_by_id(catalog_.engines);
  sort_by_id(catalog_.links);
  sort_by_id(catalog_.hosts);
  sort_by_id(catalog_.accessories);
  sort_by_id(catalog_.classes);
  sort_by_id(catalog_.roles);
  catalog_.index_names();
}

std::string latest_price_date(const Catalog& catalog) {
  std::string latest;
  take_latest(catalog.price_observations, latest);
  take_latest(catalog.api_prices, latest);
  take_latest(catalog.saas_prices, latest);
  take_latest(catalog.rentals, latest);
  take_latest(catalog.api_speeds, latest);
  take_latest(catalog.rates, latest);
  take_latest(catalog.electricity, latest);
  return latest;
}

}  // namespace rigwise
