#include "verbs/seeds/printed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rigwise {
namespace {

using testing::ElementsAre;

std::vector<double> lows(std::string_view text) {
  std::vector<double> values;
  for (const PrintedFigure& figure : printed_figures(text)) values.push_back(figure.low);
  return values;
}

PrintedFigure only(std::string_view text) {
  const std::vector<PrintedFigure> figures = printed_figures(text);
  EXPECT_EQ(figures.size(), 1u) << text;
  return figures.empty() ? PrintedFigure{} : figures[0];
}

TEST(PrintedFigures, AreReadWithTheirUnitsAndSigns) {
  EXPECT_THAT(lows("12,910"), ElementsAre(12910));
  EXPECT_THAT(lows("-6,263"), ElementsAre(-6263));
  EXPECT_THAT(lows("10,044 (+1,694)"), ElementsAre(10044, 1694));
  EXPECT_THAT(lows("8.2K CHF"), ElementsAre(8200));
  EXPECT_THAT(lows("~CHF 8,200"), ElementsAre(8200));
  EXPECT_THAT(lows("$4K"), ElementsAre(4000));
  EXPECT_THAT(lows("1.5x gen"), ElementsAre(1.5));
  EXPECT_THAT(lows("120B / ~20B"), ElementsAre(120, 20));
  EXPECT_THAT(lows("PP 2,320, TG 97"), ElementsAre(2320, 97));
  EXPECT_THAT(lows("9.2 to 22 (2.4x)"), ElementsAre(9.2, 22, 2.4));
  EXPECT_THAT(lows("up to 192-core GPU, 512GB"), ElementsAre(192, 512));
}

TEST(PrintedFigures, AreNotTheDigitsOfNames) {
  EXPECT_THAT(lows("GPT-OSS-120B Q4 (~65 GB) ~134"), ElementsAre(65, 134));
  EXPECT_THAT(lows("Kimi K2.5 on M3"), ElementsAre());
  EXPECT_THAT(lows("Q4_K_M"), ElementsAre());
}

TEST(PrintedFigures, KnowRangesWithAndWithoutUnits) {
  for (const char* text : {"25-35 t/s", "~25-35", "25 - 35", "25B-35B", "$25-35"}) {
    EXPECT_EQ(only(text).low, 25) << text;
    EXPECT_EQ(only(text).high, 35) << text;
  }
  EXPECT_EQ(only("8.5K-11K").high, 11000);
  EXPECT_EQ(only("3,759 - 8,350").high, 8350);
}

TEST(PrintedFigures, KnowTruths) {
  EXPECT_TRUE(only("Yes*").is_truth);
  EXPECT_EQ(only("no fit (with KV)").low, 0);
  EXPECT_EQ(only("doesn't fit").low, 0);
  EXPECT_THAT(printed_figures("near silent"), testing::IsEmpty());
  EXPECT_THAT(printed_figures("Notes"), testing::IsEmpty()) << "not a no";
}

TEST(PrintedFigures, AgreeWithinTheirRounding) {
  EXPECT_TRUE(agrees(only("1.7x"), 89.0 / 51));
  EXPECT_FALSE(agrees(only("1.7x"), 1.7501));
  EXPECT_TRUE(agrees(only("6,263"), 6262.5)) << "half a unit";
  EXPECT_TRUE(agrees(only("8.2K"), 8249));
  EXPECT_FALSE(agrees(only("8.2K"), 8260));
}

TEST(PrintedFigures, AgreeWithinFivePercentWhenAbout) {
  EXPECT_TRUE(agrees(only("~138 GB"), 141));
  EXPECT_TRUE(agrees(only("70 (est.)"), 73.4));
  EXPECT_FALSE(agrees(only("~34 GB"), 42.5));
  EXPECT_FALSE(agrees(only("138 GB"), 141)) << "not without a ~";
}

TEST(PrintedFigures, AgreeAsRangesAndBounds) {
  EXPECT_TRUE(agrees(only("25-35"), 25));
  EXPECT_FALSE(agrees(only("25-35"), 36));
  EXPECT_TRUE(agrees(only("37-74"), 37.2, 74.4));
  EXPECT_FALSE(agrees(only("37-74"), 37, 60));
  EXPECT_TRUE(agrees(only("200+"), 900));
  EXPECT_FALSE(agrees(only("200+"), 150));
}

TEST(PrintedFigures, AreShownAsTheDocumentPrintsThem) {
  EXPECT_EQ(with_values("12,910 tok/s", {12909.8}), "12,910 tok/s");
  EXPECT_EQ(with_values("32 MB/$", {32.03}), "32 MB/$");
  EXPECT_EQ(with_values("~34 GB", {42.469}), "42.47 GB") << "ours is not about anything";
  EXPECT_EQ(with_values("~25-30", {18.54}, kPredictedDigits), "19") << "a prediction is not known to four digits";
  EXPECT_EQ(with_values("20", {19.44}, kPredictedDigits), "19");
  EXPECT_EQ(with_values("25", {25.44}, kPredictedDigits), "25") << "it agrees";
  EXPECT_EQ(with_values("25.0", {25.44}, kPredictedDigits), "25.4") << "25 would hide that it differs";
  EXPECT_EQ(with_values("~37-74", {{45.16}, {85.42}}), "45.16-85.42");
  EXPECT_EQ(with_values("31.9 (2.1x over TCP)", {std::nullopt, 2.0987}), "31.9 (2.1x over TCP)");
  EXPECT_EQ(with_values("Yes*", {0.0}), "no*");
  EXPECT_EQ(with_values("8.2K CHF", {8190}), "8.2K CHF");
}

}  // namespace
}  // namespace rigwise
