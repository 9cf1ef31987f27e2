#include "host/bench/event_log.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace rigwise {
namespace {

struct Written {
  std::uint32_t slot = 0;
  std::int64_t at_ns = 0;
  std::string data;
  friend bool operator==(const Written&, const Written&) = default;
};

std::vector<Written> replayed(const EventLog& log) {
  std::vector<Written> entries;
  log.replay([&](const EventLog::Replayed& entry) {
    if (entry.kind != LogEntry::begin) entries.push_back({entry.slot, entry.at_ns, std::string(entry.data)});
  });
  return entries;
}

TEST(EventLog, AnEventLikeTheOneBeforeCostsAFewBytes) {
  EventLog log(std::size_t{1} << 20);
  std::string base;
  const std::string head = R"({"id":"chatcmpl-123","object":"chat.completion.chunk","choices":[{"delta":{"content":")";
  log.add(LogEntry::event, 7, 1000, head + R"( river"}}]})", base);
  const std::size_t first = log.size();
  for (int i = 0; i < 100; ++i) log.add(LogEntry::event, 7, 1000 + 20'000'000 * i, head + R"( mill"}}]})", base);
  EXPECT_LE((log.size() - first) / 100, 16U);
  EXPECT_EQ(replayed(log).back().data, head + R"( mill"}}]})");
}

TEST(EventLog, TellsWhenItIsFull) {
  EventLog log(std::size_t{1} << 20);
  std::string base;
  const std::string large(300'000, 'x');
  for (int i = 0; i < 3; ++i) log.add(LogEntry::body, 0, i, large + std::to_string(i), base);
  EXPECT_FALSE(log.is_full());
  log.add(LogEntry::body, 0, 9, large, base);
  EXPECT_TRUE(log.is_full());
  EXPECT_EQ(replayed(log).size(), 3U);
}

TEST(EventLog, ABoundLeavesTheEventsAroundItAsTheyAre) {
  EventLog log(std::size_t{1} << 20);
  std::string base;
  log.add(LogEntry::event, 3, 5000, "a river", base);
  log.add(LogEntry::event, 3, 5000, "a mill", base);
  log.add_bound(3, 4200);
  log.add(LogEntry::event, 3, 9000, "a mill again", base);
  EXPECT_EQ(replayed(log), (std::vector<Written>{
                               {3, 5000, "a river"}, {3, 5000, "a mill"}, {3, 4200, ""}, {3, 9000, "a mill again"}}));
}

RC_GTEST_PROP(EventLog, GivesBackEverythingThatWasWritten, ()) {
  EventLog log(std::size_t{1} << 22);
  std::vector<std::string> bases(4);
  std::vector<Written> written;
  const int count = *rc::gen::inRange(0, 60);
  for (int i = 0; i < count; ++i) {
    Written entry;
    entry.slot = *rc::gen::inRange(0U, 4U);
    entry.at_ns = *rc::gen::inRange<std::int64_t>(-1'000'000'000'000, 1'000'000'000'000);
    entry.data = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab")));
    if (*rc::gen::inRange(0, 8) == 0) entry.data.append(5000, 'c');  // larger than what is kept to compare with
    if (*rc::gen::inRange(0, 4) == 0) log.begin(entry.slot, static_cast<std::uint32_t>(i));
    log.add(LogEntry::event, entry.slot, entry.at_ns, entry.data, bases[entry.slot]);
    written.push_back(entry);
  }
  RC_ASSERT(replayed(log) == written);
}

}  // namespace
}  // namespace rigwise
