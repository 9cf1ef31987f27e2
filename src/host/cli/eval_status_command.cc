#include <ostream>

#include "host/cli/eval_flags.h"
#include "host/cli/eval_report_lines.h"
#include "host/cli/say.h"
#include "host/eval/run_list.h"
#include "host/store/store_url.h"

namespace rigwise {
namespace {

Result<Json> one_run(Ledger& ledger, const std::string& id) {
  const Result<ListedRun> listed = listed_run(ledger, id);
  const auto models = run_summary(ledger, id);
  const auto totals = ledger.totals(id);
  if (!listed) return fail(listed.error());
  if (!models || !totals) return fail(models ? totals.error() : models.error());
  return Json{{"run", id},
              {"label", listed->label},
              {"host", listed->host},
              {"answers", listed->wanted},
              {"attempts", listed->attempts},
              {"ungraded", listed->ungraded},
              {"is_demo", listed->is_demo},
              {"models", summary_json(*models)},
              {"judgements", listed->judged.judgements},
              {"judge_errors", listed->judged.unreadable},
              {"judges_usd", money_json(listed->judged.cost_nano)},
              {"open_reviews", listed->reviews_open},
              {"spent_usd", money_json(listed->spent_nano)},
              {"reserved_usd", money_json(totals->reserved_nano)},
              {"perhaps_twice_usd", money_json(totals->doubtful_nano)},
              {"budget_usd", money_json(totals->budget_nano)}};
}

/// A row for each model of each run.
DataRows status_rows(const Json& response) {
  DataRows data;
  const std::vector<std::string> of_run = {"run", "label", "is_demo"};
  const std::vector<std::string> of_model = {"model",   "answers", "ok",      "empty",    "truncated", "refused",
                                             "timeout", "failed",  "waiting", "in_doubt", "attempts",  "cost_usd"};
  data.columns = of_run;
  data.columns.insert(data.columns.end(), of_model.begin(), of_model.end());
  for (const Json& one : response["runs"]) {
    for (const Json& model : one["models"]) {
      std::vector<Json> cells;
      cells.reserve(data.columns.size());
      for (const std::string& key : of_run) cells.push_back(one[key]);
      for (const std::string& key : of_model) cells.push_back(model[key]);
      data.rows.push_back(std::move(cells));
    }
  }
  return data;
}

int run(Session& session, const Args& args) {
  Console& console = session.console();
  const auto ledger = open_store_to_read(eval_store_of(args));
  if (!ledger) return console.print_error(ledger.error());
  std::vector<std::string> ids;
  if (args.has("--run")) {
    const Result<std::string> id = run_called(**ledger, args);
    if (!id) return console.print_error(id.error());
    ids = {*id};
  } else {
    const auto rows = (*ledger)->database().run("SELECT id FROM run ORDER BY started_ms, id");
    if (!rows) return console.print_error(rows.error());
    for (const SqlRow& row : *rows) ids.push_back(row.text(0));
  }
  Json runs = Json::array();
  for (const std::string& id : ids) {
    Result<Json> one = one_run(**ledger, id);
    if (!one) return console.print_error(one.error());
    runs.push_back(std::move(*one));
  }
  const Json report = {{"schema", "rigwise.eval_status/1"}, {"currency", "USD"}, {"runs", runs}};
  if (session.printed_as_data(report, status_rows)) return 0;
  if (runs.empty()) *console.out << "no run yet\n";
  for (const Json& one : runs) {
    const std::string id = one["run"].get<std::string>(), label = one["label"].get<std::string>();
    *console.out << console.strong("run " + id) << (label.empty() ? "" : " " + label) << ": "
                 << say_counted(one["answers"].get<std::int64_t>(), "answer") << " wanted, "
                 << say_counted(one["attempts"].get<std::int64_t>(), "attempt") << ", "
                 << say_counted(one["judgements"].get<std::int64_t>(), "judgement");
    if (const auto unreadable = one["judge_errors"].get<std::int64_t>(); unreadable > 0)
      *console.out << " (" << say_count(static_cast<double>(unreadable)) << " could not be read)";
    *console.out << ", " << say_count(one["open_reviews"].get<double>()) << " to review\n";
    if (one["is_demo"].get<bool>()) say_demo(console);
    if (const auto count = one["ungraded"].get<std::int64_t>(); count > 0) {
      *console.out << say_counted(count, "answer") << (count == 1 ? " has" : " have")
                   << " no grade yet: rigwise eval grade --run " << id << '\n';
    }
    const auto models = run_summary(**ledger, id);
    if (models) console.print(summary_table(*models));
  }
  return 0;
}

}  // namespace

const CommandSpec& eval_status_command() {
  static const CommandSpec kSpec = {"eval status",
                                    "what has been asked, answered, judged and paid",
                                    "eval status --run 66d2",
                                    {run_arg(), store_arg()},
                                    run};
  return kSpec;
}

}  // namespace rigwise
