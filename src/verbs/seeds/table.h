#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/facts/seed.h"
#include "verbs/formula.h"
#include "verbs/seeds/binding.h"

namespace rigwise {

/// One input of a cell, resolved.
struct SeedInput {
  std::string name, spec;
  SeedValue value;
};

/// A printed cell and what we make of it.
struct SeedCell {
  const SeedObservation* printed = nullptr;
  const SeedRule* rule = nullptr;             ///< null: nobody has written one
  std::optional<SeedClass> found;             ///< absent without a rule, or when it has a fault
  std::vector<std::optional<double>> values;  ///< per figure of the printed text; absent: not ours to say
  std::string formula;                        ///< the rule's, its $names filled in
  std::string text;                           ///< our cell, as it would be printed
  std::string reason;                         ///< the rule's, the figures in its braces worked out
  std::vector<SeedInput> inputs;
  Json speeds = Json::array();  ///< our predictions beside printed speeds
  std::optional<Error> fault;   ///< of the rule

  bool is_as_expected() const { return rule != nullptr && found == rule->expected; }
};

/// Every printed cell of the seeds, regenerated on demand: a cell may use others, of any section.
class SeedTables {
 public:
  explicit SeedTables(SeedBindings& bindings);

  /// Values that stand in for those of specs, by spec as the cells' inputs show it. Forgets what was evaluated.
  void override_inputs(std::map<std::string, double, std::less<>> overrides);
  /// Overrides that no input evaluated since then has asked for.
  std::vector<std::string> unused_overrides() const;

  /// The cells of a section in the order of the document; empty for an unknown one.
  std::vector<const SeedCell*> cells(std::string_view section);
  /// One cell. Errors: not_found with the nearest, or with the subjects of the section.
  Result<const SeedCell*> cell(std::string_view section, std::string_view subject, std::string_view quantity);

  /// What a spec stands for in a section: "cell:", "printed:" and "cost:" too. "." is this cell's own subject or
  /// quantity; `bound` are the inputs before it, which a plan may ask for.
  Result<SeedValue> value(std::string_view spec, const SeedObservation& here, const Symbols& bound = {});

  /// The most exact rule for a cell; of equally exact ones the later file's, none when one file has two.
  Result<const SeedRule*> rule_for(const SeedObservation& cell) const;
  /// Whether a subject or quantity as printed is what a rule says, '*' standing for anything.
  static bool matches(std::string_view pattern, std::string_view printed);

  const Catalog& catalog() const { return bindings_.house().catalog; }

 private:
  enum class State { fresh, busy, done };
  struct Slot {
    SeedCell cell;
    State state = State::fresh;
  };

  Slot* find(std::string_view section, std::string_view subject, std::string_view quantity);
  Error unknown_cell(std::string_view section, std::string_view text) const;
  const SeedCell& evaluate(Slot& slot);
  void work_out(SeedCell& cell);
  std::optional<Error> take_inputs(SeedCell& cell);
  std::optional<Error> apply_formula(SeedCell& cell);
  static bool take_words(SeedCell& cell);
  static std::optional<Error> take_values(SeedCell& cell);
  std::optional<Error> put_speeds_beside(SeedCell& cell);
  static std::optional<Error> fill_reason(SeedCell& cell);
  Result<std::string> with_names(std::string_view text, const SeedObservation& cell) const;
  Result<SeedValue> table_value(bool ours, std::string_view rest, const SeedObservation& here);
  Result<SeedValue> figure_of(Slot& slot, bool ours, std::string_view pick);
  std::string document_of(const SeedObservation& cell) const;

  SeedBindings& bindings_;
  std::vector<Slot> slots_;
  std::map<std::string, std::vector<std::size_t>, std::less<>> by_section_;
  std::unordered_map<std::string, std::size_t> by_name_;
  std::map<std::string, double, std::less<>> overrides_;
  std::set<std::string, std::less<>> used_;
};

}  // namespace rigwise
