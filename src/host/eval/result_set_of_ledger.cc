#include "host/eval/result_set_of_ledger.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <map>
#include <set>

#include "codec/canonical_json.h"
#include "codec/judge_reply.h"
#include "codec/result_set_words.h"
#include "core/base/text.h"
#include "host/eval/demo_record.h"
#include "host/eval/heard_judgements.h"
#include "host/eval/judge_prompt.h"
#include "host/eval/review_queue.h"
#include "host/eval/said_answer.h"

namespace rigwise {
namespace {

/// Judgements are found by the answer's text, which no index of the table knows: SQLite makes one for each page.
constexpr std::int64_t kPage = 10'000;
constexpr double kNanosecond = 1e-9;

std::string utc_text(std::int64_t ms) {
  using namespace std::chrono;
  const sys_time<milliseconds> at{milliseconds(ms)};
  const year_month_day day{floor<days>(at)};
  const hh_mm_ss time{floor<seconds>(at) - floor<days>(at)};
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(day.year()),
                static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return text;
}

std::optional<std::string> known(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

/// JSON that our own program wrote; an object without keys where it is none.
Json object_in(const std::string& text) {
  Json json = Json::parse(text, nullptr, false);
  return json.is_object() ? json : Json::object();
}

std::string text_at(const Json& object, const char* key) {
  return object.contains(key) && object[key].is_string() ? object[key].get<std::string>() : std::string();
}

/// One run's rows on their way into a set.
class Reader {
 public:
  Reader(Ledger& ledger, const LedgerReading& reading) : ledger_(ledger), reading_(reading) {}

  Result<ResultSet> run(const std::string& id) {
    set_ = {};
    id_ = id;
    for (const auto step :
         {&Reader::read_run, &Reader::read_conversations, &Reader::read_tasks, &Reader::read_models,
          &Reader::read_identical, &Reader::read_all_heard, &Reader::read_items, &Reader::read_judging}) {
      if (Result<void> done = (this->*step)(); !done) return fail(done.error());
    }
    for (const auto& [state, count] : unfinished_) {
      set_.excluded.push_back(
          {"answer", std::to_string(count) + (count == 1 ? " item" : " items"), "not done yet: " + state});
    }
    put_in_order(set_);
    return std::move(set_);
  }

  Result<EvaluatedAnswer> one(const std::string& id, const std::string& work_key) {
    set_ = {};
    id_ = id;
    for (const auto step : {&Reader::read_conversations, &Reader::read_tasks, &Reader::read_models}) {
      if (Result<void> done = (this->*step)(); !done) return fail(done.error());
    }
    if (Result<void> done = read_heard(work_key); !done) return fail(done.error());
    // Pages begin after a key: the longest beginning of this one comes before it, and hardly any other.
    const Result<std::string> last = read_page(work_key.substr(0, work_key.size() - 1), 1, work_key);
    if (!last) return fail(last.error());
    if (work_key.empty() || set_.answers.empty()) {
      return fail({ErrorCode::not_found,
                   "the run has no answer of the key \"" + work_key + "\"",
                   "key",
                   "a key of its results or of its review queue",
                   {}});
    }
    return std::move(set_.answers.front());
  }

 private:
  Result<SqlRows> ask(std::string_view statement, const std::vector<SqlValue>& values) {
    return ledger_.database().run(statement, values);
  }

  Result<void> read_run() {
    const auto rows =
        ask("SELECT label, spec, code_version, host, started_ms, spent_nano, doubtful_nano FROM run WHERE "
            "id = $1",
            {id_});
    if (!rows) return fail(rows.error());
    const SqlRow& row = rows->at(0);
    const Json spec = object_in(row.text(1));
    set_.run.id = id_;
    set_.run.label = row.text(0);
    set_.run.code_version = row.text(2);
    set_.run.host = row.text(3);
    set_.run.started = utc_text(row.integer(4));
    set_.money.spent_nano = row.integer(5);
    set_.money.doubtful_nano = row.integer(6);
    for (auto at = spec.begin(); at != spec.end(); ++at) {
      if (at.key() == "label" || at.key() == "models" || at.key() == "protocol" || at->is_null()) continue;
      set_.run.settings.emplace_back(at.key(), at->is_string() ? at->get<std::string>() : canonical_json(*at));
    }
    if (spec.contains("protocol") && spec["protocol"].is_number_integer()) {
      set_.run.protocol = spec["protocol"].get<int>();
    }
    set_.run.is_demo = text_at(spec, "endpoint") == kDemoEndpoint;
    return {};
  }

  Result<void> read_conversations() {
    Result<std::string> revisions = conversation_revisions(ledger_);
    if (!revisions) return fail(revisions.error());
    conversations_ = std::move(*revisions);
    return {};
  }

  /// Read at once: judgements are found by what an answer says, which no page of keys narrows.
  Result<void> read_heard(const std::string& only) {
    auto heard = heard_judgements(ledger_, {id_, conversations_, only, true});
    if (!heard) return fail(heard.error());
    heard_ = std::move(*heard);
    return {};
  }
  Result<void> read_all_heard() { return read_heard(""); }

  /// How many answers of the store one decision of a person serves.
  Result<void> read_identical() {
    const auto cases = review_cases(ledger_, id_, ReviewWanted::all);
    if (!cases) return fail(cases.error());
    for (const ReviewCase& one : *cases) {
      for (const std::string& key : one.same) identical_[key] = static_cast<int>(one.same.size());
    }
    return {};
  }

  Result<void> read_tasks() {
    const auto rows =
        ask("SELECT t.sha256, t.task_id, t.role, t.category, t.kind, t.lang, t.family, t.spec FROM task_rev "
            "t WHERE t.sha256 IN (SELECT i.task_rev FROM run_item r JOIN item i ON i.work_key = "
            "r.work_key WHERE r.run = $1) ORDER BY t.task_id, t.sha256",
            {id_});
    if (!rows) return fail(rows.error());
    Json revisions = Json::array();
    for (const SqlRow& row : *rows) {
      const Result<std::string> spec = ledger_.blob(row.text(7));
      if (!spec) return fail(spec.error());
      EvaluatedTask task{row.text(1), row.text(0), row.text(2), row.text(3),
                         row.text(6), row.text(4), row.text(5), 0.6};
      const Json record = object_in(*spec);
      if (record.contains("pass") && record["pass"].is_number()) task.pass_mark = record["pass"].get<double>();
      revisions.push_back(task.rev);
      task_of_[task.rev] = task.id;
      const auto at = std::find_if(set_.tasks.begin(), set_.tasks.end(), [&](auto& t) { return t.id == task.id; });
      if (at != set_.tasks.end()) {  // a run whose tasks changed half way
        set_.excluded.push_back({"task", task.id, "two revisions in one run: answers to " + task.rev.substr(0, 12)});
        task_of_.erase(task.rev);
        continue;
      }
      set_.tasks.push_back(std::move(task));
    }
    set_.run.task_set = content_key(revisions);
    return {};
  }

  Result<void> read_models() {
    const auto rows =
        ask("SELECT DISTINCT m.sha256, m.requested, m.family, m.provider, m.quantisation, m.weights_digest, m.server, "
            "m.memory_gb, i.endpoint FROM run_item r JOIN item i ON i.work_key = r.work_key JOIN model_ref m ON "
            "m.sha256 = i.model_ref WHERE r.run = $1 ORDER BY m.sha256",
            {id_});
    if (!rows) return fail(rows.error());
    std::map<std::string, std::string> shapes;
    if (set_.run.is_demo) {
      const Result<std::vector<StandIn>> stand_ins = read_stand_ins(bundled_files());
      if (!stand_ins) return fail(stand_ins.error());
      for (const StandIn& one : *stand_ins) shapes[one.name] = one.shape;
    }
    std::map<std::string, int> namesakes;
    for (const SqlRow& row : *rows) ++namesakes[row.text(1)];
    for (const SqlRow& row : *rows) {
      EvaluatedModel model;
      model.requested = row.text(1);
      model.family = row.text(2);
      model.provider = known(row.text(3));
      model.quantisation = known(row.text(4));
      model.digest = known(row.text(5));
      model.server = known(row.text(6));
      model.memory_gb = row.maybe_real(7);
      model.endpoint = known(row.text(8));
      model.catalog_id = known(shapes[model.requested]);
      model.id = model.requested + (model.quantisation ? ":" + *model.quantisation : "");
      if (namesakes[model.requested] > 1)
        model.id += "@" + model.endpoint.value_or("") + "#" + row.text(0).substr(0, 8);
      model_of_[row.text(0)] = model.id;
      set_.models.push_back(std::move(model));
    }
    return {};
  }

  Result<void> read_items() {
    std::string after;
    for (;;) {
      Result<std::string> last = read_page(after, kPage, "");
      if (!last) return fail(last.error());
      if (last->empty()) return {};
      after = std::move(*last);
    }
  }

  /// Items after a key, or the one of `only`; gives the last key, empty when there are none.
  Result<std::string> read_page(const std::string& after, std::int64_t most, const std::string& only) {
    const auto rows =
        ask("SELECT i.work_key, i.task_rev, i.model_ref, i.sample_no, i.state, i.outcome, i.chosen, a.answer, "
            "a.cost_source, a.total_ns, a.first_token_ns, a.prompt_tokens, a.cached_tokens, a.completion_tokens, "
            "a.reasoning_tokens, (SELECT COUNT(*) FROM attempt b WHERE b.work_key = i.work_key), "
            // What failed attempts cost says nothing of an answer whose own cost nobody knows.
            "CASE WHEN i.chosen IS NOT NULL AND a.cost_nano IS NULL THEN NULL ELSE (SELECT SUM(c.cost_nano) FROM "
            "attempt c WHERE c.work_key = i.work_key) END FROM run_item r JOIN item i ON i.work_key = r.work_key LEFT "
            "JOIN attempt a ON a.id = i.chosen WHERE r.run = $1 AND r.work_key > $2 AND ($3 = '' OR r.work_key = $3) "
            "ORDER BY r.work_key LIMIT $4",
            {id_, after, only, most});
    if (!rows) return fail(rows.error());
    if (rows->empty()) return std::string();
    std::string last = rows->at(rows->size() - 1).text(0);
    std::map<std::string, EvaluatedAnswer> answers;
    std::map<std::string, Accepted> accepted;
    for (const SqlRow& row : *rows) {
      if (Result<void> done = add_item(row, answers, accepted); !done) return fail(done.error());
    }
    for (const auto step : {&Reader::add_checks, &Reader::add_reviews}) {
      if (Result<void> done = (this->*step)(after, last, answers, accepted); !done) return fail(done.error());
    }
    add_judgements(answers);
    for (auto& [key, answer] : answers) set_.answers.push_back(std::move(answer));
    return last;
  }

  struct Accepted {
    std::string attempt, answer;
    std::string scorer;  ///< whose checks have been taken
  };
  using Answers = std::map<std::string, EvaluatedAnswer>;
  using Accepts = std::map<std::string, Accepted>;

  Result<void> add_item(const SqlRow& row, Answers& answers, Accepts& accepted) {
    const std::string state = row.text(4);
    const std::optional<Outcome> outcome = outcome_of_name(row.text(5));
    const auto task = task_of_.find(row.text(1));
    const auto model = model_of_.find(row.text(2));
    if (task == task_of_.end() || model == model_of_.end()) return {};
    const bool given_up = state == item_state_name(ItemState::failed_infra);
    const bool has_answer = outcome && !row.text(6).empty();
    const bool waits = state == "planned" || state == "leased" || state == "sent" || state == "retry_wait" ||
                       state == "parked" || state == "in_doubt";
    if (waits || (!given_up && !has_answer)) {
      ++unfinished_[state];
      return {};
    }
    EvaluatedAnswer answer;
    answer.task = task->second;
    answer.model = model->second;
    answer.sample = static_cast<int>(row.integer(3));
    answer.outcome = outcome.value_or(Outcome::infra_error);
    answer.attempts = static_cast<int>(row.integer(15));
    answer.cost_nano = row.maybe_integer(16);
    answer.cost_source = known(row.text(8));
    const auto seconds = [&](std::size_t column) {
      const auto ns = row.maybe_integer(column);
      return ns ? std::optional<double>(static_cast<double>(*ns) * kNanosecond) : std::nullopt;
    };
    answer.total_s = seconds(9);
    answer.first_token_s = seconds(10);
    answer.tokens = {row.maybe_integer(11), row.maybe_integer(12), row.maybe_integer(13), row.maybe_integer(14)};
    if (reading_.with_text && !row.text(7).empty()) {
      Result<std::string> text = ledger_.blob(row.text(7));
      if (!text) return fail(text.error());
      answer.text = std::move(*text);
    }
    accepted[row.text(0)] = {row.text(6), row.text(7), ""};
    answer.key = row.text(0);
    answers[row.text(0)] = std::move(answer);
    return {};
  }

  Result<void> add_checks(const std::string& after, const std::string& last, Answers& answers, Accepts& accepted) {
    const auto rows =
        ask("SELECT c.work_key, c.check_id, c.scorer, c.attempt, c.value, c.applicable, c.evidence FROM "
            "run_item r JOIN check_result c ON c.work_key = r.work_key WHERE r.run = $1 AND r.work_key > "
            "$2 AND r.work_key <= $3 ORDER BY c.work_key, c.scorer DESC, c.check_id",
            {id_, after, last});
    if (!rows) return fail(rows.error());
    for (const SqlRow& row : *rows) {
      const auto at = answers.find(row.text(0));
      if (at == answers.end()) continue;
      Accepted& of = accepted[row.text(0)];
      if (row.text(3) != of.attempt || (!of.scorer.empty() && of.scorer != row.text(2))) continue;
      of.scorer = row.text(2);
      const Json evidence = object_in(row.text(6));
      if (row.text(1) == "score") {
        add_score(row, evidence, at->second);
      } else {
        AnswerCheck check;
        check.name = text_at(evidence, "name");
        check.type = text_at(evidence, "type");
        if (check.name.empty()) check.name = row.text(1);
        check.part = score_part_of_name(text_at(evidence, "part")).value_or(ScorePart::content);
        check.value = row.maybe_real(4).value_or(0);
        check.applicable = row.integer(5) != 0;
        check.evidence = evidence.contains("note") ? text_at(evidence, "note") : row.text(6);
        at->second.checks.push_back(std::move(check));
      }
    }
    return {};
  }

  static void add_score(const SqlRow& row, const Json& evidence, EvaluatedAnswer& answer) {
    if (row.integer(5) != 0) answer.score = std::clamp(row.maybe_real(4).value_or(0), 0.0, 1.0);
    answer.capped = evidence.contains("capped") && evidence["capped"] == true;
    if (!evidence.contains("parts") || !evidence["parts"].is_array()) return;
    for (const Json& part : evidence["parts"]) {
      if (!part.is_object() || !part.contains("value") || !part.contains("weight")) continue;
      answer.parts.push_back({score_part_of_name(text_at(part, "part")).value_or(ScorePart::content),
                              part["value"].get<double>(), part["weight"].get<double>()});
    }
  }

  void add_judgements(Answers& answers) const {
    for (auto& [key, answer] : answers) {
      auto at = std::lower_bound(heard_.begin(), heard_.end(), key,
                                 [](const HeardJudgement& one, const std::string& k) { return one.work_key < k; });
      for (; at != heard_.end() && at->work_key == key; ++at) answer.judgements.push_back(opinion_of(*at));
    }
  }

  static JudgeOpinion opinion_of(const HeardJudgement& one) {
    JudgeOpinion opinion;
    opinion.judge = one.judge;
    opinion.family = one.family;
    opinion.repeat = one.repeat;
    opinion.cost_nano = one.cost_nano;
    Result<JudgeVerdict> verdict = parse_judge_reply(one.verdict);
    if (one.is_done && verdict) {
      opinion.verdict = std::move(*verdict);
    } else {
      opinion.error = one.is_done ? verdict.error().message : "its reply could not be read, after one repair";
    }
    return opinion;
  }

  /// What judging cost, and how judges did on the answers whose worth is known: those have numbers below 0.
  Result<void> read_judging() {
    const auto rows =
        ask("SELECT m.requested, j.repeat_no, j.state, j.verdict, j.cost_nano FROM run_item r JOIN judge_item j ON "
            "j.work_key = r.work_key JOIN model_ref m ON m.sha256 = j.model_ref WHERE r.run = $1",
            {id_});
    if (!rows) return fail(rows.error());
    std::map<std::pair<std::string, Canary>, CanaryCount> counts;
    for (const SqlRow& row : *rows) {
      set_.money.judges_nano += row.maybe_integer(4).value_or(0);
      const std::optional<Canary> canary = canary_of_number(row.integer(1));
      if (!canary || (row.text(2) != "done" && row.text(2) != "error")) continue;
      CanaryCount& count = counts[{row.text(0), *canary}];
      count.judge = row.text(0);
      count.kind = canary_name(*canary);
      ++count.tried;
      const Result<JudgeVerdict> verdict = parse_judge_reply(row.text(3));
      count.passed += verdict && canary_passes(*canary, *verdict) ? 1 : 0;
    }
    for (auto& [key, count] : counts) set_.canaries.push_back(std::move(count));
    set_.money.spent_nano += set_.money.judges_nano;  // the run's own figure is of attempts alone
    return {};
  }

  Result<void> add_reviews(const std::string& after, const std::string& last, Answers& answers, Accepts&) {
    const auto rows =
        ask("SELECT v.work_key, v.reason, v.verdict, v.who, v.note FROM run_item r JOIN review v ON "
            "v.work_key = r.work_key WHERE r.run = $1 AND r.work_key > $2 AND r.work_key <= $3 ORDER BY "
            "v.work_key, v.reason",
            {id_, after, last});
    if (!rows) return fail(rows.error());
    for (const SqlRow& row : *rows) {
      const auto at = answers.find(row.text(0));
      if (at == answers.end()) continue;
      if (!at->second.review) at->second.review = AnswerReview{};
      AnswerReview& review = *at->second.review;
      const auto same = identical_.find(row.text(0));
      if (same != identical_.end()) review.identical = same->second;
      review.reasons.push_back(row.text(1));
      if (row.text(2).empty()) continue;
      review.who = row.text(3);
      review.note = row.text(4);
      if (const auto grades = grades_in(row.text(2))) review.grades = grades;
    }
    return {};
  }

  /// A person's grades: [2, 1, 2], or an object by criterion whose values are grades or have a "score".
  static std::optional<std::array<int, 3>> grades_in(const std::string& text) {
    const Json json = Json::parse(text, nullptr, false);
    std::array<int, 3> grades = {};
    for (std::size_t i = 0; i < grades.size(); ++i) {
      const std::string name(kCriterionNames[i]);
      Json value;
      if (json.is_array() && json.size() == grades.size()) value = json[i];
      if (json.is_object() && json.contains(name)) value = json[name];
      if (value.is_object() && value.contains("score")) value = Json(value["score"]);
      if (!value.is_number_integer() || value < 0 || value > kBestGrade) return std::nullopt;
      grades[i] = value.get<int>();
    }
    return grades;
  }

  Ledger& ledger_;
  const LedgerReading& reading_;
  std::string id_;
  ResultSet set_;
  std::map<std::string, std::string> task_of_, model_of_;  ///< by hash
  std::map<std::string, int> unfinished_;                  ///< by state
  std::map<std::string, int> identical_;                   ///< by key, of what a person was asked about
  std::string conversations_;
  std::vector<HeardJudgement> heard_;  ///< in order of key
};

}  // namespace

Result<std::vector<std::string>> runs_called(Ledger& ledger, const std::string& name) {
  const auto rows = ledger.database().run("SELECT id, label FROM run ORDER BY started_ms, id");
  if (!rows) return fail(rows.error());
  if (rows->empty()) return fail({ErrorCode::not_found, "the store has no run yet", "--run", "rigwise eval run", {}});
  std::string label = name;
  if (name.empty()) {
    label = rows->back().text(1);
    if (label.empty()) return std::vector<std::string>{rows->back().text(0)};
  }
  std::vector<std::string> ids, beginning, names;
  for (const SqlRow& row : *rows) {
    if (row.text(0) == name) return std::vector<std::string>{name};
    if (row.text(1) == label) ids.push_back(row.text(0));
    if (row.text(0).starts_with(label)) beginning.push_back(row.text(0));
    const std::string& called = row.text(1).empty() ? row.text(0) : row.text(1);
    if (std::find(names.begin(), names.end(), called) == names.end()) names.push_back(called);
  }
  if (!ids.empty()) return ids;
  if (beginning.size() == 1) return beginning;
  if (beginning.size() > 1) {
    return fail({ErrorCode::ambiguous, "several runs begin with \"" + name + "\"", "--run",
                 "one of: " + join(beginning, ", "), beginning});
  }
  return fail({ErrorCode::not_found, "no run of the store is called \"" + name + "\"", "--run",
               "one of: " + join(names, ", "), nearest_names(name, names)});
}

Result<std::string> newest_run_note(Ledger& ledger, const std::vector<std::string>& ids) {
  const auto rows = ledger.database().run("SELECT id, label FROM run");
  if (!rows) return fail(rows.error());
  if (rows->size() <= ids.size() || ids.empty()) return std::string();
  std::string words = "run " + ids.back();
  for (const SqlRow& row : *rows) {
    if (row.text(0) == ids.back() && !row.text(1).empty()) words = "run " + row.text(1);
  }
  return words + ", the newest of " + std::to_string(rows->size()) + " in the store; --run names another";
}

Result<EvaluatedAnswer> answer_of_ledger(Ledger& ledger, const std::string& run, const std::string& work_key) {
  const Result<std::vector<std::string>> runs = runs_called(ledger, run);
  if (!runs) return fail(runs.error());
  const LedgerReading reading{run, true};
  Result<EvaluatedAnswer> answer = Reader(ledger, reading).one(runs->front(), work_key);
  for (std::size_t i = 1; !answer && i < runs->size(); ++i) answer = Reader(ledger, reading).one((*runs)[i], work_key);
  return answer;
}

bool is_demo_spec(const std::string& spec) { return text_at(object_in(spec), "endpoint") == kDemoEndpoint; }

Result<bool> is_demo_run(Ledger& ledger, const std::string& run) {
  const auto rows = ledger.database().run("SELECT spec FROM run WHERE id = $1", {run});
  if (!rows) return fail(rows.error());
  return !rows->empty() && is_demo_spec(rows->at(0).text(0));
}

Result<ResultSet> result_set_of_ledger(Ledger& ledger, const LedgerReading& reading) {
  const Result<std::vector<std::string>> runs = runs_called(ledger, reading.run);
  if (!runs) return fail(runs.error());
  std::vector<ResultSet> sets;
  for (const std::string& id : *runs) {
    Result<ResultSet> set = Reader(ledger, reading).run(id);
    if (!set) return set;
    sets.push_back(std::move(*set));
  }
  return sets.size() == 1 ? std::move(sets.front()) : joined(std::move(sets));
}

}  // namespace rigwise
