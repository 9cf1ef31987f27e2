// What measured graphics processors come to: the answer, the record of this machine, the predictions on it.
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>

#include "core/machine/here_device.h"
#include "host/probe/here_folder.h"
#include "recordings.h"
#include "tests/schema/schemas.h"
#include "verbs/probe_gpu_json.h"
#include "verbs/probe_response.h"

namespace rigwise {
namespace {

using testing::IsEmpty;

const House& shipped_house() {
  static const House kHouse = [] {
    Result<LoadedCatalog> loaded = load_catalog({});
    EXPECT_TRUE(loaded.has_value());
    return House{std::move(loaded->catalog), std::move(loaded->calibration)};
  }();
  return kHouse;
}

ProbedGpu measured_4090(double read_gbps) {
  ProbedGpu gpu;
  gpu.id = "0000:01:00.0";
  gpu.name = "NVIDIA GeForce RTX 4090";
  gpu.driver = "NVIDIA 570.124.06";
  gpu.kind = "discrete";
  gpu.memory_bytes = 25757220864.0;
  gpu.buffer_bytes = 2147483648.0;
  gpu.read_gbps = read_gbps;
  gpu.read_usual_gbps = read_gbps * 0.99;
  gpu.q4_gbps = read_gbps * 0.9;
  gpu.fp32_tflops = 78;
  gpu.fp16_tflops = 80;
  gpu.sustained = SustainedLoad{60, 240, 900, 880, 0.022, {0.01, 0.03}, false, {}, 40.0, 71.0, 2700.0, 2600.0, 420.0};
  return gpu;
}

double decode_here(const FoundMachine& machine, const std::vector<ProbedGpu>& gpus) {
  House house = shipped_house();
  const Device here = here_device(machine, match_machine(house.catalog, machine), nullptr, gpus);
  settle_here(house, here, nullptr, gpus);
  const Json request = {{"model", "llama-3.1-8b"}, {"quant", "q4_k_m"}, {"setup", "here"}};
  const Result<Json> response = run_verb(house, "predict", request);
  EXPECT_TRUE(response) << response.error().message;
  return response ? (*response)["decode"]["value"].get<double>() : 0;
}

TEST(GpuAnswer, KeepsToItsSchemaAndStandsBesideTheRecord) {
  const FoundMachine machine = found("rtx-4090-desktop");
  ProbedGpu software;
  software.id = "vulkan-1";
  software.name = "llvmpipe (LLVM 15.0.6, 256 bits)";
  software.kind = "software";
  software.is_software = true;
  software.fault = "a software device: the processor in disguise, not measured";
  const Json response = probe_response(shipped_house(), machine, nullptr, {{measured_4090(917), software}, ""});
  EXPECT_THAT(schema_faults("probe.response.json", response), IsEmpty());
  const Json& record = response["gpu_speeds"][0]["catalog"];
  EXPECT_EQ(record["id"], "nvidia-geforce-rtx-4090");
  EXPECT_EQ(record["bandwidth_gbps"], 1010);
  EXPECT_EQ(record["read_share"], 0.91);
  EXPECT_TRUE(response["gpu_speeds"][1]["catalog"].is_null());
  EXPECT_EQ(response["gpu_fault"], nullptr);
}

TEST(GpuAnswer, WithoutVulkanSaysWhy) {
  const Json response =
      probe_response(shipped_house(), found("rtx-4090-desktop"), nullptr, {{}, "there is no Vulkan loader"});
  EXPECT_THAT(schema_faults("probe.response.json", response), IsEmpty());
  EXPECT_EQ(response["gpu_fault"], "there is no Vulkan loader");
}

TEST(HereWithCards, ACardThatReadsAsItShouldIsPredictedAsItsLike) {
  const FoundMachine machine = found("rtx-4090-desktop");
  EXPECT_DOUBLE_EQ(decode_here(machine, {measured_4090(940)}), decode_here(machine, {}));
}

TEST(HereWithCards, ACardWhoseMemoryIsHeldDownIsPredictedSlower) {
  const FoundMachine machine = found("rtx-4090-desktop");
  const double like_others = decode_here(machine, {}), slow = decode_here(machine, {measured_4090(300)});
  EXPECT_LT(slow, 0.6 * like_others);
  // Some five gigabytes of weights a token.
  EXPECT_LT(slow, 300 / 4.3);
  EXPECT_GT(slow, 300 / 7.0);
}

TEST(HereWithCards, ASoftwareDeviceTeachesNothing) {
  const FoundMachine machine = found("rtx-4090-desktop");
  ProbedGpu software = measured_4090(3);
  software.is_software = true;
  EXPECT_DOUBLE_EQ(decode_here(machine, {software}), decode_here(machine, {}));
  EXPECT_EQ(measured_card(machine.gpus.front(), {software}), nullptr);
}

/// A machine with a card that no catalog has.
FoundMachine with_unlisted_card() {
  FactSheet sheet;
  sheet.add_text("gpu/0000:05:00.0/name", "Moore Threads MTT S9000", "a test");
  sheet.add_number("gpu/0000:05:00.0/memory_bytes", 48e9, "a test");
  sheet.add_number("memory/total_bytes", 64e9, "a test");
  return find_machine(std::move(sheet));
}

TEST(HereWithCards, AnUnlistedCardThatWasMeasuredIsARecordOfItsOwn) {
  const FoundMachine machine = with_unlisted_card();
  ProbedGpu gpu = measured_4090(600);
  gpu.id = "0000:05:00.0";
  gpu.name = "Moore Threads MTT S9000";
  const Device here = here_device(machine, match_machine(whole_catalog(), machine), nullptr, {gpu});
  EXPECT_EQ(here.processor, Processor::gpu);
  EXPECT_EQ(here.memory_capacity.value, 48e9);
  EXPECT_NEAR(here.memory_bandwidth->value, 600e9, 1);
  EXPECT_NEAR(here.fp16_peak->value, 80e12, 1);
  const double speed = decode_here(machine, {gpu});
  EXPECT_GT(speed, 20);
  EXPECT_LT(speed, 600 / 4.3);
}

TEST(HereWithCards, WhatWasSavedIsReadBack) {
  const std::string folder =
      (std::filesystem::temp_directory_path() / ("rigwise-here-gpu-" + std::to_string(getpid()))).string();
  for (const bool is_listed : {true, false}) {
    const FoundMachine machine = is_listed ? found("rtx-4090-desktop") : with_unlisted_card();
    ProbedGpu gpu = measured_4090(300);
    if (!is_listed) gpu.id = "0000:05:00.0", gpu.name = "Moore Threads MTT S9000";
    const Device here = here_device(machine, match_machine(whole_catalog(), machine), nullptr, {gpu});
    const Json saved = {{"speed", nullptr}, {"gpu_speeds", probed_gpus_json(whole_catalog(), {gpu})}};
    ASSERT_TRUE(save_here(folder, here_record_toml(here), saved.dump()));
    Result<LoadedCatalog> loaded = load_catalog({folder});
    ASSERT_TRUE(loaded);
    for (const Diagnostic& fault : loaded->diagnostics) ADD_FAILURE() << fault.key << ": " << fault.message;
    ASSERT_THAT(loaded->diagnostics, IsEmpty());
    EXPECT_THAT(check_catalog(loaded->catalog), IsEmpty());
    House house{std::move(loaded->catalog), std::move(loaded->calibration)};
    learn_probed_gpus(house.catalog, **house.catalog.device("here"), saved_gpus(folder), house.calibration);
    const Json request = {{"model", "llama-3.1-8b"}, {"quant", "q4_k_m"}, {"setup", "here"}};
    const Result<Json> response = run_verb(house, "predict", request);
    ASSERT_TRUE(response);
    EXPECT_NEAR((*response)["decode"]["value"].get<double>(), decode_here(machine, {gpu}), 1e-6) << is_listed;
    std::filesystem::remove_all(folder);
  }
}

TEST(SavedGpus, BrokenEntriesArePassedOver) {
  EXPECT_THAT(probed_gpus_of(nullptr), IsEmpty());
  EXPECT_THAT(probed_gpus_of(Json::array({1, "x", nullptr})), IsEmpty());
  const std::vector<ProbedGpu> gpus = probed_gpus_of(Json::array({{{"name", 3}, {"read_gbps", -1}}}));
  ASSERT_EQ(gpus.size(), 1U);
  EXPECT_TRUE(gpus[0].is_software);  // what does not say that it is hardware is none
  EXPECT_FALSE(gpus[0].read_gbps);
}

}  // namespace
}  // namespace rigwise
