#include "host/eval/eval_plan.h"

#include <unistd.h>

#include <algorithm>

#include "codec/canonical_json.h"
#include "host/eval/work_key.h"

namespace rigwise {
namespace {

std::string host_name() {
  char name[256] = {};
  gethostname(name, sizeof name - 1);
  return name;
}

template <class T>
Json known_value(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

int samples_of(const RunChoice& choice, const EvalTask& task) { return choice.samples.value_or(task.sampling.n); }

/// What makes two runs the same: not the tasks, so that a corrected task belongs to the run it was corrected for.
Json run_spec(const RunChoice& choice, const EvalEndpoint& endpoint) {
  Json models = Json::array();
  for (const EvalModel& model : choice.models) models.push_back(model.ref.sha256);
  std::sort(models.begin(), models.end());
  return {{"context", known_value(choice.sampling.context)},
          {"endpoint", endpoint.id},
          {"label", choice.label},
          {"max_tokens", known_value(choice.sampling.max_tokens)},
          {"models", models},
          {"protocol", kProtocolVersion},
          {"reasoning_effort", choice.sampling.reasoning_effort},
          {"samples", known_value(choice.samples)},
          {"seed", choice.sampling.seed ? Json(std::to_string(*choice.sampling.seed)) : Json(nullptr)},
          {"temperature", known_value(choice.sampling.temperature)},
          {"top_k", known_value(choice.sampling.top_k)},
          {"top_p", known_value(choice.sampling.top_p)}};
}

/// A task's question for one model, with the parts of the key that all samples share.
void add_items(EvalPlan& plan, const RunChoice& choice, const EvalTask& task, const std::string& messages,
               const EvalModel& model, std::int64_t priority) {
  ChatRequest request = first_request(task, model.name, choice.sampling, 0);
  const std::string sampling = sampling_text(request);
  for (int sample = 0; sample < samples_of(choice, task); ++sample) {
    if (choice.sampling.seed) request.seed = *choice.sampling.seed + sample;
    WorkItem item;
    item.work_key = work_key({task.rev, model.ref.sha256, messages, sample}, request);
    item.task_rev = task.rev;
    item.model_ref = model.ref.sha256;
    item.endpoint = plan.endpoint.id;
    item.sampling = choice.sampling.seed ? sampling_text(request) : sampling;
    item.sample_no = sample;
    item.protocol = kProtocolVersion;
    item.priority = priority;
    plan.items.push_back(std::move(item));
  }
}

}  // namespace

EvalPlan plan_run(const RunChoice& choice, const EvalEndpoint& endpoint, const std::string& code_version) {
  EvalPlan plan;
  const Json spec = run_spec(choice, endpoint);
  plan.run.id = content_key(spec).substr(0, 16);
  plan.run.label = choice.label;
  plan.run.spec = canonical_json(spec);
  plan.run.code_version = code_version;
  plan.run.host = host_name();
  plan.run.budget_nano = choice.budget_nano;
  plan.endpoint = {endpoint.id, std::string(dialect_name(endpoint.chat.dialect)), endpoint.chat.base_url, {}};
  for (const EvalTask& task : choice.tasks) {
    plan.task_of[task.rev] = &task;
    const std::string messages = messages_hash(first_request(task, "", choice.sampling, 0).messages);
    for (std::size_t m = 0; m < choice.models.size(); ++m) {
      plan.model_of[choice.models[m].ref.sha256] = &choice.models[m];
      const auto priority = endpoint.is_local ? static_cast<std::int64_t>(m) : 0;
      add_items(plan, choice, task, messages, choice.models[m], priority);
    }
  }
  return plan;
}

bool is_finished_state(const std::string& state) {
  return state == "answered" || state == "checked" || state == "judging" || state == "done" || state == "needs_review";
}

Result<std::map<std::string, std::string>> known_items(Ledger& ledger, const EvalPlan& plan) {
  const auto rows = ledger.database().run(
      "SELECT i.work_key, i.state FROM run_item r JOIN item i ON i.work_key = r.work_key WHERE r.run = $1",
      {plan.run.id});
  if (!rows) return fail(rows.error());
  std::map<std::string, std::string> known;
  for (const SqlRow& row : *rows) known.emplace(row.text(0), row.text(1));
  return known;
}

PlanFigures figures_of(const EvalPlan& plan, const RunChoice& choice, const std::map<std::string, std::string>& known) {
  PlanFigures figures;
  figures.items = static_cast<std::int64_t>(plan.items.size());
  std::map<std::string, PlanFigures::OfModel> models;
  std::map<std::string, ConversationSize> sizes;  // by task: the same for every model
  bool all_priced = true;
  std::int64_t cost = 0;
  for (const EvalModel& model : choice.models) models[model.ref.sha256] = {model.name, 0, {}};
  for (const WorkItem& item : plan.items) {
    const auto state = known.find(item.work_key);
    if (state != known.end() && is_finished_state(state->second)) {
      ++figures.finished;
      continue;
    }
    auto [size, is_new] = sizes.try_emplace(item.task_rev);
    const EvalTask& task = *plan.task_of.at(item.task_rev);
    if (is_new) size->second = most_of_conversation(task, first_request(task, "", choice.sampling, 0));
    figures.requests += 1 + static_cast<std::int64_t>(task.turns.size());
    figures.requests_most += size->second.requests;
    figures.prompt_tokens += size->second.prompt_tokens;
    figures.output_tokens += size->second.output_tokens;
    PlanFigures::OfModel& of_model = models[item.model_ref];
    ++of_model.items;
    const auto& price = plan.model_of.at(item.model_ref)->price;
    all_priced = all_priced && price.has_value();
    if (!price) continue;
    const std::int64_t nano = most_cost_nano(size->second.prompt_tokens, size->second.output_tokens, *price);
    of_model.cost_nano = of_model.cost_nano.value_or(0) + nano;
    cost += nano;
  }
  if (all_priced) figures.cost_nano = cost;
  for (const EvalModel& model : choice.models) figures.models.push_back(models[model.ref.sha256]);
  return figures;
}

Json task_record(const EvalTask& task) {
  return {{"category", task.category},
          {"difficulty", task.difficulty},
          {"expects", task.expects},
          {"family", task.family},
          {"id", task.id},
          {"images", task.images.size()},
          {"kind", task_kind_name(task.kind)},
          {"lang", task.lang},
          {"license", task.license},
          {"pass", task.pass},
          {"prompt", task.prompt},
          {"reference", task.reference},
          {"role", task.role},
          {"score",
           {{"cap", task.cap},
            {"compile", task.weights.compile},
            {"completeness", task.weights.completeness},
            {"content", task.weights.content}}},
          {"title", task.title},
          {"turns", task.turns}};
}

Result<Ledger::Planned> put_plan(Ledger& ledger, const EvalPlan& plan, const RunChoice& choice,
                                 const std::map<std::string, std::string>& known) {
  Ledger::Planned planned;
  std::vector<WorkItem> rest;
  for (const WorkItem& item : plan.items) {
    const auto state = known.find(item.work_key);
    const bool waits = state != known.end() && state->second != "failed_infra" && state->second != "parked";
    if (!waits) rest.push_back(item);
    if (waits) ++planned.known;
    if (waits && is_finished_state(state->second)) ++planned.finished;
  }
  const Ledger::Planned before = planned;
  const auto put = [&]() -> Result<void> {
    planned = before;
    for (const EvalTask& task : choice.tasks) {
      const auto there = ledger.database().run("SELECT 1 FROM task_rev WHERE sha256 = $1", {task.rev});
      if (!there) return fail(there.error());
      if (!there->empty()) continue;
      const Result<std::string> spec = ledger.put_blob(task_record(task).dump());
      if (!spec) return fail(spec.error());
      const Result<void> done =
          ledger.put_task({task.rev, task.id, task.role, task.category, std::string(task_kind_name(task.kind)),
                           task.lang, task.family, *spec});
      if (!done) return done;
    }
    if (Result<void> done = ledger.put_endpoint(plan.endpoint); !done) return done;
    for (const EvalModel& model : choice.models) {
      if (Result<void> done = ledger.put_model(model.ref); !done) return done;
    }
    if (Result<void> done = ledger.put_run(plan.run); !done) return done;
    if (planned.finished == static_cast<std::int64_t>(plan.items.size())) return {};
    const Result<Ledger::Planned> added = ledger.plan(plan.run.id, rest);
    if (!added) return fail(added.error());
    planned.added += added->added;
    planned.known += added->known;
    planned.finished += added->finished;
    // Work that another run wanted of the same model by another way is done by this one's.
    const auto moved = ledger.database().run(
        "UPDATE item SET endpoint = $1 WHERE endpoint <> $2 AND state IN ('planned', 'retry_wait', 'parked', "
        "'failed_infra', 'in_doubt') AND work_key IN (SELECT work_key FROM run_item WHERE run = $3)",
        {plan.endpoint.id, plan.endpoint.id, plan.run.id});
    if (!moved) return fail(moved.error());
    return ledger.note(plan.run.host, "planned", plan.run.id);
  };
  if (const Result<void> done = ledger.atomically(put); !done) return fail(done.error());
  return planned;
}

}  // namespace rigwise
