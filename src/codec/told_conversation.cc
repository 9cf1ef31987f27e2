#include "codec/told_conversation.h"

#include <array>
#include <cstdint>
#include <map>

#include "core/grade/answer_text.h"
#include "core/grade/utf8.h"

namespace rigwise {
namespace {

std::string text_at(const Json& object, const char* key) {
  return object.is_object() && object.contains(key) && object[key].is_string() ? object[key].get<std::string>()
                                                                               : std::string();
}

std::size_t characters_in(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); at = utf8_at(text, at).next) ++count;
  return count;
}

/// Where the character of that number begins.
std::size_t place_of(std::string_view text, std::size_t character) {
  std::size_t at = 0;
  for (; character > 0 && at < text.size(); --character) at = utf8_at(text, at).next;
  return at;
}

/// 12345 as "12,345".
std::string grouped(std::size_t number) {
  std::string digits = std::to_string(number);
  constexpr std::size_t kGroup = 3;
  for (std::size_t at = digits.size(); at > kGroup;) digits.insert(at -= kGroup, ",");
  return digits;
}

std::size_t characters_in(const std::vector<ToldPart>& parts) {
  std::size_t count = 0;
  for (const ToldPart& part : parts) count += characters_in(part.text);
  return count;
}

/// Parts from both ends that fit; what is between them becomes one that says how much it was.
std::vector<ToldPart> without_middle(std::vector<ToldPart> parts, std::size_t longest) {
  std::size_t begin = 0, end = parts.size(), used = 0;
  while (begin < end) {
    const bool from_front = begin <= parts.size() - end;
    const std::size_t next = characters_in(parts[from_front ? begin : end - 1].text);
    if (used + next > longest) break;
    used += next;
    if (from_front) {
      ++begin;
    } else {
      --end;
    }
  }
  if (begin == end) return parts;
  std::size_t lost = 0;
  for (std::size_t i = begin; i < end; ++i) lost += characters_in(parts[i].text);
  ToldPart gap{Speaker::gap, "",
               "[... " + grouped(end - begin) + " messages, " + grouped(lost) + " characters left out ...]"};
  std::vector<ToldPart> kept(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(begin));
  kept.push_back(std::move(gap));
  kept.insert(kept.end(), parts.begin() + static_cast<std::ptrdiff_t>(end), parts.end());
  return kept;
}

/// Takes the messages of a transcript one by one.
class Teller {
 public:
  void take(const Json& message) {
    const std::string role = text_at(message, "role"), text = text_at(message, "text");
    if (role == "tool") {
      parts_.push_back({Speaker::result, tool_of_[text_at(message, "tool_call_id")], text});
    } else if (role == "assistant") {
      take_answer(message, text);
    } else if (has_task_) {
      parts_.push_back({Speaker::user, "", text});
    }
    has_task_ = true;  // the first message is the task's prompt
  }

  ToldConversation told() {
    ToldConversation told;
    told.answer = answer_;
    told.before.reserve(parts_.size());
    // What was to be said after the last answer was never sent.
    while (!parts_.empty() && parts_.back().speaker == Speaker::user) parts_.pop_back();
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      if (i == answer_at_) continue;
      if (parts_[i].speaker == Speaker::model) {
        parts_[i].text = visible_answer(parts_[i].text);
        if (parts_[i].text.empty()) continue;  // it only called
      }
      told.before.push_back(std::move(parts_[i]));
    }
    return told;
  }

 private:
  void take_answer(const Json& message, const std::string& text) {
    answer_ = text;
    answer_at_ = parts_.size();
    parts_.push_back({Speaker::model, "", text});
    const auto calls = message.find("tool_calls");
    if (calls == message.end() || !calls->is_array()) return;
    for (const Json& call : *calls) {
      if (!call.is_object() || !call.contains("function")) continue;
      const Json& function = call["function"];
      const std::string name = text_at(function, "name");
      tool_of_[text_at(call, "id")] = name;
      parts_.push_back({Speaker::call, name, text_at(function, "arguments")});
    }
  }

  std::vector<ToldPart> parts_;
  std::map<std::string, std::string> tool_of_;  ///< by the call's id
  std::string answer_;
  std::size_t answer_at_ = SIZE_MAX;
  bool has_task_ = false;
};

}  // namespace

bool is_conversation(const EvalTask& task) { return task.agent.has_value() || !task.turns.empty(); }

std::optional<ToldConversation> told_conversation(std::string_view transcript) {
  const Json whole = Json::parse(transcript, nullptr, false);
  if (!whole.is_object() || !whole.contains("messages") || !whole["messages"].is_array()) return std::nullopt;
  Teller teller;
  for (const Json& message : whole["messages"]) teller.take(message);
  return teller.told();
}

std::string cut_in_the_middle(std::string_view text, std::size_t most) {
  const std::size_t count = text.size() <= most ? text.size() : characters_in(text);
  if (count <= most) return std::string(text);
  const std::size_t head = (most + 1) / 2, tail = most / 2;
  std::string cut(text.substr(0, place_of(text, head)));
  cut += "\n[... " + grouped(count - most) + " characters left out ...]\n";
  return cut.append(text.substr(place_of(text, count - tail)));
}

ToldConversation shortened(ToldConversation told, std::size_t longest_part, std::size_t longest) {
  constexpr std::size_t kLeastPart = 250;
  std::vector<ToldPart> parts = told.before;
  for (std::size_t most = longest_part;; most /= 2) {
    for (std::size_t i = 0; i < parts.size(); ++i) parts[i].text = cut_in_the_middle(told.before[i].text, most);
    if (most / 2 < kLeastPart || characters_in(parts) <= longest) break;
  }
  told.before = without_middle(std::move(parts), longest);
  return told;
}

std::string speaker_words(const ToldPart& part) {
  switch (part.speaker) {
    case Speaker::user: return "user";
    case Speaker::model: return "assistant";
    case Speaker::call: return "call " + part.tool;
    case Speaker::result: return "result of " + part.tool;
    case Speaker::gap: break;
  }
  return "left out";
}

std::string conversation_text(const std::vector<ToldPart>& parts, std::string_view mark) {
  std::string text;
  for (const ToldPart& part : parts) {
    text.append(mark).append(" ").append(speaker_words(part)).append("\n").append(part.text);
    if (!part.text.ends_with('\n')) text += '\n';
  }
  return text;
}

Json conversation_json(const std::vector<ToldPart>& parts) {
  constexpr std::array<std::string_view, 5> kNames = {"user", "assistant", "call", "result", "left_out"};
  Json list = Json::array();
  for (const ToldPart& part : parts) {
    Json one = {{"speaker", kNames[static_cast<std::size_t>(part.speaker)]}, {"text", part.text}};
    if (!part.tool.empty()) one["tool"] = part.tool;
    list.push_back(std::move(one));
  }
  return list;
}

std::string words_of_model(const ToldConversation& told) {
  std::string words;
  for (const ToldPart& part : told.before) {
    if (part.speaker != Speaker::model && part.speaker != Speaker::call) continue;
    words.append(part.tool).append(part.tool.empty() ? "" : " ").append(part.text).append("\n");
  }
  return words.append(visible_answer(told.answer));
}

}  // namespace rigwise
