// Our own `rigwise bench --json` (docs/schema/bench.response.json).
#include <cmath>

#include "codec/foreign_readers.h"
#include "codec/json_fields.h"
#include "core/base/text.h"
#include "core/measure/cached_prompts.h"

namespace rigwise {
namespace {

/// Why a level says nothing of what the machine can do; empty: it does.
std::string why_not(const Json& level) {
  if (const std::optional<double> rate = number_at(level, "rate")) {
    return "an open load (" + significant(*rate, 4) +
           " requests/s): what it served is what was asked for, not what the machine can do";
  }
  if (number_at(level, "ok").value_or(0) < 1) return "no request was answered in full";
  if (number_at(level, "client_health.load_as_planned").value_or(1) < 1)
    return "requests left too late: the level says nothing of its load";
  if (text_at(level, "client_health.grade") == "D")
    return "client health D: the figures are the client's, or of another load";
  return {};
}

/// The first of several figures that is there.
double first_number(const Json& from, std::initializer_list<const char*> paths) {
  for (const char* path : paths) {
    if (const std::optional<double> number = number_at(from, path); number && *number > 0) return *number;
  }
  return 0;
}

/// What a cache did to the prompts, as far as the level and its load say; empty: nothing that counts.
std::string cache_note(const Json& level, const Json& record) {
  constexpr double kLongPrompt = 1e9;  // where the result does not say how long they were
  if (const std::optional<double> cached = number_at(level, "cached_share")) {
    const double prompt_tokens = number_at(level, "prompt_tokens.mean").value_or(kLongPrompt);
    if (!are_prompts_cached(*cached, prompt_tokens)) return {};
    return significant(100 * *cached, 2) + " % of the prompts from a cache";
  }
  const Json* nonce = value_at(record, "load.nonce");
  const bool repeats = number_at(record, "load.shared_prefix").value_or(0) > 0 || (nonce != nullptr && *nonce == false);
  return repeats ? "prompts that are alike, and the server does not say what was cached" : "";
}

/// With one stream the server's own timings and the slope over prompt lengths say more than time to first token does.
/// A prompt that was partly cached has no speed of its length: what was computed of it is shorter, and lies deeper.
void add_alone(const Json& level, const Json& record, const ForeignRun& like, ForeignRuns& file) {
  const auto add = [&](Phase phase, double tokens_per_s, const std::string& note) {
    if (!(tokens_per_s > 0)) return;
    ForeignRun run = like;
    run.phase = phase;
    run.tokens_per_s = tokens_per_s;
    run.note += note;
    if (phase == Phase::prefill) {
      run.gen_tokens.reset();
      run.context_depth = 0;
    } else {
      run.context_depth = run.prompt_tokens;
    }
    run.identity.append("\n").append(phase_name(phase));
    file.runs.push_back(std::move(run));
  };
  const double served_prefill = first_number(level, {"server_prefill_tokens_per_s"});
  const double slope = first_number(record, {"prefill.tokens_per_s"});
  if (!cache_note(level, record).empty()) {
    // No prefill: the others' note says so.
  } else if (served_prefill > 0) {
    add(Phase::prefill, served_prefill, "; server's own timings");
  } else if (slope > 0) {
    add(Phase::prefill, slope, "; slope of ttft over prompt lengths");
  }
  const double served_decode = first_number(level, {"server_decode_tokens_per_s"});
  if (served_decode > 0) {
    add(Phase::decode, served_decode, "; server's own timings");
  } else {
    add(Phase::decode, first_number(level, {"per_stream_tokens_per_s.p50", "per_stream_tokens_per_s.mean"}),
        "; 1 / tpot");
  }
}

/// Requests that failed, a level that the user ended, and answers that were shorter or longer than asked: bench says
/// the latter in its notes.
void note_faults(const Json& level, ForeignRun& run) {
  const double requests = number_at(level, "requests").value_or(0);
  note_failed_requests(requests - number_at(level, "ok").value_or(0), requests, run);
  if (const Json* ended = value_at(level, "interrupted"); ended != nullptr && *ended == true) {
    run.has_faults = true;
    run.note += "; ended by hand";
  }
  const Json* notes = value_at(level, "notes");
  if (notes == nullptr || !notes->is_array()) return;
  for (const Json& note : *notes) {
    if (!note.is_string()) continue;
    const std::string& text = note.get_ref<const std::string&>();
    if (text.find("have not the length asked for") == std::string::npos) continue;
    run.has_faults = true;
    run.note += "; " + text;
  }
}

void add_level(const Json& level, std::size_t index, const Json& record, ForeignRun run, ForeignRuns& file) {
  if (const std::string reason = why_not(level); !reason.empty()) {
    file.skip(run.line, "level " + std::to_string(index + 1) + ": " + reason);
    return;
  }
  const double streams = number_at(level, "concurrency").value_or(0);
  if (!(streams >= 1 && streams < 1e6)) {
    file.skip(run.line, "level " + std::to_string(index + 1) + ": it says no number of streams");
    return;
  }
  run.concurrency = static_cast<int>(streams);
  run.test = run.concurrency == 1 ? "1 stream" : std::to_string(run.concurrency) + " streams";
  run.identity += "\n" + std::to_string(index);
  const double prompt = first_number(level, {"prompt_tokens.mean", "prompt_tokens.p50"});
  const double output = first_number(level, {"output_tokens.mean", "output_tokens.p50"});
  if (prompt > 0) run.prompt_tokens = std::round(prompt);  // a mean of several lengths
  if (output > 0) run.gen_tokens = std::round(output);
  const std::string grade = text_at(level, "client_health.grade");
  run.note += ", " + fixed(number_at(level, "ok").value_or(0), 0) + " requests, client health " +
              (grade.empty() ? "not said" : grade);
  note_faults(level, run);
  if (const std::string cached = cache_note(level, record); !cached.empty()) {
    run.has_faults = true;
    run.note += "; " + cached + (run.concurrency == 1 ? ": no speed of prefill is taken from it" : "");
  } else if (const double share = number_at(level, "cached_share").value_or(0); share > 0) {
    run.note += "; " + significant(100 * share, 2) + " % of the prompts from a cache";
  }
  ForeignRun whole = run;
  whole.phase = Phase::e2e;
  whole.tokens_per_s = first_number(level, {"output_tokens_per_s", "output_tokens_per_s_run"});
  whole.note += "; tokens of all streams over the window";
  whole.identity += "\ne2e";
  const std::size_t before = file.runs.size();
  if (whole.tokens_per_s > 0) file.runs.push_back(std::move(whole));
  if (run.concurrency == 1) add_alone(level, record, run, file);
  if (file.runs.size() == before) file.skip(run.line, "level " + std::to_string(index + 1) + " holds no speed");
}

}  // namespace

bool is_bench_result(const Json& record) {
  const Json* levels = value_at(record, "levels");
  return text_at(record, "schema") == "rigwise.bench/1" && levels != nullptr && levels->is_array();
}

void add_bench_result(const Json& record, int line, ForeignRuns& file) {
  file.program = "rigwise bench";
  file.version = text_at(record, "machine.rigwise");
  ForeignRun run;
  run.line = line;
  run.model = text_at(record, "target.model");
  run.as_published = run.model.find('/') != std::string::npos;
  if (text_at(record, "target.dialect") == "ollama") run.engine = "ollama";
  run.date = text_at(record, "measured_at").substr(0, 10);
  run.note = "rigwise bench";
  run.identity = "rigwise bench\n" + text_at(record, "load.run") + "\n" + text_at(record, "measured_at");
  const Json& levels = *value_at(record, "levels");
  for (std::size_t i = 0; i < levels.size(); ++i) add_level(levels[i], i, record, run, file);
}

}  // namespace rigwise
