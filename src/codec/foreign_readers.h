#pragma once

#include <string_view>

#include "codec/foreign_run.h"
#include "codec/json_text.h"

namespace rigwise {

/// Readers of single programs' results, each after that program's source. JSON readers take one record, add its runs to
/// `file` and are asked only for what the matching is_...() knows. Text readers take the whole text.

/// llama.cpp's llama-batched-bench, `--output-format jsonl` or the table. Streams in lock-step: prefill of all prompts,
/// then decode_total. Neither model nor machine is in it.
bool is_batched_bench(const Json& record);
void add_batched_bench(const Json& record, int line, ForeignRuns& file);
ForeignRuns read_batched_bench_table(std::string_view text);

/// llama-server's answer to /completion: `timings` with prompt_n, prompt_ms, predicted_n, predicted_ms, cache_n.
bool is_server_timings(const Json& record);
void add_server_timings(const Json& record, int line, ForeignRuns& file);

/// Ollama's answer to /api/generate or /api/chat (eval_count, eval_duration in ns), and what `ollama run --verbose`
/// prints. A tag is in the text where the command line is.
bool is_ollama_answer(const Json& record);
void add_ollama_answer(const Json& record, int line, ForeignRuns& file);
ForeignRuns read_ollama_verbose(std::string_view text);

/// LocalScore's payload (runtime_info, accelerator_info, results), a result of its site, and its CSV.
bool is_localscore(const Json& record);
void add_localscore(const Json& record, int line, ForeignRuns& file);
ForeignRuns read_localscore_csv(std::string_view text);

/// GuideLLM's benchmarks.json, of 0.2 to 0.8 (`benchmarks[].metrics`, distributions by status).
bool is_guidellm(const Json& record);
void add_guidellm(const Json& record, int line, ForeignRuns& file);

/// AIPerf's profile_export_aiperf.json and GenAI-Perf's profile_export_genai_perf.json, and the CSVs of both.
bool is_aiperf(const Json& record);
void add_aiperf(const Json& record, int line, ForeignRuns& file);
ForeignRuns read_aiperf_csv(std::string_view text);

/// `vllm bench serve` and benchmark_serving.py, and SGLang's bench_serving, which descends from it.
bool is_served_bench(const Json& record);
void add_served_bench(const Json& record, int line, ForeignRuns& file);

/// MLPerf's mlperf_log_summary.txt, as LoadGen writes it. Tokens only where the run counted them.
ForeignRuns read_mlperf_summary(std::string_view text);

/// Our own `rigwise bench --json`.
bool is_bench_result(const Json& record);
void add_bench_result(const Json& record, int line, ForeignRuns& file);

}  // namespace rigwise
