#pragma once

#include <string>
#include <vector>

#include "verbs/take_runs.h"
#include "verbs/verbs.h"

namespace rigwise {

/// What a run itself does not tell, said for all rows.
struct ContributionNotes {
  std::string source;      ///< where the run can be read up: an address, a report
  std::string author;      ///< who measured it
  std::string date;        ///< "2026-11-22", for rows without one
  std::string today = {};  ///< "2026-11-22": no run is of a later day; empty: not asked
};

/// A run that no row of the catalog can be made of yet.
struct LeftOutRun {
  std::string where;    ///< FILE:LINE, or the file
  std::string id;       ///< empty: not even a row could be made
  std::string reason;   ///< "hardware_unknown", "above_ceiling", "no_source", "known"
  std::string message;  ///< in words
  std::string try_this;
  std::vector<std::string> did_you_mean;
};

/// Rows to put into catalog/measurements/contributed, and what is not among them.
struct ContributedRows {
  std::vector<Measurement> rows;
  std::vector<LeftOutRun> left_out;
};

/// Makes rows of the catalog of the user's own runs. Every run is a row or left out with its reason.
/// Takes  what was taken out of files; `where_of`, for rows that have no line of their own.
/// Gives  rows with ids of the catalog, a source, a date and a note without secrets; each passes the physics gate.
/// Holds  a run that is slow for another reason (offloaded layers, speculative decoding) is a row: it is true.
ContributedRows contributed_rows(const House& house, const TakenRuns& taken, const ContributionNotes& notes);

/// The response of `export measurements`.
Json contributed_rows_json(const ContributedRows& contributed);

}  // namespace rigwise
