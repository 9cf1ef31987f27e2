#include "host/cli/synth_run.h"

#include <algorithm>
#include <ostream>

#include "codec/sha256.h"
#include "core/base/text.h"
#include "core/stats/quantile.h"
#include "host/cli/run_report.h"
#include "host/cli/say.h"
#include "verbs/compared_runs.h"

namespace rigwise {
namespace {

constexpr double kLevel = 0.8;
constexpr const char* kSynthetic = "; synthetic weights";

/// Rows of one kind of test, and the median of their times per token.
struct MedianTest {
  Measurement like;
  std::vector<double> seconds_per_token;

  double median_s() const { return quantile(seconds_per_token, 0.5); }
};

bool is_same_test(const Measurement& a, const Measurement& b) {
  return a.phase == b.phase && a.prompt_tokens == b.prompt_tokens && a.gen_tokens == b.gen_tokens &&
         a.context_depth == b.context_depth;
}

std::vector<MedianTest> medians_of(const std::vector<Measurement>& rows) {
  std::vector<MedianTest> tests;
  for (const Measurement& row : rows) {
    if (row.phase == Phase::e2e) continue;
    const auto same = [&](const MedianTest& test) { return is_same_test(test.like, row); };
    auto found = std::find_if(tests.begin(), tests.end(), same);
    if (found == tests.end()) found = tests.insert(tests.end(), MedianTest{row, {}});
    found->seconds_per_token.push_back(1 / row.tokens_per_s);
  }
  return tests;
}

/// What one file gave.
struct MeasuredRows {
  std::vector<Measurement> rows;
  std::vector<UnmappedName> unmapped;
  bool was_interrupted = false;
  double seconds = 0;
};

/// Runs the engine on one file. Rows of a cut carry the model's name, and are not the model's: only their times count.
Result<MeasuredRows> measure(const House& house, const SynthRunPlan& plan, const MeasuredFile& file) {
  const Result<EngineOutput> output = run_engine(plan.engine, file.path, plan.work);
  if (!output) return fail(output.error());
  MeasuredRows measured;
  measured.seconds = output->seconds;
  measured.was_interrupted = output->end == EngineRunEnd::interrupted;
  if (measured.was_interrupted) return measured;
  const std::string name = file.path.substr(file.path.find_last_of('/') + 1);
  Result<ImportedFile> imported = import_runs(house.catalog, output->text, name, plan.choices);
  if (!imported) return fail(imported.error());
  if (imported->runs.empty()) {
    return fail({ErrorCode::io,
                 imported->skipped.empty() ? "the engine printed no speed" : imported->skipped.front().message,
                 plan.engine.path,
                 "run it by hand on the file that was written",
                 {}});
  }
  measured.unmapped = std::move(imported->runs.front().unmapped);
  for (ImportedRun& run : imported->runs) {
    run.row.unit_note += kSynthetic;
    measured.rows.push_back(std::move(run.row));
  }
  return measured;
}

/// The whole model's tests from those of two cuts.
Result<std::vector<Measurement>> whole_of_cuts(const SynthRunPlan& plan, const std::vector<Measurement>& shorter,
                                               const std::vector<Measurement>& longer, Json& cuts) {
  const int a = plan.files[0].layers, b = plan.files[1].layers, all = plan.model_layers;
  const double share = 1.0 * (all - a) / (b - a);
  const std::vector<MedianTest> second = medians_of(longer);
  std::vector<Measurement> whole;
  for (const MedianTest& first : medians_of(shorter)) {
    const auto same = [&](const MedianTest& test) { return is_same_test(test.like, first.like); };
    const auto found = std::find_if(second.begin(), second.end(), same);
    if (found == second.end()) continue;
    const double t_a = first.median_s(), t_b = found->median_s();
    const double t = t_a + share * (t_b - t_a);
    cuts.push_back({{"test", test_of_row(first.like)},
                    {"first_layers", a},
                    {"first_seconds_per_token", t_a},
                    {"second_layers", b},
                    {"second_seconds_per_token", t_b},
                    {"model_layers", all},
                    {"seconds_per_token", t}});
    if (!(t_b > t_a)) {
      return fail({ErrorCode::io,
                   "the cut of " + std::to_string(b) + " layers was no slower than that of " + std::to_string(a) +
                       " (" + test_of_row(first.like) + "): something else was the limit",
                   plan.engine.path,
                   "more layers (--layers), or a machine that does nothing else",
                   {}});
    }
    Measurement row = found->like;
    row.tokens_per_s = 1 / t;
    row.unit_note += "; extrapolated from cuts of " + std::to_string(a) + " and " + std::to_string(b) + " of " +
                     std::to_string(all) + " layers";
    row.confidence = "medium";
    row.id = "own-" + sha256_hex(first.like.id + row.id).substr(0, 10);
    whole.push_back(std::move(row));
  }
  if (whole.empty()) return fail({ErrorCode::io, "the cuts have no test in common", plan.engine.path, "", {}});
  return whole;
}

}  // namespace

Result<SynthRunOutcome> run_synth(const House& house, const SynthRunPlan& plan, RunBook& book) {
  SynthRunOutcome outcome;
  std::vector<MeasuredRows> each;
  double seconds = 0;
  for (const MeasuredFile& file : plan.files) {
    Result<MeasuredRows> measured = measure(house, plan, file);
    if (!measured) return fail(measured.error());
    outcome.was_interrupted = measured->was_interrupted;
    if (outcome.was_interrupted) return outcome;
    seconds += measured->seconds;
    each.push_back(std::move(*measured));
  }
  Json cuts = Json::array();
  std::vector<Measurement> rows = each.back().rows;
  if (each.size() > 1) {
    Result<std::vector<Measurement>> whole = whole_of_cuts(plan, each[0].rows, rows, cuts);
    if (!whole) return fail(whole.error());
    rows = std::move(*whole);
  }
  for (Measurement& row : rows) take_row(house, std::move(row), plan.choices, book, outcome.taken);
  outcome.unmapped = std::move(each.back().unmapped);
  outcome.report = {{"engine", local_engine_name(plan.engine.kind)},
                    {"path", plan.engine.path},
                    {"run_s", seconds},
                    {"cuts", cuts.empty() ? Json(nullptr) : std::move(cuts)},
                    {"saved_to", nullptr},
                    {"compared", compared_runs(house, outcome.taken.fresh, kLevel)}};
  return outcome;
}

void print_synth_run(const Console& console, const SynthRunOutcome& outcome) {
  std::ostream& out = *console.out;
  out << '\n'
      << text_of(outcome.report, "engine") << ", " << say_seconds(outcome.report["run_s"].get<double>()) << ":\n";
  if (const Json& cuts = outcome.report["cuts"]; cuts.is_array()) {
    for (const Json& cut : cuts) {
      console.print_wrapped(
          text_of(cut, "test") + ": " + say_seconds(cut["first_seconds_per_token"]) + " a token with " +
              cut["first_layers"].dump() + (cut["first_layers"] == 1 ? " layer, " : " layers, ") +
              say_seconds(cut["second_seconds_per_token"]) + " with " + cut["second_layers"].dump() + ", so " +
              say_seconds(cut["seconds_per_token"]) + " with all " + cut["model_layers"].dump(),
          2);
    }
  }
  print_compared(console, outcome.report["compared"]);
  for (const UnmappedName& name : outcome.unmapped) {
    *console.err << "note: " << name.message;
    for (std::size_t i = 0; i < name.did_you_mean.size(); ++i)
      *console.err << (i == 0 ? "; did you mean " : ", ") << name.did_you_mean[i];
    *console.err << (name.did_you_mean.empty() ? "\n" : "?\n");
  }
}

}  // namespace rigwise
