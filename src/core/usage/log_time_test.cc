#include "core/usage/log_time.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

TEST(LogTime, ReadsWhatLogsWrite) {
  constexpr std::int64_t kNoon = 1'790'856'000;  // 2026-10-01 12:00 UTC
  EXPECT_EQ(log_time_at("2026-10-01T12:00:00.123Z")->time_s, kNoon);
  EXPECT_FALSE(log_time_at("2026-10-01T12:00:00.123Z")->is_local);
  EXPECT_EQ(log_time_at("2026-10-01T14:00:00+02:00 host llama")->time_s, kNoon);
  EXPECT_EQ(log_time_at("2026-10-01T14:00:00+0200")->time_s, kNoon);
  EXPECT_EQ(log_time_at("2026-10-01 12:00:00+00")->time_s, kNoon);
  EXPECT_EQ(log_time_at("2026-10-01 06:30:00 -0530")->time_s, kNoon);
  EXPECT_EQ(log_time_at("2026/10/01 - 12:00:00 | 200")->time_s, kNoon);
  EXPECT_TRUE(log_time_at("2026/10/01 - 12:00:00 | 200")->is_local);
  EXPECT_EQ(log_time_at("2026-10-01")->time_s, kNoon - 12 * 3600);
}

TEST(LogTime, IsNothingForDaysThatDoNotExist) {
  for (const char* text : {"", "12:00", "2026-13-01", "2026-02-29", "2026-10", "26-10-01", "yesterday", "1969-12-31"}) {
    EXPECT_FALSE(log_time_at(text)) << text;
  }
}

TEST(LogTime, DatesGoThereAndBack) {
  EXPECT_EQ(days_of_date(1970, 1, 1), 0);
  EXPECT_EQ(days_of_date(2000, 3, 1), 11'017);
  for (std::int64_t day = -800'000; day < 800'000; day += 373) {
    const std::string date = date_of_days(day);
    if (const auto time = log_time_at(date)) {
      EXPECT_EQ(time->time_s, day * 86'400) << date;
    }
  }
  EXPECT_EQ(date_of_days(days_of_date(2028, 2, 29)), "2028-02-29");
}

TEST(UtcOffset, IsReadAndWritten) {
  EXPECT_EQ(utc_offset_of("+02:00"), 7200);
  EXPECT_EQ(utc_offset_of("-0530"), -19'800);
  EXPECT_EQ(utc_offset_of("+1"), std::nullopt);
  EXPECT_EQ(utc_offset_of("+15:00"), std::nullopt);
  EXPECT_EQ(utc_offset_of("CET"), std::nullopt);
  EXPECT_EQ(utc_offset_text(-19'800), "-05:30");
  EXPECT_EQ(utc_offset_text(0), "+00:00");
}

}  // namespace
}  // namespace rigwise
