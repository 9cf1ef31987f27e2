#include <algorithm>
#include <cmath>

#include "codec/kit_file.h"
#include "codec/yaml_writer.h"
#include "core/base/text.h"
#include "core/deploy/router_tiers.h"

namespace rigwise {
namespace {

/// Three digits, as many as a predicted cost has.
double in_known_digits(double value) { return parse_number(significant(value)).value_or(value); }

Json deployment(const KitPlan& plan, const EngineProcess& process, const std::string& name) {
  const PlannedModel& model = plan.model_of(process);
  Json params = {{"model", "openai/" + served_name(process)},
                 {"api_base", "os.environ/" + process_variable(process, "URL")},
                 {"api_key", "os.environ/ENGINE_API_KEY"},
                 {"max_parallel_requests", model.streams},
                 {"timeout", 600}};
  if (const double rpm = requests_per_minute(model); rpm > 0) params["rpm"] = std::max(1, static_cast<int>(rpm));
  if (model.output_usd_per_mtok > 0) {
    params["input_cost_per_token"] = in_known_digits(model.input_usd_per_mtok / 1e6);
    params["output_cost_per_token"] = in_known_digits(model.output_usd_per_mtok / 1e6);
  }
  return {{"model_name", name},
          {"litellm_params", std::move(params)},
          {"model_info", {{"mode", "chat"}, {"max_input_tokens", model.context_tokens}}}};
}

const RouterTier* tier_named(const KitPlan& plan, const std::string& name) {
  for (const RouterTier& tier : plan.tiers) {
    if (tier.name == name) return &tier;
  }
  return nullptr;
}

/// Tiers that another process serves, nearest first.
Json others_for(const KitPlan& plan, const std::string& name, const std::vector<std::string>& order) {
  const RouterTier* own = tier_named(plan, name);
  Json list = Json::array();
  std::vector<std::size_t> taken = {own->process};
  for (const std::string& other : order) {
    const RouterTier* tier = tier_named(plan, other);
    if (std::find(taken.begin(), taken.end(), tier->process) != taken.end()) continue;
    taken.push_back(tier->process);
    list.push_back(other);
  }
  return list;
}

Json fallbacks(const KitPlan& plan) {
  Json list = Json::array();
  for (const auto& [name, order] : {std::pair<std::string, std::vector<std::string>>{"premium", {"standard", "fast"}},
                                    {"standard", {"fast", "premium"}},
                                    {"fast", {"standard", "premium"}}}) {
    Json others = others_for(plan, name, order);
    if (!others.empty()) list.push_back({{name, std::move(others)}});
  }
  return list;
}

/// Prompts too long for a tier go to one with a longer context.
Json longer_contexts(const KitPlan& plan) {
  Json list = Json::array();
  for (const RouterTier& tier : plan.tiers) {
    const int own = plan.model_of(plan.processes[tier.process]).context_tokens;
    Json longer = Json::array();
    for (const RouterTier& other : plan.tiers) {
      if (plan.model_of(plan.processes[other.process]).context_tokens > own) longer.push_back(other.name);
    }
    if (!longer.empty()) list.push_back({{tier.name, std::move(longer)}});
  }
  return list;
}

std::string config(const KitPlan& plan) {
  Json models = Json::array();
  for (const RouterTier& tier : plan.tiers) models.push_back(deployment(plan, plan.processes[tier.process], tier.name));
  for (const EngineProcess& process : plan.processes) {
    if (plan.is_routed(process)) models.push_back(deployment(plan, process, process.name));
  }
  Json router = {
      {"routing_strategy", "simple-shuffle"}, {"num_retries", 1}, {"allowed_fails", 3}, {"cooldown_time", 30}};
  if (Json list = fallbacks(plan); !list.empty()) router["fallbacks"] = std::move(list);
  if (Json list = longer_contexts(plan); !list.empty()) router["context_window_fallbacks"] = std::move(list);
  const Json document = {
      {"#",
       "Router: names by tier, and each model by its own name. Keys and addresses come from the environment.\n"
       "rpm: 60 x streams / seconds of a request of " +
           std::to_string(plan.prompt_tokens) + " + " + std::to_string(plan.output_tokens) +
           " tokens with all streams busy, by the prediction.\n"
           "Costs of a token are the plan's own: electricity and the machine's price."},
      {"model_list", std::move(models)},
      {"router_settings", std::move(router)},
      {"litellm_settings", {{"drop_params", true}, {"request_timeout", 600}}},
      {"general_settings",
       {{"master_key", "os.environ/LITELLM_MASTER_KEY"}, {"database_url", "os.environ/DATABASE_URL"}}}};
  return yaml_text(document);
}

/// The router's script that lets the chat page in, with the key that make_secrets.sh made for it.
std::string page_key_script(const KitPlan& plan) {
  Json names = Json::array();
  for (const RouterTier& tier : plan.tiers) names.push_back(tier.name);
  for (const EngineProcess& process : plan.processes) {
    if (plan.is_routed(process)) names.push_back(process.name);
  }
  return "#!/usr/bin/env bash\n"
         "# Makes the chat page's own key known to the router, once it is up: it asks for models and manages nothing.\n"
         "set -euo pipefail\n"
         "umask 077\n"
         "kit=$(cd \"$(dirname \"$0\")" +
         std::string(plan.has_many_nodes() ? "/../.." : "/..") +
         "\" && pwd)\n"
         "url=${LITELLM_URL:-http://127.0.0.1:4000}\n"
         "setting() { sed -n \"s/^$2=//p\" \"$kit/secrets/$1.env\" | tr -d \"'\"; }\n"
         "master=$(setting litellm LITELLM_MASTER_KEY)\n"
         "page=$(setting open-webui OPENAI_API_KEY)\n"
         "if [[ $page == \"$master\" ]]; then\n"
         "  printf 'error: the chat page still has the master key of an older kit: in secrets/open-webui.env give it "
         "'\\\n"
         "'another (sk- and 32 random characters), then call this again\\n' >&2\n"
         "  exit 2\n"
         "fi\n\n"
         "# Keys travel by standard input: no process list shows them.\n"
         "status_of() {  # KEY PATH [BODY]\n"
         "  {\n"
         "    printf 'header = \"Authorization: Bearer %s\"\\n' \"$1\"\n"
         "    [[ -z ${3:-} ]] || printf 'data = \"%s\"\\n' \"${3//\\\"/\\\\\\\"}\"\n"
         "  } | curl --silent --max-time 30 --output /dev/null --write-out '%{http_code}' --config - \\\n"
         "    --header 'Content-Type: application/json' \"$url$2\" || true\n"
         "}\n\n"
         "for ((tries = 0; tries < ${WAIT:-120}; ++tries)); do\n"
         "  [[ $(status_of \"$master\" /health/liveliness) == 200 ]] && break\n"
         "  sleep 1\n"
         "done\n"
         "if [[ $(status_of \"$page\" /v1/models) == 200 ]]; then\n"
         "  printf 'the chat page has its key already\\n'\n"
         "  exit 0\n"
         "fi\n"
         "models='" +
         names.dump() +
         "'\n"
         "body=\"{\\\"key\\\": \\\"$page\\\", \\\"key_alias\\\": \\\"open-webui\\\", \\\"models\\\": $models}\"\n"
         "status=$(status_of \"$master\" /key/generate \"$body\")\n"
         "[[ $status == 200 ]] || { printf 'error: the router answers %s\\n' \"$status\" >&2; exit 1; }\n"
         "printf 'the chat page has its own key\\n'\n";
}

/// What the engine could make in 30 days of work without a pause, by the router's prices. 0: no prediction says.
double most_usd(const KitPlan& plan, const PlannedModel& model) {
  constexpr double kMinutesOf30Days = 30.0 * 24 * 60;
  const double usd_per_request =
      (plan.prompt_tokens * model.input_usd_per_mtok + plan.output_tokens * model.output_usd_per_mtok) / 1e6;
  return requests_per_minute(model) * kMinutesOf30Days * usd_per_request;
}

/// What a group's work costs in 30 days by the router's prices, four times: room to grow, and a stop. Never more than
/// the engine makes in that time.
double budget_usd(const KitPlan& plan, const KitGroup& group) {
  const RouterTier* tier = tier_named(plan, group.tier);
  if (tier == nullptr) return 0;
  const PlannedModel& model = plan.model_of(plan.processes[tier->process]);
  const double cost =
      (group.tokens_in_per_month * model.input_usd_per_mtok + group.tokens_out_per_month * model.output_usd_per_mtok) /
      1e6;
  const double most = most_usd(plan, model);
  return std::ceil(100 * (most > 0 ? std::min(4 * cost, most) : 4 * cost)) / 100;
}

/// Four times a busy hour's, but no more than the engine of the group's best tier keeps up with.
int rpm_limit(const KitPlan& plan, const KitGroup& group, double per_minute) {
  const int wanted = std::max(2, static_cast<int>(std::ceil(4 * per_minute)));
  const RouterTier* tier = tier_named(plan, group.tier);
  if (tier == nullptr) return wanted;
  const double most = requests_per_minute(plan.model_of(plan.processes[tier->process]));
  return most > 0 ? std::min(wanted, std::max(1, static_cast<int>(most))) : wanted;
}

std::string team(const KitPlan& plan, const KitGroup& group) {
  Json body = {{"team_alias", group.name}, {"models", tiers_up_to(group.tier)}};
  const double per_minute = group.people * group.requests_per_hour * group.burst_factor / 60;
  if (per_minute > 0) body["rpm_limit"] = rpm_limit(plan, group, per_minute);
  if (const double budget = budget_usd(plan, group); budget > 0) {
    body["max_budget"] = budget;
    body["budget_duration"] = "30d";
  }
  return "team " + group.role + " '" + body.dump() + "'\n";
}

std::string teams_script(const KitPlan& plan) {
  std::string text =
      "#!/usr/bin/env bash\n"
      "# Makes a team with its models, limit and budget for each group of people, and a key for each team.\n"
      "# Keys are written to secrets/keys, readable by you alone; a team that has a key is left as it is.\n"
      "set -euo pipefail\n"
      "umask 077\n"
      "kit=$(cd \"$(dirname \"$0\")" +
      std::string(plan.has_many_nodes() ? "/../.." : "/..") +
      "\" && pwd)\n"
      "url=${LITELLM_URL:-http://127.0.0.1:4000}\n"
      "master=$(sed -n 's/^LITELLM_MASTER_KEY=//p' \"$kit/secrets/litellm.env\")\n"
      "mkdir -p \"$kit/secrets/keys\"\n\n"
      "# The key travels by standard input: no process list shows it.\n"
      "ask() {  # PATH BODY\n"
      "  printf 'header = \"Authorization: Bearer %s\"\\n' \"$master\" |\n"
      "    curl --fail --silent --show-error --config - --header 'Content-Type: application/json' --data \"$2\" "
      "\"$url$1\"\n"
      "}\n\n"
      "field() { sed -n \"s/.*\\\"$1\\\": *\\\"\\([^\\\"]*\\)\\\".*/\\1/p\" | head -n 1; }\n\n"
      "team() {  # NAME BODY\n"
      "  local file=$kit/secrets/keys/$1 id key\n"
      "  if [[ -s $file ]]; then\n"
      "    printf '%s has a key already\\n' \"$1\"\n"
      "    return\n"
      "  fi\n"
      "  id=$(ask /team/new \"$2\" | field team_id)\n"
      "  key=$(ask /key/generate \"{\\\"team_id\\\": \\\"$id\\\", \\\"key_alias\\\": \\\"$1\\\"}\" | field key)\n"
      "  [[ -n $key ]] || { printf 'error: no key came for %s\\n' \"$1\" >&2; exit 1; }\n"
      "  printf '%s\\n' \"$key\" >\"$file\"\n"
      "  printf '%s: its key is in secrets/keys/%s\\n' \"$1\" \"$1\"\n"
      "}\n\n"
      "# Limits are four times what the catalog says that such people do in a busy hour, and never more than the "
      "engine "
      "of their\n"
      "# best tier keeps up with; budgets are four times what their month costs, and never more than the engine makes "
      "in "
      "it.\n";
  for (const KitGroup& group : plan.groups) text += team(plan, group);
  return text;
}

}  // namespace

void add_router_files(const KitPlan& plan, KitFiles& files) {
  if (!plan.has_gateway() || plan.tiers.empty()) return;
  const std::string folder = plan.folder(plan.gateway) + "litellm/";
  files.push_back({folder + "config.yaml", "0644", "tiers, fallbacks and limits of the router", config(plan)});
  files.push_back(
      {folder + "make_page_key.sh", "0755", "lets the chat page in, with a key of its own", page_key_script(plan)});
  if (plan.groups.empty()) return;
  files.push_back(
      {folder + "make_teams.sh", "0755", "makes teams, budgets and keys for the groups of people", teams_script(plan)});
}

}  // namespace rigwise
