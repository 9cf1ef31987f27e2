#include "verbs/capacity_request.h"

#include <algorithm>
#include <array>

#include "verbs/answers.h"
#include "verbs/capacity_workload.h"
#include "verbs/question.h"

namespace rigwise {
namespace {

constexpr std::size_t kMostModels = 8;
constexpr int kMostRequests = 1000000;

/// Keys that a model's entry may have and that stand for all models at the top.
constexpr std::array kShared = {"quant", "engine", "backend", "kv_type", "split"};
constexpr std::array kServing = {"slots", "context_tokens", "step_tokens", "workload", "slo"};

/// A model's own value of a key, else that for all; null when neither is there.
struct Entry {
  const Json* own = nullptr;  ///< null: only a name
  const Json* all = nullptr;

  const Json* find(const char* key) const {
    if (own != nullptr && own->is_object() && own->contains(key)) return &(*own)[key];
    const auto found = all->find(key);
    return found == all->end() ? nullptr : &*found;
  }
  /// Whether errors about a key belong to the model's entry.
  bool is_own(const char* key) const { return own != nullptr && own->is_object() && own->contains(key); }
};

std::string path_of(const Entry& entry, const std::string& of_model, const char* key) {
  return entry.is_own(key) ? of_model + "." + key : key;
}

ServiceWish read_wish(ObjectReader& reader) {
  ServiceWish wish;
  wish.sequences = reader.integer("slots", 1, 1024);
  wish.context_tokens = reader.integer("context_tokens", 64, 10000000);
  wish.step_tokens = reader.integer("step_tokens", 16, 1000000);
  return wish;
}

/// The keys of predict that a model's entry and the request spell out between them.
Json speed_keys(const Entry& entry, const Json& request, const std::string& name) {
  Json keys = {{"model", name}};
  for (const char* key : kShared) {
    if (const Json* value = entry.find(key)) keys[key] = *value;
  }
  for (const char* key : {"setup", "level", "as_of"}) {
    if (request.contains(key)) keys[key] = request[key];
  }
  return keys;
}

Result<std::string> name_of(const Json& json, const std::string& where) {
  if (json.is_string()) return json.get<std::string>();
  if (json.is_object() && json.contains("model") && json["model"].is_string()) return json["model"].get<std::string>();
  return invalid("a model has no name", where,
                 "\"llama-3.1-8b\" or {\"model\": \"llama-3.1-8b\", \"workload\": {...}}");
}

std::optional<Error> unknown_keys(const Json& model, const std::string& where) {
  if (!model.is_object()) return std::nullopt;
  ObjectReader reader(model, where);
  reader.raw("model");
  for (const char* key : kShared) reader.raw(key);
  for (const char* key : kServing) reader.raw(key);
  return reader.done();
}

/// Adds a load to what the sizes count: people with people, users with users, and anything mixed by the hundred.
void count_load(const StatedLoad& stated, bool first, CapacityRequest& request) {
  if (first) {
    request.unit = stated.unit;
    request.size = stated.size;
    return;
  }
  const bool percent = request.unit == LoadUnit::percent || stated.unit == LoadUnit::percent;
  if (percent) {
    request.unit = LoadUnit::percent;
    request.size = 100;
    return;
  }
  if (stated.unit == LoadUnit::people) request.unit = LoadUnit::people;
  request.size += stated.size;
}

Result<void> add_model(const House& house, const Json& request, const Json& model, std::size_t index,
                       CapacityRequest& read) {
  const std::string where = "models[" + std::to_string(index) + "]";
  if (std::optional<Error> wrong = unknown_keys(model, where)) return fail(*wrong);
  const Result<std::string> name = name_of(model, where);
  if (!name) return fail(name.error());
  const Entry entry{&model, &request};

  const Json keys = speed_keys(entry, request, *name);
  ObjectReader speed(keys, model.is_object() ? where : "");
  Result<SpeedQuestion> question = read_speed_question(house, speed);
  if (!question) return fail(question.error());
  for (std::string& assumption : question->assumptions) read.assumptions.push_back(*name + ": " + assumption);

  Json wishes = Json::object();
  for (const char* key : {"slots", "context_tokens", "step_tokens"}) {
    if (const Json* value = entry.find(key)) wishes[key] = *value;
  }
  ObjectReader wish_reader(wishes, entry.is_own("slots") ? where : "");
  const ServiceWish wish = read_wish(wish_reader);
  if (std::optional<Error> wrong = wish_reader.done()) return fail(*wrong);

  const Json* workload = entry.find("workload");
  if (workload == nullptr) {
    return invalid("nothing says who asks " + *name, path_of(entry, where, "workload"),
                   "people (\"10 admin, 8 developer\"), users, requests_per_s or a trace");
  }
  const Result<StatedLoad> stated = read_workload(house.catalog, *workload, path_of(entry, where, "workload"));
  if (!stated) return fail(stated.error());
  for (const std::string& assumption : stated->assumptions) read.assumptions.push_back(assumption);

  const Json* slo = entry.find("slo");
  const Result<Slo> objective = slo == nullptr ? Slo{} : read_slo(*slo, path_of(entry, where, "slo"));
  if (!objective) return fail(objective.error());
  if (slo == nullptr) read.assumptions.push_back(*name + ": objectives of 2 s to the first token, 100 ms a token, p95");

  read.setup = question->query.setup;
  read.as_of = question->as_of;
  count_load(*stated, read.models.empty(), read);
  read.models.push_back({std::move(question->query), wish, stated->load});
  read.slos.push_back(*objective);
  return {};
}

}  // namespace

Result<CapacityRequest> read_capacity_request(const House& house, const Json& request) {
  ObjectReader reader(request, "");
  CapacityRequest read;
  reader.required_text("setup", "\"rtx 4090\" or \"2x rtx-3090\"");
  const Json* models = reader.raw("models");
  for (const char* key : kShared) reader.raw(key);
  for (const char* key : kServing) reader.raw(key);
  reader.number("level", 0.5, 0.99);
  read_as_of(reader, house);
  read.seed = static_cast<std::uint64_t>(reader.integer("seed", 0, 2147483647).value_or(1));
  read.requests = static_cast<std::uint64_t>(reader.integer("requests", 100, kMostRequests).value_or(10000));
  const Json one = models != nullptr && models->is_string() ? Json::array({*models}) : Json();
  if (one.is_array()) models = &one;
  if (models == nullptr || !models->is_array() || models->empty() || models->size() > kMostModels) {
    reader.refuse({ErrorCode::invalid_input,
                   "\"models\" is no list of models",
                   "models",
                   "one to eight, as [\"llama-3.1-8b\"]",
                   {}});
  }
  if (std::optional<Error> wrong = reader.done()) return fail(*wrong);
  for (std::size_t i = 0; i < models->size(); ++i) {
    if (Result<void> done = add_model(house, request, (*models)[i], i, read); !done) return fail(done.error());
  }
  // Several models often assume the same.
  std::vector<std::string> unique;
  unique.reserve(read.assumptions.size());
  for (std::string& assumption : read.assumptions) {
    if (std::find(unique.begin(), unique.end(), assumption) == unique.end()) unique.push_back(std::move(assumption));
  }
  read.assumptions = std::move(unique);
  return read;
}

}  // namespace rigwise
