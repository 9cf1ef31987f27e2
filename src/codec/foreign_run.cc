#include "codec/foreign_run.h"

#include <cmath>

#include "core/base/text.h"

namespace rigwise {
namespace {

/// A speed that can be one.
bool is_speed(double tokens_per_s) { return std::isfinite(tokens_per_s) && tokens_per_s > 0; }

std::optional<double> whole_tokens(double mean) {
  return std::isfinite(mean) && mean >= 1 && mean < 1e9 ? std::optional<double>(std::round(mean)) : std::nullopt;
}

}  // namespace

void note_failed_requests(double failed, double all, ForeignRun& run) {
  if (!(failed >= 1 && failed <= all)) return;
  run.has_faults = true;
  run.note += "; " + fixed(failed, 0) + " of " + fixed(all, 0) + " requests failed";
}

bool add_served_load(const ForeignRun& like, const ServedLoad& load, ForeignRuns& file) {
  const std::size_t before = file.runs.size();
  const auto add = [&](Phase phase, double tokens_per_s, const char* note) {
    if (!is_speed(tokens_per_s)) return;
    ForeignRun run = like;
    run.phase = phase;
    run.tokens_per_s = tokens_per_s;
    run.concurrency = load.streams;
    run.prompt_tokens = whole_tokens(load.prompt_tokens);
    if (phase == Phase::prefill) {
      run.context_depth = 0;
    } else {
      run.gen_tokens = whole_tokens(load.output_tokens);
      run.context_depth = phase == Phase::decode ? run.prompt_tokens : std::nullopt;
    }
    run.identity.append("\n").append(phase_name(phase));
    run.note += note;
    file.runs.push_back(std::move(run));
  };
  add(Phase::e2e, load.output_tokens_per_s, "; tokens of all streams over all time");
  if (load.streams == 1) {
    if (load.ttft_s > 0) {
      add(Phase::prefill, load.prompt_tokens / load.ttft_s,
          "; prompt over mean time to first token: a cached prompt makes it too fast");
    }
    if (load.tpot_s > 0) add(Phase::decode, 1 / load.tpot_s, "; 1 / mean time per token after the first");
  }
  return file.runs.size() > before;
}

}  // namespace rigwise
