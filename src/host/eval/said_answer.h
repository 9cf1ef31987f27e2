#pragma once

#include <string>
#include <string_view>

#include "codec/told_conversation.h"
#include "core/grade/eval_task.h"
#include "host/store/ledger.h"

namespace rigwise {

/// What of an answer is judged, shown to people and compared for being the same: its text, or the whole conversation
/// where the task has further messages or tools. Either is a blob; its hash is what judgements name.

/// Which revisions of the store's tasks are conversations, as " rev rev " for said_blob_sql().
Result<std::string> conversation_revisions(Ledger& ledger);

/// SQL for the hash of that blob, where `i` is an item, `a` its chosen attempt, and the parameter ("$2") is
/// conversation_revisions().
std::string said_blob_sql(std::string_view parameter);

/// The blob read: a conversation with what led to the answer, else the text alone.
ToldConversation told_answer(bool is_conversation, const std::string& blob);

/// An answer out of the task's own files (a reference, a wrong one) as a run would have it: calls in it are made, and
/// the tools' script answers.
ToldConversation played_answer(const EvalTask& task, const std::string& text);

}  // namespace rigwise
