#include "core/advise/pack_options.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>

#include "core/advise/shared_memory.h"
#include "core/perf/parts.h"

namespace rigwise {
namespace {

constexpr std::size_t kMostDevicesOfAllSets = 4;
constexpr double kPromptTokens = 2048, kOutputTokens = 512;

/// Which part of the set-up each device belongs to.
std::vector<std::size_t> parts_of_devices(const Setup& setup) {
  std::vector<std::size_t> parts;
  for (std::size_t p = 0; p < setup.parts.size(); ++p) {
    parts.insert(parts.end(), static_cast<std::size_t>(setup.parts[p].count), p);
  }
  return parts;
}

DeviceGroup group_of(const Setup& setup, const std::vector<std::size_t>& part_of, std::vector<int> devices) {
  DeviceGroup group;
  std::vector<int> counts(setup.parts.size(), 0);
  for (const int d : devices) ++counts[part_of[static_cast<std::size_t>(d)]];
  for (std::size_t p = 0; p < counts.size(); ++p) {
    if (counts[p] == 0) continue;
    SetupPart part = setup.parts[p];
    part.count = counts[p];
    part.build = nullptr;
    if (devices.size() == 1) part.link = nullptr;
    group.kind.append(group.kind.empty() ? "" : "+").append(std::to_string(counts[p]));
    group.kind.append("x").append(part.device->id);
    group.kind.append(part.link == nullptr ? "" : "@").append(part.link == nullptr ? "" : part.link->id);
    group.setup.parts.push_back(part);
  }
  group.setup.text = group.kind;
  group.devices = std::move(devices);
  return group;
}

std::vector<int> run_of(int first, int count) {
  std::vector<int> devices;
  for (int d = first; d < first + count; ++d) devices.push_back(d);
  return devices;
}

/// Sets of devices that are tried, small ones first.
std::set<std::pair<std::size_t, std::vector<int>>> device_sets(const Setup& setup) {
  std::set<std::pair<std::size_t, std::vector<int>>> sets;
  const auto add = [&](std::vector<int> devices) {
    const std::size_t size = devices.size();
    sets.emplace(size, std::move(devices));
  };
  const auto all = static_cast<std::size_t>(setup.device_count());
  if (all <= kMostDevicesOfAllSets) {
    for (std::uint32_t set = 1; set < (1U << all); ++set) {
      std::vector<int> devices;
      for (std::size_t d = 0; d < all; ++d) {
        if ((set >> d & 1U) != 0) devices.push_back(static_cast<int>(d));
      }
      add(std::move(devices));
    }
    return sets;
  }
  int first = 0;
  for (const SetupPart& part : setup.parts) {
    for (int size = 1; size <= part.count; size *= 2) {
      for (int start = 0; start + size <= part.count; start += size) add(run_of(first + start, size));
    }
    add(run_of(first, part.count));
    first += part.count;
  }
  add(run_of(0, first));
  return sets;
}

bool may_stand_on(const PackModel& model, const std::vector<int>& devices) {
  if (model.on.empty()) return true;
  if (model.on_exactly) return devices == model.on;
  return std::all_of(devices.begin(), devices.end(),
                     [&](int d) { return std::find(model.on.begin(), model.on.end(), d) != model.on.end(); });
}

/// The load on each device of a group, from what a run needs there.
void share_out(const PackRun& run, const Llm& model, const WeightPlan& weights, const FitCheck& fit,
               const Engine& engine, PackOption& option) {
  const auto devices = static_cast<double>(option.devices.size());
  const double need = fit.need.total().value;
  if (devices == 1) {
    option.each_bytes = need;
    return;
  }
  if (!run.in_layers) {
    // Every device of a tensor-parallel group holds the same; the smallest room decides (sizing/memory.h).
    double smallest = -1;
    for (const double room : option.room_bytes) smallest = smallest < 0 ? room : std::min(smallest, room);
    const double scale = 1 + fit.margin.value / need;
    option.each_bytes = scale > 0 ? smallest / scale : need / devices;
    return;
  }
  const double outside = fit.need.weights.value - (weights.total.value - weights.not_in_layers.value);
  option.layers = std::max(1, model.depth());
  option.layer_bytes = (fit.need.weights.value - outside + fit.need.kv_cache.value) / option.layers;
  option.outside_bytes = outside;
  option.each_bytes = (fit.need.compute.value + fit.need.runtime.value) / devices;
  option.in_turns = engine.policy.multi_device == MultiDevice::layer_split;
}

}  // namespace

PredictQuery pack_query(const PackModel& model, const Setup& setup, double level) {
  PredictQuery query;
  query.model = model.model;
  query.format = model.format;
  query.setup = setup;
  query.engine = model.engine;
  query.backend = model.backend;
  query.split = model.split;
  query.level = level;
  const double prompt = std::min(kPromptTokens, model.context_tokens / 4);
  const double output = std::min(kOutputTokens, model.context_tokens / 8);
  query.workload = {prompt, output, std::max(0.0, model.context_tokens / 2 - prompt - output / 2), model.streams};
  return query;
}

PackOptions::PackOptions(const Catalog& catalog, const Calibration& calibration, const PackQuestion& question)
    : catalog_(catalog), calibration_(calibration), question_(question) {
  const std::vector<std::size_t> part_of = parts_of_devices(question.setup);
  for (const auto& [size, devices] : device_sets(question.setup)) {
    groups_.push_back(group_of(question.setup, part_of, devices));
  }
  // Devices that somebody asks for together are a group too.
  for (const PackModel& model : question.models) {
    const bool known = std::any_of(groups_.begin(), groups_.end(), [&](auto& g) { return g.devices == model.on; });
    if (model.on_exactly && !known) groups_.push_back(group_of(question.setup, part_of, model.on));
  }
}

PackRun PackOptions::run_on(const PackModel& model, const DeviceGroup& group) const {
  PackRun run;
  const EngineChoice choice = choose_engine(catalog_, *model.format, group.setup, model.engine, model.backend);
  run.why_not = choice.why_not;
  if (choice.engine == nullptr) return run;
  if (run.why_not.empty()) {
    PredictQuery query = pack_query(model, group.setup, question_.level);
    query.engine = choice.engine;
    run.why_not = cannot_split(query, *choice.engine);
  }
  const Engine engine = splitting(*choice.engine, model.split);
  if (run.why_not.empty() && group.devices.size() > 1 && engine.policy.multi_device == MultiDevice::none) {
    run.why_not = engine.name + " uses one device";
  }
  const WeightPlan weights = weight_plan(*model.model, *model.format, container_of(engine, *model.format));
  const KvPlan kv = kv_plan(*model.model, default_kv_format(catalog_, engine, *model.format));
  const FitCheck fit =
      check_fit(*model.model, weights, kv, group.setup, engine, {model.context_tokens, model.streams, 0, Bytes{0}});
  run.need = fit.need;
  run.in_layers = group.devices.size() > 1 && engine.policy.multi_device == MultiDevice::layer_split;
  run.option.devices = group.devices;
  for (const SetupPart& part : group.setup.parts) {
    const double bandwidth = part.device->memory_bandwidth ? part.device->memory_bandwidth->value : 1;
    for (int i = 0; i < part.count; ++i) {
      run.option.room_bytes.push_back(usable_memory(*part.device, engine).value);
      run.option.layer_s.push_back(1 / bandwidth);
    }
  }
  share_out(run, *model.model, weights, fit, engine, run.option);
  return run;
}

void PackOptions::add_speed(const PackModel& model, const DeviceGroup& group, PackRun& run) const {
  Result<Prediction> prediction = predict(catalog_, calibration_, pack_query(model, group.setup, question_.level));
  if (!prediction) {
    run.why_not = prediction.error().message;
    return;
  }
  if (!prediction->has_speeds) run.why_not = prediction->why_not;
  run.prediction = std::make_shared<const Prediction>(std::move(*prediction));
}

std::vector<PackRun> PackOptions::runs(const PackModel& model, bool with_speed) {
  std::map<std::string, PackRun> by_kind;
  std::vector<PackRun> runs;
  for (const DeviceGroup& group : groups_) {
    if (!may_stand_on(model, group.devices)) continue;
    auto known = by_kind.find(group.kind);
    if (known == by_kind.end()) {
      PackRun run = run_on(model, group);
      if (with_speed && run.why_not.empty()) add_speed(model, group, run);
      known = by_kind.emplace(group.kind, std::move(run)).first;
    }
    runs.push_back(known->second);
    runs.back().option.devices = group.devices;
  }
  return runs;
}

PackItem PackOptions::item_of(const PackModel& model, const std::vector<PackRun>& runs,
                              std::vector<std::size_t>* run_of_option) {
  PackItem item;
  item.pinned = model.pinned;
  item.duty = model.duty;
  item.doubt = kMemorySigma;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (!runs[i].why_not.empty()) continue;
    item.options.push_back(runs[i].option);
    item.options.back().token_s = 1;
    if (runs[i].prediction != nullptr && runs[i].prediction->decode.band.value > 0) {
      item.options.back().token_s = 1 / runs[i].prediction->decode.band.value;
    }
    if (run_of_option != nullptr) run_of_option->push_back(i);
  }
  return item;
}

}  // namespace rigwise
