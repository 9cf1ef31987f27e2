#include <ostream>

#include "core/base/text.h"
#include "host/cli/command.h"
#include "host/cli/say.h"
#include "host/cli/session.h"

namespace rigwise {
namespace {

std::string times(const Json& scaling) {
  return scaling.is_number() ? significant(scaling.get<double>(), 2) + "x" : "-";
}

std::string speed(const Json& estimate) { return estimate.is_object() ? say_estimate(estimate) : "-"; }

std::string price(const Json& row) {
  return row["price"].is_object() ? say_count(row["price"]["value"].get<double>()) : "-";
}

/// "1 node", "4 cards".
std::string counted(const Json& nodes, const Json& response) {
  return say_count(nodes.get<double>()) + " " + text_of(response, "node") + (nodes == 1 ? "" : "s");
}

void print_rows(const Console& console, const Json& response) {
  const bool model = response["request"]["model"].is_string();
  Table table;
  table.columns = {{text_of(response, "node") + "s", true, false}, {"GB", true, false}};
  if (model)
    table.columns.insert(table.columns.end(), {{"decode tok/s", true, false},
                                               {"", true, false},
                                               {"prefill tok/s", true, false},
                                               {"", true, false},
                                               {"S2-6", true, false}});
  table.columns.push_back({text_of(response, "currency"), true, false});
  table.columns.push_back({"W", true, false});
  for (const Json& row : response["rows"]) {
    std::vector<std::string> cells = {say_count(row["nodes"].get<double>()), say_count(row["usable_gb"].get<double>())};
    if (model) {
      cells.push_back(speed(row["decode"]));
      cells.push_back(times(row["decode_scaling"]));
      cells.push_back(row["prefill"].is_object() ? say_number(row["prefill"]["value"]) : "-");
      cells.push_back(times(row["prefill_scaling"]));
      cells.push_back(row["rule_of_thumb"].is_number() ? say_number(row["rule_of_thumb"], 2) : "-");
    }
    cells.push_back(price(row));
    cells.push_back(say_count(row["power_w"]["load"].get<double>()));
    table.rows.push_back(std::move(cells));
  }
  console.print(table);
}

void print_possible(const Console& console, const Json& response) {
  for (const Json& row : response["rows"]) {
    if (row["newly_possible"].empty()) continue;
    std::string line = counted(row["nodes"], response) + (row["nodes"] == 1 ? " holds " : " hold, and fewer do not, ");
    for (std::size_t i = 0; i < row["newly_possible"].size(); ++i) {
      const Json& found = row["newly_possible"][i];
      line.append(i == 0 ? "" : ", ").append(text_of(found, "model")).append(" ");
      line.append(text_of(found, "quant")).append(" (").append(say_number(found["total_gb"])).append(" GB)");
    }
    console.print_wrapped(line, 2);
  }
}

void print_cluster(const Console& console, const Json& response) {
  std::ostream& out = *console.out;
  console.print_wrapped(console.strong(text_of(response, "verdict")), 0);
  out << '\n';
  print_rows(console, response);
  if (response["request"]["model"].is_string())
    out << "decode: all streams together; S2-6: what the seed's rule of thumb expects\n";
  if (const Json& link = response["link"]; link.is_object()) {
    console.print_wrapped("joined by " + text_of(link, "name") + ", " + say_number(link["bandwidth_gbps"]) +
                          " GB/s and " + say_number(link["latency_us"]) + " us one way" +
                          (link["own"] == true ? " (their own; --link for another)" : "") +
                          (link["joins_at_most"].is_number()
                               ? "; more than " + say_count(link["joins_at_most"].get<double>()) + " go over the board"
                               : ""));
  }
  out << '\n';
  print_possible(console, response);
  out << '\n';
  const Json& last = response["rows"].back();
  if (!last["bill"].empty()) {
    std::string bill = counted(last["nodes"], response) + ": ";
    for (std::size_t i = 0; i < last["bill"].size(); ++i) {
      const Json& line = last["bill"][i];
      bill.append(i == 0 ? "" : " + ").append(say_count(line["count"].get<double>())).append(" x ");
      bill.append(text_of(line, "name")).append(" ").append(say_count(line["value"].get<double>()));
    }
    console.print_wrapped(bill, 2);
  }
  if (last["why_not"].is_string()) console.print_wrapped("no: " + text_of(last, "why_not"), 2);
  for (const Json& note : last["notes"]) console.print_wrapped("note: " + note.get<std::string>(), 2);
  for (const Json& assumption : response["assumptions"])
    console.print_wrapped("assumed: " + assumption.get<std::string>(), 2);
}

DataRows cluster_rows(const Json& response) {
  DataRows data;
  data.columns = {"nodes",
                  "memory_gib",
                  "usable_gb",
                  "decode_tokens_per_s",
                  "decode_low",
                  "decode_high",
                  "prefill_tokens_per_s",
                  "decode_scaling",
                  "prefill_scaling",
                  "rule_of_thumb",
                  "price",
                  "currency",
                  "power_load_w"};
  const bool model = response["request"]["model"].is_string();
  const auto of = [&](const Json& row, const char* key, const char* part) {
    return model && row[key].is_object() ? row[key][part] : Json(nullptr);
  };
  const auto plain = [&](const Json& row, const char* key) { return model ? row[key] : Json(nullptr); };
  for (const Json& row : response["rows"])
    data.rows.push_back({row["nodes"], row["memory_gib"], row["usable_gb"], of(row, "decode", "value"),
                         of(row, "decode", "low"), of(row, "decode", "high"), of(row, "prefill", "value"),
                         plain(row, "decode_scaling"), plain(row, "prefill_scaling"), plain(row, "rule_of_thumb"),
                         row["price"].is_object() ? row["price"]["value"] : Json(nullptr), response["currency"],
                         row["power_w"]["load"]});
  return data;
}

int run(Session& session, const Args& args) {
  const Result<Json> request = request_from_args(cluster_command(), args);
  if (!request) return session.console().print_error(request.error());
  int status = 0;
  const std::optional<Json> response = session.answer("cluster", *request, status);
  if (!response) return status;
  if (!session.printed_as_data(*response, cluster_rows)) print_cluster(session.console(), *response);
  const bool asked = (*response)["request"]["model"].is_string();
  bool runs = !asked;
  for (const Json& row : (*response)["rows"]) runs = runs || row["decode"].is_object();
  return runs ? 0 : 1;
}

}  // namespace

const CommandSpec& cluster_command() {
  static const CommandSpec kSpec = {
      "cluster",
      "what do more nodes bring: memory, speed, price",
      "cluster --device framework-desktop-max-395-128gb --link 10gbe \\\n    --model llama-3.1-70b",
      {{"--device", "device", ArgType::text, "DEVICE", "one node (required)"},
       {"--max-nodes", "max_nodes", ArgType::integer, "N", "up to so many nodes (4)"},
       {"--link", "link", ArgType::text, "LINK", "between them: 10gbe, 25gbe, tb5-rdma, ... (the device's own)"},
       {"--model", "model", ArgType::text, "NAME", "the model to spread over them"},
       {"--quant", "quant", ArgType::text, "FORMAT", "weight format (the model's usual one)"},
       {"--engine", "engine", ArgType::text, "NAME", "llama.cpp, exo, vllm, ..."},
       {"--split", "split", ArgType::text, "HOW", "over several devices: layer, tensor or expert"},
       {"--prompt-tokens", "prompt_tokens", ArgType::number, "N", "length of the prompt (512)"},
       {"--output-tokens", "output_tokens", ArgType::number, "N", "length of the answer (128)"},
       {"--depth-tokens", "depth_tokens", ArgType::number, "N", "tokens already in the KV cache (0)"},
       {"--concurrency", "concurrency", ArgType::integer, "N", "streams at once (1)"},
       {"--currency", "currency", ArgType::text, "CODE", "currency of the prices (USD)"},
       {"--region", "region", ArgType::text, "CODE", "whose price of electricity counts: US, CA, CH, DE, SE, ..."},
       {"--as-of", "as_of", ArgType::text, "DATE", "answer as of this date"},
       measurements_arg()},
      run};
  return kSpec;
}

}  // namespace rigwise
