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
    scripted = std::move(*started);
    aim_at(scripted->url());
  }
  void serve_timed(std::string_view json) {
    auto script = parse_timed_script(json);
    ASSERT_TRUE(script) << script.error().message;
    auto started = TimedServer::start(std::move(*script));
    ASSERT_TRUE(started) << started.error().message;
    timed = std::move(*started);
    aim_at(timed->url());
  }
  void aim_at(const std::string& url) {
    target.chat.base_url = url + "/v1";
    target.url = *parse_net_url(target.chat.base_url);
    target.model = "fake-1";
    target.abilities.takes_usage = true;
    ASSERT_TRUE(resolve_target(target));
  }

  /// `streams` of them, until `requests` were measured, without a warm-up.
  LevelRun run_closed(std::uint32_t streams, std::uint32_t requests) {
    plan.streams = streams;
    timing.requests = requests;
    return run();
  }
  LevelRun run() {
    PromptChoice choice;
    choice.run_id = "test";
    choice.output_tokens = output_tokens;
    const PromptBook book = PromptBook::of_dataset(target, choice, {{"What is six times seven?", 0}});
    plan.target = target.address;
    plan.tls = target.tls;
    plan.source = &book;
    timing.warmup_s = timing.warmup_s.value_or(0);
    Result<LevelRun> run = run_level(plan, timing, interrupt, watch);
    EXPECT_TRUE(run) << run.error().message;
    return run ? std::move(*run) : LevelRun{};
  }
  /// The only request that was measured.
  RequestTrace one() {
    const LevelRun run = run_closed(1, 1);
    EXPECT_FALSE(run.traces.requests.empty());
    return run.traces.requests.empty() ? RequestTrace{} : run.traces.requests.front();
  }

  std::unique_ptr<FakeServer> scripted;
  std::unique_ptr<TimedServer> timed;
  BenchTarget target;
  LoadPlan plan;
  LevelTiming timing;
  int output_tokens = 10;
  std::atomic<bool> interrupt{false};
  std::function<void(const LevelProgress&)> watch;
};

}  // namespace rigwise
