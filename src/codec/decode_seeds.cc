#include "codec/decode_seeds.h"

#include <algorithm>

#include "codec/csv.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

/// A table of seeds/: rows may end early, and remarks are skipped.
class SeedTable {
 public:
  SeedTable(std::string_view text, std::string_view path, const std::vector<std::string_view>& columns,
            std::vector<Diagnostic>& faults)
      : table_(text, path, columns, {}, true, faults), path_(path) {
    columns_.reserve(columns.size());
    for (const std::string_view name : columns) columns_.push_back(table_.column(name));
  }

  bool next() {
    while (table_.next(true)) {
      faulty_ = false;
      if (table_.cell(0).starts_with('#')) continue;
      if (table_.cell_count() <= table_.column_count()) return true;
      fault(0,
            "the row has " + std::to_string(table_.cell_count()) + " cells, the header " +
                std::to_string(table_.column_count()),
            "put quotes around cells that hold commas");
    }
    return false;
  }

  /// The cell of the column that was named as the n-th.
  std::string text(std::size_t n) const { return table_.text(columns_[n]); }
  std::string needed(std::size_t n) {
    faulty_ = !table_.require(columns_[n]) || faulty_;
    return text(n);
  }
  void fault(std::size_t n, std::string message, std::string try_this) {
    faulty_ = true;
    table_.fault(columns_[n], std::move(message), std::move(try_this));
  }
  /// A word of an enumeration.
  template <class Enum>
  Enum word(std::size_t n, const char* (*name)(Enum), Enum last) {
    const std::optional<Enum> found = table_.word(columns_[n], name, last);
    faulty_ = !found || faulty_;
    return found.value_or(Enum{});
  }
  std::vector<std::string> list(std::size_t n) const {
    std::vector<std::string> items;
    for (const std::string_view piece : split(table_.cell(columns_[n]), ';'))
      if (!trim(piece).empty()) items.emplace_back(trim(piece));
    return items;
  }

  bool is_good() const { return !faulty_; }
  CatalogLine at() const { return {std::string(path_), table_.line()}; }

 private:
  CsvTable table_;
  std::string_view path_;
  std::vector<int> columns_;
  bool faulty_ = false;
};

/// Rows of the same file read before (an overlay replaces it) make room.
template <class Row>
void forget_file(std::vector<Row>& rows, std::string_view path) {
  rows.erase(std::remove_if(rows.begin(), rows.end(), [&](const Row& row) { return row.at.file == path; }), rows.end());
}

}  // namespace

void decode_seed_sections(std::string_view path, std::string_view text, Catalog& c, std::vector<Diagnostic>& faults) {
  SeedTable t(text, path, {"section", "title", "document", "lines", "arithmetic"}, faults);
  forget_file(c.seed_sections, path);
  while (t.next()) {
    SeedSection section{t.needed(0), t.needed(1), t.needed(2), t.text(3), t.list(4), t.at()};
    if (t.is_good()) c.seed_sections.push_back(std::move(section));
  }
}

void decode_seed_rules(std::string_view path, std::string_view text, Catalog& c, std::vector<Diagnostic>& faults) {
  SeedTable t(text, path, {"section", "subject", "quantity", "class", "formula", "inputs", "speed", "reason"}, faults);
  forget_file(c.seed_rules, path);
  while (t.next()) {
    SeedRule rule{t.needed(0), t.needed(1), t.needed(2), t.word(3, seed_class_name, SeedClass::different),
                  t.text(4),   t.text(5),   t.text(6),   t.text(7),
                  t.at()};
    if (t.is_good()) c.seed_rules.push_back(std::move(rule));
  }
}

void decode_seed_names(std::string_view path, std::string_view text, Catalog& c, std::vector<Diagnostic>& faults) {
  SeedTable t(text, path, {"section", "printed", "name", "value"}, faults);
  forget_file(c.seed_names, path);
  while (t.next()) {
    SeedName name{t.needed(0), t.needed(1), t.needed(2), t.text(3), t.at()};
    if (t.is_good()) c.seed_names.push_back(std::move(name));
  }
}

void decode_seed_figures(std::string_view path, std::string_view text, Catalog& c, std::vector<Diagnostic>& faults) {
  SeedTable t(text, path, {"section", "subject", "quantity", "value", "unit", "locator"}, faults);
  while (t.next()) {
    SeedObservation cell{{}, t.needed(0), t.needed(1), t.needed(2), t.needed(3), t.text(4), t.text(5)};
    if (t.is_good()) c.seed_observations.push_back(std::move(cell));
  }
}

void decode_seed_conflicts(std::string_view path, std::string_view text, Catalog& c, std::vector<Diagnostic>& faults) {
  SeedTable t(text, path, {"id", "sections", "outcome", "by", "why"}, faults);
  forget_file(c.seed_conflicts, path);
  while (t.next()) {
    SeedConflict conflict{t.needed(0), t.list(1),   t.word(2, conflict_outcome_name, ConflictOutcome::not_detectable),
                          t.list(3),   t.needed(4), t.at()};
    if (conflict.outcome != ConflictOutcome::not_detectable && conflict.by.empty())
      t.fault(3, "the cell is empty", "the claims that check refuses, or SPEC = NUMBER");
    if (t.is_good()) c.seed_conflicts.push_back(std::move(conflict));
  }
}

void decode_plan_text(std::string_view path, std::string_view text, Catalog& c, std::vector<Diagnostic>&) {
  std::string_view id = path.substr(path.rfind('/') + 1);
  id.remove_suffix(5);  // ".json"
  const auto known =
      std::find_if(c.plan_texts.begin(), c.plan_texts.end(), [&](const PlanText& plan) { return plan.id == id; });
  if (known == c.plan_texts.end()) {
    c.plan_texts.push_back({std::string(id), std::string(text)});
  } else {
    known->text = std::string(text);
  }
}

}  // namespace rigwise
