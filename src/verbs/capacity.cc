#include "verbs/capacity.h"

#include <algorithm>

#include "core/base/text.h"
#include "verbs/answers.h"
#include "verbs/capacity_answers.h"

namespace rigwise {
namespace {

/// Runs of the search count so many requests at most: their answers differ by less than the bands of the speeds.
constexpr std::uint64_t kSearchRequests = 10000;

/// The sizes whose waits are shown: quarters of the largest, just beyond it, and the stated one.
std::vector<int> shown_sizes(int largest, int stated) {
  std::vector<int> sizes = {
      stated, largest / 4, largest / 2, largest - largest / 4, largest, largest + std::max(1, largest / 10)};
  std::sort(sizes.begin(), sizes.end());
  sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
  sizes.erase(std::remove_if(sizes.begin(), sizes.end(), [](int size) { return size < 1; }), sizes.end());
  return sizes;
}

/// The largest size with its band: the whole search again with the slow and the fast end of the speeds' band.
Json largest_json(const CapacityQuestion& question, const LargestLoad& largest, const Prediction& prediction) {
  Estimate estimate = prediction.decode_total;
  const int start = std::max(1, largest.size);
  const int low = largest_load(question, start, SpeedEnd::low).size;
  const LargestLoad high = largest_load(question, start, SpeedEnd::high);
  estimate.band = {static_cast<double>(largest.size), static_cast<double>(std::min(low, largest.size)),
                   static_cast<double>(std::max(high.size, largest.size))};
  return estimate_json(estimate);
}

/// Why the stated load is too much, or nothing.
std::string why_too_much(const CapacityQuestion& question, const LargestLoad& largest, const SizedRun& stated) {
  if (stated.holds) return {};
  const std::string most = largest.size == 0 ? "even " + size_text(1, question.unit) + " would wait too long"
                                             : "at most " + size_text(largest.size, question.unit) + " can be served";
  const std::string what = stated.run.overloaded ? "more comes than it can serve" : "the waits are too long";
  return what + " with " + size_text(stated.size, question.unit) + "; " + most;
}

Json simulation_json(const CapacityQuestion& question, const SizedRun& stated) {
  const SimulationSize size = run_size(question, 1);
  return {{"seed", question.seed},
          {"warmup_requests", size.warmup},
          {"measured_requests", size.measured},
          {"simulated_requests", stated.run.simulated},
          {"percentile_error", 0.004},
          {"drains", size.drains}};
}

/// Prompts this long are mostly what was said before: with a prefix cache little of them is taken in again.
constexpr double kLongPrompt = 4000;

std::vector<std::string> service_assumptions(const CapacityRequest& request, const std::vector<Service>& services) {
  std::vector<std::string> list = request.assumptions;
  for (const Service& s : services) {
    const std::string of = services.size() > 1 ? s.query.model->id + ": " : "";
    const std::string context = fixed(s.context_tokens, 0) + " tokens of context";
    if (s.policy.kv_blocks > 0) {
      list.push_back(of + "up to " + std::to_string(s.policy.sequences) + " sequences at once, a cache of " +
                     fixed(static_cast<double>(s.policy.kv_blocks) * s.policy.block_tokens, 0) + " tokens, " + context);
    } else {
      const std::string slots = std::to_string(s.policy.sequences) + (s.policy.sequences == 1 ? " slot" : " slots");
      list.push_back(of + slots + " of " + context + (s.limit == SequenceLimit::memory ? ", all that fit" : ""));
    }
    for (const std::string& assumption : s.prediction.assumptions) {
      if (std::find(list.begin(), list.end(), of + assumption) == list.end()) list.push_back(of + assumption);
    }
  }
  for (const ServiceQuestion& model : request.models) {
    if (model.load.prefix_hit > 0 || model.load.mean_prompt_tokens() < kLongPrompt) continue;
    list.emplace_back(
        "no part of a prompt is in the prefix cache; of agents' prompts 80 to 95 % often is (prefix_hit)");
    break;
  }
  if (services.size() > 1) list.emplace_back("models that are busy at the same time share the set-up evenly");
  return list;
}

Json cannot_serve(Json response, std::string why_not) {
  response["holds"] = false;
  response["why_not"] = std::move(why_not);
  response["largest"] = nullptr;
  response["is_open"] = false;
  response["binding"] = nullptr;
  response["stated"] = nullptr;
  response["sizes"] = Json::array();
  response["simulation"] = nullptr;
  return response;
}

Json head_json(const House& house, const CapacityRequest& request, const std::vector<Service>& services) {
  Json response = response_head("capacity", house, request.as_of);
  response["setup"] = request.setup.text;
  response["unit"] = load_unit_name(request.unit);
  response["stated_size"] = request.size;
  response["models"] = Json::array();
  for (std::size_t i = 0; i < services.size(); ++i) {
    response["models"].push_back(service_json(services[i], request.models[i], request.slos[i]));
  }
  return response;
}

}  // namespace

Result<Json> capacity_verb(const House& house, const Json& json) {
  const Result<CapacityRequest> request = read_capacity_request(house, json);
  if (!request) return fail(request.error());
  Result<std::vector<Service>> services = plan_services(house.catalog, house.calibration, request->models);
  if (!services) return fail(services.error());

  Json response = head_json(house, *request, *services);
  for (const Service& service : *services) {
    if (service.why_not.empty()) continue;
    response = cannot_serve(std::move(response), service.query.model->id + ": " + service.why_not);
    response["assumptions"] = request->assumptions.empty() ? Json::array() : Json(request->assumptions);
    return response;
  }
  CapacityQuestion question{std::move(*services), {}, request->slos, request->unit, request->size, request->seed,
                            request->requests};
  question.loads.reserve(request->models.size());
  for (const ServiceQuestion& model : request->models) question.loads.push_back(model.load);

  CapacityQuestion searched = question;
  searched.requests = std::min(question.requests, kSearchRequests);
  const LargestLoad largest = largest_load(searched, question.stated_size);
  const SizedRun stated = run_at(question, question.stated_size);
  const std::string why_not = why_too_much(question, largest, stated);

  response["holds"] = stated.holds;
  response["why_not"] = why_not.empty() ? Json(nullptr) : Json(why_not);
  response["largest"] = largest_json(searched, largest, question.services.front().prediction);
  response["is_open"] = largest.is_open;
  response["binding"] = largest.is_open ? Json(nullptr) : bottleneck_json(bottleneck(searched, largest.size), question);
  response["stated"] = sized_run_json(stated, question);
  response["sizes"] = Json::array();
  for (const int size : shown_sizes(largest.size, question.stated_size)) {
    response["sizes"].push_back(size == question.stated_size ? response["stated"]
                                                             : sized_run_json(run_at(searched, size), question));
  }
  response["simulation"] = simulation_json(question, stated);
  response["assumptions"] = service_assumptions(*request, question.services);
  return response;
}

}  // namespace rigwise
