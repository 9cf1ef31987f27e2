#include "core/perf/speculation.h"

#include <algorithm>
#include <cmath>

#include "core/perf/speed_numbers.h"

namespace rigwise {

const char* method_name(Speculation::Method method) {
  switch (method) {
    case Speculation::Method::draft_model: return "draft_model";
    case Speculation::Method::mtp: return "mtp";
    case Speculation::Method::ngram: return "ngram";
  }
  return "";
}

double tokens_per_pass(double acceptance, double draft_tokens) {
  if (acceptance >= 1) return draft_tokens + 1;
  return (1 - std::pow(acceptance, draft_tokens + 1)) / (1 - acceptance);
}

double mtp_guess_s(const SpeedModel& model, double depth_tokens, double concurrency) {
  const SpeedNumbers n(model);
  return model.decode_step(depth_tokens, concurrency).total_s / std::max(1, n.layers) +
         n.head_bytes * n.s_per_weight_byte;
}

double checking_pass_s(const SpeedModel& model, double draft_tokens, double depth_tokens, double concurrency) {
  return model.decode_step(depth_tokens, concurrency, draft_tokens + 1).total_s;
}

}  // namespace rigwise
