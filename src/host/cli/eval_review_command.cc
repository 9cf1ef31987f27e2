#include <ostream>

#include "core/base/text.h"
#include "host/cli/eval_flags.h"
#include "host/cli/eval_report_lines.h"
#include "host/cli/say.h"
#include "host/eval/result_set_of_ledger.h"
#include "host/eval/review_csv.h"
#include "host/eval/review_queue.h"
#include "host/files/files.h"
#include "host/store/store_url.h"

namespace rigwise {
namespace {

constexpr std::size_t kShortKey = 10;

/// The run that is reviewed.
struct ReviewedRun {
  std::string id;
  bool is_demo = false;
};

std::string say_identical(const ReviewCase& one) {
  return say_counted(static_cast<std::int64_t>(one.same.size()), "identical answer");
}

int list(Session& session, Ledger& ledger, const ReviewedRun& run, bool all) {
  Console& console = session.console();
  const auto cases = review_cases(ledger, run.id, all ? ReviewWanted::all : ReviewWanted::open);
  if (!cases) return console.print_error(cases.error());
  const bool marks_rows = run.is_demo && console.format == OutputFormat::csv;
  Json items = Json::array();
  Table table;
  table.columns = {
      {"key", false, false}, {"task", false, true}, {"answers", true}, {"why", false, true}, {"decided", false, false}};
  if (marks_rows) table.columns.push_back({"demonstration", false, false});
  for (const ReviewCase& one : *cases) {
    items.push_back(review_case_json(one));
    std::vector<std::string> row = {one.work_key.substr(0, kShortKey), one.task_id, std::to_string(one.same.size()),
                                    join(one.reasons, " "), one.is_decided ? one.verdict : "-"};
    if (marks_rows) row.emplace_back("yes");
    table.rows.push_back(std::move(row));
  }
  if (session.printed_as_json(
          {{"schema", "rigwise.eval_review/1"}, {"run", run.id}, {"is_demo", run.is_demo}, {"cases", items}}))
    return 0;
  if (run.is_demo && !marks_rows) say_demo(console);
  if (table.rows.empty()) {
    *console.out << "nothing to review in run " << run.id << '\n';
    return 0;
  }
  console.print(table);
  if (console.format == OutputFormat::table)
    *console.out << "\nanswers: identical ones, decided once\n"
                    "rigwise eval review --show KEY, then --decide KEY --grades 2,1,2\n";
  return 0;
}

Json checks_json(const std::vector<AnswerCheck>& checks) {
  Json list = Json::array();
  for (const AnswerCheck& check : checks) {
    list.push_back({{"name", check.name},
                    {"type", check.type},
                    {"value", check.applicable ? Json(check.value) : Json(nullptr)},
                    {"note", check.evidence}});
  }
  return list;
}

void say_case(const Console& console, const ReviewCase& one, const ItemTexts& texts,
              const std::vector<AnswerCheck>& checks) {
  std::ostream& out = *console.out;
  out << console.strong(one.task_id) << "  " << one.work_key.substr(0, kShortKey) << "  " << join(one.reasons, " ")
      << '\n';
  if (one.same.size() > 1) out << say_identical(one) << ": one decision is for all of them\n";
  out << '\n' << console.strong("TASK") << '\n' << texts.prompt << "\n" << console.strong("EXPECTED") << '\n';
  for (const std::string& expected : texts.expects) out << "- " << expected << '\n';
  out << '\n' << console.strong("REFERENCE") << '\n' << texts.reference << "\n\n";
  if (!texts.conversation.empty())
    out << console.strong("CONVERSATION") << '\n' << conversation_text(texts.conversation, "---") << '\n';
  out << console.strong("ANSWER") << '\n' << texts.answer << "\n\n" << console.strong("CHECKS") << '\n';
  for (const AnswerCheck& check : checks) {
    out << (check.applicable ? fixed(check.value, 2) : "not run") << "  " << check.name
        << (check.evidence.empty() ? "" : ": " + check.evidence) << '\n';
  }
  if (checks.empty()) out << "none has looked at it\n";
}

int show(Session& session, Ledger& ledger, const ReviewedRun& run, const std::string& key) {
  Console& console = session.console();
  const Result<ReviewCase> one = case_called(ledger, run.id, key);
  if (!one) return console.print_error(one.error());
  const Result<ItemTexts> texts = texts_of_item(ledger, one->work_key);
  const Result<EvaluatedAnswer> answer = answer_of_ledger(ledger, run.id, one->work_key);
  if (!texts || !answer) return console.print_error(texts ? answer.error() : texts.error());
  Json json = review_case_json(*one);
  add_texts_json(*texts, json);
  json["checks"] = checks_json(answer->checks);
  if (session.printed_as_json({{"schema", "rigwise.eval_review/1"},
                               {"run", run.id},
                               {"is_demo", run.is_demo},
                               {"cases", Json::array({json})}}))
    return 0;
  if (run.is_demo) say_demo(console);
  say_case(console, *one, *texts, answer->checks);
  return 0;
}

Error decided_before(const ReviewCase& one) {
  const std::string who = one.who.empty() ? "somebody" : one.who;
  return {ErrorCode::invalid_input,
          who + " has decided " + one.work_key.substr(0, kShortKey) + " already: " + one.verdict,
          "--decide",
          "--again puts your grades in the place of these",
          {}};
}

int decide(Session& session, Ledger& ledger, const ReviewedRun& run, const Args& args) {
  Console& console = session.console();
  const auto grades = grades_of_text(args.text("--grades").value_or(""));
  if (!grades) return console.print_error(grades.error());
  const std::string who = args.text("--who").value_or(environment_variable("USER").value_or(""));
  const Result<ReviewCase> found = case_called(ledger, run.id, args.text("--decide").value_or(""));
  if (!found) return console.print_error(found.error());
  if (found->is_decided && !found->is_open && !args.has("--again")) return console.print_error(decided_before(*found));
  const auto in_the_way = decide_seen_case(
      ledger, run.id, {found->work_key, *grades, who, args.text("--note").value_or(""), found->decided_ms});
  if (!in_the_way) return console.print_error(in_the_way.error());
  if (*in_the_way) return console.print_error(decided_before(**in_the_way));
  if (session.printed_as_json({{"schema", "rigwise.eval_review/1"},
                               {"run", run.id},
                               {"is_demo", run.is_demo},
                               {"decided", found->work_key},
                               {"identical", found->same.size()}}))
    return 0;
  *console.out << "decided" << (found->same.size() > 1 ? " once for " + say_identical(*found) : std::string()) << ": "
               << found->work_key.substr(0, kShortKey) << "; the judges' verdicts are kept beside it\n";
  return 0;
}

int take(Session& session, Ledger& ledger, const ReviewedRun& run, const std::string& file) {
  Console& console = session.console();
  const Result<std::string> csv = read_file(file);
  if (!csv) return console.print_error(csv.error());
  const auto taken = take_reviews_csv(ledger, run.id, *csv, file);
  if (!taken) return console.print_error(taken.error());
  if (session.printed_as_json({{"schema", "rigwise.eval_review/1"},
                               {"run", run.id},
                               {"is_demo", run.is_demo},
                               {"taken", taken->decided},
                               {"left_open", taken->left_open}}))
    return 0;
  *console.out << taken->decided << " decided, " << taken->left_open << " left open\n";
  return 0;
}

int write(Session& session, Ledger& ledger, const ReviewedRun& run, const std::string& file) {
  Console& console = session.console();
  const Result<std::string> csv = reviews_csv(ledger, run.id);
  if (!csv) return console.print_error(csv.error());
  if (const Result<void> written = write_file_atomically(file, *csv); !written)
    return console.print_error(written.error());
  if (session.printed_as_json(
          {{"schema", "rigwise.eval_review/1"}, {"run", run.id}, {"is_demo", run.is_demo}, {"written_to", file}}))
    return 0;
  *console.out << "written to " << file << ": fill in correctness, completeness, quality (0, 1, 2); then --import\n";
  return 0;
}

/// One thing at a time: who decides has seen the answer before, and not in the same breath.
std::optional<Error> two_at_once(const Args& args) {
  std::vector<std::string> given;
  for (const char* flag : {"--show", "--decide", "--import", "--export"}) {
    if (args.has(flag)) given.emplace_back(flag);
  }
  if (given.size() > 1)
    return Error{ErrorCode::invalid_input,
                 join(given, " and ") + " are two commands",
                 given[1],
                 "first --show KEY, then --decide KEY --grades 2,1,2",
                 {}};
  if (args.has("--grades") && !args.has("--decide"))
    return Error{ErrorCode::invalid_input, "grades of what?", "--grades", "--decide KEY --grades 2,1,2", {}};
  return std::nullopt;
}

int run(Session& session, const Args& args) {
  Console& console = session.console();
  if (const std::optional<Error> refused = two_at_once(args)) return console.print_error(*refused);
  const bool writes = args.has("--decide") || args.has("--import");
  const auto ledger =
      writes ? open_store(eval_store_of(args), IfMissing::refuse) : open_store_to_read(eval_store_of(args));
  if (!ledger) return console.print_error(ledger.error());
  const Result<std::string> id = run_called(**ledger, args);
  if (!id) return console.print_error(id.error());
  const Result<bool> is_demo = is_demo_run(**ledger, *id);
  if (!is_demo) return console.print_error(is_demo.error());
  const ReviewedRun reviewed{*id, *is_demo};
  if (args.has("--decide")) return decide(session, **ledger, reviewed, args);
  if (const auto key = args.text("--show")) return show(session, **ledger, reviewed, *key);
  if (const auto file = args.text("--import")) return take(session, **ledger, reviewed, *file);
  if (const auto file = args.text("--export")) return write(session, **ledger, reviewed, *file);
  return list(session, **ledger, reviewed, args.has("--all"));
}

}  // namespace

const CommandSpec& eval_review_command() {
  static const CommandSpec kSpec = {
      "eval review",
      "answers that a person should look at: list, show, decide; blind to model and judges",
      "eval review --decide 3f9a --grades 2,1,2 --note \"right, but no sources\"",
      {run_arg(),
       {"--show", "", ArgType::text, "KEY", "a case in full; the beginning of its key will do"},
       {"--decide", "", ArgType::text, "KEY", "give it grades"},
       {"--grades", "", ArgType::text, "C,C,Q", "correctness, completeness, quality: 0 fail, 1 acceptable, 2 good"},
       {"--note", "", ArgType::text, "TEXT", "why"},
       {"--again", "", ArgType::flag, "", "in the place of a verdict that is there"},
       {"--who", "", ArgType::text, "NAME", "who decides (default: $USER)"},
       {"--export", "", ArgType::text, "FILE.csv", "the open cases, to fill in"},
       {"--import", "", ArgType::text, "FILE.csv", "take it back"},
       {"--all", "", ArgType::flag, "", "list the decided ones too"},
       store_arg()},
      run};
  return kSpec;
}

}  // namespace rigwise
