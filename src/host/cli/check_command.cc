#include <ostream>

#include "core/base/text.h"
#include "host/cli/command.h"
#include "host/cli/say.h"
#include "host/cli/session.h"

namespace rigwise {
namespace {

void print_verdict(const Console& console, const Json& response) {
  std::ostream& out = *console.out;
  const std::string verdict = text_of(response, "verdict");
  const bool doubtful = verdict == "impossible" || verdict == "implausible";
  out << (doubtful ? console.bad(verdict) : console.good(verdict)) << '\n';
  console.print_wrapped(text_of(response, "because"), 2);
  for (const Json& assumption : response["assumptions"]) {
    console.print_wrapped("assumed: " + assumption.get<std::string>(), 2);
  }
  const Json& nearest = response["measurements"];
  if (nearest.empty()) return;
  out << "\nnearest measurements:\n";
  Table table;
  table.columns = {{"id", false, false},    {"hardware", false, true}, {"model", false, true},
                   {"quant", false, false}, {"engine", false, true},   {"tok/s", true, false}};
  for (const Json& m : nearest) {
    table.rows.push_back({text_of(m, "id"), text_of(m, "hardware"), text_of(m, "model"), text_of(m, "quant"),
                          text_of(m, "engine"), say_number(m["tokens_per_s"])});
  }
  console.print(table);
}

DataRows check_rows(const Json& response) {
  DataRows data;
  data.columns = {"kind", "id", "hardware", "model", "quant", "engine", "phase", "value", "unit"};
  data.rows.push_back({"verdict", nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, response["verdict"], nullptr});
  for (const Json& m : response["measurements"]) {
    data.rows.push_back({"measurement", m["id"], m["hardware"], m["model"], m["quant"], m["engine"], m["phase"],
                         m["tokens_per_s"], "tokens/s"});
  }
  return data;
}

int run(Session& session, const Args& args) {
  Result<Json> request = request_from_args(check_command(), args);
  if (!request) return session.console().print_error(request.error());
  const std::vector<std::string> words = args.list("CLAIM");
  if (!words.empty()) (*request)["claim"] = join(words, " ");
  int status = 0;
  const std::optional<Json> response = session.answer("check", *request, status);
  if (!response) return status;
  if (!session.printed_as_data(*response, check_rows)) print_verdict(session.console(), *response);
  const std::string verdict = text_of(*response, "verdict");
  return verdict == "impossible" || verdict == "implausible" ? 1 : 0;
}

}  // namespace

const CommandSpec& check_command() {
  static const CommandSpec kSpec = {
      "check",
      "can this claim be true?",
      "check \"Strix Halo, 7B Q4, 90 tok/s\"\n  rigwise check --model llama-3.1-70b --quant Q4_K_M --setup \"rtx "
      "a6000\" --tokens-per-s 32",
      {{"CLAIM", "", ArgType::list, "CLAIM", "the claim in words"},
       {"--model", "model", ArgType::text, "NAME", "model id or alias"},
       {"--quant", "quant", ArgType::text, "FORMAT", "weight format"},
       {"--setup", "setup", ArgType::text, "SETUP", "[COUNTx]DEVICE[@LINK] [+ ...]"},
       {"--engine", "engine", ArgType::text, "NAME", "llama.cpp, vllm, mlx, exo, ... (any)"},
       {"--backend", "backend", ArgType::text, "NAME", "cuda, rocm, vulkan, metal, sycl or cpu (any)"},
       {"--split", "split", ArgType::text, "HOW", "layer_split or tensor_parallel (the engine's)"},
       {"--phase", "phase", ArgType::text, "PHASE", "decode (default), decode_total or prefill"},
       {"--prompt-tokens", "prompt_tokens", ArgType::number, "N", "length of the prompt (512)"},
       {"--depth-tokens", "depth_tokens", ArgType::number, "N", "tokens already in the KV cache (0)"},
       {"--concurrency", "concurrency", ArgType::number, "N", "streams at once (1)"},
       {"--tokens-per-s", "tokens_per_s", ArgType::number, "N", "claimed speed"},
       {"--memory-gb", "memory_gb", ArgType::number, "N", "claimed memory need"},
       measurements_arg()},
      run};
  return kSpec;
}

}  // namespace rigwise
