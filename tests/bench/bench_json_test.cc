// What `rigwise bench --json` says keeps to its schema, and `bench compare` reads it back.
#include <gmock/gmock.h>
#include <poll.h>

#include "bench_for_tests.h"
#include "codec/bench_result.h"
#include "host/bench/bench_run.h"
#include "host/cli/bench_report.h"
#include "host/power/power_meter.h"
#include "tests/schema/schemas.h"

namespace rigwise {
namespace {

using testing::IsEmpty;

TEST_F(BenchTest, AResultKeepsToItsSchemaAndIsReadBack) {
  serve_timed(R"({"ttft_ms": 5, "token_ms": 2})");
  BenchAsked asked;
  asked.target = target;
  asked.target.model.clear();
  asked.target.is_here = true;
  ASSERT_TRUE(try_endpoint(asked.target));
  EXPECT_EQ(asked.target.model, "timed-1");  // the only one that it lists
  asked.choice.streams = {1, 4};
  asked.choice.prompts.prompt_tokens = {48};
  asked.choice.prompts.output_tokens = 8;
  asked.choice.prompts.texts = 2;
  asked.choice.prompts.run_id = "test";
  asked.choice.objectives.ttft_s = 5;
  asked.choice.timing.requests = 12;
  asked.choice.timing.warmup_s = 0;
  const Result<PromptBook> book = PromptBook::fitted(asked.target, asked.choice.prompts);
  ASSERT_TRUE(book);
  const Result<BenchRun> run = run_bench(asked.target, asked.choice, *book, interrupt, {}, {});
  ASSERT_TRUE(run);
  const Json report = bench_json(asked, *book, *run);
  EXPECT_THAT(schema_faults("bench.response.json", report), IsEmpty());
  EXPECT_EQ(report["levels"][1]["ok"], 12);
  EXPECT_EQ(report["levels"][1]["prompt_as_planned_share"], 1);
  EXPECT_EQ(report["levels"][1]["goodput_share"], 1);
  EXPECT_TRUE(report["levels"][1]["ttft_s"]["p99"].is_null());  // of twelve
  const Result<SavedBench> saved = saved_bench_of(report, "result.json");
  ASSERT_TRUE(saved);
  ASSERT_EQ(saved->levels.size(), 2U);
  EXPECT_EQ(saved->levels[1].samples.size(), 12U);
  EXPECT_EQ(saved->model, "timed-1");
}

TEST_F(BenchTest, JoulesOfATokenAreThoseOfTheSameWindow) {
  serve_timed(R"({"ttft_ms": 5, "token_ms": 2})");
  BenchAsked asked;
  asked.target = target;
  asked.target.is_here = true;
  ASSERT_TRUE(try_endpoint(asked.target));
  asked.choice.streams = {2};
  asked.choice.prompts.prompt_tokens = {48};
  asked.choice.prompts.output_tokens = 8;
  asked.choice.prompts.texts = 2;
  asked.choice.prompts.run_id = "test";
  asked.choice.timing.window_s = 1;
  asked.choice.timing.warmup_s = 0;
  asked.choice.power_rest_s = 0.5;
  asked.choice.power = [] {  // a package that takes 40 watts, whatever it does
    PowerSensor sensor;
    sensor.about = {"package-0", "made up", PowerCoverage::package, true, {}, {}};
    sensor.read = [] { return std::optional<double>(40 * PowerMeter::now_s()); };
    return PowerSensors{{sensor}, {}};
  };
  const Result<PromptBook> book = PromptBook::fitted(asked.target, asked.choice.prompts);
  ASSERT_TRUE(book);
  const Result<BenchRun> run = run_bench(asked.target, asked.choice, *book, interrupt, {}, {});
  ASSERT_TRUE(run);
  const Json report = bench_json(asked, *book, *run);
  EXPECT_THAT(schema_faults("bench.response.json", report), IsEmpty());
  const Json& level = report["levels"][0];
  const Json& energy = level["energy"];
  EXPECT_NEAR(energy["mean_w"].get<double>(), 40, 0.5);
  EXPECT_NEAR(energy["sources"][0]["idle_w"].get<double>(), 40, 2);
  EXPECT_NEAR(energy["net_joules"].get<double>(), 0, 3);
  EXPECT_EQ(energy["coverage"], "processor package");
  const double tokens = level["output_tokens_per_s"].get<double>() * level["duration_s"].get<double>();
  EXPECT_NEAR(energy["joules_per_output_token"].get<double>() * tokens, energy["joules"].get<double>(), 1e-6);
}

TEST(PowerMeter, AReadingThatIsDueIsWaitedFor) {
  PowerSensor sensor;
  sensor.read = [] { return std::optional<double>(1); };
  const PowerMeter meter({sensor}, 0.3);
  while (meter.traces()[0].readings.empty()) ::poll(nullptr, 0, 1);
  const double at_s = PowerMeter::now_s();
  meter.wait_for_readings(at_s);
  EXPECT_GE(meter.traces()[0].readings.back().at_s, at_s);
}

TEST_F(BenchTest, WithoutASourceOfPowerThereIsANoteAndNoFigure) {
  serve_timed(R"({"ttft_ms": 5, "token_ms": 2})");
  BenchAsked asked;
  asked.target = target;
  ASSERT_TRUE(try_endpoint(asked.target));
  asked.choice.streams = {1};
  asked.choice.prompts.prompt_tokens = {48};
  asked.choice.prompts.output_tokens = 8;
  asked.choice.prompts.texts = 2;
  asked.choice.timing.requests = 3;
  asked.choice.timing.warmup_s = 0;
  asked.choice.power = [] { return find_power_sensors("/nowhere", nullptr); };
  const Result<PromptBook> book = PromptBook::fitted(asked.target, asked.choice.prompts);
  ASSERT_TRUE(book);
  const Result<BenchRun> run = run_bench(asked.target, asked.choice, *book, interrupt, {}, {});
  ASSERT_TRUE(run);
  EXPECT_FALSE(run->levels.front().energy);
  EXPECT_FALSE(bench_level_json(run->levels.front()).contains("energy"));
  EXPECT_THAT(run->notes, testing::ElementsAre(testing::HasSubstr("nothing on this machine tells its power")));
}

}  // namespace
}  // namespace rigwise
