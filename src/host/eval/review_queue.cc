#include "host/eval/review_queue.h"

#include <map>

#include "codec/csv.h"
#include "codec/json_text.h"
#include "core/base/text.h"
#include "core/grade/answer_text.h"
#include "core/grade/judge_verdict.h"

namespace rigwise {
namespace {

std::string text_in(const Json& object, const char* key) {
  return object.is_object() && object.contains(key) && object[key].is_string() ? object[key].get<std::string>()
                                                                               : std::string();
}

Result<void> add_texts(Ledger& ledger, const std::string& spec, const std::string& answer, ReviewCase& one) {
  const Result<std::string> task = ledger.blob(spec), text = ledger.blob(answer);
  if (!task || !text) return fail(task ? text.error() : task.error());
  const Result<Json> record = parse_json(*task);
  if (record) {
    one.prompt = text_in(*record, "prompt");
    one.reference = text_in(*record, "reference");
    if (record->is_object() && record->contains("expects") && (*record)["expects"].is_array()) {
      for (const Json& expected : (*record)["expects"]) {
        if (expected.is_string()) one.expects.push_back(expected.get<std::string>());
      }
    }
  }
  one.answer = visible_answer(*text);
  return {};
}

std::string quoted(const std::string& text) {
  std::string cell = "\"";
  for (const char c : text) {
    if (c == '"') cell += '"';
    cell += c;
  }
  return cell + "\"";
}

}  // namespace

Result<std::vector<ReviewCase>> review_cases(Ledger& ledger, const std::string& run, bool open_only, bool with_texts) {
  const auto rows = ledger.database().run(
      "SELECT v.work_key, t.task_id, v.reason, v.verdict, v.who, v.note, t.spec, a.answer, v.decided_ms FROM review v "
      "JOIN run_item r ON r.work_key = v.work_key JOIN item i ON i.work_key = v.work_key JOIN task_rev t ON t.sha256 = "
      "i.task_rev JOIN attempt a ON a.id = i.chosen WHERE r.run = $1 ORDER BY v.work_key, v.reason",
      {run});
  if (!rows) return fail(rows.error());
  std::vector<ReviewCase> cases;
  for (const SqlRow& row : *rows) {
    const bool is_decided = row.maybe_integer(8).has_value();
    if (open_only && is_decided) continue;
    if (cases.empty() || cases.back().work_key != row.text(0)) {
      ReviewCase one;
      one.work_key = row.text(0);
      one.task_id = row.text(1);
      if (with_texts) {
        if (Result<void> added = add_texts(ledger, row.text(6), row.text(7), one); !added) return fail(added.error());
      }
      cases.push_back(std::move(one));
    }
    ReviewCase& one = cases.back();
    one.reasons.push_back(row.text(2));
    if (!is_decided) continue;
    one.is_decided = true;
    one.verdict = row.text(3);
    one.who = row.text(4);
    one.note = row.text(5);
  }
  return cases;
}

Result<std::array<int, 3>> grades_of_text(const std::string& text) {
  std::array<int, 3> grades{};
  const std::vector<std::string_view> parts = split(text, ',');
  for (std::size_t i = 0; i < grades.size() && parts.size() == grades.size(); ++i) {
    const std::string_view part = trim(parts[i]);
    if (part.size() != 1 || part[0] < '0' || part[0] > '0' + kBestGrade) break;
    grades[i] = part[0] - '0';
    if (i + 1 == grades.size()) return grades;
  }
  return invalid("\"" + text + "\" are no grades", "--grades",
                 "correctness, completeness, quality, each 0 fail, 1 acceptable or 2 good: 2,1,2");
}

Result<std::string> decide_case(Ledger& ledger, const std::string& run, const std::string& key,
                                const std::array<int, 3>& grades, const std::string& who, const std::string& note) {
  const auto cases = review_cases(ledger, run, false, false);
  if (!cases) return fail(cases.error());
  const ReviewCase* found = nullptr;
  for (const ReviewCase& one : *cases) {
    if (key.empty() || !one.work_key.starts_with(key)) continue;
    if (found != nullptr) return invalid("several cases begin with \"" + key + "\"", "--decide", "more of the key");
    found = &one;
  }
  if (found == nullptr)
    return fail({ErrorCode::not_found,
                 "no case of this run begins with \"" + key + "\"",
                 "--decide",
                 "rigwise eval review",
                 {}});
  const Json verdict = {grades[0], grades[1], grades[2]};
  const Result<void> done = ledger.atomically([&]() -> Result<void> {
    for (const std::string& reason : found->reasons) {
      ReviewRecord record;
      record.work_key = found->work_key;
      record.reason = reason;
      record.verdict = verdict.dump();
      record.who = who;
      record.note = note;
      if (Result<void> decided = ledger.decide_review(record); !decided) return decided;
    }
    return ledger.move_item(found->work_key, {ItemState::done, {}, 0});
  });
  if (!done) return fail(done.error());
  return found->work_key;
}

Result<std::string> reviews_csv(Ledger& ledger, const std::string& run) {
  const auto cases = review_cases(ledger, run, true, true);
  if (!cases) return fail(cases.error());
  std::string csv = "key,task,reasons,correctness,completeness,quality,who,note,prompt,reference,answer\n";
  for (const ReviewCase& one : *cases) {
    csv.append(one.work_key).append(",").append(quoted(one.task_id)).append(",").append(quoted(join(one.reasons, " ")));
    csv.append(",,,,,,");
    csv.append(quoted(one.prompt)).append(",").append(quoted(one.reference)).append(",").append(quoted(one.answer));
    csv += '\n';
  }
  return csv;
}

Result<ReviewsTaken> take_reviews_csv(Ledger& ledger, const std::string& run, const std::string& csv,
                                      const std::string& file) {
  std::vector<Diagnostic> faults;
  CsvTable table(csv, file, {"key", "correctness", "completeness", "quality"},
                 {"task", "reasons", "who", "note", "prompt", "reference", "answer"}, false, faults);
  ReviewsTaken taken;
  const Result<void> done = ledger.atomically([&]() -> Result<void> {
    taken = {};
    while (table.usable() && table.next()) {
      std::string grades;
      for (const char* column : {"correctness", "completeness", "quality"})
        grades.append(grades.empty() ? "" : ",").append(table.cell(table.column(column)));
      if (grades == ",,") {
        ++taken.left_open;
        continue;
      }
      const std::string where = file + ":" + std::to_string(table.line());
      const Result<std::array<int, 3>> read = grades_of_text(grades);
      if (!read) {
        Error error = read.error();
        error.where = where;
        return fail(std::move(error));
      }
      const Result<std::string> decided =
          decide_case(ledger, run, table.text(table.column("key")), *read, table.text(table.column("who")),
                      table.text(table.column("note")));
      if (!decided) {
        Error error = decided.error();
        error.where = where;
        return fail(std::move(error));
      }
      ++taken.decided;
    }
    if (!faults.empty())
      return fail({ErrorCode::invalid_input,
                   faults.front().message,
                   file + ":" + std::to_string(faults.front().line),
                   faults.front().try_this,
                   {}});
    return {};
  });
  if (!done) return fail(done.error());
  return taken;
}

}  // namespace rigwise
