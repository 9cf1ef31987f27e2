#include "verbs/deploy.h"

#include <algorithm>

#include "codec/kit_file.h"
#include "core/base/text.h"
#include "core/deploy/router_tiers.h"
#include "core/deploy/serving_engine.h"
#include "verbs/answers.h"
#include "verbs/capacity.h"
#include "verbs/deploy_request.h"
#include "verbs/predict.h"

namespace rigwise {
namespace {

constexpr int kFirstPort = 8081;

/// Letters, digits, '.' and '-': a name for services, files and the API.
std::string service_name(const std::string& id) {
  std::string name;
  for (const char c : lower(id)) {
    const bool keeps = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    name += keeps ? c : '-';
  }
  return name;
}

/// The devices of a model as a set-up of their own.
std::string setup_text(const KitPlan& plan, const PlannedModel& model) {
  std::string text;
  for (std::size_t i = 0; i < model.on.size();) {
    const KitDevice& first = plan.devices[model.on[i]];
    std::size_t n = i;
    while (n < model.on.size() && plan.devices[model.on[n]].device == first.device) ++n;
    const Link* link = plan.nodes[first.node].link;
    text += (text.empty() ? "" : " + ") + std::to_string(n - i) + "x " + first.device->id;
    if (link != nullptr && model.on.size() > 1) text += "@" + link->id;
    i = n;
  }
  return text;
}

std::optional<Estimate> estimate_in(const Json& response, const char* key) {
  const auto found = response.find(key);
  if (found == response.end() || !found->is_object()) return std::nullopt;
  Estimate estimate;
  estimate.band = {(*found)["value"].get<double>(), (*found)["low"].get<double>(), (*found)["high"].get<double>()};
  estimate.level = (*found)["level"].get<double>();
  return estimate;
}

Json quantity_json(const std::optional<Estimate>& estimate) {
  if (!estimate) return nullptr;
  return {{"value", estimate->band.value},
          {"low", estimate->band.low},
          {"high", estimate->band.high},
          {"level", estimate->level}};
}

std::string engine_id(ServingEngine engine) {
  return engine == ServingEngine::llama_server ? "llama.cpp" : serving_engine_name(engine);
}

/// Asks `predict` for one stream and for all; says with why when this engine does not hold the model there.
void predict_levels(const House& house, const DeployRequest& asked, EngineProcess& process, KitPlan& plan) {
  PlannedModel& model = plan.models[process.model];
  std::vector<int> streams = {1};
  if (model.streams > 1) streams.push_back(model.streams);
  for (const int count : streams) {
    const Json request = {{"model", model.model->id},
                          {"quant", model.format->id},
                          {"setup", setup_text(plan, model)},
                          {"engine", engine_id(process.engine)},
                          {"backend", model.backend},
                          {"prompt_tokens", plan.prompt_tokens},
                          {"output_tokens", plan.output_tokens},
                          {"concurrency", count},
                          {"level", plan.level},
                          {"as_of", asked.as_of}};
    const Result<Json> answer = predict_verb(house, request);
    if (!answer) {
      if (count == 1) process.notes.push_back("no prediction: " + answer.error().message);
      continue;
    }
    PredictedLevel level;
    level.streams = count;
    level.decode = estimate_in(*answer, "decode");
    level.decode_total = estimate_in(*answer, "decode_total");
    level.ttft_s = estimate_in(*answer, "ttft_s");
    level.e2e_s = estimate_in(*answer, "e2e_s");
    model.levels.push_back(level);
    if (count == 1 && !(*answer)["runs"].get<bool>() && (*answer)["why_not"].is_string()) {
      process.notes.push_back((*answer)["why_not"].get<std::string>());
    }
  }
}

void name_process(const PlannedModel& model, EngineProcess& process, const KitPlan& plan) {
  process.name = service_name(model.model->id);
  for (const EngineProcess& other : plan.processes) {
    if (other.name == process.name) process.name += "-" + service_name(model.format->id);
  }
  const bool is_file = process.engine == ServingEngine::llama_server || process.engine == ServingEngine::ollama;
  process.file = service_name(model.model->id) + "-" + lower(model.format->id) + (is_file ? ".gguf" : "");
  if (needs_encoder_file(model, process.engine))
    process.encoder_file = service_name(model.model->id) + "-mmproj-f16.gguf";
  process.port = kFirstPort + static_cast<int>(plan.processes.size());
}

Result<void> add_processes(const House& house, const DeployRequest& asked, KitPlan& plan) {
  for (std::size_t m = 0; m < plan.models.size(); ++m) {
    Result<EngineProcess> process = serving_process(plan, m, asked.engine);
    if (!process) {
      Error error = process.error();
      error.message = plan.models[m].model->id + ": " + error.message;
      return fail(std::move(error));
    }
    name_process(plan.models[m], *process, plan);
    predict_levels(house, asked, *process, plan);
    plan.processes.push_back(*std::move(process));
  }
  return {};
}

/// Simulated requests of a search: the figures are for people, who need not tell 100 from 101.
constexpr int kSimulatedRequests = 3000;

/// The process of a group's best tier; none where the router reaches no process.
const RouterTier* tier_of_group(const KitPlan& plan, const KitGroup& group) {
  for (const RouterTier& tier : plan.tiers) {
    if (tier.name == group.tier) return &tier;
  }
  return nullptr;
}

Json capacity_request(const KitPlan& plan, const DeployRequest& asked, const EngineProcess& process, Json people) {
  const PlannedModel& model = plan.model_of(process);
  return {{"setup", setup_text(plan, model)},
          {"models", Json::array({{{"model", model.model->id},
                                   {"quant", model.format->id},
                                   {"engine", engine_id(process.engine)},
                                   {"backend", model.backend},
                                   {"slots", model.streams},
                                   {"context_tokens", model.context_tokens},
                                   {"workload", {{"people", std::move(people)}}}}})},
          {"level", plan.level},
          {"requests", kSimulatedRequests},
          {"as_of", asked.as_of}};
}

/// Holds the people against what the engines serve, by `capacity`; where it cannot say, a note does.
void count_people(const House& house, const DeployRequest& asked, KitPlan& plan) {
  for (std::size_t p = 0; p < plan.processes.size(); ++p) {
    ServedPeople served;
    served.process = p;
    Json people = Json::array();
    for (const KitGroup& group : plan.groups) {
      const RouterTier* tier = tier_of_group(plan, group);
      if (tier == nullptr || tier->process != p) continue;
      people.push_back({{"role", group.role}, {"count", group.people}});
      served.people += group.people;
    }
    if (people.empty()) continue;
    const Result<Json> answer =
        capacity_verb(house, capacity_request(plan, asked, plan.processes[p], std::move(people)));
    if (!answer) {
      plan.processes[p].notes.push_back("how many people it serves is not known: " + answer.error().message);
      continue;
    }
    served.holds = (*answer)["holds"].get<bool>();
    served.largest = estimate_in(*answer, "largest");
    served.is_open = (*answer)["is_open"].get<bool>();
    if ((*answer)["why_not"].is_string()) served.why_not = (*answer)["why_not"].get<std::string>();
    plan.served.push_back(std::move(served));
  }
}

Json served_json(const KitPlan& plan) {
  Json list = Json::array();
  for (const ServedPeople& served : plan.served) {
    list.push_back({{"service", plan.processes[served.process].name},
                    {"people", served.people},
                    {"holds", served.holds},
                    {"largest", quantity_json(served.largest)},
                    {"is_open", served.is_open},
                    {"why_not", served.why_not.empty() ? Json(nullptr) : Json(served.why_not)}});
  }
  return list;
}

Json nodes_json(const KitPlan& plan) {
  Json list = Json::array();
  for (int n = 0; n < static_cast<int>(plan.nodes.size()); ++n) {
    const KitNode& node = plan.nodes[n];
    list.push_back({{"name", node.name},
                    {"machine", node.machine == nullptr ? Json(nullptr) : Json(node.machine->id)},
                    {"devices", node.devices},
                    {"gateway", n == plan.gateway},
                    {"portable", node.is_portable},
                    {"folder", plan.folder(n)}});
  }
  return list;
}

Json level_json(const PredictedLevel& level) {
  return {{"streams", level.streams},
          {"decode", quantity_json(level.decode)},
          {"decode_total", quantity_json(level.decode_total)},
          {"ttft_s", quantity_json(level.ttft_s)},
          {"e2e_s", quantity_json(level.e2e_s)}};
}

Json services_json(const KitPlan& plan) {
  Json list = Json::array();
  for (const EngineProcess& process : plan.processes) {
    const PlannedModel& model = plan.model_of(process);
    Json levels = Json::array();
    for (const PredictedLevel& level : model.levels) levels.push_back(level_json(level));
    Json workers = Json::array();
    for (const EngineWorker& worker : process.workers) {
      workers.push_back({{"node", plan.nodes[worker.node].name}, {"devices", worker.devices}});
    }
    const bool has_image = !process.image.name.empty();
    list.push_back({{"service", process.name},
                    {"model", model.model->id},
                    {"quant", model.format->id},
                    {"engine", serving_engine_name(process.engine)},
                    {"reason", process.reason},
                    {"node", plan.node_of(process).name},
                    {"on", model.on},
                    {"backend", model.backend},
                    {"port", process.port},
                    {"streams", model.streams},
                    {"context_tokens", model.context_tokens},
                    {"command", engine_command(plan, process, host_place(plan, process))},
                    {"image", has_image ? Json(process.image.name) : Json(nullptr)},
                    {"image_source", has_image ? Json(process.image.source) : Json(nullptr)},
                    {"workers", std::move(workers)},
                    {"asks_for_key", checks_key(process.engine)},
                    {"predicted", std::move(levels)},
                    {"notes", process.notes}});
  }
  return list;
}

Json tiers_json(const KitPlan& plan) {
  Json list = Json::array();
  for (const RouterTier& tier : plan.tiers) {
    list.push_back({{"tier", tier.name}, {"service", plan.processes[tier.process].name}, {"why", tier.why}});
  }
  return list;
}

Json groups_json(const KitPlan& plan) {
  Json list = Json::array();
  for (const KitGroup& group : plan.groups) {
    list.push_back(
        {{"role", group.role}, {"name", group.name}, {"people", group.people}, {"tiers", tiers_up_to(group.tier)}});
  }
  return list;
}

Json files_json(const KitPlan& plan) {
  Json list = Json::array();
  for (const KitFile& file : kit_files(plan)) {
    list.push_back({{"path", file.path}, {"mode", file.mode}, {"purpose", file.purpose}, {"content", file.content}});
  }
  return list;
}

}  // namespace

Result<Json> deploy_verb(const House& house, const Json& request) {
  Result<DeployRequest> asked = read_deploy_request(house, request);
  if (!asked) return fail(asked.error());
  KitPlan& plan = asked->plan;
  const bool fits = asked->left_out.empty() && !plan.models.empty();
  if (fits) {
    if (Result<void> done = add_processes(house, *asked, plan); !done) return fail(done.error());
    plan.tiers = router_tiers(plan);
    count_people(house, *asked, plan);
  }
  Json response = response_head("deploy", house, asked->as_of);
  response["setup"] = plan.setup;
  response["fits"] = fits;
  response["left_out"] = asked->left_out;
  response["nodes"] = nodes_json(plan);
  response["services"] = services_json(plan);
  response["tiers"] = tiers_json(plan);
  response["groups"] = groups_json(plan);
  response["served"] = served_json(plan);
  response["load"] = {{"prompt_tokens", plan.prompt_tokens}, {"output_tokens", plan.output_tokens}};
  response["assumptions"] = plan.assumptions;
  response["files"] = fits ? files_json(plan) : Json::array();
  return response;
}

}  // namespace rigwise
