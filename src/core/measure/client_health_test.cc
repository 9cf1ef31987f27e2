#include "core/measure/client_health.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

ClientSigns calm() {
  ClientSigns signs;
  signs.kernel_stamps = true;
  signs.wake_delay_p99_s = 200e-6;
  signs.send_lag_p99_s = 50e-6;
  signs.cpu_share_max = 0.2;
  return signs;
}
const ClientStakes kStakes = {0.050, 0.200, std::nullopt, true};

TEST(ClientHealth, ACalmClientWithKernelStampsIsAnA) {
  const ClientVerdict verdict = judge_client(calm(), kStakes);
  EXPECT_EQ(grade_letter(verdict.grade), 'A');
  EXPECT_TRUE(verdict.load_as_planned);
  EXPECT_TRUE(verdict.reasons.empty());
}

TEST(ClientHealth, LateReadingDoesNotMatterWhenTheKernelStamped) {
  ClientSigns signs = calm();
  signs.wake_delay_p99_s = 0.020;
  EXPECT_EQ(grade_letter(judge_client(signs, kStakes).grade), 'A');
  signs.kernel_stamps = false;
  EXPECT_EQ(grade_letter(judge_client(signs, kStakes).grade), 'D');  // 20 of 50 ms
}

TEST(ClientHealth, EventsThatShareAStampBringTheDelayBack) {
  ClientSigns signs = calm();
  signs.wake_delay_p99_s = 0.004;
  signs.shared_stamp_share = 0.3;
  EXPECT_EQ(grade_letter(judge_client(signs, kStakes).grade), 'C');
}

TEST(ClientHealth, ALoadThatLeftLateIsNotTheLoadThatWasPlanned) {
  ClientSigns signs = calm();
  signs.send_lag_p99_s = 0.003;
  const ClientVerdict verdict = judge_client(signs, kStakes);
  EXPECT_FALSE(verdict.load_as_planned);
  EXPECT_EQ(grade_letter(verdict.grade), 'D');
  ClientStakes closed = kStakes;
  closed.open_loop = false;  // nothing was planned but the order
  EXPECT_TRUE(judge_client(signs, closed).load_as_planned);
}

TEST(ClientHealth, AStopAndAClockStepAreNeverAnA) {
  ClientSigns signs = calm();
  signs.stops = 1;
  signs.stopped_s = 0.5;
  EXPECT_EQ(grade_letter(judge_client(signs, kStakes).grade), 'C');
  signs = calm();
  signs.clock_steps = 2;
  EXPECT_EQ(grade_letter(judge_client(signs, kStakes).grade), 'C');
}

TEST(ClientHealth, ATightObjectiveTightensTheSendLag) {
  EXPECT_DOUBLE_EQ(send_lag_limit_s(std::nullopt), 0.001);
  EXPECT_DOUBLE_EQ(send_lag_limit_s(0.010), 0.0002);
  EXPECT_DOUBLE_EQ(send_lag_limit_s(2.0), 0.001);
}

}  // namespace
}  // namespace rigwise
