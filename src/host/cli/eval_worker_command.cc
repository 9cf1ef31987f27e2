#include <map>
#include <ostream>

#include "host/cli/eval_flags.h"
#include "host/cli/eval_report_lines.h"
#include "host/cli/eval_tasks_args.h"
#include "host/eval/worker_book.h"
#include "host/store/store_url.h"

namespace rigwise {
namespace {

int run(Session& session, const Args& args) {
  Console& console = session.console();
  const std::string store = eval_store_of(args);
  const Result<EvalEndpoint> endpoint = endpoint_of(args);
  if (!endpoint) return console.print_error(endpoint.error());
  Result<FoundTasks> found = tasks_of(args);
  if (!found) return console.print_error(found.error());
  const auto price = price_of(args, "--price");
  if (!price) return console.print_error(price.error());
  const auto concurrency = whole_number_of(args, "--concurrency", 1, 4096);
  if (!concurrency) return console.print_error(concurrency.error());
  const Result<EndpointLimits> limits = limits_of(args);
  if (!limits) return console.print_error(limits.error());
  RunnerSettings settings;
  Result<WorkerBook> book = fail({ErrorCode::internal, "no book", "", "", {}});
  {
    const auto ledger = open_store(store, IfMissing::refuse);
    if (!ledger) return console.print_error(ledger.error());
    const Result<std::string> run_id = run_called(**ledger, args);
    if (!run_id) return console.print_error(run_id.error());
    settings.run = *run_id;
    const auto since = planned_at_ms(**ledger, *run_id);
    if (!since) return console.print_error(since.error());
    settings.since_ms = *since;
    const auto served = endpoint->is_local ? models_of_endpoint(endpoint->chat) : std::vector<ListedModel>();
    if (!served && served.error().code == ErrorCode::io) return console.print_error(served.error());
    book = WorkerBook::open(**ledger, *run_id, std::move(found->tasks), *price,
                            served.value_or(std::vector<ListedModel>()));
  }
  if (!book) return console.print_error(book.error());
  constexpr int kLocalCap = 4;
  settings.endpoint = endpoint->chat;
  settings.endpoint_id = endpoint->id;
  settings.is_billed = !endpoint->is_local || price->has_value();
  settings.cap = concurrency->value_or(endpoint->is_local ? kLocalCap : settings.cap);
  settings.start = concurrency->value_or(settings.start);
  settings.requests_per_minute = limits->requests_per_minute;
  settings.tokens_per_minute = limits->tokens_per_minute;
  settings.waits_for_others = true;
  SessionOptions options{store, settings, {}, [&](int times) {
                           *console.err << (times == 1 ? "waiting for what is under way; again to give it up\n"
                                                       : "giving up what is under way\n");
                         }};
  const auto report = run_session(std::move(options), [&](const WorkItem& item) { return book->work_of(item); });
  if (!report) return console.print_error(report.error());
  return say_run_end(session, {store, settings.run, endpoint->id, *report, {}, nullptr});
}

}  // namespace

const CommandSpec& eval_worker_command() {
  static const CommandSpec kSpec = [] {
    CommandSpec spec;
    spec.name = "eval worker";
    spec.summary = "ask what another machine's eval run has planned in a shared store";
    spec.example = "eval worker --store postgresql://me@host/rigwise --endpoint ollama --run 66d2";
    spec.args = {run_arg()};
    for (const ArgSpec& arg : endpoint_args()) spec.args.push_back(arg);
    spec.args.push_back({"--concurrency", "", ArgType::integer, "N", "questions at once"});
    spec.args.push_back(requests_per_minute_arg());
    spec.args.push_back(tokens_per_minute_arg());
    spec.args.push_back({"--price", "", ArgType::text, "IN,OUT", "USD per million tokens, to keep within the budget"});
    for (const ArgSpec& arg : tasks_args(TaskIds::only_flag)) spec.args.push_back(arg);
    spec.args.push_back(store_arg());
    spec.run = run;
    return spec;
  }();
  return kSpec;
}

}  // namespace rigwise
