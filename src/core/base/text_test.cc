#include "core/base/text.h"

#include <gtest/gtest.h>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

namespace rigwise {
namespace {

TEST(Text, SignificantKeepsTheAskedDigitsAndNoTrailingZeros) {
  EXPECT_EQ(significant(12.345, 3), "12.3");
  EXPECT_EQ(significant(1234.5, 3), "1230");
  EXPECT_EQ(significant(0.0012345, 3), "0.00123");
  EXPECT_EQ(significant(2.0, 3), "2");
  EXPECT_EQ(significant(999.6, 3), "1000");
  EXPECT_EQ(significant(-0.5, 3), "-0.5");
  EXPECT_EQ(significant(0.0, 3), "0");
  EXPECT_EQ(significant(-0.0, 3), "0");
}

TEST(Text, SignificantUsesAnExponentOnlyForVerySmallAndVeryLarge) {
  EXPECT_EQ(significant(0.000123456, 3), "0.000123");
  EXPECT_EQ(significant(0.0000123456, 3), "1.23e-5");
  EXPECT_EQ(significant(123456789012345.0, 3), "123000000000000");
  EXPECT_EQ(significant(1.5e18, 3), "1.5e+18");
}

TEST(Text, FixedRoundsTheVisibleDecimalHalfToEven) {
  EXPECT_EQ(fixed(2.675, 2), "2.68");
  EXPECT_EQ(fixed(2.665, 2), "2.66");
  EXPECT_EQ(fixed(0.125, 2), "0.12");
  EXPECT_EQ(fixed(0.5, 0), "0");
  EXPECT_EQ(fixed(1.5, 0), "2");
  EXPECT_EQ(fixed(0.6, 0), "1");
  EXPECT_EQ(fixed(9.999, 2), "10.00");
  EXPECT_EQ(fixed(12, 3), "12.000");
  EXPECT_EQ(fixed(0.05, 1), "0.0");
  EXPECT_EQ(fixed(0.0004, 1), "0.0");
  EXPECT_EQ(fixed(-0.001, 2), "0.00");
  EXPECT_EQ(fixed(-1234.5678, 1), "-1234.6");
}

TEST(Text, ShortestIsLaidOutAsJavaScriptDoes) {
  EXPECT_EQ(shortest(0.1), "0.1");
  EXPECT_EQ(shortest(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(shortest(1e21), "1e+21");
  EXPECT_EQ(shortest(123456789012345680000.0), "123456789012345680000");
  EXPECT_EQ(shortest(1e-6), "0.000001");
  EXPECT_EQ(shortest(1e-7), "1e-7");
  EXPECT_EQ(shortest(5e-324), "5e-324");
  EXPECT_EQ(shortest(std::numeric_limits<double>::max()), "1.7976931348623157e+308");
  EXPECT_EQ(shortest(-42), "-42");
  EXPECT_EQ(shortest(std::numeric_limits<double>::quiet_NaN()), "nan");
}

// The oracle is the standard library's own shortest printer, which the browser build avoids for its size.
TEST(Text, ShortestHasTheDigitsOfToCharsForAnyDouble) {
  std::uint64_t state = 1;
  for (int i = 0; i < 200000; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    std::uint64_t bits = state ^ (state >> 29);
    if (i % 5 == 0) bits &= 0xfff0000000000000u;  // powers of two: the lopsided interval
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    if (i % 3 == 0) value = static_cast<double>(static_cast<std::int64_t>(bits >> 20)) / 1000.0;
    if (!std::isfinite(value)) continue;
    char buffer[64];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr;
    const std::string reference(buffer, end);
    const auto digits_of = [](std::string_view text) {
      std::string digits;
      for (char c : text.substr(0, text.find('e')))
        if (c >= '0' && c <= '9') digits += c;
      digits.erase(0, digits.find_first_not_of('0'));
      while (!digits.empty() && digits.back() == '0') digits.pop_back();
      return digits;
    };
    const std::string ours = shortest(value);
    ASSERT_EQ(digits_of(ours), digits_of(reference)) << reference;
    ASSERT_EQ(parse_number(ours).value(), value) << ours;
  }
}

TEST(Text, ParseNumberTakesWholeDecimalNumbersOnly) {
  EXPECT_EQ(parse_number("12.5").value(), 12.5);
  EXPECT_EQ(parse_number("-1e3").value(), -1000);
  EXPECT_EQ(parse_number("0").value(), 0);
  for (const char* bad : {"", " 1", "1 ", "1,5", "12x", "nan", "inf", "-inf", "0x10", "1e999", "--1", "."})
    EXPECT_FALSE(parse_number(bad).has_value()) << bad;
  EXPECT_EQ(parse_number("12x").error().message, "\"12x\" is not a number");
}

TEST(Text, NamesFoldToLettersDigitsPointAndPlus) {
  EXPECT_EQ(fold_name("RTX 4090"), "rtx4090");
  EXPECT_EQ(fold_name("rtx-4090"), fold_name("RTX_4090"));
  EXPECT_EQ(fold_name("Llama 3.1 8B"), "llama3.18b");
  EXPECT_EQ(fold_name("Ryzen AI Max+ 395"), "ryzenaimax+395");
}

TEST(Text, NearestNamesPutsTheLikeliestFirst) {
  const std::vector<std::string> names = {"rtx 4090",    "rtx 4080",           "rtx 3090",
                                          "rx 7900 xtx", "apple m4 max 128gb", "macbook pro 14 m5 pro 64gb"};
  EXPECT_EQ(nearest_names("rtx 409", names, 1), std::vector<std::string>{"rtx 4090"});
  EXPECT_EQ(nearest_names("rtx4900", names, 1), std::vector<std::string>{"rtx 4090"});
  EXPECT_EQ(nearest_names("m4 max", names, 1), std::vector<std::string>{"apple m4 max 128gb"});
  EXPECT_EQ(nearest_names("Max M4 Apple", names, 1), std::vector<std::string>{"apple m4 max 128gb"});
  EXPECT_EQ(nearest_names("MSI GeForce RTX 3090 Suprim", names, 1), std::vector<std::string>{"rtx 3090"});
}

TEST(Text, NearestNamesNeverOffersTheFarOnes) {
  const std::vector<std::string> names = {"rtx 4090", "apple m4 max 128gb"};
  EXPECT_TRUE(nearest_names("banana", names).empty());
  EXPECT_TRUE(nearest_names("", names).empty());
  EXPECT_TRUE(nearest_names("!!!", names).empty());
}

TEST(Text, SplitJoinTrimAndLowerDoWhatTheySay) {
  EXPECT_EQ(trim(" \t a b \r\n"), "a b");
  EXPECT_EQ(trim("  "), "");
  EXPECT_EQ(split("a,,b", ','), (std::vector<std::string_view>{"a", "", "b"}));
  EXPECT_EQ(split("", ','), std::vector<std::string_view>{""});
  EXPECT_EQ(join({"a", "b"}, ", "), "a, b");
  EXPECT_EQ(lower("GeForce RTX"), "geforce rtx");
}

TEST(Text, WordsStandInANameWholeAndInARow) {
  EXPECT_TRUE(has_words("Apple Mac Studio M3 Ultra 96GB", "m3 ultra"));
  EXPECT_TRUE(has_words("nvidia-h100-80gb-sxm", "H100"));
  EXPECT_FALSE(has_words("NVIDIA RTX 4090", "rtx 409"));
  EXPECT_FALSE(has_words("RTX A6000 + RTX 4090", "a6000 4090"));
  EXPECT_FALSE(has_words("anything", " - "));
}

TEST(CutToWidth, KeepsEachOfSeveralThingsRecognisable) {
  EXPECT_EQ(cut_to_width("RTX 4090", 8), "RTX 4090");
  EXPECT_EQ(cut_to_width("RTX PRO 6000 Max-Q", 10), "RTX PRO 6…");
  EXPECT_EQ(cut_to_width("RTX PRO 6000 Max-Q", 9), "RTX PRO…") << "no blank before the ellipsis";
  EXPECT_EQ(cut_to_width("RTX PRO 6000 Max-Q + RTX 4090", 24), "RTX PRO 6000… + RTX 4090");
  EXPECT_EQ(cut_to_width("RTX PRO 6000 Max-Q + RTX PRO 5000 48GB", 12), "RTX PRO 600…") << "too narrow for both";
  EXPECT_EQ(cut_to_width("größer als nötig", 7), "größer…");
  EXPECT_EQ(cut_to_width("", 5), "");
}

}  // namespace
}  // namespace rigwise
