#include "codec/told_conversation.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

constexpr const char* kTalk = R"({"messages": [
  {"role": "user", "text": "Who supplies Norrby?"},
  {"role": "assistant", "text": "", "tool_calls": [
    {"id": "call_1", "type": "function", "function": {"name": "find", "arguments": "{\"name\":\"norr\"}"}}]},
  {"role": "tool", "text": "Norrby AB, 7", "tool_call_id": "call_1"},
  {"role": "assistant", "text": "<think>hm</think>Number 7."},
  {"role": "user", "text": "Are you sure?"},
  {"role": "assistant", "text": "Yes."}]})";

TEST(ToldConversation, IsWhatWasSaidAfterTheTaskAndTheAnswerApart) {
  const auto told = told_conversation(kTalk);
  ASSERT_TRUE(told);
  EXPECT_EQ(conversation_text(told->before, "---"),
            "--- call find\n{\"name\":\"norr\"}\n--- result of find\nNorrby AB, 7\n--- assistant\nNumber 7.\n"
            "--- user\nAre you sure?\n");
  EXPECT_EQ(told->answer, "Yes.");
  EXPECT_EQ(conversation_json(told->before).dump(),
            R"([{"speaker":"call","text":"{\"name\":\"norr\"}","tool":"find"},)"
            R"({"speaker":"result","text":"Norrby AB, 7","tool":"find"},{"speaker":"assistant","text":"Number 7."},)"
            R"({"speaker":"user","text":"Are you sure?"}])");
}

TEST(ToldConversation, EvidenceComesFromTheModelAlone) {
  EXPECT_EQ(words_of_model(*told_conversation(kTalk)), "find {\"name\":\"norr\"}\nNumber 7.\nYes.");
}

TEST(ToldConversation, AMessageThatWasNeverSentIsNoPartOfIt) {
  const auto told = told_conversation(R"({"messages": [{"role": "user", "text": "a"},
      {"role": "assistant", "text": "b"}, {"role": "user", "text": "c"}]})");
  ASSERT_TRUE(told);
  EXPECT_TRUE(told->before.empty());
  EXPECT_EQ(told->answer, "b");
}

TEST(ToldConversation, OtherTextsAreNone) {
  for (const char* text : {"", "Yes.", "[]", "{\"choices\": []}", "{\"messages\": 1}"})
    EXPECT_FALSE(told_conversation(text)) << text;
}

TEST(ToldConversation, ALongPartIsCutInItsMiddleByCharactersAndSaysSo) {
  EXPECT_EQ(cut_in_the_middle("abcdefgh", 8), "abcdefgh");
  EXPECT_EQ(cut_in_the_middle("abcdefgh", 5), "abc\n[... 3 characters left out ...]\ngh");
  EXPECT_EQ(cut_in_the_middle("\u00e5\u00e4\u00f6\u00e5\u00e4\u00f6", 4),
            "\u00e5\u00e4\n[... 2 characters left out ...]\n\u00e4\u00f6");
  const std::string cut = cut_in_the_middle(std::string(20'000, 'x'), kLongestPart);
  EXPECT_NE(cut.find("[... 16,000 characters left out ...]"), std::string::npos);
}

TEST(ToldConversation, AVeryLongOneKeepsItsBeginningAndItsEnd) {
  ToldConversation told;
  for (int i = 0; i < 1000; ++i) told.before.push_back({Speaker::result, "find", std::string(300, 'a')});
  told.before.front().text = "the first";
  told.before.back().text = "the last";
  const ToldConversation cut = shortened(told);
  EXPECT_EQ(cut.before.front().text, "the first");
  EXPECT_EQ(cut.before.back().text, "the last");
  EXPECT_LT(conversation_text(cut.before, "---").size(), kLongestTold + 20'000);
  std::size_t gaps = 0;
  for (const ToldPart& part : cut.before) gaps += part.speaker == Speaker::gap ? 1 : 0;
  EXPECT_EQ(gaps, 1U);
}

}  // namespace
}  // namespace rigwise
