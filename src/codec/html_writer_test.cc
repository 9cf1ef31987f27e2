#include "codec/html_writer.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

TEST(HtmlWriter, TextAndValuesAreEscaped) {
  HtmlWriter html;
  html.open("p", {{"title", R"(5" & more)"}}).text("<script>alert('x')</script>");
  EXPECT_EQ(html.take(), "<p title=\"5&quot; &amp; more\">&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;</p>");
}

TEST(HtmlWriter, WhatIsOpenIsClosedInOrder) {
  HtmlWriter html;
  html.open("table").open("tr").element("td", "1");
  EXPECT_EQ(html.take(), "<table><tr><td>1</td></tr></table>");
  EXPECT_EQ(html.take(), "");
}

TEST(HtmlWriter, ShapesEndAsXmlDoesAndEmptyElementsDoNot) {
  HtmlWriter html;
  html.shape("rect", {{"width", "3"}}).empty("meta", {{"charset", "utf-8"}});
  EXPECT_EQ(html.take(), "<rect width=\"3\"/><meta charset=\"utf-8\">");
}

TEST(HtmlWriter, ControlCharactersBecomeTheReplacementCharacter) {
  EXPECT_EQ(escape_html(std::string_view("a\0\x1b"
                                         "b\n",
                                         5)),
            "a\xEF\xBF\xBD\xEF\xBF\xBD"
            "b\n");
}

}  // namespace
}  // namespace rigwise
