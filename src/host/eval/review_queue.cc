#include "host/eval/review_queue.h"

#include <algorithm>
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

Result<ItemTexts> texts_in(Ledger& ledger, const std::string& spec) {
  const Result<std::string> task = ledger.blob(spec);
  if (!task) return fail(task.error());
  ItemTexts texts;
  const Result<Json> record = parse_json(*task);
  if (!record) return texts;
  texts.prompt = text_in(*record, "prompt");
  texts.reference = text_in(*record, "reference");
  if (record->is_object() && record->contains("expects") && (*record)["expects"].is_array()) {
    for (const Json& expected : (*record)["expects"]) {
      if (expected.is_string()) texts.expects.push_back(expected.get<std::string>());
    }
  }
  return texts;
}

Result<void> add_texts(Ledger& ledger, const std::string& spec, const std::string& answer, ReviewCase& one) {
  Result<ItemTexts> texts = texts_in(ledger, spec);
  const Result<std::string> text = ledger.blob(answer);
  if (!texts || !text) return fail(texts ? text.error() : texts.error());
  one.prompt = std::move(texts->prompt);
  one.reference = std::move(texts->reference);
  one.expects = std::move(texts->expects);
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
    if (!is_decided) {
      one.is_open = true;
      continue;
    }
    one.is_decided = true;
    one.verdict = row.text(3);
    one.who = row.text(4);
    one.note = row.text(5);
    one.decided_ms = std::max(one.decided_ms, row.integer(8));
  }
  return cases;
}

Json review_case_json(const ReviewCase& one, bool with_texts) {
  Json json = {{"key", one.work_key},
               {"task", one.task_id},
               {"reasons", one.reasons},
               {"decided", one.is_decided},
               {"grades", one.is_decided ? Json::parse(one.verdict, nullptr, false) : Json(nullptr)},
               {"who", one.who},
               {"note", one.note}};
  if (!with_texts) return json;
  json["prompt"] = one.prompt;
  json["expects"] = one.expects;
  json["reference"] = one.reference;
  json["answer"] = one.answer;
  return json;
}

Result<ItemTexts> texts_of_item(Ledger& ledger, const std::string& work_key) {
  const auto rows = ledger.database().run(
      "SELECT t.spec FROM item i JOIN task_rev t ON t.sha256 = i.task_rev WHERE i.work_key = $1", {work_key});
  if (!rows) return fail(rows.error());
  if (rows->empty()) {
    return fail({ErrorCode::not_found, "the store has no item \"" + work_key + "\"", "key", "rigwise eval review", {}});
  }
  return texts_in(ledger, rows->front().text(0));
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

Result<ReviewCase> case_called(Ledger& ledger, const std::string& run, const std::string& key) {
  auto cases = review_cases(ledger, run, false, false);
  if (!cases) return fail(cases.error());
  ReviewCase* found = nullptr;
  for (ReviewCase& one : *cases) {
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
  return std::move(*found);
}

Result<std::string> decide_case(Ledger& ledger, const std::string& run, const std::string& key,
                                const std::array<int, 3>& grades, const std::string& who, const std::string& note) {
  const Result<ReviewCase> found = case_called(ledger, run, key);
  if (!found) return fail(found.error());
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

Result<std::optional<ReviewCase>> decide_seen_case(Ledger& ledger, const std::string& run,
                                                   const ReviewDecision& decision) {
  std::optional<ReviewCase> in_the_way;
  const Json verdict = {decision.grades[0], decision.grades[1], decision.grades[2]};
  const auto work = [&]() -> Result<void> {
    in_the_way.reset();
    const auto rows = ledger.database().run(
        "SELECT v.reason, v.decided_ms FROM review v JOIN run_item r ON r.work_key = v.work_key WHERE r.run = $1 AND "
        "v.work_key = $2 ORDER BY v.reason",
        {run, decision.work_key});
    if (!rows) return fail(rows.error());
    if (rows->empty()) {
      return fail({ErrorCode::not_found, "no case of this run has that key", "key", "rigwise eval review", {}});
    }
    std::int64_t latest_ms = 0;
    for (const SqlRow& row : *rows) latest_ms = std::max(latest_ms, row.integer(1));
    bool is_seen = latest_ms == decision.seen_ms;
    for (const SqlRow& row : *rows) {
      if (!is_seen) break;
      ReviewRecord record;
      record.work_key = decision.work_key;
      record.reason = row.text(0);
      record.verdict = verdict.dump();
      record.who = decision.who;
      record.note = decision.note;
      const Result<bool> written = ledger.decide_review_over(record, row.maybe_integer(1));
      if (!written) return fail(written.error());
      is_seen = *written;
    }
    if (is_seen) return ledger.move_item(decision.work_key, {ItemState::done, {}, 0});
    in_the_way.emplace();
    return fail({ErrorCode::unsupported, "a verdict stands there that was not seen", "key", "", {}});
  };
  const Result<void> done = ledger.atomically(work);
  if (done) return std::optional<ReviewCase>();
  if (!in_the_way) return fail(done.error());
  const auto cases = review_cases(ledger, run, false, false);
  if (!cases) return fail(cases.error());
  for (const ReviewCase& one : *cases) {
    if (one.work_key == decision.work_key) return std::optional<ReviewCase>(one);
  }
  return fail(done.error());
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
      const std::string grades = join({table.text(table.column("correctness")),
                                       table.text(table.column("completeness")), table.text(table.column("quality"))},
                                      ",");
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
