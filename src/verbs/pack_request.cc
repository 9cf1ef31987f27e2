#include "verbs/pack_request.h"

#include <algorithm>

#include "core/advise/services.h"
#include "core/base/text.h"
#include "core/cost/exchange.h"
#include "verbs/answers.h"
#include "verbs/prompt_mix.h"
#include "verbs/question.h"
#include "verbs/setup_machine.h"

namespace rigwise {
namespace {

constexpr std::size_t kMostModels = 16, kMostServices = 8;
constexpr double kMostGb = 1e6;

/// What holds for every model that does not say otherwise.
struct Shared {
  int streams = 1;
  double context_tokens = 8192;
  std::optional<std::string> quant, engine, backend;
  std::optional<Split> split;
};

Error at(Error error, const std::string& where) {
  if (error.where.empty() || error.where == "quant" || error.where == "model" || error.where == "services")
    error.where = where;
  return error;
}

std::string path_of(const char* key, std::size_t i) { return std::string(key) + "[" + std::to_string(i) + "]"; }

/// "on": a number, numbers that are meant together, or the name of a device that the set-up has.
Result<std::vector<int>> read_devices(const Catalog& catalog, const Setup& setup, const Json& on,
                                      const std::string& where) {
  const std::vector<const Device*> devices = devices_of(setup);
  const std::string accepted =
      "device numbers from 0 to " + std::to_string(devices.size() - 1) + ", or a device of the set-up by name";
  std::vector<int> numbers;
  if (on.is_string()) {
    const Result<const Device*> named = catalog.device(on.get<std::string>());
    if (!named) return fail(at(named.error(), where));
    for (std::size_t d = 0; d < devices.size(); ++d) {
      if (devices[d] == *named) numbers.push_back(static_cast<int>(d));
    }
    if (numbers.empty()) return invalid("the set-up has no \"" + on.get<std::string>() + "\"", where, accepted);
    return numbers;
  }
  const Json list = on.is_array() ? on : Json::array({on});
  for (const Json& item : list) {
    const bool fits =
        item.is_number_integer() && item.get<double>() >= 0 && item.get<double>() < static_cast<double>(devices.size());
    if (!fits) return invalid(item.dump() + " is no device of the set-up", where, accepted);
    numbers.push_back(item.get<int>());
  }
  std::sort(numbers.begin(), numbers.end());
  if (numbers.empty() || std::adjacent_find(numbers.begin(), numbers.end()) != numbers.end()) {
    return invalid(numbers.empty() ? "no device is named" : "a device is named twice", where, accepted);
  }
  return numbers;
}

/// "qwen3-32b:q4_k_m" where no model has the whole name.
std::pair<std::string, std::optional<std::string>> name_and_quant(const Catalog& catalog, const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || catalog.model_names.find_quietly(text)) return {text, std::nullopt};
  return {std::string(trim(std::string_view(text).substr(0, colon))),
          std::string(trim(std::string_view(text).substr(colon + 1)))};
}

Result<void> resolve_model(const House& house, const std::string& text, const std::optional<std::string>& own_quant,
                           const Shared& shared, PackModel& model, PackRequest& read) {
  const auto [name, quant_of_name] = name_and_quant(house.catalog, text);
  const Result<const Llm*> found = house.catalog.model(name);
  if (!found) return fail(found.error());
  model.model = *found;
  const std::optional<std::string> quant = own_quant ? own_quant : quant_of_name ? quant_of_name : shared.quant;
  if (quant) {
    const Result<const Format*> format = house.catalog.format(*quant);
    if (!format) return fail(format.error());
    model.format = *format;
    return {};
  }
  const Result<const Format*> usual = default_format(house.catalog, *model.model, model.engine);
  if (!usual) return fail(usual.error());
  model.format = *usual;
  read.assumptions.push_back(model.model->id + " in " + model.format->id + " (no format was named)");
  return {};
}

/// The engine by name, the backend checked against what engines drive.
Result<void> resolve_engine(const Catalog& catalog, const std::optional<std::string>& engine,
                            const std::optional<std::string>& backend, PackModel& model) {
  if (engine) {
    const Result<const Engine*> found = catalog.engine(*engine);
    if (!found) return fail(found.error());
    model.engine = *found;
  }
  if (!backend) return {};
  std::vector<std::string> known;
  for (const Engine& e : catalog.engines) known.insert(known.end(), e.backends.begin(), e.backends.end());
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  if (std::find(known.begin(), known.end(), *backend) == known.end()) {
    return fail({ErrorCode::not_found, "no backend is called \"" + *backend + "\"", "", "one of: " + join(known, ", "),
                 nearest_names(*backend, known)});
  }
  model.backend = *backend;
  return {};
}

Result<void> add_model(const House& house, const Json& value, std::size_t index, const Shared& shared,
                       PackRequest& read) {
  const std::string where = path_of("models", index);
  PackModel model;
  model.streams = shared.streams;
  model.context_tokens = shared.context_tokens;
  model.split = shared.split;
  std::string name;
  std::optional<std::string> quant, engine = shared.engine, backend = shared.backend;
  const Json* on = nullptr;
  if (value.is_string()) {
    name = value.get<std::string>();
  } else {
    ObjectReader reader(value, where);
    name = reader.required_text("model", "\"qwen3-32b\"");
    quant = reader.text("quant");
    if (const auto own = reader.text("engine")) engine = own;
    if (const auto own = reader.text("backend")) backend = own;
    model.streams = reader.integer("streams", 1, 1024).value_or(shared.streams);
    model.context_tokens = reader.integer("context_tokens", 256, 10000000).value_or(shared.context_tokens);
    model.duty = reader.number("duty", 0, 1).value_or(1);
    model.pinned = reader.boolean("pinned").value_or(false);
    if (const auto own = split_of(reader)) model.split = own;
    on = reader.raw("on");
    if (std::optional<Error> fault = reader.done()) return fail(*std::move(fault));
  }
  if (Result<void> done = resolve_engine(house.catalog, engine, backend, model); !done) {
    return fail(at(done.error(), where));
  }
  if (Result<void> done = resolve_model(house, name, quant, shared, model, read); !done) {
    return fail(at(done.error(), where));
  }
  if (on != nullptr) {
    Result<std::vector<int>> devices = read_devices(house.catalog, read.question.setup, *on, where + ".on");
    if (!devices) return fail(devices.error());
    model.on = *std::move(devices);
    model.on_exactly = !on->is_string();
  }
  for (const PackModel& known : read.question.models) {
    if (known.model != model.model || known.format != model.format) continue;
    return invalid(model.model->id + " in " + model.format->id + " is named twice", where,
                   "once, with as many streams as both together");
  }
  const int longest = model.model->context_tokens;
  if (longest > 0 && model.context_tokens > longest) {
    model.context_tokens = longest;
    read.assumptions.push_back(model.model->id + " takes no more than " + std::to_string(longest) +
                               " tokens of context: that is what it gets");
  }
  read.question.models.push_back(std::move(model));
  return {};
}

/// "embedding", "embedding:2", or an object.
Result<void> add_service(const House& house, const Json& value, std::size_t index, PackRequest& read) {
  const std::string where = path_of("services", index);
  PackService service;
  std::optional<double> memory_gb;
  const Json* on = nullptr;
  if (value.is_string()) {
    const std::string text = value.get<std::string>();
    const std::size_t colon = text.rfind(':');
    service.name = std::string(trim(std::string_view(text).substr(0, colon)));
    if (colon != std::string::npos) {
      const Result<double> gb_given = parse_number(trim(std::string_view(text).substr(colon + 1)));
      if (!gb_given || *gb_given < 0 || *gb_given > kMostGb) {
        return invalid("\"" + text + "\" does not say how much memory after the colon", where,
                       "GB, as \"embedding:2\"");
      }
      memory_gb = *gb_given;
    }
  } else {
    ObjectReader reader(value, where);
    service.name = reader.required_text("name", "\"embedding\"");
    memory_gb = reader.number("memory_gb", 0, kMostGb);
    service.duty = reader.number("duty", 0, 1).value_or(0);
    service.pinned = reader.boolean("pinned").value_or(false);
    on = reader.raw("on");
    if (std::optional<Error> fault = reader.done()) return fail(*std::move(fault));
  }
  if (service.name.empty()) return invalid("a service has no name", where, "\"embedding:2\"");
  if (memory_gb) {
    service.bytes = *memory_gb * kGb;
  } else {
    const Result<ServiceMemory> usual = service_memory(house.catalog, service.name);
    if (!usual) return fail(at(usual.error(), where));
    service.bytes = usual->bytes.value;
    read.assumptions.push_back(service.name + ": " + significant(service.bytes / kGb) + " GB for " +
                               usual->model->name + " at " + significant(usual->bits, 3) +
                               " bits and 1 GiB of buffers");
  }
  if (on != nullptr) {
    Result<std::vector<int>> devices = read_devices(house.catalog, read.question.setup, *on, where + ".on");
    if (!devices) return fail(devices.error());
    service.on = *std::move(devices);
  }
  read.question.services.push_back(std::move(service));
  return {};
}

/// A list, or one entry that stands for a list of one.
Result<Json> list_of(const Json* value, const char* key, std::size_t most, const char* accepted) {
  if (value == nullptr) return Json::array();
  Json list = value->is_array() ? *value : Json::array({*value});
  if (list.size() > most) return invalid(std::string("too many ") + key, key, "at most " + std::to_string(most));
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (!list[i].is_string() && !list[i].is_object()) {
      return invalid("\"" + std::string(key) + "\" holds " + list[i].dump(), path_of(key, i), accepted);
    }
  }
  return list;
}

Result<void> read_setup(const House& house, const std::string& text, PackRequest& read) {
  Result<Setup> setup = parse_setup(house.catalog, text);
  if (!setup) return fail(setup.error());
  read.question.setup = *std::move(setup);
  if (read.question.setup.device_count() > static_cast<int>(kMostPackedDevices)) {
    return invalid("\"" + text + "\" has " + std::to_string(read.question.setup.device_count()) + " devices", "setup",
                   "at most " + std::to_string(kMostPackedDevices) + ": larger clusters are packed machine by machine");
  }
  return {};
}

}  // namespace

Result<PackRequest> read_pack_request(const House& house, const Json& request) {
  ObjectReader reader(request, "");
  PackRequest read;
  const std::string setup = reader.required_text("setup", "\"2x rtx-3090\"");
  const Json *models = reader.raw("models"), *services = reader.raw("services"), *mix = reader.raw("prompt_mix");
  Shared shared;
  shared.streams = reader.integer("concurrency", 1, 1024).value_or(1);
  shared.context_tokens = reader.integer("context_tokens", 256, 10000000).value_or(8192);
  shared.quant = reader.text("quant");
  shared.engine = reader.text("engine");
  shared.backend = reader.text("backend");
  shared.split = split_of(reader);
  read.question.reserve_bytes = reader.number("reserve_gb", 0, kMostGb).value_or(0) * kGb;
  read.question.storage_bytes_per_s = reader.number("storage_gbps", 0.001, 1000).value_or(0) * kGb;
  const std::string currency = reader.text("currency").value_or("USD");
  ElectricityWish electricity;
  electricity.region = reader.text("region");
  Result<ScoreWish> wish = read_score_wish(house.catalog, reader);
  read.as_of = read_as_of(reader, house);
  if (std::optional<Error> fault = reader.done()) return fail(*std::move(fault));
  if (!wish) return fail(wish.error());
  read.question.level = wish->level;
  wish->best_of_all = true;  // models of several benchmarks are compared, as `advise` compares them
  if (Result<void> done = read_setup(house, setup, read); !done) return fail(done.error());

  const Result<Json> model_list =
      list_of(models, "models", kMostModels, "\"qwen3-32b\", \"qwen3-32b:q4_k_m\" or {\"model\": \"qwen3-32b\"}");
  if (!model_list) return fail(model_list.error());
  const Result<Json> service_list =
      list_of(services, "services", kMostServices, "\"embedding:2\" or {\"name\": \"embedding\", \"memory_gb\": 2}");
  if (!service_list) return fail(service_list.error());
  if (model_list->empty() && service_list->empty()) {
    return invalid("nothing is named that should stay loaded", "models", "for example [\"qwen3-32b:q4_k_m\"]");
  }
  for (std::size_t i = 0; i < model_list->size(); ++i) {
    if (Result<void> done = add_model(house, (*model_list)[i], i, shared, read); !done) return fail(done.error());
  }
  for (std::size_t i = 0; i < service_list->size(); ++i) {
    if (Result<void> done = add_service(house, (*service_list)[i], i, read); !done) return fail(done.error());
  }
  const Result<std::vector<WorkCategory>> work = read_prompt_mix(mix, false, read.assumptions);
  if (!work) return fail(work.error());
  for (const WorkCategory& category : *work) read.question.mix.push_back({category.category, category.share});
  const Exchange exchange(house.catalog.rates, read.as_of);
  const Result<std::string> code = exchange.currency(currency);
  if (!code) return fail(code.error());
  read.currency = *code;
  const Result<Money> per_kwh = electricity_price(house.catalog, exchange, read.currency, electricity, read.tariff);
  if (!per_kwh) return fail(per_kwh.error());
  read.per_kwh = *per_kwh;
  read.scores = std::make_unique<ScoreBook>(house.catalog, *std::move(wish));
  read.question.scores = read.scores.get();
  return read;
}

}  // namespace rigwise
