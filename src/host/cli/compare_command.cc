#include <initializer_list>
#include <ostream>
#include <utility>

#include "core/base/text.h"
#include "host/cli/command.h"
#include "host/cli/say.h"
#include "host/cli/session.h"

namespace rigwise {
namespace {

/// A row of the side-by-side table: a title and one cell per set-up.
using CellOf = std::string (*)(const Json& column);

std::string price_cell(const Json& column) {
  const Json& price = column["price"];
  return price.is_null() ? "no price" : say_count(price["value"].get<double>());
}

std::string monthly_cell(const Json& column) {
  return column["cost"].is_null() ? "-" : say_count(column["cost"]["monthly"].get<double>());
}

std::string power_cell(const Json& column) {
  const Json& power = column["power_w"];
  return (power["estimated"].get<bool>() ? "~" : "") + say_number(power["idle"], 2) + " / " +
         say_number(power["load"], 3);
}

void add_model_rows(Table& table, const Json& columns, std::size_t model) {
  const Json& first = columns[0]["models"][model];
  const std::string name = text_of(first, "model") + " " + text_of(first, "quant");
  const auto add = [&](const std::string& title, const auto& cell_of) {
    std::vector<std::string> row = {title};
    for (const Json& column : columns) row.push_back(cell_of(column["models"][model]));
    table.rows.push_back(std::move(row));
  };
  add(name + ": decode tok/s", [](const Json& cell) {
    if (cell.contains("decode") && !cell["decode"].is_null()) return say_number(cell["decode"]["value"]);
    // Without an engine nothing was weighed.
    const bool was_weighed = cell.contains("engine") && cell["engine"].is_string();
    return std::string(was_weighed && text_of(cell, "fits") == "no" ? "does not fit" : "no engine runs it");
  });
  const auto number = [](const char* key) {
    return [key](const Json& cell) { return cell.contains(key) ? say_number(cell[key]) : std::string("-"); };
  };
  add("  prefill tok/s", [](const Json& cell) {
    return cell.contains("prefill") && !cell["prefill"].is_null() ? say_number(cell["prefill"]["value"])
                                                                  : std::string("-");
  });
  add("  per Mtok out", number("output_cost_per_mtok"));
  add("  J per token", number("energy_j_per_token"));
}

void print_comparison(const Console& console, const Json& response) {
  const Json& columns = response["columns"];
  Table table;
  table.columns.push_back({"", false, true});
  for (const Json& column : columns) table.columns.push_back({text_of(column, "setup"), true, true});
  const auto add = [&](const std::string& title, CellOf cell_of) {
    std::vector<std::string> row = {title};
    for (const Json& column : columns) row.push_back(cell_of(column));
    table.rows.push_back(std::move(row));
  };
  const std::string currency = text_of(response, "currency");
  add("machine " + currency, price_cell);
  add("per month " + currency, monthly_cell);
  add("memory GiB", [](const Json& column) { return say_number(column["memory_gib"]); });
  add("bandwidth GB/s", [](const Json& column) { return say_number(column["bandwidth_gbps"], 4); });
  add("idle / load W", power_cell);
  add("noise", [](const Json& column) { return text_of(column, "noise"); });
  for (std::size_t model = 0; model < columns[0]["models"].size(); ++model) add_model_rows(table, columns, model);
  console.print(table);
  if (console.format != OutputFormat::table) return;
  for (const Json& column : columns) {
    for (const char* key : {"pros", "gotchas"}) {
      for (const Json& opinion : column[key]) {
        console.print_wrapped((std::string(key) == "pros" ? "+ " : "- ") + text_of(column, "setup") + ": " +
                                  text_of(opinion, "text") + " [" + text_of(opinion, "source") + "]",
                              2);
      }
    }
    for (const Json& note : column["notes"]) {
      console.print_wrapped("note: " + text_of(column, "setup") + ": " + note.get<std::string>(), 2);
    }
  }
  for (const Json& assumption : response["assumptions"]) {
    console.print_wrapped("assumed: " + assumption.get<std::string>(), 2);
  }
}

DataRows compare_rows(const Json& response) {
  DataRows data;
  data.columns = DataRows::quantity_columns({"setup", "model", "quant"});
  const std::string currency = text_of(response, "currency");
  for (const Json& column : response["columns"]) {
    const Json& setup = column["setup"];
    const auto add = [&](const char* name, const Json& quantity, const std::string& unit) {
      data.add_quantity({setup, nullptr, nullptr}, name, quantity, unit);
    };
    add("price", column["price"], currency);
    if (column["cost"].is_object()) {
      for (const char* key : {"purchase", "electricity", "total", "monthly"}) add(key, column["cost"][key], currency);
    }
    add("memory", column["memory_gib"], "GiB");
    add("bandwidth", column["bandwidth_gbps"], "GB/s");
    add("power_idle", column["power_w"]["idle"], "W");
    add("power_load", column["power_w"]["load"], "W");
    for (const Json& cell : column["models"]) {
      for (const auto& [key, unit] :
           std::initializer_list<std::pair<const char*, std::string>>{{"decode", "tokens/s"},
                                                                      {"decode_total", "tokens/s"},
                                                                      {"prefill", "tokens/s"},
                                                                      {"ttft_s", "s"},
                                                                      {"energy_j_per_token", "J"},
                                                                      {"output_cost_per_mtok", currency + "/Mtok"},
                                                                      {"input_cost_per_mtok", currency + "/Mtok"}}) {
        if (cell.contains(key)) data.add_quantity({setup, cell["model"], cell["quant"]}, key, cell[key], unit);
      }
    }
  }
  return data;
}

int run(Session& session, const Args& args) {
  Result<Json> request = request_from_args(compare_command(), args);
  if (!request) return session.console().print_error(request.error());
  Json workload = Json::object();
  for (const char* key : {"prompt_tokens", "output_tokens", "concurrency"}) {
    if (!request->contains(key)) continue;
    workload[key] = (*request)[key];
    request->erase(key);
  }
  if (!workload.empty()) (*request)["workload"] = workload;
  int status = 0;
  const std::optional<Json> response = session.answer("compare", *request, status);
  if (!response) return status;
  if (!session.printed_as_data(*response, compare_rows)) print_comparison(session.console(), *response);
  return 0;
}

}  // namespace

const CommandSpec& compare_command() {
  static const CommandSpec kSpec = {
      "compare",
      "these set-ups side by side: price, speed, power, cost per token",
      "compare --setup \"rtx 4090\" --setup \"strix halo\" --model gpt-oss-20b",
      {{"--setup", "setups", ArgType::list, "SETUP", "set-up (repeatable)"},
       {"--model", "models", ArgType::list, "NAME", "model (required, repeatable)"},
       {"--quant", "quant", ArgType::text, "FORMAT", "weight format (each model's usual one)"},
       {"--currency", "currency", ArgType::text, "CODE", "currency of the prices (USD)"},
       {"--region", "region", ArgType::text, "CODE", "whose price of electricity counts: US, CA, CH, DE, SE, ..."},
       {"--horizon-months", "horizon_months", ArgType::integer, "N", "months over which cost counts (36)"},
       {"--utilisation", "utilisation", ArgType::number, "SHARE", "share of the time it works (0.25)"},
       {"--electricity-per-kwh", "electricity_per_kwh", ArgType::money, "PRICE", "price of a kWh"},
       {"--prompt-tokens", "prompt_tokens", ArgType::number, "N", "length of the prompt (2048)"},
       {"--output-tokens", "output_tokens", ArgType::number, "N", "length of the answer (512)"},
       {"--concurrency", "concurrency", ArgType::integer, "N", "streams at once (1)"},
       {"--as-of", "as_of", ArgType::text, "DATE", "answer as of this date"},
       measurements_arg()},
      run};
  return kSpec;
}

}  // namespace rigwise
