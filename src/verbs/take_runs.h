#pragma once

#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "codec/import_runs.h"
#include "codec/measurement_csv.h"
#include "core/perf/refused_run.h"
#include "verbs/verbs.h"

namespace rigwise {

/// The user's measurement file as it was, and what became of its rows since.
class RunBook {
 public:
  RunBook() = default;
  /// `text` is empty or a CSV with exactly our columns. Errors  any other file: it is not touched.
  static Result<RunBook> open(std::string text, const std::string& name);

  Measurement* find(const std::string& id);
  /// Marks runs as retracted: they stay, so that the same file read again does not bring them back.
  Result<void> retract(const std::vector<std::string>& ids, const std::string& name);
  void replace(Measurement& before, Measurement now);
  bool has_changed() const { return has_changed_; }
  /// The file as it should be: as it was and the new runs behind, or every row anew where one changed.
  std::string text_with(const std::vector<Measurement>& fresh) const;

 private:
  std::string text_;
  std::vector<Measurement> rows_;
  std::unordered_map<std::string, std::size_t> by_id_;
  bool has_changed_ = false;
};

/// What one file gave.
struct TakenFile {
  std::string path, program, version, digest;
  int read = 0;  ///< records: rows made of them, and those refused
};

/// A run whose names the catalog does not know all.
struct UnmappedRun {
  std::string where;  ///< FILE:LINE
  std::string id;
  UnmappedName name;
};

/// What was taken out of files of results. Every record read is new, known, corrected or skipped.
struct TakenRuns {
  std::vector<TakenFile> files;
  std::vector<Measurement> fresh;  ///< each run once
  std::set<std::string> fresh_ids;
  int known = 0;      ///< runs that were there already
  int corrected = 0;  ///< runs that were, with another machine, model, format, engine or cache
  std::vector<std::pair<std::string, SkippedRun>> skipped;  ///< with the file's path
  std::vector<UnmappedRun> unmapped;
  std::vector<RefusedRun> marked;  ///< runs that cannot be true: kept, marked OUTLIER, and never learned from

  int read() const;
};

/// Takes the runs of a text in: new, known, or known and corrected. What memory and arithmetic forbid is marked in its
/// note. Errors  as of import_runs().
Result<void> take_runs(const House& house, const NamedText& file, const ImportChoices& choices, RunBook& book,
                       TakenRuns& taken);

/// The same for a row that was made already.
void take_row(const House& house, Measurement row, const ImportChoices& choices, RunBook& book, TakenRuns& taken);

/// The response of `rigwise import`.
Json taken_runs_json(const House& house, const TakenRuns& taken, double level);

}  // namespace rigwise
