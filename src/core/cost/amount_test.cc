#include "core/cost/amount.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rigwise {
namespace {

using ::testing::HasSubstr;

TEST(WrittenAmount, IsReadAsPeopleWriteIt) {
  struct Case {
    const char* text;
    double value;
    const char* currency;
  };
  const Case cases[] = {{"4000", 4000, ""},
                        {"4k", 4000, ""},
                        {"0.125", 0.125, ""},
                        {"1e4", 10000, ""},
                        {"25,000 USD", 25000, "USD"},
                        {"25,000", 25000, ""},
                        {"25 000", 25000, ""},
                        {"25\xC2\xA0"
                         "000 \xE2\x82\xAC",
                         25000, "EUR"},
                        {"25'000 chf", 25000, "CHF"},
                        {"15\xE2\x80\x99"
                         "000",
                         15000, ""},
                        {"1,234,567.50", 1234567.5, ""},
                        {"$4,000", 4000, "$"},
                        {"US$ 4,000", 4000, "USD"},
                        {"C$4,000", 4000, "CAD"},
                        {"\xC2\xA3"
                         "900",
                         900, "GBP"},
                        {"CHF 25k", 25000, "CHF"},
                        {"25kEUR", 25000, "EUR"},
                        {"-25,000", -25000, ""}};
  for (const Case& c : cases) {
    const Result<WrittenAmount> amount = parse_amount(c.text);
    ASSERT_TRUE(amount.has_value()) << c.text << ": " << amount.error().message;
    EXPECT_DOUBLE_EQ(amount->value, c.value) << c.text;
    EXPECT_EQ(amount->currency, c.currency) << c.text;
  }
}

TEST(WrittenAmount, IsRefusedWhereItMayMeanTwoThings) {
  for (const char* text : {"25,5", "0,125", "25,00", "2500,000", "1,234 567", "25.000", "1.234,56", ",500", "25,"}) {
    const Result<WrittenAmount> amount = parse_amount(text);
    ASSERT_FALSE(amount.has_value()) << text << " was read as " << amount->value;
    EXPECT_THAT(amount.error().message, HasSubstr(text));
  }
  EXPECT_THAT(parse_amount("25,5").error().message, HasSubstr("a comma stands between thousands only"));
  EXPECT_THAT(parse_amount("25.000 EUR").error().message, HasSubstr("25,000"));
}

TEST(WrittenAmount, IsRefusedWhereItIsNone) {
  for (const char* text : {"", "much", "USD", "$", "nan", "inf", "USD 5 EUR", "5 euros", "--5", "5 %", "1 2 3"}) {
    EXPECT_FALSE(parse_amount(text).has_value()) << text;
  }
}

TEST(WrittenAmount, DollarSignStandsForEveryDollar) {
  EXPECT_TRUE(is_same_currency("$", "CAD"));
  EXPECT_TRUE(is_same_currency("USD", ""));
  EXPECT_FALSE(is_same_currency("$", "EUR"));
  EXPECT_FALSE(is_same_currency("USD", "CAD"));
}

}  // namespace
}  // namespace rigwise
