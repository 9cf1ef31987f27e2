#include "verbs/seeds/records.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "verbs/records.h"
#include "verbs/seeds/quotes.h"

namespace rigwise {
namespace {

/// "device:ID" -> the kind of record that `rigwise catalog` lists.
constexpr std::pair<std::string_view, std::string_view> kKinds[] = {
    {"device", "devices"}, {"model", "models"},  {"format", "formats"}, {"engine", "engines"},        {"link", "links"},
    {"host", "hosts"},     {"class", "classes"}, {"role", "roles"},     {"accessory", "accessories"},
};

/// Figures of a model's shape that `rigwise catalog` gives layer by layer.
void add_shape(const Llm& model, Json& record) {
  record["layers"] = model.depth();
  for (const LayerGroup& group : model.layers) {
    if (!record.contains("kv_heads") && group.kv_heads > 0) {
      record["heads"] = group.heads;
      record["kv_heads"] = group.kv_heads;
      record["head_dim"] = group.head_dim;
    }
    if (!record.contains("experts") && group.experts > 0) {
      record["experts"] = group.experts;
      record["experts_per_token"] = group.experts_per_token;
    }
  }
}

/// What `rigwise catalog` leaves out of a device.
void add_body(const Device& device, Json& record) {
  if (device.battery_h) record["battery_h"] = *device.battery_h;
  if (device.storage_bandwidth) record["storage_gbps"] = device.storage_bandwidth->value / kGb;
  if (device.gpu_cores) record["gpu_cores"] = *device.gpu_cores;
  if (device.cpu_cores) record["cpu_cores"] = *device.cpu_cores;
  if (device.warranty_years) record["warranty_years"] = *device.warranty_years;
  if (device.host_memory_bandwidth) record["host_bandwidth_gbps"] = device.host_memory_bandwidth->value / kGb;
  if (device.interconnect_bandwidth) record["interconnect_gbps"] = device.interconnect_bandwidth->value / kGb;
  record["throttling"] = device.throttling;
  record["repairability"] = device.repairability;
  record["expandability"] = device.expandability;
  if (!device.expandability.empty()) record["expandable"] = device.expandability != "none";
  record["os"] = join(device.os, ", ");
  record["runs_linux"] = std::find(device.os.begin(), device.os.end(), "linux") != device.os.end();
  if (device.noise_class) record["loudness"] = static_cast<int>(*device.noise_class);
}

void add_household(const Role& role, Json& record) {
  record["model_class"] = role.model_class;
  record["burst_factor"] = role.burst_factor;
  record["tasks"] = join(role.tasks, ", ");
  record["replaces"] = join(role.replaces, ", ");
  if (role.saved_per_month) record["saved_per_month"] = *role.saved_per_month;
  if (role.minimum_laptop) record["minimum_laptop_gb"] = role.minimum_laptop->value / kGb;
}

/// The record of that name, as JSON.
Result<Json> find_record(const Catalog& catalog, std::string_view kind, std::string_view name) {
  if (kind == "device") {
    const Result<const Device*> found = catalog.device(name);
    if (!found) return fail(found.error());
    Json record = device_json(**found);
    add_body(**found, record);
    return record;
  }
  if (kind == "model") {
    const Result<const Llm*> found = catalog.model(name);
    if (!found) return fail(found.error());
    Json record = llm_json(**found);
    add_shape(**found, record);
    return record;
  }
  if (kind == "format") {
    Result<const Format*> found = catalog.format(name);
    if (!found) found = catalog.kv_format(name);
    return found ? Result<Json>(format_json(**found)) : fail(found.error());
  }
  if (kind == "engine") {
    const Result<const Engine*> found = catalog.engine(name);
    return found ? Result<Json>(engine_json(**found)) : fail(found.error());
  }
  std::vector<std::string> known;
  for (const RecordKind& listed : record_kinds()) {
    const auto* wanted =
        std::find_if(std::begin(kKinds), std::end(kKinds), [&](const auto& k) { return k.first == kind; });
    if (wanted == std::end(kKinds) || listed.name != wanted->second) continue;
    for (std::size_t i = 0; i < listed.count(catalog); ++i) {
      Json record = listed.record(catalog, i);
      if (record["id"] != name) {
        known.push_back(record["id"].get<std::string>());
        continue;
      }
      if (kind == "role") add_household(catalog.roles[i], record);
      return record;
    }
  }
  return fail({ErrorCode::not_found, "no " + std::string(kind) + " is called " + in_quotes(name), "", "",
               nearest_names(name, known)});
}

std::string reference_of(const Json& record) {
  std::string text = record["id"].get<std::string>();
  if (record.contains("sources") && !record["sources"].empty())
    text += " (" + record["sources"].front()["ref"].get<std::string>() + ")";
  return text;
}

/// "features.gguf" of a record.
const Json* field_of(const Json& record, std::string_view path) {
  const Json* at = &record;
  for (const std::string_view key : split(path, '.')) {
    if (!at->is_object() || !at->contains(std::string(key))) return nullptr;
    at = &(*at)[std::string(key)];
  }
  return at;
}

Result<SeedValue> value_of(const Json& record, std::string_view field) {
  const Json* found = field_of(record, field);
  SeedValue value{std::nullopt, "", SeedValueKind::record, reference_of(record)};
  if (found == nullptr) {
    std::vector<std::string> fields;
    for (const auto& [key, item] : record.items()) fields.push_back(key);
    return fail({ErrorCode::not_found, in_quotes(record["id"].get<std::string>()) + " has no field " + in_quotes(field),
                 "", "one of: " + join(fields, ", "), nearest_names(field, fields)});
  }
  if (found->is_boolean()) {
    value.number = found->get<bool>() ? 1 : 0;
  } else if (found->is_number()) {
    value.number = found->get<double>();
  } else if (found->is_string()) {
    value.text = found->get<std::string>();
  } else if (found->is_array()) {
    for (const Json& item : *found)
      value.text += (value.text.empty() ? "" : ", ") + (item.is_string() ? item.get<std::string>() : item.dump());
  } else {
    return fail({ErrorCode::not_found,
                 in_quotes(record["id"].get<std::string>()) + " does not know its " + std::string(field),
                 "",
                 "",
                 {}});
  }
  return value;
}

/// "ID.FIELD": ids hold dots, and so may fields; the longest id that is one wins.
Result<SeedValue> record_field(const Catalog& catalog, std::string_view kind, std::string_view rest) {
  std::optional<Error> first;
  for (std::size_t dot = rest.rfind('.'); dot != std::string_view::npos && dot > 0; dot = rest.rfind('.', dot - 1)) {
    const Result<Json> record = find_record(catalog, kind, rest.substr(0, dot));
    if (record) return value_of(*record, rest.substr(dot + 1));
    if (!first) first = record.error();
  }
  if (first) return fail(*first);
  return invalid(in_quotes(rest) + " names no field", "", std::string(kind) + ":ID.FIELD");
}

Result<SeedValue> measured(const Catalog& catalog, std::string_view rest) {
  std::string_view id = rest, field = "tokens_per_s";
  std::vector<std::string> known;
  for (const Measurement& row : catalog.measurements) {
    if (rest.starts_with(row.id) && rest.size() > row.id.size() && rest[row.id.size()] == '.') {
      id = row.id;
      field = rest.substr(id.size() + 1);
    }
    if (row.id != id) continue;
    SeedValue value{std::nullopt, "", SeedValueKind::record, "measurement " + row.id + " (" + row.source_locator + ")"};
    if (field == "tokens_per_s") value.number = row.tokens_per_s;
    if (field == "power_w") value.number = row.power_w;
    if (field == "hardware_count") value.number = row.hardware_count;
    if (field == "concurrency") value.number = row.concurrency;
    if (field == "prompt_tokens") value.number = row.prompt_tokens;
    if (field == "model") value.text = row.model;
    if (field == "quant") value.text = row.quant;
    if (field == "engine") value.text = row.engine;
    if (value.number || !value.text.empty()) return value;
    return fail({ErrorCode::not_found,
                 "the measurement " + in_quotes(row.id) + " has no " + std::string(field),
                 "",
                 "one of: tokens_per_s, power_w, hardware_count, concurrency, prompt_tokens, model, quant, engine",
                 {}});
  }
  known.reserve(catalog.measurements.size());
  for (const Measurement& row : catalog.measurements)
    if (row.id.starts_with(rest.substr(0, 3))) known.push_back(row.id);
  return fail({ErrorCode::not_found, "no measurement is called " + in_quotes(rest), "", "its id, as in meas:s0-16-1",
               nearest_names(rest, known)});
}

Result<SeedValue> dossier(const Catalog& catalog, std::string_view id) {
  std::vector<std::string> known;
  for (const Dossier& d : catalog.dossiers) {
    if (d.device == id)
      return SeedValue{std::nullopt, "dossier", SeedValueKind::opinion, "dossiers/" + d.device + ".md"};
    known.push_back(d.device);
  }
  return fail({ErrorCode::not_found, "no dossier is about " + in_quotes(id), "", "", nearest_names(id, known)});
}

}  // namespace

std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

const char* seed_value_kind_name(SeedValueKind kind) {
  switch (kind) {
    case SeedValueKind::record: return "record";
    case SeedValueKind::computed: return "computed";
    case SeedValueKind::cell: return "cell";
    case SeedValueKind::premise: return "premise";
    case SeedValueKind::opinion: return "opinion";
  }
  return "";
}

bool is_record_spec(std::string_view kind) {
  for (const std::string_view known :
       {"price", "saas", "api", "rate", "electricity", "score", "count", "meas", "dossier"})
    if (kind == known) return true;
  return std::any_of(std::begin(kKinds), std::end(kKinds), [&](const auto& k) { return k.first == kind; });
}

Result<SeedValue> record_value(const Catalog& catalog, std::string_view kind, std::string_view rest,
                               std::string_view document) {
  if (kind == "price") return quoted_price(catalog, rest, document);
  if (kind == "saas") return seat_price(catalog, rest, document);
  if (kind == "api") return token_price(catalog, rest);
  if (kind == "rate") return exchange_rate(catalog, rest);
  if (kind == "electricity") return power_price(catalog, rest);
  if (kind == "score") return quality_score(catalog, rest, document);
  if (kind == "count") return count_of_scores(catalog, rest);
  if (kind == "meas") return measured(catalog, rest);
  if (kind == "dossier") return dossier(catalog, rest);
  return record_field(catalog, kind, rest);
}

}  // namespace rigwise
