#include "codec/catalog_text.h"
#include "codec/check_rules.h"
#include "core/base/text.h"
#include "core/facts/setup.h"

namespace rigwise {
namespace {

template <class Record>
bool has_id(const std::vector<Record>& records, std::string_view id) {
  for (const Record& record : records)
    if (record.id == id) return true;
  return false;
}

template <class Record>
std::vector<std::string> ids_of(const std::vector<Record>& records) {
  std::vector<std::string> ids;
  for (const Record& record : records) ids.push_back(record.id);
  return ids;
}

/// Reports an id that `records` do not have, with the nearest that exists.
template <class Record>
void need(const std::vector<Record>& records, const std::string& id, const std::string& what, const std::string& where,
          const std::string& key, FaultSink& sink) {
  if (has_id(records, id)) return;
  const std::vector<std::string> nearest = nearest_names(id, ids_of(records), 1);
  sink.error(where, key, "no " + what + " has the id \"" + id + "\"",
             nearest.empty() ? "" : "did you mean \"" + nearest[0] + "\"?");
}

void check_device_references(const Catalog& c, FaultSink& sink) {
  for (const Device& d : c.devices) {
    const std::string where = "devices/" + d.id;
    for (const BuildPart& part : d.parts) {
      need(c.devices, part.device, "device", where, "part.device", sink);
      if (part.device == d.id) sink.error(where, "part.device", "the build \"" + d.id + "\" contains itself");
    }
    if (!d.interconnect.empty()) need(c.links, d.interconnect, "link", where, "links.interconnect", sink);
  }
}

void check_household_references(const Catalog& c, FaultSink& sink) {
  for (const Format& f : c.formats)
    for (const std::string& engine : f.engines) need(c.engines, engine, "engine", "formats/" + f.id, "engines", sink);
  for (const Engine& e : c.engines) need(c.engines, e.base, "engine", "engines/" + e.id, "base", sink);
  for (const ModelClass& k : c.classes)
    for (const std::string& member : k.members) need(c.models, member, "model", "classes/" + k.id, "members", sink);
  for (const Role& r : c.roles)
    if (!r.model_class.empty()) need(c.classes, r.model_class, "class", "roles/" + r.id, "model_class", sink);
  for (const Dossier& d : c.dossiers) need(c.devices, d.device, "device", "dossiers/" + d.device, "", sink);
}

/// A price belongs to a device, an accessory, a host, or a set-up of devices ("4x nvidia-dgx-spark").
bool is_priced_thing(const Catalog& c, const PriceObservation& o) {
  return has_id(c.devices, o.item_id) || has_id(c.accessories, o.item_id) || has_id(c.hosts, o.item_id) ||
         has_id(c.links, o.item_id) || o.currency.find('/') != std::string::npos ||
         parse_setup(c, o.item_id).has_value();
}

void check_table_references(const Catalog& c, FaultSink& sink) {
  for (const PriceObservation& o : c.price_observations)
    if (!is_priced_thing(c, o))
      sink.error("prices/observations.csv", "item_id",
                 "\"" + o.item_id + "\" is no device, accessory, host or set-up of these");
  for (const ApiPrice& p : c.api_prices)
    if (!p.model_id.empty())
      need(c.models, p.model_id, "model", "prices/api.csv", p.provider + " " + p.model + " model_id", sink);
  for (const RentalPrice& p : c.rentals)
    need(c.devices, p.device, "device", "prices/rentals.csv", p.provider + " device", sink);
  for (const ApiSpeed& s : c.api_speeds)
    need(c.models, s.model_id, "model", "prices/api_speeds.csv", s.provider + " model_id", sink);
  for (const QualityScore& q : c.scores)
    if (!q.model_id.empty()) need(c.models, q.model_id, "model", "scores/ of " + q.source, "model_id", sink);
  for (const QuantizationLoss& loss : c.quantization_losses) {
    need(c.formats, loss.format, "format", "quantization_loss.csv", loss.model_name + " format", sink);
    if (!loss.model.empty())
      need(c.models, loss.model, "model", "quantization_loss.csv", loss.model_name + " model", sink);
  }
}

template <class Record, class Filter>
void check_unique(const std::vector<Record>& records, const std::string& folder, Filter included, FaultSink& sink) {
  NameIndex names;
  const auto add = [&](const Record& record, std::size_t index, const std::string& name, bool is_id, const char* key) {
    if (fold_name(name).empty()) {
      sink.error(folder + record.id, key, "the name \"" + name + "\" has no letter or digit");
      return;
    }
    if (names.add(name, index, is_id)) return;
    std::string owners;
    for (const Record& other : records) {
      bool has = fold_name(other.id) == fold_name(name) || fold_name(other.name) == fold_name(name);
      for (const std::string& alias : other.aliases) has = has || fold_name(alias) == fold_name(name);
      if (has && included(other) && other.id != record.id) owners += (owners.empty() ? "" : ", ") + other.id;
    }
    sink.error(folder + record.id, key, "the name \"" + name + "\" also means " + owners, "a name means one record");
  };
  for (std::size_t i = 0; i < records.size(); ++i)
    if (included(records[i])) add(records[i], i, records[i].id, true, "id");
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (!included(records[i])) continue;
    add(records[i], i, records[i].name, false, "name");
    for (const std::string& alias : records[i].aliases) add(records[i], i, alias, false, "aliases");
  }
}

}  // namespace

void check_references(const Catalog& catalog, FaultSink& sink) {
  check_device_references(catalog, sink);
  check_household_references(catalog, sink);
  check_table_references(catalog, sink);
}

void check_names(const Catalog& c, FaultSink& sink) {
  const auto all = [](const auto&) { return true; };
  check_unique(c.devices, "devices/", all, sink);
  check_unique(c.models, "models/", all, sink);
  check_unique(c.formats, "formats/", [](const Format& f) { return !f.for_kv_cache; }, sink);
  check_unique(c.formats, "formats/", [](const Format& f) { return f.for_kv_cache; }, sink);
  check_unique(c.engines, "engines/", all, sink);
  check_unique(c.links, "links/", all, sink);
  for (const UnresolvedName& name : c.unresolved) {
    const NameIndex* names = name.kind == "device"   ? &c.device_names
                             : name.kind == "model"  ? &c.model_names
                             : name.kind == "format" ? &c.format_names
                                                     : nullptr;
    if (names == nullptr)
      sink.error("unresolved.csv", "kind", "\"" + name.kind + "\" is no kind", "device, model or format");
    else if (names->find_quietly(name.name))
      sink.error("unresolved.csv", "name", "\"" + name.name + "\" is a name of a record", "remove the line");
  }
}

std::vector<Diagnostic> check_catalog(const Catalog& catalog) {
  FaultSink sink;
  check_references(catalog, sink);
  check_names(catalog, sink);
  check_devices(catalog, sink);
  check_shapes(catalog, sink);
  check_rows(catalog, sink);
  check_ceilings(catalog, sink);
  return std::move(sink.faults);
}

}  // namespace rigwise
