#include "core/perf/gate.h"

#include <gtest/gtest.h>

#include "core/perf/devices_for_tests.h"
#include "core/perf/validate.h"

namespace rigwise {
namespace {

using namespace shapes;

struct World {
  Catalog catalog = small_catalog();

  World() {
    catalog.devices = {rtx_4090()};
    catalog.models = {llama_3_8b(), qwen3_30b_a3b()};
    for (Llm& model : catalog.models) {
      model.name = model.id;
      model.weights = WeightsStatus::published;
    }
    Format q8_cache;
    q8_cache.id = q8_cache.name = "kv-q8_0";
    q8_cache.aliases = {"q8_0"};
    q8_cache.for_kv_cache = true;
    q8_cache.bits.whole_model = 8.5;
    catalog.formats = {gguf(q4_k_m()), q8_cache};
    catalog.index_names();
  }

  Measurement row(Phase phase, double tokens_per_s, int concurrency = 1) const {
    Measurement m;
    m.id = "m1";
    m.hardware = "rtx-4090";
    m.model = catalog.models[0].id;
    m.quant = "q4_k_m";
    m.engine = "llama.cpp";
    m.backend = "CUDA";
    m.phase = phase;
    m.concurrency = concurrency;
    m.source = "made up";
    m.tokens_per_s = tokens_per_s;
    return m;
  }

  Gate gate(const Measurement& m) const { return gate_of(resolve_row(catalog, m)); }
};

TEST(Gate, LetsTrueSpeedsPass) {
  const World world;
  EXPECT_EQ(world.gate(world.row(Phase::decode, 140)), Gate::passes);
  EXPECT_EQ(world.gate(world.row(Phase::prefill, 9000)), Gate::passes);
}

TEST(Gate, RefusesWhatMemoryAndArithmeticDoNotAllow) {
  const World world;
  EXPECT_EQ(world.gate(world.row(Phase::decode, 230)), Gate::above_ceiling) << "1008 GB/s over 4.7 GB is 215";
  EXPECT_EQ(world.gate(world.row(Phase::prefill, 375000)), Gate::above_ceiling) << "a prompt cache answered";
}

TEST(Gate, CountsTheCacheAtTheStatedDepth) {
  const World world;
  Measurement deep = world.row(Phase::decode, 205);
  EXPECT_EQ(world.gate(deep), Gate::passes);
  deep.context_depth = 32768;
  EXPECT_EQ(world.gate(deep), Gate::above_ceiling) << "1008 GB/s over 4.7 GB and 1.2 GB of q4_0 cache is 171";
  deep.tokens_per_s = 100;
  EXPECT_EQ(world.gate(deep), Gate::passes) << "4.7 GB and 4.3 GB of f16 cache: 112";
}

TEST(Gate, AsksForTheCacheWhereOnlyALighterOneAllowsTheSpeed) {
  const World world;
  Measurement deep = world.row(Phase::decode, 130);
  deep.context_depth = 32768;
  EXPECT_EQ(world.gate(deep), Gate::passes) << "a q4_0 cache would allow it";
  const std::optional<double> f16 = passed_usual_cache(resolve_row(world.catalog, deep));
  ASSERT_TRUE(f16);
  EXPECT_NEAR(*f16, 112, 2);
  deep.unit_note = "llama-bench mean of 5; KV f16";
  EXPECT_EQ(world.gate(deep), Gate::above_ceiling) << "the row says which it was";
  EXPECT_FALSE(passed_usual_cache(resolve_row(world.catalog, deep)));
  deep.unit_note = "KV cache q8_0, FA on";
  EXPECT_EQ(world.gate(deep), Gate::passes) << "4.7 GB and 2.3 GB: 144";
  EXPECT_FALSE(passed_usual_cache(resolve_row(world.catalog, deep)));
  deep.unit_note.clear();
  deep.tokens_per_s = 100;
  EXPECT_FALSE(passed_usual_cache(resolve_row(world.catalog, deep)));
}

TEST(Gate, ReadsOnlyTypesOfCacheThatThereAre) {
  Measurement row;
  for (const char* note : {"", "KV q8", "KV q8_01", "KVq8_0"}) {
    row.unit_note = note;
    EXPECT_EQ(stated_cache_type(row), "") << note;
  }
  row.unit_note = "ubatch 2048; KV q5_1; FA on";
  EXPECT_EQ(stated_cache_type(row), "q5_1");
}

TEST(Gate, KnowsThatStreamsShareTheWeights) {
  const World world;
  EXPECT_EQ(world.gate(world.row(Phase::decode_total, 800, 8)), Gate::passes);
  EXPECT_EQ(world.gate(world.row(Phase::decode_total, 800, 2)), Gate::above_ceiling);
  EXPECT_EQ(world.gate(world.row(Phase::decode_total, 4000, 0)), Gate::passes) << "as many streams as it takes";
}

TEST(Gate, DoesNotGuessWhatARowLeavesOpen) {
  // Neither a short prompt nor batched experts may make a true speed look impossible.
  const World world;
  Measurement moe = world.row(Phase::decode_total, 2500, 16);
  moe.model = "qwen3-30b-a3b";
  EXPECT_EQ(world.gate(moe), Gate::passes);
}

TEST(Gate, BelievesAMark) {
  const World world;
  Measurement marked = world.row(Phase::decode, 12);
  marked.unit_note = "OUTLIER: decode implies 0.06 of nominal bandwidth";
  EXPECT_EQ(world.gate(marked), Gate::marked_outlier);
}

TEST(Gate, TellsTheUselessFromTheImpossible) {
  const World world;
  EXPECT_EQ(world.gate(world.row(Phase::decode, 1)), Gate::far_below);
  EXPECT_FALSE(is_impossible(Gate::far_below));
  EXPECT_FALSE(is_impossible(Gate::offloaded));
  EXPECT_TRUE(is_impossible(Gate::above_ceiling));
  EXPECT_TRUE(is_impossible(Gate::marked_outlier));
}

TEST(Accuracy, CountsImpossibleRowsButNotTheirErrors) {
  const World world;
  const std::vector<Measurement> rows = {world.row(Phase::decode, 140), world.row(Phase::decode, 5000)};
  const std::vector<ValidatedRow> validated = validate_rows(world.catalog, prior_calibration(), rows, 0.8);
  ASSERT_TRUE(validated[1].predicted && validated[1].error);
  EXPECT_EQ(validated[1].refused, "above_ceiling");
  const AccuracyReport report = summarize_accuracy(world.catalog, validated);
  EXPECT_EQ(report.predicted, 2);
  EXPECT_EQ(report.refused.at("above_ceiling"), 1);
  EXPECT_EQ(report.classes.at("decode").rows, 1);
  EXPECT_LT(report.classes.at("decode").p90_error, 1);
}

}  // namespace
}  // namespace rigwise
