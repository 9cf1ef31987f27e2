#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "codec/catalog_text.h"
#include "host/cli/console.h"
#include "host/cli/data_rows.h"
#include "verbs/verbs.h"

namespace rigwise {

/// One run of the program: the console, the catalog folders named, and the facts once somebody asks for them.
class Session {
 public:
  /// `base` replaces the embedded facts when it names a folder; `overlays` lie over either.
  Session(Console console, std::string base, std::vector<std::string> overlays)
      : console_(console), base_(std::move(base)), overlays_(std::move(overlays)) {}

  Console& console() { return console_; }

  /// The catalog as this run sees it, faults and all.
  Result<LoadedCatalog> load() const;

  /// Lays a folder over the facts, below those named. Before `house` only.
  void lay_over(std::string folder);

  /// Facts and constants, loaded on first use. Faults of the user's own catalog files are errors with file and line.
  Result<const House*> house();

  /// Runs a pure verb and prints its error, if any, setting `status`. Null on error.
  std::optional<Json> answer(std::string_view verb, const Json& request, int& status);

  /// Says on err which of the user's own runs the answer could not learn from, and why.
  void note_refused_runs(const Json& response);

  /// Prints the response as JSON when that is the chosen format; true if it did.
  bool printed_as_json(const Json& response);

  /// Prints what programs read: the response as JSON, or its rows as CSV; false when people are to read it.
  bool printed_as_data(const Json& response, DataRows (*rows_of)(const Json& response));

 private:
  /// Says on err what in the user's own files cannot be right, without refusing to answer.
  void warn_of_implausible(const Catalog& catalog);

  /// Says on err that a run of the user's own teaches nothing.
  void note_refused_run(const std::string& id, const std::string& message, const std::vector<std::string>& names);

  Console console_;
  std::string base_;
  std::vector<std::string> overlays_;
  std::unique_ptr<House> house_;
};

}  // namespace rigwise
