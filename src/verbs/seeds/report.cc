#include "verbs/seeds/report.h"

#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "verbs/check.h"

namespace rigwise {
namespace {

constexpr double kSameFigure = 0.005;  // a record against the figure that the table of contradictions states

std::string cell_words(const SeedCell& cell) { return cell.printed->subject + ", " + cell.printed->quantity; }

/// "SUBJECT/QUANTITY" with '*' against a cell; slashes inside names are no hindrance.
bool pattern_matches(std::string_view pattern, const SeedObservation& cell) {
  for (std::size_t slash = pattern.find('/'); slash != std::string_view::npos; slash = pattern.find('/', slash + 1))
    if (SeedTables::matches(pattern.substr(0, slash), cell.subject) &&
        SeedTables::matches(pattern.substr(slash + 1), cell.quantity))
      return true;
  return false;
}

void count(SeedSectionResult& result, const SeedCell& cell) {
  if (!cell.found) {
    ++result.open;
    return;
  }
  switch (*cell.found) {
    case SeedClass::derived: ++result.derived; break;
    case SeedClass::observed: ++result.observed; break;
    case SeedClass::judged: ++result.judged; break;
    case SeedClass::different: ++result.different; break;
  }
}

/// "3 cells without a rule: RTX 4090, Verdict, ...".
void say_of(std::vector<std::string>& why_not, const std::vector<const SeedCell*>& cells, const std::string& what) {
  if (cells.empty()) return;
  why_not.push_back(std::to_string(cells.size()) + (cells.size() == 1 ? " cell " : " cells ") + what + ": " +
                    cell_words(*cells.front()) + (cells.size() > 1 ? ", ..." : ""));
}

/// Rules that no cell of the section answers to: a subject or quantity spelt otherwise than printed.
void find_idle_rules(const SeedTables& tables, SeedSectionResult& result) {
  for (const SeedRule& rule : tables.catalog().seed_rules) {
    if (rule.section != result.section->id) continue;
    const auto speaks_of = [&](const SeedCell* cell) {
      return SeedTables::matches(rule.subject, cell->printed->subject) &&
             SeedTables::matches(rule.quantity, cell->printed->quantity);
    };
    if (std::any_of(result.cells.begin(), result.cells.end(), speaks_of)) continue;
    std::vector<std::string> known;
    known.reserve(result.cells.size());
    for (const SeedCell* cell : result.cells) known.push_back(cell->printed->subject + "/" + cell->printed->quantity);
    result.faults.push_back({ErrorCode::not_found,
                             result.section->id + " prints no cell " + in_quotes(rule.subject + "/" + rule.quantity),
                             rule.at.file + ":" + std::to_string(rule.at.line), "subject and quantity as printed, or *",
                             nearest_names(rule.subject + "/" + rule.quantity, known)});
  }
}

void check_arithmetic(SeedSectionResult& result) {
  std::vector<const SeedCell*> left;
  for (const std::string& pattern : result.section->arithmetic) {
    bool found = false;
    for (const SeedCell* cell : result.cells) {
      if (!pattern_matches(pattern, *cell->printed)) continue;
      found = true;
      if (cell->found && *cell->found != SeedClass::derived && *cell->found != SeedClass::different)
        left.push_back(cell);
    }
    if (!found) result.why_not.push_back("the inventory recomputes " + in_quotes(pattern) + ", which is no cell of it");
  }
  say_of(result.why_not, left, "that the inventory recomputes are not derived");
}

}  // namespace

SeedSectionResult regenerate(SeedTables& tables, const SeedSection& section) {
  SeedSectionResult result;
  result.section = &section;
  result.cells = tables.cells(section.id);
  std::vector<const SeedCell*> without_rule, faulty, otherwise;
  for (const SeedCell* cell : result.cells) {
    count(result, *cell);
    if (cell->fault) {
      faulty.push_back(cell);
      result.faults.push_back(*cell->fault);
    } else if (cell->rule == nullptr) {
      without_rule.push_back(cell);
    } else if (!cell->is_as_expected()) {
      otherwise.push_back(cell);
    }
  }
  find_idle_rules(tables, result);
  if (result.cells.empty()) result.why_not.emplace_back("no cell of it is in the catalog");
  say_of(result.why_not, without_rule, "without a rule");
  say_of(result.why_not, faulty, "whose rule has a fault");
  say_of(result.why_not, otherwise, "of another class than expected");
  if (result.faults.size() > faulty.size())
    result.why_not.push_back("rules that speak of no cell: " + std::to_string(result.faults.size() - faulty.size()));
  check_arithmetic(result);
  return result;
}

namespace {

/// "SPEC = NUMBER" against what we have.
bool try_figure(SeedTables& tables, const std::string& item, std::string& found) {
  const std::size_t equals = item.rfind('=');
  const Result<double> wanted =
      equals == std::string::npos ? invalid("no '='") : parse_number(trim(std::string_view(item).substr(equals + 1)));
  if (!wanted) {
    found = "not of the form SPEC = NUMBER";
    return false;
  }
  const SeedObservation nowhere;
  const Result<SeedValue> value = tables.value(trim(std::string_view(item).substr(0, equals)), nowhere);
  if (!value || !value->number) {
    found = value ? "a text: " + value->text : value.error().message;
    return false;
  }
  found = significant(*value->number, 6);
  return std::fabs(*value->number - *wanted) <= kSameFigure * std::fabs(*wanted);
}

/// A claim in words, or as a request of check.
bool try_claim(const House& house, const std::string& claim, std::string& found) {
  const Result<Json> request = claim.starts_with('{') ? parse_json(claim) : Result<Json>(Json{{"claim", claim}});
  const Result<Json> answer = request ? check_verb(house, *request) : Result<Json>(fail(request.error()));
  found = answer ? (*answer)["verdict"].get<std::string>() : answer.error().message;
  return found == "impossible" || found == "implausible";
}

}  // namespace

SeedConflictResult try_conflict(SeedTables& tables, const House& house, const SeedConflict& conflict) {
  SeedConflictResult result;
  result.conflict = &conflict;
  if (conflict.outcome == ConflictOutcome::not_detectable) return result;
  for (const std::string& item : conflict.by) {
    std::string found;
    const bool holds =
        conflict.outcome == ConflictOutcome::caught ? try_claim(house, item, found) : try_figure(tables, item, found);
    result.holds = result.holds && holds;
    result.found.push_back(std::move(found));
  }
  return result;
}

}  // namespace rigwise
