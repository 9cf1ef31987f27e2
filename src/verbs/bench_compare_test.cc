#include "verbs/bench_compare.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

/// A run of one level: `ttft_s` of each request, all of ten tokens.
Json run_of(const std::vector<double>& ttft_s, double streams = 4, const char* grade = "A", int seed = 1) {
  Json index = Json::array(), tokens = Json::array();
  for (std::size_t i = 0; i < ttft_s.size(); ++i) {
    index.push_back(i);
    tokens.push_back(10);
  }
  const Json level = {{"concurrency", streams},
                      {"client_health", {{"grade", grade}}},
                      {"samples", {{"index", index}, {"ttft_s", ttft_s}, {"output_tokens", tokens}}}};
  return {{"schema", "rigwise.bench/1"}, {"load", {{"seed", seed}}}, {"levels", Json::array({level})}};
}

std::vector<double> about(double ttft_s, std::size_t count = 60) {
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(ttft_s * (1 + 0.01 * static_cast<double>(i % 7)));
  return values;
}

Result<Json> compared(const Json& first, const Json& second) {
  return bench_compare_verb({}, {{"first", first}, {"second", second}});
}

TEST(BenchCompare, AThirdLongerWaitIsSlowerAndTheOtherWayRoundFaster) {
  const auto slower = compared(run_of(about(0.3)), run_of(about(0.4))),
             faster = compared(run_of(about(0.4)), run_of(about(0.3)));
  ASSERT_TRUE(slower && faster);
  const Json& change = (*slower)["levels"][0]["changes"][0];
  EXPECT_EQ(change["metric"], "ttft_s");
  EXPECT_EQ(change["verdict"], "slower");
  EXPECT_NEAR(change["ratio"].get<double>(), 4.0 / 3, 1e-9);
  EXPECT_EQ((*faster)["levels"][0]["changes"][0]["verdict"], "faster");
}

TEST(BenchCompare, ARunBesideItselfShowsNoDifference) {
  const Json run = run_of(about(0.3));
  EXPECT_EQ((*compared(run, run))["levels"][0]["changes"][0]["verdict"], "no difference shown");
}

TEST(BenchCompare, FewPairsHaveNoVerdict) {
  const Json change = (*compared(run_of(about(0.3, 9)), run_of(about(0.6, 9))))["levels"][0]["changes"][0];
  EXPECT_EQ(change["verdict"], "too few pairs");
  EXPECT_TRUE(change["interval"].is_null());
}

TEST(BenchCompare, ABadGradeAndAnotherSeedAreSaid) {
  const Json notes = (*compared(run_of(about(0.3)), run_of(about(0.3), 4, "D", 2)))["notes"];
  ASSERT_EQ(notes.size(), 2U);
  EXPECT_NE(notes[0].get<std::string>().find("graded D"), std::string::npos);
  EXPECT_NE(notes[1].get<std::string>().find("seeds differ"), std::string::npos);
}

TEST(BenchCompare, RefusesWhatIsNoRunAndRunsWithoutACommonLoad) {
  const Json run = run_of(about(0.3));
  EXPECT_EQ(compared(run, run_of(about(0.3), 8)).error().code, ErrorCode::invalid_input);
  EXPECT_FALSE(compared(run, Json::object()));
  EXPECT_FALSE(compared(run, 7));
  EXPECT_EQ(bench_compare_verb({}, {{"first", run}}).error().where, "second");
  EXPECT_FALSE(bench_compare_verb({}, {{"first", run}, {"second", run}, {"third", run}}));
}

}  // namespace
}  // namespace rigwise
