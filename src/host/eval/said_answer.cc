#include "host/eval/said_answer.h"

#include "host/eval/conversation.h"
#include "host/eval/demo_steps.h"
#include "host/eval/eval_session.h"

namespace rigwise {

Result<std::string> conversation_revisions(Ledger& ledger) {
  const auto rows = ledger.database().run("SELECT sha256, kind, spec FROM task_rev ORDER BY sha256");
  if (!rows) return fail(rows.error());
  std::string revisions = " ";
  for (const SqlRow& row : *rows) {
    bool talks = row.text(1) == task_kind_name(TaskKind::agent);
    if (!talks) {
      const Result<std::string> spec = ledger.blob(row.text(2));
      if (!spec) return fail(spec.error());
      const Json record = Json::parse(*spec, nullptr, false);
      talks = record.is_object() && record.contains("turns") && !record["turns"].empty();
    }
    if (talks) revisions.append(row.text(0)).append(" ");
  }
  return revisions;
}

std::string said_blob_sql(std::string_view parameter) {
  // A conversation that ended with its first message is kept as that message alone.
  return "CASE WHEN " + std::string(parameter) +
         " LIKE '% ' || i.task_rev || ' %' THEN COALESCE(a.raw, a.answer) ELSE a.answer END";
}

ToldConversation told_answer(bool is_conversation, const std::string& blob) {
  if (is_conversation) {
    if (auto told = told_conversation(blob)) return *std::move(told);
  }
  ToldConversation told;
  told.answer = blob;
  return told;
}

ToldConversation played_answer(const EvalTask& task, const std::string& text) {
  if (!is_conversation(task)) return told_answer(false, text);
  Conversation talk(task, first_request(task, "", {}, 0), task.agent ? scripted_tools(*task.agent) : ToolAnswer());
  for (const DemoStep& step : demo_steps(task, text)) {
    ChatAnswer answer;
    answer.text = step.text;
    answer.tool_calls = step.calls;
    if (!talk.take(answer)) break;
  }
  return told_conversation(talk.transcript().dump()).value_or(told_answer(false, text));
}

}  // namespace rigwise
