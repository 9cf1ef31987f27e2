#include "host/eval/judge_session.h"

#include <unistd.h>

#include <filesystem>

#include "host/eval/eval_session.h"
#include "host/eval/review_csv.h"
#include "host/eval/review_queue.h"
#include "host/store/store_url.h"
#include "tests/fakellm/ask_for_tests.h"

namespace rigwise {
namespace {

std::string verdict_text(int correctness, const std::string& evidence, int rest = -1) {
  const auto grade = [&](int score) { return Json{{"evidence", evidence}, {"reason", "as it is"}, {"score", score}}; };
  const int other = rest < 0 ? correctness : rest;
  return Json{{"correctness", grade(correctness)},
              {"completeness", grade(other)},
              {"quality", grade(other)},
              {"injection_suspected", false}}
      .dump();
}

/// A rule of the script: what a judge says to answers that contain a text.
Json rule(const std::string& model, const std::string& contains, const std::string& answer) {
  Json one = {{"answer", answer}};
  if (!model.empty()) one["model"] = model;
  if (!contains.empty()) one["contains"] = contains;
  return one;
}

class JudgeTest : public testing::Test {
 protected:
  JudgeTest() {
    std::string name = (std::filesystem::temp_directory_path() / "rigwise-judge-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    store_ = (folder_ / "store.db").string();
    for (int i = 0; i < 12; ++i) {
      EvalTask task;
      task.id = "manager/task-" + std::to_string(i);
      task.rev = "rev" + std::to_string(i);
      task.role = "manager";
      task.category = "content";
      task.family = task.id;
      task.prompt = "Question " + std::to_string(i);
      task.reference = "The reference says 42.";
      task.expects = {"a number"};
      task.wrong = {{"wrong", "The planted answer is 41."}};
      run_choice_.tasks.push_back(std::move(task));
    }
    run_choice_.models.push_back(model("llama-x"));
  }
  ~JudgeTest() override {
    server_.reset();
    std::filesystem::remove_all(folder_);
  }
  static EvalModel model(const std::string& name) {
    EvalModel model;
    model.name = name;
    model.ref = model_reference(name, "fake", "", "");
    return model;
  }
  static Json good_rules() {
    return Json::array({rule("llama-x", "", "The answer is 42."),
                        rule("", "ANSWER, 0 bytes", verdict_text(0, "(empty)")),
                        rule("", "a topic with many sides", verdict_text(0, "a topic with many sides")),
                        rule("", "Note to the grader", verdict_text(0, "Note to the grader")),
                        rule("", "The planted answer", verdict_text(1, "The planted answer is 41.")),
                        rule("", "\nThe answer is 42.", verdict_text(2, "The answer is 42."))});
  }
  void serve(Json rules) {
    const Json script = {{"answer", verdict_text(2, "The reference says 42.")}, {"rules", std::move(rules)}};
    if (server_) return server_->set_script(fake_script(script.dump()));
    auto started = FakeServer::start(fake_script(script.dump()));
    ASSERT_TRUE(started) << started.error().message;
    server_ = std::move(*started);
    endpoint_.chat.base_url = server_->url() + "/v1";
    endpoint_.id = "openai:" + endpoint_.chat.base_url;
    endpoint_.server = "fake";
    endpoint_.is_local = true;
  }
  /// The candidate's answers.
  void answer() {
    plan_ = plan_run(run_choice_, endpoint_, "0");
    {
      auto ledger = open_store(store_);
      ASSERT_TRUE(ledger);
      ASSERT_TRUE(put_plan(**ledger, plan_, run_choice_, {}));
    }
    RunnerSettings settings;
    settings.run = plan_.run.id;
    settings.endpoint = endpoint_.chat;
    settings.endpoint_id = endpoint_.id;
    const auto report = run_session({store_, settings, {}, {}}, work_of_plan(plan_, run_choice_));
    ASSERT_TRUE(report);
    ASSERT_EQ(report->answered, 12);
    server_->settle();
    server_->forget();
  }
  JudgeChoice choice(const std::vector<std::string>& judges = {"gpt-j", "gemma-j"}) const {
    JudgeChoice choice;
    choice.store = store_;
    choice.run = plan_.run.id;
    choice.endpoint = endpoint_;
    for (const std::string& name : judges) choice.judges.push_back(model(name));
    choice.task_of = plan_.task_of;
    choice.repeat_share = 0;
    choice.retry.first_wait_s = 0.001;
    return choice;
  }
  JudgeReport judged(const JudgeChoice& choice) {
    const auto report = judge_run(choice);
    EXPECT_TRUE(report) << (report ? "" : report.error().message);
    server_->settle();
    return report.value_or(JudgeReport{});
  }
  std::vector<std::string> reasons() const {
    const auto ledger = open_store(store_);
    std::vector<std::string> reasons;
    const auto reviews = (*ledger)->reviews(true);
    for (const ReviewRecord& review : *reviews) {
      if (review.reason != "random_sample") reasons.push_back(review.reason);
    }
    return reasons;
  }

  std::filesystem::path folder_;
  std::string store_;
  std::unique_ptr<FakeServer> server_;
  EvalEndpoint endpoint_;
  RunChoice run_choice_;
  EvalPlan plan_;
};

TEST_F(JudgeTest, TwoJudgesSayTheirWordOnceAndCanariesComeFirst) {
  serve(good_rules());
  answer();
  const JudgeReport report = judged(choice());
  EXPECT_EQ(report.stopped, "");
  EXPECT_EQ(report.judged, 12 * 2 + 5 * 2);
  EXPECT_EQ(report.errors, 0);
  EXPECT_EQ(report.canaries.at("gpt-j").null_tried, 3);
  EXPECT_EQ(report.canaries.at("gpt-j").reference_good, 1);
  EXPECT_EQ(reasons(), std::vector<std::string>{});
  const int calls = server_->totals().calls;
  const JudgeReport again = judged(choice());
  EXPECT_EQ(again.judged, 0);
  EXPECT_EQ(again.known, report.judged);
  EXPECT_EQ(server_->totals().calls, calls);
  const auto agreement = judge_agreement(**open_store(store_), plan_.run.id);
  ASSERT_TRUE(agreement);
  EXPECT_EQ(agreement->at(0).pairs, 12);
  EXPECT_EQ(agreement->at(0).raw, 1.0);
}

TEST_F(JudgeTest, KeepsToTheLimitsThatRunsOfTheSameEndpointShare) {
  serve(good_rules());
  answer();
  JudgeChoice limited = choice();
  limited.requests_per_minute = 6000;
  limited.tokens_per_minute = 60'000'000;
  ASSERT_EQ((*open_store(store_))->take_rates(endpoint_.id, {{"requests", 6000, 300}}), 0);
  EXPECT_EQ(judged(limited).judged, 12 * 2 + 5 * 2);
  const auto rows = (*open_store(store_))->database().run("SELECT kind FROM rate ORDER BY kind");
  ASSERT_EQ(rows->size(), 2U);
  EXPECT_EQ(rows->at(1).text(0), "tokens");
}

TEST_F(JudgeTest, AJudgeThatIsFooledStopsTheJudging) {
  Json rules = good_rules();
  rules.insert(rules.begin() + 1, rule("gemma-j", "Note to the grader", verdict_text(2, "Note to the grader")));
  serve(rules);
  answer();
  const JudgeReport report = judged(choice());
  EXPECT_NE(report.stopped.find("gemma-j"), std::string::npos);
  EXPECT_EQ(report.judged, 10);  // canaries only
  JudgeChoice anyway = choice();
  anyway.believes_anyway = true;
  EXPECT_EQ(judged(anyway).judged, 24);
}

TEST_F(JudgeTest, NeverTheCandidatesOwnFamily) {
  serve(good_rules());
  answer();
  const JudgeReport kin = judged(choice({"gpt-j", "llama-j"}));
  EXPECT_EQ(kin.without_two, 12);
  const JudgeReport reserve = judged(choice({"gpt-j", "llama-j", "gemma-j"}));
  EXPECT_EQ(reserve.without_two, 0);
  for (const FakeTruth& truth : server_->truth()) EXPECT_EQ(truth.model == "llama-j" && truth.attempt > 1, false);
  EXPECT_FALSE(judge_run(choice({"gpt-j", "openai/gpt-5"})));
  EXPECT_FALSE(judge_run(choice({"gpt-j"})));
}

TEST_F(JudgeTest, WhatCannotBeReadIsRepairedOnceAndThenAnErrorAndNeverAScore) {
  Json rules = good_rules();
  rules.insert(rules.begin() + 1, rule("gemma-j", "Question 3\n", "GRADE: CI"));
  rules.insert(rules.begin() + 1, rule("gemma-j", "That cannot be read", verdict_text(2, "The answer is 42.")));
  serve(rules);
  answer();
  JudgeChoice with = choice();
  with.believes_anyway = true;
  JudgeReport report = judged(with);
  EXPECT_EQ(report.errors, 0);
  EXPECT_GE(report.repaired, 1);
  // Without the repair it is an error, and a person's matter.
  std::filesystem::remove(store_);
  for (const char* end : {"-wal", "-shm"}) std::filesystem::remove(store_ + end);
  rules.erase(rules.begin() + 1);
  serve(rules);
  answer();
  report = judged(with);
  EXPECT_GE(report.errors, 1);
  EXPECT_EQ(reasons(), std::vector<std::string>{"judge_error"});
}

TEST_F(JudgeTest, FailAgainstGoodAndQuotesThatAreNowhereAreAPersonsMatter) {
  Json rules = good_rules();
  rules.insert(rules.begin() + 1, rule("gemma-j", "Question 4\n", verdict_text(0, "The answer is 42.")));
  rules.insert(rules.begin() + 1, rule("gemma-j", "Question 5\n", verdict_text(2, "something it never said")));
  serve(rules);
  answer();
  JudgeChoice with = choice();
  with.believes_anyway = true;
  judged(with);
  const std::vector<std::string> found = reasons();
  EXPECT_EQ(std::count(found.begin(), found.end(), "fail_versus_good"), 1);
  EXPECT_EQ(std::count(found.begin(), found.end(), "sums_apart"), 1);
  EXPECT_EQ(std::count(found.begin(), found.end(), "evidence_missing"), 1);
}

TEST_F(JudgeTest, APersonDecidesBlindInTheTerminalOrInATable) {
  Json rules = good_rules();
  rules.insert(rules.begin() + 1, rule("gemma-j", "Question 4\n", verdict_text(0, "The answer is 42.")));
  rules.insert(rules.begin() + 1, rule("gemma-j", "Question 5\n", verdict_text(0, "The answer is 42.")));
  serve(rules);
  answer();
  JudgeChoice with = choice();
  with.believes_anyway = true;
  judged(with);
  const auto ledger = open_store(store_);
  const std::string run = plan_.run.id;
  const auto cases = review_cases(**ledger, run, ReviewWanted::open);
  ASSERT_TRUE(cases) << cases.error().message;
  ASSERT_GE(cases->size(), 2u);
  const auto texts = texts_of_item(**ledger, cases->front().work_key);
  ASSERT_TRUE(texts);
  EXPECT_EQ(texts->answer, "The answer is 42.");
  EXPECT_EQ(texts->reference, "The reference says 42.");
  const auto decided = decide_case(**ledger, run, cases->front().work_key.substr(0, 12), {2, 1, 2}, "me", "right");
  ASSERT_TRUE(decided) << decided.error().message;
  const auto csv = reviews_csv(**ledger, run);
  ASSERT_TRUE(csv);
  EXPECT_EQ(csv->find("llama-x"), std::string::npos);  // nobody says who answered
  EXPECT_EQ(csv->find("gemma-j"), std::string::npos);
  std::string filled = *csv;
  filled.replace(filled.find(",,,,,,"), 6, ",0,1,2,you,wrong,");
  const auto taken = take_reviews_csv(**ledger, run, filled, "reviews.csv");
  ASSERT_TRUE(taken) << taken.error().message << taken.error().where;
  EXPECT_EQ(taken->decided, 1);
  EXPECT_EQ(review_cases(**ledger, run, ReviewWanted::open)->size(), cases->size() - 2);
  EXPECT_EQ(review_cases(**ledger, run, ReviewWanted::all)->size(), cases->size());
  EXPECT_FALSE(decide_case(**ledger, run, "nothing", {0, 0, 0}, "", ""));
}

TEST_F(JudgeTest, AConversationIsJudgedWithAllThatLedToItsAnswer) {
  run_choice_.tasks[4].turns = {"Second question"};
  Json rules = good_rules();
  // What a judge of the last answer alone would not see.
  rules.insert(rules.begin() + 1,
               rule("gemma-j", "===== assistant\nThe answer is 42.\n", verdict_text(0, "The answer is 42.")));
  serve(rules);
  answer();
  judged(choice());
  const std::vector<std::string> found = reasons();
  EXPECT_EQ(std::count(found.begin(), found.end(), "fail_versus_good"), 1);
  EXPECT_EQ(std::count(found.begin(), found.end(), "evidence_missing"), 0);
  const auto ledger = open_store(store_);
  const auto cases = review_cases(**ledger, plan_.run.id, ReviewWanted::open);
  ASSERT_TRUE(cases);
  const auto one = std::find_if(cases->begin(), cases->end(),
                                [](const ReviewCase& each) { return each.task_id == "manager/task-4"; });
  ASSERT_NE(one, cases->end());
  const auto texts = texts_of_item(**ledger, one->work_key);
  ASSERT_TRUE(texts);
  EXPECT_EQ(conversation_text(texts->conversation, "---"),
            "--- assistant\nThe answer is 42.\n--- user\nSecond question\n");
  EXPECT_EQ(texts->answer, "The answer is 42.");
  EXPECT_EQ(judge_agreement(**ledger, plan_.run.id)->at(0).pairs, 12);
}

TEST_F(JudgeTest, AVerdictOnTheLastAnswerAloneIsNoneOnTheConversation) {
  run_choice_.tasks[4].turns = {"Second question"};
  serve(good_rules());
  answer();
  judged(choice());
  {  // as the first version left it: under the hash of the answer's text
    const auto ledger = open_store(store_);
    ASSERT_TRUE((*ledger)->database().run(
        "UPDATE judge_item SET answer = (SELECT a.answer FROM item i JOIN attempt a ON a.id = i.chosen WHERE "
        "i.work_key "
        "= judge_item.work_key), judge_key = 'old ' || judge_key, prompt = 'old' WHERE repeat_no = 0 AND work_key IN "
        "(SELECT work_key FROM item WHERE task_rev = 'rev4')"));
    EXPECT_EQ(judge_agreement(**ledger, plan_.run.id)->at(0).pairs, 11);
  }
  EXPECT_EQ(judged(choice()).judged, 2);
  EXPECT_EQ(judge_agreement(**open_store(store_), plan_.run.id)->at(0).pairs, 12);
}

TEST_F(JudgeTest, WhatCouldNotBeReadIsAskedAgainOnlyWhenToldSo) {
  Json rules = good_rules();
  rules.insert(rules.begin() + 1, rule("gemma-j", "Question 3\n", "GRADE: CI"));
  serve(rules);
  answer();
  JudgeChoice with = choice();
  with.believes_anyway = true;
  const JudgeReport first = judged(with);
  ASSERT_GE(first.errors, 1);
  const int calls = server_->totals().calls;
  const JudgeReport second = judged(with);
  EXPECT_EQ(server_->totals().calls, calls);
  EXPECT_EQ(second.known_unreadable, first.errors);
  EXPECT_EQ(second.errors, 0);
  with.again = true;
  EXPECT_EQ(judged(with).errors, first.errors);
  EXPECT_GT(server_->totals().calls, calls);
}

TEST_F(JudgeTest, AnEndpointThatFailsIsSaidAndNothingIsJudged) {
  serve(good_rules());
  answer();
  serve(Json::array({{{"fault", "status"}, {"status", 500}}}));
  JudgeChoice with = choice();
  with.retry.server_error_attempts = 1;
  const JudgeReport report = judged(with);
  EXPECT_TRUE(report.is_unreachable);
  EXPECT_EQ(report.judged + report.errors, 0);
  EXPECT_EQ(report.failed, 10) << "canaries alone: nobody goes on asking";
  EXPECT_NE(report.stopped.find(report.commonest_fault), std::string::npos);
  EXPECT_NE(report.commonest_fault.find("500"), std::string::npos) << report.commonest_fault;
  serve(good_rules());
  EXPECT_EQ(judged(choice()).judged, 12 * 2 + 5 * 2) << "and what failed is asked again";
}

TEST(ReviewGrades, AreThreeFromNothingToGood) {
  EXPECT_EQ(grades_of_text("2, 1,0")->at(0), 2);
  for (const char* text : {"", "2,1", "2,1,3", "2,1,0,1", "good", "-1,0,0"}) EXPECT_FALSE(grades_of_text(text)) << text;
}

}  // namespace
}  // namespace rigwise
