#include "core/advise/pack_remedies.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "core/advise/quality.h"
#include "core/advise/run_finder.h"

namespace rigwise {
namespace {

constexpr double kContextStep = 1024, kShortContext = 4096, kShortestContext = 2048;

class Remedies {
 public:
  Remedies(PackOptions& options, const DonePacking& done) : options_(options), done_(done) {}

  /// The model as changed, beside what is loaded; nothing when it does not fit.
  std::optional<PackRemedy> tried(const PackModel& model, const char* kind) {
    const PackItem item = PackOptions::item_of(model, options_.runs(model, false), nullptr);
    const PackPlace place = place_beside(done_.problem, done_.packing, item);
    if (!place.is_loaded()) return std::nullopt;
    const PackOption& option = item.options[static_cast<std::size_t>(place.option)];
    PackRemedy remedy;
    remedy.kind = kind;
    remedy.format = model.format;
    remedy.context_tokens = model.context_tokens;
    remedy.streams = model.streams;
    remedy.total_bytes = total_bytes(option);
    remedy.devices = option.devices;
    return remedy;
  }

  std::optional<PackRemedy> finest_of(PackModel model, const std::vector<const Format*>& formats, const char* kind) {
    for (const Format* format : formats) {
      model.format = format;
      if (auto remedy = tried(model, kind)) return remedy;
    }
    return std::nullopt;
  }

  std::optional<PackRemedy> longest_context(PackModel model) {
    double fits = 0, fails = std::ceil(model.context_tokens / kContextStep);
    std::optional<PackRemedy> best;
    while (fails - fits > 1) {
      const double middle = std::floor((fits + fails) / 2);
      model.context_tokens = middle * kContextStep;
      auto remedy = tried(model, "context_tokens");
      (remedy ? fits : fails) = middle;
      if (remedy) best = std::move(remedy);
    }
    if (best && best->context_tokens < kShortestContext) return std::nullopt;
    return best;
  }

  std::optional<PackRemedy> most_streams(PackModel model) {
    int fits = 0, fails = model.streams;
    std::optional<PackRemedy> best;
    while (fails - fits > 1) {
      model.streams = fits + (fails - fits) / 2;
      auto remedy = tried(model, "streams");
      (remedy ? fits : fails) = model.streams;
      if (remedy) best = std::move(remedy);
    }
    return best;
  }

  /// The least valued items whose leaving makes room.
  std::optional<PackRemedy> swapped(const PackModel& model, const PackItem& item) {
    Packing rest = done_.packing;
    std::vector<std::size_t> gone;
    PackPlace place;
    for (const std::size_t i : leaving_order()) {
      rest = without(done_.problem, rest, i);
      gone.push_back(i);
      place = place_beside(done_.problem, rest, item);
      if (place.is_loaded()) break;
    }
    if (!place.is_loaded()) return std::nullopt;
    PackRemedy remedy;
    remedy.kind = "unload";
    for (const std::size_t i : needed_of(gone, item)) remedy.unload.push_back(done_.names[i]);
    const PackOption& option = item.options[static_cast<std::size_t>(place.option)];
    remedy.format = model.format;
    remedy.context_tokens = model.context_tokens;
    remedy.streams = model.streams;
    remedy.total_bytes = total_bytes(option);
    remedy.devices = option.devices;
    return remedy;
  }

 private:
  std::vector<std::size_t> leaving_order() const {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < done_.problem.items.size(); ++i) {
      if (done_.packing.places[i].is_loaded() && !done_.problem.items[i].pinned) order.push_back(i);
    }
    const auto value = [&](std::size_t i) {
      const PackItem& item = done_.problem.items[i];
      double sum = 0;
      for (std::size_t c = 0; c < item.quality.size(); ++c) sum += done_.problem.mix[c] * item.quality[c];
      return std::make_tuple(item.is_service, sum);
    };
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return value(a) < value(b); });
    return order;
  }

  /// Of those that left, the ones without which there is no room.
  std::vector<std::size_t> needed_of(std::vector<std::size_t> gone, const PackItem& item) const {
    for (std::size_t i = 0; i < gone.size();) {
      std::vector<std::size_t> fewer = gone;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      Packing rest = done_.packing;
      for (const std::size_t k : fewer) rest = without(done_.problem, rest, k);
      if (place_beside(done_.problem, rest, item).is_loaded()) {
        gone = std::move(fewer);
      } else {
        ++i;
      }
    }
    return gone;
  }

  PackOptions& options_;
  const DonePacking& done_;
};

/// Formats of fewer bits than the model's, finest first, of those worth trying that a widely run engine takes there.
std::vector<const Format*> lighter_formats(const Catalog& catalog, const PackModel& model, const Setup& setup) {
  std::vector<const Format*> formats;
  for (const Format& format : catalog.formats) {
    const bool is_usual = is_usual_format(format) || format.id == "q5_k_m";  // between what advice tries
    if (!is_usual || format.bits.whole_model >= model.format->bits.whole_model) continue;
    if (!is_worth_trying(format, *model.model, *setup.parts.front().device)) continue;
    // Another container would change more than the size.
    const bool same_container = std::any_of(format.containers.begin(), format.containers.end(), [&](auto& c) {
      const auto& own = model.format->containers;
      return std::find(own.begin(), own.end(), c) != own.end();
    });
    const EngineChoice choice = choose_engine(catalog, format, setup, model.engine, model.backend);
    if (same_container && choice.engine != nullptr && is_widely_run(*choice.engine)) formats.push_back(&format);
  }
  std::stable_sort(formats.begin(), formats.end(),
                   [](auto* a, auto* b) { return a->bits.whole_model > b->bits.whole_model; });
  return formats;
}

/// Changes to all models at once, tried on the whole packing.
class Together {
 public:
  Together(PackOptions& options, const std::vector<PackModel>& models, const PackProblem& problem)
      : options_(options), models_(models), problem_(problem) {
    constexpr int kTries = 2000;  // whether all fit is soon known; how fast they are does not count here
    problem_.most_tries = kTries;
  }

  std::optional<PackTogether> longest_context() {
    double longest = 0;
    for (const PackModel& model : models_) longest = std::max(longest, model.context_tokens);
    const auto with = [&](double context) {
      std::vector<PackModel> models = models_;
      for (PackModel& model : models) model.context_tokens = std::min(model.context_tokens, context);
      return models;
    };
    double fits = kShortestContext / kContextStep, fails = std::ceil(longest / kContextStep);
    if (fails <= fits || !all_fit(with(kShortestContext))) return std::nullopt;
    while (fails - fits > 1) {
      const double middle = std::floor((fits + fails) / 2);
      (all_fit(with(middle * kContextStep)) ? fits : fails) = middle;
    }
    PackTogether change;
    change.kind = "context_tokens";
    change.context_tokens = fits * kContextStep;
    return change;
  }

  std::optional<PackTogether> most_streams() {
    int fails = 1;
    for (const PackModel& model : models_) fails = std::max(fails, model.streams);
    const auto with = [&](int streams) {
      std::vector<PackModel> models = models_;
      for (PackModel& model : models) model.streams = std::min(model.streams, streams);
      return models;
    };
    if (fails == 1 || !all_fit(with(1))) return std::nullopt;
    int fits = 1;
    while (fails - fits > 1) {
      const int middle = fits + (fails - fits) / 2;
      (all_fit(with(middle)) ? fits : fails) = middle;
    }
    PackTogether change;
    change.kind = "streams";
    change.streams = fits;
    return change;
  }

  /// The largest model goes down a format at a time until all fit or nothing lighter is left.
  std::optional<PackTogether> lightest(const Catalog& catalog) {
    constexpr int kMostSteps = 24;
    std::vector<PackModel> models = models_;
    const Setup& setup = options_.groups().front().setup;
    for (int step = 0; step < kMostSteps; ++step) {
      const auto largest = largest_with_lighter(catalog, setup, models);
      if (!largest) return std::nullopt;
      models[*largest].format = lighter_formats(catalog, models[*largest], setup).front();
      if (!all_fit(models)) continue;
      PackTogether change;
      change.kind = "quant";
      for (std::size_t i = 0; i < models.size(); ++i) {
        if (models[i].format != models_[i].format) change.formats.emplace_back(i, models[i].format);
      }
      return change;
    }
    return std::nullopt;
  }

 private:
  static std::optional<std::size_t> largest_with_lighter(const Catalog& catalog, const Setup& setup,
                                                         const std::vector<PackModel>& models) {
    std::optional<std::size_t> largest;
    const auto bits = [](const PackModel& m) { return m.model->params_total * m.format->bits.whole_model; };
    for (std::size_t i = 0; i < models.size(); ++i) {
      if (lighter_formats(catalog, models[i], setup).empty()) continue;
      if (!largest || bits(models[i]) > bits(models[*largest])) largest = i;
    }
    return largest;
  }

  bool all_fit(const std::vector<PackModel>& models) {
    for (std::size_t i = 0; i < models.size(); ++i) {
      PackItem item = PackOptions::item_of(models[i], options_.runs(models[i], false), nullptr);
      for (PackOption& option : item.options) option.token_s = 0;
      item.quality = problem_.items[i].quality;
      problem_.items[i] = std::move(item);
    }
    const Packing packing = best_packing(problem_);
    return std::all_of(packing.places.begin(), packing.places.end(), [](auto& place) { return place.is_loaded(); });
  }

  PackOptions& options_;
  const std::vector<PackModel>& models_;
  PackProblem problem_;
};

}  // namespace

std::vector<PackRemedy> pack_remedies(const Catalog& catalog, PackOptions& options, const PackModel& model,
                                      const PackItem& item, const DonePacking& done) {
  std::vector<PackRemedy> remedies;
  Remedies search(options, done);
  const auto add = [&](std::optional<PackRemedy> remedy) {
    if (remedy) remedies.push_back(*std::move(remedy));
  };
  const std::vector<const Format*> lighter = lighter_formats(catalog, model, options.groups().front().setup);
  add(search.finest_of(model, lighter, "quant"));
  if (model.context_tokens > kShortestContext) add(search.longest_context(model));
  if (model.streams > 1) add(search.most_streams(model));
  if (remedies.empty()) {
    PackModel least = model;
    least.context_tokens = std::min(kShortContext, model.context_tokens);
    least.streams = 1;
    add(search.finest_of(least, lighter, "lighter"));
  }
  add(search.swapped(model, item));
  return remedies;
}

std::vector<PackTogether> pack_together(const Catalog& catalog, PackOptions& options,
                                        const std::vector<PackModel>& models, const PackProblem& problem) {
  std::vector<PackTogether> found;
  Together search(options, models, problem);
  if (auto context = search.longest_context()) found.push_back(*std::move(context));
  if (auto streams = search.most_streams()) found.push_back(*std::move(streams));
  if (auto formats = search.lightest(catalog)) found.push_back(*std::move(formats));
  return found;
}

}  // namespace rigwise
