#pragma once

#include <string>
#include <vector>

#include "verbs/seeds/table.h"

namespace rigwise {

/// What became of a section's cells.
struct SeedSectionResult {
  const SeedSection* section = nullptr;
  std::vector<const SeedCell*> cells;
  int derived = 0, observed = 0, judged = 0, different = 0, open = 0;  ///< open: no rule, or one with a fault
  std::vector<std::string> why_not;                                    ///< empty: it passes
  std::vector<Error> faults;                                           ///< of rules

  bool passes() const { return why_not.empty(); }
  double derived_share() const {
    return cells.empty() ? 0 : static_cast<double>(derived) / static_cast<double>(cells.size());
  }
};

/// Regenerates a section and judges it.
///
/// A section passes when it has cells, each has a rule, each class is the one its rule expects, and whatever a CHECK
/// or FORMULA line of the inventory recomputes is derived, or different with a reason.
SeedSectionResult regenerate(SeedTables& tables, const SeedSection& section);

/// One contradiction of the seeds, tried.
struct SeedConflictResult {
  const SeedConflict* conflict = nullptr;
  bool holds = true;               ///< check refuses every claim; the figures are the records'
  std::vector<std::string> found;  ///< per item of `by`: the verdict, or the figure we have
};

/// Tries what the table of contradictions says: claims on check, "SPEC = NUMBER" on the records and cells.
/// Takes  specs of cells with their section: "cell:S0-6/TOTAL (Year 1)/Cost (CAD) = 11465".
SeedConflictResult try_conflict(SeedTables& tables, const House& house, const SeedConflict& conflict);

}  // namespace rigwise
