// How a cell of the seeds gets its figures: inputs, formula, class, and the prediction beside a printed speed.
#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "verbs/formula.h"
#include "verbs/seeds/cost_plan.h"
#include "verbs/seeds/printed.h"
#include "verbs/seeds/table.h"

namespace rigwise {
namespace {

constexpr std::string_view kClaim = "claim:", kCost = "cost:";
constexpr int kReasonDigits = 3;

std::string cell_name(const SeedObservation& cell) { return cell.section + "/" + cell.subject + "/" + cell.quantity; }

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

/// The inputs that are numbers, by name.
Symbols numbers_of(const SeedCell& cell) {
  Symbols numbers;
  for (const SeedInput& input : cell.inputs)
    if (input.value.number) numbers[input.name] = *input.value.number;
  return numbers;
}

double of_figure(const PrintedFigure& figure, std::string_view end) {
  return end == "low" ? figure.low : end == "high" ? figure.high : figure.middle();
}

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

/// The printed words where they hold; else "no", and the figure of the formula's second part: "no: 34.72".
std::string claim_text(const SeedCell& cell, bool holds, int digits) {
  if (holds) return cell.printed->value;
  return cell.values.size() > 1 && cell.values[1] ? "no: " + grouped(*cell.values[1], digits) : "no";
}

/// Whether a formula uses an input; an empty one uses them all. Others serve the reason.
bool speaks_of(std::string_view formula, std::string_view name) {
  if (formula.empty()) return true;
  const auto is_part = [&](std::size_t at) {
    return at < formula.size() && ((formula[at] >= 'a' && formula[at] <= 'z') || formula[at] == '_' ||
                                   (formula[at] >= '0' && formula[at] <= '9'));
  };
  for (std::size_t at = formula.find(name); at != std::string_view::npos; at = formula.find(name, at + 1))
    if (!(at > 0 && is_part(at - 1)) && !is_part(at + name.size())) return true;
  return false;
}

/// A record's words against the printed ones.
bool same_words(const std::string& ours, const std::string& printed) { return fold_name(ours) == fold_name(printed); }

}  // namespace

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
    Result<SeedValue> value = this->value(*spec, *cell.printed, numbers_of(cell));
    if (!value) return value.error();
    cell.inputs.push_back({text.name, std::move(*spec), std::move(*value)});
  }
  return std::nullopt;
}

Result<SeedValue> SeedTables::value(std::string_view spec, const SeedObservation& here, const Symbols& bound) {
  if (spec.starts_with("cell:")) return table_value(true, spec.substr(5), here);
  if (spec.starts_with("printed:")) return table_value(false, spec.substr(8), here);
  if (spec.starts_with(kCost)) return planned_cost(bindings_.house(), spec.substr(kCost.size()), bound);
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
      value.number = cell.values[index];
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

/// Without a formula: words, or the inputs themselves.
bool SeedTables::take_words(SeedCell& cell) {
  if (!cell.formula.empty()) return false;
  const auto is_opinion = [](const SeedInput& input) { return input.value.kind == SeedValueKind::opinion; };
  if (std::all_of(cell.inputs.begin(), cell.inputs.end(), is_opinion)) {
    cell.found = cell.rule->expected == SeedClass::different ? SeedClass::different : SeedClass::judged;
    if (cell.found == SeedClass::different) cell.text = "-";
    return true;
  }
  const auto is_number = [](const SeedInput& input) { return input.value.number.has_value(); };
  if (std::any_of(cell.inputs.begin(), cell.inputs.end(), is_number)) return false;
  cell.text = cell.inputs[0].value.text;
  cell.found = same_words(cell.text, cell.printed->value) ? SeedClass::observed : SeedClass::different;
  return true;
}

std::optional<Error> SeedTables::take_values(SeedCell& cell) {
  if (cell.formula.empty()) {
    for (const SeedInput& input : cell.inputs)
      if (input.value.number) cell.values.push_back(input.value.number);
    return std::nullopt;
  }
  const Symbols symbols = numbers_of(cell);
  for (const std::string_view part : parts_of(cell.formula)) {
    cell.values.emplace_back();
    if (part.empty()) continue;
    const Result<double> value = evaluate_or_say(part, symbols);
    if (!value) return value.error();
    if (!std::isfinite(*value))
      return Error{ErrorCode::invalid_input, "the formula " + in_quotes(part) + " is not finite", "", "", {}};
    cell.values.back() = *value;
  }
  return std::nullopt;
}

std::optional<Error> SeedTables::apply_formula(SeedCell& cell) {
  if (take_words(cell)) return std::nullopt;
  if (std::optional<Error> fault = take_values(cell)) return fault;
  const bool is_claim = trim(cell.formula).starts_with(kClaim);
  const Result<bool> agree = all_agree(cell, is_claim);
  if (!agree) return agree.error();
  const bool is_predicted = std::any_of(cell.inputs.begin(), cell.inputs.end(), [&](const SeedInput& input) {
    return input.spec.starts_with("predict:") && speaks_of(cell.formula, input.name);
  });
  const int digits = is_predicted ? kPredictedDigits : kExactDigits;
  cell.text = is_claim ? claim_text(cell, *agree, digits) : with_values(cell.printed->value, cell.values, digits);
  const bool as_recorded =
      cell.formula.empty() && std::all_of(cell.inputs.begin(), cell.inputs.end(), [](const SeedInput& input) {
        return input.value.kind == SeedValueKind::record;
      });
  cell.found = !*agree ? SeedClass::different : as_recorded ? SeedClass::observed : SeedClass::derived;
  return std::nullopt;
}

/// Formulas in the braces of a reason: over the inputs, "ours" (the first figure), "printed_low" and "printed_high".
std::optional<Error> SeedTables::fill_reason(SeedCell& cell) {
  Symbols symbols = numbers_of(cell);
  if (!cell.values.empty() && cell.values[0]) symbols["ours"] = *cell.values[0];
  if (const std::vector<PrintedFigure> figures = printed_figures(cell.printed->value); !figures.empty()) {
    symbols["printed_low"] = figures[0].low;
    symbols["printed_high"] = figures[0].high;
  }
  std::string_view rest = cell.rule->reason;
  for (std::size_t open = rest.find('{'); open != std::string_view::npos; open = rest.find('{')) {
    const std::size_t close = std::min(rest.find('}', open), rest.size());
    const Result<double> value = evaluate_or_say(rest.substr(open + 1, close - open - 1), symbols);
    if (!value) return value.error();
    cell.reason.append(rest.substr(0, open)).append(grouped(*value, kReasonDigits));
    rest = rest.substr(std::min(close + 1, rest.size()));
  }
  cell.reason.append(rest);
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
