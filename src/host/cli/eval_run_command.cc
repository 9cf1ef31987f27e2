#include <algorithm>
#include <cstdio>
#include <ostream>

#include "core/base/text.h"
#include "host/cli/command.h"
#include "host/cli/eval_flags.h"
#include "host/cli/eval_report_lines.h"
#include "host/cli/eval_tasks_args.h"
#include "host/cli/say.h"
#include "host/cli/session.h"
#include "host/cli/version.h"
#include "host/eval/demo_record.h"
#include "host/eval/eval_session.h"
#include "host/eval/grade_items.h"
#include "host/store/lease_owner.h"
#include "host/store/store_url.h"

namespace rigwise {
namespace {

/// Everything that the flags say.
struct Asked {
  EvalEndpoint endpoint;
  RunChoice choice;
  RunnerSettings runner;
  std::string store;
  std::vector<std::string> broken;
};

/// How much a model is to think, in the words that endpoints of a dialect take.
Result<std::string> reasoning_of(const Args& args, ChatDialect dialect) {
  const std::string named = args.text("--reasoning").value_or("");
  const std::vector<std::string> known =
      dialect == ChatDialect::ollama ? std::vector<std::string>{"on", "off", "low", "medium", "high"}
                                     : std::vector<std::string>{"none", "minimal", "low", "medium", "high", "xhigh"};
  if (!args.has("--reasoning") || std::find(known.begin(), known.end(), named) != known.end()) return named;
  return fail({ErrorCode::invalid_input, "no effort of reasoning is called \"" + named + "\" at this endpoint",
               "--reasoning", "one of: " + join(known, ", "), nearest_names(named, known)});
}

Result<SamplingChoice> sampling_of(const Args& args, ChatDialect dialect) {
  constexpr int kMany = 10'000'000;
  SamplingChoice sampling;
  const auto temperature = number_of(args, "--temperature", 0, 2), top_p = number_of(args, "--top-p", 0, 1);
  const auto most = whole_number_of(args, "--max-tokens", 1, kMany),
             context = whole_number_of(args, "--context", 1, kMany),
             seed = whole_number_of(args, "--seed", 0, 2'000'000'000);
  for (const auto* number : {&temperature, &top_p}) {
    if (!*number) return fail(number->error());
  }
  for (const auto* number : {&most, &context, &seed}) {
    if (!*number) return fail(number->error());
  }
  sampling.temperature = *temperature;
  sampling.top_p = *top_p;
  sampling.max_tokens = *most;
  sampling.context = *context;
  if (*seed) sampling.seed = **seed;
  Result<std::string> effort = reasoning_of(args, dialect);
  if (!effort) return fail(effort.error());
  sampling.reasoning_effort = std::move(*effort);
  return sampling;
}

/// A format that the catalog does not have says nothing to any report, and with a slip in it would be another model.
Result<void> check_format(Session& session, const Args& args) {
  const std::optional<std::string> named = args.text("--quant");
  if (!named) return {};
  const Result<const House*> house = session.house();
  if (!house) return fail(house.error());
  const Result<const Format*> format = (*house)->catalog.format(*named);
  if (format) return {};
  Error fault = format.error();
  fault.where = "--quant";
  return fail(std::move(fault));
}

/// Prices where somebody bills: as the user says, else the newest of the catalog's API prices of that name.
Result<std::optional<TokenPrice>> price_for(Session& session, const Args& args, const EvalEndpoint& endpoint,
                                            const std::string& model) {
  Result<std::optional<TokenPrice>> said = price_of(args, "--price");
  if (!said || *said || endpoint.is_local) return said;
  const Result<const House*> house = session.house();
  if (!house) return fail(house.error());
  const ApiPrice* newest = nullptr;
  const std::string wanted = endpoint.chat.dialect == ChatDialect::openrouter ? "openrouter" : "";
  const std::string bare = model.substr(model.rfind('/') == std::string::npos ? 0 : model.rfind('/') + 1);
  for (const ApiPrice& price : (*house)->catalog.api_prices) {
    const bool is_it = price.model == model || (price.model == bare && price.provider + "/" + bare == model);
    if (!is_it || (!wanted.empty() && price.model == model && price.provider != wanted)) continue;
    if (newest == nullptr || price.date > newest->date) newest = &price;
  }
  if (newest == nullptr) return std::optional<TokenPrice>();
  TokenPrice price{nano_of_usd(newest->input_usd_per_mtok), nano_of_usd(newest->output_usd_per_mtok), {}};
  if (newest->cached_input_usd_per_mtok) price.cached_nano = nano_of_usd(*newest->cached_input_usd_per_mtok);
  return std::optional(price);
}

/// Stand-ins have the form and the price that the record states.
Result<void> choose_stand_ins(const Args& args, Asked& asked) {
  const auto chosen = asked.endpoint.demo->called(args.list("--model"), false);
  const auto said = price_of(args, "--price");
  if (!chosen || !said) return fail(chosen ? said.error() : chosen.error());
  for (const StandIn& one : *chosen) {
    EvalModel model;
    model.name = one.name;
    model.ref = model_reference(one.name, asked.endpoint.server, "", one.quantisation);
    model.price = *said ? **said : one.price;
    asked.choice.models.push_back(std::move(model));
  }
  return {};
}

/// Tasks that nobody recorded an answer to are not asked.
void keep_recorded_tasks(const Console& console, Asked& asked) {
  std::vector<EvalTask>& tasks = asked.choice.tasks;
  const std::size_t all = tasks.size();
  std::erase_if(tasks, [&](const EvalTask& task) { return !asked.endpoint.demo->has_answers_to(task.id); });
  if (tasks.size() < all && console.format == OutputFormat::table) {
    *console.err << "note: the demonstration has answers to " << tasks.size() << " of these "
                 << say_counted(static_cast<std::int64_t>(all), "task") << '\n';
  }
}

Result<void> choose_models(Session& session, const Args& args, Asked& asked) {
  if (asked.endpoint.demo) return choose_stand_ins(args, asked);
  std::vector<std::string> names = args.list("--model");
  if (names.empty() && !asked.endpoint.is_local)
    return invalid("no model is named", "--model", "--model NAME, as the endpoint calls it (repeatable)");
  // Weights change behind a local name; providers say nothing of them.
  std::vector<ListedModel> served;
  if (asked.endpoint.is_local) {
    Result<std::vector<ListedModel>> there = models_of_endpoint(asked.endpoint.chat);
    const bool is_silent = !there && there.error().code == ErrorCode::unsupported;
    const bool may_do_without = is_silent || args.has("--plan");
    if (!there && (names.empty() || !may_do_without)) return fail(there.error());
    if (there) served = std::move(*there);
  }
  if (names.empty()) {
    for (const ListedModel& model : served) names.push_back(model.name);
    if (names.size() != 1) {
      return invalid("no model is named, and the endpoint has " + std::to_string(names.size()), "--model",
                     names.empty() ? "a server with a model" : "one or more of: " + join(names, ", "));
    }
  }
  const std::string provider = args.text("--provider").value_or("");
  if (!provider.empty() && asked.endpoint.chat.dialect != ChatDialect::openrouter)
    return invalid("only OpenRouter takes a provider", "--provider", "--endpoint openrouter");
  for (const std::string& name : names) {
    const bool is_twice = std::any_of(asked.choice.models.begin(), asked.choice.models.end(),
                                      [&](const EvalModel& model) { return model.name == name; });
    if (is_twice) continue;
    const auto price = price_for(session, args, asked.endpoint, name);
    if (!price) return fail(price.error());
    EvalModel model;
    model.name = name;
    model.ref = model_reference(name, asked.endpoint.server, provider, args.text("--quant").value_or(""),
                                digest_of_listed(served, name));
    if (!provider.empty()) model.provider = {{"only", Json::array({provider})}, {"allow_fallbacks", false}};
    model.price = *price;
    asked.choice.models.push_back(std::move(model));
  }
  return {};
}

Result<void> choose_runner(const Args& args, Asked& asked) {
  RunnerSettings& runner = asked.runner;
  const auto concurrency = whole_number_of(args, "--concurrency", 1, 4096);
  const Result<EndpointLimits> limits = limits_of(args);
  if (!limits) return fail(limits.error());
  const auto idle = number_of(args, "--idle-timeout", 0.1, 86400), first_wait = number_of(args, "--first-wait", 0, 60);
  if (!concurrency) return fail(concurrency.error());
  for (const auto* number : {&idle, &first_wait}) {
    if (!*number) return fail(number->error());
  }
  constexpr int kLocalCap = 4;  // slots that local servers usually have
  runner.endpoint = asked.endpoint.chat;
  runner.endpoint_id = asked.endpoint.id;
  runner.is_billed = !asked.endpoint.is_local || asked.choice.models.front().price.has_value();
  runner.cap = concurrency->value_or(asked.endpoint.is_local ? kLocalCap : runner.cap);
  runner.start = concurrency->value_or(runner.start);
  runner.requests_per_minute = limits->requests_per_minute;
  runner.tokens_per_minute = limits->tokens_per_minute;
  runner.retry.first_wait_s = first_wait->value_or(runner.retry.first_wait_s);
  // Local servers read a long prompt for minutes before the first word.
  constexpr double kLocalIdle_s = 600;
  const double idle_s = idle->value_or(asked.endpoint.is_local ? kLocalIdle_s : 120);
  runner.endpoint.times.idle = std::chrono::milliseconds(static_cast<std::int64_t>(idle_s * 1000));
  runner.keep_raw = args.has("--keep-raw");
  // Others may hold what this run has planned; it is over when their answers are there too.
  runner.waits_for_others = is_shared_store(asked.store);
  const std::string in_doubt = args.text("--in-doubt").value_or("resend");
  if (in_doubt != "resend" && in_doubt != "hold")
    return invalid("\"" + in_doubt + "\" will not do for --in-doubt", "--in-doubt", "resend or hold");
  runner.resend_in_doubt = in_doubt == "resend";
  return {};
}

Result<Asked> read_flags(Session& session, const Args& args) {
  Asked asked;
  asked.store = eval_store_of(args);
  Result<FoundTasks> found = tasks_of(args);
  if (!found) return fail(found.error());
  say_task_source(session.console(), args, *found);
  say_broken_tasks(session.console(), *found);
  asked.broken = found->broken;
  asked.choice.tasks = std::move(found->tasks);
  Result<EvalEndpoint> endpoint = endpoint_of(args);
  if (!endpoint) return fail(endpoint.error());
  asked.endpoint = std::move(*endpoint);
  if (asked.endpoint.demo) keep_recorded_tasks(session.console(), asked);
  if (asked.choice.tasks.empty()) return invalid("there is no task to ask", "--tasks", "rigwise eval tasks list");
  Result<SamplingChoice> sampling = sampling_of(args, asked.endpoint.chat.dialect);
  if (!sampling) return fail(sampling.error());
  asked.choice.sampling = std::move(*sampling);
  if (Result<void> known = check_format(session, args); !known) return fail(known.error());
  if (Result<void> chosen = choose_models(session, args, asked); !chosen) return fail(chosen.error());
  if (Result<void> chosen = choose_runner(args, asked); !chosen) return fail(chosen.error());
  asked.choice.label = args.text("--label").value_or("");
  const auto samples = whole_number_of(args, "--samples", 1, 1000);
  const auto budget = number_of(args, "--budget-usd", 0, 1e6);
  if (!samples || !budget) return fail(samples ? budget.error() : samples.error());
  asked.choice.samples = *samples;
  if (*budget) asked.choice.budget_nano = nano_of_usd(**budget);
  for (const EvalModel& model : asked.choice.models) {
    if (*budget && !model.price) {
      return invalid("nobody knows what " + model.name + " costs, so a budget cannot hold it", "--budget-usd",
                     "--price IN,OUT in USD per million tokens");
    }
  }
  return asked;
}

Json plan_json(const PlanFigures& figures) {
  Json models = Json::array();
  for (const PlanFigures::OfModel& model : figures.models)
    models.push_back({{"model", model.name}, {"answers", model.items}, {"cost_usd_most", money_json(model.cost_nano)}});
  return {{"answers", figures.items},
          {"finished", figures.finished},
          {"requests", figures.requests},
          {"requests_most", figures.requests_most},
          {"prompt_tokens_most", figures.prompt_tokens},
          {"output_tokens_most", figures.output_tokens},
          {"cost_usd_most", money_json(figures.cost_nano)},
          {"models", models}};
}

std::string plan_words(const PlanFigures& figures, const EvalEndpoint& endpoint) {
  const auto count = [](std::int64_t n) { return say_count(static_cast<double>(n)); };
  const std::int64_t rest = figures.items - figures.finished;
  std::string words = say_counted(figures.items, "answer") + ", " + count(figures.finished) + " there already, " +
                      count(rest) + " to ask for";
  if (rest == 0) return words;
  if (endpoint.demo) return words + ": stand-ins answer, nothing is sent and nobody is paid";
  words += ": " +
           (figures.requests_most > figures.requests
                ? count(figures.requests) + " to " + count(figures.requests_most) + " requests"
                : say_counted(figures.requests, "request")) +
           ", at most " + count(figures.prompt_tokens) + " tokens in and " + count(figures.output_tokens) + " out";
  if (figures.cost_nano) return words + ", at most " + say_usd(*figures.cost_nano);
  return words + (endpoint.is_local ? ", on your own machine" : ", at a price nobody here knows (--price IN,OUT)");
}

/// A line that is drawn over itself; nothing where nobody looks.
class ProgressLine {
 public:
  ProgressLine(const Console& console, std::int64_t done, std::int64_t all)
      : is_on_(console.err_is_terminal && console.format == OutputFormat::table), done_(done), all_(all) {}
  void draw(const RunnerProgress& progress) {
    if (!is_on_ || all_ == 0) return;
    constexpr int kWidth = 24;
    const std::int64_t there = done_ + progress.answered + progress.failed + progress.parked;
    const int filled = static_cast<int>(std::min<std::int64_t>(kWidth, there * kWidth / all_));
    const std::string bar = std::string(static_cast<std::size_t>(filled), '=') +
                            std::string(static_cast<std::size_t>(kWidth - filled), ' ');
    std::fprintf(stderr, "\r[%s] %lld/%lld  %d of %d under way  %lld again  %lld failed%s\x1b[K", bar.c_str(),
                 static_cast<long long>(there), static_cast<long long>(all_), progress.in_flight, progress.limit,
                 static_cast<long long>(progress.again), static_cast<long long>(progress.failed),
                 progress.waits_for_endpoint ? "  the endpoint does not answer" : "");
    std::fflush(stderr);
    was_drawn_ = true;
  }
  void end() {
    if (was_drawn_) std::fputs("\r\x1b[K", stderr);
    was_drawn_ = false;
  }

 private:
  bool is_on_, was_drawn_ = false;
  std::int64_t done_, all_;
};

int run_plan_only(Session& session, const Asked& asked) {
  const EvalPlan plan = plan_run(asked.choice, asked.endpoint, kVersion);
  std::map<std::string, std::string> known;
  const auto ledger = open_store_to_read(asked.store);
  if (!ledger && ledger.error().code != ErrorCode::not_found) return session.console().print_error(ledger.error());
  if (ledger) {
    const auto items = known_items(**ledger, plan);
    if (!items) return session.console().print_error(items.error());
    known = *items;
  }
  const PlanFigures figures = figures_of(plan, asked.choice, known);
  const Json report = {{"schema", "rigwise.eval_plan/1"},
                       {"run", plan.run.id},
                       {"endpoint", asked.endpoint.id},
                       {"plan", plan_json(figures)}};
  if (session.printed_as_json(report)) return 0;
  Console& console = session.console();
  console.print_wrapped(plan_words(figures, asked.endpoint) + ".");
  Table table;
  table.columns = {{"model", false, true}, {"to ask for", true, false}, {"at most", true, false}};
  for (const PlanFigures::OfModel& model : figures.models) {
    table.rows.push_back(
        {model.name, say_count(static_cast<double>(model.items)), model.cost_nano ? say_usd(*model.cost_nano) : "-"});
  }
  console.print(table);
  *console.out << "nothing was sent\n";
  return 0;
}

/// What is planned, and whatever an earlier process left.
Result<PlanFigures> prepare(Asked& asked, const EvalPlan& plan) {
  Result<std::unique_ptr<Ledger>> opened = open_store(asked.store);
  if (!opened) return fail(opened.error());
  Ledger& ledger = **opened;
  const auto known = known_items(ledger, plan);
  if (!known) return fail(known.error());
  const auto planned = put_plan(ledger, plan, asked.choice, *known);
  if (!planned) return fail(planned.error());
  if (const auto reaped = ledger.reap(owner_is_gone); !reaped) return fail(reaped.error());
  const auto now = ledger.database().now_ms();
  if (!now) return fail(now.error());
  asked.runner.run = plan.run.id;
  asked.runner.since_ms = *now;
  return figures_of(plan, asked.choice, *known);
}

int run(Session& session, const Args& args) {
  Console& console = session.console();
  Result<Asked> asked = read_flags(session, args);
  if (!asked) return console.print_error(asked.error());
  if (args.has("--plan")) return run_plan_only(session, *asked);
  const EvalPlan plan = plan_run(asked->choice, asked->endpoint, kVersion);
  const Result<PlanFigures> figures = prepare(*asked, plan);
  if (!figures) return console.print_error(figures.error());
  const std::int64_t rest = figures->items - figures->finished;
  if (console.format == OutputFormat::table && rest > 0)
    *console.err << plan_words(*figures, asked->endpoint) << "; run " << plan.run.id << '\n';
  RunnerReport report;
  if (rest > 0) {
    if (asked->runner.is_billed) {
      const auto settled = settle_doubtful(asked->store, plan.run.id, asked->endpoint.chat);
      if (!settled) return console.print_error(settled.error());
    }
    ProgressLine line(console, figures->finished, figures->items);
    SessionOptions options{asked->store, asked->runner, [&](const RunnerProgress& p) { line.draw(p); },
                           [&](int times) {
                             line.end();
                             *console.err << (times == 1 ? "waiting for what is under way; again to give it up\n"
                                                         : "giving up what is under way\n");
                           }};
    Result<RunnerReport> done = run_session(std::move(options), work_of_plan(plan, asked->choice));
    line.end();
    if (!done) return console.print_error(done.error());
    report = std::move(*done);
  }
  GradeReport graded;
  if (!args.has("--no-grade")) {
    const auto done = grade_in_sandbox(session.console(), args, asked->store, plan.run.id, plan.task_of, false);
    if (!done) return console.print_error(done.error());
    graded = *done;
  }
  return say_run_end(session, {asked->store, plan.run.id, asked->endpoint.id, report, graded, plan_json(*figures)});
}

}  // namespace

const CommandSpec& eval_run_command() {
  static const CommandSpec kSpec = [] {
    CommandSpec spec;
    spec.name = "eval run";
    spec.summary = "ask models the tasks, and grade what they answer; the same again goes on where it was left";
    spec.example =
        "eval run --endpoint demo\n  rigwise eval run --endpoint ollama --model gemma3:27b\n  rigwise eval run "
        "--endpoint openrouter --model "
        "openai/gpt-5-mini --budget-usd 2 --plan";
    spec.args = tasks_args(TaskIds::only_flag);
    for (const ArgSpec& arg : endpoint_args()) spec.args.push_back(arg);
    const std::vector<ArgSpec> more = {
        {"--model", "", ArgType::list, "NAME", "as the endpoint calls it (repeatable)"},
        {"--plan", "", ArgType::flag, "", "say what would be asked and cost at most; send nothing"},
        {"--budget-usd", "", ArgType::number, "USD", "never more than this, reserved before each question"},
        {"--price", "", ArgType::text, "IN,OUT", "USD per million tokens (default: the catalog's)"},
        {"--samples", "", ArgType::integer, "N", "answers to each task (default: as it says)"},
        {"--concurrency", "", ArgType::integer, "N",
         "questions at once (default: grows from 8 to 64 by itself; local: 4)"},
        requests_per_minute_arg(),
        tokens_per_minute_arg(),
        {"--temperature", "", ArgType::number, "T", "in place of the tasks'"},
        {"--top-p", "", ArgType::number, "P", "nucleus sampling"},
        {"--seed", "", ArgType::integer, "N", "of the first sample"},
        {"--max-tokens", "", ArgType::integer, "N", "in place of the tasks'"},
        {"--context", "", ArgType::integer, "N", "Ollama's num_ctx"},
        {"--reasoning", "", ArgType::text, "EFFORT",
         "none, minimal, low, medium, high, xhigh; at Ollama on, off, low, medium, high"},
        {"--provider", "", ArgType::text, "NAME", "the one provider at OpenRouter"},
        {"--quant", "", ArgType::text, "FORMAT", "the weights' format, where you know it"},
        {"--label", "", ArgType::text, "TEXT", "keeps this run apart from others like it"},
        {"--in-doubt", "", ArgType::text, "WHAT", "what was sent when a process died: resend (default) or hold"},
        {"--idle-timeout", "", ArgType::number, "S", "seconds without a word (default 120; local: 600)"},
        {"--first-wait", "", ArgType::number, "S", "before a second try; then twice as long (default 1)"},
        {"--keep-raw", "", ArgType::flag, "", "keep bodies of good answers too"},
        {"--no-grade", "", ArgType::flag, "", "only ask; rigwise eval grade later"},
    };
    spec.args.insert(spec.args.end(), more.begin(), more.end());
    spec.args.push_back(store_arg());
    spec.run = run;
    return spec;
  }();
  return kSpec;
}

}  // namespace rigwise
