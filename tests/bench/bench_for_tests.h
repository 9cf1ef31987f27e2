#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "host/bench/load_level.h"
#include "host/bench/prompt_book.h"
#include "tests/fakellm/fake_server.h"
#include "tests/fakellm/timed_server.h"

namespace rigwise {

/// What the server wrote down, by the client's index of the request.
inline std::map<std::uint32_t, TimedTruth> truth_by_index(const TimedServer& server) {
  std::map<std::uint32_t, TimedTruth> by_index;
  for (TimedTruth& truth : server.truth()) {
    const std::size_t dash = truth.request_id.rfind('-');
    if (dash != std::string::npos)
      by_index[static_cast<std::uint32_t>(std::stoul(truth.request_id.substr(dash + 1)))] = truth;
  }
  return by_index;
}

/// A scripted server and a level of load against it.
class BenchTest : public testing::Test {
 protected:
  void serve(std::string_view json) {
    auto script = parse_fake_script(json);
    ASSERT_TRUE(script) << script.error().message;
    auto started = FakeServer::start(std::move(*script));
    ASSERT_TRUE(started) << started.error().message;
    scripted_ = std::move(*started);
    aim_at(scripted_->url());
  }
  void serve_timed(std::string_view json) {
    auto script = parse_timed_script(json);
    ASSERT_TRUE(script) << script.error().message;
    auto started = TimedServer::start(std::move(*script));
    ASSERT_TRUE(started) << started.error().message;
    timed_ = std::move(*started);
    aim_at(timed_->url());
  }
  void aim_at(const std::string& url) {
    target_.chat.base_url = url + "/v1";
    target_.url = *parse_net_url(target_.chat.base_url);
    target_.model = "fake-1";
    target_.abilities.takes_usage = true;
    ASSERT_TRUE(resolve_target(target_));
  }

  /// `streams` of them, until `requests` were measured, without a warm-up.
  LevelRun run_closed(std::uint32_t streams, std::uint32_t requests) {
    plan_.streams = streams;
    timing_.requests = requests;
    return run();
  }
  LevelRun run() {
    PromptChoice choice;
    choice.run_id = "test";
    choice.output_tokens = output_tokens_;
    const PromptBook book = PromptBook::of_dataset(target_, choice, {{"What is six times seven?", 0}});
    plan_.target = target_.address;
    plan_.tls = target_.tls;
    plan_.source = &book;
    timing_.warmup_s = timing_.warmup_s.value_or(0);
    Result<LevelRun> run = run_level(plan_, timing_, interrupt_, watch_);
    EXPECT_TRUE(run) << run.error().message;
    return run ? std::move(*run) : LevelRun{};
  }
  /// The only request that was measured.
  RequestTrace one() {
    const LevelRun run = run_closed(1, 1);
    EXPECT_FALSE(run.traces.requests.empty());
    return run.traces.requests.empty() ? RequestTrace{} : run.traces.requests.front();
  }

  std::unique_ptr<FakeServer> scripted_;
  std::unique_ptr<TimedServer> timed_;
  BenchTarget target_;
  LoadPlan plan_;
  LevelTiming timing_;
  int output_tokens_ = 10;
  std::atomic<bool> interrupt_{false};
  std::function<void(const LevelProgress&)> watch_;
};

}  // namespace rigwise
