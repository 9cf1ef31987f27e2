#include "core/capacity/simulate.h"

#include <gtest/gtest.h>

#include "core/capacity/loads_for_tests.h"
#include "core/perf/devices_for_tests.h"

namespace rigwise {
namespace {

using namespace loads;

double output_per_s(const SimulationRun& run, std::size_t model = 0) {
  return run.models[model].window.decoded_tokens / run.window_s;
}

TEST(StepTable, SaysWhatTheSpeedModelSays) {
  const Catalog catalog = shapes::small_catalog();
  const SpeedModel speed = shapes::speed_of(catalog, shapes::llama_3_8b(), shapes::q4_k_m(),
                                            shapes::setup(shapes::rtx_4090()), catalog.engines[0]);
  const StepTable table = step_table(speed, {32, 20000, 20000, 10000});
  for (const int sequences : {1, 2, 7, 32}) {
    for (const int depth : {0, 1, 100, 777, 4001, 19999}) {
      const double exact = speed.decode_step(depth, sequences).total_s;
      EXPECT_NEAR(in_seconds(table.decode_ns(sequences, depth)) / exact, 1, 0.002) << sequences << " " << depth;
    }
  }
  for (const int prompt : {17, 100, 512, 777, 4001, 19999}) {
    for (const int cached : {0, 333, 9999}) {
      const double exact = speed.prefill(prompt, cached, 1).total_s;
      EXPECT_NEAR(table.prefill_ns(prompt, cached) / kNsPerSecond / exact, 1, 0.01) << prompt << " " << cached;
    }
  }
}

TEST(StepTable, SlowerFactorsMakeSlowerSteps) {
  const Catalog catalog = shapes::small_catalog();
  const SpeedModel speed = shapes::speed_of(catalog, shapes::llama_3_8b(), shapes::q4_k_m(),
                                            shapes::setup(shapes::rtx_4090()), catalog.engines[0]);
  const StepTable usual = step_table(speed, {4, 1000, 1000, 0}), slow = usual.times({2, 3});
  EXPECT_NEAR(static_cast<double>(slow.decode_ns(2, 500)) / static_cast<double>(usual.decode_ns(2, 500)), 2, 1e-6);
  EXPECT_NEAR(slow.prefill_ns(500, 0) / usual.prefill_ns(500, 0), 3, 1e-6);
}

TEST(Simulation, ASaturatedSetUpGivesWhatPredictSaysForAllStreams) {
  // Answers so long and prompts so short that decoding is all there is: decode_total = streams / t_step.
  const Catalog catalog = shapes::small_catalog();
  for (const Engine& engine : catalog.engines) {
    for (const Llm& model : {shapes::llama_3_8b(), shapes::qwen3_30b_a3b()}) {
      const SpeedModel speed =
          shapes::speed_of(catalog, model, shapes::q4_k_m(), shapes::setup(shapes::h100()), engine);
      for (const int streams : {1, 8, 32}) {
        const SimulationRun run = simulate({served(step_table(speed, {streams, 4096, 64, 0}), slots(streams),
                                                   closed_load(streams, 0, exactly(16), exactly(2000)))},
                                           requests(1000, 100));
        const double predicted = streams / speed.decode_step(16 + 1000, streams).total_s;
        EXPECT_NEAR(output_per_s(run) / predicted, 1, 0.02) << engine.id << " " << model.id << " " << streams;
      }
    }
  }
}

TEST(Simulation, AgreesWithTheMeanFieldFormulaOfServing) {
  // served_tokens_per_s() is what serving measurements are predicted and calibrated with.
  const Catalog catalog = shapes::small_catalog();
  const SpeedModel speed =
      shapes::speed_of(catalog, shapes::llama_3_8b(), shapes::f16(), shapes::setup(shapes::h100()), catalog.engines[1]);
  for (const int streams : {1, 4, 16, 64}) {
    for (const double prompt : {128., 1024., 8192.}) {
      ServingPolicy policy = slots(streams);
      policy.request_s = speed.request_s();
      const SimulationRun run = simulate({served(step_table(speed, {streams, 16384, 16384, 0}), policy,
                                                 closed_load(streams, 0, about(prompt, 0.3), about(256, 0.3)))},
                                         requests(4000, 500));
      EXPECT_NEAR(output_per_s(run) / speed.served_tokens_per_s(prompt, 256, streams), 1, 0.05)
          << streams << " streams, prompts of " << prompt;
    }
  }
}

TEST(Simulation, TheSameSeedGivesTheSameNumbersAndAnotherOthers) {
  const ServedModel model = served(usual_steps(), blocks(3000), open_load(14, about(512, 1), about(128, 1)));
  const SimulationRun once = simulate({model}, requests(5000, 500)), again = simulate({model}, requests(5000, 500));
  const SimulationRun other = simulate({model}, requests(5000, 500, 2));
  EXPECT_EQ(once.models[0].latencies.ttft.mean(), again.models[0].latencies.ttft.mean());
  EXPECT_EQ(once.models[0].latencies.e2e.max(), again.models[0].latencies.e2e.max());
  EXPECT_EQ(once.window_s, again.window_s);
  EXPECT_NE(once.models[0].latencies.ttft.mean(), other.models[0].latencies.ttft.mean());
}

TEST(Simulation, WarmUpDoesNotCount) {
  const ServedModel model = served(usual_steps(), slots(64), open_load(10, exactly(512), exactly(128)));
  const SimulationRun run = simulate({model}, requests(2000, 300));
  EXPECT_EQ(run.models[0].latencies.finished, 2000U);
  EXPECT_GE(run.simulated, 2300U);
}

TEST(Simulation, ATraceIsServedToItsEnd) {
  Load load;
  load.arrivals = ArrivalKind::trace;
  load.trace = {{0.0, 100, 10}, {0.5, 200, 20}, {0.5, 300, 30}, {60, 50, 5}};
  const SimulationRun run = simulate({served(usual_steps(), slots(4), load)}, day_of(4));
  EXPECT_EQ(run.models[0].latencies.finished, 4U);
  EXPECT_EQ(run.models[0].window.finished_prompt_tokens, 650);
  EXPECT_EQ(run.models[0].window.decoded_tokens, 65);
  EXPECT_GT(run.window_s, 60);
}

TEST(Simulation, AnOverloadIsSaidNotServedForever) {
  SimulationSize size = requests(1000000);
  size.most_waiting = 500;
  const SimulationRun run =
      simulate({served(usual_steps(), slots(8), open_load(1000, exactly(512), exactly(128)))}, size);
  EXPECT_TRUE(run.overloaded);
  EXPECT_LT(run.simulated, 2000U);
  EXPECT_FALSE(keeps(run.models[0], {1e6, 1e6, 0.5}, size.measured));
}

TEST(Simulation, WhoeverAsksForMoreThanTheContextIsCut) {
  Load load = open_load(5, about(2000, 1), about(500, 1));
  load.context_tokens = 3000;
  const SimulationRun run = simulate({served(usual_steps(), slots(8), load)}, requests(3000));
  EXPECT_GT(run.models[0].latencies.cut, 100U);
  EXPECT_LT(run.models[0].latencies.cut, 1500U);
}

TEST(Simulation, TwoModelsOnOneSetUpShareIt) {
  // Both busy all the time: each runs at half its speed; a neighbour who never speaks costs nothing.
  const ServedModel busy = served(usual_steps(), slots(8), closed_load(8, 0, exactly(64), exactly(400)));
  const ServedModel quiet = served(usual_steps(), slots(8), open_load(0.0001, exactly(64), exactly(4)));
  const double alone = output_per_s(simulate({busy}, requests(2000, 100)));
  const SimulationRun both = simulate({busy, busy}, requests(4000, 200));
  EXPECT_NEAR(output_per_s(both, 0) / alone, 0.5, 0.02);
  EXPECT_NEAR(output_per_s(both, 1) / alone, 0.5, 0.02);
  EXPECT_NEAR(output_per_s(simulate({busy, quiet}, requests(2000, 100))) / alone, 1, 0.02);
  EXPECT_LE(both.utilisation(), 1.000001);
}

TEST(Simulation, EnergyIsPowerTimesTime) {
  ServedModel model = served(usual_steps(), slots(8), closed_load(8, 0, exactly(64), exactly(400)));
  model.power = {std::vector<double>(64, 300.0), 300, 50};
  const SimulationRun run = simulate({model}, requests(2000, 100));
  EXPECT_NEAR(run.models[0].window.joules / (300 * run.busy_s), 1, 0.01);
  EXPECT_EQ(run.idle_w, 50);
}

// What must be so whatever the load, over loads drawn at random.

struct Case {
  Load load;
  int sequences = 1;
};

Case drawn_case(Random& random) {
  const Lengths prompt = about(20 + static_cast<double>(random.below(1500)), random.uniform());
  const Lengths output = about(2 + static_cast<double>(random.below(300)), random.uniform());
  Case drawn;
  drawn.sequences = 1 + static_cast<int>(random.below(24));
  drawn.load = closed_load(1 + static_cast<int>(random.below(40)), 4 * random.uniform(), prompt, output);
  return drawn;
}

TEST(SimulationLaws, MoreSlotsNeverServeFewerTokens) {
  Random random(5);
  for (int i = 0; i < 30; ++i) {
    const Case c = drawn_case(random);
    const double some =
        output_per_s(simulate({served(usual_steps(), slots(c.sequences), c.load)}, requests(1500, 200)));
    const double more =
        output_per_s(simulate({served(usual_steps(), slots(2 * c.sequences), c.load)}, requests(1500, 200)));
    EXPECT_GE(more, 0.97 * some) << "case " << i;
  }
}

TEST(SimulationLaws, FasterStepsNeverServeFewerTokens) {
  Random random(6);
  const auto at_speed = [](double factor) {
    return StepTable(
        {64, 16384, 16384, 0}, [=](int b, double depth) { return factor * (0.010 + 0.0002 * b + 2e-9 * b * depth); },
        [=](double prompt, double) { return factor * (0.005 + 2e-5 * prompt); });
  };
  for (int i = 0; i < 30; ++i) {
    const Case c = drawn_case(random);
    const SimulationRun slow = simulate({served(at_speed(1.3), slots(c.sequences), c.load)}, requests(1500, 200));
    const SimulationRun fast = simulate({served(at_speed(1.0), slots(c.sequences), c.load)}, requests(1500, 200));
    EXPECT_GE(output_per_s(fast), 0.99 * output_per_s(slow)) << "case " << i;
    EXPECT_LE(fast.models[0].latencies.e2e.mean(), 1.01 * slow.models[0].latencies.e2e.mean()) << "case " << i;
  }
}

TEST(SimulationLaws, ALargerPoolNeverServesFewerTokens) {
  Random random(7);
  for (int i = 0; i < 30; ++i) {
    Case c = drawn_case(random);
    c.load.context_tokens = 4096;
    const double small = output_per_s(simulate({served(usual_steps(), blocks(300), c.load)}, requests(1500, 200)));
    const double large = output_per_s(simulate({served(usual_steps(), blocks(1200), c.load)}, requests(1500, 200)));
    EXPECT_GE(large, 0.97 * small) << "case " << i;
  }
}

TEST(SimulationLaws, NoRequestIsEverFasterThanAlone) {
  Random random(8);
  for (int i = 0; i < 20; ++i) {
    const Case c = drawn_case(random);
    Load alone = c.load;
    alone.kinds[0].users = 1;
    const auto mean_of = [&](const Load& load) {
      return simulate({served(usual_steps(), slots(c.sequences), load)}, requests(1500, 200)).models[0].latencies;
    };
    const Latencies single = mean_of(alone), crowd = mean_of(c.load);
    EXPECT_GE(crowd.tpot.mean(), 0.97 * single.tpot.mean()) << "case " << i;
    EXPECT_GE(crowd.ttft.quantile(0.01), 0.9 * single.ttft.quantile(0.01)) << "case " << i;
  }
}

TEST(SimulationLaws, MoreArrivalsNeverShortenTheWait) {
  Random random(9);
  for (int i = 0; i < 20; ++i) {
    const Case c = drawn_case(random);
    double last = 0;
    for (const double rate : {1.0, 1.5, 2.2}) {
      const Load load = open_load(rate, c.load.kinds[0].prompt, c.load.kinds[0].output);
      const SimulationRun run = simulate({served(usual_steps(), slots(c.sequences), load)}, requests(1500, 200));
      EXPECT_GE(run.models[0].latencies.e2e.mean(), 0.99 * last) << "case " << i << " at " << rate;
      last = run.models[0].latencies.e2e.mean();
    }
  }
}

}  // namespace
}  // namespace rigwise
