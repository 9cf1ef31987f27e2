#include "codec/foreign_results.h"

#include <gtest/gtest.h>

#include "codec/result_set.h"

namespace rigwise {
namespace {

ForeignResults imported(const std::vector<ForeignFile>& files) {
  Result<ForeignResults> read = read_foreign_results(files);
  EXPECT_TRUE(read) << (read ? "" : read.error().message);
  if (!read) return {};
  EXPECT_TRUE(parse_result_set(result_set_text(read->results), "again"));
  return std::move(*read);
}

/// A row of promptfoo's results, version 3.
std::string row(const std::string& question, const std::string& provider, const std::string& rest) {
  return R"({"id":"x","promptIdx":0,"testIdx":0,"testCase":{"vars":{"q":")" + question +
         R"("},"assert":[{"type":"contains","value":"42"}]},"provider":{"id":")" + provider +
         R"(","label":""},"prompt":{"raw":")" + question + R"(?","label":"p"},"vars":{"q":")" + question + R"("},)" +
         rest + "}";
}
constexpr const char* kGood =
    R"("success":true,"score":1,"failureReason":0,"latencyMs":1500,"cost":0.002,"response":{"output":"42","tokenUsage":{"total":30,"prompt":20,"completion":10},"cached":false},"gradingResult":{"pass":true,"score":1,"reason":"all","componentResults":[{"pass":true,"score":1,"reason":"Assertion passed","assertion":{"type":"contains","value":"42"}}]})";
constexpr const char* kEmpty =
    R"("success":false,"score":0,"failureReason":1,"latencyMs":90,"response":{"output":"","cached":false},"gradingResult":{"pass":false,"score":0,"reason":"No output","componentResults":[]})";
constexpr const char* kError =
    R"("success":false,"score":0,"failureReason":2,"error":"API error: 500","latencyMs":10,"gradingResult":null)";
constexpr const char* kCached =
    R"("success":true,"score":1,"failureReason":0,"latencyMs":3,"cost":0.002,"response":{"output":"42 again","cached":true},"gradingResult":{"pass":true,"score":1,"componentResults":[]})";

std::string promptfoo(const std::vector<std::string>& rows) {
  std::string text =
      R"({"evalId":"eval-abc","results":{"version":3,"timestamp":"2026-11-01T10:00:00.000Z","prompts":[],"results":[)";
  for (std::size_t i = 0; i < rows.size(); ++i) text += (i == 0 ? "" : ",") + rows[i];
  return text + R"(],"stats":{}},"config":{},"metadata":{"promptfooVersion":"0.121.20"}})";
}

TEST(ForeignResults, PromptfooRowsBecomeAnswersOfForeignColumns) {
  const ForeignResults read = imported(
      {{"r.json",
        promptfoo({row("a", "openai:m1", kGood), row("b", "openai:m1", kEmpty), row("a", "openai:m2", kError)})}});
  EXPECT_EQ(read.program, "promptfoo");
  ASSERT_EQ(read.results.models.size(), 2u);
  EXPECT_EQ(read.results.models[0].foreign, "promptfoo");
  ASSERT_EQ(read.results.answers.size(), 3u);
  int errors = 0, empties = 0;
  for (const EvaluatedAnswer& answer : read.results.answers) {
    if (answer.outcome == Outcome::infra_error) {
      ++errors;
      EXPECT_FALSE(answer.score);  // an error is nobody's 0
    } else if (answer.outcome == Outcome::empty) {
      ++empties;
      EXPECT_EQ(answer.score, 0);
    } else {
      EXPECT_EQ(answer.cost_nano, 2'000'000);
      EXPECT_EQ(answer.total_s, 1.5);
      EXPECT_EQ(answer.checks.at(0).type, "contains");
    }
  }
  EXPECT_EQ(errors, 1);
  EXPECT_EQ(empties, 1);
}

TEST(ForeignResults, RowsThatAResumeRepeatedCountOnceAndRepeatsAreSamples) {
  const std::string good = row("a", "m", kGood);
  const ForeignResults read = imported({{"r.json", promptfoo({good, good, good, row("a", "m", kCached)})}});
  EXPECT_EQ(read.rows, 4);
  EXPECT_EQ(read.duplicates, 2);
  ASSERT_EQ(read.results.answers.size(), 2u);
  EXPECT_EQ(read.results.answers[1].sample, 1);
  EXPECT_FALSE(read.results.answers[1].total_s);  // a cache's time is no model's
  EXPECT_FALSE(read.results.answers[1].cost_nano);
}

TEST(ForeignResults, PromptfooLinesAreTheSameAsItsFile) {
  const std::string a = row("a", "m", kGood), b = row("b", "m", kEmpty);
  const ForeignResults lines = imported({{"r.jsonl", a + "\n" + b + "\n"}});
  const ForeignResults whole = imported({{"r.json", promptfoo({a, b})}});
  ASSERT_EQ(lines.results.answers.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) EXPECT_EQ(lines.results.answers[i].task, whole.results.answers[i].task);
}

TEST(ForeignResults, LmEvalSamplesTakeTheirModelFromTheResults) {
  const ForeignFile summary = {
      "results_2026-11-22T05-50-00.000001.json",
      R"({"results":{"gsm8k":{"exact_match,strict-match":0.5}},"configs":{"gsm8k":{}},"model_name":"local","config":{"model":"local-chat-completions","model_args":"model=qwen3-32b,base_url=http://127.0.0.1"},"lm_eval_version":"0.4.9"})"};
  const auto sample = [](int id, const char* filter, int hit) {
    return R"({"doc_id":)" + std::to_string(id) +
           R"(,"doc":{},"target":"4","resps":[["the answer is 4"]],"filtered_resps":["4"],"filter":")" + filter +
           R"(","metrics":["exact_match"],"doc_hash":"d)" + std::to_string(id) +
           R"(","prompt_hash":"p","target_hash":"t","exact_match":)" + std::to_string(hit) + "}\n";
  };
  const ForeignFile samples = {"out/samples_gsm8k_2026-11-22T05-50-00.000001.jsonl",
                               sample(0, "strict-match", 0) + sample(1, "strict-match", 1) +
                                   sample(0, "flexible-extract", 1) + sample(1, "flexible-extract", 1)};
  const ForeignResults read = imported({summary, samples});
  ASSERT_EQ(read.results.models.size(), 1u);
  EXPECT_EQ(read.results.models[0].requested, "qwen3-32b");
  ASSERT_EQ(read.results.answers.size(), 2u);
  EXPECT_EQ(read.results.answers[0].checks.size(), 2u);
  EXPECT_EQ(read.results.tasks[0].category, "gsm8k");
  EXPECT_EQ(read.results.answers[0].score.value() + read.results.answers[1].score.value(), 1);  // the first filter's
  EXPECT_FALSE(read_foreign_results({summary}));
}

TEST(ForeignResults, InspectsUnscoredSamplesAreNotZero) {
  const auto sample = [](const char* id, int epoch, const char* scores) {
    return std::string(R"({"id":")") + id + R"(","epoch":)" + std::to_string(epoch) + R"(,"input":")" + id +
           R"(","target":"t","output":{"model":"openai/m","choices":[{"message":{"role":"assistant","content":[{"type":"text","text":"hello"}]},"stop_reason":"stop"}]},"model_usage":{"openai/m":{"input_tokens":7,"output_tokens":3}},"total_time":2.5)" +
           scores + "}";
  };
  const std::string log =
      R"({"version":2,"status":"started","eval":{"run_id":"r","created":"2026-11-01","task":"sums","model":"openai/m","packages":{"inspect_ai":"0.3"}},"samples":[)" +
      sample("a", 1, R"(,"scores":{"match":{"value":"C"}})") + "," +
      sample("a", 2, R"(,"scores":{"match":{"value":"I"}})") + "," +
      sample("b", 1, R"(,"scores":{"match":{"value":"P"}})") + "," + sample("c", 1, "") + "," +
      sample("d", 1, R"(,"error":{"message":"x"})") + "]}";
  const ForeignResults read = imported({{"log.json", log}});
  ASSERT_EQ(read.results.answers.size(), 5u);
  EXPECT_EQ(read.results.excluded.size(), 1u);  // the log is partial
  double sum = 0;
  int scored = 0, errors = 0;
  for (const EvaluatedAnswer& answer : read.results.answers) {
    sum += answer.score.value_or(0);
    scored += answer.score ? 1 : 0;
    errors += answer.outcome == Outcome::harness_error ? 1 : 0;
  }
  EXPECT_EQ(scored, 3);
  EXPECT_DOUBLE_EQ(sum, 1.5);
  EXPECT_EQ(errors, 1);
}

TEST(ForeignResults, RefusesWhatIsNobodysAndMixtures) {
  EXPECT_NE(read_foreign_results({{"x.json", "{}"}}).error().message.find("none that promptfoo"), std::string::npos);
  EXPECT_NE(read_foreign_results({{"x.json", "{\"a\": "}}).error().where.find("x.json"), std::string::npos);
  const ForeignFile one = {"r.json", promptfoo({row("a", "m", kGood)})};
  const ForeignFile other = {"s.jsonl", R"({"doc_id":0,"resps":[["x"]]})"};
  EXPECT_NE(read_foreign_results({one, other}).error().message.find("at once"), std::string::npos);
}

}  // namespace
}  // namespace rigwise
