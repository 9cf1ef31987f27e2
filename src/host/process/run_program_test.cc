#include "host/process/run_program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <fstream>

namespace rigwise {
namespace {

using testing::HasSubstr;

ProgramEnd run(const std::vector<std::string>& arguments, const ProgramLimits& limits = {}) {
  const Result<ProgramEnd> end = run_program(arguments, limits);
  EXPECT_TRUE(end) << (end ? "" : end.error().message);
  return end ? *end : ProgramEnd{};
}

/// Whether a process does anything yet. A killed one stays in the list until somebody waits for it.
bool is_running(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  std::getline(file, line);
  return !line.empty() && line.find(") Z") == std::string::npos && line.find(") X") == std::string::npos;
}

TEST(RunProgram, KeepsBothOutputsAndTheExitStatus) {
  const ProgramEnd end = run({"sh", "-c", "echo out; echo err >&2; exit 7"});
  EXPECT_EQ(end.out, "out\n");
  EXPECT_EQ(end.err, "err\n");
  EXPECT_EQ(end.exit_status, 7);
  EXPECT_FALSE(end.succeeded());
}

TEST(RunProgram, PassesArgumentsAsTheyAre) {
  EXPECT_EQ(run({"printf", "%s|", "a b", "$HOME", "; rm x"}).out, "a b|$HOME|; rm x|");
}

TEST(RunProgram, HasNothingOnStandardInput) { EXPECT_EQ(run({"cat"}).out, ""); }

TEST(RunProgram, ForgetsWhatIsMoreThanItsLimit) {
  ProgramLimits limits;
  limits.most_output_bytes = 1000;
  const ProgramEnd end = run({"sh", "-c", "head -c 3000000 /dev/zero; echo done >&2"}, limits);
  EXPECT_EQ(end.out.size(), 1000u);
  EXPECT_TRUE(end.output_is_cut);
  EXPECT_EQ(end.err, "done\n") << "it was not stopped by a full pipe";
  EXPECT_TRUE(end.succeeded());
}

TEST(RunProgram, EndsTheWholeGroupWhenItsTimeIsOver) {
  ProgramLimits limits;
  limits.time = std::chrono::milliseconds(300);
  // The shell's child would outlive it, and hold the pipe open.
  const ProgramEnd end = run({"sh", "-c", "sleep 300 & echo $!; wait"}, limits);
  EXPECT_TRUE(end.was_timed_out);
  const int grandchild = std::atoi(end.out.c_str());
  ASSERT_GT(grandchild, 1);
  while (is_running(grandchild)) continue;  // the test's own time limit says when it is not gone
}

TEST(RunProgram, KillsWhatDoesNotEndWhenTold) {
  ProgramLimits limits;
  limits.time = std::chrono::milliseconds(200);
  const ProgramEnd end = run({"sh", "-c", "trap '' TERM; while :; do sleep 1; done"}, limits);
  EXPECT_TRUE(end.was_timed_out);
  EXPECT_EQ(end.signal, SIGKILL);
}

TEST(RunProgram, EndsWhenAskedTo) {
  ProgramLimits limits;
  int asked = 0;
  limits.go_on = [&] { return ++asked < 3; };
  EXPECT_TRUE(run({"sleep", "300"}, limits).was_interrupted);
}

TEST(RunProgram, LeavesNothingBehind) {
  const ProgramEnd end = run({"sh", "-c", "sleep 300 >/dev/null 2>&1 & echo $!"});
  EXPECT_TRUE(end.succeeded());
  while (is_running(std::atoi(end.out.c_str()))) continue;
}

TEST(RunProgram, SaysWhatCannotBeStarted) {
  const Result<ProgramEnd> end = run_program({"/no/such/program"}, {});
  ASSERT_FALSE(end);
  EXPECT_THAT(end.error().message, HasSubstr("/no/such/program"));
}

TEST(FindProgram, LooksOnThePathAndTakesPathsAsTheyAre) {
  EXPECT_TRUE(find_program("sh"));
  EXPECT_EQ(find_program("/bin/sh"), "/bin/sh");
  EXPECT_FALSE(find_program("/bin/no-such-program"));
  EXPECT_FALSE(find_program("no-such-program-anywhere"));
}

TEST(BackgroundProgram, IsGoneWithItsObject) {
  {
    Result<BackgroundProgram> program = BackgroundProgram::start({"sleep", "300"});
    ASSERT_TRUE(program);
    EXPECT_TRUE(program->is_alive());
  }
  Result<BackgroundProgram> ended = BackgroundProgram::start({"true"});
  ASSERT_TRUE(ended);
  while (ended->is_alive()) continue;  // until the system has noticed
}

}  // namespace
}  // namespace rigwise
