#include "host/cli/plain_stream.h"

#include <gtest/gtest.h>

#include <sstream>

namespace rigwise {
namespace {

TEST(PlainStream, ShowsControlCharactersInsteadOfSendingThem) {
  EXPECT_EQ(without_controls("a\x1b]0;title\x07z", false), "a\\u001b]0;title\\u0007z");
  EXPECT_EQ(without_controls("\x7f\r\b", false), "\\u007f\\u000d\\u0008");
  EXPECT_EQ(without_controls("\xc2\x9b"
                             "31m",
                             false),
            "\\u009b31m")
      << "one byte stands for ESC [ in UTF-8 terminals";
  EXPECT_EQ(without_controls("\u00e9\u00b5 \u2026\tx\n", false), "\u00e9\u00b5 \u2026\tx\n") << "letters pass";
}

TEST(PlainStream, LetsOnlyTheConsolesOwnStylesPass) {
  EXPECT_EQ(without_controls("\x1b[1mbold\x1b[0m", true), "\x1b[1mbold\x1b[0m");
  EXPECT_EQ(without_controls("\x1b[8mhidden\x1b[0m", true), "\\u001b[8mhidden\x1b[0m");
  EXPECT_EQ(without_controls("\x1b[1mbold", false), "\\u001b[1mbold") << "nobody asked for colour";
}

TEST(PlainStream, WritesThroughToItsTarget) {
  std::ostringstream target;
  PlainStream plain(target, false);
  plain << "x" << '\x1b' << 12 << std::flush;
  EXPECT_EQ(target.str(), "x\\u001b12");
}

TEST(PlainStream, FailsWithItsTarget) {
  std::ostringstream target;
  target.setstate(std::ios::badbit);
  PlainStream plain(target, false);
  plain << "x";
  EXPECT_FALSE(plain);
}

}  // namespace
}  // namespace rigwise
