#pragma once

#include <string>
#include <vector>

namespace rigwise {

// The seed documents' tables, and how each cell of them comes out of the catalog (docs/seeds-rules.md).

/// observations/<seed>.csv and seeds/figures-*.csv: one cell of a table of a seed document, as printed. Evidence to
/// regenerate, not a fact.
struct SeedObservation {
  std::string document, section, subject, quantity, value, unit, locator;
};

/// Where a line of the catalog stands: "seeds/rules-s4.csv:12".
struct CatalogLine {
  std::string file;
  int line = 0;
};

/// seeds/sections.csv: one section of the inventory of the seeds.
struct SeedSection {
  std::string id, title, document, lines;
  std::vector<std::string> arithmetic;  ///< "subject/quantity" of cells that a CHECK or FORMULA line recomputes
  CatalogLine at;
};

/// derived: our figure is the printed one. observed: a record holds it. judged: words and premises of the seed.
/// different: ours is another.
enum class SeedClass { derived, observed, judged, different };
const char* seed_class_name(SeedClass c);

/// seeds/rules-*.csv: how cells of a section come out. `subject` and `quantity` may hold '*'.
struct SeedRule {
  std::string section, subject, quantity;
  SeedClass expected = SeedClass::judged;
  std::string formula, inputs, speed, reason;
  CatalogLine at;
};

/// seeds/names-*.csv: what `$name` means in the rules of a section, beside a subject or a quantity as printed.
struct SeedName {
  std::string section, printed, name, value;
  CatalogLine at;
};

/// How a contradiction of the seeds shows: check catches the claim, a record or a regenerated cell holds the right
/// figure, or nothing we know can tell.
enum class ConflictOutcome { caught, corrected, not_detectable };
const char* conflict_outcome_name(ConflictOutcome o);

/// seeds/conflicts.csv: one contradiction of the seeds (I-1, I-2, ...).
struct SeedConflict {
  std::string id;
  std::vector<std::string> sections;
  ConflictOutcome outcome = ConflictOutcome::not_detectable;
  std::vector<std::string> by;  ///< claims that check refuses, or "SPEC = NUMBER"
  std::string why;
  CatalogLine at;
};

/// plans/<id>.json: a request of the verb cost that a rule may ask.
struct PlanText {
  std::string id, text;
};

}  // namespace rigwise
