// The advice for the four example needs beside an expert's shortlists, written without running the program
// (docs/advice.md; shortlists.csv beside this file). A row with words in `differs` is one where we differ and say why:
// it must really differ, or the words go.
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "codec/csv.h"
#include "codec/toml_needs.h"
#include "core/base/text.h"
#include "core/facts/setup.h"
#include "host/catalog_io/load.h"
#include "verbs/verbs.h"

namespace rigwise {
namespace {

constexpr int kUsualTop = 8;

struct Row {
  std::string need, kind, what, reason, differs;
  int within_top = kUsualTop;
};

std::string file_text(const std::string& path) {
  std::ifstream file(RIGWISE_SOURCE_DIR "/" + path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<Row> rows() {
  const std::string text = file_text("tests/advice/shortlists.csv");
  std::vector<Diagnostic> faults;
  CsvTable table(text, "shortlists.csv", {"need", "kind", "what", "within_top", "reason", "differs"}, {}, true, faults);
  std::vector<Row> rows;
  while (table.next()) {
    Row row{table.text(0), table.text(1), table.text(2), table.text(4), table.text(5)};
    row.within_top = static_cast<int>(table.number(3, 1, 50).value_or(kUsualTop));
    rows.push_back(std::move(row));
  }
  EXPECT_TRUE(faults.empty());
  return rows;
}

const House& house() {
  static const House kHouse = [] {
    Result<LoadedCatalog> loaded = load_catalog({});
    EXPECT_TRUE(loaded);
    return loaded ? House{std::move(loaded->catalog), std::move(loaded->calibration)} : House{};
  }();
  return kHouse;
}

const Json& advice_for(const std::string& need, int limit) {
  static std::map<std::pair<std::string, int>, Json> answers;
  const auto known = answers.find({need, limit});
  if (known != answers.end()) return known->second;
  const Result<NeedsFile> needs = parse_needs_toml(file_text("examples/needs-" + need + ".toml"), need);
  EXPECT_TRUE(needs) << need;
  const Result<Json> answer = run_verb(house(), "advise", {{"needs", needs->object}, {"limit", limit}});
  EXPECT_TRUE(answer) << need;
  return answers[{need, limit}] = *answer;
}

/// "a + b" in any order.
std::string in_order(const std::string& setup) {
  std::vector<std::string> parts;
  for (const std::string_view part : split(setup, '+')) parts.emplace_back(trim(part));
  std::sort(parts.begin(), parts.end());
  return join(parts, " + ");
}

/// Places of the options that the row speaks of, from 1.
std::vector<int> places_of(const Row& row, const Json& options) {
  std::vector<std::string> named;
  for (const std::string_view setup : split(row.what, '|')) named.push_back(in_order(std::string(setup)));
  std::vector<int> places;
  for (const Json& option : options) {
    const std::string setup = in_order(option["setup"].get<std::string>());
    if (std::find(named.begin(), named.end(), setup) != named.end()) places.push_back(option["rank"].get<int>());
  }
  return places;
}

bool holds(const Row& row) {
  const Json options = advice_for(row.need, row.within_top)["options"];
  const std::vector<int> places = places_of(row, options);
  if (row.kind == "must_include") return !places.empty();
  if (row.kind == "must_not_lead") return places.empty() || places.front() != 1;
  if (row.kind == "must_not_show") return places.empty();
  return row.kind == "may_include";
}

std::string shown(const Row& row) {
  std::string text;
  for (const Json& option : advice_for(row.need, row.within_top)["options"])
    text += option["rank"].dump() + " " + option["setup"].get<std::string>() + "\n";
  return text;
}

TEST(ExpertShortlists, AreWhatAdviseAnswers) {
  for (const Row& row : rows())
    EXPECT_EQ(holds(row), row.differs.empty())
        << row.need << " " << row.kind << " " << row.what << "\nbecause " << row.reason << "\nshown:\n"
        << shown(row);
}

TEST(ExpertShortlists, NameOnlyWhatTheCatalogKnows) {
  for (const Row& row : rows())
    for (const std::string_view setup : split(row.what, '|'))
      EXPECT_TRUE(parse_setup(house().catalog, setup)) << row.need << ": " << setup;
}

/// What any honest answer keeps, whatever it recommends.
TEST(HonestAdvice, KeepsBudgetAndNoise) {
  const std::vector<std::string> noises = {"silent", "quiet", "audible", "loud", "very_loud"};
  const std::map<std::string, std::pair<double, int>> limits = {
      {"hobbyist", {4000, 3}}, {"company", {25000, 3}}, {"coop", {100000, 1}}, {"agents", {15000, 2}}};
  for (const auto& [need, limit] : limits) {
    const Json options = advice_for(need, kUsualTop)["options"];
    ASSERT_FALSE(options.empty()) << need;
    for (const Json& option : options) {
      EXPECT_LE(option["price"].get<double>(), limit.first) << need << " " << option["setup"];
      const auto noise = std::find(noises.begin(), noises.end(), option["noise"].get<std::string>());
      EXPECT_LE(noise - noises.begin(), limit.second) << need << " " << option["setup"];
    }
  }
}

TEST(HonestAdvice, MeetsTheMinimumAtTheLowerEndOfTheBand) {
  for (const char* need : {"hobbyist", "company", "coop", "agents"}) {
    const Json options = advice_for(need, kUsualTop)["options"];
    for (const Json& option : options) {
      EXPECT_TRUE(option["meets_minimum"].get<bool>()) << need << " " << option["setup"];
      for (const Json& target : option["targets"])
        EXPECT_GE(target["decode"]["low"].get<double>(), target["minimum_tokens_per_s"].get<double>())
            << need << " " << option["setup"] << " " << target["name"];
    }
  }
}

TEST(HonestAdvice, CostsBuyingNothingAndSaysThatItIsCheaper) {
  // The expert's upper limits of an API's month, in the currency of the needs.
  const std::map<std::string, double> most = {{"hobbyist", 10}, {"company", 100}, {"coop", 250}, {"agents", 84}};
  for (const auto& [need, limit] : most) {
    const Json answer = advice_for(need, kUsualTop);
    EXPECT_LT(answer["do_not_buy"]["per_month"].get<double>(), limit) << need;
    EXPECT_GT(answer["do_not_buy"]["per_month"].get<double>(), 0) << need;
    EXPECT_THAT(answer["answer"].get<std::string>(), testing::HasSubstr("Or buy nothing")) << need;
    EXPECT_THAT(answer["do_not_buy"]["verdict"].get<std::string>(), testing::HasSubstr("By money alone, do not buy"));
    EXPECT_TRUE(answer["do_not_buy"]["subscription"].is_object()) << need;
  }
}

TEST(HonestAdvice, ShowsMoreThanOneRoadToTheHobbyist) {
  bool apple = false, other = false;
  const Json options = advice_for("hobbyist", 6)["options"];
  for (const Json& option : options) {
    const std::string setup = option["setup"].get<std::string>();
    (setup.find("apple") != std::string::npos ? apple : other) = true;
  }
  EXPECT_TRUE(apple);
  EXPECT_TRUE(other);
}

TEST(HonestAdvice, LetsTheDevelopersOfTheCompanyWaitLessThanTenSeconds) {
  const Json options = advice_for("company", kUsualTop)["options"];
  for (const Json& target : options[0]["targets"]) {
    EXPECT_LT(target["ttft_s"]["value"].get<double>(), 10) << target["name"];
    ASSERT_TRUE(target["busiest_hour"].is_object()) << target["name"];
    EXPECT_LT(target["busiest_hour"]["ttft_p95_s"].get<double>(), 10) << target["name"];
  }
  EXPECT_EQ(options[0]["targets"].size(), 4U) << "fast, standard, premium and coding";
}

TEST(HonestAdvice, HasTimeForAllAgentsAtTheMiddleOfItsBands) {
  const Json options = advice_for("agents", kUsualTop)["options"];
  for (const Json& pool : options[0]["memory"]) {
    EXPECT_LT(pool["busy"].get<double>(), 1);
    EXPECT_LE(pool["used_gb"].get<double>(), pool["available_gb"].get<double>());
  }
}

}  // namespace
}  // namespace rigwise
