#include <ostream>

#include "core/base/text.h"
#include "host/cli/command.h"
#include "host/cli/say.h"
#include "host/cli/session.h"

namespace rigwise {
namespace {

/// Why decode runs at the speed it does, in one sentence with the numbers that decide it.
std::string because(const Json& response) {
  double bytes = 0;
  for (const Json& term : response["terms"]) {
    bytes += term["bytes"].get<double>();
  }
  const std::string bound = text_of(response, "bound");
  std::string sentence = "because each token reads " + significant(bytes / 1e9, 3) + " GB";
  if (response["offload"].is_object()) {
    const Json& offload = response["offload"];
    sentence += ", " + significant(offload["read_bytes_per_step"].get<double>() / 1e9, 3) +
                " GB of them from the host's RAM at " + say_number(offload["bandwidth_gbps"], 2) + " GB/s";
  }
  const double ceiling = response["ceiling"]["decode"].get<double>();
  const bool guesses = response["speculative"].is_object();
  const Json& plain = guesses ? response["speculative"]["plain_decode"] : response["decode"];
  const double decode = plain["value"].get<double>();
  if (ceiling > 0) {
    sentence += "; memory bandwidth alone allows " + significant(ceiling, 3) + " tok/s, and engines reach about " +
                significant(100 * decode / ceiling, 2) + " % of it here";
  }
  if (guesses) {
    const Json& guessing = response["speculative"];
    sentence += "; guessing ahead makes " + say_number(guessing["plain_decode"]["value"]) + " tok/s " +
                say_number(guessing["speedup"], 2) + " times as fast, " + say_number(guessing["tokens_per_pass"], 2) +
                " tokens a pass";
  }
  if (bound == "compute") sentence += "; arithmetic, not memory, is the limit";
  if (bound == "latency") sentence += "; fixed work per step, not memory, is the limit";
  if (bound == "link") sentence += "; the link between the devices is the limit";
  return sentence + ".";
}

/// What cannot run, or does not fit even with the host's help, has no speed.
bool has_speeds(const Json& response) {
  return !response["decode"].is_null() && (text_of(response, "fits") != "no" || response["offload"].is_object());
}

void print_speeds(const Console& console, const Json& response) {
  Table table;
  table.columns = {{"", false, false}, {"predicted", true, false}, {"80 % band", true, false}, {"unit", false, false}};
  table.columns[2].title = significant(100 * response["decode"]["level"].get<double>(), 2) + " % band";
  const auto add = [&](const char* title, const Json& estimate, const char* unit) {
    table.rows.push_back({title, say_number(estimate["value"]),
                          say_number(estimate["low"]) + " - " + say_number(estimate["high"]), unit});
  };
  const bool many = response["request"]["concurrency"].get<double>() > 1;
  add(many ? "decode, each stream" : "decode", response["decode"], "tok/s");
  if (many) add("decode, all streams", response["decode_total"], "tok/s");
  add("prefill", response["prefill"], "tok/s");
  add("time to first token", response["ttft_s"], "s");
  add("whole answer", response["e2e_s"], "s");
  console.print(table);
  *console.out << '\n';
}

void print_basis(const Console& console, const Json& response) {
  std::string basis =
      "basis: " + text_of(response["decode"], "basis") + ", tier " + text_of(response["decode"], "tier");
  for (std::size_t i = 0; i < response["evidence"].size(); ++i) {
    basis.append(i == 0 ? "; nearest measurements: " : ", ").append(response["evidence"][i].get<std::string>());
  }
  console.print_wrapped(basis, 2);
}

/// "quality: perplexity rises by 1.4 % (0.56 - 3.2 %) over 16 bits; measured on 5 other models".
void print_quality_loss(const Console& console, const Json& loss) {
  if (!loss.is_object()) return;
  const Json& increase = loss["perplexity_increase"];
  const auto percent = [](const Json& share) { return significant(100 * share.get<double>(), 2); };
  const bool none = increase["high"].get<double>() <= 0;
  std::string line = "quality: ";
  line += none ? "nothing lost to the format"
               : "perplexity rises by " + percent(increase["value"]) + " % (" + percent(increase["low"]) + " - " +
                     percent(increase["high"]) + " %) over 16 bits";
  if (loss["top_token_differs"].is_number()) line += "; " + percent(loss["top_token_differs"]) + " % of tokens change";
  console.print_wrapped(line + "; " + text_of(loss, "why"), 2);
}

void print_token_cost(const Console& console, const Json& cost) {
  console.print_wrapped("cost: a million tokens " + say_number(cost["input"]["value"], 2) + " " +
                            text_of(cost, "currency") + " to read, " + say_number(cost["output"]["value"], 2) + " (" +
                            say_number(cost["output"]["low"], 2) + "-" + say_number(cost["output"]["high"], 2) +
                            ") to write, when the machine works " +
                            significant(100 * cost["utilisation"].get<double>(), 2) + " % of " +
                            say_number(cost["horizon_months"], 3) + " months; more with rigwise cost",
                        2);
}

void print_reasons(const Console& console, const Json& response) {
  const Json& memory = response["memory"];
  console.print_wrapped(
      "memory: " + say_gb(memory["total_bytes"]) + " of " + say_gb(memory["available_bytes"]) + " usable (weights " +
          say_gb(memory["weights_bytes"]) + ", KV cache " + say_gb(memory["kv_cache_bytes"]) + ", buffers " +
          significant((memory["compute_bytes"].get<double>() + memory["runtime_bytes"].get<double>()) / 1e9, 2) +
          " GB" + (memory["draft_bytes"] > 0 ? ", draft model " + say_gb(memory["draft_bytes"]) : "") +
          "): " + text_of(response, "fits") + "; " + text_of(memory, "why"),
      2);
  if (has_speeds(response)) {
    console.print_wrapped(because(response), 2);
    print_basis(console, response);
    print_quality_loss(console, response["quality_loss"]);
  }
  for (const Json& assumption : response["assumptions"]) {
    console.print_wrapped("assumed: " + assumption.get<std::string>(), 2);
  }
  if (has_speeds(response) && !response["energy_j_per_token"].is_null()) {
    *console.out << "energy: about " << say_number(response["energy_j_per_token"], 2) << " J per token\n";
  }
  if (has_speeds(response) && response["cost_per_mtok"].is_object())
    print_token_cost(console, response["cost_per_mtok"]);
}

void print_answer(const Console& console, const Json& response) {
  std::ostream& out = *console.out;
  const Json& asked = response["request"];
  out << console.strong(asked["model"].get<std::string>() + " " + asked["quant"].get<std::string>() + " on " +
                        asked["setup"].get<std::string>())
      << (asked["engine"].is_null() ? "" : "  " + text_of(asked, "engine") + ", " + text_of(asked, "backend"))
      << "\n\n";
  if (!response["why_not"].is_null()) {
    console.print_wrapped(console.bad("no") + ": " + text_of(response, "why_not"));
    out << '\n';
  }

  if (asked["engine"].is_null()) return;
  if (has_speeds(response)) print_speeds(console, response);
  print_reasons(console, response);
}

DataRows predict_rows(const Json& response) {
  DataRows data;
  data.columns = DataRows::quantity_columns();
  const auto add = [&](const std::string& name, const Json& quantity, const char* unit) {
    data.add_quantity({}, name, quantity, unit);
  };
  if (has_speeds(response)) {
    add("decode", response["decode"], "tokens/s");
    add("decode_total", response["decode_total"], "tokens/s");
    add("prefill", response["prefill"], "tokens/s");
    add("sustained.decode", response["sustained"]["decode"], "tokens/s");
    add("ceiling.decode", response["ceiling"]["decode"], "tokens/s");
    add("ceiling.prefill", response["ceiling"]["prefill"], "tokens/s");
    for (const char* key : {"ttft_s", "e2e_s", "load_s"}) add(key, response[key], "s");
    add("energy_j_per_token", response["energy_j_per_token"], "J");
    if (const Json& cost = response["cost_per_mtok"]; cost.is_object()) {
      add("input_cost_per_mtok", cost["input"], "USD/Mtok");
      add("output_cost_per_mtok", cost["output"], "USD/Mtok");
    }
  }
  if (response["offload"].is_object()) {
    add("offload.weights_bytes", response["offload"]["weights_bytes"], "bytes");
    add("offload.read_bytes_per_step", response["offload"]["read_bytes_per_step"], "bytes");
    add("offload.bandwidth", response["offload"]["bandwidth_gbps"], "GB/s");
    add("offload.host_ram", response["offload"]["host_ram_gib"], "GiB");
  }
  for (const auto& [key, value] : response["memory"].items()) {
    const bool bytes = key.ends_with("_bytes");
    add("memory." + key, value, bytes ? "bytes" : key == "max_context_tokens" ? "tokens" : "");
  }
  add("runs", response["runs"].get<bool>() ? 1 : 0, "");
  return data;
}

int run(Session& session, const Args& args) {
  const Result<Json> request = request_from_args(predict_command(), args);
  if (!request) return session.console().print_error(request.error());
  int status = 0;
  const std::optional<Json> response = session.answer("predict", *request, status);
  if (!response) return status;
  if (!session.printed_as_data(*response, predict_rows)) print_answer(session.console(), *response);
  const bool fits = text_of(*response, "fits") != "no";
  return (*response)["runs"].get<bool>() && fits ? 0 : 1;
}

}  // namespace

const CommandSpec& predict_command() {
  static const CommandSpec kSpec = {
      "predict",
      "how fast does a model run on a set-up?",
      "predict --model llama-3.1-8b --quant Q4_K_M --setup \"rtx 4090\"",
      {{"--model", "model", ArgType::text, "NAME", "model id or alias (required)"},
       {"--setup", "setup", ArgType::text, "SETUP", "[COUNTx]DEVICE[@LINK] [+ ...], as \"2x rtx-3090\" (required)"},
       {"--quant", "quant", ArgType::text, "FORMAT", "weight format, as Q4_K_M"},
       {"--engine", "engine", ArgType::text, "NAME", "llama.cpp, vllm, mlx, ..."},
       {"--backend", "backend", ArgType::text, "NAME", "cuda, rocm, vulkan, metal, sycl or cpu"},
       {"--prompt-tokens", "prompt_tokens", ArgType::number, "N", "length of the prompt (512)"},
       {"--output-tokens", "output_tokens", ArgType::number, "N", "length of the answer (128)"},
       {"--depth-tokens", "depth_tokens", ArgType::number, "N", "tokens already in the KV cache (0)"},
       {"--concurrency", "concurrency", ArgType::integer, "N", "streams at once (1)"},
       {"--kv-type", "kv_type", ArgType::text, "FORMAT", "KV cache format, as f16 or q8_0"},
       {"--split", "split", ArgType::text, "HOW", "over several devices: layer, tensor or expert"},
       {"--offload", "offload", ArgType::text, "WHAT", "to the host's RAM first: layers or experts"},
       {"--speculative", "speculative", ArgType::text, "HOW", "guess ahead: ngram, mtp or a draft model's name"},
       {"--draft-tokens", "draft_tokens", ArgType::integer, "N", "tokens guessed per pass (4; mtp 1)"},
       {"--acceptance", "acceptance", ArgType::number, "P", "share of guesses accepted (0.7; mtp 0.85)"},
       {"--quality-loss", "quality_loss", ArgType::flag, "", "say what the weight format costs in quality"},
       {"--region", "region", ArgType::text, "CODE", "whose price of electricity counts: US, CA, CH, DE, SE, ..."},
       {"--level", "level", ArgType::number, "P", "coverage of the band (0.8)"},
       measurements_arg(),
       {"--as-of", "as_of", ArgType::text, "DATE", "answer as of this date"}},
      run};
  return kSpec;
}

}  // namespace rigwise
