#include "host/site/markdown_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rigwise {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const MarkdownTargets kTargets = {
    [](const std::string& target, const std::string& where) -> Result<std::string> {
      if (target.starts_with("https://")) return target;
      return invalid("no link", where);
    },
    [](const std::string&, const std::string& where) -> Result<std::string> { return invalid("no picture", where); }};

Result<MarkdownText> read(const std::string& text, int first_line = 1) {
  return read_markdown_text(text, "faq.md", first_line, "faq", kTargets);
}

TEST(MarkdownText, PartsAtHeadingsOfTheSecondLevel) {
  const auto text = read("# Questions\n\nBefore.\n\n## What *is* it?\nA page.\n\n### Deeper\nx\n\n## Why?\nSo.\n");
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_EQ(text->title, "Questions");
  EXPECT_EQ(text->intro, "<p>Before.</p>");
  ASSERT_EQ(text->parts.size(), 2u);
  EXPECT_EQ(text->parts[0].heading, "What is it?");
  EXPECT_EQ(text->parts[0].anchor, "faq-what-is-it");
  EXPECT_EQ(text->parts[0].html, "<p>A page.</p><h4 id=\"faq-deeper\">Deeper</h4><p>x</p>");
  EXPECT_THAT(text->anchors, ElementsAre("faq-what-is-it", "faq-deeper", "faq-why"));
}

TEST(MarkdownText, WritesTablesListsAndCode) {
  const auto text = read("| a | b |\n|---|--:|\n| 1 | ~~2~~ |\n\n3. x\n4. y\n\n- t\n\n```\nif (a < b) &\n```\n");
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_THAT(text->intro, HasSubstr("<th scope=\"col\" class=\"num\">b</th>"));
  EXPECT_THAT(text->intro, HasSubstr("<td class=\"num\"><del>2</del></td>"));
  EXPECT_THAT(text->intro, HasSubstr("<ol start=\"3\"><li>x</li><li>y</li></ol><ul><li>t</li></ul>"));
  EXPECT_THAT(text->intro, HasSubstr("<code>if (a &lt; b) &amp;\n</code>"));
}

TEST(MarkdownText, TwoHeadingsOfOneNameHaveTwoAnchors) {
  const auto text = read("## Why?\n\n## Why?\n");
  ASSERT_TRUE(text);
  EXPECT_THAT(text->anchors, ElementsAre("faq-why", "faq-why-2"));
}

TEST(MarkdownText, TakesOverNoHtml) {
  for (const char* html : {"<script>alert(1)</script>", "<img src=x onerror=y>", "a <b onclick=\"x\">b</b>",
                           "<!-- x --> <script>y</script>", "<iframe src=\"//x\"></iframe>"}) {
    const auto text = read(std::string("First.\n\n") + html + "\n", 5);
    ASSERT_FALSE(text) << html;
    EXPECT_EQ(text.error().where, "faq.md:7") << html;
    EXPECT_EQ(exit_status(text.error().code), 2);
  }
  const auto text = read("<!-- a note -->\n\n2 < 3 & \"4\"\n");
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_EQ(text->intro, "<p>2 &lt; 3 &amp; &quot;4&quot;</p>");
}

TEST(MarkdownText, ATargetThatIsRefusedIsNamedWithItsLine) {
  for (const char* link : {"[a](javascript:alert(1))", "[a](JaVaScRiPt:x)", "[a](data:text/html,x)", "[a](//x.org)",
                           "![a](https://x.org/a.png)"}) {
    const auto text = read(std::string("One.\n\nTwo\n") + link + "\n");
    ASSERT_FALSE(text) << link;
    EXPECT_EQ(text.error().where, "faq.md:4") << link;
  }
  const auto text = read("[a \"b\"](https://x.org/?a=1&b=\"2\" \"t\")");
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_THAT(text->intro, Not(HasSubstr("b=\"2\"")));
  EXPECT_THAT(text->intro, HasSubstr("rel=\"noopener noreferrer\""));
}

TEST(MarkdownText, OneTitleOnly) {
  const auto text = read("# One\n\n# Two\n");
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().where, "faq.md:3");
}

TEST(MarkdownText, AnchorsKeepLettersOfAllLanguages) {
  EXPECT_EQ(anchor_words("What is GPU & RAM?"), "what-is-gpu-ram");
  EXPECT_EQ(anchor_words("K\xC3\xB6p nu!"), "k\xC3\xB6p-nu");
  EXPECT_EQ(anchor_words("?"), "part");
}

}  // namespace
}  // namespace rigwise
