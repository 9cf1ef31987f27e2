#include "verbs/deploy_request.h"

#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "core/deploy/kit_nodes.h"
#include "core/deploy/serving_engine.h"
#include "core/facts/roles.h"
#include "verbs/answers.h"
#include "verbs/pack.h"

namespace rigwise {
namespace {

constexpr double kMostGb = 1e6;
constexpr double kWorkdaysPerMonth = 21;
constexpr std::size_t kMostGroups = 64, kMostModels = 16;

/// Keys that go on to `pack` as they are.
constexpr const char* kPackKeys[] = {"models",     "services", "concurrency", "context_tokens",
                                     "reserve_gb", "quant",    "backend",     "split"};

Error place(Error error, const std::string& where) {
  error.where = where + (error.where.empty() ? "" : "." + error.where);
  return error;
}

Result<const Json*> list_in(const Json& plan, const char* key) {
  const auto found = plan.find(key);
  if (found == plan.end() || !found->is_array()) {
    return invalid("the plan has no list \"" + std::string(key) + "\"", "plan", "what `rigwise pack --json` prints");
  }
  return &*found;
}

double number_or(const Json& object, const char* key, double otherwise) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? found->get<double>() : otherwise;
}

std::string text_or_nothing(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// The memory map of the plan, laid over the devices of the set-up.
Result<void> read_devices(const House& house, const Json& list, KitPlan& plan) {
  if (list.size() != plan.devices.size()) {
    return invalid(
        "the plan has " + std::to_string(list.size()) + " devices, the set-up " + std::to_string(plan.devices.size()),
        "plan.devices", "a plan of this set-up");
  }
  for (std::size_t d = 0; d < list.size(); ++d) {
    const std::string where = "plan.devices[" + std::to_string(d) + "]";
    const Result<const Device*> device = house.catalog.device(text_or_nothing(list[d], "device"));
    if (!device) return fail(place(device.error(), where));
    KitDevice& own = plan.devices[d];
    if (*device != own.device) {
      return invalid(
          "device " + std::to_string(d) + " of the plan is " + (*device)->id + ", of the set-up " + own.device->id,
          where, "a plan of this set-up");
    }
    own.capacity_gb = number_or(list[d], "capacity_gb", 0);
    own.kept_gb = number_or(list[d], "kept_gb", 0);
    own.available_gb = number_or(list[d], "available_gb", 0);
    own.weights_gb = number_or(list[d], "weights_gb", 0);
    own.kv_cache_gb = number_or(list[d], "kv_cache_gb", 0);
    own.buffers_gb = number_or(list[d], "compute_gb", 0) + number_or(list[d], "runtime_gb", 0);
    own.services_gb = number_or(list[d], "services_gb", 0);
    own.free_gb = number_or(list[d], "free_gb", 0);
    if (!(own.capacity_gb > 0 && own.capacity_gb < kMostGb)) {
      return invalid("device " + std::to_string(d) + " of the plan has no memory", where + ".capacity_gb",
                     "GB, above 0");
    }
  }
  return {};
}

/// "on": numbers of devices, each once.
Result<std::vector<int>> read_on(const Json& entry, std::size_t devices, const std::string& where) {
  std::vector<int> on;
  const auto list = entry.find("on");
  const bool is_list = list != entry.end() && list->is_array() && !list->empty();
  if (is_list) {
    for (const Json& number : *list) {
      if (!number.is_number_integer() || number < 0 || number >= devices) break;
      on.push_back(number.get<int>());
    }
  }
  std::sort(on.begin(), on.end());
  const bool twice = std::adjacent_find(on.begin(), on.end()) != on.end();
  if (!is_list || on.size() != list->size() || twice) {
    return invalid("the plan does not say which devices it stands on", where + ".on",
                   "numbers of devices of the set-up, each once");
  }
  return on;
}

/// Whether a backend that belongs to one maker meets another's chip. The family says who made the chip; the vendor may
/// be who built the machine.
bool is_of_another_maker(const std::string& backend, const Device& device) {
  const auto is_family = [&](const char* maker) { return device.family.starts_with(maker); };
  if (backend == "cuda") return device.vendor != "NVIDIA" && !is_family("nvidia-");
  if (backend == "rocm") return device.vendor == "NVIDIA" || is_family("nvidia-") || is_family("intel-");
  if (backend == "sycl" || backend == "xpu") return is_family("nvidia-") || is_family("amd-");
  if (backend == "metal") return device.processor != Processor::apple_gpu;
  return false;
}

Result<void> check_backend(const KitPlan& plan, const PlannedModel& model, const std::string& where) {
  for (const int number : model.on) {
    const Device& device = *plan.devices[static_cast<std::size_t>(number)].device;
    if (!is_of_another_maker(model.backend, device)) continue;
    return invalid(model.backend + " does not run on " + device.id, where + ".backend", "the backend of its devices");
  }
  return {};
}

/// "on_gb": what it takes on each of "on", in that order; nothing where an older plan does not say it.
Result<void> read_on_gb(const Json& entry, const std::string& where, PlannedModel& model) {
  const auto list = entry.find("on_gb");
  if (list == entry.end() || list->is_null()) return {};
  const Json& on = entry["on"];
  if (!list->is_array() || list->size() != on.size()) {
    return invalid("the plan does not say what " + model.model->id + " takes on each device", where + ".on_gb",
                   "as many numbers as \"on\" has");
  }
  model.on_gb.resize(on.size());
  for (std::size_t i = 0; i < on.size(); ++i) {
    const Json& value = (*list)[i];
    if (!value.is_number() || !(value.get<double>() >= 0 && value.get<double>() < kMostGb))
      return invalid(value.dump() + " GB on a device", where + ".on_gb", "GB, 0 or more");
    // Devices are kept in order, and each keeps its bytes.
    const auto at = std::find(model.on.begin(), model.on.end(), on[i].get<int>());
    model.on_gb[static_cast<std::size_t>(at - model.on.begin())] = value.get<double>();
  }
  return {};
}

/// The models together are what the devices are said to hold. A plan that somebody changed in one place is no plan.
Result<void> check_memory(const KitPlan& plan) {
  constexpr double kSame = 0.03, kSameGb = 0.2;
  std::vector<double> sums(plan.devices.size(), 0);
  for (const PlannedModel& model : plan.models) {
    if (model.on_gb.empty()) return {};
    for (std::size_t i = 0; i < model.on.size(); ++i) sums[static_cast<std::size_t>(model.on[i])] += model.on_gb[i];
  }
  for (std::size_t d = 0; d < sums.size(); ++d) {
    const KitDevice& device = plan.devices[d];
    const double said = device.weights_gb + device.kv_cache_gb + device.buffers_gb;
    if (std::abs(sums[d] - said) <= std::max(kSameGb, kSame * said)) continue;
    return invalid("device " + std::to_string(d) + " holds " + significant(said) + " GB by the plan, its models take " +
                       significant(sums[d]) + " GB there",
                   "plan.devices[" + std::to_string(d) + "]",
                   "an unchanged plan: ask `rigwise pack` again for another one");
  }
  return {};
}

/// The mean of what the plan knows of its quality; 0 where nobody scored it.
double quality_of(const Json& entry) {
  double sum = 0;
  int known = 0;
  const auto list = entry.find("quality");
  if (list == entry.end() || !list->is_array()) return 0;
  for (const Json& quality : *list) {
    const auto is_known = quality.find("known");
    if (is_known == quality.end() || !is_known->is_boolean() || !is_known->get<bool>()) continue;
    sum += number_or(quality, "value", 0);
    ++known;
  }
  return known == 0 ? 0 : sum / known;
}

Result<PlannedModel> read_model(const House& house, const Json& entry, const KitPlan& plan, const std::string& where) {
  PlannedModel model;
  const Result<const Llm*> llm = house.catalog.model(text_or_nothing(entry, "model"));
  if (!llm) return fail(place(llm.error(), where));
  const Result<const Format*> format = house.catalog.format(text_or_nothing(entry, "quant"));
  if (!format) return fail(place(format.error(), where));
  model.model = *llm;
  model.format = *format;
  if (const std::string name = text_or_nothing(entry, "engine"); !name.empty()) {
    const Result<const Engine*> engine = house.catalog.engine(name);
    if (!engine) return fail(place(engine.error(), where));
    model.engine = *engine;
  }
  model.backend = text_or_nothing(entry, "backend");
  if (model.backend.empty())
    return invalid(model.model->id + " has no backend in the plan", where + ".backend",
                   "cuda, rocm, vulkan, metal, sycl, xpu or cpu");
  const double streams = number_or(entry, "streams", 1), context = number_or(entry, "context_tokens", 8192);
  if (!(streams >= 1 && streams <= 1024 && context >= 256 && context <= 1e7)) {
    return invalid(model.model->id + " has streams or a context that no engine takes", where,
                   "1 to 1024 streams, 256 to 10000000 tokens");
  }
  model.streams = static_cast<int>(streams);
  model.context_tokens = static_cast<int>(context);
  if (model.model->context_tokens > 0 && context > model.model->context_tokens) {
    return invalid(model.model->id + " knows no context of " + std::to_string(static_cast<int>(context)) + " tokens",
                   where + ".context_tokens", "at most " + std::to_string(model.model->context_tokens));
  }
  Result<std::vector<int>> on = read_on(entry, plan.devices.size(), where);
  if (!on) return fail(on.error());
  model.on = *std::move(on);
  if (const Result<void> done = check_backend(plan, model, where); !done) return fail(done.error());
  if (const Result<void> done = read_on_gb(entry, where, model); !done) return fail(done.error());
  model.weights_gb = number_or(entry, "weights_gb", 0);
  model.kv_cache_gb = number_or(entry, "kv_cache_gb", 0);
  model.total_gb = number_or(entry, "total_gb", 0);
  model.quality = quality_of(entry);
  return model;
}

void add_cost(const Json& plan, const Json& entry, PlannedModel& model) {
  if (text_or_nothing(plan, "currency") != "USD") return;
  const auto cost = entry.find("cost_per_mtok");
  if (cost == entry.end() || !cost->is_object()) return;
  for (const auto& [key, value] :
       {std::pair{"input", &model.input_usd_per_mtok}, std::pair{"output", &model.output_usd_per_mtok}}) {
    const auto band = cost->find(key);
    if (band != cost->end() && band->is_object()) *value = number_or(*band, "value", 0);
  }
}

Json left_out_entry(const Json& entry, const char* name) {
  Json out = {{"name", text_or_nothing(entry, name)},
              {"quant", entry.contains("quant") ? entry["quant"] : Json(nullptr)}};
  out["why"] = entry.contains("why_not") ? entry["why_not"] : Json(nullptr);
  out["missing_gb"] = entry.contains("missing_gb") ? entry["missing_gb"] : Json(nullptr);
  out["would_fit"] = entry.contains("would_fit") ? entry["would_fit"] : Json::array();
  return out;
}

bool is_loaded(const Json& entry) {
  const auto loaded = entry.find("loaded");
  return loaded != entry.end() && loaded->is_boolean() && loaded->get<bool>();
}

Result<void> read_plan(const House& house, const Json& json, DeployRequest& read) {
  if (!json.is_object() || text_or_nothing(json, "schema") != "rigwise.pack/1") {
    return invalid("this is no packing plan", "plan", "what `rigwise pack --json` prints");
  }
  KitPlan& plan = read.plan;
  const Result<const Json*> devices = list_in(json, "devices"), models = list_in(json, "models");
  if (!devices) return fail(devices.error());
  if (!models) return fail(models.error());
  if (Result<void> done = read_devices(house, **devices, plan); !done) return done;
  if ((*models)->size() > kMostModels)
    return invalid("too many models", "plan.models", "at most " + std::to_string(kMostModels));
  for (std::size_t m = 0; m < (*models)->size(); ++m) {
    const Json& entry = (**models)[m];
    const std::string where = "plan.models[" + std::to_string(m) + "]";
    if (!entry.is_object())
      return invalid("the plan holds " + entry.dump(), where, "what `rigwise pack --json` prints");
    if (!is_loaded(entry)) {
      read.left_out.push_back(left_out_entry(entry, "model"));
      continue;
    }
    Result<PlannedModel> model = read_model(house, entry, plan, where);
    if (!model) return fail(model.error());
    add_cost(json, entry, *model);
    plan.models.push_back(*std::move(model));
  }
  if (Result<void> done = check_memory(plan); !done) return done;
  const auto services = json.find("services");
  if (services == json.end() || !services->is_array()) return {};
  for (const Json& entry : *services) {
    if (!is_loaded(entry)) {
      read.left_out.push_back(left_out_entry(entry, "name"));
    } else {
      plan.assumptions.push_back(text_or_nothing(entry, "name") + ": its " +
                                 significant(number_or(entry, "memory_gb", 0)) +
                                 " GB are kept free; this kit does not start it");
    }
  }
  return {};
}

std::string tier_of(const Role& role) {
  return role.model_class == "fast" || role.model_class == "standard" ? role.model_class : "premium";
}

Result<void> read_people(const House& house, const Json* people, KitPlan& plan) {
  if (people == nullptr) return {};
  if (!people->is_array() || people->size() > kMostGroups) {
    return invalid("\"people\" is no list", "people", R"([{"role": "developer", "count": 8}])");
  }
  for (std::size_t i = 0; i < people->size(); ++i) {
    const std::string where = "people[" + std::to_string(i) + "]";
    ObjectReader reader((*people)[i], where);
    const std::string name = reader.required_text("role", "\"developer\"");
    const int count = reader.integer("count", 1, 100000).value_or(1);
    if (std::optional<Error> fault = reader.done()) return fail(*std::move(fault));
    const Role* role = find_role(house.catalog, name);
    if (role == nullptr) return fail(unknown_role(house.catalog, name, where + ".role"));
    for (const KitGroup& known : plan.groups) {
      if (known.role == role->id)
        return invalid("\"" + role->id + "\" is named twice", where + ".role", "each role once, with all its people");
    }
    KitGroup group;
    group.role = role->id;
    group.name = role->name;
    group.people = count;
    group.tier = tier_of(*role);
    group.requests_per_hour = role->requests_per_hour;
    group.burst_factor = role->burst_factor;
    const double requests = count * role->requests_per_hour * role->hours_per_day * kWorkdaysPerMonth;
    group.tokens_in_per_month = requests * role->prompt_tokens;
    group.tokens_out_per_month = requests * role->output_tokens;
    plan.groups.push_back(std::move(group));
  }
  if (!plan.groups.empty()) {
    plan.assumptions.emplace_back("what people of a role ask for is the catalog's, on 21 workdays a month");
  }
  return {};
}

Result<void> read_sign_in(const std::optional<std::string>& name, KitPlan& plan) {
  if (!name || *name == "passwords") return {};
  if (*name != "oidc") {
    return fail({ErrorCode::invalid_input, "nobody signs in by \"" + *name + "\"", "sign_in",
                 "passwords (kept by the chat page), or oidc (a provider of yours that speaks OpenID Connect)",
                 nearest_names(*name, {"passwords", "oidc"})});
  }
  if (!plan.has_gateway()) {
    return invalid("laptops alone have no chat page to sign in to", "sign_in", "a machine that stays, or no sign_in");
  }
  plan.sign_in = PageSignIn::oidc;
  return {};
}

/// The plan that was given, or the one that `pack` makes of the models named.
Result<Json> plan_of(const House& house, const Json* given, const Json& pack_request) {
  if (given != nullptr) {
    if (pack_request.size() > 2) {
      return invalid("a plan says already what is loaded",
                     pack_request.items().begin().key() == "setup" ? "models" : "plan",
                     "the plan alone, or models without a plan");
    }
    return *given;
  }
  if (!pack_request.contains("models")) {
    return invalid("neither a plan nor a model is named", "plan",
                   "what `rigwise pack --json` prints, or models: [\"qwen3-32b:q4_k_m\"]");
  }
  return pack_verb(house, pack_request);
}

}  // namespace

Result<DeployRequest> read_deploy_request(const House& house, const Json& request) {
  ObjectReader reader(request, "");
  DeployRequest read;
  const std::string setup_text = reader.required_text("setup", "\"2x rtx-5090\"");
  const Json *given = reader.raw("plan"), *people = reader.raw("people");
  const std::optional<std::string> engine = reader.text("engine");
  const std::optional<std::string> sign_in = reader.text("sign_in");
  read.plan.prompt_tokens = reader.integer("prompt_tokens", 16, 1000000).value_or(1024);
  read.plan.output_tokens = reader.integer("output_tokens", 2, 100000).value_or(256);
  read.plan.level = reader.number("level", 0.5, 0.99).value_or(0.8);
  read.as_of = read_as_of(reader, house);
  Json pack_request = {{"setup", setup_text}, {"as_of", read.as_of}};
  for (const char* key : kPackKeys) {
    if (const Json* value = reader.raw(key)) pack_request[key] = *value;
  }
  if (std::optional<Error> fault = reader.done()) return fail(*std::move(fault));
  if (engine) {
    read.engine = serving_engine_of(*engine);
    if (!read.engine) {
      return invalid("a kit does not start \"" + *engine + "\"", "engine",
                     "one of: llama-server, ollama, vllm, sglang, mlx");
    }
    // Ollama and llama-server share what memory they need, so plans are made for llama.cpp.
    if (given == nullptr)
      pack_request["engine"] =
          read.engine == ServingEngine::llama_server ? "llama.cpp" : serving_engine_name(*read.engine);
  }
  const Result<Setup> setup = parse_setup(house.catalog, setup_text);
  if (!setup) return fail(setup.error());
  NodesOfSetup made = kit_nodes(*setup);
  read.plan.nodes = std::move(made.nodes);
  read.plan.devices = std::move(made.devices);
  read.plan.gateway = gateway_of(read.plan.nodes);
  if (Result<void> done = read_sign_in(sign_in, read.plan); !done) return fail(done.error());
  read.plan.setup = setup->text;
  read.plan.as_of = read.as_of;
  read.plan.catalog_hash = house.catalog.content_hash;
  const Result<Json> plan = plan_of(house, given, pack_request);
  if (!plan) return fail(plan.error());
  if (Result<void> done = read_plan(house, *plan, read); !done) return fail(done.error());
  if (Result<void> done = read_people(house, people, read.plan); !done) return fail(done.error());
  return read;
}

}  // namespace rigwise
