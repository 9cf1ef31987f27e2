#pragma once

#include <string>
#include <vector>

#include "core/evaluate/result_set.h"
#include "host/store/ledger.h"

namespace rigwise {

struct LedgerReading {
  std::string run;         ///< as runs_called() takes it
  bool with_text = false;  ///< the answers themselves, which make a large file
};

/// What a ledger knows of a run, as a report reads it. A label that several runs have (one for each endpoint) means all
/// of them. Items are read a page at a time, in order of their keys, so that the same ledger gives the same set.
///
/// Scores are those of the newest scorer that looked at the accepted attempt; costs are those of all its attempts.
/// What was given up is an error of the network, what is not done yet is listed as left out.
/// Errors  a run that is not there, with the nearest labels.
Result<ResultSet> result_set_of_ledger(Ledger& ledger, const LedgerReading& reading);

/// Whether a run's answers are the demonstration's and no model's. Takes  the id of a run that is there.
Result<bool> is_demo_run(Ledger& ledger, const std::string& run);
/// The same of a run's record.
bool is_demo_spec(const std::string& spec);

/// One answer of it with its text, by the item's work key. Errors  a key that the run has no answer for.
Result<EvaluatedAnswer> answer_of_ledger(Ledger& ledger, const std::string& run, const std::string& work_key);

/// Ids of the runs that an id, a label (one of several endpoints has several) or the beginning of an id means, the
/// oldest first; empty: the newest run, and those of its label. Errors  none, with the nearest; several beginnings.
Result<std::vector<std::string>> runs_called(Ledger& ledger, const std::string& name);
/// What to say where nobody named the run and these were taken: "run november, the newest of 3 ..."; empty: there is no
/// other.
Result<std::string> newest_run_note(Ledger& ledger, const std::vector<std::string>& ids);

}  // namespace rigwise
