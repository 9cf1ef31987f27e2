#include "verbs/seeds/table.h"

#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "verbs/formula.h"
#include "verbs/seeds/printed.h"

namespace rigwise {
namespace {

constexpr std::string_view kClaim = "claim:";

std::string name_of(std::string_view section, std::string_view subject, std::string_view quantity) {
  return std::string(section) + "\n" + std::string(subject) + "\n" + std::string(quantity);
}

std::string cell_name(const SeedObservation& cell) { return cell.section + "/" + cell.subject + "/" + cell.quantity; }

std::string place_of(const CatalogLine& at) { return at.file + ":" + std::to_string(at.line); }

/// How exact a pattern is: all of it, a part, nothing.
int exactness(std::string_view pattern) {
  if (pattern == "*") return 0;
  return pattern.find('*') == std::string_view::npos ? 2 : 1;
}

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// "A/B#2.high" -> "A/B", 2, "high"
struct Pick {
  std::string_view name;
  std::size_t figure = 1;
  std::string_view end;  ///< "low", "high" or empty
};

Pick read_pick(std::string_view text) {
  Pick pick{text, 1, {}};
  for (const std::string_view end : {".low", ".high"}) {
    if (!pick.name.ends_with(end)) continue;
    pick.name.remove_suffix(end.size());
    pick.end = end.substr(1);
    break;
  }
  const std::size_t mark = pick.name.rfind('#');
  if (mark == std::string_view::npos || mark + 2 != pick.name.size()) return pick;
  const char digit = pick.name[mark + 1];
  if (digit < '1' || digit > '9') return pick;
  pick.figure = static_cast<std::size_t>(digit - '0');
  pick.name = pick.name.substr(0, mark);
  return pick;
}

double of_figure(const PrintedFigure& figure, std::string_view end) {
  return end == "low" ? figure.low : end == "high" ? figure.high : figure.middle();
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

bool SeedTables::matches(std::string_view pattern, std::string_view printed) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == printed;
  if (!printed.starts_with(pattern.substr(0, star))) return false;
  const std::string_view rest = pattern.substr(star + 1);
  printed.remove_prefix(star);
  for (std::size_t i = 0; i <= printed.size(); ++i)
    if (matches(rest, printed.substr(i))) return true;
  return false;
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
  if (!fault && cell.found == SeedClass::different && cell.rule->reason.empty())
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

std::optional<Error> SeedTables::take_inputs(SeedCell& cell) {
  Result<std::string> formula = with_names(cell.rule->formula, *cell.printed);
  if (!formula) return formula.error();
  cell.formula = std::move(*formula);
  const Result<std::vector<SeedInputText>> texts = read_inputs(cell.rule->inputs);
  if (!texts) return texts.error();
  for (const SeedInputText& text : *texts) {
    Result<std::string> spec = with_names(text.spec, *cell.printed);
    if (!spec) return spec.error();
    // "." stands for this cell's own subject or quantity; what is shown and overridden is the whole name.
    for (const std::string_view kind : {"cell:", "printed:"}) {
      if (!spec->starts_with(kind)) continue;
      const std::string rest = spec->substr(kind.size());
      if (rest.starts_with("./")) *spec = std::string(kind) + cell.printed->subject + rest.substr(1);
      if (spec->ends_with("/.")) *spec = spec->substr(0, spec->size() - 1) + cell.printed->quantity;
    }
    const auto stand_in = overrides_.find(*spec);
    if (stand_in != overrides_.end()) {
      used_.insert(*spec);
      cell.inputs.push_back({text.name, *spec, {stand_in->second, "", SeedValueKind::premise, "as the request says"}});
      continue;
    }
    Result<SeedValue> value = this->value(*spec, *cell.printed);
    if (!value) return value.error();
    cell.inputs.push_back({text.name, std::move(*spec), std::move(*value)});
  }
  return std::nullopt;
}

Result<SeedValue> SeedTables::value(std::string_view spec, const SeedObservation& here) {
  if (spec.starts_with("cell:")) return table_value(true, spec.substr(5), here);
  if (spec.starts_with("printed:")) return table_value(false, spec.substr(8), here);
  return bindings_.value(spec, document_of(here));
}

/// "SUBJECT/QUANTITY" or "SECTION/SUBJECT/QUANTITY". Both may hold slashes: whatever cut names a cell is meant.
Result<SeedValue> SeedTables::table_value(bool ours, std::string_view rest, const SeedObservation& here) {
  for (const Pick& pick : {Pick{rest, 1, {}}, read_pick(rest)}) {
    for (std::size_t slash = pick.name.find('/'); slash != std::string_view::npos;
         slash = pick.name.find('/', slash + 1)) {
      const std::string_view left = pick.name.substr(0, slash), right = pick.name.substr(slash + 1);
      if (Slot* slot = find(here.section, left, right)) return figure_of(*slot, ours, rest.substr(pick.name.size()));
      if (by_section_.find(left) == by_section_.end()) continue;
      for (std::size_t next = right.find('/'); next != std::string_view::npos; next = right.find('/', next + 1))
        if (Slot* slot = find(left, right.substr(0, next), right.substr(next + 1)))
          return figure_of(*slot, ours, rest.substr(pick.name.size()));
    }
  }
  return fail(unknown_cell(here.section, rest));
}

Result<SeedValue> SeedTables::figure_of(Slot& slot, bool ours, std::string_view pick_text) {
  const std::string whole = "x" + std::string(pick_text);
  const Pick pick = read_pick(whole);
  const SeedObservation& printed = *slot.cell.printed;
  const std::vector<PrintedFigure> figures = printed_figures(printed.value);
  SeedValue value{std::nullopt, printed.value, ours ? SeedValueKind::cell : SeedValueKind::premise, cell_name(printed)};
  if (ours) {
    if (slot.state == State::busy)
      return fail({ErrorCode::invalid_input,
                   in_quotes(cell_name(printed)) + " would need itself",
                   "",
                   "cells may not go round in a circle",
                   {}});
    const SeedCell& cell = evaluate(slot);
    if (cell.fault)
      return fail({ErrorCode::invalid_input,
                   "the cell " + in_quotes(cell_name(printed)) + " has a fault: " + cell.fault->message,
                   cell.fault->where,
                   cell.fault->try_this,
                   {}});
    const bool ends = cell.values.size() == 2 && figures.size() == 1;
    const std::size_t index = ends ? (pick.end == "high" ? 1 : 0) : pick.figure - 1;
    if (index < cell.values.size() && cell.values[index]) {
      value.number = *cell.values[index];
      if (ends && pick.end.empty()) value.number = (*cell.values[0] + *cell.values[1]) / 2;
      return value;
    }
    if (!cell.values.empty() && cell.found != SeedClass::judged)
      return invalid(in_quotes(cell_name(printed)) + " has no figure " + std::to_string(pick.figure));
  }
  if (pick.figure > figures.size())
    return invalid(in_quotes(cell_name(printed)) + " prints " + std::to_string(figures.size()) +
                   " figures: " + in_quotes(printed.value));
  value.number = of_figure(figures[pick.figure - 1], pick.end);
  return value;
}

namespace {

/// The formula's parts, one a figure; an empty one says nothing of its figure.
std::vector<std::string_view> parts_of(std::string_view formula) {
  formula = trim(formula);
  if (formula.starts_with(kClaim)) formula.remove_prefix(kClaim.size());
  std::vector<std::string_view> parts;
  for (const std::string_view part : split(formula, ';')) parts.push_back(trim(part));
  return parts;
}

/// Whether all our values are the printed ones.
Result<bool> all_agree(const SeedCell& cell, bool is_claim) {
  if (is_claim) return cell.values[0] && *cell.values[0] >= 0.5;
  const std::vector<PrintedFigure> figures = printed_figures(cell.printed->value);
  if (figures.size() == 1 && figures[0].is_range() && cell.values.size() == 2 && cell.values[0] && cell.values[1])
    return agrees(figures[0], *cell.values[0], *cell.values[1]);
  bool same = true;
  for (std::size_t i = 0; i < cell.values.size(); ++i) {
    if (!cell.values[i]) continue;
    if (i >= figures.size())
      return invalid("the formula has " + std::to_string(cell.values.size()) + " parts, " +
                         in_quotes(cell.printed->value) + " prints " + std::to_string(figures.size()) + " figures",
                     "", "one part a figure, ';' between; \"claim: ...\" for words that say something is so");
    same = same && agrees(figures[i], *cell.values[i]);
  }
  return same;
}

/// A record's words against the printed ones.
bool same_words(const std::string& ours, const std::string& printed) { return fold_name(ours) == fold_name(printed); }

}  // namespace

std::optional<Error> SeedTables::apply_formula(SeedCell& cell) {
  const SeedRule& rule = *cell.rule;
  const auto is_opinion = [](const SeedInput& input) { return input.value.kind == SeedValueKind::opinion; };
  const bool is_claim = trim(rule.formula).starts_with(kClaim);
  if (rule.formula.empty() && std::all_of(cell.inputs.begin(), cell.inputs.end(), is_opinion)) {
    cell.found = rule.expected == SeedClass::different ? SeedClass::different : SeedClass::judged;
    if (cell.found == SeedClass::different) cell.text = "-";
    return std::nullopt;
  }
  const bool all_words =
      std::all_of(cell.inputs.begin(), cell.inputs.end(), [](const SeedInput& input) { return !input.value.number; });
  if (rule.formula.empty() && all_words) {
    cell.text = cell.inputs[0].value.text;
    cell.found = same_words(cell.text, cell.printed->value) ? SeedClass::observed : SeedClass::different;
    return std::nullopt;
  }
  Symbols symbols;
  std::vector<std::string> names;
  bool records_only = rule.formula.empty();
  for (const SeedInput& input : cell.inputs) {
    if (!input.value.number) continue;
    symbols[input.name] = *input.value.number;
    names.push_back(input.name);
    records_only = records_only && input.value.kind == SeedValueKind::record;
  }
  if (rule.formula.empty()) {
    for (const std::string& name : names) cell.values.emplace_back(symbols[name]);
  } else {
    for (const std::string_view part : parts_of(cell.formula)) {
      if (part.empty()) {
        cell.values.emplace_back();
        continue;
      }
      const Result<double> value = evaluate_or_say(part, symbols);
      if (!value) return value.error();
      if (!std::isfinite(*value))
        return Error{ErrorCode::invalid_input, "the formula " + in_quotes(part) + " is not finite", "", "", {}};
      cell.values.emplace_back(*value);
    }
  }
  const Result<bool> agree = all_agree(cell, is_claim);
  if (!agree) return agree.error();
  cell.text = is_claim ? (*agree ? cell.printed->value : "no") : with_values(cell.printed->value, cell.values);
  cell.found = !*agree ? SeedClass::different : records_only ? SeedClass::observed : SeedClass::derived;
  return std::nullopt;
}

std::optional<Error> SeedTables::put_speeds_beside(SeedCell& cell) {
  if (trim(cell.rule->speed).empty()) return std::nullopt;
  const std::vector<PrintedFigure> figures = printed_figures(cell.printed->value);
  const std::vector<std::string_view> specs = split(cell.rule->speed, ';');
  for (std::size_t i = 0; i < specs.size(); ++i) {
    if (trim(specs[i]).empty()) continue;
    if (i >= figures.size() || figures[i].low <= 0)
      return Error{ErrorCode::invalid_input,
                   in_quotes(cell.printed->value) + " prints no speed for " + in_quotes(specs[i]),
                   "",
                   "",
                   {}};
    const Result<std::string> spec = with_names(trim(specs[i]), *cell.printed);
    if (!spec) return spec.error();
    const Result<Json>& beside = bindings_.speed(*spec, figures[i].low, figures[i].high);
    if (!beside) return beside.error();
    cell.speeds.push_back(*beside);
  }
  return std::nullopt;
}

}  // namespace rigwise
