// What the seeds say of many users at once (S0-23, S0-28, S4-4 to S4-6, S4-16), against the simulator on the real
// catalog: patterns and orders of magnitude, for the seeds state neither lengths nor engines' settings.
#include "claims.h"

namespace rigwise {
namespace {

struct Asked {
  const char* setup;
  const char* model;
  const char* quant;
  const char* engine;
  int slots = 0;  ///< 0: the engine's habit
  int prompt_tokens = 500, output_tokens = 300;
  double think_s = 0;
};

Json serving(const Asked& asked, int users) {
  Json request = {{"setup", asked.setup},
                  {"models", asked.model},
                  {"quant", asked.quant},
                  {"engine", asked.engine},
                  {"requests", 1000},
                  {"workload",
                   {{"users", users},
                    {"think_s", asked.think_s},
                    {"prompt_tokens", asked.prompt_tokens},
                    {"output_tokens", asked.output_tokens}}}};
  if (asked.slots > 0) request["slots"] = asked.slots;
  const Result<Json> answer = run_verb(real_house(), "capacity", request);
  EXPECT_TRUE(answer) << request.dump() << ": " << (answer ? "" : answer.error().message);
  EXPECT_TRUE((*answer)["stated"].is_object()) << (*answer)["why_not"];
  return *answer;
}

const Json stated(const Json& answer) { return answer["stated"]["models"][0]; }

/// Tokens a second that one of the users sees, and all together.
double of_each(const Json& answer) { return 1 / stated(answer)["tpot_s"]["p50"].get<double>(); }
double of_all(const Json& answer) { return stated(answer)["output_tokens_per_s"].get<double>(); }

/// A measured or claimed speed lies in the band that the answer's own prediction has.
void expect_in_band(double claimed, double simulated, const Json& answer) {
  const Json band = answer["models"][0]["decode_total"];
  const double value = band["value"].get<double>();
  EXPECT_GE(claimed, simulated * band["low"].get<double>() / value);
  EXPECT_LE(claimed, simulated * band["high"].get<double>() / value);
}

TEST(ServingClaims, S4_4_EachOfManyRequestsIsSlowerAsTheSeedSays) {
  const Asked a100 = {"nvidia-a100-80gb-sxm", "llama-3.3-70b", "awq-4bit-g128", "vllm"};
  const Json one = serving(a100, 1), ten = serving(a100, 10), fifty = serving(a100, 50);
  expect_in_band(40, of_each(one), one);
  expect_in_band(15, of_each(ten), ten);
  expect_in_band(8, of_each(fifty), fifty);
  EXPECT_GT(of_each(one) / of_each(fifty), 3) << "the seed: 40 to 8";
  EXPECT_LT(of_each(one) / of_each(fifty), 7);
}

TEST(ServingClaims, S4_5_BatchedThroughputIsOfTheSeedsOrder) {
  struct Row {
    Asked asked;
    int users;
    double total;
  };
  // Short questions and long answers, as in the published load tests of that time: 100 tokens in, 600 out.
  const Row rows[] = {
      {{"4x rtx a6000", "qwen2.5-72b", "awq-4bit-g128", "vllm"}, 50, 450},
      {{"4x rtx 4090", "llama-3.1-70b", "fp8", "vllm"}, 10, 250},
      {{"2x nvidia-a100-80gb-sxm", "llama-3.1-70b", "bf16", "vllm"}, 20, 250},
      {{"nvidia-a100-80gb-sxm", "qwen2.5-14b", "bf16", "vllm"}, 100, 3000},
      {{"rtx 4090", "llama-3.1-8b", "bf16", "vllm"}, 10, 340},
      {{"rtx 4090", "llama-3.1-8b", "gptq-4bit-g128", "vllm"}, 8, 600},
  };
  for (const auto& [row, users, total] : rows) {
    Asked asked = row;
    asked.prompt_tokens = 100;
    asked.output_tokens = 600;
    const Json answer = serving(asked, users);
    SCOPED_TRACE(std::string(asked.setup) + " " + asked.model + ": " + std::to_string(of_all(answer)));
    expect_in_band(total, of_all(answer), answer);
  }
}

TEST(ServingClaims, S4_6_SlotsOfAnA40ServeAsManyCodersAsTheSeedSays) {
  // Slots and users: 1 and 1-3, 4 and 4-8, 8 and 8-15, 16+ and 15-22, with "escalating" latency. A coder thinks 20 s.
  const auto coders = [](int slots) {
    return Asked{"a40", "qwen2.5-coder-7b", "q4_k_m", "llama.cpp", slots, 2000, 300, 20};
  };
  const auto first_word = [&](int slots, int users) {
    return stated(serving(coders(slots), users))["ttft_s"]["p95"].get<double>();
  };
  EXPECT_LT(first_word(1, 1), 2) << "low";
  EXPECT_GT(first_word(1, 4), 2 * first_word(1, 1)) << "one slot is no more than three people's";
  EXPECT_LT(first_word(4, 8), 3) << "moderate";
  EXPECT_LT(first_word(8, 15), 3) << "acceptable";
  EXPECT_GT(first_word(16, 22), first_word(8, 8)) << "escalating";
  const double four = serving(coders(4), 4)["largest"]["value"], eight = serving(coders(8), 8)["largest"]["value"];
  EXPECT_GE(four, 4);
  EXPECT_LE(four, 12);
  EXPECT_GE(eight, 8);
  EXPECT_LE(eight, 22);
}

TEST(ServingClaims, S4_16_OneCardServesTheMainAgentItsSubAgentsAndImagesAtOnce) {
  // Targets: main agent 60-80 tok/s (30 at least), five sub-agents at 15-20 each (10 at least), images beside them; on
  // the machine of S4-18's first option.
  const Json request = {
      {"setup", "rtx pro 6000"},
      {"engine", "llama.cpp"},
      {"requests", 2000},
      {"models",
       {{{"model", "gpt-oss-120b"},
         {"slots", 2},
         {"slo", {{"ttft_s", 5}, {"tpot_s", 1 / 30.}}},
         {"workload", {{"users", 1}, {"prompt_tokens", 8000}, {"output_tokens", 500}, {"prefix_hit", 0.9}}}},
        {{"model", "qwen3-coder-30b"},
         {"quant", "q4_k_m"},
         {"slo", {{"ttft_s", 5}, {"tpot_s", 1 / 10.}}},
         {"workload", {{"users", 5}, {"prompt_tokens", 1500}, {"output_tokens", 300}}}},
        {{"model", "qwen2.5-vl-7b"}, {"quant", "q4_k_m"}, {"workload", {{"users", 1}, {"think_s", 10}}}}}}};
  const Result<Json> answer = run_verb(real_house(), "capacity", request);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_TRUE((*answer)["holds"].get<bool>()) << (*answer)["why_not"];
  const Json models = (*answer)["stated"]["models"];
  EXPECT_GT(1 / models[0]["tpot_s"]["p50"].get<double>(), 45) << "near the target with all of them busy";
  EXPECT_GT(1 / models[1]["tpot_s"]["p50"].get<double>(), 15);
}

TEST(ServingClaims, S0_28_ANodeThatServesSeventyBillionIsFullWithTenUsers) {
  // "1 node per 5-8 concurrent users for 70B; queue at 10+ concurrent": a Framework Desktop with ten slots.
  const Asked node = {"framework-desktop-128gb", "llama-3.3-70b", "q4_k_m", "llama.cpp", 10, 300, 200};
  const Json one = serving(node, 1), eight = serving(node, 8), fifteen = serving(node, 15);
  EXPECT_GT(of_all(eight), 2 * of_all(one)) << "batching serves eight at more than twice the tokens of one";
  EXPECT_LT(stated(eight)["queue_wait_s"]["p95"].get<double>(), 1);
  EXPECT_GT(stated(fifteen)["queue_wait_s"]["p50"].get<double>(), 10) << "beyond ten they queue";
  EXPECT_LT(of_each(eight), 3) << "and each waits long for dense weights at 256 GB/s: S0-23 gives such a node to five";
}

}  // namespace
}  // namespace rigwise
