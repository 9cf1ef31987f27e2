#include "core/measure/load_search.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace rigwise {
namespace {

TEST(LoadSearch, DoublesThenHalves) {
  LoadSearch search({});
  std::vector<double> asked;
  while (const auto load = search.next()) {
    asked.push_back(*load);
    search.told(*load, *load <= 11);
  }
  EXPECT_EQ(asked, (std::vector<double>{1, 2, 4, 8, 16, 12, 10, 11}));
  EXPECT_EQ(*search.best(), 11);
  EXPECT_EQ(*search.first_failing(), 12);
}

TEST(LoadSearch, SaysSoWhenNotEvenOneStreamKeepsTheObjectives) {
  LoadSearch search({});
  search.told(*search.next(), false);
  EXPECT_FALSE(search.next());
  EXPECT_FALSE(search.best());
}

TEST(LoadSearch, LooksBelowAStartThatWasTooMuch) {
  LoadSearch::Limits limits;
  limits.start = 16;
  LoadSearch search(limits);
  while (const auto load = search.next()) search.told(*load, *load <= 3);
  EXPECT_EQ(*search.best(), 3);
}

RC_GTEST_PROP(LoadSearch, FindsTheLargestStreamsThatKeepThem, ()) {
  const int truth = *rc::gen::inRange(1, 4096);
  LoadSearch search({});
  int levels = 0;
  while (const auto load = search.next()) {
    search.told(*load, *load <= truth);
    RC_ASSERT(++levels <= 24);
  }
  RC_ASSERT(*search.best() == truth);
}

RC_GTEST_PROP(LoadSearch, FindsARateWithinItsPrecision, ()) {
  const double truth = *rc::gen::inRange(10, 100'000) / 10.0;
  LoadSearch::Limits limits;
  limits.whole = false;
  limits.most = 1e9;
  LoadSearch search(limits);
  while (const auto load = search.next()) search.told(*load, *load <= truth);
  RC_ASSERT(*search.best() <= truth && *search.best() >= truth * 0.9);
}

TEST(DegradationKnee, IsTheLargestLoadBeforeTheShareIsFirstMissed) {
  EXPECT_EQ(*degradation_knee({{1, 1}, {8, 0.7}, {4, 0.9}, {16, 0.85}}, 0.8), 4);
  EXPECT_FALSE(degradation_knee({{1, 0.5}}, 0.8));
}

}  // namespace
}  // namespace rigwise
