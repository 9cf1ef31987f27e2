#include "host/cli/capacity_flags.h"

#include <algorithm>

#include "codec/csv.h"
#include "core/base/text.h"
#include "host/cli/people_groups.h"
#include "host/cli/usage_file.h"
#include "host/files/files.h"

namespace rigwise {
namespace {

constexpr const char* kSloForm = "ttft=2s,tpot=50ms,p95";
constexpr const char* kBesideForm = "\"qwen3-30b-a3b, 5 users, tpot=100ms\"";

/// Flags of the workload and the keys they fill.
constexpr std::pair<const char*, const char*> kWorkload[] = {{"--agents", "agents"},
                                                             {"--users", "users"},
                                                             {"--think", "think_s"},
                                                             {"--rate", "requests_per_s"},
                                                             {"--burstiness", "burstiness"},
                                                             {"--arrivals", "arrivals"},
                                                             {"--prompt-tokens", "prompt_tokens"},
                                                             {"--output-tokens", "output_tokens"},
                                                             {"--length-cv", "length_cv"},
                                                             {"--prefix-hit", "prefix_hit"}};

/// "2s", "50ms", "1.5" (seconds).
Result<double> seconds_in(std::string_view text) {
  const bool ms = text.ends_with("ms");
  if (ms) text.remove_suffix(2);
  if (!ms && text.ends_with('s')) text.remove_suffix(1);
  const Result<double> number = parse_number(trim(text));
  if (!number) return fail(number.error());
  return ms ? *number / 1000 : *number;
}

Result<void> add_slo_part(std::string_view part, Json& slo) {
  const std::size_t equals = part.find('=');
  const std::string name = lower(trim(part.substr(0, equals)));
  if (equals == std::string_view::npos && name.starts_with('p')) {
    const Result<double> percentile = parse_number(name.substr(1));
    if (percentile) {
      slo["percentile"] = *percentile;
      return {};
    }
  }
  if (equals != std::string_view::npos && (name == "ttft" || name == "tpot")) {
    const Result<double> seconds = seconds_in(trim(part.substr(equals + 1)));
    if (seconds) {
      slo[name + "_s"] = *seconds;
      return {};
    }
  }
  return invalid("\"" + std::string(part) + "\" is no objective", "--slo", kSloForm);
}

/// A CSV of arrival_s,prompt_tokens,output_tokens.
Result<Json> trace_in(const std::string& path) {
  const Result<std::string> text = read_file(path);
  if (!text) return fail(text.error());
  std::vector<Diagnostic> faults;
  CsvTable table(*text, path, {"arrival_s", "prompt_tokens", "output_tokens"}, {}, false, faults);
  Json trace = Json::array();
  while (faults.empty() && table.usable() && table.next()) {
    Json row = Json::object();
    for (const char* key : {"arrival_s", "prompt_tokens", "output_tokens"}) {
      const int column = table.column(key);
      const bool is_time = std::string_view(key) == "arrival_s";
      if (!table.require(column)) break;
      const std::optional<double> value = table.number(column, is_time ? 0 : 1, is_time ? 1e8 : 1e7);
      if (!value) break;
      row[key] = is_time ? Json(*value) : Json(static_cast<int>(*value));
    }
    trace.push_back(std::move(row));
  }
  if (!faults.empty()) {
    const Diagnostic& first = faults.front();
    return invalid(first.message, path + ":" + std::to_string(first.line), "arrival_s,prompt_tokens,output_tokens");
  }
  return trace;
}

/// Moves the workload's flags out of the request into its object.
Result<Json> workload_of(const Args& args, Json& request) {
  Json workload = Json::object();
  for (const auto& [flag, key] : kWorkload) {
    if (!request.contains(key)) continue;
    workload[key] = request[key];
    request.erase(key);
  }
  for (const std::string& text : args.list("--people")) {
    const Result<Json> groups = people_in(text);
    if (!groups) return fail(groups.error());
    if (!workload.contains("people")) workload["people"] = Json::array();
    for (const Json& group : *groups) workload["people"].push_back(group);
  }
  if (const auto path = args.text("--trace")) {
    const Result<Json> trace = trace_in(*path);
    if (!trace) return fail(trace.error());
    workload["trace"] = *trace;
  }
  return workload;
}

}  // namespace

Result<Json> slo_in(const std::string& text) {
  Json slo = Json::object();
  for (const std::string_view part : split(text, ',')) {
    if (Result<void> done = add_slo_part(trim(part), slo); !done) return fail(done.error());
  }
  return slo;
}

Result<Json> neighbour_in(const std::string& text) {
  Json model = Json::object(), slo = Json::object(), workload = Json::object();
  for (const std::string_view raw : split(text, ',')) {
    const std::string part(trim(raw));
    const bool first = model.empty();
    const bool objective = part.find('=') != std::string::npos;
    if (first) {
      model["model"] = part;
    } else if (objective || (part.size() > 1 && part[0] == 'p' && part[1] >= '0' && part[1] <= '9')) {
      if (Result<void> done = add_slo_part(part, slo); !done) return fail(done.error());
    } else {
      const Result<Json> groups = people_in(part);
      const std::string role = groups ? (*groups)[0].value("role", "users") : "";
      if (!groups) return invalid("\"" + part + "\" is no workload", "--beside", kBesideForm);
      if (role == "users" || role == "user" || role == "streams" || role == "stream") {
        workload["users"] = (*groups)[0]["count"];
      } else {
        workload["people"].push_back((*groups)[0]);
      }
    }
  }
  if (model.empty() || workload.empty()) {
    return invalid("\"" + text + "\" does not say who uses which model", "--beside", kBesideForm);
  }
  model["workload"] = workload;
  if (!slo.empty()) model["slo"] = slo;
  return model;
}

std::vector<ArgSpec> capacity_args() {
  return {
      {"--setup", "setup", ArgType::text, "SETUP", "[COUNTx]DEVICE[@LINK] [+ ...], as \"2x rtx-3090\" (required)"},
      {"--model", "", ArgType::text, "NAME", "model id or alias (required)"},
      {"--quant", "quant", ArgType::text, "FORMAT", "weight format, as Q4_K_M"},
      {"--engine", "engine", ArgType::text, "NAME", "llama.cpp, ollama, vllm, ..."},
      {"--backend", "backend", ArgType::text, "NAME", "cuda, rocm, vulkan, metal, sycl or cpu"},
      {"--kv-type", "kv_type", ArgType::text, "FORMAT", "KV cache format, as f16 or q8_0"},
      {"--split", "split", ArgType::text, "HOW", "layer_split, tensor_parallel or expert_parallel"},
      {"--people", "", ArgType::list, "GROUPS", "who uses it: \"10 admin, 8 developer\"; see `rigwise catalog roles`"},
      usage_arg(),
      {"--agents", "agents", ArgType::integer, "N", "agents that each person lets work (1)"},
      {"--users", "users", ArgType::integer, "N", "or so many users, each waiting for the answer"},
      {"--think", "think_s", ArgType::number, "S", "pause of a user after an answer (0)"},
      {"--rate", "requests_per_s", ArgType::number, "R", "or so many requests a second"},
      {"--trace", "", ArgType::text, "FILE.csv", "or these: arrival_s,prompt_tokens,output_tokens"},
      {"--arrivals", "arrivals", ArgType::text, "KIND", "poisson, gamma, or closed: people wait for answers"},
      {"--burstiness", "burstiness", ArgType::number, "SHAPE", "of gamma arrivals; below 1 in bursts"},
      {"--prompt-tokens", "prompt_tokens", ArgType::number, "N", "mean length of prompts (the role's, or 512)"},
      {"--output-tokens", "output_tokens", ArgType::number, "N", "mean length of answers (the role's, or 128)"},
      {"--length-cv", "length_cv", ArgType::number, "CV", "their deviation over the mean (0.5)"},
      {"--prefix-hit", "prefix_hit", ArgType::number, "SHARE", "of a prompt found in the prefix cache (0)"},
      {"--slo", "", ArgType::text, "LIST", "objectives: ttft=2s,tpot=50ms,p95 (2s, 100ms, p95)"},
      {"--beside", "", ArgType::list, "MODEL", "another model there: \"qwen3-30b-a3b, 5 users, tpot=100ms\""},
      {"--slots", "slots", ArgType::integer, "N", "sequences at once (the engine's habit, or what fits)"},
      {"--context-tokens", "context_tokens", ArgType::integer, "N", "of each sequence (twice a mean request's)"},
      {"--step-tokens", "step_tokens", ArgType::integer, "N", "prompt and answer tokens of a step"},
      {"--requests", "requests", ArgType::integer, "N", "simulated requests that count (10000)"},
      {"--seed", "seed", ArgType::integer, "N", "of the random numbers (1)"},
      {"--level", "level", ArgType::number, "P", "coverage of the band (0.8)"},
      measurements_arg(),
      {"--as-of", "as_of", ArgType::text, "DATE", "answer as of this date"}};
}

Result<Json> capacity_request(const CommandSpec& spec, const Args& args) {
  Result<Json> request = request_from_args(spec, args);
  if (!request) return request;
  const Result<Json> workload = workload_of(args, *request);
  if (!workload) return fail(workload.error());
  if (!workload->empty()) (*request)["workload"] = *workload;
  if (const auto text = args.text("--slo")) {
    const Result<Json> slo = slo_in(*text);
    if (!slo) return fail(slo.error());
    (*request)["slo"] = *slo;
  }
  if (const auto model = args.text("--model")) (*request)["models"] = Json::array({*model});
  if (!args.has("--beside") || !request->contains("models")) return request;

  // What is said of the model itself is not said of its neighbours.
  Json first = {{"model", (*request)["models"][0]}};
  for (const char* key : {"quant", "slots", "context_tokens", "step_tokens", "workload", "slo"}) {
    if (!request->contains(key)) continue;
    first[key] = (*request)[key];
    request->erase(key);
  }
  (*request)["models"][0] = std::move(first);
  for (const std::string& text : args.list("--beside")) {
    const Result<Json> model = neighbour_in(text);
    if (!model) return fail(model.error());
    (*request)["models"].push_back(*model);
  }
  return request;
}

}  // namespace rigwise
