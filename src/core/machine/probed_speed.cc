#include "core/machine/probed_speed.h"

#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "core/perf/device_terms.h"
#include "core/perf/predict.h"

namespace rigwise {

double StreamRate::moved_gbps() const {
  if (is_streaming) return best_gbps;
  return best_gbps * (kernel == "copy" ? 3.0 / 2 : 4.0 / 3);
}

std::string disturbance_words(const ProbedSpeed& speed) {
  constexpr double kBusy = 0.1;
  if (speed.processor_share && *speed.processor_share < 1 - kBusy)
    return "other programs had the processors for " + significant(100 * (1 - *speed.processor_share), 2) +
           " % of the time";
  if (speed.spread > kBusy)
    return "passes differ by " + significant(100 * speed.spread, 2) + " %: something else used the machine";
  return {};
}

const Llm* yardstick_model(const Catalog& catalog) {
  constexpr double kMostWeights = 8.5e9;
  const Llm* best = nullptr;
  for (const Llm& model : catalog.models) {
    if (model.params_total != model.params_active || model.params_total > kMostWeights) continue;
    if (best == nullptr || model.params_total > best->params_total) best = &model;
  }
  return best;
}

std::optional<double> weights_term(const Catalog& catalog, const Calibration& calibration, const PredictQuery& query,
                                   double bytes_per_s) {
  const Result<Prediction> prediction = predict(catalog, calibration, query);
  if (!prediction || !prediction->has_speeds) return std::nullopt;
  double all_s = 0, weights_s = 0, bytes = 0;
  for (const Term& term : prediction->terms) {
    if (term.name == "compute") continue;  // inside the weights' soft maximum
    all_s += term.seconds;
    if (term.name == "weights") {
      weights_s = term.seconds;
      bytes = term.bytes;
    }
  }
  const double measured_s = all_s - weights_s + bytes / bytes_per_s;
  if (bytes <= 0 || all_s <= 0 || measured_s <= 0) return std::nullopt;
  return std::log(all_s / measured_s);
}

namespace {

constexpr double kBitsQ4K = 4.5, kBitsQ6K = 6.5625;

/// Time of a gigabyte's worth of weights stored in `bits` each, in blocks that take `gbps`.
double s_per_billion(double bits, double gbps) { return bits / 8 / gbps; }

/// Mixtures of K blocks, by their bits.
std::optional<double> rate_of_k_blocks(const ProbedSpeed& speed, double bits) {
  if (!speed.q4k_gbps) return std::nullopt;
  const double q4k_s = s_per_billion(kBitsQ4K, *speed.q4k_gbps);
  if (bits <= kBitsQ4K || !speed.q6k_gbps) return bits / 8 / std::max(q4k_s, s_per_billion(bits, *speed.q4k_gbps));
  const double share = std::min(1.0, (bits - kBitsQ4K) / (kBitsQ6K - kBitsQ4K));
  const double q6k_s = s_per_billion(kBitsQ6K, *speed.q6k_gbps);
  return bits / 8 / ((1 - share) * q4k_s + share * q6k_s);
}

/// A term for one format, or for all others where it is null.
void add_terms(const Catalog& catalog, const Device& here, const Engine& engine, const PredictQuery& query,
               const Format* format, double rate_gbps, const Calibration& calibration, std::vector<Constant>& terms) {
  const std::optional<double> term = weights_term(catalog, calibration, query, rate_gbps * kGb);
  if (!term) return;
  for (const char* phase : {"decode", "decode_total"}) {
    const DeviceContext context{.phase = phase,
                                .device = &here,
                                .engine = engine.id,
                                .backend = "cpu",
                                .model = {},
                                .format = format == nullptr ? std::string_view{} : std::string_view{format->id}};
    terms.push_back({format == nullptr ? device_key(context) : format_key(context), *term, 1, "probe"});
  }
}

}  // namespace

std::optional<double> product_rate_gbps(const ProbedSpeed& speed, const Format& format) {
  const std::string& kind = format.format_class;
  const double bits = format.bits.whole_model;
  if (kind == "q8") return speed.q8_gbps;
  if (kind == "f16") return speed.f16_gbps;
  const bool is_looked_up = format.id == "iq4_nl" || kind == "mxfp4";
  if (kind.starts_with("legacy") || is_looked_up) return speed.q4_gbps;
  if (kind.starts_with("k") || kind.starts_with("iq") || kind == "ternary") return rate_of_k_blocks(speed, bits);
  return std::nullopt;
}

void learn_probed_speed(const Catalog& catalog, const Device& here, const ProbedSpeed& speed,
                        Calibration& calibration) {
  const Llm* model = yardstick_model(catalog);
  const Result<const Format*> usual = catalog.format("q4_k_m");
  if (model == nullptr || !usual || !speed.q4_gbps || here.processor != Processor::cpu) return;
  std::vector<Constant> terms;
  for (const Engine& engine : catalog.engines) {
    PredictQuery query;
    query.model = model;
    query.setup.text = here.id;
    query.setup.parts.push_back({&here, 1, nullptr, nullptr});
    query.engine = &engine;
    query.backend = "cpu";
    query.workload = {1, 1, 0, 1};
    const auto runs = [&](const Format& format) {
      return choose_engine(catalog, format, query.setup, &engine, "cpu").why_not.empty();
    };
    if (!runs(**usual)) continue;
    query.format = *usual;
    const double unknown = product_rate_gbps(speed, **usual).value_or(*speed.q4_gbps);
    add_terms(catalog, here, engine, query, nullptr, unknown, calibration, terms);
    for (const Format& format : catalog.formats) {
      const std::optional<double> rate = format.for_kv_cache ? std::nullopt : product_rate_gbps(speed, format);
      if (!rate || !runs(format)) continue;
      query.format = &format;
      add_terms(catalog, here, engine, query, &format, *rate, calibration, terms);
    }
  }
  for (Constant& term : terms) calibration.device_terms.push_back(std::move(term));
  calibration.reindex();
}

}  // namespace rigwise
