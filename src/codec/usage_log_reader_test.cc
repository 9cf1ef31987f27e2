#include "codec/usage_log_reader.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "core/usage/usage_tally.h"

namespace rigwise {
namespace {

std::string fixture(const std::string& name) {
  std::ifstream file(std::string(RIGWISE_SOURCE_DIR) + "/tests/usage/logs/" + name, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_FALSE(text.str().empty()) << name;
  return text.str();
}

const CategoryRules& no_rules() {
  static const CategoryRules kRules{std::vector<PromptCategory>{}};
  return kRules;
}

/// Everything that readers found, added up and kept.
struct Collected final : UsageSink {
  UsageTally tally{{}, no_rules()};
  std::vector<UsedRequest> requests;
  std::vector<std::string> prompts, faults;
  UsageFormat format = UsageFormat::unknown;

  void take_request(const UsedRequest& request) override {
    requests.push_back(request);
    tally.take_request(request);
  }
  void take_prompt(const UsedPrompt& prompt) override {
    if (tally.take_prompt(prompt)) prompts.emplace_back(prompt.text);
  }
  void take_fault(std::uint64_t line, std::string message) override {
    faults.push_back(std::to_string(line) + ": " + message);
  }
  /// Fed in pieces of a size, so that every record is cut somewhere.
  Collected& read(std::string_view text, std::size_t piece = 7) {
    UsageLogReader reader(*this);
    for (std::size_t at = 0; at < text.size(); at += piece) reader.feed(text.substr(at, piece));
    reader.finish();
    format = reader.format();
    return *this;
  }
};

using Texts = std::vector<std::string>;

TEST(UsageLogs, AnAnswerOfClaudeCodeWithoutItsUsageIsNamed) {
  Collected all;
  all.read(R"({"type": "assistant", "uuid": "1", "message": null}
{"type": "assistant", "uuid": "2", "message": {"model": "m", "usage": null}}
{"type": "assistant", "uuid": "3", "message": {"model": "m", "usage": {"input_tokens": 5, "output_tokens": 2}}}
)");
  EXPECT_EQ(all.faults, (Texts{"1: an answer without its \"usage\"; passed over",
                               "2: an answer without its \"usage\"; passed over"}));
  EXPECT_EQ(all.tally.totals().all.requests, 1u);
}

TEST(UsageLogs, ClaudeCodeCountsAMessageOnceOverFilesAndResumedSessions) {
  Collected all;
  all.read(fixture("claude/shop/9b1d6f0e.jsonl"));
  EXPECT_EQ(all.format, UsageFormat::claude_code);
  EXPECT_EQ(all.faults, Texts{});
  UsageTotals totals = all.tally.totals();
  EXPECT_EQ(totals.all.requests, 3u);
  EXPECT_EQ(totals.all.input, 12'004u + 12'306u + 12'505u);
  EXPECT_EQ(totals.all.cached, 12'000u + 12'300u);
  EXPECT_EQ(totals.all.cache_write, 12'500u);
  EXPECT_EQ(totals.all.output, 180u + 420u + 60u) << "of msg_01A the line with the most counts";
  ASSERT_EQ(all.prompts.size(), 2u) << "no tool result, no command, no note of the program";
  EXPECT_EQ(all.prompts[1], "Write a commit message for this change.");

  all.read(fixture("claude/shop/c0ffee00.jsonl"));
  EXPECT_EQ(all.faults, Texts{"8: the file ends inside this record"});
  all.read(fixture("claude/shop/5f3c/subagents/agent-1a2b.jsonl"));
  EXPECT_EQ(all.faults.size(), 2u);
  EXPECT_EQ(all.faults.back(), "2: no JSON: broken, or not UTF-8");
  totals = all.tally.totals();
  EXPECT_EQ(totals.all.requests, 5u);
  EXPECT_EQ(totals.all.output, 660u + 900u + 150u);
  EXPECT_EQ(totals.sidechains.requests, 1u);
  EXPECT_EQ(totals.sidechains.input, 900u);
  EXPECT_EQ(totals.prompts, 3u) << "the copied one counts once, the agent's none";
  EXPECT_EQ(totals.models.front().model, "claude-sonnet-4-5-20250929");
  EXPECT_EQ(totals.by_hour[8], 2u);
  EXPECT_EQ(totals.by_hour[9], 2u);
  EXPECT_EQ(totals.by_hour[14], 1u);
}

TEST(UsageLogs, TheSizeOfPiecesChangesNothing) {
  const std::string text = fixture("claude/shop/c0ffee00.jsonl");
  for (const std::size_t piece : {1u, 3u, 1000u, 1'000'000u}) {
    Collected all;
    all.read(text, piece);
    EXPECT_EQ(all.tally.totals().all.tokens(), 12'004u + 180 + 12'306 + 420 + 20'510 + 900) << piece;
    EXPECT_EQ(all.faults.size(), 1u) << piece;
  }
}

TEST(UsageLogs, ChatRequestsOfSeveralInterfaces) {
  Collected all;
  all.read(fixture("chat_requests.jsonl"));
  EXPECT_EQ(all.format, UsageFormat::chat_requests);
  EXPECT_EQ(all.faults, Texts{});
  ASSERT_EQ(all.requests.size(), 4u);
  EXPECT_EQ(all.requests[0].input_tokens, 52u);
  EXPECT_EQ(all.requests[1].cached_tokens, 1024u);
  EXPECT_EQ(all.requests[2].output_tokens, 5u);
  EXPECT_EQ(all.requests[3].input_tokens, 26u);
  EXPECT_EQ(all.requests[3].output_tokens, 298u);
  EXPECT_FALSE(all.requests[3].cached_tokens) << "Ollama does not say";
  for (const UsedRequest& request : all.requests) EXPECT_TRUE(request.time_s);
  ASSERT_EQ(all.prompts.size(), 3u);
  EXPECT_EQ(all.prompts[2], "ping");
}

TEST(UsageLogs, BucketsOfOpenAi) {
  Collected all;
  all.read(fixture("openai_usage.json"));
  EXPECT_EQ(all.format, UsageFormat::usage_buckets);
  all.read(fixture("openai_usage.json"));  // the same export again
  const UsageTotals totals = all.tally.totals();
  EXPECT_EQ(totals.all.requests, 482u);
  EXPECT_EQ(totals.all.input, 146'201u);
  EXPECT_EQ(totals.all.cached, 40'000u);
  EXPECT_EQ(totals.all.output, 10'456u);
  EXPECT_TRUE(totals.hours.empty()) << "of a day's sum nobody knows the hours";
  EXPECT_EQ(totals.days.size(), 1u);
}

TEST(UsageLogs, CsvOfTheDashboardAndTheConsole) {
  Collected dashboard;
  dashboard.read(fixture("openai_dashboard.csv"));
  EXPECT_EQ(dashboard.format, UsageFormat::usage_csv);
  EXPECT_EQ(dashboard.faults, Texts{"3: a cell that should count tokens or requests does not"});
  EXPECT_EQ(dashboard.tally.totals().all.requests, 8u);
  EXPECT_EQ(dashboard.tally.totals().all.input, 2'000u);
  EXPECT_EQ(dashboard.tally.totals().by_hour[2], 3u);

  Collected console;
  console.read(fixture("anthropic_console.csv"));
  const UsageTotals totals = console.tally.totals();
  EXPECT_EQ(console.faults, Texts{});
  EXPECT_EQ(totals.all.input, 20'000u + 10'000u) << "fresh, written and read together";
  EXPECT_EQ(totals.all.cached, 25'250u);
  EXPECT_EQ(totals.all.cache_write, 750u);
  EXPECT_EQ(totals.all.output, 1'200u);
  EXPECT_EQ(totals.all.requests, 0u);
  EXPECT_EQ(totals.uncounted, 2u);
}

TEST(UsageLogs, LiteLlm) {
  Collected all;
  all.read(fixture("litellm_spend.json"));
  EXPECT_EQ(all.format, UsageFormat::litellm);
  EXPECT_EQ(all.faults, Texts{"3: \"prompt_tokens\" is no count of tokens"});
  const UsageTotals totals = all.tally.totals();
  EXPECT_EQ(totals.all.requests, 1u) << "no embedding, and the copy once";
  EXPECT_EQ(totals.all.tokens(), 130u);
  EXPECT_EQ(totals.all.cached, 64u);
}

TEST(UsageLogs, OllamaSaysWhenAndNoTokens) {
  Collected all;
  all.read(fixture("ollama_server.log"));
  EXPECT_EQ(all.format, UsageFormat::ollama_log);
  const UsageTotals totals = all.tally.totals();
  EXPECT_EQ(totals.all.requests, 2u) << "no HEAD, no refusal";
  EXPECT_EQ(totals.all.requests_without_tokens, 2u);
  EXPECT_EQ(totals.by_hour[8], 2u);
  EXPECT_EQ(all.faults, Texts{"6: a [GIN] line without date, status or path"});
}

TEST(UsageLogs, LlamaServerSaysTokensAndWhatWasCached) {
  Collected all;
  all.read(fixture("llama_server.log"));
  EXPECT_EQ(all.format, UsageFormat::llama_server_log);
  ASSERT_EQ(all.requests.size(), 2u);
  EXPECT_EQ(all.requests[0].model, "qwen3-8b-q4_k_m.gguf") << "no path";
  EXPECT_EQ(all.requests[0].input_tokens, 1'200u);
  EXPECT_EQ(all.requests[0].cached_tokens, 0u);
  EXPECT_EQ(all.requests[0].output_tokens, 50u);
  EXPECT_EQ(all.requests[1].input_tokens, 1'300u);
  EXPECT_EQ(all.requests[1].cached_tokens, 1'250u);
  EXPECT_TRUE(all.requests[1].time_s);
  EXPECT_EQ(all.faults, Texts{"12: the log ends before the answer of this prompt was timed"});
}

TEST(UsageLogs, OpenWebUi) {
  Collected all;
  all.read(fixture("open_webui_chats.json"));
  EXPECT_EQ(all.format, UsageFormat::open_webui);
  const UsageTotals totals = all.tally.totals();
  EXPECT_EQ(totals.all.requests, 3u);
  EXPECT_EQ(totals.all.requests_without_tokens, 1u);
  EXPECT_EQ(totals.all.tokens(), 40u + 210 + 41 + 190);
  EXPECT_EQ(totals.prompts, 1u) << "two answers to one prompt";
}

TEST(UsageLogs, ABrokenLineLosesNothingElse) {
  const std::string good =
      R"({"id":"r1","model":"m","created":1791021600,"usage":{"prompt_tokens":5,"completion_tokens":2}})";
  const Texts broken = {"{",        "{\"id\": \"\xff\"}", "garbage",           "[1, 2]",
                        "\"text\"", "{\"usage\": }",      std::string(3, '\0')};
  for (const std::string& bad : broken) {
    Collected all;
    std::string log = good;
    log.append("\n").append(bad).append("\n{\"id\":\"r2\"").append(good, 10).append("\n");
    all.read(log);
    EXPECT_EQ(all.tally.totals().all.input, 10u) << bad;
    ASSERT_EQ(all.faults.size(), 1u) << bad;
    EXPECT_TRUE(all.faults.front().starts_with("2: ")) << all.faults.front();
  }
}

TEST(UsageLogs, FaultsNeverQuoteTheRecord) {
  Collected all;
  all.read("{\"id\":\"r1\",\"usage\":{\"prompt_tokens\":\"hunter2\"}}\n{\"password\": \"hunter2\"\n{\"a\":1}\n");
  ASSERT_EQ(all.faults.size(), 2u);
  for (const std::string& fault : all.faults) EXPECT_EQ(fault.find("hunter2"), std::string::npos) << fault;
}

TEST(UsageLogs, EmptyAndForeignTextsAreNone) {
  for (const char* text :
       {"", "\n\n", "\xef\xbb\xbf", "Dear diary,\ntoday ...\n", "a,b,c\n1,2,3\n", "[]", "{}", "{\"name\": \"x\"}"}) {
    Collected all;
    all.read(text);
    EXPECT_EQ(all.format, UsageFormat::unknown) << text;
    EXPECT_TRUE(all.requests.empty()) << text;
  }
}

TEST(UsageLogs, GeneratedOnesGiveTheExactTotals) {
  std::string text;
  std::uint64_t input = 0, output = 0, cached = 0;
  for (std::uint64_t i = 0; i < 5'000; ++i) {
    const std::uint64_t fresh = i * 7919 % 1'000, read = i * 104'729 % 50'000, written = i % 3 * 100,
                        out = i * 31 % 2'000;
    const std::string usage = "\"usage\":{\"input_tokens\":" + std::to_string(fresh) +
                              ",\"cache_creation_input_tokens\":" + std::to_string(written) +
                              ",\"cache_read_input_tokens\":" + std::to_string(read) + ",\"output_tokens\":";
    for (const std::uint64_t so_far : {out / 2, out}) {
      text +=
          "{\"type\":\"assistant\",\"uuid\":\"u\",\"sessionId\":\"s\",\"timestamp\":\"2026-10-05T08:00:00Z\","
          "\"message\":{\"id\":\"msg_" +
          std::to_string(i) + "\",\"model\":\"m\"," + usage + std::to_string(so_far) + "}}}\n";
    }
    input += fresh + read + written;
    cached += read;
    output += out;
  }
  Collected all;
  all.read(text, 4'096);
  const UsageTotals totals = all.tally.totals();
  EXPECT_EQ(totals.all.requests, 5'000u);
  EXPECT_EQ(totals.all.input, input);
  EXPECT_EQ(totals.all.cached, cached);
  EXPECT_EQ(totals.all.output, output);
  EXPECT_EQ(totals.copies, 5'000u);
}

}  // namespace
}  // namespace rigwise
