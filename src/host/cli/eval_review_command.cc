#include <ostream>

#include "core/base/text.h"
#include "host/cli/eval_flags.h"
#include "host/cli/eval_report_lines.h"
#include "host/cli/say.h"
#include "host/eval/review_queue.h"
#include "host/files/files.h"
#include "host/store/store_url.h"

namespace rigwise {
namespace {

constexpr std::size_t kShortKey = 10;

int list(Session& session, Ledger& ledger, const std::string& run, bool all) {
  Console& console = session.console();
  const auto cases = review_cases(ledger, run, !all, false);
  if (!cases) return console.print_error(cases.error());
  Json items = Json::array();
  Table table;
  table.columns = {{"key", false, false}, {"task", false, true}, {"why", false, true}, {"decided", false, false}};
  for (const ReviewCase& one : *cases) {
    items.push_back(review_case_json(one, false));
    table.rows.push_back(
        {one.work_key.substr(0, kShortKey), one.task_id, join(one.reasons, " "), one.is_decided ? one.verdict : "-"});
  }
  if (session.printed_as_json({{"schema", "rigwise.eval_review/1"}, {"run", run}, {"cases", items}})) return 0;
  if (table.rows.empty()) {
    *console.out << "nothing to review in run " << run << '\n';
    return 0;
  }
  console.print(table);
  *console.out << "\nrigwise eval review --show KEY, then --decide KEY --grades 2,1,2\n";
  return 0;
}

int show(Session& session, Ledger& ledger, const std::string& run, const std::string& key) {
  Console& console = session.console();
  const auto cases = review_cases(ledger, run, false, true);
  if (!cases) return console.print_error(cases.error());
  for (const ReviewCase& one : *cases) {
    if (!one.work_key.starts_with(key)) continue;
    if (session.printed_as_json(
            {{"schema", "rigwise.eval_review/1"}, {"run", run}, {"cases", Json::array({review_case_json(one, true)})}}))
      return 0;
    std::ostream& out = *console.out;
    out << console.strong(one.task_id) << "  " << one.work_key.substr(0, kShortKey) << "  " << join(one.reasons, " ")
        << "\n\n"
        << console.strong("TASK") << '\n'
        << one.prompt << "\n"
        << console.strong("EXPECTED") << '\n';
    for (const std::string& expected : one.expects) out << "- " << expected << '\n';
    out << '\n'
        << console.strong("REFERENCE") << '\n'
        << one.reference << "\n\n"
        << console.strong("ANSWER") << '\n'
        << one.answer << '\n';
    return 0;
  }
  return console.print_error(
      {ErrorCode::not_found, "no case of this run begins with \"" + key + "\"", "--show", "rigwise eval review", {}});
}

Error decided_before(const ReviewCase& one) {
  const std::string who = one.who.empty() ? "somebody" : one.who;
  return {ErrorCode::invalid_input,
          who + " has decided " + one.work_key.substr(0, kShortKey) + " already: " + one.verdict,
          "--decide",
          "--again puts your grades in the place of these",
          {}};
}

int decide(Session& session, Ledger& ledger, const std::string& run, const Args& args) {
  Console& console = session.console();
  const auto grades = grades_of_text(args.text("--grades").value_or(""));
  if (!grades) return console.print_error(grades.error());
  const std::string who = args.text("--who").value_or(environment_variable("USER").value_or(""));
  const Result<ReviewCase> found = case_called(ledger, run, args.text("--decide").value_or(""));
  if (!found) return console.print_error(found.error());
  if (found->is_decided && !found->is_open && !args.has("--again")) return console.print_error(decided_before(*found));
  const auto in_the_way = decide_seen_case(
      ledger, run, {found->work_key, *grades, who, args.text("--note").value_or(""), found->decided_ms});
  if (!in_the_way) return console.print_error(in_the_way.error());
  if (*in_the_way) return console.print_error(decided_before(**in_the_way));
  if (session.printed_as_json({{"schema", "rigwise.eval_review/1"}, {"run", run}, {"decided", found->work_key}}))
    return 0;
  *console.out << "decided: " << found->work_key.substr(0, kShortKey) << "; the judges' verdicts are kept beside it\n";
  return 0;
}

int take(Session& session, Ledger& ledger, const std::string& run, const std::string& file) {
  Console& console = session.console();
  const Result<std::string> csv = read_file(file);
  if (!csv) return console.print_error(csv.error());
  const auto taken = take_reviews_csv(ledger, run, *csv, file);
  if (!taken) return console.print_error(taken.error());
  if (session.printed_as_json({{"schema", "rigwise.eval_review/1"},
                               {"run", run},
                               {"taken", taken->decided},
                               {"left_open", taken->left_open}}))
    return 0;
  *console.out << taken->decided << " decided, " << taken->left_open << " left open\n";
  return 0;
}

int run(Session& session, const Args& args) {
  Console& console = session.console();
  const bool writes = args.has("--decide") || args.has("--import");
  const auto ledger =
      writes ? open_store(eval_store_of(args), IfMissing::refuse) : open_store_to_read(eval_store_of(args));
  if (!ledger) return console.print_error(ledger.error());
  const Result<std::string> run_id = run_called(**ledger, args);
  if (!run_id) return console.print_error(run_id.error());
  if (args.has("--grades") && !args.has("--decide")) {
    return session.console().print_error(
        {ErrorCode::invalid_input, "grades of what?", "--grades", "--decide KEY --grades 2,1,2", {}});
  }
  if (args.has("--decide")) return decide(session, **ledger, *run_id, args);
  if (const auto key = args.text("--show")) return show(session, **ledger, *run_id, *key);
  if (const auto file = args.text("--import")) return take(session, **ledger, *run_id, *file);
  if (const auto file = args.text("--export")) {
    const Result<std::string> csv = reviews_csv(**ledger, *run_id);
    if (!csv) return console.print_error(csv.error());
    if (const Result<void> written = write_file_atomically(*file, *csv); !written)
      return console.print_error(written.error());
    if (session.printed_as_json({{"schema", "rigwise.eval_review/1"}, {"run", *run_id}, {"written_to", *file}}))
      return 0;
    *console.out << "written to " << *file << ": fill in correctness, completeness, quality (0, 1, 2); then --import\n";
    return 0;
  }
  return list(session, **ledger, *run_id, args.has("--all"));
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
