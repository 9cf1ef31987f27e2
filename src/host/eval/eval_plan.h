#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/eval/conversation.h"
#include "host/eval/eval_endpoint.h"
#include "host/eval/eval_model.h"
#include "host/store/ledger.h"

namespace rigwise {

/// What a run asks: every task of every model, so many times.
struct RunChoice {
  std::string label;
  std::vector<EvalTask> tasks;
  std::vector<EvalModel> models;
  SamplingChoice sampling;
  std::optional<int> samples;  ///< absent: as many as each task says
  std::optional<std::int64_t> budget_nano;
};

/// A run as it goes into the ledger. The same choice gives the same plan, and so the same command goes on where it was
/// left.
struct EvalPlan {
  RunRecord run;
  EndpointRecord endpoint;
  std::vector<WorkItem> items;
  std::map<std::string, const EvalTask*> task_of;    ///< by revision
  std::map<std::string, const EvalModel*> model_of;  ///< by reference
};
/// The plan points into `choice`, which outlives it. Local servers get their items model by model, so that none is
/// loaded twice.
EvalPlan plan_run(const RunChoice& choice, const EvalEndpoint& endpoint, const std::string& code_version);

/// Which of a plan's items have their answers already, in this ledger, whoever asked for them.
Result<std::map<std::string, std::string>> known_items(Ledger& ledger, const EvalPlan& plan);

/// What the rest of a plan takes at most.
struct PlanFigures {
  std::int64_t items = 0, finished = 0;
  std::int64_t requests = 0, requests_most = 0;  ///< at least one for each; with all their tools' turns
  std::int64_t prompt_tokens = 0, output_tokens = 0;
  std::optional<std::int64_t> cost_nano;  ///< nothing: a price is not known
  struct OfModel {
    std::string name;
    std::int64_t items = 0;
    std::optional<std::int64_t> cost_nano;
  };
  std::vector<OfModel> models;
};
PlanFigures figures_of(const EvalPlan& plan, const RunChoice& choice, const std::map<std::string, std::string>& known);

/// Puts a plan into the ledger: tasks, models, endpoint, run and items. What is there already costs little.
Result<Ledger::Planned> put_plan(Ledger& ledger, const EvalPlan& plan, const RunChoice& choice,
                                 const std::map<std::string, std::string>& known);

/// What a task's record keeps of it: all that judges, people and pages see. Checks are run from the task's files.
Json task_record(const EvalTask& task);

/// States of items that have an answer, or have had all the attempts they get.
bool is_finished_state(const std::string& state);

}  // namespace rigwise
