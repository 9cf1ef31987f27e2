#include "core/perf/quantization_loss.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rigwise {
namespace {

using testing::HasSubstr;

Format format(const char* id, double bits, const char* format_class = "k4") {
  Format f;
  f.id = f.name = id;
  f.format_class = format_class;
  f.bits.whole_model = bits;
  return f;
}

QuantizationLoss measured(const char* format, const char* model, double increase) {
  QuantizationLoss loss;
  loss.format = format;
  loss.model = loss.model_name = model;
  loss.perplexity_increase = increase;
  return loss;
}

Catalog small_catalog() {
  Catalog c;
  c.formats = {format("q2", 3),   format("q3", 4),          format("q4", 5),
               format("q6", 6.5), format("f16", 16, "f16"), format("mxfp4", 4.25, "mxfp4")};
  c.quantization_losses = {measured("q2", "one", 0.4), measured("q4", "one", 0.01), measured("q4", "two", 0.03),
                           measured("q4", "two", 0.05), measured("q6", "one", -0.0008)};
  c.index_names();
  return c;
}

Llm llm(const char* id, const char* native = "bf16") {
  Llm m;
  m.id = id;
  m.native_format = native;
  return m;
}

TEST(QuantizationLoss, OfThisModelGoesBeforeThatOfOthers) {
  const Catalog c = small_catalog();
  const auto loss = quantization_loss(c, llm("one"), c.formats[2]);
  ASSERT_TRUE(loss);
  EXPECT_EQ(loss->perplexity_increase.value, 0.01);
  EXPECT_EQ(loss->basis, Basis::measured);
  EXPECT_EQ(loss->evidence.front()->model, "one");
}

TEST(QuantizationLoss, GivesEveryModelOneVoteAndTheirSpreadAsItsBand) {
  const Catalog c = small_catalog();
  const auto loss = quantization_loss(c, llm("three"), c.formats[2]);
  ASSERT_TRUE(loss);
  EXPECT_DOUBLE_EQ(loss->perplexity_increase.value, (0.01 + 0.04) / 2);
  EXPECT_LE(loss->perplexity_increase.low, 0.01);
  EXPECT_GE(loss->perplexity_increase.high, 0.04);
  EXPECT_EQ(loss->tier, Tier::t3_same_backend);
  EXPECT_THAT(loss->why, HasSubstr("2 other models"));
}

TEST(QuantizationLoss, LiesBetweenTheNeighboursOfAFormatNobodyMeasured) {
  const Catalog c = small_catalog();
  const auto loss = quantization_loss(c, llm("one"), c.formats[1]);
  ASSERT_TRUE(loss);
  EXPECT_LT(loss->perplexity_increase.value, 0.4);
  EXPECT_GT(loss->perplexity_increase.value, 0.025);
  EXPECT_EQ(loss->tier, Tier::t5_borrowed);
  EXPECT_EQ(loss->evidence.size(), 4);
}

TEST(QuantizationLoss, IsNothingInSixteenBitsOrTheReleasedFormat) {
  const Catalog c = small_catalog();
  EXPECT_EQ(quantization_loss(c, llm("one"), c.formats[4])->perplexity_increase.high, 0);
  EXPECT_EQ(quantization_loss(c, llm("oss", "mxfp4"), c.formats[5])->perplexity_increase.high, 0);
  EXPECT_GT(quantization_loss(c, llm("one"), c.formats[5])->perplexity_increase.value, 0);
}

TEST(QuantizationLoss, IsUnknownWhereNothingNearWasMeasured) {
  Catalog c = small_catalog();
  c.quantization_losses.clear();
  EXPECT_FALSE(quantization_loss(c, llm("one"), c.formats[1]));
}

TEST(QuantizationLoss, AnImprovementIsNoiseAndNeverNegative) {
  const Catalog c = small_catalog();
  EXPECT_GE(quantization_loss(c, llm("one"), c.formats[3])->perplexity_increase.low, 0);
}

}  // namespace
}  // namespace rigwise
