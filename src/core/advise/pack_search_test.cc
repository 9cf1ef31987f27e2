#include "core/advise/pack_search.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/advise/shared_memory.h"
#include "core/stats/random.h"

namespace rigwise {
namespace {

PackOption on(std::vector<int> devices, double bytes_each, double token_s) {
  PackOption option;
  option.devices = std::move(devices);
  option.each_bytes = bytes_each;
  option.token_s = token_s;
  return option;
}

/// The same size on whichever single device.
PackItem model(double bytes, double quality, int devices) {
  PackItem item;
  item.quality = {quality};
  for (int d = 0; d < devices; ++d) item.options.push_back(on({d}, bytes, 0.01));
  return item;
}

PackProblem problem_of(std::vector<double> rooms, std::vector<PackItem> items) {
  PackProblem problem;
  for (const double room : rooms) problem.devices.push_back({room, 0});
  problem.items = std::move(items);
  problem.mix = {1};
  return problem;
}

TEST(Packing, KeepsWhatIsBestForTheMixThenAsManyAsFit) {
  // The best alone fills the device; by the mix nothing else counts.
  const Packing alone = best_packing(problem_of({100}, {model(80, 1.0, 1), model(46, 0.86, 1), model(20, 0.87, 1)}));
  EXPECT_TRUE(alone.places[0].is_loaded());
  EXPECT_FALSE(alone.places[1].is_loaded());
  EXPECT_TRUE(alone.places[2].is_loaded()) << "20 more fit beside 80";
  EXPECT_TRUE(alone.is_exact);
  EXPECT_DOUBLE_EQ(alone.worth.value, 1.0);
  EXPECT_EQ(alone.worth.models, 2);
}

TEST(Packing, ValuesEachCategoryByItsBestLoadedModel) {
  PackProblem problem = problem_of({100}, {model(60, 0, 1), model(50, 0, 1), model(50, 0, 1)});
  problem.mix = {0.5, 0.5};
  problem.items[0].quality = {0.9, 0.9};
  problem.items[1].quality = {1.0, 0.2};
  problem.items[2].quality = {0.2, 1.0};
  const Packing packing = best_packing(problem);
  EXPECT_FALSE(packing.places[0].is_loaded());
  EXPECT_DOUBLE_EQ(packing.worth.value, 1.0);
}

TEST(Packing, PinnedItemsStayWhateverTheyCost) {
  PackProblem problem = problem_of({100}, {model(80, 1.0, 1), model(46, 0.5, 1)});
  problem.items[1].pinned = true;
  const Packing packing = best_packing(problem);
  EXPECT_FALSE(packing.places[0].is_loaded());
  EXPECT_TRUE(packing.places[1].is_loaded());
}

TEST(Packing, ServicesComeBeforeModels) {
  PackProblem problem = problem_of({100}, {model(98, 1.0, 1), model(5, 0, 1)});
  problem.items[1].is_service = true;
  problem.items[1].quality.clear();
  const Packing packing = best_packing(problem);
  EXPECT_TRUE(packing.places[1].is_loaded());
  EXPECT_FALSE(packing.places[0].is_loaded());
}

TEST(Packing, SpreadsModelsOverIdleDevicesSoThatNobodyWaits) {
  const Packing packing = best_packing(problem_of({100, 100}, {model(40, 1.0, 2), model(40, 0.9, 2)}));
  EXPECT_NE(packing.places[0].option, packing.places[1].option);
  EXPECT_DOUBLE_EQ(packing.places[0].slowdown, 1);
}

TEST(Packing, SharesADeviceByTurns) {
  PackProblem problem = problem_of({100}, {model(40, 1.0, 1), model(40, 0.9, 1)});
  problem.items[1].duty = 0.25;
  const Packing packing = best_packing(problem);
  EXPECT_DOUBLE_EQ(packing.places[0].slowdown, 1.25);
  EXPECT_DOUBLE_EQ(packing.places[1].slowdown, 2);
}

TEST(Packing, LayersInTurnsFeelANeighbourOnlyWhereItStands) {
  PackProblem problem = problem_of({100, 100}, {model(0, 1.0, 0), model(10, 0.5, 2)});
  PackOption layers = on({0, 1}, 0, 0.02);
  layers.layers = 10;
  layers.layer_bytes = 15;
  layers.in_turns = true;
  layers.layer_s = {1, 1};
  problem.items[0].options = {layers};
  const Packing packing = best_packing(problem);
  ASSERT_EQ(packing.worth.models, 2);
  EXPECT_DOUBLE_EQ(packing.places[0].bytes[0] + packing.places[0].bytes[1], 150);
  EXPECT_NEAR(packing.places[0].slowdown, 1.5, 0.11) << "half of its layers are beside the neighbour";
  EXPECT_NEAR(packing.places[1].slowdown, 1.5, 0.11) << "which works while the layers on the other device do";
}

TEST(Packing, ABandOfSizesMustFitLikely) {
  PackProblem problem = problem_of({100}, {model(99, 1.0, 1)});
  problem.items[0].doubt = kMemorySigma;
  EXPECT_FALSE(best_packing(problem).places[0].is_loaded()) << "1 of room for an error of 4";
  problem.items[0].options[0].each_bytes = 97;
  EXPECT_TRUE(best_packing(problem).places[0].is_loaded());
}

TEST(Packing, WithNothingToPackIsEmpty) {
  const Packing packing = best_packing(problem_of({100}, {}));
  EXPECT_TRUE(packing.places.empty());
  EXPECT_TRUE(packing.is_exact);
}

double uniform(Random& random, double low, double high) { return low + (high - low) * random.uniform(); }

PackProblem random_problem(Random& random) {
  const auto devices = static_cast<int>(uniform(random, 1, 4));
  const auto items = static_cast<int>(uniform(random, 1, 6));
  PackProblem problem;
  const bool alike = random.uniform() < 0.5;
  for (int d = 0; d < devices; ++d) {
    problem.devices.push_back({alike ? 100 : uniform(random, 40, 120), alike ? 0 : d});
  }
  problem.mix = {0.6, 0.4};
  for (int i = 0; i < items; ++i) {
    PackItem item;
    const double bytes = uniform(random, 5, 120);
    const bool splits = random.uniform() < 0.5;
    item.duty = uniform(random, 0, 1);
    item.pinned = random.uniform() < 0.2;
    item.is_service = random.uniform() < 0.2;
    item.doubt = item.is_service ? 0 : kMemorySigma;
    if (!item.is_service) item.quality = {uniform(random, 0.3, 1), uniform(random, 0.3, 1)};
    for (int set = 1; set < (1 << devices); ++set) {
      PackOption option;
      for (int d = 0; d < devices; ++d) {
        if ((set >> d & 1) != 0) option.devices.push_back(d);
      }
      const auto count = static_cast<double>(option.devices.size());
      if (count > 1 && item.is_service) continue;
      option.each_bytes = splits ? 1 : bytes / count + 1;
      option.token_s = item.is_service ? 0 : splits ? 0.01 : 0.01 / count;
      if (splits) {
        option.layers = 8;
        option.layer_bytes = bytes / 8;
        option.in_turns = true;
        option.layer_s.assign(option.devices.size(), 1);
      }
      item.options.push_back(std::move(option));
    }
    problem.items.push_back(std::move(item));
  }
  return problem;
}

TEST(Packing, FindsWhatLookingAtEveryCombinationFinds) {
  Random random(7);
  for (int i = 0; i < 120; ++i) {
    PackProblem problem = random_problem(random);
    problem.most_tries = 1 << 30;
    const Packing fast = best_packing(problem);
    problem.prune = false;
    const Packing all = best_packing(problem);
    EXPECT_EQ(fast.worth.compared_with(all.worth), 0) << "problem " << i;
    EXPECT_LE(fast.tries, all.tries);
    for (std::size_t d = 0; d < problem.devices.size(); ++d) {
      EXPECT_LE(fast.used_bytes[d], problem.devices[d].available_bytes) << "problem " << i;
    }
  }
}

TEST(Packing, StoppedEarlySaysHowFarOffItMayBe) {
  Random random(11);
  int stopped = 0;
  for (int i = 0; i < 200; ++i) {
    PackProblem problem = random_problem(random);
    problem.most_tries = 1 << 30;
    const Packing best = best_packing(problem);
    problem.most_tries = 3;
    const Packing quick = best_packing(problem);
    stopped += quick.is_exact ? 0 : 1;
    EXPECT_LE(quick.worth.compared_with(best.worth), 0);
    EXPECT_GE(quick.bound.compared_with(best.worth), 0) << "no packing is worth more than the bound, problem " << i;
  }
  EXPECT_GT(stopped, 50);
}

TEST(Packing, TellsWhetherAnotherWouldFitBeside) {
  const PackProblem problem = problem_of({100, 60}, {model(80, 1.0, 2)});
  const Packing packing = best_packing(problem);
  EXPECT_EQ(place_beside(problem, packing, model(50, 1, 2)).option, 1);
  EXPECT_FALSE(place_beside(problem, packing, model(61, 1, 2)).is_loaded());
}

}  // namespace
}  // namespace rigwise
