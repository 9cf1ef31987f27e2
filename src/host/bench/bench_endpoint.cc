#include "host/bench/bench_endpoint.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <chrono>
#include <tuple>

#include "codec/event_stream.h"
#include "codec/stream_trace.h"
#include "core/base/text.h"
#include "core/measure/request_metrics.h"
#include "host/bench/bench_clock.h"
#include "host/bench/prompt_text.h"

namespace rigwise {
namespace {

namespace asio = boost::asio;
constexpr int kTryTokens = 16;
/// How often a call that is waited for looks whether somebody has lost patience.
constexpr auto kPatience = std::chrono::milliseconds(50);
/// A list that nobody needs is waited for no longer.
constexpr double kListWaitS = 10;

struct Spoken {
  HttpReply reply;
  std::string body;
  std::vector<std::pair<std::int64_t, std::string>> pieces;
};

asio::awaitable<void> speak(HttpClient& client, const HttpCall& call, const HttpCancel& cancel, Spoken& spoken) {
  const HttpSink sink{[](const HttpReply&) {},
                      [&](std::string_view bytes, std::int64_t at_ns) {
                        spoken.body += bytes;
                        spoken.pieces.emplace_back(at_ns, std::string(bytes));
                        return true;
                      }};
  spoken.reply = co_await client.call(call, sink, cancel);
}

HttpClientOptions client_options(const BenchTarget& target) {
  HttpClientOptions options;
  options.ca_file = target.trust.ca_file;
  options.any_certificate = target.trust.insecure;
  return options;
}

std::chrono::milliseconds in_ms(double seconds) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1e3));
}

/// One call, waited for.
Result<Spoken> spoken_with(const BenchTarget& target, const std::string& method, const std::string& url,
                           const std::string& body, double idle_most_s = 86400) {
  if (target.is_interrupted()) return fail({ErrorCode::io, "interrupted", url, "", {}});
  asio::io_context io;
  Result<std::unique_ptr<HttpClient>> client = HttpClient::open(io, client_options(target));
  if (!client) return fail(client.error());
  HttpCall call;
  call.method = method;
  call.url = url;
  call.body = body;
  call.times.idle = in_ms(std::min(target.idle_timeout_s, idle_most_s));
  call.times.connect = std::min(call.times.connect, call.times.idle);
  call.times.total = in_ms(target.total_timeout_s);
  if (!body.empty()) call.fields.emplace_back("Content-Type", "application/json");
  if (!target.chat.key.empty()) call.fields.emplace_back("Authorization", "Bearer " + target.chat.key);
  Spoken spoken;
  HttpCancel cancel;
  asio::co_spawn(io, speak(**client, call, cancel, spoken), asio::detached);
  while (!io.stopped()) {
    io.run_for(kPatience);
    if (target.is_interrupted()) cancel.cancel();
  }
  return spoken;
}

std::string root_of(const BenchTarget& target) {
  return std::string(target.url.tls ? "https://" : "http://") + authority_of(target.url);
}

bool is_silence(const Spoken& spoken) {
  return spoken.reply.fault == HttpFault::idle_timeout || spoken.reply.fault == HttpFault::total_timeout;
}

/// An endpoint that takes connections and says nothing, in the words of the faults of a run.
Error silence(const BenchTarget& target, const Spoken& spoken, const std::string& where) {
  const bool idle = spoken.reply.fault == HttpFault::idle_timeout;
  const std::string_view fault = request_fault_name(idle ? RequestFault::stalled : RequestFault::too_slow);
  return {ErrorCode::io,
          std::string(fault) + ": " +
              (idle ? "nothing came for " + significant(target.idle_timeout_s) + " s"
                    : "the answer took more than " + significant(target.total_timeout_s) + " s"),
          where,
          "an answer in time; --idle-timeout S, where a server loads its model first",
          {}};
}

/// Asks once; an endpoint that lists nothing is asked again, which costs little. Errors  it says nothing at all.
Result<void> list_the_models(BenchTarget& target, double idle_most_s) {
  if (!target.abilities.models.empty()) return {};
  const bool ollama = target.dialect == BenchDialect::ollama;
  const std::string url = target.chat.base_url + (ollama ? "/api/tags" : "/models");
  const auto spoken = spoken_with(target, "GET", url, "", idle_most_s);
  if (spoken && is_silence(*spoken)) {
    Error error = silence(target, *spoken, url);
    error.try_this += "; --model NAME, where it lists none";
    return fail(std::move(error));
  }
  if (!spoken || spoken->reply.status != 200) return {};
  const Json json = Json::parse(spoken->body, nullptr, false);
  const char* const list = ollama ? "models" : "data";
  const char* const name = ollama ? "name" : "id";
  if (!json.is_object() || !json.contains(list) || !json[list].is_array()) return {};
  for (const Json& model : json[list]) {
    if (model.is_object() && model.contains(name) && model[name].is_string()) {
      target.abilities.models.push_back(model[name].get<std::string>());
    }
  }
  return {};
}

/// For its names in warnings and errors only: whatever goes wrong is told by what is asked next.
void list_for_the_names(BenchTarget& target) { std::ignore = list_the_models(target, kListWaitS); }

/// The names that an endpoint's models go by.
bool is_listed(const std::string& model, const std::vector<std::string>& listed) {
  return std::any_of(listed.begin(), listed.end(),
                     [&](const std::string& name) { return name == model || name == model + ":latest"; });
}

/// What a try brought, read as the bench reads answers.
RequestTrace trace_of(const Spoken& spoken) {
  RequestTrace trace;
  trace.planned_ns = spoken.reply.start_ns;
  trace.sent_ns = spoken.reply.sent_ns;
  trace.status = spoken.reply.status;
  trace.end_ns = spoken.reply.end_ns;
  StreamTraceReader reader(std::move(trace));
  const std::string type = lower(spoken.reply.field("Content-Type"));
  EventStreamReader events;
  LineCutter lines;
  for (const auto& [at_ns, bytes] : spoken.pieces) {
    if (type.find("event-stream") != std::string::npos) {
      for (const StreamEvent& event : events.add(bytes)) reader.add_event(event.data, at_ns, event.name == "error");
    } else if (type.find("ndjson") != std::string::npos) {
      lines.add(bytes, [&, at = at_ns](std::string_view line) { reader.add_event(line, at); });
    }
  }
  if (type.find("event-stream") == std::string::npos && type.find("ndjson") == std::string::npos) {
    reader.add_body(spoken.body, spoken.reply.end_ns);
  }
  return reader.finish();
}

void take_abilities(const Spoken& spoken, const RequestTrace& trace, EndpointAbilities& abilities) {
  const RequestMetrics metrics = metrics_of(trace);
  abilities.streams = (trace.oddities & kNotStreamed) == 0;
  abilities.tells_usage = trace.prompt_tokens.has_value() && trace.source != TokenSource::events;
  abilities.tells_cached = trace.cached_tokens.has_value();
  abilities.tells_timings = trace.server_prefill_s.has_value();
  abilities.ttft_s = metrics.ttft_s.value_or(0);
  abilities.tpot_s = metrics.tpot_s;
  abilities.e2e_s = static_cast<double>(spoken.reply.end_ns - spoken.reply.start_ns) * 1e-9;
  if (!trace.tokens.empty()) {
    abilities.tokens_per_event =
        static_cast<double>(trace.output_tokens.value_or(1)) / static_cast<double>(trace.tokens.size());
  }
}

Error refusal(const BenchTarget& target, const Spoken& spoken) {
  const std::string where = target.chat.base_url + target.path();
  if (is_silence(spoken)) return silence(target, spoken, where);
  if (spoken.reply.fault == HttpFault::tls) {
    return {ErrorCode::io,
            "no TLS with " + spoken.reply.detail,
            where,
            "--ca-file FILE.pem with the server's certificate or its authority's; --insecure to believe anybody",
            {}};
  }
  if (spoken.reply.fault != HttpFault::none) {
    return {ErrorCode::io,
            "no answer: " +
                (spoken.reply.detail.empty() ? std::string(http_fault_name(spoken.reply.fault)) : spoken.reply.detail),
            where,
            "is the server running? `curl " + where + "`",
            {}};
  }
  const int status = spoken.reply.status;
  const bool key = status == 401 || status == 403, servers = status >= 500;
  Error error{
      ErrorCode::io,
      "the endpoint refuses a plain question with status " + std::to_string(status) + ": " + spoken.body.substr(0, 200),
      where,
      key             ? "--api-key-env NAME, the environment variable that holds its key"
      : servers       ? "the server's own log: the fault is its"
      : status == 429 ? "later: it limits how often it is asked, and a load would meet that limit at once"
      : status == 404 ? "--model NAME as the endpoint calls it, --dialect, --url (to /v1; for ollama without it)"
                      : "--model NAME as the endpoint calls it, --dialect, --api-key-env",
      {}};
  const std::vector<std::string>& models = target.abilities.models;
  if (!key && !servers && !is_listed(target.model, models)) error.did_you_mean = nearest_names(target.model, models);
  return error;
}

/// From everything that helps down to the bare question: what the endpoint takes is what it is asked from now on.
Result<void> try_question(BenchTarget& target) {
  EndpointAbilities& abilities = target.abilities;
  struct Step {
    bool eos, least, usage;
  };
  constexpr Step kSteps[] = {{true, true, true}, {true, false, true}, {false, false, true}, {false, false, false}};
  std::optional<Spoken> last;
  for (const Step& step : kSteps) {
    abilities.takes_ignore_eos = step.eos;
    abilities.takes_min_tokens = step.least;
    abilities.takes_usage = step.usage;
    Result<Spoken> spoken =
        spoken_with(target, "POST", target.chat.base_url + target.path(),
                    bench_body(target, nonce_words(static_cast<std::uint64_t>(monotonic_ns())), kTryTokens).dump());
    if (!spoken) return fail(spoken.error());
    if (spoken->reply.fault == HttpFault::none && spoken->reply.status == 200) {
      const RequestTrace trace = trace_of(*spoken);
      if (!trace.is_ok()) {
        return fail({ErrorCode::io,
                     "the answer to a plain question cannot be read (" + std::string(request_fault_name(trace.fault)) +
                         "): " + spoken->body.substr(0, 200),
                     target.chat.base_url + target.path(),
                     "--dialect chat, completions or ollama",
                     {}});
      }
      take_abilities(*spoken, trace, abilities);
      return {};
    }
    const bool may_be_fields = spoken->reply.status == 400 || spoken->reply.status == 422;
    last = std::move(*spoken);
    if (!may_be_fields) break;
  }
  if (last->reply.fault == HttpFault::none) list_for_the_names(target);
  return fail(refusal(target, *last));
}

std::optional<int> tokens_in_reply(const Spoken& spoken) {
  if (spoken.reply.status != 200) return std::nullopt;
  const Json json = Json::parse(spoken.body, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  if (json.contains("count") && json["count"].is_number_integer()) return json["count"].get<int>();
  if (json.contains("tokens") && json["tokens"].is_array()) return static_cast<int>(json["tokens"].size());
  return std::nullopt;
}

std::optional<int> tokenized(const BenchTarget& target, const std::string& text) {
  const Json body = target.abilities.tokenizer == RemoteTokenizer::llama
                        ? Json{{"content", text}}
                        : Json{{"model", target.model}, {"prompt", text}, {"add_special_tokens", false}};
  const auto spoken = spoken_with(target, "POST", root_of(target) + "/tokenize", body.dump());
  return spoken ? tokens_in_reply(*spoken) : std::nullopt;
}

/// What the endpoint says of a prompt when it answers it with one token.
std::optional<int> asked_prompt_tokens(const BenchTarget& target, const std::string& content) {
  const auto spoken =
      spoken_with(target, "POST", target.chat.base_url + target.path(), bench_body(target, content, 1).dump());
  if (!spoken || spoken->reply.status != 200) return std::nullopt;
  const RequestTrace trace = trace_of(*spoken);
  if (!trace.prompt_tokens) return std::nullopt;
  return static_cast<int>(*trace.prompt_tokens);
}

void try_tokenizer(BenchTarget& target) {
  EndpointAbilities& abilities = target.abilities;
  const std::string text = "the river turns past the old mill and the light stays until evening";
  for (const RemoteTokenizer tokenizer : {RemoteTokenizer::llama, RemoteTokenizer::vllm}) {
    abilities.tokenizer = tokenizer;
    const std::optional<int> counted = tokenized(target, text);
    if (!counted || *counted < 5) continue;
    // Only a tokenizer that agrees with what the answers say is of use.
    const std::optional<int> asked = asked_prompt_tokens(target, text);
    if (!asked || *asked < *counted) break;
    abilities.template_tokens = *asked - *counted;
    return;
  }
  abilities.tokenizer = RemoteTokenizer::none;
}

}  // namespace

/// "localhost" is often both ::1 and 127.0.0.1, and a server listens at one of them.
LoadAddress first_that_answers(const std::vector<LoadAddress>& addresses) {
  constexpr int kWaitMs = 2000;
  for (const LoadAddress& tried : addresses) {
    if (addresses.size() == 1) break;
    const int socket = ::socket(tried.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket < 0) continue;
    bool answers = ::connect(socket, reinterpret_cast<const sockaddr*>(&tried.address), tried.size) == 0;
    pollfd ready{socket, POLLOUT, 0};
    if (!answers && errno == EINPROGRESS && ::poll(&ready, 1, kWaitMs) == 1) {
      int error = 0;
      socklen_t size = sizeof error;
      answers = getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
    }
    ::close(socket);
    if (answers) return tried;
  }
  return addresses.front();
}

Result<void> resolve_target(BenchTarget& target) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int fault = getaddrinfo(target.url.host.c_str(), std::to_string(target.url.port).c_str(), &hints, &found);
  if (fault != 0) {
    return fail({ErrorCode::io, "nobody knows the host " + target.url.host, "--url", gai_strerror(fault), {}});
  }
  std::vector<LoadAddress> addresses;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    LoadAddress& address = addresses.emplace_back();
    std::copy_n(reinterpret_cast<const char*>(entry->ai_addr), entry->ai_addrlen,
                reinterpret_cast<char*>(&address.address));
    address.size = entry->ai_addrlen;
  }
  freeaddrinfo(found);
  target.address = first_that_answers(addresses);
  if (!target.url.tls) return {};
  Result<std::shared_ptr<const TlsTarget>> tls = TlsTarget::of(target.url.host, target.trust);
  if (!tls) return fail(tls.error());
  target.tls = std::move(*tls);
  return {};
}

std::string_view bench_dialect_name(BenchDialect dialect) {
  switch (dialect) {
    case BenchDialect::chat: return "chat";
    case BenchDialect::completions: return "completions";
    case BenchDialect::ollama: return "ollama";
  }
  return "";
}

std::string BenchTarget::path() const {
  switch (dialect) {
    case BenchDialect::chat: return "/chat/completions";
    case BenchDialect::completions: return "/completions";
    case BenchDialect::ollama: return "/api/chat";
  }
  return "";
}

Json bench_body(const BenchTarget& target, const std::string& content, int output_tokens) {
  Json body = {{"model", target.model}};
  if (target.dialect == BenchDialect::completions) {
    body["prompt"] = content;
  } else {
    body["messages"] = Json::array({Json{{"role", "user"}, {"content", content}}});
  }
  body["stream"] = true;
  if (target.dialect == BenchDialect::ollama) {
    body["options"] = {{"num_predict", output_tokens}};
    return body;
  }
  body["max_tokens"] = output_tokens;
  const EndpointAbilities& can = target.abilities;
  if (can.takes_min_tokens) body["min_tokens"] = output_tokens;
  if (can.takes_ignore_eos) body["ignore_eos"] = true;
  if (can.takes_usage) {
    body["stream_options"] = {{"include_usage", true}};
    if (target.running_usage) body["stream_options"]["continuous_usage_stats"] = true;
  }
  return body;
}

std::optional<int> remote_prompt_tokens(const BenchTarget& target, const std::string& content) {
  if (target.abilities.tokenizer != RemoteTokenizer::none) {
    const std::optional<int> counted = tokenized(target, content);
    if (counted) return *counted + target.abilities.template_tokens;
  }
  if (!target.abilities.tells_usage) return std::nullopt;
  return asked_prompt_tokens(target, content);
}

std::optional<std::string> unlisted_model_warning(const std::string& model, const std::vector<std::string>& listed) {
  constexpr std::size_t kNamed = 5;
  if (listed.empty() || is_listed(model, listed)) return std::nullopt;
  const std::vector<std::string> near = nearest_names(model, listed);
  std::string warning = "the endpoint does not list the model \"" + model + "\": another may have answered; ";
  if (!near.empty()) return warning + "did you mean " + near.front() + "?";
  const std::size_t named = std::min(kNamed, listed.size());
  warning += "it lists " + join({listed.begin(), listed.begin() + static_cast<std::ptrdiff_t>(named)}, ", ");
  return listed.size() > named ? warning + " and " + std::to_string(listed.size() - named) + " more" : warning;
}

Result<void> try_endpoint(BenchTarget& target) {
  if (const Result<void> resolved = resolve_target(target); !resolved) return resolved;
  // Where a model is named, its list is wanted for its names only, and waits until a question was answered.
  if (target.model.empty()) {
    if (const Result<void> listed = list_the_models(target, target.idle_timeout_s); !listed) return listed;
  }
  const std::vector<std::string>& models = target.abilities.models;
  if (target.model.empty() && models.size() == 1) target.model = models.front();
  if (target.model.empty() && !models.empty()) {
    return invalid("no model is named, and the endpoint has " + std::to_string(models.size()), "--model",
                   "one of: " + join(models, ", "));
  }
  if (const Result<void> tried = try_question(target); !tried) return tried;
  list_for_the_names(target);
  if (target.dialect != BenchDialect::ollama) try_tokenizer(target);
  return {};
}

}  // namespace rigwise
