#include "host/eval/review_csv.h"

#include "codec/csv.h"
#include "core/base/text.h"
#include "host/eval/review_queue.h"

namespace rigwise {
namespace {

std::string quoted(const std::string& text) {
  std::string cell = "\"";
  for (const char c : text) {
    if (c == '"') cell += '"';
    cell += c;
  }
  return cell + "\"";
}

}  // namespace

Result<std::string> reviews_csv(Ledger& ledger, const std::string& run) {
  const auto cases = review_cases(ledger, run, ReviewWanted::open);
  if (!cases) return fail(cases.error());
  std::string csv = "key,task,reasons,correctness,completeness,quality,who,note,prompt,reference,conversation,answer\n";
  for (const ReviewCase& one : *cases) {
    csv.append(one.work_key).append(",").append(quoted(one.task_id)).append(",").append(quoted(join(one.reasons, " ")));
    csv.append(",,,,,,");
    const Result<ItemTexts> texts = texts_of_item(ledger, one.work_key);
    if (!texts) return fail(texts.error());
    const std::string talk = conversation_text(texts->conversation, "---");
    for (const std::string* text : {&texts->prompt, &texts->reference, &talk}) csv.append(quoted(*text)).append(",");
    csv.append(quoted(texts->answer)).append("\n");
  }
  return csv;
}

Result<ReviewsTaken> take_reviews_csv(Ledger& ledger, const std::string& run, const std::string& csv,
                                      const std::string& file) {
  std::vector<Diagnostic> faults;
  CsvTable table(csv, file, {"key", "correctness", "completeness", "quality"},
                 {"task", "reasons", "who", "note", "prompt", "reference", "conversation", "answer"}, false, faults);
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
      const Result<ReviewCase> decided = decide_case(ledger, run, table.text(table.column("key")), *read,
                                                     table.text(table.column("who")), table.text(table.column("note")));
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
