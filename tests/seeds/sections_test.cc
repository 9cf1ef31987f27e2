// Each section of the seed documents, regenerated from catalog and verbs: one test a section.
#include <gmock/gmock.h>

#include <cctype>
#include <set>

#include "seeds_for_tests.h"
#include "verbs/seeds/report.h"

namespace rigwise {
namespace {

constexpr std::size_t kSections = 87;

std::vector<std::string> section_ids() {
  std::vector<std::string> ids;
  for (const SeedSection& section : seeds_house().catalog.seed_sections) ids.push_back(section.id);
  return ids;
}

class SeedTable : public testing::TestWithParam<std::string> {
 protected:
  const SeedSection& section() const {
    for (const SeedSection& known : seeds_house().catalog.seed_sections)
      if (known.id == GetParam()) return known;
    ADD_FAILURE() << GetParam();
    return seeds_house().catalog.seed_sections.front();
  }
};

std::string words_of(const SeedSectionResult& result) {
  std::string words;
  for (const std::string& why : result.why_not) words += why + "\n";
  for (const Error& fault : result.faults) words += fault.where + ": " + fault.message + "\n";
  return words;
}

TEST_P(SeedTable, ComesOutOfTheCatalog) {
  SeedBindings bindings(seeds_house());
  SeedTables tables(bindings);
  const SeedSectionResult result = regenerate(tables, section());
  EXPECT_TRUE(result.passes()) << words_of(result);
  EXPECT_EQ(result.derived + result.observed + result.judged + result.different + result.open,
            static_cast<int>(result.cells.size()));
}

/// Whether the section looks any different from what it was.
bool has_moved(SeedTables& tables, const std::string& id,
               const std::vector<std::vector<std::optional<double>>>& before) {
  const std::vector<const SeedCell*> cells = tables.cells(id);
  for (std::size_t i = 0; i < cells.size(); ++i)
    if (cells[i]->values != before[i]) return true;
  return false;
}

TEST_P(SeedTable, MovesWithEveryInputOfADerivedCell) {
  SeedBindings bindings(seeds_house());
  SeedTables tables(bindings);
  std::vector<std::vector<std::optional<double>>> before;
  std::vector<std::pair<std::string, double>> inputs;
  for (const SeedCell* cell : tables.cells(GetParam())) {
    before.push_back(cell->values);
    if (cell->found != SeedClass::derived) continue;
    for (const SeedInput& input : cell->inputs)
      if (input.value.number) inputs.emplace_back(input.spec, *input.value.number);
  }
  for (const auto& [spec, value] : inputs) {
    // A truth (0 or 1) changes sides; a figure moves by a tenth.
    const bool is_truth = value == 0 || (value == 1 && spec.starts_with("fit:"));
    tables.override_inputs({{spec, is_truth ? 1 - value : value * 1.1}});
    EXPECT_TRUE(has_moved(tables, GetParam(), before)) << spec << " = " << value << " moves nothing";
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, SeedTable, testing::ValuesIn(section_ids()), [](const auto& seed) {
  std::string name = seed.param;
  for (char& c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  return name;
});

TEST(SeedTables, AreAllThere) {
  const std::vector<std::string> ids = section_ids();
  EXPECT_EQ(ids.size(), kSections);
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), kSections);
}

TEST(SeedTables, HaveRulesForKnownSectionsOnly) {
  const std::vector<std::string> ids = section_ids();
  for (const SeedRule& rule : seeds_house().catalog.seed_rules)
    EXPECT_THAT(ids, testing::Contains(rule.section)) << rule.at.file << ":" << rule.at.line;
  for (const SeedObservation& cell : seeds_house().catalog.seed_observations) {
    if (cell.section == "quants") continue;
    EXPECT_THAT(ids, testing::Contains(cell.section));
  }
}

TEST(SeedConflicts, AreWhatTheirTableSays) {
  SeedBindings bindings(seeds_house());
  SeedTables tables(bindings);
  EXPECT_FALSE(seeds_house().catalog.seed_conflicts.empty());
  for (const SeedConflict& conflict : seeds_house().catalog.seed_conflicts) {
    const SeedConflictResult result = try_conflict(tables, seeds_house(), conflict);
    EXPECT_TRUE(result.holds) << conflict.id << ": " << testing::PrintToString(conflict.by) << " gave "
                              << testing::PrintToString(result.found);
  }
}

}  // namespace
}  // namespace rigwise
