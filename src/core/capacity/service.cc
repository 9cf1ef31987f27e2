#include "core/capacity/service.h"

#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "core/perf/energy.h"

namespace rigwise {
namespace {

/// Slots that llama.cpp-like engines get when memory holds more: beyond, waiting in the queue beats sharing.
constexpr int kUsualSlots = 16;
/// Sequences of continuous engines: vLLM's max_num_seqs.
constexpr int kUsualSequences = 256;
constexpr int kMostSequences = 1024;
/// Streams at which a service's bands are taken: a band for many streams is that of their class of errors.
constexpr int kTypicalStreams = 8;
/// Prompt tokens that llama.cpp's server takes in between two tokens of the others: n_batch 2048 / n_ubatch 512.
constexpr int kBatchesPerStep = 4;

struct Sized {
  WeightPlan weights;
  KvPlan kv;
  Engine engine;  ///< as it is asked to split
};

FitCheck check_at(const Service& s, const Sized& sized, double context_tokens, double headroom) {
  return check_fit(*s.query.model, sized.weights, sized.kv, s.query.setup, sized.engine, {context_tokens, 1, headroom});
}

/// The engine, backend and format of the cache, and why it cannot run, without its speeds.
Result<Service> chosen(const Catalog& catalog, const Calibration& calibration, const ServiceQuestion& question) {
  Service s;
  s.query = question.query;
  s.query.workload = {std::max(1.0, question.load.mean_prompt_tokens()),
                      std::max(1.0, question.load.mean_output_tokens()), 0, 1};
  s.context_tokens = question.wish.context_tokens.value_or(usual_context(question.load, *s.query.model));
  Result<Prediction> prediction = predict(catalog, calibration, s.query);
  if (!prediction) return fail(prediction.error());
  s.prediction = std::move(*prediction);
  s.query.engine = s.prediction.engine;
  s.query.backend = s.prediction.backend;
  s.query.kv_format = s.prediction.kv_format;
  // Whether it fits is decided below, at the full context and beside the neighbours.
  if (!s.prediction.why_not.starts_with("does not fit")) s.why_not = s.prediction.why_not;
  return s;
}

Sized sized(const Service& s) {
  return {weight_plan(*s.query.model, *s.query.format, container_of(*s.query.engine, *s.query.format)),
          kv_plan(*s.query.model, s.query.kv_format), splitting(*s.query.engine, s.query.split)};
}

/// Cache that a load keeps, for sharing out between models: bytes a token times tokens a second, or times users.
double cache_demand(const Service& s, const Sized& sized, const Load& load) {
  const double tokens = s.query.workload.prompt_tokens + s.query.workload.output_tokens;
  const double requests = load.arrivals == ArrivalKind::closed  ? load.users()
                          : load.arrivals == ArrivalKind::trace ? static_cast<double>(load.trace.size())
                                                                : load.requests_per_s();
  return std::max(1e-9, requests) * tokens * std::max(1.0, sized.kv.bytes_per_token_all_layers());
}

/// Share of the usable memory that each model must leave to the others.
std::vector<double> headrooms(std::vector<Service>& services, const std::vector<Sized>& sizes,
                              const std::vector<ServiceQuestion>& questions) {
  std::vector<double> kept(services.size(), 0), need(services.size(), 0), demand(services.size(), 0);
  if (services.size() < 2) return kept;
  double needs = 0, demands = 0, available = 0;
  for (std::size_t i = 0; i < services.size(); ++i) {
    const FitCheck alone = check_at(services[i], sizes[i], services[i].context_tokens, 0);
    need[i] = alone.need.total().value;
    demand[i] = cache_demand(services[i], sizes[i], questions[i].load);
    needs += need[i];
    demands += demand[i];
    available = i == 0 ? alone.available.value : std::min(available, alone.available.value);
  }
  const double spare = std::max(0.0, available - needs);
  for (std::size_t i = 0; i < services.size(); ++i) {
    const double mine = need[i] + spare * demand[i] / demands;
    kept[i] = std::clamp(1 - mine / available, 0.0, 0.99);
    if (needs > available) {
      services[i].why_not = "the models do not fit together: they need " + significant(needs / kGb) + " GB of " +
                            significant(available / kGb);
    }
  }
  return kept;
}

/// Turns cache bytes into blocks of the engine's size; what a sequence takes whatever its length becomes blocks too.
void plan_blocks(const Service& s, const Sized& sized, double headroom, ServingPolicy& policy) {
  const int block = policy.block_tokens;
  const double far = block * std::ceil(s.context_tokens / static_cast<double>(block)) + 16.0 * block;
  const double near = far - 16.0 * block;
  const FitCheck at = check_at(s, sized, near, headroom);
  const double cache = at.need.kv_cache.value;
  const double per_block = std::max(check_at(s, sized, far, headroom).need.kv_cache.value - cache, cache / 1e6) / 16;
  const double constant = std::max(0.0, cache - per_block * near / block);
  policy.blocks_per_sequence = static_cast<int>(std::ceil(constant / per_block));
  policy.kv_blocks = std::max<std::int64_t>(1, static_cast<std::int64_t>((cache + at.margin.value) / per_block));
}

void plan_policy(const ServiceWish& wish, const Sized& sized, double headroom, Service& s) {
  const EnginePolicy& habit = s.query.engine->policy;
  const bool continuous = habit.batching == Batching::continuous;
  ServingPolicy& policy = s.policy;
  const int usual = habit.sequences.value_or(habit.batching == Batching::serial ? 1
                                             : continuous                       ? kUsualSequences
                                                                                : kUsualSlots);
  policy.sequences = std::min(wish.sequences.value_or(usual), kMostSequences);
  s.limit = wish.sequences ? SequenceLimit::asked : SequenceLimit::habit;
  policy.step_tokens = wish.step_tokens.value_or(habit.prefill_chunk_tokens * (continuous ? 1 : kBatchesPerStep));
  policy.block_tokens = std::max(1, habit.kv_block_tokens);
  s.memory_sequences = s.fit.max_sequences;
  if (continuous) {
    plan_blocks(s, sized, headroom, policy);
  } else if (policy.sequences > s.memory_sequences) {
    policy.sequences = std::max(1, s.memory_sequences);
    s.limit = SequenceLimit::memory;
  }
}

/// "one sequence of 17408 tokens does not fit: short by 2.1 GB; one of 4096 does"
std::string does_not_fit(const Service& s) {
  const std::string why = "one sequence of " + fixed(s.context_tokens, 0) + " tokens does not fit: " + s.fit.why;
  return s.fit.max_context_tokens < 1 ? why : why + "; one of " + fixed(s.fit.max_context_tokens, 0) + " does";
}

/// Watts of decode steps by how many decode, of prefill, and idle.
PowerUse power_use(const Service& s, const SpeedModel& model) {
  const Setup& setup = s.query.setup;
  PowerUse power;
  const double depth = s.query.workload.prompt_tokens + s.query.workload.output_tokens / 2;
  const StepTerms prompt = model.prefill(s.query.workload.prompt_tokens, 0, 1);
  const std::vector<double> all(setup.parts.size(), 1.0);
  const std::optional<double> joules = energy_per_token(setup, prompt, all, 1);
  if (!joules) return power;
  power.prefill_w = *joules / prompt.total_s;
  power.decode_w.reserve(static_cast<std::size_t>(s.policy.sequences));
  for (int n = 1; n <= s.policy.sequences; ++n) {
    const StepTerms step = model.decode_step(depth, n);
    const auto each = energy_per_token(setup, step, working_shares(setup, model, n), n);
    power.decode_w.push_back(each.value_or(0) * n / step.total_s);
  }
  for (const SetupPart& part : setup.parts) {
    if (part.device->power_idle) power.idle_w += part.count * part.device->power_idle->value;
  }
  return power;
}

/// Speeds, bands and power at a typical concurrency.
Result<void> add_speeds(const Catalog& catalog, const Calibration& calibration, const ServiceQuestion& question,
                        const Sized& sized, Service& s) {
  s.query.workload.concurrency = std::clamp(std::min(s.policy.sequences, s.memory_sequences), 1, kTypicalStreams);
  Result<Prediction> prediction = predict(catalog, calibration, s.query);
  if (!prediction) return fail(prediction.error());
  s.prediction = std::move(*prediction);
  const Result<SpeedModel> model = build_speed_model(catalog, calibration, s.query, sized.weights, sized.kv);
  if (!model) return fail(model.error());
  s.policy.request_s = model->request_s();
  const Band decode = s.prediction.decode_total.band, prefill = s.prediction.prefill.band;
  s.low = {decode.value / decode.low, prefill.value / prefill.low};
  s.high = {decode.value / decode.high, prefill.value / prefill.high};
  // Twice the sequences, for the question what more of them would bring.
  const double context = s.context_tokens;
  s.table = step_table(*model, {2 * s.policy.sequences, context, context, question.load.prefix_hit * context});
  s.power = power_use(s, *model);
  const double depth = s.query.workload.prompt_tokens + s.query.workload.output_tokens / 2;
  s.decode_bound = model->decode_step(depth, std::max(1, s.policy.sequences / 2)).bound;
  return {};
}

}  // namespace

int usual_context(const Load& load, const Llm& model) {
  double longest = 2 * (load.mean_prompt_tokens() + load.mean_output_tokens());
  for (const TraceRow& row : load.trace) longest = std::max<double>(longest, row.prompt_tokens + row.output_tokens);
  const double rounded = std::max(4096.0, 1024 * std::ceil(longest / 1024));
  return static_cast<int>(model.context_tokens > 0 ? std::min<double>(rounded, model.context_tokens) : rounded);
}

Result<std::vector<Service>> plan_services(const Catalog& catalog, const Calibration& calibration,
                                           const std::vector<ServiceQuestion>& questions) {
  std::vector<Service> services;
  std::vector<Sized> sizes;
  services.reserve(questions.size());
  sizes.reserve(questions.size());
  for (const ServiceQuestion& question : questions) {
    Result<Service> service = chosen(catalog, calibration, question);
    if (!service) return fail(service.error());
    services.push_back(std::move(*service));
    if (services.back().query.engine == nullptr) return services;
    sizes.push_back(sized(services.back()));
  }
  const std::vector<double> kept = headrooms(services, sizes, questions);
  for (std::size_t i = 0; i < services.size(); ++i) {
    Service& s = services[i];
    const FitQuery one{static_cast<double>(s.context_tokens), 1, kept[i]};
    s.fit = fit_in(*s.query.model, sizes[i].weights, sizes[i].kv, s.query.setup, sizes[i].engine, one);
    if (s.fit.verdict == FitVerdict::no && s.why_not.empty()) s.why_not = does_not_fit(s);
    if (!s.why_not.empty()) continue;
    s.fit.max_sequences = std::max(1, s.fit.max_sequences);
    plan_policy(questions[i].wish, sizes[i], kept[i], s);
    if (Result<void> done = add_speeds(catalog, calibration, questions[i], sizes[i], s); !done)
      return fail(done.error());
  }
  return services;
}

ServedModel served_model(const Service& service, const Load& load, const Slo& slo, const StepFactors& factors) {
  ServedModel model{service.table->times(factors), service.policy, service.power, load, slo};
  model.load.context_tokens = service.context_tokens;
  return model;
}

}  // namespace rigwise
