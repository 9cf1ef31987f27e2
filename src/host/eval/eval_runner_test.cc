#include "host/eval/eval_runner.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "host/eval/eval_session.h"
#include "host/eval/grade_items.h"
#include "host/store/ledger_transfer.h"
#include "host/store/store_url.h"
#include "tests/fakellm/ask_for_tests.h"

namespace rigwise {
namespace {

/// A scripted server, a store of its own, and tasks made up here.
class RunnerTest : public testing::Test {
 protected:
  RunnerTest() {
    std::string name = (std::filesystem::temp_directory_path() / "rigwise-run-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    store_ = "sqlite:" + (folder_ / "store.db").string();
  }
  ~RunnerTest() override {
    server_.reset();
    std::filesystem::remove_all(folder_);
  }

  void serve(std::string_view script) {
    auto started = FakeServer::start(fake_script(script));
    ASSERT_TRUE(started) << started.error().message;
    server_ = std::move(*started);
    endpoint_.chat.base_url = server_->url() + "/v1";
    endpoint_.id = "openai:" + endpoint_.chat.base_url;
    endpoint_.server = "fake";
    endpoint_.is_local = true;
  }
  void speak(ChatDialect dialect) {
    endpoint_.chat.dialect = dialect;
    endpoint_.chat.base_url = server_->url() + (dialect == ChatDialect::openrouter ? "/api/v1" : "");
    endpoint_.id = std::string(dialect_name(dialect)) + ":" + endpoint_.chat.base_url;
  }
  void choose(int tasks, std::vector<std::string> models = {"fake-1"}) {
    choice_ = {};
    for (int i = 0; i < tasks; ++i) {
      EvalTask task;
      task.id = "manager/task-" + std::to_string(i);
      task.rev = "rev" + std::to_string(i);
      task.role = "manager";
      task.category = "content";
      task.family = task.id;
      task.prompt = "Question " + std::to_string(i);
      task.limits.max_output_tokens = 100;
      choice_.tasks.push_back(std::move(task));
    }
    for (const std::string& name : models) {
      EvalModel model;
      model.name = name;
      model.ref = model_reference(name, "fake", "", "");
      model.price = price_;
      choice_.models.push_back(std::move(model));
    }
  }

  /// Plans and runs, as `eval run` does.
  RunnerReport run() {
    const EvalPlan plan = plan_run(choice_, endpoint_, "0");
    {
      auto ledger = opened();
      const auto known = known_items(*ledger, plan);
      EXPECT_TRUE(known);
      const auto planned = put_plan(*ledger, plan, choice_, *known);
      EXPECT_TRUE(planned) << (planned ? "" : planned.error().message);
      run_ = plan.run.id;
      settings_.since_ms = *ledger->database().now_ms();
    }
    settings_.run = run_;
    settings_.endpoint = endpoint_.chat;
    settings_.endpoint.times = times_;
    settings_.endpoint_id = endpoint_.id;
    settings_.retry.first_wait_s = 0.001;
    settings_.retry.longest_wait_s = 0.02;
    settings_.probe_every_s = 0.02;
    SessionOptions options{store_, settings_, {}, {}};
    const auto report = run_session(std::move(options), work_of_plan(plan, choice_));
    EXPECT_TRUE(report) << (report ? "" : report.error().message);
    server_->settle();
    return report.value_or(RunnerReport{});
  }
  std::unique_ptr<Ledger> opened() const {
    auto ledger = open_store(store_);
    EXPECT_TRUE(ledger) << (ledger ? "" : ledger.error().message);
    return std::move(*ledger);
  }
  ModelSummary summary() const {
    const auto models = run_summary(*opened(), run_);
    EXPECT_TRUE(models);
    return models && !models->empty() ? models->front() : ModelSummary{};
  }
  void expect_sound() const {
    const auto faults = ledger_faults(*opened());
    ASSERT_TRUE(faults) << faults.error().message;
    EXPECT_EQ(*faults, std::vector<std::string>{});
  }

  std::filesystem::path folder_;
  std::string store_, run_;
  std::unique_ptr<FakeServer> server_;
  EvalEndpoint endpoint_;
  RunChoice choice_;
  RunnerSettings settings_;
  HttpTimes times_;
  std::optional<TokenPrice> price_;
};

TEST_F(RunnerTest, AsksEachPairOnceAndASecondRunNothing) {
  serve(R"({"answer": "{hash}"})");
  choose(60, {"a", "b"});
  const RunnerReport first = run();
  EXPECT_EQ(first.end, RunnerEnd::done);
  EXPECT_EQ(first.answered, 120);
  EXPECT_EQ(server_->totals().calls, 120);
  EXPECT_EQ(server_->totals().pairs, 120);
  EXPECT_LE(server_->totals().in_flight_max, 64);
  EXPECT_EQ(run().asked, 0);
  EXPECT_EQ(server_->totals().calls, 120);
  expect_sound();
}

TEST_F(RunnerTest, TwoRunsThatWantTheSameShareIt) {
  serve(R"({"answer": "{hash}"})");
  choose(10);
  run();
  choice_.label = "another";
  run();
  EXPECT_EQ(server_->totals().calls, 10);
  EXPECT_EQ(summary().ok, 10);
}

TEST_F(RunnerTest, EverythingIsAnsweredHoweverTheServerFails) {
  serve(R"({"answer": "{hash}", "rules": [
    {"share": 0.1, "attempts": 6, "fault": "status", "status": 429},
    {"share": 0.05, "attempts": 3, "fault": "status", "status": 503},
    {"share": 0.02, "attempts": 3, "fault": "cut_stream"},
    {"share": 0.02, "attempts": 1, "fault": "hang_after_headers"},
    {"share": 0.01, "attempts": 1, "fault": "hang_in_stream"},
    {"share": 0.01, "attempts": 2, "fault": "reset_in_stream"},
    {"share": 0.01, "attempts": 2, "fault": "half_json"},
    {"share": 0.01, "attempts": 2, "fault": "error_200", "status": 502},
    {"share": 0.01, "attempts": 1, "fault": "empty_content"}]})");
  choose(300);
  times_.idle = std::chrono::milliseconds(300);
  const RunnerReport report = run();
  EXPECT_EQ(report.end, RunnerEnd::done);
  EXPECT_EQ(report.answered, 300);
  EXPECT_EQ(summary().ok, 300);
  EXPECT_EQ(server_->totals().calls, report.asked);
  EXPECT_EQ(summary().attempts, report.asked);
  EXPECT_GT(report.again, 20);
  expect_sound();
}

TEST_F(RunnerTest, ErrorsInBodiesOfStatus200AreNoAnswers) {
  serve(R"({"answer": "{hash}", "fault": "error_200", "status": 502})");
  choose(3);
  const RunnerReport report = run();
  EXPECT_EQ(report.failed, 3);
  EXPECT_EQ(report.asked, 15);  // five attempts each
  EXPECT_EQ(summary().failed, 3);
  EXPECT_EQ(summary().ok, 0);
  server_->set_script(fake_script(R"({"answer": "{hash}"})"));
  EXPECT_EQ(run().answered, 3);  // and none of them is kept for ever
  EXPECT_EQ(summary().ok, 3);
}

TEST_F(RunnerTest, AThinkingModelThatSpendsAllItsTokensIsEmptyAfterOneMoreTry) {
  serve(R"({"fault": "null_content", "reasoning": "Let me think about it for very long"})");
  choose(4);
  EXPECT_EQ(run().answered, 4);
  EXPECT_EQ(summary().empty, 4);
  EXPECT_EQ(server_->totals().calls, 8);
}

TEST_F(RunnerTest, OutcomesOfTheModelAreToldApartAndAskedForOnce) {
  serve(R"({"rules": [{"contains": "Question 0", "fault": "truncated"}, {"contains": "Question 1", "fault": "refusal"},
    {"contains": "Question 2", "fault": "content_filter"}]})");
  choose(4);
  run();
  EXPECT_EQ(summary().ok, 1);
  EXPECT_EQ(summary().truncated, 1);
  EXPECT_EQ(summary().refused, 2);
  EXPECT_EQ(server_->totals().calls, 4);
}

TEST_F(RunnerTest, ASlowAnswerIsTheModelsOwnWhenTheServerLives) {
  serve(R"({"fault": "hang_in_stream"})");
  choose(2);
  times_.idle = std::chrono::milliseconds(50);
  run();
  EXPECT_EQ(summary().timeout, 2);
  EXPECT_EQ(server_->totals().calls, 4);
}

TEST_F(RunnerTest, WithoutAKeyOrCreditItStopsAndSaysSo) {
  for (const char* script : {R"({"api_key": "right"})", R"({"fault": "status", "status": 402})"}) {
    serve(script);
    choose(50);
    settings_.start = settings_.cap = 4;
    const RunnerReport report = run();
    EXPECT_EQ(report.end, RunnerEnd::forbidden);
    EXPECT_FALSE(report.why.empty());
    EXPECT_LE(server_->totals().calls, 8);
  }
}

TEST_F(RunnerTest, AModelThatIsRefusedThreeTimesIsNotAskedTheRest) {
  serve(R"({"rules": [{"model": "bad", "fault": "status", "status": 400}]})");
  choose(40, {"bad", "good"});
  settings_.start = settings_.cap = 2;
  const RunnerReport report = run();
  EXPECT_EQ(report.end, RunnerEnd::done);
  EXPECT_EQ(report.answered, 40);
  EXPECT_LT(report.failed, 10);
  EXPECT_EQ(report.failed + report.parked, 40);
}

TEST_F(RunnerTest, AnEndpointThatNeverAnsweredIsGivenUpAtOnceAndNothingIsLost) {
  serve(R"({"answer": "{hash}"})");
  choose(20);
  endpoint_.chat.base_url = "http://127.0.0.1:1/v1";
  const RunnerReport report = run();
  EXPECT_EQ(report.end, RunnerEnd::unreachable);
  EXPECT_EQ(summary().waiting, 20);
  expect_sound();
}

TEST_F(RunnerTest, NeverSpendsMoreThanTheBudget) {
  price_ = TokenPrice{1'000'000'000, 10'000'000'000, {}};  // 1,000 and 10,000 nano a token
  serve(R"({"answer": "one two three", "prompt_nano": 1000, "completion_nano": 10000})");
  choose(30);
  speak(ChatDialect::openrouter);
  settings_.is_billed = true;
  choice_.budget_nano = 1'200'000;  // a question may cost a million
  const RunnerReport report = run();
  EXPECT_EQ(report.end, RunnerEnd::over_budget);
  const auto totals = opened()->totals(run_);
  ASSERT_TRUE(totals);
  EXPECT_LE(totals->spent_nano, *totals->budget_nano);
  EXPECT_EQ(totals->reserved_nano, 0);
  EXPECT_GT(report.answered, 0);
  EXPECT_LT(report.answered, 30 + 1);
  std::int64_t charged = 0;
  for (const FakeTruth& truth : server_->truth()) charged += truth.cost_nano;
  EXPECT_EQ(totals->spent_nano, charged);
  choice_.budget_nano.reset();
  EXPECT_EQ(run().end, RunnerEnd::done);  // with more money the same goes on
  EXPECT_EQ(summary().ok, 30);
}

TEST_F(RunnerTest, ConversationsAreAskedTurnByTurnAndKeptWhole) {
  serve(R"({"answer": "{echo}"})");
  choose(1);
  choice_.tasks[0].turns = {"And then?", "And last?"};
  run();
  EXPECT_EQ(server_->totals().calls, 3);
  const auto results = opened()->results(run_, "", 10);
  ASSERT_TRUE(results);
  const auto ledger = opened();
  EXPECT_EQ(*ledger->blob(*results->at(0).answer), "And last?");
  const auto raw = ledger->database().run("SELECT raw FROM attempt", {});
  const auto talk = parse_json(*ledger->blob(raw->at(0).text(0)));
  EXPECT_EQ((*talk)["messages"].size(), 6u);
}

TEST_F(RunnerTest, WhatADeadProcessLeftInDoubtIsSentAgainOrHeld) {
  serve(R"({"answer": "{hash}"})");
  choose(5);
  settings_.resend_in_doubt = false;
  {
    const EvalPlan plan = plan_run(choice_, endpoint_, "0");
    auto ledger = opened();
    ASSERT_TRUE(put_plan(*ledger, plan, choice_, {}));
    const auto claimed = ledger->claim(plan.run.id, endpoint_.id, "elsewhere|1|1", 2, -1000);  // its time is up
    ASSERT_TRUE(claimed);
    ASSERT_TRUE(ledger->begin_attempt({random_id(), claimed->at(0).item.work_key, plan.run.id, 1, 0}));
  }
  run();
  EXPECT_EQ(summary().ok, 4);
  EXPECT_EQ(summary().in_doubt, 1);
  settings_.resend_in_doubt = true;
  run();
  EXPECT_EQ(summary().ok, 5);
  EXPECT_EQ(server_->totals().calls, 5);
}

TEST_F(RunnerTest, TakesItsShareOfTheLimitsThatTheStoreKeeps) {
  serve(R"({"answer": "one two three"})");
  choose(10);
  settings_.requests_per_minute = 3000;
  settings_.tokens_per_minute = 60'000;
  // Another user of the store has just emptied the bucket.
  ASSERT_EQ(opened()->take_rates(endpoint_.id, {{"requests", 3000, 150}}), 0);
  const RunnerReport report = run();
  EXPECT_EQ(report.answered, 10);
  EXPECT_EQ(server_->totals().calls, 10);
  const auto rows = opened()->database().run("SELECT kind, level FROM rate ORDER BY kind");
  ASSERT_EQ(rows->size(), 2U);
  EXPECT_LT(rows->at(0).maybe_real(1).value_or(0), 150);
  // What the answers did not use is given back: reserved were more than a thousand tokens.
  EXPECT_GT(rows->at(1).maybe_real(1).value_or(0), 3000 - 10 * 100);
}

TEST_F(RunnerTest, HoldsBackWhenTheEndpointSaysThatNothingIsLeft) {
  serve(R"({"quota_reset": "60ms"})");
  choose(3);
  settings_.start = settings_.cap = 1;
  EXPECT_EQ(run().answered, 3);
  const std::vector<FakeTruth> truth = server_->truth();
  ASSERT_EQ(truth.size(), 3U);
  for (std::size_t i = 1; i < truth.size(); ++i) EXPECT_GE(truth[i].received_ns - truth[i - 1].head_ns, 60'000'000);
}

TEST_F(RunnerTest, GradingThatIsInterruptedKeepsNoHalfOfItAndGoesOnLater) {
  serve("{}");
  choose(6);
  run();
  std::map<std::string, const EvalTask*> tasks;
  for (const EvalTask& task : choice_.tasks) tasks[task.rev] = &task;
  const auto ledger = opened();
  const auto stopped =
      grade_run(*ledger, run_, tasks, check_tools(), false, {}, [](std::int64_t graded) { return graded < 3; });
  ASSERT_TRUE(stopped);
  EXPECT_TRUE(stopped->is_interrupted);
  EXPECT_EQ(ledger->database().run("SELECT COUNT(*) FROM check_result")->at(0).integer(0), 0);
  const auto whole = grade_run(*ledger, run_, tasks, check_tools(), false);
  ASSERT_TRUE(whole);
  EXPECT_FALSE(whole->is_interrupted);
  EXPECT_EQ(whole->graded, 6);
}

TEST_F(RunnerTest, KeysReachTheServerAndNothingThatIsKept) {
  serve(R"({"api_key": "sk-planted-0123456789abcdef0123456789abcdef", "rules": [
    {"contains": "Question 1", "fault": "status", "status": 500},
    {"contains": "Question 2", "answer": "Bearer sk-planted-0123456789abcdef0123456789abcdef was sent"}]})");
  choose(3);
  endpoint_.chat.key = "sk-planted-0123456789abcdef0123456789abcdef";
  settings_.keep_raw = true;
  run();
  EXPECT_EQ(summary().ok, 2);
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    EXPECT_EQ(bytes.find("planted"), std::string::npos) << entry.path();
  }
  // Packed, so that no search of the files finds it.
  const auto blobs = opened()->database().run("SELECT sha256 FROM blob");
  ASSERT_GT(blobs->size(), 2U);
  for (const SqlRow& row : *blobs) EXPECT_EQ(opened()->blob(row.text(0))->find("planted"), std::string::npos);
  std::string lines;
  ASSERT_TRUE(export_ledger(*opened(), [&](std::string_view line) -> Result<void> {
    lines += line;
    return {};
  }));
  EXPECT_EQ(lines.find("planted"), std::string::npos);
}

}  // namespace
}  // namespace rigwise
