#include "host/cli/advise_questions.h"

#include <gtest/gtest.h>

#include <sstream>

#include "codec/needs.h"

namespace rigwise {
namespace {

Json answered(const std::string& lines) {
  std::istringstream in(lines);
  std::ostringstream out;
  return ask_needs(in, out);
}

TEST(Questions, SpellNeedsThatDecode) {
  const Json needs = answered("6,000 EUR\n2\n8\n1\n");
  const Result<Needs> decoded = decode_needs(needs);
  ASSERT_TRUE(decoded.has_value()) << decoded.error().message;
  EXPECT_EQ(*decoded->budget.max, 6000);
  EXPECT_EQ(decoded->budget.currency, "EUR");
  EXPECT_EQ(decoded->people[0].role, "developer");
  EXPECT_EQ(decoded->people[0].count, 8);
  EXPECT_EQ(decoded->constraints.noise, NoiseClass::quiet);
}

TEST(Questions, TakeTheirUsualAnswersFromEmptyLinesAndTheEndOfInput) {
  for (const char* lines : {"\n\n\n\n", ""}) {
    const Result<Needs> decoded = decode_needs(answered(lines));
    ASSERT_TRUE(decoded.has_value());
    EXPECT_EQ(*decoded->budget.max, 4000);
    EXPECT_EQ(decoded->targets[0].model_class, "standard");
  }
}

TEST(Questions, AskAgainWhenAnAnswerMakesNoSense) {
  const Json needs = answered("plenty\n5000\n7\n2\nmany\n1\n0\n4\n");
  const Result<Needs> decoded = decode_needs(needs);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(*decoded->budget.max, 5000);
  EXPECT_EQ(decoded->targets[0].model_class, "coding");
  EXPECT_TRUE(decoded->constraints.portable);
}

}  // namespace
}  // namespace rigwise
