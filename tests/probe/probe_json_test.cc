// What `rigwise probe` answers: keeps to its schema, feeds the predictor, and is read back when it was saved.
#include <gmock/gmock.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>

#include "core/machine/here_device.h"
#include "host/probe/here_folder.h"
#include "recordings.h"
#include "tests/schema/schemas.h"
#include "verbs/probe_response.h"

namespace rigwise {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const House& whole_house() {
  static const House kHouse = [] {
    Result<LoadedCatalog> loaded = load_catalog({});
    EXPECT_TRUE(loaded.has_value());
    return House{std::move(loaded->catalog), std::move(loaded->calibration)};
  }();
  return kHouse;
}

ProbedSpeed some_speed(double read, double q4) {
  ProbedSpeed speed;
  speed.read = {{1, read / 2, read / 2.1}, {2, read, read * 0.97}};
  speed.read_gbps = read;
  speed.read_usual_gbps = read * 0.97;
  speed.q4_gbps = q4;
  speed.q8_gbps = q4 * 1.4;
  speed.fma_gflops = read * 10;
  speed.stream = {{"copy", false, 2, read * 0.6, read * 0.59}, {"triad", true, 2, read * 0.8, read * 0.79}};
  speed.peaks = {{"int8", "AVX2", 400.0, ""}, {"bf16", "", {}, "this processor has no bf16 arithmetic"}};
  speed.threads = 2;
  speed.kernels = "AVX2";
  return speed;
}

Json predicted(const House& house, const char* model, const char* quant) {
  const Json request = {
      {"model", model}, {"quant", quant}, {"setup", "here"}, {"prompt_tokens", 1}, {"output_tokens", 16}};
  const Result<Json> response = run_verb(house, "predict", request);
  EXPECT_TRUE(response.has_value()) << response.error().message;
  return response.value_or(Json());
}

double decode(const Json& prediction) { return prediction["decode"]["value"].get<double>(); }

double weight_bytes(const Json& prediction) {
  double bytes = 0;
  for (const Json& term : prediction["terms"]) {
    if (term["name"] == "weights") bytes = term["bytes"].get<double>();
  }
  return bytes;
}

House with_here(const char* recording, const ProbedSpeed& speed) {
  House house = whole_house();
  const FoundMachine machine = found(recording);
  settle_here(house, here_device(machine, match_machine(house.catalog, machine), &speed), &speed);
  return house;
}

TEST(ProbeAnswer, KeepsToItsSchema) {
  const ProbedSpeed speed = some_speed(30, 20);
  for (const char* recording : {"rtx-4090-desktop", "macbook-pro-m4-max-128gb", "cloud-vm-amazon", "a100-mig"}) {
    const FoundMachine machine = found(recording);
    EXPECT_THAT(schema_faults("probe.response.json", probe_response(whole_house(), machine, nullptr)), IsEmpty())
        << recording;
    EXPECT_THAT(schema_faults("probe.response.json", probe_response(whole_house(), machine, &speed)), IsEmpty())
        << recording;
  }
  EXPECT_THAT(schema_faults("probe.response.json", probe_response(whole_house(), {}, nullptr)), IsEmpty());
}

TEST(ProbeAnswer, SaysHowManyThreadsAreEnoughAndHowReadsStandToTheModules) {
  ProbedSpeed speed = some_speed(77, 50);
  speed.read = {{1, 20, 19}, {4, 74, 73}, {8, 77, 76}};
  speed.peak_share = share_of_peak(speed.read_gbps, found("rtx-4090-desktop").memory_peak);
  const Json json = probed_speed_json(speed);
  EXPECT_EQ(json["one_thread_gbps"], 20);
  EXPECT_EQ(json["enough_threads"], 4);
  EXPECT_EQ(json["peak_share"], 0.802);  // of 96 GB/s
  EXPECT_EQ(json["peak_verdict"], "usual");
  EXPECT_EQ(json["stream"][0]["moved_gbps"], 69.3);  // 1.5 x 46.2: lines written are read before
  EXPECT_EQ(json["stream"][1]["moved_gbps"], json["stream"][1]["best_gbps"]);
  EXPECT_EQ(json["peaks"][1]["gops"], nullptr);
  EXPECT_EQ(json["peaks"][1]["why_not"], "this processor has no bf16 arithmetic");
}

TEST(ProbeAnswer, SaysWhereThePowerComesFrom) {
  std::vector<ProbeAnswer> answers = recorded("strix-halo-laptop");
  answers.push_back({"sysfs",
                     "/sys/class/power_supply/ACAD/type: Mains\n/sys/class/power_supply/ACAD/online: 0\n"
                     "/sys/class/power_supply/BAT1/type: Battery\n/sys/class/power_supply/BAT1/status: Discharging\n"
                     "/sys/firmware/acpi/platform_profile: low-power\n"
                     "/sys/devices/system/cpu/cpufreq/policy0/scaling_driver: amd-pstate-epp\n"
                     "/sys/devices/system/cpu/cpufreq/policy0/scaling_governor: powersave\n"
                     "/sys/devices/system/cpu/cpufreq/policy0/energy_performance_preference: power\n"});
  const Json response = probe_response(whole_house(), find_machine(read_probe_answers(answers)), nullptr);
  EXPECT_THAT(schema_faults("probe.response.json", response), IsEmpty());
  EXPECT_EQ(response["machine"]["power"]["source"], "battery");
  EXPECT_EQ(response["machine"]["power"]["words"],
            "on its battery; profile low-power; governor powersave of amd-pstate-epp; prefers power");
  EXPECT_THAT(response["notes"].dump(), HasSubstr("plug it in"));
  EXPECT_THAT(response["notes"].dump(), Not(HasSubstr("at their lowest")));
  const Json silent = probe_response(whole_house(), found("cloud-vm-amazon"), nullptr);
  EXPECT_EQ(silent["machine"]["power"]["source"], nullptr) << "a virtual machine has no plug";
}

TEST(ProbeAnswer, NamesTheModelsThatCardsRun) {
  const Json response = probe_response(whole_house(), found("dual-rtx-3090"), nullptr);
  EXPECT_EQ(response["setup"], "2x nvidia-geforce-rtx-3090");
  EXPECT_GT(response["runs"]["rows"].size(), 20U);
}

TEST(ProbeAnswer, OfAMachineWhoseMemorySpeedNobodyKnowsPredictsNothing) {
  const Json response = probe_response(whole_house(), found("cloud-vm-amazon"), nullptr);
  EXPECT_TRUE(response["runs"].is_null() || response["runs"]["rows"].empty());
}

TEST(ProbeAnswer, SaysThatASliceIsNotInTheCatalog) {
  const Json response = probe_response(whole_house(), found("a100-mig"), nullptr);
  EXPECT_THAT(response["notes"].dump(), HasSubstr("whole cards only"));
}

TEST(Here, DecodeIsWhereTheMeasuredProductPutsIt) {
  // The weights of a token of Llama 3.1 8B in Q4_K_M at 20 GB/s, and a little for everything else.
  const Json prediction = predicted(with_here("cloud-vm-amazon", some_speed(30, 20)), "llama-3.1-8b", "q4_k_m");
  const double most = 20e9 / weight_bytes(prediction);
  EXPECT_NEAR(decode(prediction), most, 0.06 * most);
}

TEST(Here, AFasterProductIsAFasterModelUpToWhatMemoryReads) {
  const double slow = decode(predicted(with_here("cloud-vm-amazon", some_speed(30, 10)), "llama-3.1-8b", "q4_k_m"));
  const double fast = decode(predicted(with_here("cloud-vm-amazon", some_speed(30, 20)), "llama-3.1-8b", "q4_k_m"));
  const Json wide = predicted(with_here("cloud-vm-amazon", some_speed(30, 29)), "llama-3.1-8b", "q8_0");
  EXPECT_NEAR(fast / slow, 2, 0.1);
  EXPECT_LE(decode(wide) * weight_bytes(wide), 30e9);
}

ProbedSpeed speed_of_every_format() {
  ProbedSpeed speed = some_speed(100, 12);
  speed.q8_gbps = 11;
  speed.q4k_gbps = 17;
  speed.q6k_gbps = 14;
  speed.f16_gbps = 20;
  return speed;
}

TEST(Here, EveryFormatHasItsOwnRate) {
  const House house = with_here("cloud-vm-amazon", speed_of_every_format());
  const auto rate = [&](const char* quant) {
    const Json prediction = predicted(house, "llama-3.1-8b", quant);
    return decode(prediction) * weight_bytes(prediction) / 1e9;
  };
  EXPECT_NEAR(rate("q4_0"), 12, 0.06 * 12);
  EXPECT_NEAR(rate("q8_0"), 11, 0.06 * 11);
  EXPECT_NEAR(rate("q6_k"), 14, 0.06 * 14);
  EXPECT_NEAR(rate("f16"), 20, 0.06 * 20);
  EXPECT_GT(rate("q4_k_m"), 14);  // between its Q4_K and its Q6_K blocks
  EXPECT_LT(rate("q4_k_m"), 17);
  EXPECT_GT(rate("q4_k_m"), rate("q5_k_m"));
}

TEST(ProductRate, BelowFourBitsUnpackingTakesAsLongAWeight) {
  const ProbedSpeed speed = speed_of_every_format();
  const Format& q2 = **whole_catalog().format("q2_k");
  EXPECT_NEAR(*product_rate_gbps(speed, q2), 17 * q2.bits.whole_model / 4.5, 1e-9);
}

TEST(ProductRate, IsUnknownForFormatsThatNoProcessorRuns) {
  EXPECT_FALSE(product_rate_gbps(speed_of_every_format(), **whole_catalog().format("nvfp4")));
  EXPECT_FALSE(product_rate_gbps(some_speed(30, 20), **whole_catalog().format("q4_k_m")));
}

TEST(Here, OtherMachinesAreLeftAlone) {
  const Json request = {{"model", "llama-3.1-8b"}, {"setup", "amd-ryzen-9-7950x"}};
  const House house = with_here("cloud-vm-amazon", some_speed(30, 20));
  EXPECT_EQ(run_verb(house, "predict", request)->dump(), run_verb(whole_house(), "predict", request)->dump());
}

TEST(Here, CardsAreABuildOfThem) {
  const FoundMachine machine = found("dual-rtx-3090");
  const ProbedSpeed speed = some_speed(45, 30);
  const Device here = here_device(machine, match_machine(whole_catalog(), machine), &speed);
  ASSERT_EQ(here.parts.size(), 1U);
  EXPECT_EQ(here.parts[0].device, "nvidia-geforce-rtx-3090");
  EXPECT_EQ(here.parts[0].count, 2);
  EXPECT_NEAR(here.host_memory_bandwidth->value, 45e9, 1);
}

class HereFolder : public testing::Test {
 protected:
  ~HereFolder() override { std::filesystem::remove_all(folder_); }
  std::string folder_ =
      (std::filesystem::temp_directory_path() / ("rigwise-here-" + std::to_string(getpid()))).string();
};

TEST_F(HereFolder, WhatWasSavedIsReadBackAndPredictsTheSame) {
  const std::pair<const char*, double> kReads[] = {
      {"cloud-vm-amazon", 30}, {"dual-rtx-3090", 45}, {"raspberry-pi-5-8gb", 12}, {"epyc-9654-2p-numa", 600}};
  for (const auto& [recording, read_gbps] : kReads) {
    const FoundMachine machine = found(recording);
    const ProbedSpeed speed = some_speed(read_gbps, read_gbps * 0.7);
    const Device here = here_device(machine, match_machine(whole_catalog(), machine), &speed);
    const Json saved = {{"speed", probed_speed_json(speed)}};
    ASSERT_TRUE(save_here(folder_, here_record_toml(here), saved.dump()));
    Result<LoadedCatalog> loaded = load_catalog({folder_});
    ASSERT_TRUE(loaded);
    EXPECT_THAT(loaded->diagnostics, IsEmpty()) << recording;
    EXPECT_THAT(check_catalog(loaded->catalog), IsEmpty()) << recording;
    House house{std::move(loaded->catalog), std::move(loaded->calibration)};
    const std::optional<ProbedSpeed> read = saved_speed(folder_);
    ASSERT_TRUE(read);
    learn_probed_speed(house.catalog, **house.catalog.device("here"), *read, house.calibration);
    EXPECT_NEAR(decode(predicted(house, "qwen3-4b", "q4_k_m")),
                decode(predicted(with_here(recording, speed), "qwen3-4b", "q4_k_m")), 1e-6)
        << recording;
  }
}

TEST_F(HereFolder, IsAskedForOnlyByWhoSpeaksOfIt) {
  EXPECT_TRUE(names_here("here"));
  EXPECT_TRUE(names_here("2x rtx-3090 + here"));
  EXPECT_FALSE(names_here("where"));
  EXPECT_FALSE(names_here("here.toml"));
  EXPECT_FALSE(names_here("/tmp/here"));
  EXPECT_FALSE(saved_speed(folder_));
}

}  // namespace
}  // namespace rigwise
