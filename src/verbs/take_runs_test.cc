#include "verbs/take_runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/perf/gate.h"
#include "core/perf/learn.h"
#include "core/perf/resolve.h"
#include "host/catalog_io/load.h"
#include "verbs/compared_runs.h"

namespace rigwise {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::UnorderedElementsAre;

const House& house() {
  static const House kHouse = [] {
    Result<LoadedCatalog> loaded = load_catalog({});
    EXPECT_TRUE(loaded);
    return loaded ? House{std::move(loaded->catalog), std::move(loaded->calibration)} : House{};
  }();
  return kHouse;
}

/// `ollama run --verbose` of one answer.
NamedText ollama(const std::string& prompt_rate, const std::string& rate) {
  return {"/tmp/runs/ollama.txt",
          "$ ollama run llama3.1:8b-instruct-q4_K_M --verbose\n\ntotal duration:       2.1s\nprompt eval count:    312 "
          "token(s)\nprompt eval rate:     " +
              prompt_rate + " tokens/s\neval count:           212 token(s)\neval rate:            " + rate +
              " tokens/s\n"};
}

TakenRuns taken(const NamedText& file, const ImportChoices& choices, RunBook& book) {
  TakenRuns taken;
  const Result<void> done = take_runs(house(), file, choices, book, taken);
  EXPECT_TRUE(done) << (done ? "" : done.error().message);
  return taken;
}

const ImportChoices kOn3090 = {"rtx 3090", "", "", ""};

TEST(TakeRuns, EveryRecordIsCountedOnce) {
  RunBook book;
  NamedText file = ollama("4000", "110");
  file.text += file.text;  // the same answer pasted twice
  file.text += "$ ollama run llama3.1:8b-instruct-q4_K_M --verbose\ntotal duration: 1s\neval count: 0 token(s)\n";
  const TakenRuns all = taken(file, kOn3090, book);
  EXPECT_THAT(all.fresh, SizeIs(2));
  EXPECT_EQ(all.known, 2);
  EXPECT_THAT(all.skipped, SizeIs(1));
  EXPECT_EQ(all.read(), 5);
}

TEST(TakeRuns, WhatWasTakenOnceIsKnownTheNextTime) {
  RunBook empty;
  const NamedText file = ollama("4000", "110");
  const std::string csv = empty.text_with(taken(file, kOn3090, empty).fresh);
  Result<RunBook> book = RunBook::open(csv, "mine.csv");
  ASSERT_TRUE(book);
  const TakenRuns again = taken(file, kOn3090, *book);
  EXPECT_THAT(again.fresh, IsEmpty());
  EXPECT_EQ(again.known, 2);
  EXPECT_FALSE(book->has_changed());
  EXPECT_EQ(book->text_with({}), csv) << "not a byte more";
}

TEST(TakeRuns, ANameGivenLaterCorrectsWhatIsThere) {
  RunBook empty;
  const NamedText file = ollama("4000", "110");
  const TakenRuns unnamed = taken(file, {}, empty);
  ASSERT_THAT(unnamed.unmapped, SizeIs(2)) << "each row lacks its machine";
  EXPECT_EQ(unnamed.unmapped[0].where, "/tmp/runs/ollama.txt:3");
  EXPECT_EQ(unnamed.fresh[0].hardware, "not stated");
  Result<RunBook> book = RunBook::open(empty.text_with(unnamed.fresh), "mine.csv");
  ASSERT_TRUE(book);
  const TakenRuns named = taken(file, kOn3090, *book);
  EXPECT_EQ(named.corrected, 2);
  EXPECT_THAT(book->text_with({}), Not(HasSubstr("not stated")));
}

TEST(TakeRuns, TheTypeOfTheCacheGivenLaterCorrectsWhatIsThereOnce) {
  RunBook empty;
  const NamedText file = ollama("4000", "110");
  Result<RunBook> book = RunBook::open(empty.text_with(taken(file, kOn3090, empty).fresh), "mine.csv");
  ASSERT_TRUE(book);
  ImportChoices choices = kOn3090;
  choices.kv_type = "q8_0";
  EXPECT_EQ(taken(file, choices, *book).corrected, 2);
  EXPECT_THAT(book->text_with({}), HasSubstr("KV q8_0"));
  EXPECT_EQ(taken(file, choices, *book).known, 2) << "it says so by now";
  EXPECT_EQ(taken(file, kOn3090, *book).known, 2) << "and nobody took it back";
}

TEST(TakeRuns, AnAnswerOutOfAPromptCacheIsMarkedAndKept) {
  RunBook book;
  const TakenRuns all = taken(ollama("139356", "110"), kOn3090, book);
  ASSERT_THAT(all.fresh, SizeIs(2));
  ASSERT_THAT(all.marked, SizeIs(1));
  EXPECT_EQ(all.marked[0].reason, "above_ceiling");
  EXPECT_THAT(all.fresh[0].unit_note, HasSubstr("OUTLIER: 139000 tok/s is above"));
  EXPECT_EQ(all.fresh[0].confidence, "low");
  EXPECT_THAT(all.fresh[1].unit_note, Not(HasSubstr("OUTLIER"))) << "how it answered is another matter";
}

TEST(TakeRuns, ACardThatDecodesAsIfFromTheHostsMemoryIsMarkedWithItsPrompt) {
  RunBook book;
  const TakenRuns all = taken(ollama("900", "9"), kOn3090, book);
  EXPECT_THAT(all.marked, SizeIs(2));
  EXPECT_THAT(all.fresh[1].unit_note, HasSubstr("something else was the limit"));
  EXPECT_THAT(all.fresh[0].unit_note, HasSubstr("OUTLIER: of the same run 9 tok/s"));
}

/// A published row without its mark.
Measurement unmarked(Measurement row) {
  row.unit_note.resize(row.unit_note.find("OUTLIER"));
  row.confidence = "high";
  return row;
}

SpeedModel shipped(const ResolvedRow& row) { return assemble(row.parts, house().calibration.values); }

TEST(TakeRuns, TheKnownOutliersAreFoundWithoutTheirMarks) {
  // Of 41 rows that the extract marked, the catalog can state all but the two of "Apple M3", whose memory it cannot
  // know.
  int decodes = 0, prefills = 0, found = 0, unstated = 0;
  for (const Measurement& row : house().catalog.measurements) {
    const bool marked = row.unit_note.find("OUTLIER") != std::string::npos && row.id.starts_with('m');
    if (!marked) continue;
    const ResolvedRow resolved = resolve_row(house().catalog, row);
    if (!resolved.skip_reason.empty()) {
      ++unstated;
      continue;
    }
    (row.phase == Phase::decode ? decodes : prefills) += 1;
    if (row.phase != Phase::decode) continue;
    const Measurement plain = unmarked(row);
    const ResolvedRow again = resolve_row(house().catalog, plain);
    const bool is_found = is_impossible(gate_of(again)) || implausible_share(again, shipped(again)).has_value();
    EXPECT_TRUE(is_found) << row.id << " " << row.hardware << " " << row.model << " " << row.tokens_per_s;
    found += is_found;
  }
  EXPECT_EQ(unstated, 2);
  EXPECT_EQ(decodes + prefills + unstated, 41);
  EXPECT_EQ(found, decodes) << "and their prefill goes with them, as the one of any run does";
}

TEST(TakeRuns, HardlyAnotherPublishedDecodingLooksImplausible) {
  std::vector<std::string> ids;
  for (const Measurement& row : house().catalog.measurements) {
    if (row.unit_note.find("OUTLIER") != std::string::npos || row.confidence == "retracted") continue;
    const ResolvedRow resolved = resolve_row(house().catalog, row);
    if (!resolved.skip_reason.empty()) continue;
    if (implausible_share(resolved, shipped(resolved))) ids.push_back(row.id);
  }
  // Somebody looked at them (docs/import.md): a build older than its model, at a tenth of what the next one wrote; and
  // a model larger than its card. Others' errors of the rule: tests/claims/outlier_rule_test.cc.
  EXPECT_THAT(ids, UnorderedElementsAre("m00009", "m00010", "m03240"));
}

TEST(ComparedRuns, SayWhetherTheMeasurementLiesInTheInterval) {
  RunBook book;
  const TakenRuns all = taken(ollama("2500", "110"), kOn3090, book);
  const Json compared = compared_runs(house(), all.fresh, 0.8);
  ASSERT_EQ(compared.size(), 2u);
  const Json& run = compared[1];
  EXPECT_EQ(run["test"], "tg212 @ d312");
  const Json& predicted = run["predicted_tokens_per_s"];
  const double low = predicted["low"], high = predicted["high"], value = predicted["value"];
  EXPECT_EQ(run["inside"].get<bool>(), low <= 110 && 110 <= high);
  EXPECT_DOUBLE_EQ(run["ratio"].get<double>(), 110 / value);
  EXPECT_TRUE(run["refused"].is_null());
}

TEST(ComparedRuns, GuessNoEngineAndNoMachine) {
  RunBook book;
  const TakenRuns all = taken(ollama("2500", "110"), {}, book);
  const Json compared = compared_runs(house(), all.fresh, 0.8);
  EXPECT_TRUE(compared[0]["predicted_tokens_per_s"].is_null());
  EXPECT_THAT(compared[0]["not_predicted"].get<std::string>(), HasSubstr("names no machine"));
}

TEST(ComparedRuns, APredictionDoesNotKnowTheRunItStandsBeside) {
  RunBook book;
  const TakenRuns all = taken(ollama("2500", "95"), kOn3090, book);
  House learned = house();
  for (const Measurement& row : all.fresh) learned.catalog.measurements.push_back(row);
  learned.calibration = learn_from(learned.catalog, learned.calibration, all.fresh).calibration;
  EXPECT_EQ(compared_runs(learned, all.fresh, 0.8)[1]["predicted_tokens_per_s"]["value"],
            compared_runs(house(), all.fresh, 0.8)[1]["predicted_tokens_per_s"]["value"]);
}

/// A table of llama-bench on one RTX 4090.
NamedText table_of_4090(const std::string& test, const std::string& speed, const std::string& model = "llama 8B") {
  return {"depth.md",
          "Device 0: NVIDIA GeForce RTX 4090, compute capability 8.9, VMM: yes\n"
          "| model | size | params | backend | ngl | test | t/s |\n|---|---|---|---|---|---|---|\n| " +
              model + " Q4_K - Medium | 4.58 GiB | 8.03 B | CUDA | 99 | " + test + " | " + speed +
              " ± 0.5 |\n\nbuild: 8cf427ff (5163)\n"};
}

const ImportChoices kLlama = {"", "llama-3.1-8b", "", ""};

TEST(TakeRuns, ARunFasterThanItsDepthAllowsIsMarked) {
  RunBook book;
  const TakenRuns all = taken(table_of_4090("tg128 @ d32768", "205.2"), kLlama, book);
  ASSERT_THAT(all.marked, SizeIs(1));
  EXPECT_EQ(all.marked[0].reason, "above_ceiling");
  EXPECT_THAT(all.marked[0].message, HasSubstr("behind 32768 tokens, even with a q4_0 cache"));
  EXPECT_EQ(all.fresh[0].confidence, "low");
  EXPECT_THAT(taken(table_of_4090("tg128", "180"), kLlama, book).marked, IsEmpty()) << "true without a cache";
}

TEST(TakeRuns, ARunThatNeedsALighterCacheIsAskedForItsTypeAndTeachesNothing) {
  RunBook book;
  const TakenRuns all = taken(table_of_4090("tg128 @ d32768", "140"), kLlama, book);
  EXPECT_THAT(all.marked, IsEmpty()) << "a q4_0 cache would allow it";
  const Json compared = compared_runs(house(), all.fresh, 0.8);
  ASSERT_TRUE(compared[0]["refused"].is_string()) << compared.dump(2);
  EXPECT_THAT(compared[0]["refused"].get<std::string>(), HasSubstr("was it q8_0 or q4_0?"));
  EXPECT_THAT(learn_from(house().catalog, house().calibration, all.fresh).refused, SizeIs(1));
}

TEST(TakeRuns, AWholeRequestOfLlamaBenchIsPredictedByItsTwoPhases) {
  RunBook book;
  NamedText table = table_of_4090("pp512+tg128", "520");
  table.text.replace(table.text.find("RTX 4090"), 8, "RTX 3090");
  const TakenRuns all = taken(table, kLlama, book);
  ASSERT_THAT(all.fresh, SizeIs(1));
  EXPECT_EQ(all.fresh[0].tokens_per_s, 104) << "a fifth of the tokens are produced";
  const Json compared = compared_runs(house(), all.fresh, 0.8);
  const Json& predicted = compared[0]["predicted_tokens_per_s"];
  EXPECT_NEAR(predicted["value"].get<double>(), 104, 10) << "not what a loaded server of this card loses";
  EXPECT_TRUE(compared[0]["inside"].get<bool>());
}

TEST(TakeRuns, ARunLargerThanTheMemorySaysWhyNothingIsPredicted) {
  RunBook book;
  NamedText table = table_of_4090("tg128", "12");
  const TakenRuns all = taken(table, {"rtx 4090", "llama-3.3-70b", "q8_0", ""}, book);
  ASSERT_THAT(all.fresh, SizeIs(1));
  const Json compared = compared_runs(house(), all.fresh, 0.8);
  EXPECT_THAT(compared[0]["not_predicted"].get<std::string>(), HasSubstr("far larger than the memory of"));
}

TEST(TakeRuns, ARunThatNamesNoMachineIsNotLookedUp) {
  Measurement row;
  row.id = "own-1";
  row.hardware = "not stated";
  row.model = "llama-3.1-8b";
  row.quant = "q4_k_m";
  row.tokens_per_s = 100;
  const std::optional<RefusedRun> why =
      why_refused(house().catalog, house().calibration, resolve_row(house().catalog, row));
  ASSERT_TRUE(why);
  EXPECT_EQ(why->message, "the run names no machine");
  EXPECT_THAT(why->did_you_mean, IsEmpty());
}

}  // namespace
}  // namespace rigwise
