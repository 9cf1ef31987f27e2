// TLS: the same counts and times as without, and nobody is believed who cannot prove who he is.
#include <algorithm>

#include "bench_for_tests.h"
#include "core/stats/quantile.h"
#include "host/bench/bench_run.h"
#include "tests/fakellm/own_certificate.h"

namespace rigwise {
namespace {

class BenchTls : public BenchTest {
 protected:
  void serve_with(const OwnCertificate& certificate, std::string_view json, bool old_tls = false) {
    auto script = parse_timed_script(json);
    ASSERT_TRUE(script) << script.error().message;
    TimedServerOptions options;
    options.tls_cert_file = certificate.cert_file();
    options.tls_key_file = certificate.key_file();
    options.old_tls = old_tls;
    auto started = TimedServer::start(std::move(*script), options);
    ASSERT_TRUE(started) << started.error().message;
    timed = std::move(*started);
  }
  void trust(const OwnCertificate& certificate) { target.trust.ca_file = certificate.cert_file(); }
  /// Every request of a short run.
  std::vector<RequestTrace> all(std::uint32_t streams, std::uint32_t requests) {
    return run_closed(streams, requests).traces.requests;
  }

  const OwnCertificate ours{"localhost"};
};

TEST_F(BenchTls, CountsAndStampsAsWithoutIt) {
  serve_with(ours, R"({"ttft_ms": 20, "token_ms": 10})");
  trust(ours);
  aim_at(timed->url());
  // The kernel begins to stamp a moment after it is asked to: the first four reads may have none, of 1 % allowed.
  const LevelRun run = run_closed(4, 60);
  EXPECT_TRUE(run.signs.kernel_stamps) << run.signs.clock_steps << " times the wall clock seemed set";
  const auto truth = truth_by_index(*timed);
  std::vector<double> errors;
  for (const RequestTrace& trace : run.traces.requests) {
    if (trace.fault == RequestFault::interrupted) continue;
    ASSERT_TRUE(trace.is_ok()) << request_fault_name(trace.fault);
    EXPECT_EQ(*trace.output_tokens, 10);
    const TimedTruth& known = truth.at(trace.index);
    ASSERT_EQ(known.events.size(), trace.tokens.size());
    for (std::size_t i = 0; i < trace.tokens.size(); ++i) {
      errors.push_back(std::abs(static_cast<double>(trace.tokens[i].at_ns - known.events[i].before_ns)));
    }
  }
  ASSERT_GE(errors.size(), 100U);
  EXPECT_LT(median(errors), 1e6);
}

TEST_F(BenchTls, AnEventOfManyRecordsAndBytesOneByOneAreRead) {
  for (const char* wire : {"large_event", "one_byte", "no_length", "slow_head"}) {
    serve_with(ours, R"({"ttft_ms": 5, "token_ms": 2, "wire": ")" + std::string(wire) + R"("})");
    trust(ours);
    aim_at(timed->url());
    const RequestTrace trace = one();
    EXPECT_TRUE(trace.is_ok()) << wire << ": " << request_fault_name(trace.fault);
    EXPECT_EQ(trace.output_tokens.value_or(0), 10) << wire;
  }
}

TEST_F(BenchTls, OtherKeysInTheMiddleOfAnAnswerLoseNothing) {
  for (const bool old : {false, true}) {
    serve_with(ours, R"({"ttft_ms": 5, "token_ms": 2, "wire": "new_keys"})", old);
    trust(ours);
    aim_at(timed->url());
    const LevelRun run = run_closed(2, 8);
    int whole = 0;
    for (const RequestTrace& trace : run.traces.requests) {
      if (trace.fault == RequestFault::interrupted) continue;
      EXPECT_TRUE(trace.is_ok()) << request_fault_name(trace.fault) << (old ? " after a renegotiation" : "");
      EXPECT_EQ(trace.output_tokens.value_or(0), 10);
      ++whole;
    }
    EXPECT_GE(whole, 8);
  }
}

TEST_F(BenchTls, ACertificateThatNobodyVouchesForIsAFaultOfTls) {
  serve_with(ours, "{}");
  aim_at(timed->url());
  timing.window_s = 0.4;
  const LevelRun run = run_closed(2, 0);
  ASSERT_FALSE(run.traces.requests.empty());
  for (const RequestTrace& trace : run.traces.requests) EXPECT_EQ(trace.fault, RequestFault::tls);
  ASSERT_FALSE(run.notes.empty());
  EXPECT_NE(run.notes.back().find("self-signed"), std::string::npos) << run.notes.back();
}

TEST_F(BenchTls, ACertificateOfAnotherHostIsAFaultOfTls) {
  const OwnCertificate theirs("example.org");
  serve_with(theirs, "{}");
  trust(theirs);
  aim_at(timed->url());
  EXPECT_EQ(one().fault, RequestFault::tls);
}

TEST_F(BenchTls, AnExpiredCertificateIsAFaultOfTls) {
  const OwnCertificate old("localhost", -3600);
  serve_with(old, "{}");
  trust(old);
  aim_at(timed->url());
  EXPECT_EQ(one().fault, RequestFault::tls);
}

TEST_F(BenchTls, AnybodyIsBelievedWhenToldSo) {
  const OwnCertificate theirs("example.org");
  serve_with(theirs, R"({"ttft_ms": 5, "token_ms": 2})");
  target.trust.insecure = true;
  aim_at(timed->url());
  EXPECT_TRUE(one().is_ok());
}

TEST_F(BenchTls, AServerThatNeverShakesHandsIsNotWaitedForForever) {
  serve_timed("{}");  // it waits for the end of a head
  aim_at("https://localhost:" + std::to_string(timed->port()));
  plan.connect_timeout_s = 0.2;
  timing.window_s = 0.3;
  const std::vector<RequestTrace> traces = all(1, 0);
  ASSERT_FALSE(traces.empty());
  EXPECT_EQ(traces.front().fault, RequestFault::connect_timeout);
  for (const RequestTrace& trace : traces) {  // those after the window may be under way when the run ends
    EXPECT_TRUE(trace.fault == RequestFault::connect_timeout || trace.fault == RequestFault::interrupted);
  }
}

TEST_F(BenchTls, TryingTheEndpointOutSaysWhatToDoAboutItsCertificate) {
  serve_with(ours, R"({"ttft_ms": 5, "token_ms": 2})");
  aim_at(timed->url());
  target.model.clear();
  const Result<void> refused = try_endpoint(target);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("no TLS"), std::string::npos) << refused.error().message;
  EXPECT_NE(refused.error().try_this.find("--ca-file"), std::string::npos);
  trust(ours);
  EXPECT_TRUE(try_endpoint(target));
  EXPECT_EQ(target.model, "timed-1");
}

TEST_F(BenchTls, AFileWithoutCertificatesIsSaidBeforeAnythingIsSent) {
  serve_with(ours, "{}");
  target.trust.ca_file = ours.key_file();
  target.chat.base_url = timed->url() + "/v1";
  target.url = *parse_net_url(target.chat.base_url);
  const Result<void> resolved = resolve_target(target);
  ASSERT_FALSE(resolved);
  EXPECT_EQ(resolved.error().where, "--ca-file");
}

}  // namespace
}  // namespace rigwise
