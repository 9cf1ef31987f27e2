#include "host/probe/measure_cpu.h"

#include <gmock/gmock.h>
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

TEST(Places, PerformanceCoresComeFirst) {
  FoundMachine machine;
  const WorkPlaces alike = work_places(machine);
  EXPECT_EQ(alike.fast_cores, alike.cores);
  machine.fast_processors = {alike.processors.back()};
  const WorkPlaces places = work_places(machine);
  EXPECT_EQ(places.processors.size(), alike.processors.size());
  EXPECT_EQ(places.cores, alike.cores);
  if (alike.cores == static_cast<int>(alike.processors.size())) {  // else the last is a core's second thread
    EXPECT_EQ(places.fast_cores, 1);
    EXPECT_EQ(places.processors.front(), alike.processors.back());
  }
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
  EXPECT_FALSE(speed->peak_share) << "this machine's modules say nothing";
  ASSERT_FALSE(speed->stream.empty());
  EXPECT_EQ(speed->stream[0].kernel, "copy");
  EXPECT_FALSE(speed->stream[0].is_streaming);
  for (const StreamRate& rate : speed->stream) {
    EXPECT_GT(rate.usual_gbps, 0) << rate.kernel;
    EXPECT_LE(rate.usual_gbps, rate.best_gbps) << rate.kernel;
    EXPECT_EQ(rate.moved_gbps() > rate.best_gbps, !rate.is_streaming) << rate.kernel;
  }
  ASSERT_EQ(speed->peaks.size(), 4U);
  for (const ComputePeak& peak : speed->peaks) EXPECT_EQ(peak.gops.has_value(), peak.why_not.empty()) << peak.what;
  EXPECT_GT(phases.size(), 5U);
}

TEST(Measured, ReadsAreHeldAgainstWhatTheModulesAllow) {
  FoundMachine machine = small_machine();
  machine.memory_peak = gbps(0.001);  // a module of a megabyte a second: nothing is slower
  MeasureChoices choices;
  choices.quick = true;
  choices.instructions = "plain";
  const Result<ProbedSpeed> speed =
      measure_cpu(machine, choices, [] { return false; }, [](const std::string&, double) {});
  ASSERT_TRUE(speed);
  EXPECT_GT(*speed->peak_share, 1) << "flagged, not cut off";
  EXPECT_THAT(speed->notes, testing::Contains(testing::HasSubstr("as it was measured")));
  EXPECT_THAT(speed->peaks.back().why_not, testing::HasSubstr("built for less"));
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
