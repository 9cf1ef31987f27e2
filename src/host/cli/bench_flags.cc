#include "host/cli/bench_flags.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "core/base/text.h"
#include "host/bench/saved_runs.h"
#include "host/cli/eval_flags.h"
#include "host/eval/eval_endpoint.h"
#include "host/files/files.h"
#include "host/net/net_url.h"
#include "host/power/power_meter.h"

namespace rigwise {
namespace {

constexpr int kMostStreams = 65536;

/// "1,4,16": numbers between the commas.
Result<std::vector<double>> numbers_of(const Args& args, const std::string& flag, double least, double most,
                                       bool whole) {
  std::vector<double> numbers;
  const std::optional<std::string> text = args.text(flag);
  if (!text) return numbers;
  for (const std::string_view part : split(*text, ',')) {
    const Result<double> number = parse_number(trim(part));
    if (!number || *number < least || *number > most || (whole && std::floor(*number) != *number)) {
      return invalid("\"" + std::string(part) + "\" will not do for " + flag, flag,
                     std::string(whole ? "whole numbers" : "numbers") + " from " + shortest(least) + " to " +
                         shortest(most) + ", such as 1,4,16");
    }
    numbers.push_back(*number);
  }
  return numbers;
}

template <class Choice>
struct NamedChoice {
  const char* name;
  Choice choice;
};

/// One of a few words.
template <class Choice, std::size_t kCount>
Result<Choice> word_of(const Args& args, const std::string& flag, const NamedChoice<Choice> (&choices)[kCount]) {
  const std::optional<std::string> text = args.text(flag);
  if (!text) return choices[0].choice;
  std::vector<std::string> names;
  for (const auto& known : choices) {
    if (*text == known.name) return known.choice;
    names.emplace_back(known.name);
  }
  return fail({ErrorCode::invalid_input, "\"" + *text + "\" will not do for " + flag, flag, join(names, ", "),
               nearest_names(*text, names)});
}

Result<void> read_target(const Args& args, BenchAsked& asked) {
  constexpr NamedChoice<BenchDialect> kDialects[] = {
      {"chat", BenchDialect::chat}, {"completions", BenchDialect::completions}, {"ollama", BenchDialect::ollama}};
  const Result<BenchDialect> dialect = word_of(args, "--dialect", kDialects);
  if (!dialect) return fail(dialect.error());
  if (!args.has("--url")) {
    return invalid("no endpoint is named", "--url", "--url http://127.0.0.1:8080/v1, or ollama or llama");
  }
  EndpointChoice choice{args.text("--url").value_or(""), *dialect == BenchDialect::ollama ? "ollama" : "",
                        args.text("--api-key-env").value_or(""), args.text("--api-key-file").value_or("")};
  const Result<EvalEndpoint> endpoint = resolve_endpoint(choice, environment_variable);
  if (!endpoint) {
    Error error = endpoint.error();
    if (error.where == "--endpoint") error.where = "--url";
    // The stand-in of `eval` answers within the program: there is nothing to measure.
    const std::size_t demo = error.try_this.rfind(", demo");
    if (demo != std::string::npos) error.try_this.erase(demo);
    std::erase(error.did_you_mean, "demo");
    return fail(std::move(error));
  }
  const Result<NetUrl> url = parse_net_url(endpoint->chat.base_url);
  if (!url) return fail(url.error());
  asked.target.chat = endpoint->chat;
  asked.target.url = *url;
  asked.target.is_here = endpoint->is_local;
  asked.target.dialect = endpoint->chat.dialect == ChatDialect::ollama ? BenchDialect::ollama : *dialect;
  asked.target.model = args.text("--model").value_or("");
  asked.target.running_usage = args.has("--running-usage");
  asked.target.trust = {args.text("--ca-file").value_or(""), args.has("--insecure")};
  if (!url->tls && (args.has("--ca-file") || args.has("--insecure"))) {
    return invalid("there is no certificate to judge at an address without TLS", "--ca-file, --insecure",
                   "an https:// address");
  }
  return {};
}

/// Power is read on this machine, and says nothing of another.
Result<void> read_power(const Args& args, BenchAsked& asked) {
  const std::optional<std::string> where = args.text("--power");
  if (!where) return {};
  if (*where != "local") return invalid("\"" + *where + "\" is no place where power is read", "--power", "local");
  if (!is_loopback_host(asked.target.url.host)) {
    return invalid("the power of this machine says nothing of " + asked.target.url.host, "--power",
                   "run rigwise bench where the server runs, at http://127.0.0.1:...");
  }
  asked.choice.power = local_power_sensors;
  return {};
}

Result<std::vector<double>> read_trace(const std::string& path) {
  const Result<std::string> text = read_file(path);
  if (!text) return fail(text.error());
  std::vector<double> arrivals;
  int number = 0;
  for (const std::string_view line : split(*text, '\n')) {
    ++number;
    if (trim(line).empty() || trim(line).starts_with('#')) continue;
    const Result<double> at = parse_number(trim(line));
    if (!at || *at < 0 || (!arrivals.empty() && *at < arrivals.back())) {
      return invalid("\"" + std::string(trim(line)) + "\" is no time of an arrival",
                     path + ":" + std::to_string(number), "seconds from the start, one a line, never falling");
    }
    arrivals.push_back(*at);
  }
  if (arrivals.empty()) return invalid("the trace holds no arrival", path, "seconds from the start, one a line");
  return arrivals;
}

Result<void> read_load(const Args& args, BenchChoice& choice) {
  const auto streams = numbers_of(args, "--concurrency", 1, kMostStreams, true);
  const auto rates = numbers_of(args, "--rate", 0.001, 100'000, false);
  if (!streams || !rates) return fail(streams ? rates.error() : streams.error());
  const int kinds = args.has("--concurrency") + args.has("--rate") + args.has("--trace");
  if (kinds > 1) return invalid("one load at a time", "--concurrency, --rate, --trace", "one of the three");
  for (const double count : *streams) choice.streams.push_back(static_cast<std::uint32_t>(count));
  choice.rates = *rates;
  if (const auto path = args.text("--trace")) {
    Result<std::vector<double>> trace = read_trace(*path);
    if (!trace) return fail(trace.error());
    choice.trace_s = std::move(*trace);
  }
  if (kinds == 0) choice.streams = {1};
  for (const char* flag : {"--arrivals", "--ramp"}) {
    if (args.has(flag) && choice.rates.empty())
      return invalid(std::string(flag) + " belongs to a load that comes at a rate", flag, "--rate 0.5");
  }
  if (args.has("--think") && choice.streams.empty())
    return invalid("--think belongs to streams that wait for their answers", "--think", "--concurrency 4");
  constexpr NamedChoice<ArrivalPattern> kKinds[] = {
      {"poisson", ArrivalPattern::poisson}, {"constant", ArrivalPattern::constant}, {"gamma", ArrivalPattern::gamma}};
  const auto kind = word_of(args, "--arrivals", kKinds);
  if (!kind) return fail(kind.error());
  const auto burstiness = number_of(args, "--burstiness", 0.01, 1000), ramp = number_of(args, "--ramp", 0, 86400);
  const auto think = number_of(args, "--think", 0, 86400);
  const auto seed = whole_number_of(args, "--seed", 0, 2'000'000'000);
  for (const auto* number : {&burstiness, &ramp, &think}) {
    if (!*number) return fail(number->error());
  }
  if (!seed) return fail(seed.error());
  choice.arrivals.kind = *kind;
  choice.arrivals.burstiness = burstiness->value_or(1);
  choice.arrivals.ramp_s = ramp->value_or(0);
  choice.arrivals.seed = choice.prompts.seed = static_cast<std::uint64_t>(seed->value_or(1));
  choice.think_s = think->value_or(0);
  if (choice.arrivals.kind != ArrivalPattern::gamma && args.has("--burstiness")) {
    return invalid("--burstiness belongs to gamma arrivals", "--burstiness", "--arrivals gamma");
  }
  return {};
}

Result<void> read_prompts(const Args& args, BenchAsked& asked) {
  PromptChoice& prompts = asked.choice.prompts;
  const auto lengths = numbers_of(args, "--prompt-tokens", 1, 4'000'000, true);
  const auto output = whole_number_of(args, "--output-tokens", 1, 1'000'000);
  const auto shared = number_of(args, "--shared-prefix", 0, 0.95);
  constexpr NamedChoice<PromptProfile> kProfiles[] = {{"chat", PromptProfile::chat}, {"code", PromptProfile::code}};
  const auto profile = word_of(args, "--profile", kProfiles);
  if (!lengths || !profile) return fail(lengths ? profile.error() : lengths.error());
  if (!output || !shared) return fail(output ? shared.error() : output.error());
  if (!lengths->empty()) prompts.prompt_tokens.clear();
  for (const double length : *lengths) prompts.prompt_tokens.push_back(static_cast<int>(length));
  prompts.output_tokens = output->value_or(128);
  prompts.shared_prefix = shared->value_or(0);
  prompts.profile = *profile;
  prompts.nonce = !args.has("--no-nonce");
  const std::optional<std::string> path = args.text("--dataset");
  if (!path) return {};
  if (args.has("--prompt-tokens") || args.has("--shared-prefix")) {
    return invalid("a data set has prompts of its own", "--dataset", "without --prompt-tokens and --shared-prefix");
  }
  const Result<std::string> text = read_file(*path);
  if (!text) return fail(text.error());
  Result<std::vector<DatasetPrompt>> dataset = parse_dataset(*text, *path);
  if (!dataset) return fail(dataset.error());
  asked.dataset = std::move(*dataset);
  asked.dataset_file = *path;
  return {};
}

Result<void> read_timing(const Args& args, BenchChoice& choice) {
  const auto duration = number_of(args, "--duration", 0.1, 7 * 86400.0), warmup = number_of(args, "--warmup", 0, 86400);
  const auto idle = number_of(args, "--idle-timeout", 0.1, 86400);
  const auto requests = whole_number_of(args, "--requests", 1, 10'000'000),
             threads = whole_number_of(args, "--threads", 1, 64);
  for (const auto* number : {&duration, &warmup, &idle}) {
    if (!*number) return fail(number->error());
  }
  for (const auto* number : {&requests, &threads}) {
    if (!*number) return fail(number->error());
  }
  if (*duration && *requests)
    return invalid("a level ends by time or by requests", "--duration, --requests", "one of the two");
  choice.timing.window_s = duration->value_or(30);
  choice.timing.requests = static_cast<std::uint32_t>(requests->value_or(0));
  choice.timing.warmup_s = *warmup;
  choice.threads = threads->value_or(0);
  choice.idle_timeout_s = idle->value_or(120);
  return {};
}

Result<void> read_objectives(const Args& args, BenchChoice& choice) {
  const auto percentile = number_of(args, "--percentile", 1, 100);
  if (!percentile) return fail(percentile.error());
  choice.percentile = percentile->value_or(95);
  if (const auto text = args.text("--slo")) {
    const Result<LoadObjectives> objectives = parse_objectives(*text);
    if (!objectives) return fail(objectives.error());
    choice.objectives = *objectives;
  }
  choice.search = args.has("--search");
  if (choice.search && !choice.objectives.any()) {
    return invalid("a search needs objectives to keep", "--search", "--slo ttft=2s,tpot=50ms");
  }
  if (choice.search && (choice.streams.size() + choice.rates.size() != 1)) {
    return invalid("a search starts from one load", "--search", "--concurrency 1, or --rate 0.5");
  }
  return {};
}

/// A place that cannot be written is said before an hour of measuring, and not after it.
Result<void> can_be_kept(const std::string& path, const char* flag) {
  if (path.empty()) return {};
  std::error_code failed;
  const std::filesystem::path at(path);
  const std::filesystem::path folder = at.has_parent_path() ? at.parent_path() : std::filesystem::path(".");
  // A pipe or a terminal is written through.
  if (std::filesystem::exists(at, failed) && !std::filesystem::is_regular_file(at, failed) &&
      !std::filesystem::is_directory(at, failed))
    return {};
  if (std::filesystem::is_directory(at, failed)) return invalid(path + " is a folder", flag, "the name of a file");
  if (!std::filesystem::is_directory(folder, failed))
    return invalid("there is no folder " + folder.string(), flag, "a folder that exists");
  if (::access(folder.c_str(), W_OK) != 0)
    return invalid("nothing can be written to " + folder.string(), flag, "a folder of yours");
  return {};
}

/// Results that would be written over each other.
Result<void> are_apart(const std::vector<std::pair<std::string, const char*>>& files) {
  std::error_code failed;
  for (std::size_t i = 0; i < files.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (files[i].first.empty() || files[k].first.empty()) continue;
      const auto one = std::filesystem::weakly_canonical(files[i].first, failed);
      const bool is_file = !std::filesystem::exists(one, failed) || std::filesystem::is_regular_file(one, failed);
      if (is_file && one == std::filesystem::weakly_canonical(files[k].first, failed)) {
        return invalid(std::string(files[k].second) + " and " + files[i].second + " name one file", files[i].second,
                       "a file for each");
      }
    }
  }
  return {};
}

}  // namespace

Result<void> runs_folder_is_ready(const std::string& folder) {
  if (const Result<void> made = make_folder(folder); !made) return made;
  if (::access(folder.c_str(), W_OK) == 0) return {};
  return invalid("nothing can be written to " + folder, "--runs", "a folder of yours");
}

Result<double> parse_duration(std::string_view text, const std::string& flag) {
  struct Unit {
    std::string_view name;
    double seconds;
  };
  constexpr Unit kUnits[] = {{"ms", 1e-3}, {"us", 1e-6}, {"s", 1}, {"", 1}};
  for (const Unit& unit : kUnits) {
    if (!text.ends_with(unit.name)) continue;
    const Result<double> number = parse_number(text.substr(0, text.size() - unit.name.size()));
    if (number && *number > 0) return *number * unit.seconds;
    break;
  }
  return invalid("\"" + std::string(text) + "\" is no time", flag, "2s, 50ms or 300us");
}

Result<LoadObjectives> parse_objectives(std::string_view text) {
  LoadObjectives objectives;
  for (const std::string_view part : split(text, ',')) {
    const std::size_t equals = part.find('=');
    const std::string name(trim(part.substr(0, equals)));
    std::optional<double>* const place = name == "ttft"   ? &objectives.ttft_s
                                         : name == "tpot" ? &objectives.tpot_s
                                         : name == "e2e"  ? &objectives.e2e_s
                                         : name == "gap"  ? &objectives.gap_s
                                                          : nullptr;
    if (place == nullptr || equals == std::string_view::npos) {
      return fail({ErrorCode::invalid_input, "\"" + std::string(part) + "\" is no objective", "--slo",
                   "ttft, tpot, e2e or gap, as in ttft=2s,tpot=50ms",
                   nearest_names(name, {"ttft", "tpot", "e2e", "gap"})});
    }
    const std::string_view value = trim(part.substr(equals + 1));
    if (parse_number(value)) {  // seconds here, milliseconds in other programs: not to be guessed
      std::string with_units(part);
      with_units.append("ms or ").append(part).append("s");
      return invalid("\"" + std::string(part) + "\" has no unit", "--slo", with_units);
    }
    const Result<double> limit = parse_duration(value, "--slo");
    if (!limit) return fail(limit.error());
    *place = *limit;
  }
  return objectives;
}

Result<BenchAsked> bench_asked(const Args& args) {
  BenchAsked asked;
  if (const auto read = read_target(args, asked); !read) return fail(read.error());
  if (const auto read = read_load(args, asked.choice); !read) return fail(read.error());
  if (const auto read = read_prompts(args, asked); !read) return fail(read.error());
  if (const auto read = read_timing(args, asked.choice); !read) return fail(read.error());
  asked.target.idle_timeout_s = asked.choice.idle_timeout_s;
  asked.target.total_timeout_s = asked.choice.total_timeout_s;
  if (const auto read = read_objectives(args, asked.choice); !read) return fail(read.error());
  asked.out = args.text("--out").value_or("");
  asked.events = args.text("--events").value_or("");
  asked.html = args.text("--html").value_or("");
  for (const auto& [path, flag] : {std::pair{asked.out, "--out"}, {asked.html, "--html"}, {asked.events, "--events"}}) {
    if (const auto kept = can_be_kept(path, flag); !kept) return fail(kept.error());
  }
  if (const auto apart = are_apart({{asked.out, "--out"}, {asked.html, "--html"}, {asked.events, "--events"}}); !apart)
    return fail(apart.error());
  if (args.has("--save")) asked.save_in = args.text("--runs").value_or(default_runs_folder());
  if (args.has("--runs") && !args.has("--save")) {
    return invalid("--runs says where --save keeps a run", "--runs", "--save --runs FOLDER");
  }
  if (const auto read = read_power(args, asked); !read) return fail(read.error());
  return asked;
}

ArgSpec bench_runs_arg() {
  return {"--runs", "", ArgType::text, "FOLDER", "where saved runs are (default: beside your store)"};
}

ArgSpec bench_html_arg() {
  return {"--html", "", ArgType::text, "FILE.html", "write the result as one page that loads nothing"};
}

std::vector<ArgSpec> bench_args() {
  return {{"--url", "", ArgType::text, "URL", "the endpoint: a URL, ollama or llama"},
          {"--model", "", ArgType::text, "NAME", "as the endpoint calls it (default: its only one)"},
          {"--dialect", "", ArgType::text, "NAME", "chat (default), completions or ollama"},
          {"--api-key-env", "", ArgType::text, "VAR", "the variable that holds the key"},
          {"--api-key-file", "", ArgType::text, "FILE", "a file with the key, of mode 0600"},
          {"--ca-file", "", ArgType::text, "FILE.pem", "trust these certificates in place of the system's"},
          {"--insecure", "", ArgType::flag, "", "take any certificate"},
          {"--concurrency", "", ArgType::text, "N,...", "closed load: so many streams that ask again (default: 1)"},
          {"--rate", "", ArgType::text, "R,...", "open load: so many requests a second, whatever the answers do"},
          {"--trace", "", ArgType::text, "FILE", "open load: seconds of the arrivals, one a line"},
          {"--arrivals", "", ArgType::text, "KIND", "of an open load: poisson (default), constant or gamma"},
          {"--burstiness", "", ArgType::number, "B", "of gamma arrivals: 1 is Poisson, below it they come in bursts"},
          {"--ramp", "", ArgType::number, "S", "an open load grows over so many seconds"},
          {"--think", "", ArgType::number, "S", "a closed load waits so long between answer and question"},
          {"--prompt-tokens", "", ArgType::text, "N,...", "length of the prompts, exactly (default: 512)"},
          {"--output-tokens", "", ArgType::integer, "N", "length of the answers (default: 128)"},
          {"--profile", "", ArgType::text, "NAME", "made-up text: chat (default) or code"},
          {"--dataset", "", ArgType::text, "FILE.jsonl", "prompts of your own, one JSON object a line"},
          {"--shared-prefix", "", ArgType::number, "SHARE", "so much of each prompt is the same in all"},
          {"--no-nonce", "", ArgType::flag, "", "let the server's cache of prefixes know the prompts"},
          {"--duration", "", ArgType::number, "S", "measure each load for so long (default: 30)"},
          {"--requests", "", ArgType::integer, "N", "measure so many requests instead, one a stream at least"},
          {"--warmup", "", ArgType::number, "S", "before (default: 5 s and two answers a stream)"},
          {"--slo", "", ArgType::text, "LIMITS", "what each request must keep: ttft=2s,tpot=50ms,e2e=10s,gap=1s"},
          {"--percentile", "", ArgType::number, "P", "share of the requests that must (default: 95)"},
          {"--search", "", ArgType::flag, "", "find the largest load that keeps --slo"},
          {"--seed", "", ArgType::integer, "N", "of arrivals and prompts (default: 1)"},
          {"--running-usage", "", ArgType::flag, "", "ask for token counts with every event"},
          {"--idle-timeout", "", ArgType::number, "S", "give a silent endpoint or answer up (default: 120)"},
          {"--threads", "", ArgType::integer, "N", "of the client (default: by streams and cores)"},
          {"--power", "", ArgType::text, "local", "joules of a token too, where the server is on this machine"},
          {"--save", "", ArgType::flag, "", "keep the result, for bench list, show and compare"},
          bench_runs_arg(),
          bench_html_arg(),
          {"--out", "", ArgType::text, "FILE.json", "save the result, for bench compare"},
          {"--events", "", ArgType::text, "FILE.jsonl", "save the time of every event"}};
}

}  // namespace rigwise
