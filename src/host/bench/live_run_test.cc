#include "host/bench/live_run.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace rigwise {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000, kLongAgoMs = 4'000'000'000'000;

LiveStory::State measuring(std::uint64_t events, std::uint64_t sent = 9, std::uint64_t ended = 5) {
  LiveStory::State state;
  state.phase = "measuring";
  state.has_level = true;
  state.load = 4;
  state.progress.events = events;
  state.progress.sent = sent;
  state.progress.ended = ended;
  return state;
}

TEST(LiveStory, TellsTheRateBetweenLooksAndWhatIsUnderWay) {
  LiveStory story({{"run", "r"}}, 0, 0);
  story.look(measuring(100), kSecond);
  story.look(measuring(120), kSecond + 1000);  // too near to tell a rate
  story.look(measuring(300), 3 * kSecond);
  LiveStory::State next = measuring(50);  // another level counts from nothing
  next.past_events = 300;
  story.look(next, 4 * kSecond);
  const Json told = story.report(next, 7);
  EXPECT_EQ(told["moments"]["at_s"], Json({1.0, 3.0, 4.0}));
  EXPECT_EQ(told["moments"]["events_per_s"], Json({100.0, 100.0, 50.0}));
  EXPECT_EQ(told["moments"]["under_way"], Json({4, 4, 4}));
  EXPECT_EQ(told["run"], "r");
  EXPECT_EQ(told["updated_ms"], 7);
}

TEST(LiveStory, ALevelThatCameAndWentBetweenTwoLooksIsThere) {
  LiveStory story(Json::object(), 0, 0);
  LiveStory::State state = measuring(100);
  story.look(state, kSecond);
  state.progress.events = 110;
  state.end_level(state.progress);
  state.done.emplace_back();
  LevelProgress brief;
  brief.events = 40;
  brief.failed = 2;
  state.end_level(brief);
  state.done.emplace_back();
  story.look(state, 2 * kSecond);
  const Json told = story.report(state, 0);
  EXPECT_EQ(told["moments"]["events_per_s"], Json({100.0, 50.0}));
  EXPECT_EQ(told["moments"]["failed"], Json({0, 2}));
  EXPECT_EQ(told["moments"]["under_way"], Json({4, 0}));
  EXPECT_EQ(told["levels"].size(), 2U);
}

TEST(LiveStory, ALongRunKeepsItsWholeLengthInFewerMoments) {
  LiveStory story(Json::object(), 0, 0);
  for (int i = 1; i <= 5000; ++i) story.look(measuring(static_cast<std::uint64_t>(i)), i * kSecond);
  const Json at = story.report(measuring(5000), 0)["moments"]["at_s"];
  EXPECT_LE(at.size(), 1200U);
  EXPECT_LE(at.front().get<double>(), 16);
  EXPECT_EQ(at.back(), 5000.0);
}

class LiveRuns : public testing::Test {
 protected:
  LiveRuns() : folder(std::filesystem::temp_directory_path() / ("rigwise-live-" + std::to_string(::getpid()))) {}
  ~LiveRuns() override { std::filesystem::remove_all(folder); }
  std::size_t files() const {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder / ".live")) ++count;
    return count;
  }
  std::filesystem::path folder;
};

TEST_F(LiveRuns, AreThereFromTheBeginningAndGoneWithTheRun) {
  EXPECT_TRUE(live_runs(folder.string(), 0).empty());
  {
    const LiveRun run(folder.string(), "aabb", {{"run", "aabb"}});
    const std::vector<Json> listed = live_runs(folder.string(), 0);
    ASSERT_EQ(listed.size(), 1U);
    EXPECT_EQ(listed[0]["phase"], "fitting");
    EXPECT_EQ(listed[0]["run"], "aabb");
    EXPECT_TRUE(live_runs(folder.string(), kLongAgoMs).empty()) << "a silent file is a killed run's";
  }
  EXPECT_TRUE(live_runs(folder.string(), 0).empty());
  EXPECT_EQ(files(), 0U);
}

TEST_F(LiveRuns, WhatIsNoneIsPassedOver) {
  std::filesystem::create_directories(folder / ".live");
  std::ofstream(folder / ".live/a.json") << "{";
  std::ofstream(folder / ".live/b.json") << R"({"schema": 3, "updated_ms": "soon"})";
  EXPECT_TRUE(live_runs(folder.string(), 0).empty());
}

}  // namespace
}  // namespace rigwise
