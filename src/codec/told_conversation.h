#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/json_text.h"
#include "core/grade/eval_task.h"

namespace rigwise {

/// A conversation as judges and people are shown it: every message, every call of a tool and what came of it.

enum class Speaker {
  user,
  model,
  call,    ///< of a tool; the text is its arguments
  result,  ///< what the tool gave back
  gap,     ///< stands for messages that are left out; the text says how many
};

struct ToldPart {
  Speaker speaker = Speaker::user;
  std::string tool;  ///< of a call and a result
  std::string text;
};

/// What was said after the task's first message, and the answer it led to.
struct ToldConversation {
  std::vector<ToldPart> before;
  std::string answer;  ///< the last that the model said, as it came
};

/// Whether a task's answer is more than one message: it has further turns, or tools.
bool is_conversation(const EvalTask& task);

/// Reads what Conversation::transcript() writes. Nothing: the text is no such thing.
std::optional<ToldConversation> told_conversation(std::string_view transcript);

/// Longer parts are cut in their middle, and if all of it is longer still, parts in the middle are left out; what is
/// missing is said in its place, in characters.
inline constexpr std::size_t kLongestPart = 4'000, kLongestTold = 40'000;
/// `before` within these limits; the answer as it is.
ToldConversation shortened(ToldConversation told, std::size_t longest_part = kLongestPart,
                           std::size_t longest = kLongestTold);
/// Of a text longer than `most` characters its beginning and its end, and between them how many are left out.
std::string cut_in_the_middle(std::string_view text, std::size_t most);

/// "user", "assistant", "call find_supplier", "result of find_supplier", "left out".
std::string speaker_words(const ToldPart& part);
/// The parts, each below a line of `mark` and who speaks.
std::string conversation_text(const std::vector<ToldPart>& parts, std::string_view mark);
/// The parts for programs: a list of {"speaker", "text"}, with "tool" where there is one.
Json conversation_json(const std::vector<ToldPart>& parts);

/// All that the model itself said: what evidence may be quoted from.
std::string words_of_model(const ToldConversation& told);

}  // namespace rigwise
