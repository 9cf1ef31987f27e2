#include <ostream>

#include "core/base/text.h"
#include "host/cli/command.h"
#include "host/cli/model_files.h"
#include "host/cli/say.h"
#include "host/cli/session.h"
#include "verbs/learned.h"

namespace rigwise {
namespace {

std::string gb_cell(const Json& value) { return value.is_number() ? significant(value.get<double>(), 3) : "-"; }

void print_file(const Console& console, const Json& file) {
  *console.out << console.strong(text_of(file, "name")) << "  " << text_of(file, "container") << ", "
               << text_of(file, "format") << ": " << say_gb(file["weights_bytes"]) << " of weights, "
               << say_number(file["params_total_b"]) << " B parameters, "
               << say_count(file["kv_bytes_per_token"].get<double>()) << " bytes of KV cache per token\n";
  for (const Json& note : file["notes"]) console.print_wrapped("note: " + note.get<std::string>(), 2);
  *console.out << '\n';
}

/// The finest format that fits; if none does, what the host's RAM makes of the lightest.
std::string best_words(const Json& best) {
  if (best["quant"].is_string()) return text_of(best, "quant");
  if (!best.contains("offload") || !best["offload"].is_object()) return "none";
  const Json& offload = best["offload"];
  return "none; " + text_of(offload, "quant") + " with " + say_gb(offload["weights_bytes"]) +
         " of it in the host's RAM: " + say_number(offload["decode"]["value"], 2) + " tok/s";
}

void print_rows(const Console& console, const Json& response) {
  if (response.contains("file") && console.format == OutputFormat::table) print_file(console, response["file"]);
  Table table;
  table.columns = {{"model", false, true},       {"quant", false, false},   {"set-up", false, true},
                   {"fits", false, false},       {"total GB", true, false}, {"free GB", true, false},
                   {"max context", true, false}, {"tok/s", true, false}};
  for (const Json& row : response["rows"]) {
    const Json& decode = row["decode"];
    const Json& context = row["max_context_tokens"];
    table.rows.push_back({text_of(row, "model"), text_of(row, "quant"), text_of(row, "setup"), text_of(row, "fits"),
                          gb_cell(row["total_gb"]), gb_cell(row["free_gb"]),
                          context.is_number() ? say_count(context.get<double>()) : "-",
                          decode.is_object() ? say_number(decode["value"]) : "-"});
  }
  console.print(table);
  if (console.format != OutputFormat::table) return;
  const std::string context = say_count(response["context_tokens"].get<double>());
  const std::string streams = say_count(response["concurrency"].get<double>());
  *console.out << '\n';
  const bool many = response["concurrency"].get<double>() > 1;
  console.print_wrapped("fits, total, free: with " + context + " tokens of context" +
                            (many ? " for each of " + streams + " streams" : "") +
                            "; max context: the most tokens that fit, by memory and model; tok/s: decode of one stream "
                            "with all " +
                            context + " tokens in its cache (predict tells the speed of shorter ones)",
                        2);
  *console.out << "finest format that fits:\n";
  for (const Json& best : response["best"]) {
    if (response["best"].size() > 12) {
      *console.out << "  (" << response["best"].size() << " pairs: see --json)\n";
      break;
    }
    *console.out << "  ";
    console.print_wrapped(text_of(best, "model") + " on " + text_of(best, "setup") + ": " + best_words(best), 4, 2);
  }
}

DataRows fit_rows(const Json& response) {
  DataRows data;
  data.columns = {"model",
                  "quant",
                  "setup",
                  "engine",
                  "fits",
                  "probability",
                  "total_gb",
                  "free_gb",
                  "max_context_tokens",
                  "context_tokens",
                  "decode_tokens_per_s",
                  "decode_low_tokens_per_s",
                  "decode_high_tokens_per_s"};
  for (const Json& row : response["rows"]) {
    std::vector<Json> cells;
    for (const char* key :
         {"model", "quant", "setup", "engine", "fits", "probability", "total_gb", "free_gb", "max_context_tokens"}) {
      cells.push_back(row.contains(key) ? row[key] : Json(nullptr));
    }
    cells.push_back(response["context_tokens"]);
    for (const char* key : {"value", "low", "high"}) {
      cells.push_back(row["decode"].is_object() ? row["decode"][key] : Json(nullptr));
    }
    data.rows.push_back(std::move(cells));
  }
  return data;
}

/// Model files themselves, with the user's own runs learned first.
Result<Json> fit_model_files(const House& house, const std::vector<HeaderFile>& headers, Json request) {
  const Json* csv = measurements_in("fit", request);
  if (csv == nullptr) return fit_files(house, headers, request);
  const Result<LearnedHouse> learned = learn_measurements(house, csv->get<std::string>(), "measurements");
  if (!learned) return fail(learned.error());
  request.erase("measurements");
  Result<Json> response = fit_files(learned->house, headers, request);
  if (response) (*response)["learned"] = learned->report;
  return response;
}

int run(Session& session, const Args& args) {
  Console& console = session.console();
  const Result<Json> request = request_from_args(fit_command(), args);
  if (!request) return console.print_error(request.error());
  const std::vector<std::string> paths = args.list("--file");
  std::optional<Json> response;
  int status = 0;
  if (paths.empty()) {
    response = session.answer("fit", *request, status);
    if (!response) return status;
  } else {
    const Result<std::vector<HeaderFile>> headers = read_model_files(paths);
    if (!headers) return console.print_error(headers.error());
    const Result<const House*> house = session.house();
    if (!house) return console.print_error(house.error());
    const Result<Json> answer = fit_model_files(**house, *headers, *request);
    if (!answer) return console.print_error(answer.error());
    session.note_refused_runs(*answer);
    response = *answer;
  }
  if (!session.printed_as_data(*response, fit_rows)) print_rows(console, *response);
  for (const Json& best : (*response)["best"]) {
    if (!best["quant"].is_null()) return 0;
  }
  return 1;
}

}  // namespace

const CommandSpec& fit_command() {
  static const CommandSpec kSpec = {
      "fit",
      "what runs on what? memory, context and speed for models x formats x set-ups",
      "fit --model qwen3-30b-a3b --setup \"rtx 4090\" --context-tokens 32768\n  rigwise fit --file model.gguf --setup "
      "\"rtx 3090\"",
      {{"--model", "models", ArgType::list, "NAME", "model (repeatable; none: every published one)"},
       {"--setup", "setups", ArgType::list, "SETUP", "set-up (repeatable; none: every single device)"},
       {"--quant", "quants", ArgType::list, "FORMAT", "weight format (repeatable; none: the usual ladder)"},
       {"--file", "", ArgType::list, "FILE",
        "GGUF or safetensors file (repeatable for split files, config.json beside)"},
       {"--context-tokens", "context_tokens", ArgType::number, "N", "context to hold (8192)"},
       {"--concurrency", "concurrency", ArgType::integer, "N", "sequences at once (1)"},
       {"--headroom", "headroom", ArgType::number, "SHARE", "share of memory to keep free (0)"},
       measurements_arg(),
       {"--region", "region", ArgType::text, "CODE", "whose price of electricity counts: US, CA, CH, DE, SE, ..."},
       {"--as-of", "as_of", ArgType::text, "DATE", "answer as of this date"}},
      run};
  return kSpec;
}

}  // namespace rigwise
