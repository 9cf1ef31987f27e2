#pragma once

#include <deque>
#include <map>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "core/advise/brief.h"
#include "core/advise/quality.h"
#include "core/perf/calibration.h"
#include "core/perf/predict.h"
#include "core/sizing/memory.h"

namespace rigwise {

/// Like devices that run models together: one card, two cards of a host, four nodes on a switch.
struct Pool {
  const Device* device = nullptr;
  int count = 1;
  const Link* link = nullptr;
  double host_ram = 0;  ///< bytes of the PC's RAM that experts may take beside the cards' memory; 0: none

  auto key() const { return std::make_tuple(device, count, link, host_ram); }
};

/// One way to run a task on a pool: a model in a format by an engine, with what it takes and gives.
struct ModelRun {
  const Llm* model = nullptr;
  const Format* format = nullptr;
  const Engine* engine = nullptr;
  std::string backend;
  double weight_bytes = 0, other_bytes = 0;  ///< other: cache, buffers, runtime
  double available_bytes = 0;                ///< of the pool under this engine
  double host_bytes = 0;                     ///< experts that do not fit and stay in the host's RAM
  Band decode;                               ///< tokens/s of one stream, with all the task's streams busy
  Band prefill;                              ///< prompt tokens/s of one request alone
  Tier tier = Tier::t4_first_principles;
  Basis basis = Basis::first_principles;
  double quality = 0;  ///< relative, format loss included
  bool quality_is_known = false;
  const RelativeQuality* judged = nullptr;  ///< the model's quality before the format's loss

  double total_bytes() const { return weight_bytes + other_bytes; }
  bool shares_weights_with(const ModelRun& o) const {
    return model == o.model && format == o.format && engine == o.engine;
  }
};

/// What the search computed and what it could skip; printed with the answer.
struct SearchCounts {
  int predictions = 0;          ///< speeds computed
  int pruned_by_memory = 0;     ///< weights and cache exceed the memory
  int pruned_by_bandwidth = 0;  ///< memory bandwidth alone forbids the minimum speed
  int pruned_by_rival = 0;      ///< another run is as good in memory, speed and quality at once
};

/// Finds the runs of every task on every pool and remembers them: many machines share a pool.
class RunFinder {
 public:
  /// Without `prune` everything that fits is predicted and kept: the brute force that tests compare with.
  RunFinder(const Catalog& catalog, const Calibration& calibration, const Brief& brief, double level, bool prune);

  /// The runs of a task with so many streams at once, best quality first; empty when none fits or is fast enough.
  const std::vector<ModelRun>& runs(const Pool& pool, std::size_t task, int streams);

  const SearchCounts& counts() const { return counts_; }
  const std::vector<RelativeQuality>& qualities(std::size_t task) const { return qualities_[task]; }
  /// What a quality of 1.00 is (QualityBook::scale).
  const std::string& quality_scale() const { return quality_scale_; }

 private:
  struct Sized {
    const Format* format = nullptr;
    std::string container;
    WeightPlan weights;
  };
  struct ModelPlans {
    KvPlan kv;
    std::deque<Sized> sizes;
  };
  struct Question;

  const Sized& sized(const Llm& model, const Format& format, const Engine& engine);
  const EngineChoice& engine_for(const Pool& pool, const Setup& setup, const Format& format);
  void add_runs(const Question& question, const Llm& model, const RelativeQuality& quality,
                std::vector<ModelRun>& runs);
  bool add_run(const Question& question, const Llm& model, const Format& format, const EngineChoice& engine,
               ModelRun& run);
  bool fits_with_host(const Question& question, const Sized& size, const FitCheck& fit, ModelRun& run);
  void drop_rivals(std::vector<ModelRun>& runs);
  int tasks_that_may_run(const Llm& model) const;

  const Catalog& catalog_;
  const Calibration& calibration_;
  const Brief& brief_;
  double level_;
  bool prune_;
  SearchCounts counts_;
  std::vector<std::vector<RelativeQuality>> qualities_;  ///< by task and model
  std::string quality_scale_;
  std::vector<const Format*> formats_;  ///< that anybody would choose, in the catalog
  std::unordered_map<const Llm*, ModelPlans> plans_;
  std::map<std::tuple<const Device*, int, const Link*, double, std::size_t, int>, std::vector<ModelRun>> runs_;
  std::map<std::tuple<const Device*, int, const Link*, const Format*>, EngineChoice> engines_;
};

/// One of the formats that advice is given in; people run them, and finer and coarser ones add nothing to the choice.
bool is_usual_format(const Format& format);

/// The formats worth trying for a model, at most six on any one device: its native low-bit format if it has one (more
/// bits would add nothing), else 8, 6, 4 and 3 bits in MLX on Apple and in GGUF elsewhere, FP8 and 4-bit AWQ.
bool is_worth_trying(const Format& format, const Llm& model, const Device& device);

/// Whether a model may keep experts in a PC's RAM: sparse, in a format of fewer than six bits (more would only be
/// slower), under llama.cpp.
bool may_offload(const Llm& model, const Format& format, const Engine& engine);

/// The most tokens per second of one stream that memory bandwidth allows when `streams` decode together:
///     count * bandwidth / bytes of weights that a step of so many tokens reads
double decode_bound(const Pool& pool, const WeightPlan& weights, int streams);

}  // namespace rigwise
