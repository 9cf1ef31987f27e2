// The whole program, from its flags to its JSON, against servers that know the truth.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "bench_for_tests.h"
#include "core/measure/arrivals.h"
#include "host/cli/app.h"
#include "tests/schema/schemas.h"

namespace rigwise {
namespace {

class BenchCli : public BenchTest {
 protected:
  BenchCli() : folder(std::filesystem::temp_directory_path() / ("rigwise-bench-cli-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder);
  }
  ~BenchCli() override { std::filesystem::remove_all(folder); }

  std::string file(const std::string& name, const std::string& text = "") const {
    const std::string path = (folder / name).string();
    if (!text.empty()) std::ofstream(path) << text;
    return path;
  }
  /// `rigwise bench ... --json`, and what it said.
  Json bench(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"bench", "--json"});
    return said(arguments);
  }
  static Json said(const std::vector<std::string>& arguments) {
    std::ostringstream out, err;
    std::istringstream in;
    Console console;
    console.out = &out;
    console.err = &err;
    console.in = &in;
    EXPECT_EQ(run_app(arguments, console, ""), 0) << out.str() << err.str();
    return Json::parse(out.str(), nullptr, false);
  }
  std::string v1() const { return timed->url() + "/v1"; }

  std::filesystem::path folder;
};

TEST_F(BenchCli, GammaArrivalsAreSentAsTheyWerePlanned) {
  serve_timed(R"({"ttft_ms": 5, "token_ms": 1})");
  const Json report = bench({"--url", v1(), "--rate", "60", "--arrivals", "gamma", "--burstiness", "0.5", "--duration",
                             "1", "--warmup", "0", "--output-tokens", "4", "--prompt-tokens", "64", "--seed", "7"});
  ASSERT_TRUE(report.is_object());
  EXPECT_EQ(report["load"]["arrivals"], "gamma");
  EXPECT_EQ(report["load"]["burstiness"], 0.5);
  ArrivalPlan arrivals;
  arrivals.kind = ArrivalPattern::gamma;
  arrivals.burstiness = 0.5;
  arrivals.rate_per_s = 60;
  arrivals.seed = 7;
  EXPECT_EQ(report["levels"][0]["requests"].get<std::size_t>(), planned_arrivals_ns(arrivals, 1).size());
  EXPECT_EQ(report["levels"][0]["ok"], report["levels"][0]["requests"]);
}

TEST_F(BenchCli, ATraceIsReplayedWhole) {
  serve_timed(R"({"ttft_ms": 5, "token_ms": 1})");
  const std::string trace = file("trace.txt", "# seconds\n0\n0.1\n0.1\n0.25\n\n0.4\n");
  const std::string events = file("events.jsonl");
  const Json report = bench({"--url", v1(), "--trace", trace, "--output-tokens", "4", "--events", events});
  EXPECT_EQ(report["load"]["kind"], "trace");
  EXPECT_EQ(report["levels"][0]["requests"], 5);
  EXPECT_EQ(report["levels"][0]["ok"], 5);
  std::ifstream lines(events);
  std::vector<std::int64_t> planned;
  for (std::string line; std::getline(lines, line);) {
    const Json entry = Json::parse(line);
    if (entry.contains("planned_ns")) planned.push_back(entry["planned_ns"].get<std::int64_t>());
  }
  ASSERT_EQ(planned.size(), 5U);
  EXPECT_EQ(planned[2] - planned[1], 0);
  EXPECT_EQ(planned[4] - planned[0], 400'000'000);
}

TEST_F(BenchCli, ADatasetsPromptsAndLengthsAreAsked) {
  serve_timed(R"({"ttft_ms": 2, "token_ms": 1})");
  const std::string data =
      file("prompts.jsonl",
           "{\"prompt\": \"one two three\", \"output_tokens\": 3}\n"
           "{\"messages\": [{\"role\": \"user\", \"content\": \"four\"}], \"output_tokens\": 7}\n");
  const Json report = bench({"--url", v1(), "--dataset", data, "--requests", "40", "--warmup", "0", "--no-nonce"});
  const Json& level = report["levels"][0];
  EXPECT_EQ(level["ok"], 40);
  EXPECT_EQ(level["output_tokens"]["min"], 3);
  EXPECT_EQ(level["output_tokens"]["max"], 7);
  EXPECT_EQ(level["prompt_tokens"]["min"], 5);  // a word, and the template's four
  EXPECT_EQ(level["prompt_tokens"]["max"], 7);
}

TEST_F(BenchCli, ASharedPrefixIsFoundInTheServersCacheInItsShare) {
  serve_timed(R"({"ttft_ms": 2, "token_ms": 1, "prefix_cache": true})");
  const Json report = bench({"--url", v1(), "--shared-prefix", "0.5", "--prompt-tokens", "320", "--output-tokens", "4",
                             "--requests", "60", "--warmup", "0"});
  const Json& level = report["levels"][0];
  EXPECT_EQ(level["ok"], 60);
  EXPECT_NEAR(level["cached_share"].get<double>(), 0.5, 0.06);  // blocks of 16 words
  EXPECT_EQ(level["prompt_as_planned_share"], 1);
}

TEST_F(BenchCli, ARunIsSavedListedShownAndComparedByName) {
  serve_timed(R"({"ttft_ms": 5, "token_ms": 1})");
  const std::string runs = file("runs"), page = file("page.html");
  for (int i = 0; i < 2; ++i) {
    bench({"--url", v1(), "--requests", "15", "--warmup", "0", "--output-tokens", "4", "--prompt-tokens", "64",
           "--save", "--runs", runs, "--html", page});
  }
  std::ifstream html(page);
  std::string first_line;
  std::getline(html, first_line);
  EXPECT_EQ(first_line, "<!DOCTYPE html>");
  const Json list = said({"bench", "list", "--json", "--runs", runs});
  EXPECT_THAT(schema_faults("bench_list.response.json", list), testing::IsEmpty());
  ASSERT_EQ(list["runs"].size(), 2U);
  EXPECT_EQ(list["runs"][0]["model"], "timed-1");
  EXPECT_EQ(list["runs"][0]["loads"], Json::array({"1"}));
  const std::string newer = list["runs"][0]["name"], older = list["runs"][1]["name"];
  const Json shown = said({"bench", "show", "--json", newer, "--runs", runs});
  EXPECT_THAT(schema_faults("bench.response.json", shown), testing::IsEmpty());
  EXPECT_EQ(shown["levels"][0]["ok"], 15);
  const Json compared = said({"bench", "compare", "--json", older, "last", "--runs", runs});
  EXPECT_EQ(compared["levels"].size(), 1U);
}

TEST_F(BenchCli, ALevelOfMoreStreamsThanRequestsMeasuresOneOfEach) {
  serve_timed(R"({"ttft_ms": 2, "token_ms": 1})");
  const Json report = bench({"--url", v1(), "--concurrency", "2,8", "--requests", "4", "--warmup", "0",
                             "--output-tokens", "2", "--prompt-tokens", "64"});
  EXPECT_EQ(report["levels"][0]["ok"], 4);
  EXPECT_EQ(report["levels"][0]["notes"], Json::array());
  EXPECT_EQ(report["levels"][1]["ok"], 8);
  EXPECT_EQ(report["levels"][1]["notes"],
            Json::array({"8 requests were measured, not 4: one of each stream at least"}));
}

TEST_F(BenchCli, AModelThatTheEndpointDoesNotListIsWarnedOfAndMeasuredAllTheSame) {
  serve_timed(R"({"ttft_ms": 2, "token_ms": 1, "models": ["qwen3-8b", "gemma-3-4b"]})");
  const std::vector<std::string> rest = {"--url",           v1(), "--requests",      "2",  "--warmup", "0",
                                         "--output-tokens", "2",  "--prompt-tokens", "64", "--model"};
  const auto notes_of = [&](const std::string& model) {
    std::vector<std::string> arguments = rest;
    arguments.push_back(model);
    const Json report = bench(arguments);
    EXPECT_EQ(report["levels"][0]["ok"], 2);
    EXPECT_THAT(schema_faults("bench.response.json", report), testing::IsEmpty());
    return report["notes"];
  };
  EXPECT_EQ(notes_of("qwen3-8b"), Json::array());
  EXPECT_EQ(notes_of("qwen3-8B-it"), Json::array({"the endpoint does not list the model \"qwen3-8B-it\": another may "
                                                  "have answered; did you mean qwen3-8b?"}));
}

TEST(UnlistedModel, IsWarnedOfOnlyWhereTheEndpointListsOthers) {
  EXPECT_EQ(unlisted_model_warning("a", {}), std::nullopt) << "it lists nothing";
  EXPECT_EQ(unlisted_model_warning("a", {"b", "a"}), std::nullopt);
  EXPECT_EQ(unlisted_model_warning("qwen3", {"qwen3:latest"}), std::nullopt) << "Ollama's tag may be left out";
  EXPECT_THAT(unlisted_model_warning("zzzzzzzz", {"m1", "m2"}).value_or(""), testing::EndsWith("; it lists m1, m2"));
  EXPECT_THAT(unlisted_model_warning("zzzzzzzz", {"m1", "m2", "m3", "m4", "m5", "m6", "m7"}).value_or(""),
              testing::EndsWith("; it lists m1, m2, m3, m4, m5 and 2 more"));
}

TEST_F(BenchCli, OllamaIsAskedInItsOwnDialect) {
  serve_timed(R"({"ttft_ms": 10, "token_ms": 2, "models": ["qwen3:8b"], "reasoning_tokens": 2})");
  const Json report = bench({"--url", timed->url(), "--dialect", "ollama", "--concurrency", "1,2", "--requests", "12",
                             "--warmup", "0", "--output-tokens", "8", "--prompt-tokens", "64"});
  ASSERT_TRUE(report.contains("levels"));
  EXPECT_EQ(report["target"]["model"], "qwen3:8b");
  EXPECT_EQ(report["target"]["dialect"], "ollama");
  EXPECT_EQ(report["target"]["abilities"]["server_timings"], true);
  const Json& level = report["levels"][1];
  EXPECT_EQ(level["ok"], 12);
  EXPECT_EQ(level["output_tokens"]["mean"], 8);
  EXPECT_EQ(level["prompt_tokens"]["mean"], 64);  // fitted by its own counting
  EXPECT_EQ(level["token_sources"]["server_timings"], 12);
  EXPECT_GT(level["ttfv_s"]["mean"].get<double>(), level["ttft_s"]["mean"].get<double>());
}

}  // namespace
}  // namespace rigwise
