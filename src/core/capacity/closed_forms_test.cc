// The simulator against queueing theory: what is known exactly must come out.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/capacity/loads_for_tests.h"

namespace rigwise {
namespace {

using namespace loads;

constexpr std::uint64_t kMillion = 1000000;

double mean_wait_s(const SimulationRun& run) { return run.models[0].latencies.queue_wait.mean() / kNsPerSecond; }

TEST(ClosedForms, ConstantServiceWaitsAsMD1Does) {
  // One server, service 1 s in one step: W = rho / (2 (1 - rho)).
  for (const double rho : {0.3, 0.5, 0.7}) {
    const ServedModel server = served(constant_steps(1.0), slots(1), open_load(rho, exactly(1), exactly(1)));
    const SimulationRun run = simulate({server}, day_of(kMillion));
    EXPECT_NEAR(mean_wait_s(run) / (rho / (2 * (1 - rho))), 1, 0.01) << rho;
    EXPECT_NEAR(run.utilisation(), rho, 0.005) << rho;
  }
}

TEST(ClosedForms, ExponentialServiceWaitsAsMM1Does) {
  // Answers of 60 tokens on average: W = rho / (1 - rho) services. The mean over three runs, because one run of a
  // million requests still strays by half a percent.
  for (const double rate : {0.3, 0.5}) {
    const ServedModel server = served(constant_steps(1 / 60.), slots(1), open_load(rate, exactly(1), exponential(60)));
    const double service_s = server.load.kinds[0].output.mean_tokens() / 60;
    const double rho = rate * service_s;
    double wait_s = 0;
    for (const std::uint64_t seed : {1, 2, 3}) wait_s += mean_wait_s(simulate({server}, day_of(kMillion, seed))) / 3;
    EXPECT_NEAR(wait_s / (rho / (1 - rho) * service_s), 1, 0.01) << rho;
  }
}

TEST(ClosedForms, EveryWaitIsLindleys) {
  // W(n+1) = max(0, W(n) + service(n) - gap(n)), request by request, in whole nanoseconds.
  const ServedModel server = served(constant_steps(0.005), slots(1), open_load(0.9, exactly(1), exponential(200)));
  const SimulationRun run = simulate({server}, day_of(100000));
  ArrivalSource again(server.load, 1, 0);
  Nanoseconds free_at = 0, longest = 0;
  double sum = 0;
  for (int i = 0; i < 100000; ++i) {
    const Nanoseconds arrival = *again.next_ns();
    const Nanoseconds begun = std::max(arrival, free_at);
    // Taking in a prompt in no time still is one event of a nanosecond.
    free_at = begun + 1 + again.take().output_tokens * Nanoseconds{5000000};
    sum += static_cast<double>(begun - arrival);
    longest = std::max(longest, begun - arrival);
  }
  EXPECT_DOUBLE_EQ(run.models[0].latencies.queue_wait.mean(), sum / 100000);
  EXPECT_EQ(run.models[0].latencies.queue_wait.max(), static_cast<std::uint64_t>(longest));
}

TEST(ClosedForms, LittlesLawHolds) {
  // L = lambda W, with L from the number in the system at every moment and W from each request's own times.
  for (const std::int64_t kv : {0, 2000}) {
    ServedModel server =
        served(usual_steps(), kv == 0 ? slots(64) : blocks(kv), open_load(14, about(512, 0.8), about(128, 0.8)));
    // The server's own handling of a request is time in the system too.
    server.policy.request_s = 0.05;
    const SimulationRun run = simulate({server}, day_of(100000));
    const double in_system = run.models[0].window.in_system_ns / kNsPerSecond / run.window_s;
    const double arrivals_per_s = run.models[0].window.requests_arrived / run.window_s;
    const double time_in_system = run.models[0].latencies.e2e.mean() / kNsPerSecond;
    EXPECT_NEAR(in_system / (arrivals_per_s * time_in_system), 1, 0.001) << kv;
  }
}

TEST(ClosedForms, UsersWhoNeverThinkKeepTheSetUpFull) {
  // The interactive response time law: N = X (R + Z).
  for (const double think_s : {0.0, 3.0}) {
    const ServedModel server =
        served(usual_steps(), slots(64), closed_load(40, think_s, about(512, 0.5), about(128, 0.5)));
    const SimulationRun run = simulate({server}, requests(100000, 2000));
    const ServerTotals& window = run.models[0].window;
    const double per_s = window.requests_finished / run.window_s;
    const double response_s = run.models[0].latencies.e2e.mean() / kNsPerSecond;
    EXPECT_NEAR(per_s * (response_s + think_s), 40, 0.4) << think_s;
  }
}

TEST(ClosedForms, PoissonArrivalsHaveTheGapsOfTheirRate) {
  const Load load = open_load(5, exactly(1), exactly(1));
  ArrivalSource source(load, 3, 0);
  Nanoseconds last = 0;
  double sum = 0, squares = 0;
  constexpr int kCount = 200000;
  for (int i = 0; i < kCount; ++i) {
    const double gap = in_seconds(*source.next_ns() - last);
    last = *source.next_ns();
    source.take();
    sum += gap;
    squares += gap * gap;
  }
  EXPECT_NEAR(sum / kCount, 0.2, 0.002);
  EXPECT_NEAR(squares / sum / (sum / kCount), 2, 0.03) << "an exponential's";
}

TEST(ClosedForms, BurstierArrivalsWaitLonger) {
  double last = 1e9;
  for (const double burstiness : {0.25, 1.0, 4.0}) {
    Load load = open_load(0.7, exactly(1), exactly(1));
    load.arrivals = ArrivalKind::gamma;
    load.burstiness = burstiness;
    const SimulationRun run = simulate({served(constant_steps(1.0), slots(1), load)}, day_of(100000));
    EXPECT_LT(mean_wait_s(run), last) << burstiness;
    last = mean_wait_s(run);
  }
}

}  // namespace
}  // namespace rigwise
