#include "core/grade/checks.h"

#include <gtest/gtest.h>

#include "core/grade/code_blocks.h"

namespace rigwise {
namespace {

TEST(Keywords, GiveTheShareOfGroupsMet) {
  KeywordCheck check;
  check.groups = {{"encrypt*", "TLS"}, {"backup", "snapshot"}};
  check.all = {"restore test"};
  EXPECT_DOUBLE_EQ(grade_keywords(check, "Encrypted snapshots? No: a snapshot, and a **restore test**.").value, 1);
  const CheckResult part = grade_keywords(check, "We use TLS.");
  EXPECT_NEAR(part.value, 1.0 / 3, 1e-12);
  EXPECT_EQ(part.note, "lacks backup; lacks restore test");
}

TEST(Keywords, TakeBackForWhatMustNotBeSaid) {
  KeywordCheck check;
  check.all = {"port 22", "key"};
  check.none = {"telnet"};
  EXPECT_DOUBLE_EQ(grade_keywords(check, "Use a key on port 22, or telnet.").value, 0.5);
  check.at_least = 1;
  EXPECT_DOUBLE_EQ(grade_keywords(check, "A key.").value, 1);
  KeywordCheck only_not;
  only_not.none = {"telnet", "ftp"};
  EXPECT_DOUBLE_EQ(grade_keywords(only_not, "Use telnet.").value, 0);
  EXPECT_DOUBLE_EQ(grade_keywords(only_not, "Use SSH.").value, 1);
}

TEST(Keywords, AreNotFoundInTheQuestionGivenBack) {
  KeywordCheck check;
  check.any = {"VACUUM"};
  const std::string prompt = "Should we run VACUUM or ANALYZE after the import?";
  EXPECT_DOUBLE_EQ(grade_keywords(check, prompt, prompt).value, 0);
  EXPECT_DOUBLE_EQ(grade_keywords(check, prompt + "\nVACUUM, since rows were deleted.", prompt).value, 1);
}

TEST(Patterns, AreCountedByTheCaller) {
  PatternCheck check;
  check.pattern = "x";
  check.count = 2;
  EXPECT_EQ(grade_matches(check, 1).value, 0);
  EXPECT_EQ(grade_matches(check, 2).value, 1);
  check.most = 2;
  EXPECT_EQ(grade_matches(check, 3).value, 0);
  check.count.reset();
  EXPECT_EQ(grade_matches(check, 0).value, 1);
  check.none = true;
  EXPECT_EQ(grade_matches(check, 0).value, 1);
  EXPECT_EQ(grade_matches(check, 1).value, 0);
}

TEST(Number, IsFoundInAnyWritingWithinItsTolerance) {
  NumberCheck check;
  check.value = 1234.5;
  EXPECT_EQ(grade_number(check, "It costs 1.234,50 \u20AC in all.").value, 1);
  EXPECT_EQ(grade_number(check, "It costs $1,234.50.").value, 1);
  EXPECT_EQ(grade_number(check, "It costs 1,235.").value, 0);
  check.relative = 0.01;
  EXPECT_EQ(grade_number(check, "about 1,240").value, 1);
}

TEST(Number, NeedsItsUnitNearBy) {
  NumberCheck check;
  check.value = 12;
  check.unit = {"GiB", "GB"};
  EXPECT_EQ(grade_number(check, "12 GB of memory").value, 1);
  EXPECT_EQ(grade_number(check, "12gib").value, 1);
  EXPECT_EQ(grade_number(check, "12 people with many gigabytes").value, 0);
  check.unit = {"\u20AC"};
  EXPECT_EQ(grade_number(check, "\u20AC12").value, 1);
}

TEST(Number, AfterALabelIsTheFirstOnThatLine) {
  NumberCheck check;
  check.value = 7;
  check.label = "Total";
  EXPECT_EQ(grade_number(check, "7 and 8\nTotal: 8 of 7").value, 0);
  EXPECT_EQ(grade_number(check, "8\n**Total:** 7 of 8").value, 1);
  EXPECT_EQ(grade_number(check, "7").note, "no line that starts with Total");
}

TEST(Choice, IsReadFromItsLineOrABareLetter) {
  ChoiceCheck check;
  check.options = {"A", "B", "C", "AB"};
  check.answers = {"B"};
  EXPECT_EQ(grade_choice(check, "A is tempting.\nAnswer: B").value, 1);
  EXPECT_EQ(grade_choice(check, "(B).").value, 1);
  EXPECT_EQ(grade_choice(check, "Answer: A, not B").value, 0);
  EXPECT_EQ(grade_choice(check, "Answer: AB").value, 0);
  EXPECT_EQ(grade_choice(check, "I would take B").value, 0);
  EXPECT_EQ(grade_choice(check, "Answer: Better none").note, "chose nothing");
}

TEST(Choice, OfSeveralTakesAllAndNoOther) {
  ChoiceCheck check;
  check.options = {"A", "B", "C"};
  check.answers = {"A", "C"};
  check.several = true;
  EXPECT_EQ(grade_choice(check, "Answer: C and A").value, 1);
  EXPECT_EQ(grade_choice(check, "Answer: A, B, C").value, 0);
}

TEST(Sections, AreHeadingsWithSomethingBelow) {
  SectionCheck check;
  check.headings = {{"Summary", "R\u00E9sum\u00E9"}, {"Risks"}};
  EXPECT_EQ(grade_sections(check, "## Summary\nFine.\n\n2. Risks:\n- fire").value, 1);
  EXPECT_EQ(grade_sections(check, "**R\u00C9SUM\u00C9**\ntexte\nRisks: none at all").value, 1);
  EXPECT_EQ(grade_sections(check, "# Summary\ntext\n# Risks").value, 0.5);
  EXPECT_EQ(grade_sections(check, "Summaryless\nrisky").value, 0);
}

TEST(Sections, CountListItems) {
  SectionCheck check;
  check.items_min = 2;
  check.items_max = 3;
  EXPECT_EQ(grade_sections(check, "- a\n2) b").value, 1);
  EXPECT_EQ(grade_sections(check, "- a\n-not an item\n-").value, 0);
  EXPECT_EQ(grade_sections(check, "* a\n* b\n+ c\n\u2022 d").value, 0);
}

TEST(Length, CountsWordsCharactersAndLines) {
  LengthCheck check;
  check.words_max = 3;
  check.chars_max = 10;
  check.lines_max = 2;
  EXPECT_EQ(grade_length(check, " \u00E9t\u00E9 ici\n\nb \n").value, 1);
  EXPECT_EQ(grade_length(check, "one two three four").value, 0);
  EXPECT_EQ(grade_length(check, "a\nb\nc").note, "3 words, 5 characters, 3 lines");
}

TEST(Code, IsTheBlockThatNamesTheFile) {
  const std::string answer =
      "First a sketch:\n```python\nsketch, and longer than the rest of it\n```\n`main.py`\n```python\nprint(1)\n```\n";
  const ExtractedCode code = extract_code(answer, "python", {"main.py"});
  EXPECT_TRUE(code.whole());
  EXPECT_EQ(code.files.at("main.py"), "print(1)\n");
}

TEST(Code, IsElseTheLongestOfItsLanguageElseWithoutOneElseTheWholeAnswer) {
  EXPECT_EQ(extract_code("```sh\nls\n```\n```py\na\n```\n```python\nbb\n```", "python", {"x.py"}).files.at("x.py"),
            "bb\n");
  EXPECT_EQ(extract_code("```\nplain\n```", "python", {"x.py"}).files.at("x.py"), "plain\n");
  EXPECT_EQ(extract_code("print(1)", "python", {"x.py"}).files.at("x.py"), "print(1)");
  EXPECT_FALSE(extract_code("```sh\nls\n```", "python", {"x.py"}).whole());
  EXPECT_FALSE(extract_code("", "python", {"x.py"}).whole());
}

TEST(Code, OfSeveralFilesSaysWhichAreMissing) {
  const std::string answer = "```cpp src/a.cc\nint a;\n```\n```cpp\n// b.h\nint b;\n```\n```cpp src/a.cc\nint a2;\n```";
  const ExtractedCode code = extract_code(answer, "cpp", {"src/a.cc", "b.h", "c.cc"});
  EXPECT_EQ(code.files.at("src/a.cc"), "int a2;\n");
  EXPECT_EQ(code.files.at("b.h"), "// b.h\nint b;\n");
  EXPECT_EQ(code.missing, (std::vector<std::string>{"c.cc"}));
}

TEST(Code, ThatIsCutOffIsNone) {
  EXPECT_TRUE(code_blocks("```cpp\nint main() {").empty());
  EXPECT_FALSE(extract_code("```cpp\nint main() {", "cpp", {"a.cc"}).whole());
}

TEST(Code, MayHoldFencesInsideLongerOnes) {
  const std::vector<CodeBlock> blocks = code_blocks("````md\n```sh\nls\n```\n````\n~~~\nx\n~~~");
  ASSERT_EQ(blocks.size(), 2U);
  EXPECT_EQ(blocks[0].body, "```sh\nls\n```\n");
  EXPECT_EQ(blocks[1].body, "x\n");
}

}  // namespace
}  // namespace rigwise
