#include "codec/grade_task.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

/// Says what it is told to, and remembers what it was given.
class ScriptedRunner : public CodeRunner {
 public:
  CompileOutcome compile(const SandboxSpec& /*spec*/, const CodeFiles& files) override {
    seen = files;
    return compiled;
  }
  RunOutcome run(const SandboxSpec& /*spec*/, const CodeFiles& files, const std::vector<TestCase>& /*cases*/) override {
    seen = files;
    return ran;
  }
  CompileOutcome compiled{"", true, ""};
  RunOutcome ran;
  CodeFiles seen;
};

EvalTask code_task() {
  EvalTask task;
  task.sandbox.emplace();
  task.sandbox->language = CodeLanguage::python;
  task.sandbox->files = {"a.py"};
  TaskCheck compile, tests, words;
  compile.name = "compile";
  compile.body = CompileCheck{};
  TestCase one, two;
  one.name = "one";
  one.expected = "1";
  two.name = "two";
  two.expected = "2";
  two.exit_status = 3;
  tests.name = "tests";
  tests.body = UnitTestCheck{{one, two}};
  tests.must = true;
  words.name = "words";
  words.body = KeywordCheck{{}, {}, {"def"}, {}, std::nullopt};
  task.checks = {compile, tests, words};
  return task;
}

GivenAnswer said(std::string text) { return {{std::move(text)}, {}, false}; }

TEST(GradeTask, CasesAreJudgedHereAndNotInTheSandbox) {
  const EvalTask task = code_task();
  ScriptedRunner runner;
  runner.ran = {"", true, "", {{"1\n", 0, ""}, {"2\n", 0, ""}}};
  CheckTools tools;
  tools.code = &runner;
  const TaskGrade half = grade_task(task, said("```python\ndef f(): pass\n```\n"), tools);
  EXPECT_EQ(half.checks[1].value, 0.5);
  EXPECT_NE(half.notes[1].find("two: exit 0"), std::string::npos);
  EXPECT_DOUBLE_EQ(*half.score.total, 0.35);  // must: 0.2 + 0.3 * 0.5
  EXPECT_EQ(runner.seen.at("a.py"), "def f(): pass\n");
  runner.ran.runs[1].exit_status = 3;
  EXPECT_DOUBLE_EQ(*grade_task(task, said("```python\ndef f(): pass\n```\n"), tools).score.total, 1);
}

TEST(GradeTask, NoCodeIsSomethingElseThanBadCode) {
  const EvalTask task = code_task();
  ScriptedRunner runner;
  runner.compiled = {"", false, "syntax error"};
  runner.ran = {"", false, "syntax error", {}};
  CheckTools tools;
  tools.code = &runner;
  EXPECT_EQ(grade_task(task, said("```cpp\nint x;\n```\n"), tools).notes[0], "no code found: a.py");
  EXPECT_EQ(grade_task(task, said("```python\nx\n```\n"), tools).notes[0], "syntax error");
}

TEST(GradeTask, WhatCannotRunIsNeitherRightNorWrong) {
  const EvalTask task = code_task();
  CheckTools tools;
  const TaskGrade grade = grade_task(task, said("def f(): pass"), tools);
  EXPECT_FALSE(grade.checks[0].applicable);
  EXPECT_EQ(grade.score.not_run, (std::vector<std::string>{"compile", "tests"}));
  EXPECT_DOUBLE_EQ(*grade.score.total, 1);  // the words alone
  EXPECT_EQ(grade.notes[0], "not run: there is no sandbox here");
}

TEST(GradeTask, NothingScoresNothing) {
  const EvalTask task = code_task();
  EXPECT_EQ(*grade_task(task, said(" \n<think>x</think>"), {}).score.total, 0);
  EXPECT_EQ(*grade_task(task, {}, {}).score.total, 0);
  EXPECT_EQ(*grade_task(task, said("<think>def f</think> \n\t"), {}).score.total, 0);
}

}  // namespace
}  // namespace rigwise
