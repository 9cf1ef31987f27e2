#include "verbs/seeds/table.h"

#include <algorithm>

#include "core/base/text.h"

namespace rigwise {
namespace {

std::string name_of(std::string_view section, std::string_view subject, std::string_view quantity) {
  return std::string(section) + "\n" + std::string(subject) + "\n" + std::string(quantity);
}

std::string place_of(const CatalogLine& at) { return at.file + ":" + std::to_string(at.line); }

/// How exact a pattern is: all of it, a part, nothing.
int exactness(std::string_view pattern) {
  if (pattern == "*") return 0;
  return pattern.find('*') == std::string_view::npos ? 2 : 1;
}

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

SeedTables::SeedTables(SeedBindings& bindings) : bindings_(bindings) {
  const Catalog& c = catalog();
  slots_.reserve(c.seed_observations.size());
  by_name_.reserve(c.seed_observations.size());
  for (const SeedObservation& printed : c.seed_observations) {
    const auto [known, is_new] =
        by_name_.try_emplace(name_of(printed.section, printed.subject, printed.quantity), slots_.size());
    if (is_new) {
      by_section_[printed.section].push_back(slots_.size());
      slots_.emplace_back();
    }
    slots_[known->second].cell.printed = &printed;
  }
}

void SeedTables::override_inputs(std::map<std::string, double, std::less<>> overrides) {
  overrides_ = std::move(overrides);
  used_.clear();
  for (Slot& slot : slots_) {
    if (slot.state == State::fresh) continue;
    const SeedObservation* printed = slot.cell.printed;
    slot = {};
    slot.cell.printed = printed;
  }
}

std::vector<std::string> SeedTables::unused_overrides() const {
  std::vector<std::string> unused;
  for (const auto& [spec, value] : overrides_)
    if (used_.count(spec) == 0) unused.push_back(spec);
  return unused;
}

std::vector<const SeedCell*> SeedTables::cells(std::string_view section) {
  std::vector<const SeedCell*> found;
  const auto at = by_section_.find(section);
  if (at == by_section_.end()) return found;
  found.reserve(at->second.size());
  for (const std::size_t i : at->second) found.push_back(&evaluate(slots_[i]));
  return found;
}

SeedTables::Slot* SeedTables::find(std::string_view section, std::string_view subject, std::string_view quantity) {
  const auto known = by_name_.find(name_of(section, subject, quantity));
  return known == by_name_.end() ? nullptr : &slots_[known->second];
}

Result<const SeedCell*> SeedTables::cell(std::string_view section, std::string_view subject,
                                         std::string_view quantity) {
  Slot* slot = find(section, subject, quantity);
  if (slot == nullptr) return fail(unknown_cell(section, std::string(subject) + "/" + std::string(quantity)));
  return &evaluate(*slot);
}

Error SeedTables::unknown_cell(std::string_view section, std::string_view text) const {
  std::vector<std::string> known;
  const auto at = by_section_.find(section);
  if (at != by_section_.end())
    for (const std::size_t i : at->second)
      known.push_back(slots_[i].cell.printed->subject + "/" + slots_[i].cell.printed->quantity);
  return {ErrorCode::not_found, std::string(section) + " has no cell " + in_quotes(text), "",
          "SUBJECT/QUANTITY as printed, \".\" for this cell's own; SECTION/ before it for another section",
          nearest_names(text, known)};
}

/// The last '*' takes one character more whenever what follows it does not match.
bool SeedTables::matches(std::string_view pattern, std::string_view printed) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, taken = 0;
  while (t < printed.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      taken = t;
    } else if (p < pattern.size() && pattern[p] == printed[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++taken;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

Result<const SeedRule*> SeedTables::rule_for(const SeedObservation& cell) const {
  const SeedRule* best = nullptr;
  const SeedRule* rival = nullptr;
  int most = -1;
  for (const SeedRule& rule : catalog().seed_rules) {
    if (rule.section != cell.section || !matches(rule.subject, cell.subject) || !matches(rule.quantity, cell.quantity))
      continue;
    const int exact = 3 * exactness(rule.subject) + exactness(rule.quantity);
    if (exact < most) continue;
    rival = exact == most && best->at.file == rule.at.file ? best : nullptr;
    best = &rule;
    most = exact;
  }
  if (rival == nullptr) return best;
  return fail({ErrorCode::ambiguous,
               "two rules are as exact for " + in_quotes(cell.subject) + ", " + in_quotes(cell.quantity),
               place_of(best->at),
               "the other is at " + place_of(rival->at),
               {}});
}

std::string SeedTables::document_of(const SeedObservation& cell) const {
  if (!cell.document.empty()) return cell.document;
  for (const SeedSection& section : catalog().seed_sections)
    if (section.id == cell.section) return section.document;
  return {};
}

const SeedCell& SeedTables::evaluate(Slot& slot) {
  if (slot.state != State::fresh) return slot.cell;
  slot.state = State::busy;
  work_out(slot.cell);
  slot.state = State::done;
  return slot.cell;
}

/// From the rule to our figure and its class.
void SeedTables::work_out(SeedCell& cell) {
  cell.text = cell.printed->value;
  const Result<const SeedRule*> rule = rule_for(*cell.printed);
  if (!rule) {
    cell.fault = rule.error();
    return;
  }
  cell.rule = *rule;
  if (cell.rule == nullptr) return;
  std::optional<Error> fault = take_inputs(cell);
  if (!fault) fault = apply_formula(cell);
  if (!fault) fault = put_speeds_beside(cell);
  if (!fault) fault = fill_reason(cell);
  // What an override moves away from the printed figure needs no reason: the override is it.
  if (!fault && overrides_.empty() && cell.found == SeedClass::different && cell.rule->reason.empty())
    fault = Error{ErrorCode::invalid_input,
                  "ours is " + in_quotes(cell.text) + ", printed is " + in_quotes(cell.printed->value) +
                      ", and no reason is given",
                  "",
                  "say why in the column reason: an I-number, a corrected fact, a rounding",
                  {}};
  if (!fault) return;
  if (fault->where.empty()) fault->where = place_of(cell.rule->at);
  cell.fault = std::move(fault);
  cell.found.reset();
}

Result<std::string> SeedTables::with_names(std::string_view text, const SeedObservation& cell) const {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '$') {
      out += text[at++];
      continue;
    }
    std::size_t end = ++at;
    while (end < text.size() && is_name_char(text[end])) ++end;
    const std::string_view name = text.substr(at, end - at);
    const SeedName* best = nullptr;
    int most = -1;
    std::vector<std::string> known;
    for (const SeedName& candidate : catalog().seed_names) {
      if (candidate.section != cell.section && candidate.section != "*") continue;
      const bool of_subject = candidate.printed == cell.subject;
      if (!of_subject && candidate.printed != cell.quantity) continue;
      known.push_back(candidate.name);
      const int exact = (candidate.section == "*" ? 0 : 2) + (of_subject ? 1 : 0);
      if (candidate.name != name || exact < most) continue;
      best = &candidate;
      most = exact;
    }
    if (best == nullptr)
      return fail(
          {ErrorCode::not_found,
           "neither " + in_quotes(cell.subject) + " nor " + in_quotes(cell.quantity) + " has a $" + std::string(name),
           "",
           "add a row to seeds/names-*.csv: " + cell.section + "," + cell.subject + "," + std::string(name) + ",VALUE",
           nearest_names(name, known)});
    out += best->value;
    at = end;
  }
  return out;
}

}  // namespace rigwise
