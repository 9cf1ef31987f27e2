#include "core/grade/answer_text.h"

#include <gtest/gtest.h>

#include "core/grade/utf8.h"

namespace rigwise {
namespace {

TEST(AnswerText, FoldsWhatMeansTheSame) {
  EXPECT_EQ(folded("\uFF21\uFF22\uFF11 \uFB01le x\u00B2 \u2018q\u2019 a\u2013b\u00A0c"), "AB1 file x2 'q' a-b c");
  EXPECT_EQ(folded("cafe\u0301"), "caf\u00E9");
  EXPECT_EQ(folded("**bold** `code`"), "bold code");
  EXPECT_EQ(folded("back\u200Bup"), "backup");
  EXPECT_EQ(folded("a\xFFz"), "a\uFFFDz");
}

TEST(AnswerText, NormalisesCaseAndSpaceInEuropesAlphabets) {
  EXPECT_EQ(normalised("  \u00C9T\u00C9\n\t \u00C5NGSTR\u00D6M "), "\u00E9t\u00E9 \u00E5ngstr\u00F6m");
  EXPECT_EQ(normalised("STRASSE"), normalised("Stra\u00DFe"));
  EXPECT_EQ(normalised("\u0416\u0423\u041A \u03A3\u0391\u03A3"), "\u0436\u0443\u043A \u03C3\u03B1\u03C3");
  EXPECT_EQ(normalised(normalised("\u0130 \u1E9E \u01C4 \uFB03")), normalised("\u0130 \u1E9E \u01C4 \uFB03"));
}

TEST(AnswerText, DropsAModelsThinkingAndNothingElse) {
  EXPECT_EQ(visible_answer("<think>a\nb</think>yes"), "yes");
  EXPECT_EQ(visible_answer("\n<think>x</think>\r\nyes\rno"), "\nyes\nno");
  EXPECT_EQ(visible_answer("use <think> tags</think>"), "use <think> tags</think>");
  EXPECT_EQ(visible_answer("<think>never ends"), "<think>never ends");
}

TEST(Terms, AreWholeWords) {
  const std::string text = normalised("Restart nginx; re-run the back-up. R\u00E9sum\u00E9 of C++ code");
  EXPECT_TRUE(has_term(text, "NGINX"));
  EXPECT_TRUE(has_term(text, "back\u2011up"));
  EXPECT_TRUE(has_term(text, "c++"));
  EXPECT_TRUE(has_term(text, "r\u00E9sum\u00E9"));
  EXPECT_FALSE(has_term(text, "start"));
  EXPECT_FALSE(has_term(text, "r\u00E9sum"));
  EXPECT_TRUE(has_term(text, "restar*"));
  EXPECT_FALSE(has_term(text, "start*"));
  EXPECT_FALSE(has_term(text, ""));
  EXPECT_FALSE(has_term(text, "*"));
}

std::vector<double> values_of(std::string_view text) {
  std::vector<double> values;
  for (const WrittenNumber& number : written_numbers(folded(text))) {
    values.insert(values.end(), number.values.begin(), number.values.end());
  }
  return values;
}

TEST(Numbers, AreReadInBothWaysOfWritingThem) {
  EXPECT_EQ(values_of("1.234,56"), (std::vector<double>{1234.56}));
  EXPECT_EQ(values_of("1,234.56"), (std::vector<double>{1234.56}));
  EXPECT_EQ(values_of("1.234"), (std::vector<double>{1.234, 1234}));
  EXPECT_EQ(values_of("12\u202F500,5"), (std::vector<double>{12500.5}));
  EXPECT_EQ(values_of("1'000'000"), (std::vector<double>{1000000}));
  EXPECT_EQ(values_of("1 234"), (std::vector<double>{1234}));
  EXPECT_TRUE(values_of("1.234.56").empty());
  EXPECT_EQ(values_of("3,14"), (std::vector<double>{3.14}));
}

TEST(Numbers, KnowSignsBracketsCurrenciesAndUnits) {
  EXPECT_EQ(values_of("\u221212.5"), (std::vector<double>{-12.5}));
  EXPECT_EQ(values_of("(50)"), (std::vector<double>{-50}));
  EXPECT_EQ(values_of("(50 items)"), (std::vector<double>{50}));
  EXPECT_EQ(values_of("\u20AC 99"), (std::vector<double>{99}));
  EXPECT_EQ(values_of("1.5h and 20kg"), (std::vector<double>{1.5, 20}));
  EXPECT_EQ(values_of("10%."), (std::vector<double>{10}));
}

TEST(Numbers, AreNotThosePartsOfNames) {
  EXPECT_TRUE(values_of("v2 and IPv4x7 RTX4090").empty());
  EXPECT_EQ(values_of("3, 100, 200"), (std::vector<double>{3, 100, 200}));
  EXPECT_EQ(values_of("1,2345"), (std::vector<double>{1.2345}));
}

TEST(Label, IsTheLastLineThatStartsWithIt) {
  EXPECT_EQ(after_label("Answer: A\n\n**ANSWER:** B", "Answer"), ": B");
  EXPECT_EQ(after_label("## Answer", "answer"), "");
  EXPECT_EQ(after_label("Answers: none\nThe answer is C", "Answer"), std::nullopt);
  EXPECT_EQ(after_label("- R\u00C9PONSE : 12", "R\u00E9ponse"), " : 12");
}

TEST(Echo, IsTakenOutWhereALineOfThePromptIsRepeated) {
  const std::string prompt = "Which port does PostgreSQL use by default?\nok";
  const std::string kept = without_echo("> Which port does **PostgreSQL** use by default?\nok\n5432", prompt);
  EXPECT_EQ(kept, "ok\n5432\n");
}

TEST(Utf8, StepsBothWaysAndNeverBeyondTheText) {
  const std::string text = "a\u00E9\u20AC\U0001F600\x80\xC3";
  std::size_t at = 0;
  std::vector<char32_t> points;
  while (at < text.size()) {
    const Utf8Step step = utf8_at(text, at);
    EXPECT_EQ(utf8_before(text, step.next).point, step.point);
    points.push_back(step.point);
    at = step.next;
  }
  EXPECT_EQ(points, (std::vector<char32_t>{'a', 0xE9, 0x20AC, 0x1F600, 0xFFFD, 0xFFFD}));
  EXPECT_EQ(utf8_at("\xC0\x80", 0).point, 0xFFFDu);      // longer than needed
  EXPECT_EQ(utf8_at("\xED\xA0\x80", 0).point, 0xFFFDu);  // half of a pair
}

}  // namespace
}  // namespace rigwise
