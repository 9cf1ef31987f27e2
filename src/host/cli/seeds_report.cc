#include "host/cli/seeds_report.h"

#include <algorithm>
#include <ostream>

#include "core/base/text.h"
#include "host/cli/say.h"

namespace rigwise {
namespace {

std::string percent(const Json& share) { return fixed(100 * share.get<double>(), 0) + " %"; }

std::string class_of(const Json& cell) {
  if (cell["fault"].is_object()) return "fault";
  if (cell["expected_class"].is_null()) return "no rule";
  const std::string found = text_of(cell, "class");
  return found == text_of(cell, "expected_class") ? found : found + ", not " + text_of(cell, "expected_class");
}

bool is_word(const Json& cell, const char* word) { return text_of(cell, "class") == word; }

/// What a mark behind a figure says; nothing behind a derived one.
std::string mark_of(const Json& cell) {
  if (cell["class"].is_null()) return "?";
  if (is_word(cell, "observed")) return "'";
  if (is_word(cell, "judged")) return "\"";
  return is_word(cell, "different") ? "*" : "";
}

std::string ours_of(const Json& cell) {
  return cell["class"].is_null() ? text_of(cell, "printed") : text_of(cell["ours"], "text");
}

/// Rows of the document that have columns in common stand in one table.
struct Block {
  std::vector<std::string> subjects, quantities;
  std::vector<const Json*> cells;
};

bool holds(const std::vector<std::string>& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

std::vector<Block> blocks_of(const Json& cells) {
  std::vector<Block> blocks;
  std::string subject;
  for (const Json& cell : cells) {
    const std::string quantity = text_of(cell, "quantity");
    const bool same_row = !blocks.empty() && text_of(cell, "subject") == subject;
    if (!same_row && (blocks.empty() || !holds(blocks.back().quantities, quantity))) blocks.emplace_back();
    Block& block = blocks.back();
    subject = text_of(cell, "subject");
    if (!holds(block.subjects, subject)) block.subjects.push_back(subject);
    if (!holds(block.quantities, quantity)) block.quantities.push_back(quantity);
    block.cells.push_back(&cell);
  }
  return blocks;
}

const Json* cell_at(const Block& block, const std::string& subject, const std::string& quantity) {
  for (const Json* cell : block.cells)
    if (text_of(*cell, "subject") == subject && text_of(*cell, "quantity") == quantity) return cell;
  return nullptr;
}

/// The document's own layout; a second line gives the seed's figures where ours differ.
Table as_document(const Block& block) {
  Table table;
  table.columns.push_back({"", false, false});
  for (const std::string& quantity : block.quantities) table.columns.push_back({quantity, true, false});
  for (const std::string& subject : block.subjects) {
    std::vector<std::string> row = {subject}, seed = {"  the seed"};
    bool differs = false;
    for (const std::string& quantity : block.quantities) {
      const Json* cell = cell_at(block, subject, quantity);
      row.push_back(cell == nullptr ? "" : ours_of(*cell) + mark_of(*cell));
      const bool other = cell != nullptr && is_word(*cell, "different");
      seed.push_back(other ? text_of(*cell, "printed") + " " : "");
      differs = differs || other;
    }
    table.rows.push_back(std::move(row));
    if (differs) table.rows.push_back(std::move(seed));
  }
  return table;
}

/// One line a cell, for what is too wide.
Table as_list(const std::vector<const Json*>& cells) {
  constexpr int kNameWidth = 28;  // names up to here are shown whole
  int subjects = 0, quantities = 0;
  for (const Json* cell : cells) {
    subjects = std::max(subjects, display_width(text_of(*cell, "subject")));
    quantities = std::max(quantities, display_width(text_of(*cell, "quantity")));
  }
  Table table;
  table.columns = {{"", false, subjects > kNameWidth},
                   {"", false, quantities > kNameWidth},
                   {"ours", true, true},
                   {"the seed", true, true},
                   {"class", false, false}};
  std::string subject;
  for (const Json* cell : cells) {
    const bool is_open = cell->at("class").is_null();
    const std::string printed = text_of(*cell, "printed");
    const bool again = text_of(*cell, "subject") == subject;
    subject = text_of(*cell, "subject");
    table.rows.push_back({again ? "" : subject, text_of(*cell, "quantity"), is_open ? "" : ours_of(*cell),
                          !is_open && printed == ours_of(*cell) ? "" : printed, class_of(*cell)});
  }
  return table;
}

int natural_width(const Table& table) {
  const std::string text = table.as_text(1 << 20);
  int widest = 0;
  for (const std::string_view line : split(text, '\n')) widest = std::max(widest, display_width(std::string(line)));
  return widest;
}

std::string name_of(const Json& cell) { return text_of(cell, "subject") + ", " + text_of(cell, "quantity"); }

void print_speeds(const Console& console, const Json& cells) {
  Table table;
  table.columns = {{"speed", false, true},
                   {"the seed", true, false},
                   {"predicted (80 %)", true, false},
                   {"check says", false, false}};
  for (const Json& cell : cells) {
    for (const Json& speed : cell["speeds"]) {
      const Json& claimed = speed["claimed"];
      const std::string high = say_number(claimed["high"], 5);
      std::string range = say_number(claimed["low"], 5);
      if (range != high) range.append("-").append(high);
      table.rows.push_back({name_of(cell), range,
                            speed["prediction"].is_null() ? "-" : say_estimate(speed["prediction"]),
                            speed["verdict"].is_null() ? "-" : text_of(speed, "verdict")});
    }
  }
  if (table.rows.empty()) return;
  *console.out << "\n";
  console.print(table);
}

void print_fault(const Console& console, const Json& fault) {
  std::string text = "fault: " + text_of(fault, "where") + ": " + text_of(fault, "message");
  if (!fault["try"].is_null()) text += "; " + text_of(fault, "try");
  std::vector<std::string> near;
  for (const Json& name : fault["did_you_mean"]) near.push_back("\"" + name.get<std::string>() + "\"");
  if (!near.empty()) text += "; did you mean " + join(near, ", ") + "?";
  console.print_wrapped(text, 2);
}

/// Why cells differ, one paragraph a reason.
void print_reasons(const Console& console, const Json& section) {
  std::vector<std::pair<std::string, std::string>> reasons;  // the reason, the cells
  for (const Json& cell : section["cells"]) {
    if (!is_word(cell, "different") || cell["reason"].is_null()) continue;
    const std::string reason = text_of(cell, "reason");
    const auto known = std::find_if(reasons.begin(), reasons.end(), [&](const auto& r) { return r.first == reason; });
    if (known == reasons.end()) {
      reasons.emplace_back(reason, name_of(cell));
    } else {
      known->second += "; " + name_of(cell);
    }
  }
  for (const auto& [reason, cells] : reasons) {
    std::string line = "* ";
    console.print_wrapped(line.append(cells).append(": ").append(reason), 2);
  }
  for (const Json& fault : section["faults"]) print_fault(console, fault);
}

std::string verdict_of(const Json& section) {
  std::vector<std::string> why;
  for (const Json& reason : section["why_not"]) why.push_back(reason.get<std::string>());
  return why.empty() ? "passes" : "does not pass: " + join(why, "; ");
}

}  // namespace

Table seeds_summary(const Json& response) {
  Table table;
  table.columns = {{"section", false, false},  {"title", false, true},    {"cells", true, false},
                   {"derived", true, false},   {"observed", true, false}, {"judged", true, false},
                   {"different", true, false}, {"share", true, false},    {"passes", false, false}};
  for (const Json& section : response["sections"]) {
    const Json& counts = section["counts"];
    std::vector<std::string> row = {text_of(section, "section"), text_of(section, "title")};
    for (const char* key : {"cells", "derived", "observed", "judged", "different"})
      row.push_back(std::to_string(counts[key].get<int>()));
    row.push_back(percent(section["derived_share"]));
    row.emplace_back(section["passes"].get<bool>() ? "yes" : "no");
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table conflicts_table(const Json& response) {
  Table table;
  table.columns = {{"id", false, false},
                   {"sections", false, true},
                   {"outcome", false, false},
                   {"by", false, true},
                   {"why", false, true}};
  for (const Json& conflict : response["conflicts"]) {
    std::vector<std::string> sections, by;
    for (const Json& section : conflict["sections"]) sections.push_back(section.get<std::string>());
    for (std::size_t i = 0; i < conflict["by"].size(); ++i)
      by.push_back(conflict["by"][i].get<std::string>() + " (" + conflict["found"][i].get<std::string>() + ")");
    std::string outcome = text_of(conflict, "outcome");
    std::replace(outcome.begin(), outcome.end(), '_', ' ');
    if (!conflict["holds"].get<bool>()) outcome.insert(0, "not ");
    table.rows.push_back(
        {text_of(conflict, "id"), join(sections, ", "), outcome, join(by, "; "), text_of(conflict, "why")});
  }
  return table;
}

void print_seed_section(const Console& console, const Json& section, bool diff) {
  *console.out << console.strong(text_of(section, "section") + " " + text_of(section, "title")) << "\n";
  console.print_wrapped(text_of(section, "document") + ", lines " + text_of(section, "lines"));
  *console.out << "\n";
  const std::vector<Block> blocks = blocks_of(section["cells"]);
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const Table document = as_document(blocks[i]);
    const bool fits = !diff && natural_width(document) <= console.width;
    if (i > 0 && !diff) *console.out << "\n";
    console.print(fits || blocks[i].cells.empty() ? document : as_list(blocks[i].cells));
  }
  print_speeds(console, section["cells"]);
  if (!section["cells"].empty()) *console.out << "\n";
  print_reasons(console, section);
  const Json& counts = section["counts"];
  std::string line = "derived " + std::to_string(counts["derived"].get<int>()) + " of " +
                     std::to_string(counts["cells"].get<int>()) + " (" + percent(section["derived_share"]) +
                     "), observed' " + std::to_string(counts["observed"].get<int>()) + ", judged\" " +
                     std::to_string(counts["judged"].get<int>()) + ", different* " +
                     std::to_string(counts["different"].get<int>());
  if (counts["open"].get<int>() > 0) line += ", open? " + std::to_string(counts["open"].get<int>());
  console.print_wrapped(line + "; " + verdict_of(section), 2);
}

std::string seeds_page(const Json& response) {
  const Json& totals = response["totals"];
  std::string page =
      "# The seeds, regenerated\n\n"
      "Written by `rigwise seeds --format md`; a test holds it to the catalog. `rigwise seeds S0-31` prints one table "
      "beside the seed's figures, `--diff` only what differs, and docs/seeds-rules.md says how a rule is written.\n\n"
      "A cell is *derived* when a formula over catalog records and verbs gives the printed figure, *observed* when a "
      "record holds it, *judged* when it is words or a premise of the seed, *different* when ours is another figure, "
      "with the reason.\n\n";
  page += std::to_string(totals["passing"].get<int>()) + " of " + std::to_string(totals["sections"].get<int>()) +
          " sections pass; " + std::to_string(totals["derived"].get<int>()) + " of " +
          std::to_string(totals["cells"].get<int>()) + " cells are derived.\n\n";
  page += seeds_summary(response).as_markdown();
  std::string open;
  for (const Json& section : response["sections"])
    if (!section["passes"].get<bool>()) open += "- " + text_of(section, "section") + " " + verdict_of(section) + "\n";
  if (!open.empty()) page += "\n## Sections that do not pass\n\n" + open;
  if (!response["conflicts"].empty())
    page +=
        "\n## The seeds' contradictions\n\n"
        "Caught: `check` refuses the claim. Corrected: a record or a regenerated cell holds the right figure.\n\n" +
        conflicts_table(response).as_markdown();
  return page;
}

}  // namespace rigwise
