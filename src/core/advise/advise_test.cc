#include "core/advise/advise.h"
#include "core/advise/hybrid.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/advise/ranking.h"
#include "core/advise/small_market_for_tests.h"
#include "core/advise/words.h"
#include "core/cost/calendar.h"

namespace rigwise {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Key;
using testing::Not;

NeedTarget target(const char* name, const char* model_class, double asked, double least, int streams = 1) {
  NeedTarget t;
  t.name = name;
  t.model_class = model_class;
  t.tokens_per_s = asked;
  t.minimum_tokens_per_s = least;
  t.streams = streams;
  t.context_tokens = 8192;
  return t;
}

class Advise : public testing::Test {
 protected:
  Advise() {
    needs.budget.max = 6000;
    needs.targets = {target("main", "coding", 30, 10)};
  }

  const Advice& advice() {
    Result<std::unique_ptr<Advice>> answer = advise(catalog, calibration, needs, settings);
    if (!answer) ADD_FAILURE() << answer.error().where << ": " << answer.error().message;
    answers.push_back(answer ? *std::move(answer) : std::make_unique<Advice>());
    return *answers.back();
  }
  Error error() {
    const Result<std::unique_ptr<Advice>> answer = advise(catalog, calibration, needs, settings);
    return answer ? Error{ErrorCode::internal, "no error", "", "", {}} : answer.error();
  }
  std::vector<std::string> setups(const std::vector<Option>& options) {
    std::vector<std::string> names;
    names.reserve(options.size());
    for (const Option& option : options) names.push_back(option.candidate.setup);
    return names;
  }

  Catalog catalog = market::catalog();
  Calibration calibration = prior_calibration();
  Needs needs;
  AdviseSettings settings;
  std::vector<std::unique_ptr<Advice>> answers;
};

/// What an answer says, without the counts of the search.
std::string essence(const Advice& advice) {
  std::string text = advice.answer + "\n";
  for (const Option& option : advice.options) {
    text += option.candidate.setup + " " + std::to_string(option.score) + " " +
            std::to_string(option.placement.probability) + "\n";
    for (const TargetAnswer& at : option.targets) {
      text += "  " + at.task->name + " " + at.run->model->id + " " + at.run->format->id + " pool " +
              std::to_string(at.pool) + " " + std::to_string(at.together.value) + "\n";
    }
    for (const std::string& words : option.reasons) text += "  + " + words + "\n";
    for (const std::string& words : option.risks) text += "  ! " + words + "\n";
  }
  for (const Option& option : advice.pareto) text += "pareto " + option.candidate.setup + "\n";
  for (const std::string& words : advice.would_change_if) text += "~ " + words + "\n";
  if (advice.hybrid) text += "hybrid " + hybrid_words(*advice.hybrid, advice) + "\n";
  return text + advice.cloud.verdict;
}

TEST_F(Advise, PrunedSearchAnswersLikeBruteForce) {
  const std::vector<std::vector<NeedTarget>> wishes = {
      {target("main", "coding", 30, 10)},
      {target("main", "coding", 60, 5), target("helpers", "fast", 15, 5, 4)},
      {target("main", "coding", 8, 4), target("helpers", "fast", 15, 8, 8), target("third", "coding", 5, 2)},
      {target("crowd", "fast", 10, 5, 20)},
  };
  for (const auto& wish : wishes) {
    needs.targets = wish;
    settings.limit = 20;
    settings.prune = false;
    const std::string brute = essence(advice());
    settings.prune = true;
    EXPECT_EQ(essence(advice()), brute);
    EXPECT_GT(answers.back()->options.size(), 2u);
  }
}

TEST_F(Advise, PrunedSearchAnswersLikeBruteForceWithExpertsInRam) {
  for (HostTemplate& host : catalog.hosts) host.ram_capacity = gib(64);
  HostTemplate roomy = market::host("roomy", 1, 850, 1400);
  roomy.ram_capacity = gib(128);
  catalog.hosts.push_back(roomy);
  for (const auto& wish : {std::vector<NeedTarget>{target("main", "coding", 30, 10)},
                           std::vector<NeedTarget>{target("main", "coding", 10, 4), target("helpers", "fast", 8, 4)}}) {
    needs.targets = wish;
    settings.limit = 20;
    settings.prune = false;
    const std::string brute = essence(advice());
    settings.prune = true;
    EXPECT_EQ(essence(advice()), brute);
  }
}

TEST_F(Advise, LeavesExpertsOfASparseModelInTheRamOfAPc) {
  needs.targets = {target("main", "", 15, 5)};
  needs.targets[0].model = "qwen3-30b-a3b";
  needs.constraints.form_factors = {BodyShape::tower};
  settings.limit = 20;
  const auto small_card = [&]() -> std::optional<Option> {
    for (const Option& option : advice().options) {
      if (option.candidate.label == "small-card") return option;
    }
    return std::nullopt;
  };
  EXPECT_FALSE(small_card()) << "18 GB of weights in 16 GiB, and nobody knows the host's RAM";
  for (HostTemplate& host : catalog.hosts) host.ram_capacity = gib(64);
  const std::optional<Option> option = small_card();
  ASSERT_TRUE(option);
  const ModelRun& run = *option->targets[0].run;
  EXPECT_GT(run.host_bytes, 2e9);
  EXPECT_LT(run.host_bytes, 6e9);
  EXPECT_LE(option->placement.used_bytes[0], option->placement.available_bytes[0]);
  EXPECT_THAT(option->reasons[0], HasSubstr("(experts in RAM)"));
  EXPECT_THAT(option->reasons[1], HasSubstr("of experts in the PC's RAM"));
  EXPECT_THAT(option->risks, Contains(HasSubstr("two channels of DDR5")));
  for (HostTemplate& host : catalog.hosts) host.ram_capacity = gib(10);
  EXPECT_FALSE(small_card()) << "2 GiB beside the system hold no experts";
}

TEST_F(Advise, PricesTheRamThatExpertsNeed) {
  for (HostTemplate& host : catalog.hosts) host.ram_capacity = gib(10);
  HostTemplate roomy = market::host("roomy", 1, 850, 1400);
  roomy.ram_capacity = gib(128);
  catalog.hosts.push_back(roomy);
  needs.targets = {target("main", "", 15, 3)};
  needs.targets[0].model = "qwen3-30b-a3b";
  settings.limit = 20;
  const Advice& answer = advice();
  const auto found = std::find_if(answer.options.begin(), answer.options.end(),
                                  [](const Option& o) { return o.candidate.label.ends_with("with 128 GiB of RAM"); });
  ASSERT_NE(found, answer.options.end());
  EXPECT_EQ(found->candidate.machine.host->id, "roomy");
  EXPECT_EQ(found->candidate.setup.find("GiB"), std::string::npos) << "other commands read the set-up";
}

TEST_F(Advise, SaysThatItDidNotTryEverythingForManyTargets) {
  needs.budget.max = 30000;
  needs.targets.assign(8, target("one", "coding", 8, 2));
  const Advice& answer = advice();
  ASSERT_FALSE(answer.options.empty());
  EXPECT_GT(answer.cut_short, 0);
  EXPECT_THAT(answer.brief.assumptions, Contains(HasSubstr("more combinations than were looked at")));
  needs.targets.resize(4);
  EXPECT_EQ(advice().cut_short, 0);
}

TEST_F(Advise, PruningLeavesWorkOut) {
  settings.prune = false;
  const int all = advice().finder->counts().predictions;
  settings.prune = true;
  const Advice& pruned = advice();
  EXPECT_LT(pruned.finder->counts().predictions, all);
  EXPECT_GT(pruned.finder->counts().pruned_by_bandwidth, 0);
  EXPECT_GT(pruned.finder->counts().pruned_by_memory, 0);
}

TEST_F(Advise, SaysTheSameEveryTime) { EXPECT_EQ(essence(advice()), essence(advice())); }

TEST_F(Advise, CountsWhatAConstraintExcludes) {
  needs.constraints.noise = NoiseClass::quiet;
  needs.constraints.os = {"linux"};
  const Advice& answer = advice();
  EXPECT_THAT(answer.excluded, Contains(Key("louder than quiet")));
  for (const Option& option : answer.options) EXPECT_LE(option.candidate.machine.noise, NoiseClass::quiet);
  EXPECT_THAT(answer.offers.left_out, Contains(Key("no dated price")));
}

TEST_F(Advise, NeverOffersTheLaunchPriceOfAPartNoLongerSold) {
  settings.limit = 50;
  const Advice& answer = advice();
  EXPECT_THAT(setups(answer.options), Not(Contains(HasSubstr("old-card"))));
  EXPECT_THAT(answer.offers.left_out, Contains(Key("no longer sold, and no used price is known")));
}

TEST_F(Advise, KeepsEveryHardConstraint) {
  settings.limit = 50;
  needs.constraints.power_w_max = 400;
  needs.constraints.vendors_excluded = {"amd"};
  for (const Option& option : advice().options) {
    EXPECT_LE(option.candidate.machine.load_w, 400);
    EXPECT_EQ(option.candidate.device().vendor, "NVIDIA");
    EXPECT_LE(option.candidate.machine.value.amount(), 6000);
  }
  needs.constraints = {};
  needs.constraints.portable = true;
  for (const Option& option : advice().options) EXPECT_THAT(option.candidate.setup, HasSubstr("laptop"));
}

TEST_F(Advise, GivesOwnedMachinesForTheElectricity) {
  needs.owned = {"mini-128"};
  settings.limit = 50;
  const Advice& answer = advice();
  ASSERT_THAT(setups(answer.options), Contains("mini-128"));
  for (const Option& option : answer.options) {
    if (option.candidate.setup != "mini-128") continue;
    EXPECT_TRUE(option.candidate.machine.value.is_zero());
    EXPECT_GT(option.candidate.ownership.electricity.nanos(), 0);
  }
}

TEST_F(Advise, AnOldCardThatIsOwnedCountsAlthoughNobodySellsIt) {
  needs.owned = {"old-card"};
  settings.limit = 50;
  EXPECT_THAT(setups(advice().options), Contains("old-card"));
}

TEST_F(Advise, AlwaysCostsTheCloud) {
  const Advice& answer = advice();
  ASSERT_EQ(answer.cloud.offers.size(), 1u);
  EXPECT_EQ(answer.cloud.offers[0].price->provider, "cheap");
  EXPECT_GT(answer.cloud.total.nanos(), 0);
  needs.budget.max = 1;
  const Advice& nothing = advice();
  EXPECT_TRUE(nothing.options.empty());
  EXPECT_GT(nothing.cloud.total.nanos(), 0);
  EXPECT_THAT(nothing.answer, HasSubstr("Nothing on offer"));
}

TEST_F(Advise, HoldsTheMinimumAtTheLowerEndOfTheBand) {
  settings.limit = 50;
  const Advice& answer = advice();
  ASSERT_TRUE(answer.minimum_holds);
  for (const Option& option : answer.options) {
    for (const TargetAnswer& at : option.targets) EXPECT_GE(at.alone.low, 10);
  }
}

TEST_F(Advise, NamesWhatComesNearestWhenNothingIsFastEnough) {
  needs.targets = {target("main", "coding", 5000, 4000)};
  const Advice& answer = advice();
  EXPECT_FALSE(answer.minimum_holds);
  ASSERT_FALSE(answer.options.empty());
  EXPECT_LT(answer.options.front().placement.minimum_share, 1);
  EXPECT_THAT(answer.answer, HasSubstr("comes nearest"));
}

TEST_F(Advise, PutsAllModelsIntoMemoryTogether) {
  needs.targets = {target("main", "coding", 10, 3), target("helpers", "fast", 10, 3, 4)};
  settings.limit = 50;
  for (const Option& option : advice().options) {
    for (std::size_t p = 0; p < option.placement.used_bytes.size(); ++p) {
      EXPECT_LE(option.placement.used_bytes[p], option.placement.available_bytes[p]);
    }
  }
}

TEST_F(Advise, AModelThatIsTooSlowLeavesNoDoubtAboutTheMemoryOfAnother) {
  settings.limit = 50;
  settings.prune = false;
  const auto of_mini = [&]() -> std::string {
    for (const Option& o : advice().options) {
      if (o.candidate.setup != "mini-128") continue;
      return o.targets[0].run->model->id + o.targets[0].run->format->id + o.targets[1].run->model->id +
             o.targets[1].run->format->id + " " + std::to_string(o.placement.probability);
    }
    return "nothing";
  };
  const ModelClass all = catalog.classes[0];
  for (double context = 8192; context < 100000; context += 4096) {
    needs.targets = {target("main", "coding", 12, 8, 2), target("helpers", "fast", 4, 2, 8)};
    for (NeedTarget& t : needs.targets) t.context_tokens = context;
    catalog.classes[0] = all;
    const std::string with = of_mini();
    ASSERT_NE(with, "nothing") << context;
    std::erase(catalog.classes[0].members, "llama-3.1-70b");
    EXPECT_EQ(of_mini(), with) << context;
  }
}

TEST_F(Advise, SharesTheWeightsOfAModelThatServesTwoTasks) {
  NeedTarget a = target("a", "", 5, 2), b = target("b", "", 5, 2);
  a.model_class = b.model_class = "";
  a.model = b.model = "qwen3-30b-a3b";
  needs.targets = {a, b};
  const Advice& answer = advice();
  ASSERT_FALSE(answer.options.empty());
  const Option& option = answer.options.front();
  const ModelRun &first = *option.targets[0].run, &second = *option.targets[1].run;
  ASSERT_EQ(first.format, second.format);
  EXPECT_DOUBLE_EQ(option.placement.used_bytes[0], first.total_bytes() + second.other_bytes);
}

TEST_F(Advise, FasterTargetsAreNeverLikelier) {
  double last = 1;
  for (const double asked : {20.0, 40.0, 80.0, 160.0}) {
    needs.targets = {target("main", "coding", asked, 1)};
    needs.owned = {"mini-64"};
    needs.weights = {1, 0, 0, 0, 0, 0};
    needs.constraints.vendors_excluded = {"NVIDIA"};
    settings.limit = 50;
    double best = 0;
    for (const Option& option : advice().options) {
      if (option.candidate.setup == "mini-64") best = option.placement.probability;
    }
    EXPECT_LE(best, last + 1e-12);
    last = best;
  }
}

TEST_F(Advise, RanksByTheWeightsGiven) {
  settings.limit = 50;
  needs.weights = {0, 1, 0, 0, 0, 0};
  const Advice& cheap = advice();
  for (std::size_t i = 1; i < cheap.options.size(); ++i) {
    EXPECT_LE(cheap.options[i - 1].cost.nanos(), cheap.options[i].cost.nanos());
  }
  needs.weights = {0, 0, 1, 0, 0, 0};
  const Advice& good = advice();
  EXPECT_GE(good.options.front().placement.quality, good.options.back().placement.quality);
}

TEST_F(Advise, NoParetoPointIsBeatenByAnother) {
  const Advice& answer = advice();
  ASSERT_FALSE(answer.pareto.empty());
  for (const Option& a : answer.pareto) {
    for (const Option& b : answer.pareto) EXPECT_FALSE(dominates(a, b)) << a.candidate.setup << b.candidate.setup;
  }
}

TEST_F(Advise, AnswersInTheBudgetsCurrency) {
  needs.budget.max = 4800;
  needs.budget.currency = "chf";
  const Advice& francs = advice();
  ASSERT_FALSE(francs.options.empty());
  EXPECT_EQ(francs.options.front().candidate.machine.value.currency(), "CHF");
  needs.budget.max = 6000;
  needs.budget.currency = "USD";
  const Advice& dollars = advice();
  EXPECT_EQ(setups(francs.options), setups(dollars.options));
  EXPECT_NEAR(francs.options[0].candidate.machine.value.amount(),
              dollars.options[0].candidate.machine.value.amount() * 0.8, 1e-6);
}

TEST_F(Advise, RefusesNamesTheCatalogDoesNotKnow) {
  needs.targets[0].model_class = "codding";
  EXPECT_EQ(error().where, "needs.targets[0].model_class");
  EXPECT_EQ(error().did_you_mean.front(), "coding");
  needs.targets[0] = target("main", "", 10, 5);
  needs.targets[0].model = "qwen3-9b";
  EXPECT_EQ(error().where, "needs.targets[0].model");
  needs.targets[0].model = "qwen3-8b";
  needs.budget.currency = "doubloons";
  EXPECT_EQ(error().where, "needs.budget.currency");
  needs.budget.currency = "USD";
  needs.owned = {"big-car"};
  EXPECT_EQ(error().where, "needs.owned[0]");
  needs.owned.clear();
  needs.targets.assign(9, target("main", "coding", 10, 5));
  EXPECT_EQ(error().where, "needs.targets");
  needs.targets.clear();
  needs.people = {{"admyn", 3}};
  EXPECT_EQ(error().where, "needs.people[0].role");
}

TEST_F(Advise, LeavesOutModelsScoredBelowTheirClasssMinimumButNotUnscoredOnes) {
  catalog.classes[0].minimum_score = 60;
  catalog.classes[0].score_benchmark = "tasks";
  QualityScore score;
  score.model_id = "llama-3.1-70b";
  score.benchmark = "tasks";
  score.score = 50;
  score.scale_max = 100;
  catalog.scores = {score};
  const Advice& answer = advice();
  ASSERT_EQ(answer.brief.tasks[0].models.size(), 2u);
  EXPECT_EQ(answer.brief.tasks[0].models[0]->id, "qwen3-30b-a3b");
}

TEST_F(Advise, TurnsPeopleIntoStreams) {
  needs.targets.clear();
  needs.people = {{"admin", 30}};
  const Advice& answer = advice();
  ASSERT_EQ(answer.brief.tasks.size(), 1u);
  EXPECT_GE(answer.brief.tasks[0].streams, 3);
  EXPECT_LE(answer.brief.tasks[0].streams, 10);
  EXPECT_EQ(answer.brief.seats, 30);
}

TEST_F(Advise, SaysWhatItTakesPeopleForWhenNobodySaysWhatTheyDo) {
  needs.targets.clear();
  needs.people = {{"", 30}, {"admins", 4}};
  const Advice& answer = advice();
  EXPECT_THAT(answer.brief.assumptions, Contains(HasSubstr("of 30 people nobody says what they do")));
  EXPECT_THAT(answer.brief.tasks[0].name, HasSubstr("30 people, 4 admin"));
  EXPECT_EQ(answer.brief.seats, 34);
}

TEST_F(Advise, RefusesNeedsThatSayNothing) {
  needs = {};
  EXPECT_EQ(error().where, "needs");
  EXPECT_THAT(error().try_this, HasSubstr("[budget] max"));
  needs.constraints.portable = true;
  EXPECT_EQ(error().where, "needs");
  needs.concurrency = 4;
  EXPECT_EQ(error().message, "no error");
}

TEST_F(Advise, RefusesARegionWithoutATariff) {
  for (const char* code : {"US", "SE", "CA-seed"}) {
    ElectricityPrice price;
    price.region = code;
    price.currency = "USD";
    price.per_kwh = 0.2;
    price.date = "2026-01";
    catalog.electricity.push_back(price);
  }
  needs.region = "se";
  EXPECT_EQ(error().message, "no error");
  needs.region = "SW";
  EXPECT_EQ(error().where, "needs.region");
  EXPECT_EQ(error().did_you_mean.front(), "SE");
  EXPECT_THAT(error().try_this, Not(HasSubstr("seed")));
}

TEST_F(Advise, CountsTheWaitForTheFirstWord) {
  needs.owned = {"mini-64"};
  needs.constraints.vendors_excluded = {"NVIDIA"};
  settings.limit = 50;
  const auto of_mini = [&]() -> Option {
    for (const Option& option : advice().options) {
      if (option.candidate.setup == "mini-64") return option;
    }
    return {};
  };
  needs.targets[0].prompt_tokens = 500;
  const Option brief = of_mini();
  needs.targets[0].prompt_tokens = 60000;
  needs.targets[0].context_tokens = 65536;
  const Option longer = of_mini();
  ASSERT_EQ(brief.targets.size(), 1u);
  ASSERT_EQ(longer.targets.size(), 1u);
  EXPECT_LT(brief.targets[0].ttft_s.value, longer.targets[0].ttft_s.value);
  EXPECT_LT(longer.targets[0].ttft_s.low, longer.targets[0].ttft_s.value);
  EXPECT_LT(longer.placement.probability, 0.5 * brief.placement.probability) << "twenty seconds are a miss for coding";
  EXPECT_THAT(longer.risks, Contains(HasSubstr("a prompt of 60000 tokens takes")));
}

TEST_F(Advise, TaxesCloudAndMachineAlike) {
  const Money before = advice().cloud.total;
  needs.money.tax_rate = 0.25;
  needs.money.resale = true;
  const Advice& answer = advice();
  EXPECT_NEAR(answer.cloud.total.amount(), 0.75 * before.amount(), 1e-6);
  EXPECT_EQ(answer.cloud.monthly * answer.brief.months * 0.75, answer.cloud.total);
  EXPECT_THAT(answer.options.front().reasons.back(), HasSubstr("tax saved (25 % of that)"));
  EXPECT_THAT(answer.options.front().reasons.back(), HasSubstr(" resale ("));
}

TEST(BusyStreams, GrowWithTheLoadButMoreSlowly) {
  EXPECT_EQ(busy_streams(1, 0, 10), 1);
  const int ten = busy_streams(10, 30, 24), hundred = busy_streams(100, 30, 24);
  EXPECT_GT(hundred, ten);
  EXPECT_LT(hundred, 10 * ten);
}

TEST_F(Advise, SaysAPlanThatNoMachineCanWrite) {
  needs.usage.tokens_per_month = 1e12;
  needs.usage.hours_per_day = 8;
  EXPECT_THAT(advice().options.front().risks, Contains(HasSubstr("it can read and write at most")));
}

TEST_F(Advise, KnowsHowMuchMoreItsMachineCouldDo) {
  needs.usage.tokens_per_month = 1e6;
  needs.usage.hours_per_day = 8;
  const Option& first = advice().options.front();
  const double room = room_for_growth(first, advice().brief);
  double reading_s = 0, writing_s = 0;
  for (const TargetAnswer& target : first.targets) {
    reading_s += target.task->input_tokens_per_month / target.run->prefill.value;
    writing_s += target.task->output_tokens_per_month / (target.alone.value * target.streams);
  }
  ASSERT_EQ(first.targets.size(), 1u);
  EXPECT_GT(reading_s, 0) << "prompts take time too";
  EXPECT_NEAR(room * (reading_s + writing_s), 8 * 3600 * kDaysPerMonth, 1);
  needs.usage.tokens_per_month = 2e6;
  EXPECT_NEAR(room_for_growth(advice().options.front(), advice().brief), room / 2, 1e-6 * room);
}

TEST_F(Advise, NamesWhatToDoWithTheFirstOption) {
  EXPECT_EQ(advice().action, AdviceAction::buy);
  needs.owned = {advice().options.front().candidate.label};
  EXPECT_EQ(advice().action, AdviceAction::keep);
  needs.owned.clear();
  needs.targets = {target("main", "coding", 90000, 80000)};
  EXPECT_EQ(advice().action, AdviceAction::nearest);
  needs.budget.max = 1;
  EXPECT_EQ(advice().action, AdviceAction::nothing);
}

}  // namespace
}  // namespace rigwise
