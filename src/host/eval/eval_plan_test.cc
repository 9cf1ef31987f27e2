#include "host/eval/eval_plan.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "host/store/store_url.h"

namespace rigwise {
namespace {

EvalTask small_task(int number) {
  EvalTask task;
  task.id = "manager/task-" + std::to_string(number);
  task.rev = "rev" + std::to_string(number);
  task.role = "manager";
  task.category = "content";
  task.family = task.id;
  task.prompt = "Question " + std::to_string(number);
  task.limits.max_output_tokens = 100;
  return task;
}
RunChoice choice_of(int tasks, std::vector<std::string> models) {
  RunChoice choice;
  for (int i = 0; i < tasks; ++i) choice.tasks.push_back(small_task(i));
  for (const std::string& name : models)
    choice.models.push_back(
        {name, model_reference(name, "host:1", "", ""), nullptr, TokenPrice{1'000'000, 2'000'000, {}}});
  return choice;
}
EvalEndpoint some_endpoint(bool is_local = false) {
  EvalEndpoint endpoint;
  endpoint.id = "openai:http://host:1/v1";
  endpoint.chat.base_url = "http://host:1/v1";
  endpoint.is_local = is_local;
  return endpoint;
}

TEST(EvalPlan, HasAnItemForEveryTaskModelAndSample) {
  RunChoice choice = choice_of(3, {"a", "b"});
  choice.samples = 4;
  const EvalPlan plan = plan_run(choice, some_endpoint(), "0");
  std::set<std::string> keys;
  for (const WorkItem& item : plan.items) keys.insert(item.work_key);
  EXPECT_EQ(keys.size(), 24u);
}

TEST(EvalPlan, TheSameChoiceIsTheSameRunAndAnotherIsAnother) {
  const RunChoice choice = choice_of(3, {"a", "b"});
  const std::string id = plan_run(choice, some_endpoint(), "0").run.id;
  EXPECT_EQ(plan_run(choice_of(3, {"b", "a"}), some_endpoint(), "1").run.id, id);
  EXPECT_EQ(plan_run(choice_of(5, {"a", "b"}), some_endpoint(), "0").run.id, id);
  EXPECT_NE(plan_run(choice_of(3, {"a"}), some_endpoint(), "0").run.id, id);
  RunChoice warm = choice_of(3, {"a", "b"});
  warm.sampling.temperature = 0.7;
  EXPECT_NE(plan_run(warm, some_endpoint(), "0").run.id, id);
}

TEST(EvalPlan, LocalServersAreAskedModelByModel) {
  const RunChoice choice = choice_of(3, {"a", "b"});
  for (const WorkItem& item : plan_run(choice, some_endpoint(true), "0").items)
    EXPECT_EQ(item.priority, item.model_ref == choice.models[1].ref.sha256 ? 1 : 0);
  for (const WorkItem& item : plan_run(choice, some_endpoint(false), "0").items) EXPECT_EQ(item.priority, 0);
}

TEST(EvalPlan, SaysWhatItCostsAtMostBeforeAnythingIsSent) {
  RunChoice choice = choice_of(2, {"a"});
  const EvalPlan plan = plan_run(choice, some_endpoint(), "0");
  const PlanFigures all = figures_of(plan, choice, {});
  EXPECT_EQ(all.requests, 2);
  EXPECT_EQ(all.output_tokens, 200);
  EXPECT_EQ(all.cost_nano, all.prompt_tokens + 2 * all.output_tokens);
  const PlanFigures half = figures_of(plan, choice, {{plan.items[0].work_key, "answered"}});
  EXPECT_EQ(half.finished, 1);
  EXPECT_EQ(half.output_tokens, 100);
  choice.models[0].price.reset();
  EXPECT_FALSE(figures_of(plan_run(choice, some_endpoint(), "0"), choice, {}).cost_nano);
}

TEST(EvalPlan, GoesIntoTheLedgerOnce) {
  const auto path = std::filesystem::temp_directory_path() / ("rigwise-plan-" + std::to_string(::getpid()) + ".db");
  auto ledger = open_store("sqlite:" + path.string());
  ASSERT_TRUE(ledger) << ledger.error().message;
  const RunChoice choice = choice_of(5, {"a", "b"});
  const EvalPlan plan = plan_run(choice, some_endpoint(), "0");
  for (const int added : {10, 0}) {
    const auto known = known_items(**ledger, plan);
    ASSERT_TRUE(known);
    const auto planned = put_plan(**ledger, plan, choice, *known);
    ASSERT_TRUE(planned) << planned.error().message;
    EXPECT_EQ(planned->added, added);
    EXPECT_EQ((*ledger)->totals(plan.run.id)->items, 10);
  }
  ledger->reset();
  for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path.string() + end);
}

}  // namespace
}  // namespace rigwise
