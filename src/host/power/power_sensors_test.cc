// Machines' files below /sys, recorded in tests/probe/power and laid out in a folder.
#include "host/power/power_sensors.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>

#include "core/base/text.h"
#include "host/files/files.h"
#include "host/power/power_meter.h"

namespace rigwise {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class PowerOfMachine : public testing::Test {
 protected:
  ~PowerOfMachine() override { fs::remove_all(root); }

  const std::string& lay_out(const std::string& machine) {
    const Result<std::string> text = read_file(RIGWISE_SOURCE_DIR "/tests/probe/power/" + machine + ".txt");
    EXPECT_TRUE(text) << machine;
    const std::string recorded = text.value_or("");
    for (const std::string_view line : split(recorded, '\n')) {
      const std::size_t at = line.find(": ");
      if (at == std::string_view::npos) continue;
      const fs::path path = fs::path(root) / line.substr(0, at);
      const std::string said(line.substr(at + 2));
      // A folder in a file's place cannot be read, whoever asks: root reads everything else.
      fs::create_directories(said == "UNREADABLE" ? path : path.parent_path());
      if (said == "UNREADABLE") continue;
      const Result<void> written = write_file_atomically(path.string(), said + "\n");
      EXPECT_TRUE(written) << path << ": " << written.error().message;
    }
    return root;
  }

  std::string root = (fs::temp_directory_path() / ("rigwise-power-" + std::to_string(getpid()))).string();
};

std::vector<std::string> names(const PowerSensors& found) {
  std::vector<std::string> all;
  all.reserve(found.sensors.size());
  for (const PowerSensor& sensor : found.sensors) {
    all.push_back(std::string(power_coverage_name(sensor.about.coverage)) + " " + sensor.about.name);
  }
  return all;
}

TEST_F(PowerOfMachine, PackagePlatformAndBatteryAreToldOnceEach) {
  const PowerSensors found = find_power_sensors(lay_out("intel-laptop-on-battery"), nullptr);
  ASSERT_THAT(names(found), ElementsAre("package package-0", "platform psys", "battery BAT0"));
  EXPECT_THAT(found.notes, IsEmpty());
  EXPECT_NEAR(*found.sensors[0].read(), 21841.230117, 1e-6);
  EXPECT_NEAR(*found.sensors[0].about.wrap_j, 262143.32885, 1e-6);
  EXPECT_NEAR(*found.sensors[2].read(), 18, 1e-9);
}

TEST_F(PowerOfMachine, CountersThatOnlyRootMayReadAreNamedWithTheWayOut) {
  const PowerSensors found = find_power_sensors(lay_out("server-not-root"), nullptr);
  EXPECT_THAT(found.sensors, IsEmpty());
  ASSERT_EQ(found.notes.size(), 1U);
  EXPECT_THAT(found.notes[0], HasSubstr("only root may read it"));
}

TEST_F(PowerOfMachine, ACardCountsAndTheChipInThePackageDoesNotCountTwice) {
  const PowerSensors found = find_power_sensors(lay_out("amd-desktop-rx-7900-xtx"), nullptr);
  ASSERT_THAT(names(found), ElementsAre("package package-0", "gpu AMD card"));
  EXPECT_NEAR(*found.sensors[1].read(), 312, 1e-9);
}

TEST_F(PowerOfMachine, AnIntelCardCountsItsJoules) {
  const PowerSensors found = find_power_sensors(lay_out("intel-arc-b580"), nullptr);
  ASSERT_THAT(names(found), ElementsAre("gpu Intel card"));
  EXPECT_TRUE(found.sensors[0].about.is_counter);
}

TEST_F(PowerOfMachine, AChipWithoutRaplSpeaksForItsPackageAndAChargingBatteryForNothing) {
  const PowerSensors found = find_power_sensors(lay_out("strix-halo"), nullptr);
  EXPECT_THAT(names(found), ElementsAre("package AMD chip (its whole package)"));
  ASSERT_EQ(found.notes.size(), 1U);
  EXPECT_THAT(found.notes[0], HasSubstr("unplug the machine"));
}

TEST_F(PowerOfMachine, WithoutAnySourceThereIsNoneAndThatIsSaid) {
  const PowerSensors found = find_power_sensors(root, nullptr);
  EXPECT_THAT(found.sensors, IsEmpty());
  EXPECT_THAT(found.notes, ElementsAre(HasSubstr("nothing on this machine tells its power")));
}

TEST_F(PowerOfMachine, HeatAndClocksAreReadWhereTheyAre) {
  lay_out("intel-laptop-on-battery");
  LoadSample sample;
  sense_processor(root, sample);
  EXPECT_EQ(sample.temperature_c, 61);
  EXPECT_EQ(sample.clock_mhz, 3000);
  EXPECT_EQ(throttle_events(root), 15);
}

TEST_F(PowerOfMachine, WithoutASensorOfItsOwnTheZoneOfTheProcessorSpeaks) {
  lay_out("strix-halo");
  LoadSample sample;
  sense_processor(root, sample);
  EXPECT_EQ(sample.temperature_c, 59);
  EXPECT_FALSE(sample.clock_mhz);
  EXPECT_FALSE(throttle_events(root));
}

TEST_F(PowerOfMachine, ACardIsFoundByItsAddress) {
  lay_out("amd-desktop-rx-7900-xtx");
  LoadSample sample;
  sense_card(root, "0000:03:00.0", sample);
  EXPECT_EQ(sample.temperature_c, 64);
  EXPECT_EQ(sample.clock_mhz, 2482);
  EXPECT_EQ(sample.power_w, 312);
  LoadSample other;
  sense_card(root, "0000:04:00.0", other);
  EXPECT_FALSE(other.temperature_c || other.power_w);
}

TEST(Meter, ReadsEverySensorUntilItGoes) {
  std::atomic<int> reads = 0;
  PowerSensor sensor;
  sensor.about = {"made up", "a test", PowerCoverage::package, true, {}, {}};
  sensor.read = [&]() -> std::optional<double> { return 10.0 * ++reads; };
  const PowerMeter meter({sensor}, 0.001);
  const double begun_s = PowerMeter::now_s();
  meter.wait_until(begun_s + 60, [&] { return reads >= 5; });
  const std::vector<PowerTrace> traces = meter.traces();
  ASSERT_EQ(traces.size(), 1U);
  ASSERT_GE(traces[0].readings.size(), 4U);
  EXPECT_EQ(traces[0].readings[0].value, 10);
  for (std::size_t i = 1; i < traces[0].readings.size(); ++i)
    EXPECT_GE(traces[0].readings[i].at_s, traces[0].readings[i - 1].at_s);
}

TEST(Meter, WithNothingToReadWaitsAllTheSame) {
  const PowerMeter meter({});
  int asked = 0;
  meter.wait_until(PowerMeter::now_s() + 60, [&] { return ++asked > 1; });
  EXPECT_THAT(meter.traces(), IsEmpty());
}

}  // namespace
}  // namespace rigwise
