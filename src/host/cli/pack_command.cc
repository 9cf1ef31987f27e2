#include <ostream>

#include "core/base/text.h"
#include "host/cli/command.h"
#include "host/cli/mix_flags.h"
#include "host/cli/say.h"
#include "host/cli/session.h"

namespace rigwise {
namespace {

std::string numbers(const Json& on) {
  std::vector<std::string> words;
  for (const Json& number : on) words.push_back(std::to_string(number.get<int>()));
  return words.empty() ? "-" : join(words, "+");
}

std::string gb_cell(const Json& gb) { return gb.get<double>() == 0 ? "-" : say_number(gb); }

void print_verdict(const Console& console, const Json& response) {
  int loaded = 0, asked = 0;
  for (const char* key : {"models", "services"}) {
    for (const Json& entry : response[key]) {
      ++asked;
      loaded += entry["loaded"].get<bool>() ? 1 : 0;
    }
  }
  const bool all = response["fits"].get<bool>();
  std::string line =
      all ? console.good("yes") + ": everything stays loaded"
          : console.bad("no") + ": " + std::to_string(loaded) + " of " + std::to_string(asked) + " stay loaded";
  const Json& search = response["search"];
  if (!search["exact"].get<bool>()) {
    int models = 0;
    for (const Json& model : response["models"]) models += model["loaded"].get<bool>() ? 1 : 0;
    const bool more = search["models_bound"].get<int>() > models || search["quality_gap"].get<double>() > 0;
    line += more ? "; not every combination was tried: no more than " + say_number(search["models_bound"]) +
                       " models, or a quality " + say_number(search["quality_gap"], 2) + " higher, could be had"
                 : "; not every way to spread them over the devices was tried";
  }
  console.print_wrapped(line);
  *console.out << '\n';
}

void print_models(const Console& console, const Json& response) {
  Table table;
  table.columns = {{"loaded", false, true}, {"on", true},     {"GB", true},    {"streams", true},
                   {"tok/s alone", true},   {"shared", true}, {"J/tok", true}, {"Mtok out", true}};
  for (const Json& model : response["models"]) {
    if (!model["loaded"].get<bool>()) continue;
    const Json &alone = model["alone"], &shared = model["contended"], &cost = model["cost_per_mtok"];
    table.rows.push_back(
        {text_of(model, "model") + " " + text_of(model, "quant"), numbers(model["on"]), say_number(model["total_gb"]),
         say_count(model["streams"].get<double>()), alone.is_null() ? "-" : say_estimate(alone["decode"]),
         shared.is_null() ? "-" : say_number(shared["decode"]["value"]), say_number(model["energy_j_per_token"], 2),
         cost.is_null() ? "-" : say_number(cost["output"]["value"], 2)});
  }
  for (const Json& service : response["services"]) {
    if (!service["loaded"].get<bool>()) continue;
    table.rows.push_back(
        {text_of(service, "name"), numbers(service["on"]), say_number(service["memory_gb"]), "-", "-", "-", "-", "-"});
  }
  if (table.rows.empty()) return;
  console.print(table);
  *console.out << "tok/s: one stream; shared: while all the others there work; Mtok out:\n"
               << text_of(response, "currency") << " to write a million tokens\n\n";
}

void print_devices(const Console& console, const Json& response) {
  Table table;
  table.columns = {{"device", false, true}, {"GB", true},       {"kept", true}, {"weights", true}, {"cache", true},
                   {"buffers", true},       {"services", true}, {"free", true}, {"fits", false}};
  for (const Json& device : response["devices"]) {
    const double buffers = device["compute_gb"].get<double>() + device["runtime_gb"].get<double>();
    table.rows.push_back({say_count(device["number"].get<double>()) + " " + text_of(device, "device"),
                          say_number(device["capacity_gb"]), say_number(device["kept_gb"]),
                          gb_cell(device["weights_gb"]), gb_cell(device["kv_cache_gb"]), gb_cell(buffers),
                          gb_cell(device["services_gb"]), say_number(device["free_gb"]), text_of(device, "fits")});
  }
  console.print(table);
  *console.out << '\n';
}

std::string remedy_words(const Json& model, const Json& remedy) {
  const std::string change = text_of(remedy, "change");
  const std::string size = say_number(remedy["total_gb"]) + " GB on " + numbers(remedy["on"]);
  const std::string context = say_count(remedy["context_tokens"].get<double>()) + " tokens of context";
  if (change == "quant") return "in " + text_of(remedy, "quant") + " (" + size + ")";
  if (change == "context_tokens") return "with " + context + " (" + size + ")";
  if (change == "streams") {
    return "with " + say_count(remedy["streams"].get<double>()) + " of its " +
           say_count(model["streams"].get<double>()) + " streams (" + size + ")";
  }
  return "in " + text_of(remedy, "quant") + " with " + context + " for one stream (" + size + ")";
}

std::string names_in(const Json& list) {
  std::vector<std::string> words;
  for (const Json& name : list) words.push_back(name.get<std::string>());
  return join(words, ", ");
}

std::string together_words(const Json& change) {
  const std::string kind = text_of(change, "change");
  if (kind == "context_tokens") return say_count(change["context_tokens"].get<double>()) + " tokens of context each";
  if (kind == "streams") {
    const double streams = change["streams"].get<double>();
    return say_count(streams) + (streams == 1 ? " stream each" : " streams each");
  }
  std::vector<std::string> words;
  for (const Json& format : change["formats"])
    words.push_back(text_of(format, "model") + " in " + text_of(format, "quant"));
  return join(words, ", ");
}

void print_left_out(const Console& console, const Json& response) {
  bool any = false;
  for (const Json& model : response["models"]) {
    if (model["loaded"].get<bool>()) continue;
    any = true;
    std::string line =
        "out: " + text_of(model, "model") + " " + text_of(model, "quant") + ": " + text_of(model, "why_not");
    if (!model["missing_gb"].is_null()) line += "; short by " + say_number(model["missing_gb"], 2) + " GB";
    console.print_wrapped(line, 2);
    for (const Json& remedy : model["would_fit"]) {
      console.print_wrapped("  fits " + remedy_words(model, remedy), 4);
    }
    if (const Json& swap = model["swap"]; swap.is_object()) {
      const std::string instead = names_in(swap["unload"]);
      console.print_wrapped(
          "  fits in place of " + instead + ": " + say_seconds(swap["load_s"].get<double>()) + " to load" +
              (model["alone"].is_null() ? std::string()
                                        : ", then " + say_estimate(model["alone"]["decode"]) + " tok/s alone"),
          4);
    }
  }
  for (const Json& service : response["services"]) {
    if (service["loaded"].get<bool>()) continue;
    any = true;
    console.print_wrapped(
        "out: " + text_of(service, "name") + ": " + text_of(service, "why_not") +
            (service["missing_gb"].is_null() ? std::string()
                                             : "; short by " + say_number(service["missing_gb"], 2) + " GB"),
        2);
  }
  for (const Json& change : response["everything_fits_with"]) {
    console.print_wrapped("everything fits with " + together_words(change), 2);
  }
  if (any) *console.out << '\n';
}

void print_value(const Console& console, const Json& response) {
  for (const Json& category : response["value"]["categories"]) {
    if (category["category"].is_null() || category["model"].is_null()) continue;
    const std::string best =
        category["known"].get<bool>()
            ? "best loaded is " + text_of(category, "model") + ", quality " + say_number(category["quality"], 2)
            : "nobody scored " + text_of(category, "model") + " or a better one that is loaded";
    console.print_wrapped(
        text_of(category, "category") + " (" + significant(100 * category["share"].get<double>(), 3) + " %): " + best,
        2);
  }
}

void print_packing(const Console& console, const Json& response) {
  *console.out << console.strong(text_of(response, "setup")) << '\n';
  print_verdict(console, response);
  print_models(console, response);
  print_devices(console, response);
  if (console.format != OutputFormat::table) return;
  print_left_out(console, response);
  print_value(console, response);
  console.print_wrapped("chosen: " + text_of(response, "rule"), 2);
  console.print_wrapped("shared: " + text_of(response, "contention"), 2);
  for (const Json& assumption : response["assumptions"]) {
    console.print_wrapped("assumed: " + assumption.get<std::string>(), 2);
  }
}

DataRows pack_rows(const Json& response) {
  DataRows data;
  data.columns = DataRows::quantity_columns({"item", "quant", "loaded", "on"});
  const std::string currency = text_of(response, "currency");
  for (const Json& model : response["models"]) {
    const std::vector<Json> owner = {model["model"], model["quant"], model["loaded"].get<bool>() ? 1 : 0,
                                     numbers(model["on"])};
    data.add_quantity(owner, "memory", model["total_gb"], "GB");
    for (const auto& [key, name] : {std::pair{"alone", "alone"}, std::pair{"contended", "contended"}}) {
      if (!model[key].is_object()) continue;
      for (const auto& [speed, value] : model[key].items()) {
        data.add_quantity(owner, speed + "_" + name, value, "tokens/s");
      }
    }
    data.add_quantity(owner, "load_s", model["load_s"], "s");
    data.add_quantity(owner, "missing", model["missing_gb"], "GB");
    data.add_quantity(owner, "energy_j_per_token", model["energy_j_per_token"], "J");
    if (const Json& cost = model["cost_per_mtok"]; cost.is_object()) {
      data.add_quantity(owner, "input_cost_per_mtok", cost["input"], currency + "/Mtok");
      data.add_quantity(owner, "output_cost_per_mtok", cost["output"], currency + "/Mtok");
    }
  }
  for (const Json& service : response["services"]) {
    data.add_quantity({service["name"], nullptr, service["loaded"].get<bool>() ? 1 : 0, numbers(service["on"])},
                      "memory", service["memory_gb"], "GB");
  }
  for (const Json& device : response["devices"]) {
    for (const char* key : {"capacity_gb", "kept_gb", "weights_gb", "kv_cache_gb", "compute_gb", "runtime_gb",
                            "services_gb", "free_gb"}) {
      data.add_quantity({device["device"], nullptr, nullptr, std::to_string(device["number"].get<int>())}, key,
                        device[key], "GB");
    }
  }
  return data;
}

/// The values of a flag, each read by `read`, into a list of the request.
template <class Read>
Result<void> add_list(const Args& args, const std::string& flag, const char* key, const Read& read, Json& request) {
  if (!args.has(flag)) return {};
  Json list = Json::array();
  for (const std::string& text : args.list(flag)) {
    Result<Json> entry = read(text);
    if (!entry) return fail(entry.error());
    list.push_back(*std::move(entry));
  }
  request[key] = std::move(list);
  return {};
}

Result<Json> pack_request(const Args& args) {
  Result<Json> request = request_from_args(pack_command(), args);
  if (!request) return request;
  if (Result<void> done = add_list(args, "MODEL", "models", packed_model_in, *request); !done) {
    return fail(done.error());
  }
  if (Result<void> done = add_list(args, "--service", "services", packed_service_in, *request); !done) {
    return fail(done.error());
  }
  if (const auto text = args.text("--context")) {
    const Result<int> context = context_in(*text, "--context");
    if (!context) return fail(context.error());
    (*request)["context_tokens"] = *context;
  }
  if (Result<void> done = lay_quality_flags_over(args, *request); !done) return fail(done.error());
  return request;
}

int run(Session& session, const Args& args) {
  const Result<Json> request = pack_request(args);
  if (!request) return session.console().print_error(request.error());
  int status = 0;
  const std::optional<Json> response = session.answer("pack", *request, status);
  if (!response) return status;
  if (!session.printed_as_data(*response, pack_rows)) print_packing(session.console(), *response);
  return (*response)["fits"].get<bool>() ? 0 : 1;
}

}  // namespace

const CommandSpec& pack_command() {
  static const CommandSpec kSpec = {
      "pack",
      "which models stay loaded where? memory, speed alone and shared, swaps",
      "pack \"2x rtx 3090\" qwen3-32b:q4_k_m gpt-oss-20b --service embedding:2 --context 16k --concurrency 4\n"
      "  rigwise pack \"2x rtx a6000 + rtx 4090\" \"llama-3.3-70b, pinned, on 0+1\" \"qwen3-8b, 4 streams\" "
      "--service vision --mix coding:60,chat:40",
      {{"SETUP", "setup", ArgType::text, "SETUP", "[COUNTx]DEVICE[@LINK] [+ ...], as \"2x rtx-3090\""},
       {"MODEL", "", ArgType::list, "MODEL", "NAME[:QUANT], or \"NAME, 4 streams, 32k, pinned, on 0+1, duty 0.3\""},
       {"--service", "", ArgType::list, "NAME[:GB]", "speech, image, embedding, vision, or your own with its GB"},
       {"--context", "", ArgType::text, "N", "tokens of context of each stream, as 16k (8192)"},
       {"--concurrency", "concurrency", ArgType::integer, "N", "streams of each model (1)"},
       {"--reserve", "reserve_gb", ArgType::number, "GB", "kept free on every device, the system's part included"},
       {"--quant", "quant", ArgType::text, "FORMAT", "weight format of all that name none"},
       {"--engine", "engine", ArgType::text, "NAME", "llama.cpp, vllm, mlx, ..."},
       {"--backend", "backend", ArgType::text, "NAME", "cuda, rocm, vulkan, metal, sycl or cpu"},
       {"--split", "split", ArgType::text, "HOW", "over several devices: layer, tensor or expert"},
       {"--mix", "", ArgType::text, "LIST", "what is asked: coding:40,chat:30,review:30"},
       {"--quality-source", "quality_source", ArgType::text, "NAME", "a benchmark of the catalog (all of them)"},
       {"--scores", "", ArgType::text, "FILE",
        "your own: model,category,score[,scale_max,tasks] in a .csv, or a result .json"},
       {"--run", "", ArgType::text, "LABEL", "your own: a run of `eval run` (with --store alone: the newest)"},
       {"--store", "", ArgType::text, "URL", "where that run is (RIGWISE_STORE)"},
       {"--reference", "reference", ArgType::text, "NAME", "model whose quality is 1"},
       {"--storage-gbps", "storage_gbps", ArgType::number, "N", "speed of the disk models load from (5)"},
       {"--currency", "currency", ArgType::text, "CODE", "currency of the costs (USD)"},
       {"--region", "region", ArgType::text, "CODE", "whose price of electricity counts: US, CA, CH, DE, SE, ..."},
       {"--level", "level", ArgType::number, "P", "coverage of the bands (0.8)"},
       measurements_arg(),
       {"--as-of", "as_of", ArgType::text, "DATE", "answer as of this date"}},
      run};
  return kSpec;
}

}  // namespace rigwise
