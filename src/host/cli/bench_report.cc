#include "host/cli/bench_report.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <ctime>
#include <fstream>

#include "core/base/text.h"
#include "host/cli/version.h"

namespace rigwise {
namespace {

Json known(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("model name")) return std::string(trim(line.substr(line.find(':') + 1)));
  }
  return "";
}

Json machine_json() {
  utsname name{};
  uname(&name);
  return {{"cpu", processor_name()},
          {"cores", sysconf(_SC_NPROCESSORS_ONLN)},
          {"system", std::string(name.sysname) + " " + name.release},
          {"rigwise", kVersion}};
}

std::string_view arrival_name(ArrivalPattern kind) {
  switch (kind) {
    case ArrivalPattern::constant: return "constant";
    case ArrivalPattern::poisson: return "poisson";
    case ArrivalPattern::gamma: return "gamma";
  }
  return "";
}

Json target_json(const BenchAsked& asked) {
  const EndpointAbilities& seen = asked.target.abilities;
  return {{"url", asked.target.chat.base_url},
          {"model", asked.target.model},
          {"dialect", bench_dialect_name(asked.target.dialect)},
          {"same_machine", asked.target.is_here},
          {"tls", !asked.target.url.tls         ? "none"
                  : asked.target.trust.insecure ? "unchecked"
                                                : "checked"},
          {"abilities",
           {{"streams", seen.streams},
            {"ignore_eos", seen.takes_ignore_eos},
            {"min_tokens", seen.takes_min_tokens},
            {"usage", seen.tells_usage},
            {"cached_tokens", seen.tells_cached},
            {"server_timings", seen.tells_timings},
            {"tokenizer", seen.tokenizer != RemoteTokenizer::none},
            {"tokens_per_event", seen.tokens_per_event}}}};
}

Json load_json(const BenchAsked& asked, const PromptBook& book) {
  const BenchChoice& choice = asked.choice;
  const bool own = asked.dataset_file.empty();
  const char* const kind = !choice.streams.empty() ? "closed" : !choice.rates.empty() ? "open" : "trace";
  return {{"kind", kind},
          {"arrivals", choice.rates.empty() ? Json(nullptr) : Json(arrival_name(choice.arrivals.kind))},
          {"burstiness", choice.arrivals.burstiness},
          {"ramp_s", choice.arrivals.ramp_s},
          {"think_s", choice.think_s},
          {"seed", choice.arrivals.seed},
          {"run", choice.prompts.run_id},
          {"prompt_tokens", own ? Json(choice.prompts.prompt_tokens) : Json(nullptr)},
          {"output_tokens", choice.prompts.output_tokens},
          {"profile", own ? Json(choice.prompts.profile == PromptProfile::code ? "code" : "chat") : Json(nullptr)},
          {"dataset", own ? Json(nullptr) : Json(asked.dataset_file)},
          {"shared_prefix", choice.prompts.shared_prefix},
          {"nonce", choice.prompts.nonce},
          {"texts", book.texts()},
          {"texts_not_fitted", book.unfitted()},
          {"prompt_count_source", own ? Json(prompt_count_name(book.counted_by())) : Json(nullptr)}};
}

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

}  // namespace

Json bench_json(const BenchAsked& asked, const PromptBook& book, const BenchRun& run) {
  const LoadObjectives& objectives = asked.choice.objectives;
  Json levels = Json::array();
  for (const BenchLevel& level : run.levels) levels.push_back(bench_level_json(level));
  Json prefill = nullptr;
  if (run.prefill) {
    prefill = {{"tokens_per_s", run.prefill->tokens_per_s},
               {"intercept_s", run.prefill->intercept_s},
               {"lengths", run.prefill->lengths}};
  }
  Json search = nullptr;
  if (asked.choice.search) {
    search = {{"largest_load", known(run.largest_load)}, {"first_failing_load", known(run.first_failing_load)}};
  }
  return {{"schema", "rigwise.bench/1"},
          {"measured_at", utc_now()},
          {"target", target_json(asked)},
          {"load", load_json(asked, book)},
          {"slo",
           {{"ttft_s", known(objectives.ttft_s)},
            {"tpot_s", known(objectives.tpot_s)},
            {"e2e_s", known(objectives.e2e_s)},
            {"gap_s", known(objectives.gap_s)},
            {"percentile", asked.choice.percentile}}},
          {"levels", std::move(levels)},
          {"prefill", std::move(prefill)},
          {"search", std::move(search)},
          {"interrupted", run.interrupted},
          {"machine", machine_json()},
          {"notes", run.notes}};
}

}  // namespace rigwise
