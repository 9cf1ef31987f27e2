// `--setup here` before and after a machine was measured and saved, through the program's own door.
#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "core/machine/here_device.h"
#include "host/cli/app.h"
#include "host/cli/session.h"
#include "host/probe/here_folder.h"
#include "recordings.h"
#include "verbs/probe_response.h"

namespace rigwise {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class HereOnTheCommandLine : public testing::Test {
 protected:
  void SetUp() override { setenv("XDG_DATA_HOME", data.c_str(), 1); }
  ~HereOnTheCommandLine() override {
    unsetenv("XDG_DATA_HOME");
    std::filesystem::remove_all(data);
  }

  int run(const std::vector<std::string>& arguments) {
    out.str("");
    err.str("");
    Console console;
    console.out = &out;
    console.err = &err;
    console.in = &in;
    return run_app(arguments, console, "");
  }

  static ProbedSpeed quiet_speed() {
    ProbedSpeed speed;
    speed.read_gbps = 30;
    speed.q4_gbps = 20;
    return speed;
  }

  static void save(const ProbedSpeed& speed) {
    const FoundMachine machine = found("cloud-vm-amazon");
    const Device here = here_device(machine, match_machine(whole_catalog(), machine), &speed);
    const Json saved = {{"speed", probed_speed_json(speed)}, {"gpu_speeds", Json::array()}};
    ASSERT_TRUE(save_here(default_here_folder(), here_record_toml(here), saved.dump()));
  }

  std::string data = (std::filesystem::temp_directory_path() / ("rigwise-data-" + std::to_string(getpid()))).string();
  std::ostringstream out, err;
  std::istringstream in;
};

TEST_F(HereOnTheCommandLine, BeforeTheMachineWasMeasuredIsSentToTheProbe) {
  for (const char* command : {"predict", "fit"}) {
    EXPECT_EQ(run({command, "--model", "llama-3.1-8b", "--setup", "here"}), 2) << command;
    EXPECT_THAT(err.str(), HasSubstr("this machine has not been measured yet"));
    EXPECT_THAT(err.str(), HasSubstr("try: rigwise probe --save"));
  }
}

TEST_F(HereOnTheCommandLine, AnotherNameThatNobodyHasIsStillAnotherName) {
  EXPECT_EQ(run({"predict", "--model", "no-such-model", "--setup", "rtx 4090"}), 2);
  EXPECT_THAT(err.str(), Not(HasSubstr("probe --save")));
  EXPECT_EQ(run({"predict", "--model", "llama-3.1-8b", "--setup", "hero"}), 2);
  EXPECT_THAT(err.str(), Not(HasSubstr("probe --save")));
}

TEST_F(HereOnTheCommandLine, OnceSavedIsPredictedFromThenOn) {
  save(quiet_speed());
  EXPECT_EQ(run({"predict", "--model", "qwen3-0.6b", "--setup", "here", "--json"}), 0) << err.str();
  EXPECT_THAT(out.str(), HasSubstr("\"decode\""));
  EXPECT_THAT(err.str(), IsEmpty());
}

TEST_F(HereOnTheCommandLine, IsLaidOverTheFactsOfAServerOnce) {
  save(quiet_speed());
  Console console;
  console.err = &err;
  for (const auto& named : {std::vector<std::string>{}, {default_here_folder()}}) {
    Session session(console, "", named);
    session.lay_over(default_here_folder());
    const Result<const House*> house = session.house();
    ASSERT_TRUE(house) << house.error().message;
    EXPECT_TRUE((*house)->catalog.device("here"));
    EXPECT_THAT(err.str(), IsEmpty());
  }
}

TEST_F(HereOnTheCommandLine, MeasuredWhileOthersRanIsSaidWhereverItIsUsed) {
  ProbedSpeed speed = quiet_speed();
  speed.processor_share = 0.6;
  save(speed);
  EXPECT_EQ(run({"predict", "--model", "qwen3-0.6b", "--setup", "here", "--json"}), 0);
  EXPECT_THAT(err.str(), HasSubstr("other programs had the processors for 40 % of the time"));

  speed.processor_share = 0.99;
  speed.spread = 0.25;
  save(speed);
  EXPECT_EQ(run({"predict", "--model", "qwen3-0.6b", "--setup", "here", "--json"}), 0);
  EXPECT_THAT(err.str(), HasSubstr("passes differ by 25 %"));
}

TEST_F(HereOnTheCommandLine, WhatWasMeasuredIsNotReplacedByNothing) {
  save(quiet_speed());
  EXPECT_EQ(run({"probe", "--no-speed", "--save"}), 2);
  EXPECT_THAT(err.str(), HasSubstr("what was measured before would be lost"));
  EXPECT_THAT(out.str(), Not(IsEmpty()));  // what was found is said all the same
  EXPECT_EQ(run({"predict", "--model", "qwen3-0.6b", "--setup", "here", "--json"}), 0) << err.str();
}

TEST_F(HereOnTheCommandLine, FlagsOfThisMachineAndRecordedAnswersDoNotGoTogether) {
  EXPECT_EQ(run({"probe", "--from", RIGWISE_SOURCE_DIR "/tests/probe/machines/a100-mig.txt", "--software-gpu"}), 2);
  EXPECT_THAT(err.str(), HasSubstr("--software-gpu is about this machine"));
}

}  // namespace
}  // namespace rigwise
