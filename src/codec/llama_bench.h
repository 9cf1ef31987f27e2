#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "codec/foreign_run.h"
#include "codec/json_text.h"

namespace rigwise {

/// Results of llama.cpp's llama-bench in each of its forms: `-o json`, `jsonl`, `csv`, `sql` and `md`. Keys that are
/// missing or unknown do no harm: builds differ in them.
///
/// pp tests become prefill, tg decode, pg e2e (counted by the tokens produced); a depth is the context depth.
/// Holds   a record that is cut off, offloads to the host, or keeps its cache in a format that a row cannot state, is
///         skipped with its line.

/// Adds one record, as JSON with llama-bench's keys, numbers also as texts. Gives why it is none that a row can state.
std::optional<std::string> add_llama_bench_record(const Json& record, int line, ForeignRuns& file);

ForeignRuns read_llama_bench_json(std::string_view text);
/// A header of llama-bench's keys, a row a test.
ForeignRuns read_llama_bench_csv(std::string_view text);
/// `INSERT INTO llama_bench (keys) VALUES (...)` a test; "test" is the table's name in older builds.
ForeignRuns read_llama_bench_sql(std::string_view text);
/// Tables with a column `test` and one `t/s`, wherever they stand in a text. The model's file and the GPU are not among
/// the columns: GPUs are taken from the lines that llama.cpp prints before ("Device 0: NVIDIA ...").
ForeignRuns read_llama_bench_markdown(std::string_view text);

/// GPUs that llama.cpp says it found, in the lines it prints when it starts.
std::vector<std::string> gpus_in_log(std::string_view text);

}  // namespace rigwise
