#include "core/perf/claim.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rigwise {
namespace {

using testing::HasSubstr;

Device card(double capacity_gib, double bandwidth, double fp16 = 100) {
  Device d;
  d.name = "Card";
  d.memory_capacity = gib(capacity_gib);
  d.memory_bandwidth = gbps(bandwidth);
  if (fp16 > 0) d.fp16_peak = tflops(fp16);
  return d;
}

Setup setup_of(const Device& device, int count) {
  Setup setup;
  setup.parts.push_back({&device, count, nullptr, nullptr});
  return setup;
}

/// A model that reads `read_gb` in every step.
WeightPlan dense(double read_gb) {
  WeightPlan plan;
  plan.always_read = plan.total = gb(read_gb);
  plan.params_read_per_token = read_gb * 2e9;  // 4 bits
  return plan;
}

WeightPlan sparse() {
  WeightPlan plan;
  plan.always_read = gb(2);
  ExpertGroup group;
  group.layers = 40;
  group.experts = 128;
  group.experts_per_token = 8;
  group.per_expert = gb(0.01);
  plan.add_experts(group);
  plan.total = gb(2 + 40 * 128 * 0.01);
  plan.params_read_per_token = 5e9;
  return plan;
}

const KvPlan kNoCache;

Ceiling ceiling_of(const Setup& setup, const WeightPlan& weights, MultiDevice split = MultiDevice::tensor_parallel,
                   Phase phase = Phase::decode, int concurrency = 1, double host_gbps = 0) {
  CeilingQuery query;
  query.weights = &weights;
  query.kv = &kNoCache;
  query.setup = &setup;
  query.split = split;
  query.phase = phase;
  query.concurrency = concurrency;
  query.host_bandwidth = gbps(host_gbps);
  const Result<Ceiling> ceiling = speed_ceiling(query);
  EXPECT_TRUE(ceiling);
  return ceiling.value_or(Ceiling());
}

TEST(Claim, ABoardsDiskIsReadThroughOneLane) {
  Device board = card(8, 17);
  board.kind = DeviceKind::sbc;
  board.processor = Processor::cpu;
  EXPECT_EQ(ceiling_of(setup_of(board, 1), dense(16)).parts.back().bandwidth.value, 1e9);
}

TEST(Ceiling, IsBandwidthOverBytesRead) {
  const Device device = card(128, 256);
  EXPECT_NEAR(ceiling_of(setup_of(device, 1), dense(4.4)).tokens_per_s, 256 / 4.4, 1e-9);
}

TEST(Ceiling, OfALayerSplitIsThatOfOneDevice) {
  const Device device = card(24, 936);
  const auto two = setup_of(device, 2);
  EXPECT_NEAR(ceiling_of(two, dense(42), MultiDevice::layer_split).tokens_per_s, 936.0 / 42, 1e-9);
  EXPECT_NEAR(ceiling_of(two, dense(42), MultiDevice::tensor_parallel).tokens_per_s, 2 * 936.0 / 42, 1e-9);
}

TEST(Ceiling, OfALayerSplitAddsUpForManyStreams) {
  const Device device = card(24, 936, 1e6);
  const auto two = setup_of(device, 2);
  EXPECT_NEAR(ceiling_of(two, dense(42), MultiDevice::layer_split, Phase::decode_total, 4).tokens_per_s,
              4 * 2 * 936.0 / 42, 1e-9);
}

TEST(Ceiling, FillsTheFasterDeviceFirst) {
  const Device fast = card(24, 1000), slow = card(48, 500);
  auto setup = setup_of(slow, 1);
  setup.parts.push_back({&fast, 1, nullptr, nullptr});
  const double seconds = in_gb(gib(24)) / 1000 + (40 - in_gb(gib(24))) / 500;
  EXPECT_NEAR(ceiling_of(setup, dense(40), MultiDevice::layer_split).tokens_per_s, 1 / seconds, 1e-9);
}

TEST(Ceiling, ReadsWhatDoesNotFitFromHostMemory) {
  const Device device = card(32, 1792);
  const Ceiling ceiling = ceiling_of(setup_of(device, 1), dense(42), MultiDevice::layer_split, Phase::decode, 1, 90);
  const double on_card = in_gb(gib(32));
  EXPECT_NEAR(ceiling.tokens_per_s, 1 / (on_card / 1792 + (42 - on_card) / 90), 1e-9);
  EXPECT_TRUE(ceiling.spills);
  EXPECT_THAT(ceiling.formula, HasSubstr("90 GB/s"));
}

TEST(Ceiling, ReadsFromDiskWhatUnifiedMemoryDoesNotHold) {
  Device device = card(128, 256);
  device.unified_memory = true;
  const Ceiling ceiling = ceiling_of(setup_of(device, 1), dense(249), MultiDevice::layer_split, Phase::decode, 1, 90);
  EXPECT_EQ(ceiling.parts.back().where, "disk") << "its memory is the host's memory";
}

TEST(Ceiling, OfAMixtureReadsTheChosenExpertsOnly) {
  const Device device = card(128, 1000);
  const auto one = setup_of(device, 1);
  EXPECT_NEAR(ceiling_of(one, sparse()).tokens_per_s, 1000 / (2 + 40 * 8 * 0.01), 1e-6);
  EXPECT_NEAR(ceiling_of(one, sparse(), MultiDevice::layer_split, Phase::decode, 16).tokens_per_s,
              1000 / (2 + 40 * 8 * 0.01), 1e-6)
      << "sixteen streams may pick the same experts";
}

TEST(Ceiling, OfPrefillIsTheArithmetic) {
  const Device device = card(24, 1000, 100);
  const Ceiling ceiling = ceiling_of(setup_of(device, 2), dense(4), MultiDevice::layer_split, Phase::prefill);
  EXPECT_TRUE(ceiling.by_compute);
  EXPECT_NEAR(ceiling.tokens_per_s, 2 * 100e12 / (2 * 8e9), 1e-6);
}

TEST(Ceiling, OfASaturatedServerIsTheArithmetic) {
  const Device device = card(24, 1000, 100);
  EXPECT_NEAR(ceiling_of(setup_of(device, 1), dense(4), MultiDevice::layer_split, Phase::decode_total, 0).tokens_per_s,
              100e12 / (2 * 8e9), 1);
}

TEST(Ceiling, NeedsAKnownBandwidth) {
  Device device = card(24, 1000);
  device.memory_bandwidth.reset();
  const auto setup = setup_of(device, 1);
  const WeightPlan weights = dense(4);
  CeilingQuery query;
  query.weights = &weights;
  query.kv = &kNoCache;
  query.setup = &setup;
  ASSERT_FALSE(speed_ceiling(query));
  EXPECT_EQ(speed_ceiling(query).error().code, ErrorCode::unsupported);
}

Estimate estimate(double low, double value, double high, double level) {
  return {{value, low, high}, level, Basis::calibrated, Tier::t3_same_backend};
}

/// A ceiling of 100 tok/s; 60 expected, 48 to 72 at 80 %, 30 to 90 at 99 %.
struct Judging {
  Device device = card(128, 440);
  Setup setup = setup_of(device, 1);
  Ceiling ceiling = ceiling_of(setup, dense(4.4));
  SpeedEvidence evidence{estimate(48, 60, 72, 0.8), estimate(30, 60, 90, 0.99), {}};
  SpeedClaim claim;

  Verdict verdict(double low, double high) {
    claim.tokens_per_s = {low, high};
    return judge_speed(claim, ceiling, evidence, "Card").verdict;
  }
};

TEST(SpeedClaims, AreJudgedByCeilingThenRunsThenBand) {
  Judging j;
  EXPECT_EQ(j.verdict(103, 103), Verdict::impossible);
  EXPECT_EQ(j.verdict(96, 96), Verdict::implausible);
  EXPECT_EQ(j.verdict(70, 70), Verdict::plausible);
  EXPECT_EQ(j.verdict(20, 20), Verdict::implausible);
  j.evidence.same = {{"m1", 94}};
  EXPECT_EQ(j.verdict(96, 96), Verdict::matches_evidence) << "a run beats the band";
  EXPECT_EQ(j.verdict(103, 103), Verdict::impossible) << "nothing beats the ceiling";
}

TEST(SpeedClaims, OutsideTheUsualBandAreNotCalledWithinIt) {
  Judging j;
  const auto because = [&](double speed) {
    j.claim.tokens_per_s = {speed, speed};
    return judge_speed(j.claim, j.ceiling, j.evidence, "Card").because;
  };
  EXPECT_NE(because(60).find("is within what runs like this reach"), std::string::npos);
  EXPECT_NE(because(40).find("is less than usual, but possible"), std::string::npos);
  EXPECT_NE(because(80).find("is more than usual, but possible"), std::string::npos);
  EXPECT_NE(because(80).find("30 to 90 at 99 %"), std::string::npos) << because(80);
}

TEST(SpeedClaims, MatchARunWithin15Percent) {
  Judging j;
  j.evidence.same = {{"m1", 50}};
  EXPECT_EQ(j.verdict(57, 57), Verdict::matches_evidence);
  EXPECT_EQ(j.verdict(58, 58), Verdict::plausible);
  EXPECT_EQ(j.verdict(44, 44), Verdict::matches_evidence);
  EXPECT_EQ(j.verdict(45, 55), Verdict::matches_evidence);
  EXPECT_EQ(j.verdict(35, 85), Verdict::plausible) << "a range that says nothing agrees with nothing";
}

TEST(SpeedClaims, OfARangeAreAsBadAsTheirWorstEnd) {
  Judging j;
  EXPECT_EQ(j.verdict(60, 110), Verdict::impossible);
  EXPECT_EQ(j.verdict(20, 60), Verdict::implausible);
  j.claim.tokens_per_s = {60, 110};
  EXPECT_THAT(judge_speed(j.claim, j.ceiling, j.evidence, "Card").because, HasSubstr("only the lower end"));
}

TEST(SpeedClaims, LooselyWordedAreJudgedInTheirFavour) {
  Judging j;
  j.claim.loose = {1.08, 1.1};
  EXPECT_EQ(j.verdict(115, 115), Verdict::implausible);
  EXPECT_EQ(j.verdict(130, 130), Verdict::impossible);
}

TEST(SpeedClaims, WithSpeculationMayPassTheMemoryCeiling) {
  Judging j;
  j.claim.speculative = true;
  EXPECT_EQ(j.verdict(180, 180), Verdict::plausible);
  EXPECT_EQ(j.verdict(500, 500), Verdict::impossible);
}

TEST(SpeedClaims, SayTheNumbers) {
  Judging j;
  j.claim.tokens_per_s = {150, 150};
  const std::string because = judge_speed(j.claim, j.ceiling, j.evidence, "Card").because;
  EXPECT_THAT(because, HasSubstr("150 tok/s"));
  EXPECT_THAT(because, HasSubstr("4.4 GB"));
  EXPECT_THAT(because, HasSubstr("440 GB/s"));
  EXPECT_THAT(because, HasSubstr("100 tok/s"));
  EXPECT_THAT(because, HasSubstr("speculative decoding"));
}

TEST(SpeedClaims, WithoutAPredictionAreHeldAgainstTheCeilingAlone) {
  Judging j;
  j.evidence = {};
  EXPECT_EQ(j.verdict(60, 60), Verdict::plausible);
  EXPECT_EQ(j.verdict(99, 99), Verdict::implausible);
}

SizeFacts llama70() { return {"llama-3.1-70b", "Q4_K_M", 70.6e9, gb(42.5), gb(42.5), "Q4_K_M", gb(87)}; }

TEST(SizeClaims, AreHeldAgainstTheWeights) {
  EXPECT_EQ(judge_size({34, 34}, llama70()).verdict, Verdict::impossible);
  EXPECT_EQ(judge_size({43, 43}, llama70()).verdict, Verdict::plausible);
  EXPECT_EQ(judge_size({39.6, 39.6}, llama70()).verdict, Verdict::plausible) << "GiB: 42.5 GB";
  EXPECT_EQ(judge_size({80, 80}, llama70()).verdict, Verdict::plausible) << "with a long context";
  EXPECT_EQ(judge_size({140, 140}, llama70()).verdict, Verdict::implausible);
  SizeFacts loose = llama70();
  loose.lightest = gb(35.3);
  EXPECT_EQ(judge_size({34, 34}, loose).verdict, Verdict::implausible) << "36.5 GB at exactly 4 bits";
}

TEST(FitClaims, AreImpossibleWhenTheWeightsAloneExceedTheMemory) {
  RoomFacts room{"Card", gib(24), Fit(), gb(0)};
  EXPECT_EQ(judge_fit(true, llama70(), room).verdict, Verdict::impossible);
  EXPECT_EQ(judge_fit(false, llama70(), room).verdict, Verdict::plausible);
  room.capacity = gib(40);
  room.fit->verdict = FitVerdict::no;
  EXPECT_EQ(judge_fit(true, llama70(), room).verdict, Verdict::implausible);
  room.capacity = gib(96);
  room.fit->verdict = FitVerdict::fits;
  EXPECT_EQ(judge_fit(true, llama70(), room).verdict, Verdict::plausible);
  EXPECT_EQ(judge_fit(false, llama70(), room).verdict, Verdict::implausible);
}

TEST(FactClaims, AreHeldAgainstWhatIsPublished) {
  EXPECT_EQ(judge_count("active", "gpt-oss-120b", 5.1, 5.13).verdict, Verdict::matches_evidence);
  EXPECT_EQ(judge_count("active", "qwen3-30b-a3b", 3, 3.34).verdict, Verdict::plausible);
  EXPECT_EQ(judge_count("active", "gpt-oss-120b", 20, 5.13).verdict, Verdict::impossible);
  EXPECT_EQ(judge_bandwidth({500, 500}, gbps(273), "DGX Spark").verdict, Verdict::impossible);
  EXPECT_EQ(judge_bandwidth({215, 215}, gbps(256), "Framework").verdict, Verdict::plausible);
  EXPECT_EQ(judge_bandwidth({1600, 1700}, gbps(1935), "A100").verdict, Verdict::plausible);
  EXPECT_EQ(judge_bandwidth({256, 256}, gbps(256), "Framework").verdict, Verdict::matches_evidence);
  EXPECT_EQ(judge_bandwidth({100, 100}, gbps(256), "Framework").verdict, Verdict::implausible);
  EXPECT_EQ(judge_power({66, 66}, {4 * 270.0}, true, "4x Mac Studio").verdict, Verdict::implausible);
  EXPECT_EQ(judge_power({950, 950}, {575}, false, "RTX 5090").verdict, Verdict::plausible) << "the whole machine";
  EXPECT_EQ(judge_read_per_token({10, 10}, gb(3), gb(3), "gpt-oss-120b").verdict, Verdict::implausible);
  EXPECT_EQ(judge_read_per_token({1, 1}, gb(3), gb(3), "gpt-oss-120b").verdict, Verdict::impossible);
}

}  // namespace
}  // namespace rigwise
