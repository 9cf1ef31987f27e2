#include "verbs/contributed_rows.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "codec/measurement_csv.h"
#include "codec/table_reader.h"
#include "core/base/text.h"
#include "core/perf/gate.h"
#include "core/perf/learn.h"
#include "core/perf/refused_run.h"
#include "core/usage/secrets.h"

namespace rigwise {
namespace {

/// The machine that `probe --save` keeps is nobody else's.
constexpr const char* kThisMachine = "here";

/// How `import` words the source of a run of which it knows no more.
constexpr std::string_view kNobodysRun = "own run (";

/// Where it can be read up, and whose it is.
std::string source_words(const ContributionNotes& notes) {
  if (notes.author.empty()) return notes.source;
  return "own run of " + notes.author + (notes.source.empty() ? "" : ", " + notes.source);
}

std::string try_for(const std::string& reason) {
  if (reason == "hardware_unknown" || reason == "memory_config_unknown") return "--machine \"2x rtx-3090\"";
  if (reason == "model_unknown") return "--model NAME, of `rigwise catalog models`";
  if (reason == "format_unknown") return "--quant NAME, of `rigwise catalog formats`";
  if (reason == "engine_unknown") return "--engine NAME, of `rigwise catalog engines`";
  return "measure again, or leave it out";
}

LeftOutRun left_out(const Measurement& row, std::string reason, std::string message, std::string try_this) {
  return {row.source_locator, row.id, std::move(reason), std::move(message), std::move(try_this), {}};
}

/// What a row lacks, or why it cannot be true; nothing: it may go into the catalog.
std::optional<LeftOutRun> why_left_out(const House& house, const TakenRuns& taken, const Measurement& row,
                                       const std::string& today) {
  const auto& known = house.catalog.measurements;
  if (std::any_of(known.begin(), known.end(), [&](const Measurement& m) { return m.id == row.id && !m.is_own; })) {
    return left_out(row, "known", "the catalog has it already", "nothing: it is there");
  }
  if (row.hardware == kThisMachine) {
    return left_out(row, "hardware_unknown", "\"here\" is the record of this machine alone",
                    "--machine with its name in the catalog; CONTRIBUTING.md says how to add one");
  }
  const auto marked =
      std::find_if(taken.marked.begin(), taken.marked.end(), [&](const RefusedRun& run) { return run.id == row.id; });
  if (marked != taken.marked.end()) {
    return left_out(row, marked->reason, marked->message, "another look at machine, model and format; measure again");
  }
  const ResolvedRow resolved = resolve_row(house.catalog, row);
  if (!resolved.skip_reason.empty()) {
    std::optional<RefusedRun> why = why_refused(house.catalog, published_only(house.calibration), resolved);
    LeftOutRun left =
        left_out(row, resolved.skip_reason, why ? why->message : resolved.skip_reason, try_for(resolved.skip_reason));
    if (why) left.did_you_mean = std::move(why->did_you_mean);
    return left;
  }
  if (engine_of_row(house.catalog, row.engine) == nullptr) {
    return left_out(row, "engine_unknown", "no engine is called \"" + row.engine + "\"", try_for("engine_unknown"));
  }
  if (is_impossible(gate_of(resolved)) || passed_usual_cache(resolved)) {
    const std::optional<RefusedRun> why = why_refused(house.catalog, published_only(house.calibration), resolved);
    const bool impossible = is_impossible(gate_of(resolved));
    return left_out(row, impossible ? gate_name(gate_of(resolved)) : "cache_type_unknown",
                    why ? why->message : "memory and arithmetic forbid it",
                    impossible ? "measure again" : "the cache's type in the row's unit_note, or -ctk f16 -ctv f16");
  }
  if (row.unit_note.find("client health D") != std::string::npos) {
    return left_out(row, "client_health", "its client's grade is D: the figures are the client's, or of another load",
                    "a client with more cores, apart from the server; fewer streams; docs/measuring.md");
  }
  if (row.source.empty() || row.source.starts_with(kNobodysRun)) {
    return left_out(row, "no_source", "nobody says where it is from", "--author NAME, or --source https://...");
  }
  if (!is_date(row.date)) {
    return left_out(row, "no_date", row.date.empty() ? "it has no date" : "\"" + row.date + "\" is no date",
                    "--date 2026-11-22");
  }
  if (!today.empty() && row.date > today)
    return left_out(row, "no_date", row.date + " is yet to come", "the day of the run, or the clock of this machine");
  return std::nullopt;
}

}  // namespace

ContributedRows contributed_rows(const House& house, const TakenRuns& taken, const ContributionNotes& notes) {
  ContributedRows contributed;
  const std::string source = source_words(notes);
  for (Measurement row : taken.fresh) {
    if (!source.empty()) row.source = source;
    if (row.date.empty()) row.date = notes.date;
    row.unit_note = without_secrets(row.unit_note);
    row.is_own = false;
    for (std::optional<double>* tokens : {&row.prompt_tokens, &row.gen_tokens, &row.context_depth})
      if (*tokens) *tokens = std::round(**tokens);
    if (std::optional<LeftOutRun> left = why_left_out(house, taken, row, notes.today)) {
      contributed.left_out.push_back(*std::move(left));
    } else {
      if (row.confidence != "low") row.confidence = "medium";
      contributed.rows.push_back(std::move(row));
    }
  }
  for (const auto& [path, skipped] : taken.skipped) {
    contributed.left_out.push_back({path + ":" + std::to_string(skipped.line), "", "no_row", skipped.message,
                                    "a run that a row can state", skipped.did_you_mean});
  }
  return contributed;
}

Json contributed_rows_json(const ContributedRows& contributed) {
  Json left = Json::array();
  for (const LeftOutRun& run : contributed.left_out) {
    left.push_back({{"where", run.where},
                    {"id", run.id.empty() ? Json(nullptr) : Json(run.id)},
                    {"reason", run.reason},
                    {"message", run.message},
                    {"try", run.try_this},
                    {"did_you_mean", run.did_you_mean}});
  }
  return {{"schema", "rigwise.export_measurements/1"},
          {"rows", contributed.rows.size()},
          {"left_out", std::move(left)},
          {"written_to", nullptr},
          {"rows_csv", std::string(kMeasurementColumns) + "\n" + measurement_lines(contributed.rows)}};
}

}  // namespace rigwise
