#include "codec/import_runs.h"

#include <algorithm>
#include <cmath>

#include "codec/foreign_readers.h"
#include "codec/json_fields.h"
#include "codec/llama_bench.h"
#include "codec/llama_bench_names.h"
#include "codec/sha256.h"
#include "codec/table_reader.h"
#include "codec/text_lines.h"
#include "core/base/text.h"
#include "core/facts/setup.h"
#include "core/perf/gate.h"

namespace rigwise {
namespace {

constexpr std::size_t kDigestDigits = 12, kIdDigits = 10;

bool holds(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// One program's JSON record: how it is known and read.
struct JsonReader {
  bool (*knows)(const Json& record);
  void (*add)(const Json& record, int line, ForeignRuns& file);
};

constexpr JsonReader kJsonReaders[] = {{is_bench_result, add_bench_result},   {is_guidellm, add_guidellm},
                                       {is_localscore, add_localscore},       {is_batched_bench, add_batched_bench},
                                       {is_ollama_answer, add_ollama_answer}, {is_server_timings, add_server_timings},
                                       {is_served_bench, add_served_bench},   {is_aiperf, add_aiperf}};

/// Reads one record with the reader that knows it. What none knows is skipped, unless it is a piece of a stream whose
/// last record has the figures.
void read_record(const Json& record, int line, ForeignRuns& file) {
  for (const JsonReader& reader : kJsonReaders) {
    if (reader.knows(record)) return reader.add(record, line, file);
  }
  const bool is_piece = record.is_object() && value_at(record, "done") != nullptr && number_at(record, "done") == 0.0;
  if (!is_piece) file.skip(line, "no known program's result: neither its keys nor its values say whose it is");
}

/// One document, a list of them, or one a line. What is no JSON line between them (a log) is passed over.
ForeignRuns read_json(std::string_view text) {
  ForeignRuns file;
  const std::string standard = standard_json(text);
  if (const Result<Json> whole = parse_json(standard)) {
    if (!whole->is_array()) {
      read_record(*whole, 1, file);
    } else {
      for (const Json& record : *whole) read_record(record, 1, file);
    }
    return file;
  }
  for (const TextLine& line : lines_of(standard)) {
    if (!trim(line.text).starts_with('{')) continue;
    const Result<Json> record = parse_json(trim(line.text));
    if (record) {
      read_record(*record, line.number, file);
    } else {
      file.skip(line.number, record.error().message);
    }
  }
  return file;
}

/// The reader that a text's own words call for, first match first; nothing is read by two.
ForeignRuns read_foreign(std::string_view text) {
  const bool has_llama_bench_keys = holds(text, "n_prompt") && holds(text, "avg_ts");
  if (has_llama_bench_keys && (holds(text, "INSERT INTO"))) return read_llama_bench_sql(text);
  if (has_llama_bench_keys && holds(text, "\"avg_ts\":")) return read_llama_bench_json(text);
  if (has_llama_bench_keys) return read_llama_bench_csv(text);
  const std::size_t begin = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  const std::string_view head = begin == std::string_view::npos ? std::string_view() : text.substr(begin);
  if (head.starts_with('{') || head.starts_with('[')) {
    ForeignRuns json = read_json(text);  // what an answer's text quotes is nobody's result
    if (!json.empty()) return json;
  }
  if (holds(text, "MLPerf Results Summary")) return read_mlperf_summary(text);
  if (head.starts_with("Metric,")) return read_aiperf_csv(head);
  if (!head.starts_with('{') && holds(head.substr(0, head.find('\n')), "prompt_tps")) return read_localscore_csv(head);
  if (holds(text, "eval rate:")) return read_ollama_verbose(text);
  if (holds(text, "S_PP t/s")) return read_batched_bench_table(text);
  const bool has_tests = holds(text, " test |") || holds(text, "| test ");
  if (has_tests && holds(text, " t/s |")) return read_llama_bench_markdown(text);
  if (holds(text, "{")) return read_json(text);
  return {};
}

/// What the user's flags name, looked up once.
struct ChosenNames {
  const Device* device = nullptr;
  int count = 1;
  const Llm* model = nullptr;
  const Format* format = nullptr;
  const Engine* engine = nullptr;
  std::string cache_note;  ///< "; KV q8_0"
};

/// An error of a look-up, told with the flag that it came by.
Unexpected of_flag(const char* flag, Error error) {
  error.where = flag;
  return fail(std::move(error));
}

Result<ChosenNames> chosen_names(const Catalog& catalog, const ImportChoices& choices) {
  ChosenNames chosen;
  if (!choices.setup.empty()) {
    const Result<Setup> setup = parse_setup(catalog, choices.setup);
    if (!setup) return of_flag("--machine", setup.error());
    if (setup->parts.size() != 1)
      return invalid("a row holds one kind of device: \"" + choices.setup + "\"", "--machine", "\"2x rtx-3090\"");
    chosen.device = setup->parts.front().device;
    chosen.count = setup->parts.front().count;
  }
  if (!choices.model.empty()) {
    const Result<const Llm*> model = catalog.model(choices.model);
    if (!model) return of_flag("--model", model.error());
    chosen.model = *model;
  }
  if (!choices.quant.empty()) {
    const Result<const Format*> format = catalog.format(choices.quant);
    if (!format) return of_flag("--quant", format.error());
    chosen.format = *format;
  }
  if (!choices.engine.empty()) {
    const Result<const Engine*> engine = catalog.engine(choices.engine);
    if (!engine) return of_flag("--engine", engine.error());
    chosen.engine = *engine;
  }
  if (!choices.kv_type.empty()) {
    const Result<const Format*> cache = catalog.kv_format(choices.kv_type);
    if (!cache) return of_flag("--kv-type", cache.error());
    chosen.cache_note = "; KV " + (*cache)->id.substr((*cache)->id.starts_with("kv-") ? 3 : 0);
  }
  return chosen;
}

/// Turns one run into a row, name by name.
class RowMaker {
 public:
  RowMaker(const Catalog& catalog, const ChosenNames& chosen, std::string_view file, const ImportedFile& imported)
      : catalog_(catalog), chosen_(chosen), file_(file), imported_(imported) {}

  /// The row, or why a row cannot state the run.
  tl::expected<ImportedRun, std::string> make(const ForeignRun& run) const {
    if (!counts_can_be(run))
      return tl::unexpected(std::string("a count or speed in it is below 0 or beyond all bounds"));
    ImportedRun made;
    made.line = run.line;
    made.record = run.identity.substr(0, run.identity.rfind('\n'));
    name_model(run, made);
    const Llm* model = model_of(made.row.model);
    name_format(run, model, made);
    name_engine(run, made);
    if (std::optional<std::string> refusal = name_machine(run, made)) return tl::unexpected(*refusal);
    if (std::optional<std::string> refusal = beyond_a_row(run, model, made.row.hardware_count))
      return tl::unexpected(*refusal);
    fill(run, made.row);
    return made;
  }

 private:
  /// Whether a row can hold the numbers, as the reader of measurement CSV would have them.
  static bool counts_can_be(const ForeignRun& run) {
    constexpr double kMost = 1e12;
    const auto can_be = [](double value) { return std::isfinite(value) && value >= 0 && value <= kMost; };
    for (const std::optional<double>& value : {run.prompt_tokens, run.gen_tokens, run.context_depth, run.power_w}) {
      if (value && !can_be(*value)) return false;
    }
    return run.concurrency >= 0 && run.tokens_per_s > 0 && can_be(run.tokens_per_s);
  }

  void keep(const char* what, const char* flag, const std::string& printed, const Error& error,
            ImportedRun& made) const {
    made.unmapped.push_back({what, printed, error.message + "; give " + flag, error.did_you_mean});
  }

  const Llm* model_of(const std::string& id) const {
    const std::optional<std::size_t> index = catalog_.model_names.find_quietly(id);
    return index ? &catalog_.models[*index] : nullptr;
  }

  void name_model(const ForeignRun& run, ImportedRun& made) const {
    const Result<const Llm*> model =
        chosen_.model != nullptr ? Result<const Llm*>(chosen_.model) : model_of_run(catalog_, run);
    if (model) {
      made.row.model = (*model)->id;
      return;
    }
    made.row.model = run.model.empty() ? std::string(kNotStated) : run.model;
    keep("model", "--model", run.model, model.error(), made);
  }

  void name_format(const ForeignRun& run, const Llm* model, ImportedRun& made) const {
    const Result<const Format*> format =
        chosen_.format != nullptr ? Result<const Format*>(chosen_.format) : format_of_run(catalog_, run, model);
    if (!format) {
      made.row.quant = run.quant.empty() ? std::string(kNotStated) : run.quant;
      keep("quant", "--quant", run.quant, format.error(), made);
      return;
    }
    made.row.quant = (*format)->id;
    const bool by_rule = chosen_.format == nullptr && run.as_published && run.quant.empty() &&
                         format_in_name(catalog_, run.model) == nullptr;
    if (by_rule) made.row.unit_note = "weights as published: the file names no other format; ";
  }

  void name_engine(const ForeignRun& run, ImportedRun& made) const {
    if (chosen_.engine != nullptr) {
      made.row.engine = chosen_.engine->id;
      return;
    }
    if (!run.engine.empty()) {
      const Result<const Engine*> engine = catalog_.engine(run.engine);
      if (engine) {
        made.row.engine = (*engine)->id;
        return;
      }
      made.row.engine = run.engine;
      keep("engine", "--engine", run.engine, engine.error(), made);
      return;
    }
    made.row.engine = std::string(kNotStated);
    keep("engine", "--engine", "", {ErrorCode::not_found, "the file does not say the engine", "", "", {}}, made);
  }

  /// Gives why a row cannot state the machine; nothing when it can, known to the catalog or not.
  std::optional<std::string> name_machine(const ForeignRun& run, ImportedRun& made) const {
    if (chosen_.device != nullptr) {
      made.row.hardware = chosen_.device->id;
      made.row.hardware_count = chosen_.count;
      return std::nullopt;
    }
    if (run.devices.empty()) {
      made.row.hardware = std::string(kNotStated);
      keep("machine", "--machine", "", {ErrorCode::not_found, "the file names no device", "", "", {}}, made);
      return std::nullopt;
    }
    for (const std::string& name : run.devices) {
      if (name != run.devices.front()) return "unlike devices (" + join(run.devices, ", ") + "): a row holds one kind";
    }
    made.row.hardware_count = static_cast<int>(run.devices.size());
    const Result<const Device*> device = device_of_driver_name(catalog_, run.devices.front());
    if (device) {
      made.row.hardware = (*device)->id;
      return std::nullopt;
    }
    made.row.hardware = run.devices.front();
    keep("machine", "--machine", run.devices.front(), device.error(), made);
    return std::nullopt;
  }

  static std::optional<std::string> beyond_a_row(const ForeignRun& run, const Llm* model, int devices) {
    if (model != nullptr && run.gpu_layers && *run.gpu_layers > 0 && model->depth() > 0 &&
        *run.gpu_layers < model->depth() + 1) {
      return "only " + fixed(*run.gpu_layers, 0) + " of " + std::to_string(model->depth() + 1) + " layers on the GPU";
    }
    if (devices > 1 && !run.layer_split.empty()) {
      return "every layer split over " + std::to_string(devices) + " cards (split_mode " + run.layer_split +
             "), while a row means whole layers on each: run llama-bench with -sm layer";
    }
    return std::nullopt;
  }

  void fill(const ForeignRun& run, Measurement& row) const {
    row.id = "own-" + sha256_hex(run.identity).substr(0, kIdDigits);
    row.engine_version = run.engine_version;
    row.backend = run.backend;
    row.phase = run.phase;
    row.prompt_tokens = run.prompt_tokens;
    row.gen_tokens = run.gen_tokens;
    row.context_depth = run.context_depth;
    row.concurrency = run.concurrency;
    row.tokens_per_s = run.tokens_per_s;
    row.unit_note += run.note;
    if (stated_cache_type(row).empty()) row.unit_note += chosen_.cache_note;
    row.power_w = run.power_w;
    if (run.date.empty() || is_date(run.date)) {
      row.date = run.date;
    } else {
      row.unit_note += "; its date is none: \"" + run.date + "\"";
    }
    row.source = "own run (" + imported_.program + ")";
    row.source_locator =
        std::string(file_) + " " + run.test + "; line " + std::to_string(run.line) + "; sha256 " + imported_.digest;
    row.confidence = run.has_faults ? "low" : "high";
    row.is_own = true;
  }

  const Catalog& catalog_;
  const ChosenNames& chosen_;
  std::string_view file_;
  const ImportedFile& imported_;
};

}  // namespace

const char* const kKnownResultFiles =
    "results of llama-bench (json, jsonl, csv, sql, md), llama-batched-bench, llama-server, LocalScore, Ollama, "
    "GuideLLM, AIPerf, GenAI-Perf, vLLM's and SGLang's serving benchmarks, MLPerf LoadGen, or rigwise bench --json";

Result<ImportedFile> import_runs(const Catalog& catalog, std::string_view text, std::string_view name,
                                 const ImportChoices& choices) {
  const Result<ChosenNames> chosen = chosen_names(catalog, choices);
  if (!chosen) return fail(chosen.error());
  ForeignRuns foreign = read_foreign(text);
  if (foreign.program.empty() && !foreign.skipped.empty()) {
    const SkippedRun& first = foreign.skipped.front();
    return invalid(first.message, std::string(name) + ":" + std::to_string(first.line), kKnownResultFiles);
  }
  if (foreign.program.empty() || foreign.empty())
    return invalid("no known program's result is in it", std::string(name), kKnownResultFiles);
  ImportedFile file;
  file.program = std::move(foreign.program);
  file.version = std::move(foreign.version);
  file.digest = sha256_hex(text).substr(0, kDigestDigits);
  file.skipped = std::move(foreign.skipped);
  const RowMaker maker(catalog, *chosen, name, file);
  for (const ForeignRun& run : foreign.runs) {
    tl::expected<ImportedRun, std::string> made = maker.make(run);
    if (made) {
      file.runs.push_back(std::move(*made));
    } else {
      file.skipped.push_back({run.line, made.error(), {}});
    }
  }
  std::stable_sort(file.skipped.begin(), file.skipped.end(),
                   [](const SkippedRun& a, const SkippedRun& b) { return a.line < b.line; });
  return file;
}

}  // namespace rigwise
