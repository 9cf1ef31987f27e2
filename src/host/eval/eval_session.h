#pragma once

#include "host/eval/eval_plan.h"
#include "host/eval/eval_runner.h"

namespace rigwise {

/// Runs a plan that stands in a store until nothing is left to ask, or it is stopped: Ctrl-C ends it when what is under
/// way has its answers, a second one at once.
struct SessionOptions {
  std::string store;
  RunnerSettings runner;
  std::function<void(const RunnerProgress&)> tell;
  std::function<void(int times)> on_interrupt;
};
Result<RunnerReport> run_session(SessionOptions options, EvalRunner::FindWork find_work);

/// The work behind a plan's items.
EvalRunner::FindWork work_of_plan(const EvalPlan& plan, const RunChoice& choice);

/// A task's tools, played from its script.
ToolAnswer scripted_tools(const AgentSpec& agent);

/// Asks whatever is asked of an endpoint outside of a run: its models, whether it is there.
Result<std::vector<ListedModel>> models_of_endpoint(const ChatEndpoint& endpoint);
Result<std::string> local_endpoint();

/// One line of a run's summary.
struct ModelSummary {
  std::string model;
  std::int64_t items = 0, ok = 0, empty = 0, truncated = 0, refused = 0, timeout = 0, failed = 0, waiting = 0,
               in_doubt = 0, attempts = 0;
  std::optional<std::int64_t> cost_nano;  ///< nothing: unknown
};
Result<std::vector<ModelSummary>> run_summary(Ledger& ledger, const std::string& run);

/// Settles what is in doubt at a provider that can say what a generation cost. Gives how many it could.
Result<std::int64_t> settle_doubtful(const std::string& store, const std::string& run, const ChatEndpoint& endpoint);

}  // namespace rigwise
