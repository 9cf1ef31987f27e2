#include "codec/kit_expected.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

Json band(double value, double low, double high) {
  return {{"value", value}, {"low", low}, {"high", high}, {"level", 0.8}};
}

const Json kExpected = {
    {"schema", "rigwise.kit_expected/1"},
    {"models",
     Json::array({{{"service", "m"},
                   {"levels",
                    Json::array({{{"concurrency", 1}, {"decode", band(50, 40, 60)}, {"ttft_s", band(1, 0.5, 2)}},
                                 {{"concurrency", 4}, {"decode", band(20, 15, 25)}, {"ttft_s", band(2, 1, 3)}}})}}})}};

Json bench_of(double one, double ttft, double four) {
  const auto level = [](int streams, double speed, double first) {
    return Json{{"concurrency", streams},
                {"rate", 0},
                {"per_stream_tokens_per_s", {{"p50", speed}}},
                {"ttft_s", {{"p50", first}}}};
  };
  return {{"schema", "rigwise.bench/1"}, {"levels", Json::array({level(1, one, ttft), level(4, four, 9)})}};
}

TEST(KitExpected, SetsMediansBesideIntervalsAtEachNumberOfStreams) {
  const auto figures = confirmed_figures(kExpected, "m", bench_of(45, 0.7, 21));
  ASSERT_TRUE(figures);
  ASSERT_EQ(figures->size(), 3) << "the first token of several streams waits for others: it is no figure";
  EXPECT_EQ((*figures)[0].quantity, "decode");
  EXPECT_DOUBLE_EQ((*figures)[0].measured, 45);
  EXPECT_EQ((*figures)[2].streams, 4);
  EXPECT_TRUE(is_confirmed(*figures));
}

TEST(KitExpected, IsNotConfirmedByWhatLiesOutsideOnEitherSide) {
  EXPECT_FALSE(is_confirmed(*confirmed_figures(kExpected, "m", bench_of(39, 0.7, 21))));
  EXPECT_FALSE(is_confirmed(*confirmed_figures(kExpected, "m", bench_of(61, 0.7, 21))));
  EXPECT_FALSE(is_confirmed(*confirmed_figures(kExpected, "m", bench_of(45, 2.5, 21))));
  EXPECT_FALSE(is_confirmed({}));
}

TEST(KitExpected, TakesTheMeanWhereTooFewRequestsHaveAMedian) {
  Json bench = bench_of(45, 0.7, 21);
  for (Json& level : bench["levels"]) {
    level["per_stream_tokens_per_s"] = {{"p50", nullptr}, {"mean", 44}};
  }
  const auto figures = confirmed_figures(kExpected, "m", bench);
  ASSERT_TRUE(figures);
  EXPECT_DOUBLE_EQ((*figures)[0].measured, 44);
}

TEST(KitExpected, SaysWhatIsMissing) {
  EXPECT_EQ(confirmed_figures(kExpected, "n", bench_of(1, 1, 1)).error().code, ErrorCode::not_found);
  EXPECT_FALSE(confirmed_figures({{"schema", "rigwise.bench/1"}}, "m", bench_of(1, 1, 1)));
  EXPECT_FALSE(confirmed_figures(kExpected, "m", {{"schema", "rigwise.pack/1"}}));
  EXPECT_FALSE(confirmed_figures(kExpected, "m", {{"schema", "rigwise.bench/1"}, {"levels", Json::array()}}));
}

}  // namespace
}  // namespace rigwise
