#include "codec/needs.h"

#include <gtest/gtest.h>

#include "codec/toml_needs.h"

namespace rigwise {
namespace {

Error fault_of(const char* toml) {
  const Result<Needs> needs = decode_needs_toml(toml, "needs.toml");
  return needs ? Error{ErrorCode::internal, "no fault", "", "", {}} : needs.error();
}

TEST(Needs, ReadsEveryKeyOfTheContract) {
  const Result<Needs> needs = decode_needs_toml(R"(
owned = ["rtx 3090"]
upgrade_of = "rtx 3060"
vision = true
services = ["speech"]
fine_tuning = true
region = "CH"
condition = "new"
not_before = 2027-01-01
concurrency = 4
[budget]
max = 15000
currency = "CHF"
horizon_months = 48
[[people]]
role = "developer"
count = 8
[[targets]]
name = "main agent"
model_class = "coding"
tokens_per_s = 60
minimum_tokens_per_s = 30
ttft_s = 5
prompt_tokens = 8000
context_tokens = 65536
max_params_b = 40
streams = 2
[quality]
minimum_relative = 0.8
[constraints]
noise = "quiet"
portable = true
power_w_max = 600
form_factors = ["tower", "mini"]
os = "linux"
vendors_excluded = ["Apple"]
always_on = true
local_only = true
[usage]
tokens_per_month = 5e7
input_share = 0.8
hours_per_day = 6
[[usage.prompt_mix]]
category = "coding"
share = 0.7
[money]
electricity_per_kwh = 0.27
tax_rate = 0.2
resale = 0.4
[weights]
cost = 1
)",
                                                "needs.toml");
  ASSERT_TRUE(needs.has_value()) << needs.error().where << ": " << needs.error().message;
  EXPECT_EQ(needs->budget.currency, "CHF");
  EXPECT_EQ(needs->budget.horizon_months, 48);
  EXPECT_EQ(needs->not_before, "2027-01-01");
  EXPECT_EQ(needs->people[0].count, 8);
  EXPECT_EQ(needs->targets[0].streams, 2);
  EXPECT_EQ(*needs->targets[0].ttft_s, 5);
  EXPECT_EQ(*needs->targets[0].max_params_b, 40);
  EXPECT_EQ(needs->constraints.noise, NoiseClass::quiet);
  EXPECT_EQ(needs->constraints.form_factors[1], BodyShape::mini);
  EXPECT_EQ(needs->constraints.os[0], "linux");
  EXPECT_EQ(needs->usage.prompt_mix[0].category, "coding");
  EXPECT_EQ(*needs->money.resale_share, 0.4);
  EXPECT_EQ(needs->condition, Condition::only_new);
  EXPECT_EQ(needs->weights.cost, 1);
  EXPECT_EQ(needs->weights.quality, 0) << "weights that are not named do not count";
}

TEST(Needs, PointsAtTheLineOfAnUnknownKeyAndNamesTheNearest) {
  const Error error = fault_of("[budget]\nmax = 4000\ncurency = \"USD\"\n");
  EXPECT_EQ(error.code, ErrorCode::invalid_input);
  EXPECT_EQ(error.where, "needs.toml:3 / budget.curency");
  ASSERT_FALSE(error.did_you_mean.empty());
  EXPECT_EQ(error.did_you_mean[0], "currency");
}

TEST(Needs, PointsAtTheLineOfAWrongType) {
  EXPECT_EQ(fault_of("vision = true\n[budget]\nmax = \"a lot\"\n").where, "needs.toml:3 / budget.max");
  EXPECT_EQ(fault_of("[[targets]]\nmodel_class = \"fast\"\nstreams = 0\n").where, "needs.toml:3 / targets[0].streams");
}

TEST(Needs, PointsAtTheLineWhereTheSyntaxBreaks) {
  const Error error = fault_of("[budget]\nmax = \n");
  EXPECT_EQ(error.where, "needs.toml:2");
  EXPECT_FALSE(error.try_this.empty());
}

TEST(Needs, RefusesWordsOutsideTheirListAndListsIt) {
  const Error error = fault_of("[constraints]\nnoise = \"quite\"\n");
  EXPECT_EQ(error.where, "needs.toml:2 / constraints.noise");
  EXPECT_NE(error.try_this.find("silent, quiet, audible"), std::string::npos);
  ASSERT_FALSE(error.did_you_mean.empty());
  EXPECT_EQ(error.did_you_mean[0], "quiet");
}

TEST(Needs, RefusesAMinimumAboveItsTarget) {
  EXPECT_EQ(fault_of("[[targets]]\nmodel_class = \"fast\"\ntokens_per_s = 20\nminimum_tokens_per_s = 30\n").where,
            "needs.toml:4 / targets[0].minimum_tokens_per_s");
}

TEST(Needs, RefusesATargetThatNamesNothingToRun) {
  EXPECT_EQ(fault_of("[[targets]]\ntokens_per_s = 20\n").where, "needs.toml:1 / targets[0].model_class");
}

TEST(Needs, RefusesNumbersThatAreNone) {
  EXPECT_EQ(fault_of("[budget]\nmax = nan\n").where, "needs.toml:2 / budget.max");
  EXPECT_EQ(fault_of("[budget]\nmax = -5\n").where, "needs.toml:2 / budget.max");
}

TEST(Needs, RefusesADateThatIsNone) {
  EXPECT_EQ(fault_of("not_before = \"next spring\"\n").where, "needs.toml:1 / not_before");
}

TEST(Needs, ReadTheSameFromJsonAsFromToml) {
  const Result<Json> json = parse_json(R"({"budget":{"max":4000},"targets":[{"model_class":"coding","streams":3}]})");
  const Result<Needs> needs = decode_needs(*json);
  ASSERT_TRUE(needs.has_value());
  EXPECT_EQ(*needs->budget.max, 4000);
  EXPECT_EQ(needs->targets[0].name, "coding");
  const Result<Json> typo = parse_json(R"({"budgett":{"max":4000}})");
  EXPECT_EQ(decode_needs(*typo).error().where, "needs.budgett");
}

TEST(Needs, TakesPeopleOfWhomNobodySaysWhatTheyDo) {
  const Result<Needs> needs = decode_needs_toml("[[people]]\ncount = 30\n", "needs.toml");
  ASSERT_TRUE(needs.has_value());
  EXPECT_EQ(needs->people[0].role, "");
  EXPECT_EQ(needs->people[0].count, 30);
  EXPECT_EQ(fault_of("[[people]]\n").where, "needs.toml:1 / people[0].role");
}

TEST(Needs, PointsAtTheFileWhenAllOfItIsMeant) { EXPECT_EQ(NeedsFile{}.locate("needs"), ""); }

}  // namespace
}  // namespace rigwise
