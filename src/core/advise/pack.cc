#include "core/advise/pack.h"

#include <algorithm>
#include <set>

#include "core/advise/pack_options.h"
#include "core/advise/pack_remedies.h"
#include "core/advise/quality.h"
#include "core/advise/shared_memory.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

/// What nobody states: a PCIe 4 NVMe disk, as most such machines are sold with.
constexpr double kUsualDisk = 5e9;
/// Quality of a model that nobody scored: of none of them, or a rank below the lowest that somebody did.
constexpr double kUnscored = 0.85, kRankStep = 0.97;

std::string gb_words(double bytes) { return significant(bytes / kGb) + " GB"; }

/// Everything about one question while it is answered.
class Packed {
 public:
  Packed(const Catalog& catalog, const Calibration& calibration, const PackQuestion& question)
      : catalog_(catalog), question_(question), options_(catalog, calibration, question) {}

  PackAnswer answer() {
    add_devices();
    add_models();
    add_services();
    rate_models();
    problem_.mix.clear();
    for (const MixShare& share : question_.mix) problem_.mix.push_back(share.share);
    if (problem_.mix.empty()) problem_.mix.push_back(1);
    answer_.packing = best_packing(problem_);
    for (std::size_t i = 0; i < question_.models.size(); ++i) describe_model(i);
    for (std::size_t i = 0; i < question_.services.size(); ++i) describe_service(i);
    for (std::size_t d = 0; d < answer_.devices.size(); ++d) {
      PackedDevice& device = answer_.devices[d];
      device.probability =
          memory_probability(answer_.packing.used_bytes[d], answer_.packing.variance[d], device.available);
    }
    if (!answer_.all_loaded()) {
      answer_.together = pack_together(catalog_, options_, question_.models, problem_);
    }
    return std::move(answer_);
  }

 private:
  void add_devices() {
    std::set<int> named;
    for (const PackModel& model : question_.models) named.insert(model.on.begin(), model.on.end());
    for (const PackService& service : question_.services) named.insert(service.on.begin(), service.on.end());
    int number = 0, kind = 0;
    for (const SetupPart& part : question_.setup.parts) {
      ++kind;
      for (int i = 0; i < part.count; ++i, ++number) {
        PackedDevice device;
        device.device = part.device;
        device.capacity = part.device->memory_capacity.value;
        device.available =
            std::max(0.0, std::min(part.device->usable_memory().value, device.capacity - question_.reserve_bytes));
        // A device that somebody names cannot be exchanged for its like.
        const int own_kind = named.count(number) != 0 ? -1 - number : kind;
        problem_.devices.push_back({device.available, own_kind});
        answer_.devices.push_back(std::move(device));
      }
    }
  }

  void add_models() {
    int fewest = 0;
    for (const PackModel& model : question_.models)
      fewest = fewest == 0 ? model.streams : std::min(fewest, model.streams);
    for (const PackModel& model : question_.models) {
      runs_.push_back(options_.runs(model, true));
      run_of_option_.emplace_back();
      problem_.items.push_back(PackOptions::item_of(model, runs_.back(), &run_of_option_.back()));
      // Every stream waits alike, so the one that many use gets the faster device.
      problem_.items.back().weight = static_cast<double>(model.streams) / std::max(1, fewest);
      names_.push_back(model.model->id + " " + model.format->id);
    }
  }

  void add_services() {
    for (const PackService& service : question_.services) {
      PackItem item;
      item.is_service = true;
      item.pinned = service.pinned;
      item.duty = service.duty;
      for (int d = 0; d < static_cast<int>(problem_.devices.size()); ++d) {
        const bool allowed =
            service.on.empty() || std::find(service.on.begin(), service.on.end(), d) != service.on.end();
        if (!allowed) continue;
        PackOption option;
        option.devices = {d};
        option.each_bytes = service.bytes;
        item.options.push_back(std::move(option));
      }
      problem_.items.push_back(std::move(item));
      names_.push_back(service.name);
    }
  }

  /// Quality of every model in every category of the mix.
  void rate_models() {
    const std::size_t categories = std::max<std::size_t>(1, question_.mix.size());
    for (std::size_t i = 0; i < question_.models.size(); ++i) answer_.models.emplace_back();
    for (std::size_t c = 0; c < categories; ++c) {
      const std::string category = question_.mix.empty() ? "" : question_.mix[c].category;
      double lowest = -1;
      for (std::size_t i = 0; i < question_.models.size(); ++i) {
        const PackModel& model = question_.models[i];
        PackQuality quality;
        if (question_.scores != nullptr) quality.score = question_.scores->of(model.model->id, category);
        quality.is_known = quality.score.has_value();
        if (quality.is_known) {
          quality.value = quality.score->relative();
          lowest = lowest < 0 ? quality.value : std::min(lowest, quality.value);
        }
        answer_.models[i].quality.push_back(std::move(quality));
      }
      for (std::size_t i = 0; i < question_.models.size(); ++i) {
        PackQuality& quality = answer_.models[i].quality[c];
        if (!quality.is_known) quality.value = lowest < 0 ? kUnscored : lowest * kRankStep;
        quality.value *= quality_kept(*question_.models[i].format, *question_.models[i].model);
        problem_.items[i].quality.push_back(quality.value);
      }
    }
  }

  void describe_model(std::size_t i) {
    PackedModel& packed = answer_.models[i];
    packed.asked = i;
    const PackPlace& place = answer_.packing.places[i];
    const PackRun* run = place.is_loaded() ? &runs_[i][run_of_option_[i][static_cast<std::size_t>(place.option)]]
                                           : best_run_by_itself(i);
    if (run != nullptr) {
      packed.need = run->need;
      if (run->prediction != nullptr) packed.alone = *run->prediction;
      packed.devices = run->option.devices;
      add_load_time(*run, packed);
    }
    if (!place.is_loaded()) return describe_left_out(i, run);
    packed.is_loaded = true;
    packed.bytes = place.bytes;
    packed.slowdown = place.slowdown;
    for (std::size_t k = 0; k < names_.size(); ++k) {
      if (k != i && share_a_device(i, k)) packed.shares_with.push_back(names_[k]);
    }
    add_to_map(i, *run, place);
  }

  const std::vector<int>& devices_of_item(std::size_t i) const {
    static const std::vector<int> kNone;
    const PackPlace& place = answer_.packing.places[i];
    return place.is_loaded() ? problem_.items[i].options[static_cast<std::size_t>(place.option)].devices : kNone;
  }

  bool share_a_device(std::size_t a, std::size_t b) const {
    const std::vector<int>&x = devices_of_item(a), &y = devices_of_item(b);
    return std::any_of(x.begin(), x.end(), [&](int d) { return std::find(y.begin(), y.end(), d) != y.end(); });
  }

  /// Weights of the set-up's slowest disk among the devices it stands on.
  void add_load_time(const PackRun& run, PackedModel& packed) const {
    double slowest = 0;
    for (const int d : run.option.devices) {
      const Device& device = *answer_.devices[static_cast<std::size_t>(d)].device;
      const double disk = device.storage_bandwidth ? device.storage_bandwidth->value : question_.storage_bytes_per_s;
      packed.storage_is_assumed = packed.storage_is_assumed || disk <= 0;
      const double speed = disk > 0 ? disk : kUsualDisk;
      slowest = slowest <= 0 ? speed : std::min(slowest, speed);
    }
    packed.load_s = run.need.weights.value / slowest;
  }

  /// Its parts on each of its devices.
  void add_to_map(std::size_t i, const PackRun& run, const PackPlace& place) {
    const PackOption& option = run.option;
    const MemoryNeed& need = run.need;
    const auto count = static_cast<double>(option.devices.size());
    const double outside = run.in_layers ? option.outside_bytes : 0;
    for (std::size_t k = 0; k < option.devices.size(); ++k) {
      PackedDevice& device = answer_.devices[static_cast<std::size_t>(option.devices[k])];
      device.holds.push_back(names_[i]);
      if (run.in_layers) {
        const double dealt = place.layers[k] * option.layer_bytes;
        const double cached = need.kv_cache.value * place.layers[k] / option.layers;
        device.compute += need.compute.value / count;
        device.runtime += need.runtime.value / count;
        device.kv_cache += cached;
        const bool has_outside = place.bytes[k] > option.each_bytes + dealt + outside / 2;
        device.weights += dealt - cached + (has_outside ? outside : 0);
        continue;
      }
      const double scale = place.bytes[k] / need.total().value;
      device.weights += need.weights.value * scale;
      device.kv_cache += need.kv_cache.value * scale;
      device.compute += need.compute.value * scale;
      device.runtime += need.runtime.value * scale;
    }
  }

  /// Where it would run fastest with the set-up to itself; null when it runs nowhere.
  const PackRun* best_run_by_itself(std::size_t i) const {
    const PackRun *best = nullptr, *any = nullptr;
    for (const PackRun& run : runs_[i]) {
      if (!run.why_not.empty()) continue;
      if (any == nullptr || total_bytes(run.option) < total_bytes(any->option)) any = &run;
      PackItem item = problem_.items[i];
      item.options = {run.option};
      if (!place_beside(problem_, empty_packing(), item).is_loaded() || run.prediction == nullptr) continue;
      const auto speed = [](const PackRun& r) { return r.prediction->decode.band.value; };
      if (best == nullptr || speed(run) > speed(*best)) best = &run;
    }
    return best != nullptr ? best : any;
  }

  Packing empty_packing() const {
    Packing packing;
    packing.places.resize(problem_.items.size());
    packing.used_bytes.assign(problem_.devices.size(), 0);
    packing.variance.assign(problem_.devices.size(), 0);
    return packing;
  }

  void describe_left_out(std::size_t i, const PackRun* run) {
    PackedModel& packed = answer_.models[i];
    if (run == nullptr) {
      packed.why = runs_[i].empty() ? "no device is left that it may stand on" : runs_[i].front().why_not;
      return;
    }
    const PackItem& item = problem_.items[i];
    const std::string needs = "needs " + gb_words(total_bytes(run->option));
    const Packing empty = empty_packing();
    if (!place_beside(problem_, empty, item).is_loaded()) {
      packed.missing_bytes = missing_bytes(problem_, empty, item);
      packed.why = needs + (packed.missing_bytes && *packed.missing_bytes > 0
                                ? ", more than the devices have by themselves"
                                : "; so much is there in sum, but no device has room for its share");
    } else {
      packed.missing_bytes = missing_bytes(problem_, answer_.packing, item);
      packed.why = needs + ", which what is loaded does not leave free";
      if (!item.pinned) packed.why += why_others_come_first(i);
    }
    if (packed.missing_bytes && *packed.missing_bytes <= 0) packed.missing_bytes.reset();
    packed.remedies = pack_remedies(catalog_, options_, question_.models[i], item, {problem_, answer_.packing, names_});
    const bool can_swap = std::any_of(packed.remedies.begin(), packed.remedies.end(),
                                      [](const PackRemedy& r) { return r.kind == "unload"; });
    if (!can_swap) packed.load_s = 0;
  }

  /// Which of the rules put the others first.
  std::string why_others_come_first(std::size_t i) const {
    std::vector<std::string> pinned;
    for (std::size_t k = 0; k < names_.size(); ++k) {
      if (!answer_.packing.places[k].is_loaded()) continue;
      if (problem_.items[k].pinned) pinned.push_back(names_[k]);
    }
    double value = 0;
    for (std::size_t c = 0; c < problem_.mix.size(); ++c) value += problem_.mix[c] * problem_.items[i].quality[c];
    std::string words = "; worth " + significant(value) + " to the mix where what stays is worth " +
                        significant(answer_.packing.worth.value);
    if (!pinned.empty()) words += ", with " + join(pinned, ", ") + " pinned";
    return words;
  }

  void describe_service(std::size_t i) {
    const std::size_t index = question_.models.size() + i;
    PackedService packed;
    packed.asked = i;
    if (const std::vector<int>& on = devices_of_item(index); !on.empty()) {
      packed.device = on.front();
      PackedDevice& device = answer_.devices[static_cast<std::size_t>(on.front())];
      device.services += question_.services[i].bytes;
      device.holds.push_back(names_[index]);
    } else {
      const PackItem& item = problem_.items[index];
      const bool fits_alone = place_beside(problem_, empty_packing(), item).is_loaded();
      packed.why = "needs " + gb_words(question_.services[i].bytes) +
                   (fits_alone ? ", which what is pinned and the other services do not leave on any one device"
                               : ", more than any device it may stand on has");
      packed.missing_bytes = missing_bytes(problem_, fits_alone ? answer_.packing : empty_packing(), item);
    }
    answer_.services.push_back(std::move(packed));
  }

  const Catalog& catalog_;
  const PackQuestion& question_;
  PackOptions options_;
  PackProblem problem_;
  PackAnswer answer_;
  std::vector<std::vector<PackRun>> runs_;               ///< by model and group
  std::vector<std::vector<std::size_t>> run_of_option_;  ///< by model and option
  std::vector<std::string> names_;                       ///< by item
};

}  // namespace

bool PackAnswer::all_loaded() const {
  return std::all_of(models.begin(), models.end(), [](const PackedModel& m) { return m.is_loaded; }) &&
         std::all_of(services.begin(), services.end(), [](const PackedService& s) { return s.device >= 0; });
}

std::vector<const Device*> devices_of(const Setup& setup) {
  std::vector<const Device*> devices;
  for (const SetupPart& part : setup.parts) {
    devices.insert(devices.end(), static_cast<std::size_t>(part.count), part.device);
  }
  return devices;
}

PackAnswer pack(const Catalog& catalog, const Calibration& calibration, const PackQuestion& question) {
  return Packed(catalog, calibration, question).answer();
}

}  // namespace rigwise
