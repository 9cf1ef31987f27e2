#pragma once

#include <string>
#include <vector>

#include "core/advise/needs.h"
#include "core/cost/cloud.h"
#include "core/cost/ownership.h"
#include "core/cost/price.h"
#include "core/facts/catalog.h"

namespace rigwise {

/// One thing that must run beside the others, resolved against the catalog.
struct Task {
  std::string name;
  std::string class_name;                                     ///< "coding", or the model's name when one was asked for
  std::vector<const Llm*> models;                             ///< that would do, strongest first
  double asked_tokens_per_s = 20, minimum_tokens_per_s = 10;  ///< of one stream
  int streams = 1;                                            ///< at once
  double prompt_tokens = 1024, context_tokens = 8192;
  double ttft_s = 20;        ///< the first token must come in this time
  double ttft_usual_s = 10;  ///< a longer wait is worth a word; `ttft_s` itself where that was asked for
  bool ttft_is_assumed = true;
  double prefill_tokens_per_s = 0;  ///< that arrive on average over all streams; 0: not known
  double output_tokens = 256;       ///< of one answer
  double requests_per_hour = 0;     ///< of all people together in the busiest hour; 0: streams that always ask
  double input_tokens_per_month = 0, output_tokens_per_month = 0;

  /// Tokens already in the cache, on average, when a token is written.
  double depth_tokens() const { return context_tokens / 4; }
};

/// What I have already: not to be paid again.
struct OwnedDevice {
  const Device* device = nullptr;
  int count = 0;
};

/// Needs with every name looked up, every default filled in and said.
struct Brief {
  Needs needs;
  std::string as_of, currency;
  Exchange exchange{{}, "2026"};
  PriceRules prices;
  std::optional<Money> budget;
  int months = 36;
  OwnershipTerms terms;
  std::vector<Task> tasks;
  double hours_in_use = 0;   ///< of a month; all hours where it is always on
  double service_bytes = 0;  ///< memory for speech, image and embedding models
  std::vector<OwnedDevice> owned;
  int seats = 1;
  std::vector<std::string> assumptions;

  Brief() = default;
  Brief(const Brief&) = delete;  // prices points into this object
  Brief& operator=(const Brief&) = delete;

  int owned_count(const Device& device) const;
};

/// Fills `brief`. Errors name the key of the needs ("needs.targets[1].model_class") and the nearest names.
Result<void> resolve_needs(const Catalog& catalog, const Needs& needs, const std::string& as_of, Brief& brief);

/// Streams that are busy at once when `people` ask `requests_per_hour` each and an answer takes `seconds`.
///
///     mean = people * requests_per_hour / 3600 * seconds (Little's law);   streams = ceil(mean + sqrt(mean))
///
/// Takes  requests of the busiest hour.
/// Gives  a count of at least 1 that a Poisson load exceeds in about one moment of six; what such moments do to the
/// waits
///        is simulated (rehearsal.h).
int busy_streams(double people, double requests_per_hour, double seconds);

}  // namespace rigwise
