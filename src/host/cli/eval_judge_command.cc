#include <ostream>

#include "core/base/text.h"
#include "core/stats/agreement.h"
#include "host/cli/eval_flags.h"
#include "host/cli/eval_report_lines.h"
#include "host/cli/eval_tasks_args.h"
#include "host/cli/say.h"
#include "host/eval/demo_record.h"
#include "host/eval/judge_session.h"
#include "host/eval/result_set_of_ledger.h"
#include "host/store/store_url.h"

namespace rigwise {
namespace {

Result<void> choose_judges(const Args& args, const std::optional<TokenPrice>& price, JudgeChoice& choice) {
  std::vector<std::string> names = args.list("--judge");
  if (const auto reserve = args.text("--reserve")) names.push_back(*reserve);
  std::vector<StandIn> stand_ins;
  if (choice.endpoint.demo) {
    Result<std::vector<StandIn>> called = choice.endpoint.demo->called(names, true);
    if (!called) return fail(called.error());
    stand_ins = std::move(*called);
    names.clear();
    for (const StandIn& one : stand_ins) names.push_back(one.name);
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    EvalModel judge;
    judge.name = names[i];
    judge.ref = model_reference(names[i], choice.endpoint.server, "", "");
    judge.price = price || stand_ins.empty() ? price : std::optional(stand_ins[i].price);
    choice.judges.push_back(std::move(judge));
  }
  return {};
}

/// The demonstration's judges have nothing to say of what real models answered.
Result<void> check_is_demo(Ledger& ledger, const std::string& run) {
  const Result<bool> is_demo = is_demo_run(ledger, run);
  if (!is_demo) return fail(is_demo.error());
  if (*is_demo) return {};
  return invalid("the demonstration's judges know its own answers alone, and this run has others", "--endpoint",
                 "--endpoint of real judges; or --run of an eval run --endpoint demo");
}

Result<JudgeChoice> read_flags(const Args& args, std::vector<EvalTask>& tasks) {
  JudgeChoice choice;
  choice.store = eval_store_of(args);
  {
    const auto ledger = open_store(choice.store, IfMissing::refuse);
    if (!ledger) return fail(ledger.error());
    Result<std::string> called = run_called(**ledger, args);
    if (!called) return fail(called.error());
    choice.run = std::move(*called);
    if (args.text("--endpoint") == std::string(kDemoEndpoint)) {
      if (Result<void> demo = check_is_demo(**ledger, choice.run); !demo) return fail(demo.error());
    }
  }
  Result<FoundTasks> found = tasks_of(args);
  if (!found) return fail(found.error());
  tasks = std::move(found->tasks);
  for (const EvalTask& task : tasks) choice.task_of[task.rev] = &task;
  Result<EvalEndpoint> endpoint = endpoint_of(args);
  if (!endpoint) return fail(endpoint.error());
  choice.endpoint = std::move(*endpoint);
  const auto price = price_of(args, "--price");
  const auto budget = number_of(args, "--budget-usd", 0, 1e6);
  const auto at_once = whole_number_of(args, "--concurrency", 1, 1024);
  const auto first_wait = number_of(args, "--first-wait", 0, 60);
  if (!price) return fail(price.error());
  if (!at_once) return fail(at_once.error());
  for (const auto* number : {&budget, &first_wait}) {
    if (!*number) return fail(number->error());
  }
  if (*budget) choice.budget_nano = nano_of_usd(**budget);
  choice.start = at_once->value_or(choice.start);
  choice.cap = at_once->value_or(choice.endpoint.is_local ? choice.start : choice.cap);
  const Result<EndpointLimits> limits = limits_of(args);
  if (!limits) return fail(limits.error());
  choice.requests_per_minute = limits->requests_per_minute;
  choice.tokens_per_minute = limits->tokens_per_minute;
  choice.retry.first_wait_s = first_wait->value_or(choice.retry.first_wait_s);
  choice.believes_anyway = args.has("--believe-anyway");
  choice.again = args.has("--again");
  if (Result<void> chosen = choose_judges(args, *price, choice); !chosen) return fail(chosen.error());
  if (*budget && !choice.judges.empty() && !choice.judges.front().price)
    return invalid("a budget needs to know what judges cost", "--budget-usd",
                   "--price IN,OUT in USD per million tokens");
  return choice;
}

Json agreement_json(const std::vector<JudgeAgreement>& agreements) {
  const auto number = [](const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); };
  Json list = Json::array();
  for (const JudgeAgreement& one : agreements) {
    list.push_back({{"criterion", one.criterion},
                    {"answers", one.pairs},
                    {"raw", number(one.raw)},
                    {"kappa_quadratic", number(one.kappa)},
                    {"alpha_ordinal", number(one.alpha)},
                    {"ac2", number(one.ac2)}});
  }
  return list;
}

Json canaries_json(const JudgeReport& report) {
  Json list = Json::array();
  for (const auto& [judge, tally] : report.canaries) {
    list.push_back({{"judge", judge},
                    {"null_tried", tally.null_tried},
                    {"null_fooled", tally.null_fooled},
                    {"reference_tried", tally.reference_tried},
                    {"reference_good", tally.reference_good},
                    {"planted_error_tried", tally.error_tried},
                    {"planted_error_seen", tally.error_seen}});
  }
  return list;
}

std::string shown(const std::optional<double>& value) { return value ? fixed(*value, 2) : "-"; }

std::string_view reliability_words(const std::optional<double>& alpha) {
  if (!alpha) return "not enough to say";
  switch (reliability_of(*alpha)) {
    case Reliability::reliable: return "reliable";
    case Reliability::tentative: return "tentative";
    case Reliability::unreliable: break;
  }
  return "not to be ranked by";
}

void say(const Console& console, const JudgeReport& report, const std::vector<JudgeAgreement>& agreements) {
  const auto count = [](std::int64_t n) { return say_count(static_cast<double>(n)); };
  *console.out << count(report.judged) << " judged, " << count(report.known) << " were before, " << count(report.errors)
               << " could not be read (" << say_counted(report.repaired, "repair") << "), "
               << say_usd(report.spent_nano) << " spent on judges, " << say_counted(report.queued, "answer")
               << " to review\n";
  if (report.known_unreadable > 0)
    *console.out << count(report.known_unreadable)
                 << " of those from before could not be read and are a person's matter; --again asks them anew\n";
  for (const auto& [judge, tally] : report.canaries) {
    *console.out << judge << ": " << tally.null_fooled << " of " << tally.null_tried
                 << " answers that say nothing taken for more, " << tally.reference_good << " of "
                 << tally.reference_tried << " references called good, " << tally.error_seen << " of "
                 << tally.error_tried << " planted errors seen\n";
  }
  if (report.without_two > 0)
    *console.out << say_counted(report.without_two, "answer")
                 << " not judged: all judges but one are of their maker's family; --reserve names another\n";
  Table table;
  table.columns = {{"criterion", false, false},     {"answers", true, false}, {"agree", true, false},
                   {"kappa", true, false},          {"alpha", true, false},   {"AC2", true, false},
                   {"judges' word is", false, true}};
  for (const JudgeAgreement& one : agreements) {
    table.rows.push_back({one.criterion, count(one.pairs), shown(one.raw), shown(one.kappa), shown(one.alpha),
                          shown(one.ac2), std::string(reliability_words(one.alpha))});
  }
  console.print(table);
}

int run(Session& session, const Args& args) {
  Console& console = session.console();
  std::vector<EvalTask> tasks;
  const Result<JudgeChoice> choice = read_flags(args, tasks);
  if (!choice) return console.print_error(choice.error());
  const Result<JudgeReport> report = judge_run(*choice);
  if (!report) return console.print_error(report.error());
  const auto ledger = open_store(choice->store, IfMissing::refuse);
  if (!ledger) return console.print_error(ledger.error());
  const auto agreements = judge_agreement(**ledger, choice->run);
  if (!agreements) return console.print_error(agreements.error());
  const bool is_all_lost = report->failed > 0 && report->judged + report->errors == 0;
  const int status = report->is_interrupted                           ? 130
                     : report->is_unreachable || is_all_lost          ? 3
                     : !report->stopped.empty() || report->failed > 0 ? 1
                     : report->without_two > 0                        ? 1
                                                                      : 0;
  const Result<bool> is_demo = is_demo_run(**ledger, choice->run);
  if (!is_demo) return console.print_error(is_demo.error());
  const Json json = {{"schema", "rigwise.eval_judge/1"},
                     {"run", choice->run},
                     {"is_demo", *is_demo},
                     {"wanted", report->wanted},
                     {"known", report->known},
                     {"known_unreadable", report->known_unreadable},
                     {"judged", report->judged},
                     {"errors", report->errors},
                     {"failed", report->failed},
                     {"commonest_fault", report->commonest_fault},
                     {"repaired", report->repaired},
                     {"without_two_judges", report->without_two},
                     {"queued_for_review", report->queued},
                     {"stopped", report->stopped},
                     {"currency", "USD"},
                     {"spent_usd", money_json(report->spent_nano)},
                     {"canaries", canaries_json(*report)},
                     {"agreement", agreement_json(*agreements)}};
  if (session.printed_as_json(json)) return status;
  if (*is_demo) say_demo(console);
  say(console, *report, *agreements);
  if (report->failed > 0)
    *console.err << say_counted(report->failed, "question") << " to judges failed; most often "
                 << report->commonest_fault << ". The same command asks again\n";
  if (!report->stopped.empty()) *console.err << "stopped: " << report->stopped << '\n';
  return status;
}

}  // namespace

const CommandSpec& eval_judge_command() {
  static const CommandSpec kSpec = [] {
    CommandSpec spec;
    spec.name = "eval judge";
    spec.summary = "two models of other makers judge a run's answers; what they differ on goes to review";
    spec.example =
        "eval judge --endpoint openrouter --judge openai/gpt-5 --judge google/gemini-2.5-pro --reserve "
        "anthropic/claude-sonnet-4.5";
    spec.args = {{"--judge", "", ArgType::list, "NAME", "a judge; two of different makers"},
                 {"--reserve", "", ArgType::text, "NAME", "judges where one of the two is of the candidate's maker"},
                 run_arg()};
    for (const ArgSpec& arg : endpoint_args()) spec.args.push_back(arg);
    const std::vector<ArgSpec> more = {
        {"--budget-usd", "", ArgType::number, "USD", "of the judges alone, for this run"},
        {"--price", "", ArgType::text, "IN,OUT", "USD per million tokens"},
        {"--concurrency", "", ArgType::integer, "N",
         "questions at once (default: grows from 8 to 32 by itself; local: 8)"},
        requests_per_minute_arg(),
        tokens_per_minute_arg(),
        {"--first-wait", "", ArgType::number, "S", "before a second try; then twice as long (1)"},
        {"--believe-anyway", "", ArgType::flag, "", "go on with a judge that its canaries speak against"},
        {"--again", "", ArgType::flag, "", "ask anew, and pay anew, what came back before and could not be read"},
    };
    spec.args.insert(spec.args.end(), more.begin(), more.end());
    for (const ArgSpec& arg : tasks_args(TaskIds::only_flag)) spec.args.push_back(arg);
    spec.args.push_back(store_arg());
    spec.run = run;
    return spec;
  }();
  return kSpec;
}

}  // namespace rigwise
