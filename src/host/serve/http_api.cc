#include "host/serve/http_api.h"

#include <algorithm>
#include <exception>

#include "core/base/text.h"
#include "host/probe/here_folder.h"
#include "host/serve/embedded_files.h"
#include "host/serve/openapi.h"
#include "host/serve/problem.h"

namespace rigwise {
namespace {

constexpr std::string_view kApi = "/api/v1/";

const VerbEntry* verb_at(const RequestTarget& target) {
  const std::string_view path = target.path;
  if (!path.starts_with(kApi)) return nullptr;
  for (const VerbEntry& verb : verb_list()) {
    if (verb.name == path.substr(kApi.size())) return &verb;
  }
  return nullptr;
}

/// Verbs that simulate, sweep or refit: they have a queue of their own, so that the quick ones never wait for them.
bool is_slow(std::string_view verb) {
  constexpr std::string_view kSlow[] = {"advise", "capacity", "deploy", "pack", "validate", "seeds"};
  return std::find(std::begin(kSlow), std::end(kSlow), verb) != std::end(kSlow);
}

bool reads(const HttpRequest& request) { return request.method == "GET" || request.method == "HEAD"; }

bool is_json(const HttpRequest& request) {
  const std::string_view type = request.field("Content-Type").value_or("");
  return same_ignoring_case(trim(type.substr(0, type.find(';'))), "application/json");
}

HttpAnswer text_answer(std::string_view media_type, std::string text) {
  HttpAnswer answer;
  answer.fields = {{"Content-Type", std::string(media_type)}, {"Cache-Control", "no-store"}};
  answer.text = std::move(text);
  return answer;
}

HttpAnswer json_answer(const Json& json) {
  return text_answer("application/json", json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

HttpAnswer no_such_place(const std::string& path) {
  std::vector<std::string> names = {"openapi.json", "events"};
  for (const VerbEntry& verb : verb_list()) names.emplace_back(verb.name);
  const std::string wanted = path.starts_with(kApi) ? path.substr(kApi.size()) : path;
  return answer_of({404, "not_found", "no verb is called \"" + wanted + "\"", "target",
                    "POST /api/v1/VERB with one of: " + join(names, ", "), nearest_names(wanted, names)});
}

}  // namespace

std::string event_text(std::string_view name, const Json& data) {
  return "event: " + std::string(name) + "\ndata: " + data.dump(-1, ' ', false, Json::error_handler_t::replace) +
         "\n\n";
}

HttpApi::HttpApi(const House& house, ServerMetrics& metrics, std::string version, EvalAccess evaluations,
                 RunsAccess runs)
    : house_(house),
      metrics_(metrics),
      version_(std::move(version)),
      site_(embedded_site()),
      openapi_(openapi_document(embedded_schemas(), version_).dump()),
      evaluations_(std::move(evaluations)),
      runs_(house, std::move(runs)) {}

WorkKind HttpApi::work_of(const HttpRequest& request, const RequestTarget& target) const {
  if (target.path == "/api/v1/events" && request.method == "GET") return WorkKind::events;
  if (EvalApi::takes(target) || RunsApi::takes(target)) return WorkKind::store;
  const VerbEntry* verb = verb_at(target);
  if (verb == nullptr || request.method != "POST") return WorkKind::at_once;
  return is_slow(verb->name) ? WorkKind::slow : WorkKind::quick;
}

std::string_view HttpApi::label_of(const RequestTarget& target) const {
  if (const VerbEntry* verb = verb_at(target)) return verb->name;
  if (EvalApi::takes(target)) return EvalApi::label_of(target);
  if (RunsApi::takes(target)) return RunsApi::label_of(target);
  for (const std::string_view place : {"healthz", "metrics", "api/v1/events", "api/v1/openapi.json"}) {
    if (target.path.size() == place.size() + 1 && target.path.ends_with(place)) {
      return place.substr(place.rfind('/') + 1);
    }
  }
  return target.path.starts_with("/api/") ? "unknown" : "page";
}

std::optional<std::size_t> HttpApi::most_body_bytes(const RequestTarget& target) const {
  if (RunsApi::takes(target)) return 0;
  return EvalApi::takes(target) ? std::optional(EvalApi::most_body_bytes(target)) : std::nullopt;
}

std::string HttpApi::hello_event() const {
  const Catalog& catalog = house_.catalog;
  return event_text("hello", {{"version", version_}, {"catalog", catalog.content_hash}, {"as_of", catalog.as_of}});
}

HttpAnswer HttpApi::answer_verb(const HttpRequest& request, std::string_view verb) const {
  // Browsers send JSON across origins only after asking, and we never say yes.
  if (!is_json(request)) {
    return answer_of(
        {415, "unsupported_media_type", "a request is JSON", "Content-Type", "Content-Type: application/json", {}});
  }
  const Result<Json> question = parse_json(request.body);
  if (!question) return answer_of(problem_of(question.error()));
  const Result<Json> response = run_verb(house_, verb, *question);
  return response ? json_answer(*response)
                  : answer_of(problem_of(with_here_explained(response.error(), house_.catalog)));
}

HttpAnswer HttpApi::answer(const HttpRequest& request, const RequestTarget& target) const {
  const VerbEntry* verb = verb_at(target);
  if (verb != nullptr && request.method != "POST") return method_refusal(request.method, "POST");
  try {
    if (verb != nullptr) return answer_verb(request, verb->name);
    if (EvalApi::takes(target)) return evaluations_.answer(request, target);
    if (RunsApi::takes(target)) return runs_.answer(request, target);
  } catch (const std::exception& bug) {
    return answer_of({500,
                      "internal",
                      bug.what(),
                      verb != nullptr ? std::string(verb->name) : target.path,
                      "this is a bug in rigwise: please report it with the request you sent",
                      {}});
  }
  if (target.path.starts_with("/api/") && target.path != "/api/v1/openapi.json" && target.path != "/api/v1/events") {
    return no_such_place(target.path);
  }
  if (!reads(request)) return method_refusal(request.method, "GET, HEAD");
  if (target.path == "/api/v1/openapi.json") return text_answer("application/json", openapi_);
  if (target.path == "/api/v1/events") return text_answer("text/event-stream", "");  // a HEAD: the stream is no answer
  if (target.path == "/metrics") {
    return text_answer("text/plain; version=0.0.4; charset=utf-8",
                       metrics_.text(version_, house_.catalog.content_hash));
  }
  if (target.path == "/healthz") {
    return json_answer({{"status", "ok"}, {"version", version_}, {"catalog", house_.catalog.content_hash}});
  }
  // In the site itself this file is empty: a page knows by it whether a program answers beside it.
  if (target.path == "/server.json") return json_answer({{"version", version_}, {"api", "api/v1/"}});
  return site_.answer(request, target.path);
}

}  // namespace rigwise
