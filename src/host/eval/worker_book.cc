#include "host/eval/worker_book.h"

namespace rigwise {

Result<WorkerBook> WorkerBook::open(Ledger& ledger, const std::string& run, std::vector<EvalTask> tasks,
                                    const std::optional<TokenPrice>& price, const std::vector<ListedModel>& served) {
  const auto rows = ledger.database().run(
      "SELECT DISTINCT m.sha256, m.requested, m.family, m.provider, m.weights_digest FROM run_item r JOIN item i ON "
      "i.work_key = "
      "r.work_key JOIN model_ref m ON m.sha256 = i.model_ref WHERE r.run = $1",
      {run});
  if (!rows) return fail(rows.error());
  WorkerBook book;
  for (const SqlRow& row : *rows) {
    EvalModel model;
    model.name = row.text(1);
    model.ref.sha256 = row.text(0);
    model.ref.requested = row.text(1);
    model.ref.family = row.text(2);
    model.price = price;
    const std::string digest = row.text(4), here = digest_of_listed(served, model.name);
    if (!digest.empty() && !here.empty() && digest != here) {
      return invalid("the weights behind " + model.name + " here are others than those that were planned", "--endpoint",
                     "the same file on every machine: planned " + digest + ", here " + here);
    }
    if (const std::string provider = row.text(3); !provider.empty())
      model.provider = {{"only", Json::array({provider})}, {"allow_fallbacks", false}};
    book.models_.emplace(row.text(0), std::move(model));
  }
  for (EvalTask& task : tasks) {
    std::string rev = task.rev;
    book.tasks_.emplace(std::move(rev), std::move(task));
  }
  return book;
}

std::optional<AskWork> WorkerBook::work_of(const WorkItem& item) const {
  const auto task = tasks_.find(item.task_rev);
  const auto model = models_.find(item.model_ref);
  if (task == tasks_.end() || model == models_.end()) return std::nullopt;
  AskWork work;
  work.task = &task->second;
  work.model = &model->second;
  work.sampling = sampling_of_text(item.sampling, item.sample_no);
  work.sample_no = item.sample_no;
  if (task->second.agent) work.make_tools = [&agent = *task->second.agent] { return scripted_tools(agent); };
  return work;
}

Result<std::int64_t> planned_at_ms(Ledger& ledger, const std::string& run) {
  const auto rows = ledger.database().run("SELECT MAX(at_ms) FROM event WHERE kind = 'planned' AND detail = $1", {run});
  if (!rows) return fail(rows.error());
  return rows->at(0).maybe_integer(0).value_or(0);
}

SamplingChoice sampling_of_text(const std::string& text, std::int64_t sample_no) {
  SamplingChoice sampling;
  const Result<Json> json = parse_json(text);
  if (!json || !json->is_object()) return sampling;
  const auto number = [&](const char* key) -> std::optional<double> {
    if (!json->contains(key) || !(*json)[key].is_number()) return std::nullopt;
    return (*json)[key].get<double>();
  };
  const auto whole = [&](const char* key) -> std::optional<int> {
    const auto value = number(key);
    return value ? std::optional(static_cast<int>(*value)) : std::nullopt;
  };
  sampling.temperature = number("temperature");
  sampling.top_p = number("top_p");
  sampling.top_k = whole("top_k");
  sampling.max_tokens = whole("max_tokens");
  sampling.context = whole("context");
  if (json->contains("reasoning_effort") && (*json)["reasoning_effort"].is_string())
    sampling.reasoning_effort = (*json)["reasoning_effort"].get<std::string>();
  if (json->contains("seed") && (*json)["seed"].is_string()) {
    // Written as text: beyond what a double holds.
    std::int64_t seed = 0;
    for (const char c : (*json)["seed"].get<std::string>()) {
      if (c >= '0' && c <= '9') seed = seed * 10 + (c - '0');
    }
    sampling.seed = seed - sample_no;
  }
  return sampling;
}

}  // namespace rigwise
