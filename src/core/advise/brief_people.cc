#include "core/advise/brief_people.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/facts/roles.h"

namespace rigwise {
namespace {

constexpr double kWorkdaysPerMonth = 21;
constexpr double kAssumedPrefill =
    500;  ///< tokens/s; only to guess how long a request stays, before a machine is known

/// A record by id or name, after folding.
template <class Record>
const Record* find_named(const std::vector<Record>& records, std::string_view name) {
  const std::string folded = fold_name(name);
  for (const Record& record : records) {
    if (fold_name(record.id) == folded || fold_name(record.name) == folded) return &record;
  }
  return nullptr;
}

template <class Record>
Unexpected unknown(const std::vector<Record>& records, std::string_view what, const std::string& name,
                   const std::string& where) {
  std::vector<std::string> ids;
  ids.reserve(records.size());
  for (const Record& record : records) ids.push_back(record.id);
  return fail({ErrorCode::not_found, "no " + std::string(what) + " is called \"" + name + "\"", where,
               "one of: " + join(ids, ", "), nearest_names(name, ids)});
}

/// The role that a person means: "developer", "Developers", or, when nothing is said, whoever asks for the standard
/// class: everyday work of an office.
const Role* role_of(const Catalog& catalog, const std::string& name) {
  if (name.empty()) {
    for (const Role& role : catalog.roles) {
      if (role.model_class == "standard" && role.id == "manager") return &role;
    }
    return catalog.roles.empty() ? nullptr : &catalog.roles.front();
  }
  return find_role(catalog, name);
}

/// The model's mean score on a benchmark, failed runs (zeros) left out; nothing when nobody scored it.
std::optional<double> mean_score(const Catalog& catalog, const std::string& model_id, const std::string& benchmark) {
  double sum = 0;
  int count = 0;
  for (const QualityScore& score : catalog.scores) {
    if (score.model_id != model_id || score.benchmark != benchmark || score.score <= 0) continue;
    sum += score.score;
    ++count;
  }
  return count == 0 ? std::nullopt : std::optional<double>(sum / count);
}

/// Published weights, and not known to fall short of what the class asks. A missing score is unknown, never zero.
bool answers_to(const Catalog& catalog, const ModelClass& model_class, const Llm& model) {
  if (model.weights != WeightsStatus::published || model.params_total <= 0) return false;
  if (!model_class.minimum_score) return true;
  return mean_score(catalog, model.id, model_class.score_benchmark).value_or(1e9) >= *model_class.minimum_score;
}

/// People of one role; `is_said` is false when nobody said what they do.
struct Members {
  const Role* role = nullptr;
  int count = 1;
  bool is_said = true;
};

/// "10 admin staff, 3 accountants".
std::string who(const std::vector<Members>& group) {
  std::vector<std::string> parts;
  parts.reserve(group.size());
  for (const Members& m : group) parts.push_back(std::to_string(m.count) + " " + (m.is_said ? m.role->name : "people"));
  return join(parts, ", ");
}

/// One task for everybody who wants models of the same class.
Task task_of(const std::vector<Members>& group, Brief& brief) {
  Task task;
  const bool coding = group.front().role->model_class == "coding";
  task.asked_tokens_per_s = coding ? 30 : 20;
  task.minimum_tokens_per_s = coding ? 15 : 10;
  double requests_per_hour = 0, busiest = 0, prompt = 0, output = 0, hours = 0;
  for (const auto& [role, count, is_said] : group) {
    const double requests = count * role->requests_per_hour;
    requests_per_hour += requests;
    busiest += requests * role->burst_factor;
    prompt += requests * role->prompt_tokens;
    output += requests * role->output_tokens;
    hours = std::max(hours, role->hours_per_day);
    task.input_tokens_per_month += requests * role->prompt_tokens * role->hours_per_day * kWorkdaysPerMonth;
    task.output_tokens_per_month += requests * role->output_tokens * role->hours_per_day * kWorkdaysPerMonth;
  }
  if (requests_per_hour > 0) {
    task.prompt_tokens = prompt / requests_per_hour;
    output /= requests_per_hour;
    task.output_tokens = output;
  }
  task.requests_per_hour = busiest;
  task.context_tokens = std::max(8192.0, 2 * (task.prompt_tokens + output));
  const double seconds = output / task.asked_tokens_per_s + task.prompt_tokens / kAssumedPrefill;
  task.streams = busy_streams(1, busiest, seconds);
  task.prefill_tokens_per_s = busiest / 3600 * task.prompt_tokens;
  task.name = who(group);
  brief.assumptions.push_back(task.name + ": " + significant(requests_per_hour) + " requests an hour together, " +
                              significant(busiest) + " in the busiest, so " + std::to_string(task.streams) +
                              (task.streams == 1 ? " stream" : " streams") + " at once");
  return task;
}

}  // namespace

Result<void> class_models(const Catalog& catalog, const std::string& class_id, const std::string& where, Task& task) {
  const ModelClass* found = find_named(catalog.classes, class_id);
  if (found == nullptr) return unknown(catalog.classes, "model class", class_id, where);
  task.class_name = found->id;
  for (const std::string& member : found->members) {
    const Result<const Llm*> model = catalog.model(member);
    if (model && answers_to(catalog, *found, **model)) task.models.push_back(*model);
  }
  if (task.models.empty()) {
    return invalid("no model of the class \"" + class_id + "\" has published weights", where, "another model class");
  }
  return {};
}

Result<void> add_people(const Catalog& catalog, Brief& brief) {
  std::vector<std::pair<std::string, std::vector<Members>>> by_class;
  for (std::size_t i = 0; i < brief.needs.people.size(); ++i) {
    const PeopleGroup& group = brief.needs.people[i];
    const std::string where = "needs.people[" + std::to_string(i) + "].role";
    const Role* role = role_of(catalog, group.role);
    if (role == nullptr) return fail(unknown_role(catalog, group.role, where));
    if (group.role.empty()) {
      brief.assumptions.push_back("of " + std::to_string(group.count) +
                                  " people nobody says what they do: taken as office work like that of the role \"" +
                                  role->id + "\" (" + significant(role->requests_per_hour) + " requests an hour of " +
                                  fixed(role->prompt_tokens, 0) + " tokens, models of class \"" + role->model_class +
                                  "\"); say for example --people \"10 admin, 8 developer\"");
    }
    auto same = std::find_if(by_class.begin(), by_class.end(), [&](auto& c) { return c.first == role->model_class; });
    if (same == by_class.end()) same = by_class.insert(by_class.end(), {role->model_class, {}});
    same->second.push_back({role, group.count, !group.role.empty()});
  }
  const bool has_roles = std::any_of(brief.needs.people.begin(), brief.needs.people.end(),
                                     [](const PeopleGroup& group) { return !group.role.empty(); });
  if (has_roles) {
    brief.assumptions.push_back(
        "how much a role asks, how long its prompts and answers are and how it bunches are estimates of the catalog's "
        "editors, not measurements; `rigwise catalog roles` shows them");
  }
  // Targets already say what must run; people then only say for how many.
  if (!brief.needs.targets.empty()) return {};
  for (const auto& [class_id, group] : by_class) {
    Task task = task_of(group, brief);
    if (Result<void> done = class_models(catalog, class_id, "needs.people", task); !done) return done;
    brief.tasks.push_back(std::move(task));
  }
  return {};
}

}  // namespace rigwise
