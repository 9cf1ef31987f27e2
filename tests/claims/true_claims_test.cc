// What was really measured must not be called impossible or implausible.
#include <gmock/gmock.h>

#include "claims.h"

namespace rigwise {
namespace {

/// The published runs as claims, judged by a house that has never seen a measurement.
const House& house_without_runs() {
  static const House kHouse = [] {
    House house = real_house();
    house.catalog.measurements.clear();
    return house;
  }();
  return kHouse;
}

Json claim_of(const Measurement& run) {
  Json request = {{"model", run.model},
                  {"quant", run.quant},
                  {"setup", std::to_string(run.hardware_count) + "x " + run.hardware},
                  {"phase", phase_name(run.phase)},
                  {"tokens_per_s", run.tokens_per_s},
                  {"concurrency", run.concurrency}};
  if (run.context_depth) request["depth_tokens"] = *run.context_depth;
  if (run.prompt_tokens && *run.prompt_tokens >= 1) request["prompt_tokens"] = *run.prompt_tokens;
  return request;
}

bool is_trusted(const Measurement& run) {
  return run.defect.empty() && run.confidence != "low" && run.unit_note.find("OUTLIER") == std::string::npos;
}

const Measurement* run_of(std::string_view id) {
  for (const Measurement& run : real_house().catalog.measurements)
    if (run.id == id) return &run;
  return nullptr;
}

/// One row each of many devices, vendors, engines, models and formats; kept by id, so that a row that disappears is
/// noticed.
const char* const kKnownRuns[] = {
    "m04483",  // RTX 5070, LLaMA 7B Q4_0, decode
    "m04571",  // Quadro RTX 6000, LLaMA 7B Q4_0, decode
    "m04503",  // TITAN Xp, LLaMA 7B Q4_0, decode
    "m04549",  // RTX 4080, LLaMA 7B Q4_0, decode
    "m04533",  // A100 80GB, LLaMA 7B Q4_0, decode
    "m04467",  // L40, LLaMA 7B Q4_0, decode
    "m04623",  // Radeon RX 7800 XT, ROCm, LLaMA 7B Q4_0, decode
    "m04611",  // Radeon RX 7900 GRE, ROCm, LLaMA 7B Q4_0, decode
    "m04651",  // Arc A770, Vulkan, LLaMA 7B Q4_0, decode
    "m04661",  // Arc Pro B50, Vulkan, LLaMA 7B Q4_0, decode
    "m00332",  // M1 Ultra, Metal, LLaMA 7B Q4_0, decode
    "m00404",  // M3 Max, Metal, LLaMA 7B Q4_0, decode
    "m00424",  // M4 Pro, Metal, LLaMA 7B F16, decode
    "m00406",  // M3 Ultra, Metal, LLaMA 7B F16, decode
    "m05585",  // M1 Max, Metal, Llama 3 8B F16, decode
    "m05270",  // RTX 6000 Ada, Llama 3 8B F16, decode
    "m05391",  // 4x RTX 5000 Ada, Llama 3 8B Q4_K_M, decode
    "m05547",  // 4x A100 SXM, Llama 3 70B F16, decode
    "m02120",  // DGX Spark, gpt-oss 20B MXFP4 at 8192 tokens, decode
    "m00720",  // RTX 5080, gpt-oss 20B MXFP4, decode
    "m00646",  // M4 Max, gpt-oss 20B MXFP4, decode
    "m01252",  // RTX 4060, Qwen3.5 9B Q4_K_M, decode
    "m03795",  // M4 Max, llamafile, Llama 3.1 8B Q4_K_M, decode
    "m00721",  // RTX 5090, gpt-oss 20B MXFP4, prefill
    "m04604",  // Radeon RX 7900 XTX, ROCm, LLaMA 7B Q4_0, prefill
    "m01891",  // Strix Halo, Vulkan, GLM 4.5 Air Q4_K_XL, prefill
    "m02289",  // M2 Ultra, Qwen3 Coder 30B A3B Q8_0, prefill
    "m04123",  // M5 Max, Qwen3.5 35B A3B Q5_K_S, prefill
    "m04634",  // Radeon RX 6700 XT, Vulkan, LLaMA 7B Q4_0, prefill
    "m04600",  // GTX 1070 Ti, LLaMA 7B Q4_0, prefill
};

TEST(TrueClaims, OfManyDevicesAreNotDoubted) {
  for (const char* id : kKnownRuns) {
    const Measurement* run = run_of(id);
    ASSERT_NE(run, nullptr) << id;
    const Json answer = checked(claim_of(*run), house_without_runs());
    EXPECT_FALSE(is_caught(answer["verdict"])) << id << ": " << answer["because"];
  }
}

TEST(TrueClaims, MatchTheRunTheyCameFrom) {
  for (const char* id : kKnownRuns) {
    const Measurement* run = run_of(id);
    ASSERT_NE(run, nullptr) << id;
    const Json answer = checked(claim_of(*run));
    EXPECT_EQ(answer["verdict"], "matches_evidence") << id << ": " << answer["because"];
    ASSERT_FALSE(answer["measurements"].empty()) << id;
    EXPECT_EQ(answer["measurements"][0]["same_question"], true) << id;
  }
}

/// Every trusted published run of a set-up the catalog can state, one at a time.
TEST(TrueClaims, AreNeverCalledImpossibleAndSeldomImplausible) {
  int judged = 0, implausible = 0;
  for (const Measurement& run : real_house().catalog.measurements) {
    if (!is_trusted(run) || run.phase == Phase::e2e) continue;
    const Result<Json> answer = run_verb(house_without_runs(), "check", claim_of(run));
    if (!answer) continue;  // the catalog lacks the device, the model or the format
    ++judged;
    const std::string word = (*answer)["verdict"];
    if (word == "implausible") ++implausible;
    EXPECT_NE(word, "impossible") << run.id << " " << run.unit_note << ": " << (*answer)["because"];
  }
  EXPECT_GT(judged, 2000);
  EXPECT_LT(implausible, judged * 0.02) << "the band they are held against is a 99 % band";
}

}  // namespace
}  // namespace rigwise
