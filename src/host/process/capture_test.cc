#include "host/process/capture.h"

#include <gtest/gtest.h>

#include <cstdio>

namespace rigwise {
namespace {

TEST(CapturedOutput, IsWhatTheProgramPrinted) {
  const Result<CapturedOutput> output = capture_output({"sh", "-c", "echo one; echo two >&2; exit 3"}, 30);
  ASSERT_TRUE(output);
  EXPECT_EQ(output->text, "one\n");
  EXPECT_EQ(output->exit_code, 3);
  EXPECT_FALSE(output->timed_out);
}

TEST(CapturedOutput, OfAProgramThatIsNotThereIsEmpty) {
  std::fflush(stdout);  // ThreadSanitizer's _exit() would write what waits there a second time
  const Result<CapturedOutput> output = capture_output({"no-such-program-of-anybody"}, 30);
  ASSERT_TRUE(output);
  EXPECT_EQ(output->exit_code, 127);
  EXPECT_EQ(output->text, "");
}

TEST(CapturedOutput, EndsWithItsTimeAndItsChildren) {
  const Result<CapturedOutput> output = capture_output({"sh", "-c", "echo begun; sleep 600 & sleep 600"}, 0.3);
  ASSERT_TRUE(output);
  EXPECT_TRUE(output->timed_out);
  EXPECT_EQ(output->text, "begun\n");
}

TEST(CapturedOutput, HasALimit) {
  const Result<CapturedOutput> output = capture_output({"sh", "-c", "yes"}, 30, 1000);
  ASSERT_TRUE(output);
  EXPECT_EQ(output->text.size(), 1000U);
}

}  // namespace
}  // namespace rigwise
