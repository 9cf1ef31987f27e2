#include "host/eval/demo_record.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "codec/judge_reply.h"
#include "host/catalog_io/load.h"
#include "host/eval/conversation.h"
#include "host/eval/demo_steps.h"
#include "host/eval/eval_endpoint.h"
#include "host/eval/eval_model.h"
#include "host/eval/judge_prompt.h"
#include "host/eval/said_answer.h"
#include "host/eval/task_folder.h"

namespace rigwise {
namespace {

const std::string kNonce = "0123456789abcdef0123456789abcdef";

std::shared_ptr<const DemoRecord> record() {
  const auto read = DemoRecord::read(bundled_files());
  EXPECT_TRUE(read) << (read ? "" : read.error().message + " at " + read.error().where);
  return read.value_or(nullptr);
}

EvalTask task_called(const std::string& id) {
  const Result<FoundTasks> found = find_tasks({std::string(kBundledTasks)}, {{id}, {}, {}});
  EXPECT_TRUE(found && found->tasks.size() == 1) << id;
  return found && !found->tasks.empty() ? found->tasks.front() : EvalTask();
}

/// The bundle with one of its files changed.
BundledFiles changed(const std::string& path, const std::string& from, const std::string& to) {
  BundledFiles files = bundled_files();
  std::string& text = files[path];
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return files;
}

TEST(DemoRecord, EveryShapeIsAModelOfTheCatalogAndNoStandInIsNamedLikeOne) {
  const Result<LoadedCatalog> loaded = load_catalog({});
  const auto stand_ins = read_stand_ins(bundled_files());
  ASSERT_TRUE(loaded && stand_ins);
  int players = 0, judges = 0;
  for (const StandIn& one : *stand_ins) {
    ++(one.is_judge ? judges : players);
    EXPECT_FALSE(loaded->catalog.model_names.find_quietly(one.name)) << one.name;
    EXPECT_EQ(family_of_model(one.name), one.name) << "a maker's word is in it";
    EXPECT_TRUE(one.shape.empty() || loaded->catalog.model_names.find_quietly(one.shape)) << one.shape;
    EXPECT_TRUE(one.quantisation.empty() || loaded->catalog.format(one.quantisation)) << one.quantisation;
  }
  EXPECT_GE(players, 4);
  EXPECT_EQ(judges, 2);
}

TEST(DemoRecord, HasEveryRoleAndCategoryToShow) {
  const auto demo = record();
  ASSERT_TRUE(demo);
  const Result<FoundTasks> found = find_tasks({std::string(kBundledTasks)});
  std::set<std::string> roles, categories;
  for (const EvalTask& task : found->tasks) {
    if (!demo->has_answers_to(task.id)) continue;
    roles.insert(task.role);
    categories.insert(task.category);
  }
  EXPECT_EQ(roles.size(), task_roles().size());
  EXPECT_EQ(categories.size(), task_categories().size());
}

TEST(DemoRecord, TheSameQuestionHasTheSameAnswer) {
  const auto demo = record();
  const EvalTask task = task_called("accountant/vat-with-two-rates");
  const ChatRequest request = first_request(task, "stand-in-cloud", {}, 0);
  const ChatExchange once = demo->answer(request), again = demo->answer(request);
  EXPECT_FALSE(once.answer.error);
  EXPECT_FALSE(once.answer.text.empty());
  EXPECT_EQ(once.answer.text, again.answer.text);
  EXPECT_EQ(once.end_ns, again.end_ns);
  EXPECT_GT(once.end_ns, once.first_token_ns);
  EXPECT_GT(*once.answer.usage.completion, 0);
}

TEST(DemoRecord, MakesNothingUpForWhatItDoesNotHave) {
  const auto demo = record();
  EvalTask other;
  other.prompt = "A task that nobody recorded";
  const ChatRequest stranger = first_request(other, "stand-in-cloud", {}, 0);
  EXPECT_EQ(demo->answer(stranger).answer.error->fault, ChatFault::bad_request);
  const EvalTask task = task_called("accountant/vat-with-two-rates");
  EXPECT_EQ(demo->answer(first_request(task, "gemma3:27b", {}, 0)).answer.error->fault, ChatFault::bad_request);
  const ChatRequest unknown = judge_request(task, "judge-north", told_answer(false, "what a real model said"), kNonce);
  EXPECT_EQ(demo->answer(unknown).answer.error->fault, ChatFault::bad_request);
}

TEST(DemoRecord, NamesOfModelsAreRefusedWithTheStandIns) {
  const auto refused = record()->called({"stand-in-8"}, false);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::not_found);
  EXPECT_EQ(refused.error().did_you_mean.at(0), "stand-in-8b");
  EXPECT_FALSE(record()->called({"stand-in-8b"}, true));  // plays, and judges nobody
  EXPECT_EQ(record()->called({}, true)->size(), 2u);
}

TEST(DemoRecord, JudgesPassTheirCanaries) {
  const auto demo = record();
  const Result<FoundTasks> found = find_tasks({std::string(kBundledTasks)});
  for (const char* judge : {"judge-north", "judge-south"}) {
    CanaryTally tally;
    for (const EvalTask& task : found->tasks) {
      if (!demo->has_answers_to(task.id)) continue;
      for (const Canary canary : kCanaries) {
        const auto text = canary_answer(canary, task);
        if (!text) continue;
        const ChatExchange said = demo->answer(judge_request(task, judge, played_answer(task, *text), kNonce));
        ASSERT_FALSE(said.answer.error) << task.id << " " << canary_name(canary);
        const Result<JudgeVerdict> verdict = parse_judge_reply(said.answer.text);
        tally.add(canary, verdict ? std::optional(*verdict) : std::nullopt);
      }
    }
    EXPECT_EQ(canary_verdict(tally), "") << judge;
    EXPECT_EQ(tally.null_fooled, 0);
    EXPECT_EQ(tally.reference_good, tally.reference_tried);
    EXPECT_GT(tally.error_seen, tally.error_tried * 8 / 10);
  }
}

TEST(DemoRecord, EveryAnswerThatIsGivenHasAVerdict) {
  const auto demo = record();
  const Result<FoundTasks> found = find_tasks({std::string(kBundledTasks)});
  int judged = 0, unfounded = 0;
  for (const EvalTask& task : found->tasks) {
    if (!demo->has_answers_to(task.id)) continue;
    for (const StandIn& one : demo->stand_ins()) {
      if (one.is_judge) continue;
      ChatRequest request = first_request(task, one.name, {}, 0);
      // What is said last, as the conversation would come to it.
      ChatExchange said = demo->answer(request);
      for (int step = 0; step < 20 && !said.answer.error && !said.answer.text.empty(); ++step) {
        request.messages.push_back({"assistant", said.answer.text, {}, {}, {}});
        const ChatExchange next = demo->answer(request);
        if (next.answer.text.empty() && next.answer.tool_calls.is_null()) break;
        said = next;
      }
      if (said.answer.text.empty()) continue;
      const ChatExchange verdict =
          demo->answer(judge_request(task, "judge-north", told_answer(false, said.answer.text), kNonce));
      ASSERT_FALSE(verdict.answer.error) << task.id << " by " << one.name;
      const Result<JudgeVerdict> read = parse_judge_reply(verdict.answer.text);
      if (read) unfounded += evidence_not_found(*read, said.answer.text).empty() ? 0 : 1;
      ++judged;
    }
  }
  EXPECT_GT(judged, 500);
  EXPECT_LT(unfounded, judged / 20);  // a few quote what is not there, so that reviews have them
}

TEST(DemoRecord, ABrokenRowIsAnErrorThatNamesIt) {
  const auto no_task =
      DemoRecord::read(changed("demo/answers.csv", "accountant/vat-with-two-rates", "accountant/gone"));
  ASSERT_FALSE(no_task);
  EXPECT_NE(no_task.error().where.find("accountant/gone"), std::string::npos);
  const auto no_answer = DemoRecord::read(changed("demo/answers.csv", "wrong ", "wrong never-written-"));
  ASSERT_FALSE(no_answer);
  EXPECT_NE(no_answer.error().message.find("never-written"), std::string::npos);
  const auto no_grade = DemoRecord::read(changed("demo/verdicts.csv", ",222,", ",252,"));
  ASSERT_FALSE(no_grade);
  EXPECT_NE(no_grade.error().where.find("demo/verdicts.csv:"), std::string::npos);
  const auto no_kind = read_stand_ins(changed("demo/players.csv", ",judge,", ",juror,"));
  ASSERT_FALSE(no_kind);
  EXPECT_NE(no_kind.error().where.find("demo/players.csv:8"), std::string::npos);
}

TEST(DemoSteps, CallsAreMessagesOfTheirOwnBeforeWhatIsSaid) {
  EvalTask task;
  task.agent = AgentSpec{};
  const auto steps =
      demo_steps(task, "I look.\n>>> find {\"a\": 1}\n>>> find {}\nFound.\n\nTwo of them.\n=== turn\nDone.\n");
  ASSERT_EQ(steps.size(), 3u);
  EXPECT_EQ(steps[0].text, "I look.");
  ASSERT_EQ(steps[0].calls.size(), 2u);
  EXPECT_EQ(steps[0].calls[0]["function"]["name"], "find");
  EXPECT_EQ(steps[0].calls[0]["function"]["arguments"], "{\"a\": 1}");
  EXPECT_EQ(steps[1].text, "Found.\n\nTwo of them.");
  EXPECT_TRUE(steps[1].calls.is_null());
  EXPECT_EQ(steps[2].text, "Done.\n");
}

TEST(DemoSteps, PlainTasksAreOneMessageWhateverStandsInThem) {
  const auto steps = demo_steps({}, ">>> not a call\n");
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_EQ(steps[0].text, ">>> not a call\n");
}

TEST(DemoEndpoint, NeedsNoKeyAndNoNetwork) {
  const auto endpoint =
      resolve_endpoint({"demo", "", "", ""}, [](const std::string&) { return std::optional<std::string>(); });
  ASSERT_TRUE(endpoint);
  EXPECT_EQ(endpoint->id, "demo");
  EXPECT_TRUE(endpoint->is_local && endpoint->demo && endpoint->chat.answer_here);
  EXPECT_EQ(endpoint->chat.key, "");
}

}  // namespace
}  // namespace rigwise
