#include "core/advise/run_finder.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/advise/run_speed.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr double kHostBandwidth = 80e9;  ///< of a PC's two channels, as perf/offload.cc takes it
constexpr double kLeftOnCard = 0.03;     ///< of the cards' memory stays free when experts move out

constexpr std::array<std::string_view, 12> kFormats = {"q8_0",         "q6_k",          "q4_k_m",       "q3_k_m",
                                                       "mlx-8bit-g64", "mlx-6bit-g64",  "mlx-4bit-g64", "mlx-3bit-g64",
                                                       "fp8",          "awq-4bit-g128", "mxfp4",        "mxfp4-q8-mlx"};

bool is_mxfp4(const Format& format) { return format.format_class == "mxfp4"; }

Setup setup_of(const Pool& pool) {
  Setup setup;
  setup.parts.push_back({pool.device, pool.count, pool.link, nullptr});
  setup.text = pool.device->id;
  return setup;
}

/// The container an engine loads the format from.
std::string container_of(const Format& format, const Engine& engine) {
  for (const std::string& container : engine.containers) {
    if (std::find(format.containers.begin(), format.containers.end(), container) != format.containers.end()) {
      return container;
    }
  }
  return format.containers.empty() ? "gguf" : format.containers.front();
}

/// True when `a` is at least as good as `b` in everything that the choice looks at, even if `b` has to pay only
/// `weight_share` of its weights because other tasks run it too.
bool is_rival(const ModelRun& a, const ModelRun& b, double weight_share) {
  return a.quality >= b.quality && a.total_bytes() <= b.other_bytes + weight_share * b.weight_bytes &&
         a.decode.value >= b.decode.value && a.decode.low >= b.decode.low && a.decode.high >= b.decode.high &&
         a.prefill.value >= b.prefill.value && a.prefill.low >= b.prefill.low && a.prefill.high >= b.prefill.high;
}

}  // namespace

struct RunFinder::Question {
  const Pool& pool;
  const Setup& setup;
  const Task& task;
  int streams;
  bool only_offloaded = false;  ///< what fits the cards alone is known already
};

bool is_usual_format(const Format& format) {
  return !format.for_kv_cache && std::find(kFormats.begin(), kFormats.end(), format.id) != kFormats.end();
}

bool is_worth_trying(const Format& format, const Llm& model, const Device& device) {
  const auto& containers = format.containers;
  const bool in_mlx = std::find(containers.begin(), containers.end(), "mlx") != containers.end();
  const bool only_mlx = in_mlx && containers.size() == 1;
  const bool apple = device.processor == Processor::apple_gpu;
  if (apple ? !in_mlx : only_mlx) return false;
  if (format.format_class == "fp8" && !device.fp8_peak) return false;
  return is_mxfp4(format) == (fold_name(model.native_format) == "mxfp4");
}

bool may_offload(const Llm& model, const Format& format, const Engine& engine) {
  return model.kind == LlmKind::moe && format.bits.experts < 6 && engine.id == "llama.cpp";
}

double decode_bound(const Pool& pool, const WeightPlan& weights, int streams) {
  const double bytes = weights.read_by_step(streams, 1.0).value;
  if (!pool.device->memory_bandwidth || bytes <= 0) return 1e12;
  return pool.count * pool.device->memory_bandwidth->value / bytes;
}

RunFinder::RunFinder(const Catalog& catalog, const Calibration& calibration, const Brief& brief, double level,
                     bool prune)
    : catalog_(catalog), calibration_(calibration), brief_(brief), level_(level), prune_(prune) {
  const QualityBook book(catalog);
  quality_scale_ = book.scale();
  for (const Task& task : brief.tasks) qualities_.push_back(book.of_class(task.models));
  for (const Format& format : catalog.formats) {
    if (is_usual_format(format)) formats_.push_back(&format);
  }
  for (const Task& task : brief.tasks) {
    for (const Llm* model : task.models) {
      if (plans_.count(model) == 0) plans_[model].kv = kv_plan(*model, nullptr);
    }
  }
}

const RunFinder::Sized& RunFinder::sized(const Llm& model, const Format& format, const Engine& engine) {
  ModelPlans& plans = plans_[&model];
  const std::string container = container_of(format, engine);
  for (const Sized& known : plans.sizes) {
    if (known.format == &format && known.container == container) return known;
  }
  return plans.sizes.emplace_back(Sized{&format, container, weight_plan(model, format, container)});
}

const EngineChoice& RunFinder::engine_for(const Pool& pool, const Setup& setup, const Format& format) {
  const auto key = std::make_tuple(pool.device, pool.count, pool.link, &format);
  const auto known = engines_.find(key);
  if (known != engines_.end()) return known->second;
  return engines_.emplace(key, choose_engine(catalog_, format, setup)).first->second;
}

const std::vector<ModelRun>& RunFinder::runs(const Pool& pool, std::size_t task, int streams) {
  const auto key = std::make_tuple(pool.device, pool.count, pool.link, pool.host_ram, task, streams);
  const auto known = runs_.find(key);
  if (known != runs_.end()) return known->second;
  const Setup setup = setup_of(pool);
  const Question question{pool, setup, brief_.tasks[task], streams, pool.host_ram > 0};
  std::vector<ModelRun> found;
  if (question.only_offloaded) found = runs({pool.device, pool.count, pool.link}, task, streams);
  for (std::size_t m = 0; m < question.task.models.size(); ++m) {
    const RelativeQuality& quality = qualities_[task][m];
    const std::optional<double>& floor = brief_.needs.minimum_relative_quality;
    if (floor && quality.is_known && quality.value < *floor) continue;
    add_runs(question, *question.task.models[m], quality, found);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const ModelRun& a, const ModelRun& b) { return a.quality > b.quality; });
  if (prune_) drop_rivals(found);
  return runs_.emplace(key, std::move(found)).first->second;
}

void RunFinder::add_runs(const Question& question, const Llm& model, const RelativeQuality& quality,
                         std::vector<ModelRun>& runs) {
  for (const Format* format : formats_) {
    if (!is_worth_trying(*format, model, *question.pool.device)) continue;
    const EngineChoice& engine = engine_for(question.pool, question.setup, *format);
    if (engine.engine == nullptr) continue;
    if (question.only_offloaded && !may_offload(model, *format, *engine.engine)) continue;
    ModelRun run;
    if (!add_run(question, model, *format, engine, run)) continue;
    run.quality = quality.value * quality_kept(*format, model);
    run.quality_is_known = quality.is_known;
    run.judged = &quality;
    runs.push_back(std::move(run));
  }
}

/// Experts in the PC's RAM: whether the rest fits the cards and the RAM holds what does not.
bool RunFinder::fits_with_host(const Question& question, const Sized& size, const FitCheck& fit, ModelRun& run) {
  if (fit.margin.value >= 0) return false;
  const Pool& pool = question.pool;
  const double room = pool.device->usable_memory().value * pool.count;
  // Only where the weights themselves are too large does the speed know about the host (perf/offload.cc).
  if (size.weights.total.value <= room) return false;
  const double missing = fit.need.total().value - fit.available.value + kLeftOnCard * fit.available.value;
  const double experts = fit.need.weights.value - size.weights.always_read.value;
  if (missing > experts || missing > pool.host_ram) {
    ++counts_.pruned_by_memory;
    return false;
  }
  const double read = size.weights.read_by_step(question.streams).value - size.weights.always_read.value;
  const double host_s = read * (size.weights.total.value - room) / experts / kHostBandwidth;
  if (prune_ && host_s * question.task.minimum_tokens_per_s > 1) {
    ++counts_.pruned_by_bandwidth;
    return false;
  }
  run.host_bytes = missing;
  return true;
}

bool RunFinder::add_run(const Question& question, const Llm& model, const Format& format, const EngineChoice& engine,
                        ModelRun& run) {
  const Sized& size = sized(model, format, *engine.engine);
  const KvPlan& kv = plans_[&model].kv;
  const Task& task = question.task;
  const double context = std::min(task.context_tokens, static_cast<double>(std::max(model.context_tokens, 1024)));
  const FitCheck fit =
      check_fit(model, size.weights, kv, question.setup, *engine.engine, {context, question.streams, 0});
  if (question.only_offloaded) {
    if (!fits_with_host(question, size, fit, run)) return false;
  } else if (fit.margin.value < 0) {
    ++counts_.pruned_by_memory;
    return false;
  }
  if (prune_ && decode_bound(question.pool, size.weights, question.streams) < task.minimum_tokens_per_s) {
    ++counts_.pruned_by_bandwidth;
    return false;
  }
  PredictQuery query;
  query.model = &model;
  query.format = &format;
  query.setup = question.setup;
  query.engine = engine.engine;
  query.backend = engine.backend;
  query.level = level_;
  const double before = std::max(0.0, task.depth_tokens() - task.prompt_tokens - task.output_tokens / 2);
  query.workload = {task.prompt_tokens, task.output_tokens, before, question.streams};
  const std::optional<RunSpeed> speed = run_speed(catalog_, calibration_, query, size.weights, kv);
  ++counts_.predictions;
  if (!speed) return false;
  run.model = &model;
  run.format = &format;
  run.engine = engine.engine;
  run.backend = engine.backend;
  run.weight_bytes = fit.need.weights.value - run.host_bytes;
  run.other_bytes = (fit.need.kv_cache + fit.need.compute + fit.need.runtime).value;
  run.available_bytes = fit.available.value;
  run.decode = speed->decode.band;
  run.prefill = speed->prefill.band;
  run.tier = speed->decode.tier;
  run.basis = speed->decode.basis;
  return true;
}

void RunFinder::drop_rivals(std::vector<ModelRun>& runs) {
  std::vector<bool> beaten(runs.size(), false);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const double weight_share = 1.0 / tasks_that_may_run(*runs[i].model);
    for (std::size_t k = 0; k < runs.size() && !beaten[i]; ++k) {
      // Its own other formats share with nobody it does not share with itself. Of two equals the earlier one stays.
      const double paid = runs[k].model == runs[i].model ? 1 : weight_share;
      beaten[i] = k != i && is_rival(runs[k], runs[i], paid) && (k < i || !is_rival(runs[i], runs[k], paid));
    }
  }
  std::vector<ModelRun> kept;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (beaten[i])
      ++counts_.pruned_by_rival;
    else
      kept.push_back(std::move(runs[i]));
  }
  runs = std::move(kept);
}

int RunFinder::tasks_that_may_run(const Llm& model) const {
  int tasks = 0;
  for (const Task& task : brief_.tasks) {
    tasks += std::find(task.models.begin(), task.models.end(), &model) != task.models.end() ? 1 : 0;
  }
  return tasks;
}

}  // namespace rigwise
