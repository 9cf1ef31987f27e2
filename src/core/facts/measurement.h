#pragma once

#include <optional>
#include <string>

namespace rigwise {

enum class Phase { prefill, decode, decode_total, e2e };
const char* phase_name(Phase p);

/// One published or own run, as printed by its source. Evidence, never edited.
/// tokens_per_s is the total over all devices; prefill and decode_total also over all streams.
struct Measurement {
  std::string id, hardware, interconnect, model, quant, engine, engine_version, backend;
  int hardware_count = 1;
  Phase phase = Phase::decode;
  std::optional<double> prompt_tokens, gen_tokens, context_depth;
  int concurrency = 1;  ///< 0: saturated or not stated
  double tokens_per_s = 0;
  std::string unit_note;
  std::optional<double> power_w;
  std::string date, source, source_locator, confidence;
  bool is_own = false;  ///< the user's: given with a request or laid over the catalog, not published with it
  std::string defect;   ///< why the row as printed cannot be used ("tokens_per_s is \"n/a\""); empty: usable
};

/// source_conditions.csv: how a whole source ran what its rows leave out. Said once beside the rows, which stay as
/// printed, so that it holds for other extracts of the same source too.
struct SourceCondition {
  std::string source;      ///< the beginning of a row's source
  std::string note_word;   ///< what the row's note must contain; empty: any row of the source
  std::string conditions;  ///< in the words that notes use: "ubatch 2048; flash attention on"
  std::string reason;      ///< where that is stated
};

}  // namespace rigwise
