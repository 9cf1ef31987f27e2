#include <ostream>

#include "core/base/text.h"
#include "host/cli/capacity_flags.h"
#include "host/cli/command.h"
#include "host/cli/say.h"
#include "host/cli/session.h"
#include "host/cli/usage_file.h"

namespace rigwise {
namespace {

std::string size_words(const Json& size, const std::string& unit) {
  const double count = size.get<double>();
  if (unit == "percent") return count == 100 ? "this load" : say_count(count) + " % of this load";
  return say_count(count) + " " + (count != 1 ? unit : unit == "people" ? "person" : "user");
}

std::string wait_cell(const Json& waits, const char* key) {
  return waits.is_object() ? say_seconds(waits[key].get<double>()) : "-";
}

/// "2 " before what belongs to the second of several models; nothing where there is one.
std::string number_of(const Json& models, std::size_t index) {
  return models.size() > 1 ? std::to_string(index + 1) + " " : std::string();
}

/// "p95" from 95.
std::string percentile_name(const Json& model) { return "p" + say_number(model["slo"]["percentile"]); }

/// The percentile that the objective speaks of, when it is one of those shown.
const char* percentile_key(const Json& model) {
  const double p = model["slo"]["percentile"].get<double>();
  return p <= 50 ? "p50" : p <= 90 ? "p90" : p <= 95 ? "p95" : "p99";
}

void print_verdict(const Console& console, const Json& response) {
  const std::string unit = text_of(response, "unit");
  const bool holds = response["holds"].get<bool>();
  const Json& largest = response["largest"];
  const bool not_when_slow =
      holds && largest.is_object() && largest["low"].get<double>() < response["stated_size"].get<double>();
  console.print_wrapped((holds ? console.good("yes") : console.bad("no")) +
                        (holds ? ": the objectives hold with " + size_words(response["stated_size"], unit)
                               : ": " + text_of(response, "why_not")) +
                        (not_when_slow ? ", but not at the slow end of the predicted speeds" : ""));
  if (!largest.is_object()) return;
  if (largest["high"].get<double>() >= 1) {
    const std::string from = say_count(largest["low"].get<double>()), to = say_count(largest["high"].get<double>());
    console.print_wrapped((response["is_open"].get<bool>() ? "at least " : "at most ") +
                          size_words(largest["value"], unit) + " (" + from + " - " + to +
                          " with the slow and the fast end of the predicted speeds)");
  }
  if (!response["binding"].is_null()) {
    console.print_wrapped(
        "binds: " + text_of(response["binding"], "kind") + "; " + text_of(response["binding"], "reason"), 2);
  }
  *console.out << '\n';
}

void print_waits(const Console& console, const Json& response) {
  Table table;
  table.columns = {{"", false, true}, {"p50", true},  {"p90", true},       {"p95", true},
                   {"p99", true},     {"mean", true}, {"objective", false}};
  for (std::size_t i = 0; i < response["models"].size(); ++i) {
    const Json& model = response["models"][i];
    const Json& run = response["stated"]["models"][i];
    const std::string of = number_of(response["models"], i);
    const auto add = [&](const std::string& title, const char* key, const std::string& objective) {
      const Json& waits = run[key];
      table.rows.push_back({of + title, wait_cell(waits, "p50"), wait_cell(waits, "p90"), wait_cell(waits, "p95"),
                            wait_cell(waits, "p99"), wait_cell(waits, "mean"), objective});
    };
    const auto objective = [&](const char* key) {
      return percentile_name(model) + " within " + say_seconds(model["slo"][key].get<double>());
    };
    add("queue", "queue_wait_s", "");
    add("first token", "ttft_s", objective("ttft_s"));
    add("each token", "tpot_s", objective("tpot_s"));
    add("whole answer", "e2e_s", "");
  }
  if (response["stated"]["overloaded"].get<bool>()) {
    *console.out << "with " << size_words(response["stated_size"], text_of(response, "unit"))
                 << " the queue grows without end\n\n";
    return;
  }
  *console.out << "waits with " << size_words(response["stated_size"], text_of(response, "unit")) << ":\n";
  console.print(table);
  *console.out << '\n';
}

std::string throughput(const Json& run) {
  return say_number(run["requests_per_s"]) + " requests/s (" + say_number(run["goodput_per_s"]) +
         " within the objectives), " + say_number(run["output_tokens_per_s"]) + " tok/s out, " +
         say_number(run["prompt_tokens_per_s"]) + " tok/s in, " + say_number(run["mean_batch"], 2) +
         " sequences in a step" +
         (run["preemptions"].get<double>() > 0 ? ", " + say_count(run["preemptions"].get<double>()) + " preempted"
                                               : "");
}

void print_throughput(const Console& console, const Json& response) {
  const Json& stated = response["stated"];
  for (std::size_t i = 0; i < stated["models"].size(); ++i) {
    console.print_wrapped(number_of(stated["models"], i) + throughput(stated["models"][i]), 2);
  }
  std::string line = "busy " + significant(100 * stated["utilisation"].get<double>(), 2) + " % of the time";
  if (!stated["energy_j_per_token"].is_null()) {
    line += "; " + say_number(stated["power_w"]) + " W on average, " + say_number(stated["energy_j_per_token"]) +
            " J per output token, idle time included";
  }
  console.print_wrapped(line, 2);
  *console.out << '\n';
}

/// One row a size and model.
void print_sizes(const Console& console, const Json& response) {
  Table table;
  const bool several = response["models"].size() > 1;
  table.columns = {{text_of(response, "unit"), true}};
  if (several) table.columns.push_back({"model", false, true});
  for (const char* title : {"first token", "each token", "tok/s", "busy", "within"}) {
    table.columns.push_back({title, true});
  }
  for (const Json& size : response["sizes"]) {
    const bool endless = size["overloaded"].get<bool>();
    for (std::size_t i = 0; i < size["models"].size(); ++i) {
      const Json& run = size["models"][i];
      const char* key = percentile_key(response["models"][i]);
      std::vector<std::string> row = {i == 0 ? say_count(size["size"].get<double>()) : ""};
      if (several) row.push_back(number_of(size["models"], i) + text_of(run, "model"));
      row.push_back(endless ? "-" : wait_cell(run["ttft_s"], key));
      row.push_back(endless ? "-" : wait_cell(run["tpot_s"], key));
      row.push_back(say_number(run["output_tokens_per_s"]));
      row.push_back(i == 0 ? significant(100 * size["utilisation"].get<double>(), 2) + " %" : "");
      row.emplace_back(endless ? "overload" : run["holds"].get<bool>() ? "yes" : "no");
      table.rows.push_back(std::move(row));
    }
  }
  *console.out << percentile_name(response["models"][0]) << " by size of the load:\n";
  console.print(table);
  console.print_wrapped(
      "busy: share of the time in which the set-up works on at least one request; the waits, not this, say when it is "
      "full. within: whether the waits hold",
      2);
  *console.out << '\n';
}

std::string serving_line(const Json& model) {
  std::string line = text_of(model, "model") + " " + text_of(model, "quant");
  if (!model["engine"].is_null()) line += ", " + text_of(model, "engine") + ", " + text_of(model, "backend");
  if (!model["policy"].is_object()) return line;
  const Json& policy = model["policy"];
  const double sequences = policy["sequences"].get<double>();
  if (policy["block_tokens"].is_null())
    return line + ": " + say_count(sequences) + (sequences == 1 ? " slot" : " slots");
  return line + ": continuous batching, " + say_count(sequences) + " sequences at most";
}

void print_answer(const Console& console, const Json& response) {
  *console.out << console.strong(text_of(response, "setup")) << '\n';
  for (std::size_t i = 0; i < response["models"].size(); ++i) {
    console.print_wrapped(number_of(response["models"], i) + serving_line(response["models"][i]), 2);
  }
  *console.out << '\n';
  print_verdict(console, response);
  if (response["stated"].is_object()) {
    print_waits(console, response);
    print_throughput(console, response);
    print_sizes(console, response);
  }
  for (const Json& assumption : response["assumptions"]) {
    console.print_wrapped("assumed: " + assumption.get<std::string>(), 2);
  }
  if (!response["simulation"].is_object()) return;
  const Json& simulation = response["simulation"];
  console.print_wrapped("simulated: " + say_count(simulation["measured_requests"].get<double>()) + " requests after " +
                            say_count(simulation["warmup_requests"].get<double>()) + " to warm up, seed " +
                            say_count(simulation["seed"].get<double>()),
                        2);
}

DataRows capacity_rows(const Json& response) {
  DataRows data;
  data.columns = {"size", "model", "quantity", "statistic", "value", "unit"};
  for (const Json& size : response["sizes"]) {
    const auto add = [&](const Json& model, const char* quantity, const char* statistic, const Json& value,
                         const char* unit) {
      if (!value.is_null()) data.rows.push_back({size["size"], model, quantity, statistic, value, unit});
    };
    add(nullptr, "holds", "", size["holds"].get<bool>() ? 1 : 0, "");
    add(nullptr, "utilisation", "", size["utilisation"], "");
    add(nullptr, "power", "mean", size["power_w"], "W");
    add(nullptr, "energy_j_per_token", "mean", size["energy_j_per_token"], "J");
    for (const Json& run : size["models"]) {
      for (const char* key : {"queue_wait_s", "ttft_s", "tpot_s", "e2e_s"}) {
        if (!run[key].is_object()) continue;
        for (const auto& [statistic, value] : run[key].items()) add(run["model"], key, statistic.c_str(), value, "s");
      }
      for (const auto& [key, unit] :
           {std::pair{"requests_per_s", "requests/s"}, std::pair{"goodput_per_s", "requests/s"},
            std::pair{"output_tokens_per_s", "tokens/s"}, std::pair{"prompt_tokens_per_s", "tokens/s"}}) {
        add(run["model"], key, "mean", run[key], unit);
      }
    }
  }
  return data;
}

/// What a file of usage knows and no flag said. Who says otherwise how many ask is taken at their word.
Result<void> lay_usage(const Console& console, const Args& args, Json& request) {
  const Result<std::optional<Json>> file = usage_file(args);
  if (!file || !*file) return file ? Result<void>() : fail(file.error());
  Json part = (**file)["capacity"].value("workload", Json::object());
  Json& model = request.contains("models") && request["models"][0].is_object() ? request["models"][0] : request;
  if (!model.contains("workload")) model["workload"] = Json::object();
  Json& workload = model["workload"];
  for (const char* key : {"people", "users", "requests_per_s", "trace"}) {
    if (workload.contains(key)) part.erase("requests_per_s");
  }
  if (workload.contains("trace")) part = Json::object();
  std::vector<std::string> filled;
  lay_usage_under(part, "workload.", workload, filled);
  if (workload.empty()) model.erase("workload");
  note_filled(console, args, filled);
  return {};
}

int run(Session& session, const Args& args) {
  Result<Json> request = capacity_request(capacity_command(), args);
  if (!request) return session.console().print_error(request.error());
  if (const Result<void> laid = lay_usage(session.console(), args, *request); !laid) {
    return session.console().print_error(laid.error());
  }
  int status = 0;
  const std::optional<Json> response = session.answer("capacity", *request, status);
  if (!response) return status;
  if (!session.printed_as_data(*response, capacity_rows)) print_answer(session.console(), *response);
  return (*response)["holds"].get<bool>() ? 0 : 1;
}

}  // namespace

const CommandSpec& capacity_command() {
  static const CommandSpec kSpec = {"capacity", "how many people does a set-up serve within objectives?",
                                    "capacity --setup \"rtx 4090\" --model llama-3.1-8b --engine vllm "
                                    "--people \"10 admin, 8 developer\" --slo ttft=2s,tpot=50ms,p95",
                                    capacity_args(), run};
  return kSpec;
}

}  // namespace rigwise
