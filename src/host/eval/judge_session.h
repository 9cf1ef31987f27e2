#pragma once

#include <map>
#include <string>
#include <vector>

#include "host/eval/eval_endpoint.h"
#include "host/eval/eval_model.h"
#include "host/eval/judge_prompt.h"
#include "host/eval/retry_policy.h"
#include "host/store/ledger.h"

namespace rigwise {

/// Judges of a run's answers.
struct JudgeChoice {
  std::string store, run;
  EvalEndpoint endpoint;
  std::vector<EvalModel> judges;  ///< two, and perhaps a reserve for answers that one of them is kin to
  std::map<std::string, const EvalTask*> task_of;         ///< by revision
  std::optional<std::int64_t> budget_nano;                ///< of the judges alone, for this run
  int start = 8, cap = 32;                                ///< questions at once
  double requests_per_minute = 0, tokens_per_minute = 0;  ///< of the endpoint, shared with runs; 0: as many as go
  double canary_share = 0.03, repeat_share = 0.05;
  bool believes_anyway = false;  ///< goes on with a judge that its canaries speak against
  bool again = false;            ///< asks anew what came back and could not be read
  RetryRules retry;
};

struct JudgeReport {
  std::int64_t wanted = 0, known = 0, judged = 0, errors = 0, repaired = 0;
  std::int64_t known_unreadable = 0;  ///< within known: came back before and could not be read
  std::int64_t failed = 0;            ///< never came back: the endpoint's fault; asked again next time
  std::string commonest_fault;        ///< of those: "http 500: ..."
  std::int64_t without_two = 0;       ///< answers whose makers are kin to all but one judge
  std::int64_t queued = 0;            ///< answers that a person should look at; identical ones are one
  std::int64_t spent_nano = 0;
  std::map<std::string, CanaryTally> canaries;  ///< by judge
  std::string stopped;                          ///< why it ended before its time; empty: it did not
  bool is_interrupted = false, is_unreachable = false;
};

/// The two judges of an answer: the first two whose family is not the candidate's. Fewer: it cannot be judged.
std::vector<const EvalModel*> judges_for(const std::vector<EvalModel>& judges, const std::string& candidate_family);

/// Judges what has not been judged, canaries first; then queues for review what a person should see. A judgement that
/// came back is never asked for again, read or not, unless JudgeChoice::again says so of what could not be read.
/// Errors  judges of one family, a run that is not there, a store that fails.
Result<JudgeReport> judge_run(const JudgeChoice& choice);

/// How far two judges of a run agree, by criterion.
struct JudgeAgreement {
  std::string criterion;
  int pairs = 0;
  std::optional<double> raw, kappa, alpha, ac2;
};
Result<std::vector<JudgeAgreement>> judge_agreement(Ledger& ledger, const std::string& run);

}  // namespace rigwise
