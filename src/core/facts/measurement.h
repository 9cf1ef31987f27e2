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

}  // namespace rigwise
