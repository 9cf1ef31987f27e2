#include "host/serve/eval_api.h"

#include <algorithm>
#include <array>
#include <set>

#include "codec/result_set.h"
#include "core/base/text.h"
#include "core/grade/answer_text.h"
#include "host/eval/result_set_of_ledger.h"
#include "host/eval/review_queue.h"
#include "host/eval/run_list.h"
#include "host/eval/task_save.h"
#include "host/serve/problem.h"
#include "host/store/store_url.h"

namespace rigwise {
namespace {

constexpr std::string_view kRoot = "/api/v1/eval/";
constexpr std::size_t kReviewBytes = std::size_t{64} << 10;
constexpr std::size_t kTaskBytes = std::size_t{1} << 20;
constexpr double kNano = 1e9;

HttpAnswer json_answer(const Json& json, int status = 200) {
  HttpAnswer answer;
  answer.status = status;
  answer.fields = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}};
  answer.text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return answer;
}

/// What the ledger does not have is not there; everything else as verbs say it.
HttpAnswer refused(const Error& error) {
  Problem problem = problem_of(error);
  if (error.code == ErrorCode::not_found) problem.status = 404;
  return answer_of(problem);
}

HttpAnswer missing_parameter(const std::string& name, std::string example) {
  return answer_of({400, "invalid_input", "\"" + name + "\" is missing", name, std::move(example), {}});
}

std::string parameter(const RequestTarget& target, std::string_view name) {
  return std::string(target.parameter(name).value_or(""));
}

Result<std::unique_ptr<Ledger>> opened(const EvalAccess& access) {
  if (access.store.empty()) {
    return fail({ErrorCode::not_found, "this server serves no store", "--store", "rigwise serve --store URL", {}});
  }
  return open_store_to_read(access.store);
}

Json run_json(const ListedRun& run) {
  return {{"id", run.id},
          {"label", run.label},
          {"host", run.host},
          {"code_version", run.code_version},
          {"started_ms", run.started_ms},
          {"wanted", run.wanted},
          {"finished", run.finished},
          {"given_up", run.given_up},
          {"judgements", run.judged.judgements},
          {"unreadable", run.judged.unreadable},
          {"reviews_open", run.reviews_open},
          {"reviews_decided", run.reviews_decided},
          {"spent_usd", run.spent_nano ? Json(static_cast<double>(*run.spent_nano) / kNano) : Json(nullptr)},
          {"is_demo", run.is_demo}};
}

HttpAnswer runs(const EvalAccess& access, const RequestTarget&) {
  Json body = {{"schema", "rigwise.eval_runs/1"},
               {"store", access.store.empty() ? Json(nullptr) : Json(shown_store(access.store))},
               {"writes", access.has_token},
               {"saves_tasks", access.has_token && !access.tasks_folder.empty()},
               {"runs", Json::array()}};
  if (access.store.empty()) return json_answer(body);
  const auto ledger = opened(access);
  if (!ledger && ledger.error().code == ErrorCode::not_found && access.may_be_absent) {
    body["store"] = nullptr;
    return json_answer(body);
  }
  if (!ledger) return refused(ledger.error());
  if ((*ledger)->database().is_read_only()) body["writes"] = false;
  const auto listed = list_runs(**ledger);
  if (!listed) return refused(listed.error());
  for (const ListedRun& run : *listed) body["runs"].push_back(run_json(run));
  return json_answer(body);
}

HttpAnswer results(const EvalAccess& access, const RequestTarget& target) {
  const auto ledger = opened(access);
  if (!ledger) return refused(ledger.error());
  const auto set = result_set_of_ledger(**ledger, {parameter(target, "run"), false});
  return set ? json_answer(result_set_json(*set)) : refused(set.error());
}

/// The cases of all runs that a name means, each once, with the first of its runs; or the one of a key.
Result<Json> cases_of(Ledger& ledger, const std::string& name, const std::string& key) {
  const auto ids = runs_called(ledger, name);
  if (!ids) return fail(ids.error());
  Json cases = Json::array();
  std::set<std::string> told;
  for (const std::string& id : *ids) {
    const auto found = review_cases(ledger, id, ReviewWanted::all);
    if (!found) return fail(found.error());
    for (const ReviewCase& one : *found) {
      const bool is_it = key.empty() || std::find(one.same.begin(), one.same.end(), key) != one.same.end();
      if (!is_it || !told.insert(one.same.front()).second) continue;
      Json json = review_case_json(one);
      json["run"] = id;
      json["open"] = one.is_open;
      json["decided_ms"] = one.decided_ms;
      cases.push_back(std::move(json));
    }
  }
  return cases;
}

HttpAnswer review_list(const EvalAccess& access, const RequestTarget& target) {
  const auto ledger = opened(access);
  if (!ledger) return refused(ledger.error());
  const std::string run = parameter(target, "run");
  const Result<Json> cases = cases_of(**ledger, run, "");
  if (!cases) return refused(cases.error());
  return json_answer({{"schema", "rigwise.eval_review/1"}, {"run", run}, {"cases", *cases}});
}

HttpAnswer one_answer(const EvalAccess& access, const RequestTarget& target) {
  const std::string run = parameter(target, "run"), key = parameter(target, "key");
  if (key.empty()) return missing_parameter("key", "a key of the run's results or of its review queue");
  const auto ledger = opened(access);
  if (!ledger) return refused(ledger.error());
  auto answer = answer_of_ledger(**ledger, run, key);
  if (!answer) return refused(answer.error());
  if (answer->text) answer->text = visible_answer(*answer->text);
  const auto texts = texts_of_item(**ledger, key);
  if (!texts) return refused(texts.error());
  return json_answer({{"schema", "rigwise.eval_answer/1"},
                      {"key", key},
                      {"prompt", texts->prompt},
                      {"expects", texts->expects},
                      {"reference", texts->reference},
                      {"conversation", conversation_json(texts->conversation)},
                      {"answer", evaluated_answer_json(*answer)}});
}

/// Why nothing may be written here; nothing: it may.
std::optional<HttpAnswer> unwritable(const EvalAccess& access, const HttpRequest& request) {
  if (!access.has_token) {
    return answer_of({403,
                      "forbidden",
                      "this server was started without a token, so it only shows",
                      "Authorization",
                      "rigwise serve --token-env VAR, with a secret of 16 characters or more in VAR",
                      {}});
  }
  const std::string_view type = request.field("Content-Type").value_or("");
  if (!same_ignoring_case(trim(type.substr(0, type.find(';'))), "application/json")) {
    return answer_of(
        {415, "unsupported_media_type", "a request is JSON", "Content-Type", "Content-Type: application/json", {}});
  }
  return std::nullopt;
}

struct ReviewRequest {
  std::string run;
  ReviewDecision decision;
};

Result<ReviewRequest> read_review(const std::string& body) {
  const Result<Json> json = parse_json(body);
  if (!json) return fail(json.error());
  ObjectReader reader(*json, "");
  ReviewRequest read;
  read.run = reader.required_text("run", "an id or a label of /api/v1/eval/runs");
  read.decision.work_key = reader.required_text("key", "a key of /api/v1/eval/review");
  read.decision.who = std::string(trim(reader.required_text("who", "your name")));
  if (read.decision.who.empty()) {
    reader.refuse({ErrorCode::invalid_input, "nobody is named who decides", "who", "your name", {}});
  }
  read.decision.note = reader.text("note").value_or("");
  constexpr double kMostMs = 9e15;
  read.decision.seen_ms = static_cast<std::int64_t>(reader.number("seen_ms", 0, kMostMs).value_or(0));
  std::vector<std::string> texts;
  if (const Json* grades = reader.raw("grades"); grades != nullptr && grades->is_array()) {
    texts.reserve(grades->size());
    for (const Json& grade : *grades) texts.push_back(grade.dump());
  }
  const Result<std::array<int, 3>> grades = grades_of_text(join(texts, ","));
  if (grades) {
    read.decision.grades = *grades;
  } else {
    Error fault = grades.error();
    fault.where = "grades";
    fault.message = "three grades of 0, 1 or 2 are expected";
    fault.try_this = "correctness, completeness, quality, each 0 fail, 1 acceptable or 2 good: [2, 1, 2]";
    reader.refuse(std::move(fault));
  }
  if (std::optional<Error> fault = reader.done()) return fail(std::move(*fault));
  return read;
}

HttpAnswer meanwhile(const ReviewCase& one) {
  const std::string who = one.who.empty() ? "somebody" : one.who;
  return answer_of({409,
                    "conflict",
                    who + " has graded this answer meanwhile: " + one.verdict,
                    "key",
                    "look at that verdict; the same with seen_ms " + std::to_string(one.decided_ms) + " replaces it",
                    {}});
}

HttpAnswer decide(const EvalAccess& access, const HttpRequest& request) {
  const Result<ReviewRequest> read = read_review(request.body);
  if (!read) return refused(read.error());
  const auto ledger = opened(access);
  if (!ledger) return refused(ledger.error());
  if ((*ledger)->database().is_read_only()) {
    return answer_of({403,
                      "forbidden",
                      "the served store may only be read",
                      "--store",
                      "rigwise serve by who may write the store",
                      {}});
  }
  const auto ids = runs_called(**ledger, read->run);
  if (!ids) return refused(ids.error());
  auto in_the_way = decide_seen_case(**ledger, ids->front(), read->decision);
  // A label may mean several runs; the case is one's.
  for (std::size_t i = 1; i < ids->size(); ++i) {
    if (in_the_way || in_the_way.error().code != ErrorCode::not_found) break;
    in_the_way = decide_seen_case(**ledger, (*ids)[i], read->decision);
  }
  if (!in_the_way) return refused(in_the_way.error());
  if (*in_the_way) return meanwhile(**in_the_way);
  const Result<Json> cases = cases_of(**ledger, read->run, read->decision.work_key);
  if (!cases) return refused(cases.error());
  return json_answer({{"schema", "rigwise.eval_review/1"}, {"run", read->run}, {"cases", *cases}});
}

HttpAnswer save(const EvalAccess& access, const HttpRequest& request) {
  if (access.tasks_folder.empty()) {
    return answer_of({403,
                      "forbidden",
                      "this server was started without a folder for tasks",
                      "--tasks",
                      "rigwise serve --tasks DIR",
                      {}});
  }
  const Result<Json> json = parse_json(request.body);
  if (!json) return refused(json.error());
  const Result<TaskDraft> draft = task_draft_of(*json);
  if (!draft) return refused(draft.error());
  const Result<TaskSaving> saving = save_task(access.tasks_folder, *draft);
  if (!saving) return refused(saving.error());
  if (!saving->faults.empty()) {
    const Diagnostic& fault = saving->faults.front();
    return answer_of({400, "invalid_input", fault.message, fault.key, fault.try_this, {}});
  }
  if (saving->is_taken) {
    return answer_of({409, "conflict", "there is a task " + draft->id + " already", "id", "another slug", {}});
  }
  return json_answer({{"schema", "rigwise.eval_task_saved/1"}, {"id", draft->id}, {"file", saving->file}}, 201);
}

/// A place of this part of the API.
struct EvalPlace {
  std::string_view name;
  std::string_view summary;
  std::string_view schema;  ///< of its answer
  HttpAnswer (*read)(const EvalAccess&, const RequestTarget&) = nullptr;
  HttpAnswer (*write)(const EvalAccess&, const HttpRequest&) = nullptr;
  std::string_view write_summary, write_request, write_schema;
  std::size_t most_body_bytes = 0;
  std::vector<std::string_view> parameters;
};

const std::vector<EvalPlace>& places() {
  static const std::vector<EvalPlace> kPlaces = {
      {"runs", "the runs of the served store, the newest first", "eval_runs", runs, nullptr, "", "", "", 0, {}},
      {"results",
       "a run as a result set, without the answers' texts",
       "eval_results",
       results,
       nullptr,
       "",
       "",
       "",
       0,
       {"run"}},
      {"answer",
       "one answer with its task, its checks and what judges said",
       "eval_answer",
       one_answer,
       nullptr,
       "",
       "",
       "",
       0,
       {"run", "key"}},
      {"review",
       "what a person should look at, decided or not",
       "eval_review",
       review_list,
       decide,
       "a person's grades of an answer; needs a token",
       "eval_review.request",
       "eval_review",
       kReviewBytes,
       {"run"}},
      {"tasks",
       "",
       "",
       nullptr,
       save,
       "a new task, as a file of the served folder; needs a token",
       "eval_task.request",
       "eval_task_saved",
       kTaskBytes,
       {}},
  };
  return kPlaces;
}

const EvalPlace* place_at(const RequestTarget& target) {
  if (!EvalApi::takes(target)) return nullptr;
  const std::string_view name = std::string_view(target.path).substr(kRoot.size());
  for (const EvalPlace& place : places()) {
    if (place.name == name) return &place;
  }
  return nullptr;
}

Json content(std::string_view media_type, std::string_view component) {
  const std::string reference = "#/components/schemas/" + std::string(component);
  return {{"content", {{std::string(media_type), {{"schema", {{"$ref", reference}}}}}}}};
}

Json described(std::string_view description, Json with) {
  with["description"] = description;
  return with;
}

Json operation(const std::string& id, std::string_view summary, const char* status, std::string_view schema) {
  return {{"operationId", id},
          {"summary", summary},
          {"responses",
           {{status, described(summary, content("application/json", schema))},
            {"default", described("a refusal", content("application/problem+json", "problem"))}}}};
}

}  // namespace

EvalApi::EvalApi(EvalAccess access) : access_(std::move(access)) {}

bool EvalApi::takes(const RequestTarget& target) { return target.path.starts_with(kRoot); }

std::string_view EvalApi::label_of(const RequestTarget& target) {
  const EvalPlace* place = place_at(target);
  return place == nullptr ? "unknown" : place->name;
}

std::size_t EvalApi::most_body_bytes(const RequestTarget& target) {
  const EvalPlace* place = place_at(target);
  return place == nullptr ? 0 : place->most_body_bytes;
}

HttpAnswer EvalApi::answer(const HttpRequest& request, const RequestTarget& target) const {
  const EvalPlace* place = place_at(target);
  if (place == nullptr) {
    std::vector<std::string> names;
    for (const EvalPlace& each : places()) names.emplace_back(each.name);
    const std::string wanted = target.path.substr(kRoot.size());
    return answer_of({404, "not_found", "evaluations have no \"" + wanted + "\"", "target",
                      "one of: " + join(names, ", "), nearest_names(wanted, names)});
  }
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (reads && place->read != nullptr) return place->read(access_, target);
  if (request.method == "POST" && place->write != nullptr) {
    if (auto refusal = unwritable(access_, request)) return std::move(*refusal);
    return place->write(access_, request);
  }
  const bool reads_here = place->read != nullptr, writes_here = place->write != nullptr;
  return method_refusal(request.method, reads_here && writes_here ? "GET, HEAD, POST"
                                        : reads_here              ? "GET, HEAD"
                                                                  : "POST");
}

Json EvalApi::paths() {
  Json paths = Json::object();
  for (const EvalPlace& place : places()) {
    Json path = Json::object();
    const std::string id = "eval_" + std::string(place.name);
    if (place.read != nullptr) {
      Json get = operation(id, place.summary, "200", place.schema);
      for (const std::string_view name : place.parameters) {
        get["parameters"].push_back(
            {{"name", name}, {"in", "query"}, {"required", name == "key"}, {"schema", {{"type", "string"}}}});
      }
      path["get"] = std::move(get);
    }
    if (place.write != nullptr) {
      Json post =
          operation(id + "_write", place.write_summary, place.write == save ? "201" : "200", place.write_schema);
      post["requestBody"] = content("application/json", place.write_request);
      post["requestBody"]["required"] = true;
      post["security"] = Json::array({Json{{"token", Json::array()}}});
      path["post"] = std::move(post);
    }
    paths[std::string(kRoot) + std::string(place.name)] = std::move(path);
  }
  return paths;
}

}  // namespace rigwise
