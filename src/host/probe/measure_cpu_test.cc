#include "host/probe/measure_cpu.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>

#include "host/files/files.h"
#include "host/probe/collect_answers.h"
#include "host/probe/work_crew.h"

namespace rigwise {
namespace {

TEST(Crew, AsManyWorkAsAreAsked) {
  const std::vector<int> everywhere = {0, 0, 0};
  WorkCrew crew(everywhere);
  for (const std::size_t count : {std::size_t{1}, std::size_t{3}, std::size_t{2}}) {
    std::atomic<int> worked = 0;
    const double s = crew.run(count, [&](std::size_t) { ++worked; });
    EXPECT_EQ(worked, static_cast<int>(count));
    EXPECT_GE(s, 0);
  }
}

TEST(Places, AQuotaPaysForNoMore) {
  FoundMachine machine;
  machine.usable_threads = 1.5;
  const WorkPlaces places = work_places(machine);
  EXPECT_EQ(places.processors.size(), 1U);
  EXPECT_EQ(places.cores, 1);
}

/// A machine with little memory: so little is measured that it takes no time.
FoundMachine small_machine() {
  FoundMachine machine;
  machine.memory_total = machine.memory_available = mib(64);
  machine.usable_threads = 1;
  return machine;
}

TEST(Measured, RatesAreThereAndInOrder) {
  MeasureChoices choices;
  choices.quick = true;
  std::vector<std::string> phases;
  const Result<ProbedSpeed> speed = measure_cpu(
      small_machine(), choices, [] { return false; },
      [&](const std::string& phase, double share) {
        phases.push_back(phase);
        EXPECT_LT(share, 1);
      });
  ASSERT_TRUE(speed);
  EXPECT_GT(*speed->read_gbps, 0);
  EXPECT_LE(*speed->read_usual_gbps, *speed->read_gbps);
  EXPECT_GT(*speed->q4_gbps, 0);
  EXPECT_GT(*speed->q8_gbps, 0);
  EXPECT_GT(*speed->fma_gflops, 0);
  EXPECT_FALSE(speed->disk_read_gbps);
  EXPECT_GT(phases.size(), 5U);
}

TEST(Measured, StopsWhenTold) {
  int asked = 0;
  const Result<ProbedSpeed> speed =
      measure_cpu(small_machine(), {}, [&] { return ++asked > 6; }, [](const std::string&, double) {});
  ASSERT_TRUE(speed);
  EXPECT_FALSE(speed->fma_gflops);
}

TEST(Disk, ASmallFileSaysNothingOfADisk) {
  const std::string path =
      (std::filesystem::temp_directory_path() / ("rigwise-disk-" + std::to_string(getpid()))).string();
  ASSERT_TRUE(write_file_atomically(path, std::string(8192, 'x')));
  const Result<double> rate = measure_disk_read(path);
  std::filesystem::remove(path);
  ASSERT_FALSE(rate);
  EXPECT_EQ(rate.error().code, ErrorCode::invalid_input);
  EXPECT_FALSE(measure_disk_read(path + "-gone"));
}

TEST(Collected, ThisMachineSaysWhatItIs) {
  const FoundMachine machine = find_machine(read_probe_answers(collect_answers()));
  EXPECT_TRUE(machine.memory_total);
  EXPECT_TRUE(machine.threads);
  EXPECT_FALSE(machine.pools.empty());
}

TEST(Collected, NothingNamesThisMachine) {
  const std::string report = write_probe_report(collect_answers());
  char host[256] = {};
  ASSERT_EQ(gethostname(host, sizeof host - 1), 0);
  const std::string name = host;
  const bool is_telling = name.size() > 6;  // "debian" may stand in any answer
  EXPECT_TRUE(!is_telling || report.find(name) == std::string::npos);
  EXPECT_EQ(redact_probe_text(report), report);
}

TEST(Recorded, AFolderWithNoAnswerIsRefused) {
  const Result<std::vector<ProbeAnswer>> answers = read_recorded_answers(RIGWISE_SOURCE_DIR "/examples");
  ASSERT_FALSE(answers);
  EXPECT_NE(answers.error().try_this.find("nvidia-smi.xml"), std::string::npos);
}

}  // namespace
}  // namespace rigwise
