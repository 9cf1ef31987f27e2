// llama.cpp besides llama-bench: llama-batched-bench (tools/batched-bench) and llama-server's timings (tools/server).
#include "codec/foreign_readers.h"
#include "codec/json_fields.h"
#include "codec/llama_bench.h"
#include "codec/text_lines.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr double kMsPerS = 1000;

/// A level of llama-batched-bench, whichever form it was printed in.
struct LockstepLevel {
  double prompt = 0, generated = 0, streams = 0;
  double prefill_tokens_per_s = 0, decode_tokens_per_s = 0;
  bool shared_prompt = false;
};

void add_level(const LockstepLevel& level, ForeignRun run, ForeignRuns& file) {
  constexpr double kMostStreams = 1e6;
  if (!(level.streams >= 1 && level.streams <= kMostStreams) || level.prompt < 0 || level.generated < 0) {
    file.skip(run.line, "the row holds no number of streams");
    return;
  }
  const int streams = static_cast<int>(level.streams);
  const std::size_t before = file.runs.size();
  const std::string workload =
      "pp" + fixed(level.prompt, 0) + " tg" + fixed(level.generated, 0) + " x " + std::to_string(streams);
  run.engine = "llama.cpp";
  run.test = workload;
  run.note = "llama-batched-bench, one run" + run.note;
  run.prompt_tokens = level.prompt;
  const auto add = [&](Phase phase, int of_streams, double tokens_per_s) {
    if (!(tokens_per_s > 0)) return;
    ForeignRun speed = run;
    speed.phase = phase;
    speed.concurrency = of_streams;
    speed.tokens_per_s = tokens_per_s;
    speed.context_depth = phase == Phase::prefill ? 0 : level.prompt;
    if (phase != Phase::prefill) speed.gen_tokens = level.generated;
    speed.identity.append("\n").append(phase_name(phase));
    file.runs.push_back(std::move(speed));
  };
  if (level.prompt > 0) add(Phase::prefill, level.shared_prompt ? 1 : streams, level.prefill_tokens_per_s);
  if (level.generated > 0) add(streams == 1 ? Phase::decode : Phase::decode_total, streams, level.decode_tokens_per_s);
  if (file.runs.size() == before) file.skip(run.line, "the row holds no speed");
}

/// "n_kv_max = 8192, ..., is_pp_shared = 0, n_gpu_layers = 99": a number by its name.
std::optional<double> setting(std::string_view line, std::string_view name) {
  const std::string key = std::string(name) + " = ";
  const std::size_t at = line.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = line.substr(at + key.size());
  const Result<double> value = parse_number(trim(rest.substr(0, rest.find(','))));
  return value ? std::optional<double>(*value) : std::nullopt;
}

void note_conditions(std::optional<double> flash_attention, std::optional<double> chunk_tokens, ForeignRun& run) {
  if (flash_attention && *flash_attention >= 0) run.note += *flash_attention > 0 ? "; FA on" : "; FA off";
  if (chunk_tokens && *chunk_tokens >= 1 && *chunk_tokens <= 1e6 && *chunk_tokens != 512)
    run.note += "; ubatch " + fixed(*chunk_tokens, 0);
}

/// No layer on a GPU is the processor's speed. With some, which GPU is for the log or the user to say.
void set_layers(std::optional<double> gpu_layers, ForeignRun& run) {
  if (gpu_layers == 0.0) run.backend = "cpu";
  if (gpu_layers && *gpu_layers > 0) run.gpu_layers = gpu_layers;
}

}  // namespace

bool is_batched_bench(const Json& record) {
  return number_at(record, "pl") && number_at(record, "speed_tg") && number_at(record, "speed_pp");
}

void add_batched_bench(const Json& record, int line, ForeignRuns& file) {
  file.program = "llama-batched-bench";
  ForeignRun run;
  run.line = line;
  run.identity = record.dump(-1, ' ', true, Json::error_handler_t::replace);
  note_conditions(number_at(record, "flash_attn"), number_at(record, "n_ubatch"), run);
  set_layers(number_at(record, "n_gpu_layers"), run);
  const auto number = [&](const char* key) { return number_at(record, key).value_or(0); };
  add_level(
      {number("pp"), number("tg"), number("pl"), number("speed_pp"), number("speed_tg"), number("is_pp_shared") > 0},
      std::move(run), file);
}

ForeignRuns read_batched_bench_table(std::string_view text) {
  ForeignRuns file;
  file.program = "llama-batched-bench";
  ForeignRun like;
  like.devices = gpus_in_log(text);
  bool in_table = false, shared_prompt = false;
  std::string head;
  for (const TextLine& line : lines_of(text)) {
    if (line.text.find("n_kv_max = ") != std::string_view::npos) {
      head = std::string(line.text);
      like.note.clear();
      note_conditions(setting(line.text, "flash_attn"), setting(line.text, "n_ubatch"), like);
      set_layers(setting(line.text, "n_gpu_layers"), like);
      shared_prompt = setting(line.text, "is_pp_shared").value_or(0) > 0;
    }
    const std::vector<std::string_view> cells = table_cells(line.text);
    if (in_table && is_cut_off_row(line.text)) file.skip(line.number, "the row is cut off");
    if (cells.empty() || is_table_rule(cells)) continue;
    constexpr std::size_t kColumns = 10;
    if (cells.front() == "PP" && cells.size() == kColumns) {
      in_table = true;
      continue;
    }
    if (!in_table) continue;
    std::vector<double> numbers;
    for (const std::string_view cell : cells) {
      if (const Result<double> number = parse_number(cell)) numbers.push_back(*number);
    }
    if (numbers.size() != kColumns) {
      file.skip(line.number, "the row has " + std::to_string(numbers.size()) + " numbers, not 10");
      continue;
    }
    ForeignRun run = like;
    run.line = line.number;
    run.identity = "llama-batched-bench\n" + head + "\n" + std::string(trim(line.text));
    add_level({numbers[0], numbers[1], numbers[2], numbers[5], numbers[7], shared_prompt}, std::move(run), file);
  }
  return file;
}

bool is_server_timings(const Json& record) {
  return number_at(record, "timings.predicted_n") && number_at(record, "timings.predicted_ms");
}

void add_server_timings(const Json& record, int line, ForeignRuns& file) {
  file.program = "llama-server";
  const auto number = [&](const char* key) { return number_at(record, key).value_or(0); };
  const double prompt = number("timings.prompt_n"), prompt_ms = number("timings.prompt_ms");
  const double generated = number("timings.predicted_n"), generated_ms = number("timings.predicted_ms");
  const double cached = number("timings.cache_n");
  ForeignRun run;
  run.line = line;
  run.identity = record.dump(-1, ' ', true, Json::error_handler_t::replace);
  const std::string path = text_at(record, "generation_settings.model");
  run.model = path.empty() ? text_at(record, "model") : path;
  run.is_file = run.model.ends_with(".gguf");
  run.engine = "llama.cpp";
  run.engine_version = text_at(record, "system_fingerprint");
  run.note = "llama-server timings of one request";
  run.prompt_tokens = prompt;
  run.context_depth = cached;
  const std::size_t before = file.runs.size();
  const auto add = [&](Phase phase, double tokens_per_s) {
    ForeignRun speed = run;
    speed.phase = phase;
    speed.tokens_per_s = tokens_per_s;
    speed.test = phase == Phase::prefill ? "pp" + fixed(prompt, 0) : "tg" + fixed(generated, 0);
    if (phase == Phase::decode) {
      speed.gen_tokens = generated;
      speed.context_depth = cached + prompt;
    }
    speed.identity.append("\n").append(phase_name(phase));
    file.runs.push_back(std::move(speed));
  };
  if (prompt > 0 && prompt_ms > 0) add(Phase::prefill, prompt * kMsPerS / prompt_ms);
  // The first token comes out of the prompt's step, and predicted_ms starts with it: what is timed are the others.
  if (generated > 1 && generated_ms > 0) add(Phase::decode, (generated - 1) * kMsPerS / generated_ms);
  if (file.runs.size() == before) file.skip(line, "the timings hold no speed");
}

}  // namespace rigwise
