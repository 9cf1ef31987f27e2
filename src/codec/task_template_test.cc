#include "codec/task_template.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

EvalTask as_it_comes() {
  EvalTask task;
  task.title = TaskTemplate::title;
  task.expects = {std::string(TaskTemplate::expects)};
  task.prompt = std::string(TaskTemplate::prompt) + "\n";
  task.reference = std::string(TaskTemplate::reference) + "\n\nAnswer: 42\n";
  for (const std::string_view name : TaskTemplate::wrong_names)
    task.wrong.push_back({std::string(name), std::string(TaskTemplate::wrong) + "\n\nAnswer: 0\n"});
  return task;
}

TEST(TaskTemplate, EveryPartThatIsNotFilledInIsNamed) {
  EXPECT_EQ(unfilled_parts(as_it_comes()),
            (std::vector<std::string>{"title", "expects", "prompt", "reference", "wrong skims", "wrong misreads-a-rule",
                                      "wrong stops-early"}));
}

TEST(TaskTemplate, AForgottenPartIsEnough) {
  EvalTask task = as_it_comes();
  task.title = "Budget line";
  task.expects = {"the sum"};
  task.prompt = "What is left of 100 after 58?";
  task.reference = "Answer: 42";
  task.wrong[0].bytes = task.wrong[2].bytes = "Answer: 58";
  EXPECT_EQ(unfilled_parts(task), std::vector<std::string>{"wrong misreads-a-rule"});
  task.wrong[1].bytes = "Answer: 158";
  EXPECT_TRUE(unfilled_parts(task).empty());
}

}  // namespace
}  // namespace rigwise
