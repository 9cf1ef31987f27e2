#include "host/eval/eval_session.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <map>

#include "codec/tool_script.h"
#include "host/eval/grade_items.h"
#include "host/store/store_url.h"

#if defined(__GNUC__) && !defined(__clang__)
// g++ 12 takes the two halves of Asio's own coroutine allocation for strangers (GCC bug 109224).
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace rigwise {
namespace {

using boost::asio::awaitable;

HttpClientOptions client_options() {
  HttpClientOptions options;
  options.proxies = proxies_from_environment();
  return options;
}

/// Runs one coroutine to its end.
template <class Answer>
Result<Answer> asked(const std::function<awaitable<Result<Answer>>(HttpClient&)>& question) {
  boost::asio::io_context io(1);
  auto client = HttpClient::open(io, client_options());
  if (!client) return fail(client.error());
  Result<Answer> answer = fail({ErrorCode::internal, "nothing was asked", "", "", {}});
  const auto ask_it = [&]() -> awaitable<void> { answer = co_await question(**client); };
  boost::asio::co_spawn(io, ask_it, boost::asio::detached);
  io.run();
  return answer;
}

void wait_for_signals(boost::asio::signal_set& signals, EvalRunner& runner, const SessionOptions& options, int times) {
  signals.async_wait([&signals, &runner, &options, times](boost::system::error_code fault, int) {
    if (fault) return;
    if (options.on_interrupt) options.on_interrupt(times + 1);
    runner.stop();
    wait_for_signals(signals, runner, options, times + 1);
  });
}

}  // namespace

Result<RunnerReport> run_session(SessionOptions options, EvalRunner::FindWork find_work) {
  Result<std::unique_ptr<Ledger>> ledger = open_store(options.store);
  if (!ledger) return fail(ledger.error());
  boost::asio::io_context io(1);
  auto client = HttpClient::open(io, client_options());
  if (!client) return fail(client.error());
  GroupCommit commit(std::move(*ledger));
  EvalRunner runner(io, **client, commit, options.runner, std::move(find_work));
  runner.on_progress(options.tell);
  boost::asio::signal_set signals(io, SIGINT, SIGTERM);
  wait_for_signals(signals, runner, options, 0);
  return runner.run();
}

ToolAnswer scripted_tools(const AgentSpec& agent) {
  auto script = std::make_shared<ToolScript>(agent, pattern_finder());
  return
      [script](const std::string& tool, const std::string& arguments) { return script->call(tool, arguments).reply; };
}

EvalRunner::FindWork work_of_plan(const EvalPlan& plan, const RunChoice& choice) {
  return [&plan, &choice](const WorkItem& item) -> std::optional<AskWork> {
    const auto task = plan.task_of.find(item.task_rev);
    const auto model = plan.model_of.find(item.model_ref);
    if (task == plan.task_of.end() || model == plan.model_of.end()) return std::nullopt;
    AskWork work;
    work.task = task->second;
    work.model = model->second;
    work.sampling = choice.sampling;
    work.sample_no = item.sample_no;
    if (work.task->agent) work.make_tools = [task = work.task] { return scripted_tools(*task->agent); };
    return work;
  };
}

Result<std::vector<ListedModel>> models_of_endpoint(const ChatEndpoint& endpoint) {
  ChatEndpoint glance = endpoint;
  glance.times.connect = std::chrono::milliseconds(5'000);
  glance.times.idle = glance.times.total = std::chrono::milliseconds(15'000);
  constexpr int kMostTries = 3;
  for (int tried = 1;; ++tried) {
    auto models = asked<std::vector<ListedModel>>([&](HttpClient& client) { return list_models(client, glance); });
    if (models || models.error().code != ErrorCode::io || tried == kMostTries) return models;
  }
}

Result<std::string> local_endpoint() {
  return asked<std::string>([](HttpClient& client) { return find_local_endpoint(client); });
}

Result<std::vector<ModelSummary>> run_summary(Ledger& ledger, const std::string& run) {
  const auto rows = ledger.database().run(
      "SELECT m.requested, i.state, COALESCE(i.outcome, ''), COUNT(*) FROM run_item r JOIN item i ON i.work_key = "
      "r.work_key JOIN model_ref m ON m.sha256 = i.model_ref WHERE r.run = $1 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
      {run});
  const auto attempts = ledger.database().run(
      "SELECT m.requested, COUNT(*), CASE WHEN SUM(CASE WHEN a.answer IS NOT NULL AND a.cost_nano IS NULL THEN 1 ELSE "
      "0 END) > 0 THEN NULL ELSE SUM(a.cost_nano) END FROM attempt a JOIN item i ON i.work_key = a.work_key JOIN "
      "model_ref m ON m.sha256 = i.model_ref WHERE a.run = $1 GROUP BY 1",
      {run});
  if (!rows || !attempts) return fail(rows ? attempts.error() : rows.error());
  std::map<std::string, ModelSummary> models;
  for (const SqlRow& row : *rows) {
    ModelSummary& model = models[row.text(0)];
    const std::int64_t count = row.integer(3);
    const std::string state = row.text(1);
    model.items += count;
    if (state == "failed_infra") {
      model.failed += count;
    } else if (state == "in_doubt") {
      model.in_doubt += count;
    } else if (!is_finished_state(state)) {
      model.waiting += count;
    } else {
      switch (outcome_of_name(row.text(2)).value_or(Outcome::harness_error)) {
        case Outcome::ok: model.ok += count; break;
        case Outcome::empty: model.empty += count; break;
        case Outcome::truncated: model.truncated += count; break;
        case Outcome::refused:
        case Outcome::content_filter: model.refused += count; break;
        case Outcome::timeout_model: model.timeout += count; break;
        default: model.failed += count;
      }
    }
  }
  for (const SqlRow& row : *attempts) {
    models[row.text(0)].attempts = row.integer(1);
    models[row.text(0)].cost_nano = row.maybe_integer(2);
  }
  std::vector<ModelSummary> list;
  list.reserve(models.size());
  for (auto& [name, model] : models) {
    model.model = name;
    list.push_back(std::move(model));
  }
  return list;
}

namespace {

awaitable<Result<std::int64_t>> settle(HttpClient& client, Ledger& ledger, const ChatEndpoint& endpoint,
                                       const SqlRows& rows) {
  std::int64_t settled = 0;
  for (const SqlRow& row : rows) {
    const std::string generation = row.text(1);
    const std::optional<std::int64_t> cost = co_await generation_cost_nano(client, endpoint, generation);
    if (!cost) continue;
    AttemptEnd end;
    end.id = row.text(0);
    end.cost_nano = *cost;
    end.cost_source = "provider";
    end.fault = std::string(chat_fault_name(ChatFault::cancelled));
    end.detail = "its answer was lost; the provider says what it cost";
    // The item is nobody's now: it stays where it is.
    const Result<bool> done = ledger.finish_attempt(end, row.text(2), -1, {ItemState::in_doubt, {}, 0});
    if (!done) co_return fail(done.error());
    ++settled;
  }
  co_return settled;
}

}  // namespace

Result<std::int64_t> settle_doubtful(const std::string& store, const std::string& run, const ChatEndpoint& endpoint) {
  Result<std::unique_ptr<Ledger>> ledger = open_store(store);
  if (!ledger) return fail(ledger.error());
  const auto rows = (*ledger)->database().run(
      "SELECT id, generation, work_key FROM attempt WHERE run = $1 AND state = 'in_doubt' AND generation IS NOT NULL "
      "ORDER BY id",
      {run});
  if (!rows) return fail(rows.error());
  if (rows->empty() || endpoint.dialect != ChatDialect::openrouter) return 0;
  return asked<std::int64_t>([&](HttpClient& client) { return settle(client, **ledger, endpoint, *rows); });
}

}  // namespace rigwise
