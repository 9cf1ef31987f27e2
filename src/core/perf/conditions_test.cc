#include "core/perf/conditions.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

Measurement noted(std::string note, std::string interconnect = {}, std::string date = "2026-06") {
  Measurement m;
  m.unit_note = std::move(note);
  m.interconnect = std::move(interconnect);
  m.date = std::move(date);
  m.model = "Llama 2 70B";
  return m;
}

TEST(RunConditions, ReadWhatANoteStates) {
  EXPECT_EQ(run_conditions(noted("llama-bench mean; ubatch 2048; flash attention on")).chunk_tokens, 2048);
  EXPECT_EQ(run_conditions(noted("llama-bench pp512; FA off")).flash_attention, false);
  EXPECT_EQ(run_conditions(noted("build llama.cpp-vulkan -fa 1")).flash_attention, true);
  const RunConditions rig = run_conditions(noted("GPU power limit 220W; TP2 PP1 instances 2; output tok/s"));
  EXPECT_EQ(rig.power_limit_w, 220);
  EXPECT_EQ(rig.tensor_parallel, 2);
  EXPECT_EQ(rig.pipeline_stages, 1);
  EXPECT_EQ(rig.replicas, 2);
}

TEST(RunConditions, KnowAThrottledMachine) {
  EXPECT_TRUE(run_conditions(noted("llama-bench; sustained: fanless machine")).sustained);
  EXPECT_FALSE(run_conditions(noted("llama-bench")).sustained);
}

TEST(RunConditions, TakeWhatASourceStatesForItsRows) {
  const SourceCondition known[] = {
      {"llama.cpp benches/", "llama-batched-bench", "ubatch 2048; flash attention on", "log"},
      {"hot laptop", "", "sustained: fanless", "README"}};
  Measurement row = noted("llama-batched-bench S_PP, aggregate over B sequences", "", "2025-01");
  row.source = "llama.cpp benches/dgx-spark/dgx-spark.md";
  EXPECT_EQ(run_conditions(row, known).chunk_tokens, 2048);
  EXPECT_EQ(run_conditions(row, known).flash_attention, true);
  EXPECT_FALSE(run_conditions(row, known).sustained);
  EXPECT_FALSE(run_conditions(row).chunk_tokens);
  row.unit_note = "llama-bench mean";
  EXPECT_FALSE(run_conditions(row, known).chunk_tokens) << "another tool of the same source";
}

TEST(RunConditions, KnowABuildThatMultipliesWithPlainRocblas) {
  EXPECT_TRUE(run_conditions(noted("llama-bench mean; build llama.cpp-hip")).plain_rocblas);
  EXPECT_FALSE(run_conditions(noted("llama-bench mean; build llama.cpp-rocwmma -fa 1 hipblaslt")).plain_rocblas);
  EXPECT_FALSE(run_conditions(noted("llama-bench mean; flash attention on; env rocm-7_2_3")).plain_rocblas);
}

TEST(RunConditions, ReadParallelismFromTheInterconnect) {
  EXPECT_EQ(run_conditions(noted("", "PCIe 4.0 x16 + x4; tp2")).tensor_parallel, 2);
  EXPECT_EQ(run_conditions(noted("", "PCIe 4.0 x16 + x4; dp2")).replicas, 2);
}

TEST(RunConditions, DoNotReadNumbersOutOfOtherWords) {
  const RunConditions c = run_conditions(noted("output tok/s; HTTP2 transport; STEP3; not stated"));
  EXPECT_FALSE(c.tensor_parallel || c.pipeline_stages || c.replicas || c.chunk_tokens || c.power_limit_w);
}

TEST(RunConditions, KnowBenchmarksWhoseProtocolFixesTheShape) {
  EXPECT_TRUE(run_conditions(noted("LocalScore average over 9 prompt/gen mixes")).localscore_average);
  EXPECT_FALSE(run_conditions(noted("LocalScore single test pp1024+tg16")).localscore_average);
  const RunConditions mlperf = run_conditions(noted("MLPerf Offline scenario, output tokens/s for the whole system"));
  ASSERT_TRUE(mlperf.shape);
  EXPECT_DOUBLE_EQ(mlperf.shape->output_tokens, 294);
}

TEST(RunConditions, CountHowManyRequestsWereSent) {
  const char* note = "output tok/s; vllm bench serve, all 500 requests sent at once (saturated)";
  EXPECT_EQ(run_conditions(noted(note)).requests, 500);
}

TEST(RunConditions, AgeABuildByItsDate) {
  EXPECT_NEAR(run_conditions(noted("", "", "2024-05")).age_years, 2.1, 0.1);
  EXPECT_DOUBLE_EQ(run_conditions(noted("", "", "2026-09-08")).age_years, 0);
  EXPECT_DOUBLE_EQ(run_conditions(noted("", "", "2019")).age_years, 2.5);
  EXPECT_DOUBLE_EQ(run_conditions(noted("", "", "")).age_years, 0);
  EXPECT_FALSE(run_conditions(noted("", "", "2025")).flash_attention_by_default);
  EXPECT_TRUE(run_conditions(noted("", "", "2026")).flash_attention_by_default);
}

TEST(RunConditions, TakeTheMiddleOfADateRange) {
  EXPECT_NEAR(*date_as_year("2023-11 to 2025"), 2024.68, 0.02);
  EXPECT_FALSE(date_as_year("unknown"));
  EXPECT_FALSE(
      date_as_year("2025-"
                   "xx to nothing"));
}

}  // namespace
}  // namespace rigwise
