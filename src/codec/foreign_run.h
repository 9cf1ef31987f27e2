#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/facts/measurement.h"

namespace rigwise {

/// One speed that another program measured, in that program's words. What it does not say stays empty.
struct ForeignRun {
  int line = 1;          ///< where its record begins
  std::string identity;  ///< what makes it this run and no other: the same however often and wherever it is read
  std::string test;      ///< "pp512 @ d4096", "8 streams"

  std::vector<std::string> devices;  ///< those that took part, as their driver calls them
  std::string model;                 ///< a file's path, a repository's name or an Ollama tag
  bool is_file = false;              ///< `model` is a path or a file's name
  double params = 0;                 ///< of the model, as the program counted them
  std::string quant;                 ///< "llama 8B Q4_K - Medium", "Q4_K - Medium", "fp8"
  bool as_published = false;         ///< a repository's name without a format is that of the weights as published
  std::string engine, engine_version, backend;
  std::optional<double> gpu_layers;  ///< how many of the layers a GPU held
  std::string layer_split;           ///< "row", "tensor": every layer on every card

  Phase phase = Phase::decode;
  std::optional<double> prompt_tokens, gen_tokens, context_depth;
  int concurrency = 1;
  double tokens_per_s = 0;
  std::string note, date;
  bool has_faults = false;  ///< requests failed, or were answered otherwise than asked; the note says which
  std::optional<double> power_w;
};

/// A record that did not become a measurement, and why.
struct SkippedRun {
  int line = 0;  ///< where its record begins
  std::string message;
  std::vector<std::string> did_you_mean;
};

/// What a file of another program holds.
struct ForeignRuns {
  std::string program;  ///< "llama-bench", "vllm bench serve"
  std::string version;  ///< of that program; empty where the file does not say
  std::vector<ForeignRun> runs;
  std::vector<SkippedRun> skipped;

  void skip(int at_line, std::string message) { skipped.push_back({at_line, std::move(message), {}}); }
  bool empty() const { return runs.empty() && skipped.empty(); }
};

/// What a load generator says of one level of load.
struct ServedLoad {
  int streams = 0;                              ///< requests under way at once; 0: as many as the server takes
  double prompt_tokens = 0, output_tokens = 0;  ///< of a request, mean
  double output_tokens_per_s = 0;               ///< of all streams
  double ttft_s = 0, tpot_s = 0;                ///< mean; tpot without the first token
};

/// Says in the note how many requests of all were not answered; nothing where all were.
void note_failed_requests(double failed, double all, ForeignRun& run);

/// The speeds of a level as runs: all tokens over all time (e2e); with a single stream also prefill (prompt over time
/// to first token) and decode (1 / tpot). With several, one's decoding waits for the others' prompts: that is no speed
/// of decoding, and none is made of it. False when the level holds no speed at all.
bool add_served_load(const ForeignRun& like, const ServedLoad& load, ForeignRuns& file);

}  // namespace rigwise
