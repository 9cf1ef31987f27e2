#include <ostream>

#include "core/base/text.h"
#include "host/cli/command.h"
#include "host/cli/say.h"
#include "host/cli/session.h"

namespace rigwise {
namespace {

/// Keys worth a column, kind by kind; every other key is in --json.
struct Shown {
  const char* kind;
  std::vector<const char*> keys;
};

const std::vector<Shown>& shown_keys() {
  static const std::vector<Shown> kShown = {
      {"devices", {"id", "memory_gib", "bandwidth_gbps", "fp16_tflops", "power_max_w", "status"}},
      {"models", {"id", "params_total_b", "params_active_b", "context_tokens", "license", "released"}},
      {"formats", {"id", "name", "class", "containers"}},
      {"engines", {"id", "name", "backends", "batching", "multi_device"}},
      {"links", {"id", "kind", "bandwidth_gbps", "latency_us", "rdma"}},
      {"api_prices", {"provider", "model", "input_usd_per_mtok", "output_usd_per_mtok", "date"}},
      {"saas_prices", {"service", "plan", "price", "currency", "unit", "date"}},
      {"rentals", {"provider", "tier", "device", "count", "usd_per_hour", "date"}},
      {"api_speeds", {"provider", "model_id", "output_tokens_per_s", "ttft_s", "date"}},
      {"prices", {"item_id", "price_low", "price_high", "currency", "price_kind", "date"}},
      {"scores", {"model", "benchmark", "category", "score", "scale_max", "source"}},
      {"measurements", {"id", "hardware", "model", "quant", "phase", "tokens_per_s"}},
      {"source_conditions", {"source", "note_word", "conditions", "reason"}},
      {"quantization_losses", {"format", "model_name", "perplexity_increase", "top_token_differs", "source"}},
      {"unresolved", {"kind", "name", "reason"}},
  };
  return kShown;
}

std::string cell(const Json& value) {
  if (value.is_null()) return "-";
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_number()) return significant(value.get<double>(), 6);
  std::string text;
  for (const Json& item : value) text += (text.empty() ? "" : ", ") + cell(item);
  return text;
}

std::vector<std::string> keys_of(const Json& response) {
  std::vector<std::string> keys;
  for (const Shown& shown : shown_keys()) {
    if (text_of(response, "kind") == shown.kind) keys.assign(shown.keys.begin(), shown.keys.end());
  }
  if (keys.empty() && !response["records"].empty()) {
    for (const auto& [key, value] : response["records"].front().items()) {
      if (!value.is_array() && !value.is_object() && keys.size() < 6) keys.push_back(key);
    }
  }
  return keys;
}

void print_counts(const Console& console, const Json& response) {
  Table table;
  table.columns = {{"kind", false, false}, {"records", true, false}};
  for (const auto& [kind, count] : response["counts"].items()) {
    table.rows.push_back({kind, say_count(count.get<double>())});
  }
  console.print(table);
  if (console.format == OutputFormat::table) {
    *console.out << "\ncatalog " << text_of(response, "catalog") << ", as of " << text_of(response, "as_of")
                 << "\nrigwise catalog devices --filter 3090   lists records; --json shows every fact and source\n";
  }
}

void print_records(const Console& console, const Json& response) {
  const std::vector<std::string> keys = keys_of(response);
  Table table;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    bool numeric = !response["records"].empty();
    for (const Json& record : response["records"])
      numeric = numeric && (record[keys[i]].is_number() || record[keys[i]].is_null());
    // An id is what the reader will type next: it is never cut.
    table.columns.push_back({keys[i], numeric, !numeric && keys[i] != "id"});
  }
  for (const Json& record : response["records"]) {
    std::vector<std::string> row;
    row.reserve(keys.size());
    for (const std::string& key : keys) row.push_back(cell(record[key]));
    table.rows.push_back(std::move(row));
  }
  console.print(table);
  if (console.format == OutputFormat::table && response["total"] != response["records"].size()) {
    *console.out << say_count(response["total"].get<double>()) << " match; --limit shows more\n";
  }
}

DataRows catalog_rows(const Json& response) {
  DataRows data;
  if (response.contains("counts")) {
    data.columns = {"kind", "records"};
    for (const auto& [kind, count] : response["counts"].items()) data.rows.push_back({kind, count});
    return data;
  }
  data.columns = keys_of(response);
  for (const Json& record : response["records"]) {
    std::vector<Json> cells;
    cells.reserve(data.columns.size());
    for (const std::string& key : data.columns) cells.push_back(record.contains(key) ? record[key] : Json(nullptr));
    data.rows.push_back(std::move(cells));
  }
  return data;
}

int run(Session& session, const Args& args) {
  const Result<Json> request = request_from_args(catalog_command(), args);
  if (!request) return session.console().print_error(request.error());
  int status = 0;
  const std::optional<Json> response = session.answer("catalog", *request, status);
  if (!response) return status;
  if (session.printed_as_data(*response, catalog_rows)) return 0;
  if (response->contains("counts"))
    print_counts(session.console(), *response);
  else
    print_records(session.console(), *response);
  return 0;
}

}  // namespace

const CommandSpec& catalog_command() {
  static const CommandSpec kSpec = {
      "catalog",
      "what does rigwise know? records with their sources",
      "catalog devices --filter 3090",
      {{"KIND", "kind", ArgType::text, "KIND", "devices, models, formats, engines, links, api_prices, ..."},
       {"--filter", "filter", ArgType::text, "TEXT", "only records whose name contains this"},
       {"--limit", "limit", ArgType::integer, "N", "at most so many records (1000)"}},
      run};
  return kSpec;
}

}  // namespace rigwise
