#include <ostream>

#include "core/base/text.h"
#include "host/cli/command.h"
#include "host/cli/say.h"
#include "host/cli/session.h"

namespace rigwise {
namespace {

std::string value_cell(const Json& value) {
  if (value.is_number()) return significant(value.get<double>(), 4);
  return value.is_string() ? value.get<std::string>() : value.dump();
}

void print_measurement(const Console& console, const Json& m) {
  std::string line = text_of(m, "id") + ": " + say_number(m["tokens_per_s"]) + " tok/s " + text_of(m, "phase");
  if (m["predicted"].is_object()) {
    line += " (predicted " + say_number(m["predicted"]["value"]) + ", band " + say_number(m["predicted"]["low"]) +
            " - " + say_number(m["predicted"]["high"]) + ")";
  }
  line += ", ";
  if (m["hardware_count"].get<double>() > 1) line += say_count(m["hardware_count"].get<double>()) + "x ";
  line += text_of(m, "hardware") + ", " + text_of(m, "model") + " " + text_of(m, "quant") + ", " + text_of(m, "engine");
  if (m["context_depth"].is_number() && m["context_depth"].get<double>() > 0) {
    line += ", at " + say_count(m["context_depth"].get<double>()) + " tokens";
  }
  if (m["concurrency"].get<double>() > 1) line += ", " + say_count(m["concurrency"].get<double>()) + " streams";
  *console.out << "  ";
  console.print_wrapped(line + " [" + text_of(m, "source") + "]", 4, 2);
}

/// "  bandwidth = 1008000000000 bytes/s", then what it is and who says so.
void print_input(const Console& console, const Json& input) {
  const Json& source = input["source"];
  const bool soft = source.contains("soft") && source["soft"].is_boolean() && source["soft"].get<bool>();
  const std::string unit = text_of(input, "unit");
  *console.out << "  " << text_of(input, "symbol") << " = " << (soft ? "~" : "") << value_cell(input["value"])
               << (unit.empty() ? "" : " ") << unit << "\n      ";
  console.print_wrapped(text_of(input, "name") + " [" + text_of(source, "kind") + ": " + text_of(source, "ref") + "]",
                        6, 6);
}

void print_explanation(const Console& console, const Json& response) {
  std::ostream& out = *console.out;
  out << console.strong(text_of(response, "key")) << " = " << value_cell(response["value"]) << " "
      << text_of(response, "unit") << "\n\n";
  const std::string formula = text_of(response, "formula");
  for (const std::string_view equation : split(formula, ';')) {
    out << "  ";
    console.print_wrapped(trim(equation), 6, 2);
  }
  out << '\n';
  for (const Json& input : response["inputs"]) print_input(console, input);
  if (response.contains("terms") && !response["terms"].empty()) {
    out << "\nwhere the time goes:\n";
    Table terms;
    terms.columns = {{"term", false, false}, {"ms", true, false}, {"GB", true, false}, {"formula", false, true}};
    for (const Json& term : response["terms"]) {
      terms.rows.push_back({text_of(term, "name"), significant(1e3 * term["seconds"].get<double>(), 3),
                            significant(term["bytes"].get<double>() / 1e9, 3), text_of(term, "formula")});
    }
    console.print(terms);
  }
  if (response.contains("measurements") && !response["measurements"].empty()) {
    out << "\nnearest measurements, and what is predicted for them:\n";
    for (const Json& m : response["measurements"]) print_measurement(console, m);
  }
  if (!response["notes"].empty()) out << '\n';
  for (const Json& note : response["notes"]) console.print_wrapped(note.get<std::string>(), 2);
  out << '\n';
  console.print_wrapped("~ marks figures that are recalled or estimated, not fetched from a primary source", 2);
}

DataRows explain_rows(const Json& response) {
  DataRows data;
  data.columns = {"kind", "symbol", "value", "unit", "name", "formula", "source_kind", "source"};
  data.rows.push_back(
      {"answer", response["key"], response["value"], response["unit"], nullptr, nullptr, nullptr, nullptr});
  for (const Json& step : response["steps"]) {
    data.rows.push_back(
        {"step", step["symbol"], step["value"], step["unit"], step["why"], step["formula"], nullptr, nullptr});
  }
  for (const Json& input : response["inputs"]) {
    data.rows.push_back({"input", input["symbol"], input["value"], input["unit"], input["name"], nullptr,
                         input["source"]["kind"], input["source"]["ref"]});
  }
  return data;
}

int run(Session& session, const Args& args) {
  Console& console = session.console();
  const Result<Json> inner = request_from_args(explain_command(), args);
  if (!inner) return console.print_error(inner.error());
  const Json request = {{"verb", args.text("--verb").value_or("predict")},
                        {"key", args.text("KEY").value_or("decode")},
                        {"request", *inner}};
  int status = 0;
  const std::optional<Json> response = session.answer("explain", request, status);
  if (!response) return status;
  if (!session.printed_as_data(*response, explain_rows)) print_explanation(console, *response);
  return 0;
}

}  // namespace

const CommandSpec& explain_command() {
  static const CommandSpec kSpec = {
      "explain",
      "why this number? its formula, and every input with its source",
      "explain decode --model llama-3.1-8b --quant Q4_K_M --setup \"rtx 4090\"",
      {{"KEY", "", ArgType::text, "KEY", "decode (default), prefill, ttft_s, memory.kv_cache_bytes, ..."},
       {"--verb", "", ArgType::text, "VERB", "the verb that gave the number (predict)"},
       {"--model", "model", ArgType::text, "NAME", "model id or alias"},
       {"--setup", "setup", ArgType::text, "SETUP", "[COUNTx]DEVICE[@LINK] [+ ...]"},
       {"--quant", "quant", ArgType::text, "FORMAT", "weight format"},
       {"--engine", "engine", ArgType::text, "NAME", "engine"},
       {"--backend", "backend", ArgType::text, "NAME", "backend"},
       {"--prompt-tokens", "prompt_tokens", ArgType::number, "N", "length of the prompt (512)"},
       {"--output-tokens", "output_tokens", ArgType::number, "N", "length of the answer (128)"},
       {"--depth-tokens", "depth_tokens", ArgType::number, "N", "tokens already in the KV cache (0)"},
       {"--concurrency", "concurrency", ArgType::integer, "N", "streams at once (1)"},
       {"--kv-type", "kv_type", ArgType::text, "FORMAT", "KV cache format"},
       {"--split", "split", ArgType::text, "HOW", "over several devices: layer, tensor or expert"},
       {"--offload", "offload", ArgType::text, "WHAT", "to the host's RAM first: layers or experts"},
       {"--speculative", "speculative", ArgType::text, "HOW", "guess ahead: ngram, mtp or a draft model's name"},
       {"--draft-tokens", "draft_tokens", ArgType::integer, "N", "tokens guessed per pass (4; mtp 1)"},
       {"--acceptance", "acceptance", ArgType::number, "P", "share of guesses accepted (0.7; mtp 0.85)"},
       measurements_arg()},
      run};
  return kSpec;
}

}  // namespace rigwise
