#include "verbs/capacity_workload.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/facts/roles.h"

namespace rigwise {
namespace {

constexpr double kPromptTokens = 512, kOutputTokens = 128;
/// Prompts and answers of people vary about half as much as they are long, where nobody says otherwise.
constexpr double kLengthCv = 0.5;
constexpr int kMostPeople = 100000;
constexpr int kMostUsers = 100000;
constexpr std::size_t kMostGroups = 64, kMostTraceRows = 200000;
constexpr double kMostTokens = 1e7;

/// Keys of a workload before they are put together.
struct Words {
  std::optional<double> requests_per_s, burstiness, think_s, length_cv, prefix_hit;
  std::optional<int> users, agents;
  std::optional<std::string> arrivals;
  std::optional<Lengths> prompt, output;
  const Json* people = nullptr;
  const Json* trace = nullptr;
};

Error fault(std::string message, std::string where, std::string try_this) {
  return {ErrorCode::invalid_input, std::move(message), std::move(where), std::move(try_this), {}};
}

/// A length: a number, or a list of observed ones.
std::optional<Lengths> lengths_of(ObjectReader& reader, const char* key) {
  const Json* value = reader.raw(key);
  if (value == nullptr) return std::nullopt;
  const auto is_length = [](const Json& n) { return n.is_number() && n >= 1 && n <= kMostTokens; };
  Lengths lengths;
  if (is_length(*value)) {
    lengths.mean = value->get<double>();
    return lengths;
  }
  const bool is_list = value->is_array() && !value->empty() && value->size() <= kMostTraceRows;
  if (!is_list || !std::all_of(value->begin(), value->end(), is_length)) {
    reader.refuse(fault("\"" + std::string(key) + "\" is no length", reader.path_of(key),
                        "a number of tokens from 1 to 10000000, or a list of observed ones"));
    return std::nullopt;
  }
  lengths.kind = Lengths::Kind::listed;
  lengths.listed.reserve(value->size());
  for (const Json& n : *value) lengths.listed.push_back(static_cast<int>(n.get<double>()));
  lengths.mean = lengths.mean_tokens();
  return lengths;
}

Words read_words(ObjectReader& reader) {
  Words words;
  words.people = reader.raw("people");
  words.trace = reader.raw("trace");
  words.requests_per_s = reader.number("requests_per_s", 1e-6, 1e6);
  words.users = reader.integer("users", 1, kMostUsers);
  words.think_s = reader.number("think_s", 0, 1e6);
  words.agents = reader.integer("agents", 1, 1000);
  words.arrivals = reader.text("arrivals");
  words.burstiness = reader.number("burstiness", 0.01, 1000);
  words.prompt = lengths_of(reader, "prompt_tokens");
  words.output = lengths_of(reader, "output_tokens");
  words.length_cv = reader.number("length_cv", 0, 5);
  words.prefix_hit = reader.number("prefix_hit", 0, 1);
  const int sources =
      (words.people != nullptr) + (words.trace != nullptr) + words.requests_per_s.has_value() + words.users.has_value();
  if (sources != 1) {
    reader.refuse(fault(sources == 0 ? "nothing says who asks" : "two things say who asks", reader.path_of("people"),
                        "one of people (\"10 admin, 8 developer\"), users, requests_per_s and trace"));
  }
  return words;
}

std::optional<Error> read_arrivals(const Words& words, const std::string& path, Load& load) {
  const std::vector<std::string> names = {"poisson", "gamma", "closed"};
  if (words.arrivals && std::find(names.begin(), names.end(), *words.arrivals) == names.end()) {
    Error error = fault("\"arrivals\" is \"" + *words.arrivals + "\"", path + ".arrivals",
                        "one of: " + join(names, ", ") + " (a trace has its own)");
    error.did_you_mean = nearest_names(*words.arrivals, names);
    return error;
  }
  const std::string word = words.arrivals.value_or(words.burstiness ? "gamma" : "poisson");
  load.arrivals = word == "gamma" ? ArrivalKind::gamma : word == "closed" ? ArrivalKind::closed : ArrivalKind::poisson;
  load.burstiness = words.burstiness.value_or(1);
  if (words.burstiness && load.arrivals != ArrivalKind::gamma) {
    return fault("burstiness is for gamma arrivals, not for " + word, path + ".burstiness", "\"arrivals\": \"gamma\"");
  }
  const bool is_rate = words.requests_per_s.has_value();
  if (words.users && words.arrivals && word != "closed") {
    return fault("users wait for their answers: their arrivals are closed, not " + word, path + ".arrivals",
                 "requests_per_s for arrivals that do not wait");
  }
  if (is_rate && word == "closed") {
    return fault("a rate of requests is no closed load", path + ".arrivals", "users and think_s");
  }
  if (words.think_s && !words.users) return fault("think_s is for users", path + ".think_s", "users");
  if (words.agents && words.people == nullptr) return fault("agents are for people", path + ".agents", "people");
  if (words.users) load.arrivals = ArrivalKind::closed;
  if (words.trace != nullptr) load.arrivals = ArrivalKind::trace;
  return std::nullopt;
}

Lengths spread(Lengths lengths, double cv) {
  if (lengths.kind == Lengths::Kind::listed || cv <= 0) return lengths;
  lengths.kind = Lengths::Kind::lognormal;
  lengths.cv = cv;
  return lengths;
}

std::string how_often(const Role& role, int count, int agents) {
  return std::to_string(count) + " " + role.name +
         (agents > 1 ? " with " + std::to_string(agents) + " agents each" : "") + ": in the busiest hour " +
         significant(role.requests_per_hour * role.burst_factor * agents) + " requests an hour each, " +
         fixed(role.prompt_tokens, 0) + " tokens in, " + fixed(role.output_tokens, 0) + " out";
}

/// One group of people as a kind of requests, in its busiest hour.
Result<RequestKind> kind_of_group(const Catalog& catalog, const Json& json, const std::string& path, const Words& words,
                                  StatedLoad& stated) {
  ObjectReader reader(json, path);
  const std::string name = reader.required_text("role", "\"developer\"");
  const int count = reader.integer("count", 1, kMostPeople).value_or(1);
  const int agents = reader.integer("agents", 1, 1000).value_or(words.agents.value_or(1));
  if (std::optional<Error> wrong = reader.done()) return fail(*wrong);
  const Role* role = find_role(catalog, name);
  if (role == nullptr) return fail(unknown_role(catalog, name, path + ".role"));
  if (role->requests_per_hour <= 0) return invalid("the role \"" + role->id + "\" asks nothing", path + ".role");
  const double cv = words.length_cv.value_or(kLengthCv);
  const double per_s = role->requests_per_hour * role->burst_factor / 3600;
  RequestKind kind;
  kind.name = role->id;
  kind.prompt =
      spread(words.prompt.value_or(Lengths{Lengths::Kind::fixed, std::max(1.0, role->prompt_tokens), 0, {}}), cv);
  kind.output =
      spread(words.output.value_or(Lengths{Lengths::Kind::fixed, std::max(1.0, role->output_tokens), 0, {}}), cv);
  if (stated.load.arrivals == ArrivalKind::closed) {
    kind.users = count * agents;
    kind.think_s = 1 / per_s;
  } else {
    kind.requests_per_s = per_s * count * agents;
  }
  stated.size += count;
  stated.assumptions.push_back(how_often(*role, count, agents));
  return kind;
}

Result<void> add_people(const Catalog& catalog, const Words& words, const std::string& path, StatedLoad& stated) {
  const std::string where = path + ".people";
  if (!words.people->is_array() || words.people->empty() || words.people->size() > kMostGroups) {
    return fail(fault("\"people\" is no list of groups", where, "[{\"role\": \"developer\", \"count\": 8}]"));
  }
  stated.size = 0;
  for (std::size_t i = 0; i < words.people->size(); ++i) {
    Result<RequestKind> kind =
        kind_of_group(catalog, (*words.people)[i], where + "[" + std::to_string(i) + "]", words, stated);
    if (!kind) return fail(kind.error());
    stated.load.kinds.push_back(std::move(*kind));
  }
  if (stated.load.users() > kMostUsers || stated.size > kMostPeople) {
    return fail(fault("too many people", where, "at most " + std::to_string(kMostPeople)));
  }
  stated.assumptions.emplace_back(
      stated.load.arrivals == ArrivalKind::closed
          ? "people wait for their answer before they ask again"
          : "people ask whenever they like, answered or not; \"arrivals\": \"closed\" lets them wait");
  return {};
}

/// A kind that is not a role's.
RequestKind plain_kind(const Words& words, StatedLoad& stated) {
  RequestKind kind;
  kind.name = words.users ? "user" : "request";
  const double cv = words.length_cv.value_or(kLengthCv);
  if (!words.prompt || !words.output) {
    stated.assumptions.push_back("prompts of " + fixed(words.prompt.value_or(Lengths{}).mean, 0) + " and answers of " +
                                 fixed(words.output ? words.output->mean : kOutputTokens, 0) +
                                 " tokens where none are stated");
  }
  kind.prompt = spread(words.prompt.value_or(Lengths{Lengths::Kind::fixed, kPromptTokens, 0, {}}), cv);
  kind.output = spread(words.output.value_or(Lengths{Lengths::Kind::fixed, kOutputTokens, 0, {}}), cv);
  kind.users = words.users.value_or(0);
  kind.think_s = words.think_s.value_or(0);
  kind.requests_per_s = words.requests_per_s.value_or(0);
  return kind;
}

Result<std::vector<TraceRow>> read_trace(const Json& json, const std::string& path) {
  if (!json.is_array() || json.empty() || json.size() > kMostTraceRows) {
    return fail(fault("\"trace\" is no list of requests", path,
                      "1 to 200000 of {\"arrival_s\", \"prompt_tokens\", \"output_tokens\"}"));
  }
  std::vector<TraceRow> trace;
  trace.reserve(json.size());
  for (std::size_t i = 0; i < json.size(); ++i) {
    ObjectReader reader(json[i], path + "[" + std::to_string(i) + "]");
    TraceRow row;
    row.arrival_s = reader.number("arrival_s", 0, 1e8).value_or(-1);
    row.prompt_tokens = reader.integer("prompt_tokens", 1, static_cast<int>(kMostTokens)).value_or(0);
    row.output_tokens = reader.integer("output_tokens", 1, static_cast<int>(kMostTokens)).value_or(0);
    if (std::optional<Error> wrong = reader.done()) return fail(*wrong);
    if (row.arrival_s < 0 || row.prompt_tokens == 0 || row.output_tokens == 0) {
      return fail(fault("a request of the trace lacks a number", reader.path_of("arrival_s"),
                        "arrival_s, prompt_tokens and output_tokens"));
    }
    trace.push_back(row);
  }
  std::stable_sort(trace.begin(), trace.end(),
                   [](const TraceRow& a, const TraceRow& b) { return a.arrival_s < b.arrival_s; });
  return trace;
}

}  // namespace

Result<StatedLoad> read_workload(const Catalog& catalog, const Json& object, const std::string& path) {
  ObjectReader reader(object, path);
  const Words words = read_words(reader);
  if (std::optional<Error> wrong = reader.done()) return fail(*wrong);
  StatedLoad stated;
  if (std::optional<Error> wrong = read_arrivals(words, path, stated.load)) return fail(*wrong);
  stated.load.prefix_hit = words.prefix_hit.value_or(0);
  if (words.people != nullptr) {
    if (Result<void> done = add_people(catalog, words, path, stated); !done) return fail(done.error());
  } else if (words.trace != nullptr) {
    Result<std::vector<TraceRow>> trace = read_trace(*words.trace, path + ".trace");
    if (!trace) return fail(trace.error());
    stated.load.trace = std::move(*trace);
    stated.unit = LoadUnit::percent;
    stated.size = 100;
  } else {
    stated.load.kinds.push_back(plain_kind(words, stated));
    stated.unit = words.users ? LoadUnit::users : LoadUnit::percent;
    stated.size = words.users.value_or(100);
  }
  if (words.trace == nullptr && !words.length_cv) {
    stated.assumptions.emplace_back("lengths spread around these means (lognormal, deviation half the mean)");
  }
  return stated;
}

Result<Slo> read_slo(const Json& object, const std::string& path) {
  ObjectReader reader(object, path);
  Slo slo;
  slo.ttft_s = reader.number("ttft_s", 1e-3, 1e6).value_or(slo.ttft_s);
  slo.tpot_s = reader.number("tpot_s", 1e-5, 1e4).value_or(slo.tpot_s);
  const double percentile = reader.number("percentile", 0.5, 99.9).value_or(95);
  slo.percentile = percentile < 1 ? percentile : percentile / 100;
  if (slo.percentile < 0.5) {
    reader.refuse(fault("\"percentile\" is " + significant(percentile), reader.path_of("percentile"), "50 to 99.9"));
  }
  if (std::optional<Error> wrong = reader.done()) return fail(*wrong);
  return slo;
}

}  // namespace rigwise
