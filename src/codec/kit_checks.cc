#include "codec/kit_file.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

Json band_json(const std::optional<Estimate>& estimate) {
  if (!estimate) return nullptr;
  return {{"value", estimate->band.value},
          {"low", estimate->band.low},
          {"high", estimate->band.high},
          {"level", estimate->level}};
}

std::string expected(const KitPlan& plan) {
  Json models = Json::array();
  for (const EngineProcess& process : plan.processes) {
    const PlannedModel& model = plan.model_of(process);
    Json levels = Json::array();
    for (const PredictedLevel& level : model.levels) {
      levels.push_back(
          {{"concurrency", level.streams}, {"decode", band_json(level.decode)}, {"ttft_s", band_json(level.ttft_s)}});
    }
    models.push_back({{"service", process.name},
                      {"model", model.model->id},
                      {"quant", model.format->id},
                      {"engine", serving_engine_name(process.engine)},
                      {"predicted_for_engine", was_predicted_for(model, process.engine)},
                      {"levels", std::move(levels)}});
  }
  const Json document = {{"schema", "rigwise.kit_expected/1"},
                         {"setup", plan.setup},
                         {"as_of", plan.as_of},
                         {"catalog", plan.catalog_hash},
                         {"prompt_tokens", plan.prompt_tokens},
                         {"output_tokens", plan.output_tokens},
                         {"models", std::move(models)}};
  return document.dump(2) + "\n";
}

constexpr const char* kPlace =
    "kit=$(cd \"$(dirname \"$0\")\" && pwd)\n"
    "if [[ -f $kit/.env ]]; then\n"
    "  set -a\n"
    "  # shellcheck source=/dev/null\n"
    "  . \"$kit/.env\"\n"
    "  set +a\n"
    "fi\n"
    "wanted=${1:-}\n"
    "key_file=${KEY_FILE:-$kit/secrets/engine_api_key}\n";

constexpr const char* kSmokeHead =
    "#!/usr/bin/env bash\n"
    "# Asks every engine, then the router and the proxy, for a few words, and checks that nobody answers without a "
    "key.\n"
    "#   smoke_test.sh [NODE | engines | gateway]\n"
    "# Without a word: all engines but those of laptops, then the gateway. WAIT: seconds that an engine may take to "
    "load (600).\n"
    "set -euo pipefail\n";

constexpr const char* kSmokeBody =
    "failed=0\n"
    "say() { printf '%s: %s\\n' \"$1\" \"$2\"; }\n"
    "fault() {\n"
    "  printf 'FAILED: %s: %s\\n' \"$1\" \"$2\" >&2\n"
    "  failed=1\n"
    "}\n\n"
    "# The key travels by standard input: no process list shows it.\n"
    "ask() {  # KEY URL [ARGUMENTS...]: body, then the status on a line of its own\n"
    "  local key=$1 url=$2\n"
    "  shift 2\n"
    "  printf 'header = \"Authorization: Bearer %s\"\\n' \"$key\" |\n"
    "    curl --silent --max-time 300 --config - --write-out '\\n%{http_code}' \"$@\" \"$url\" || true\n"
    "}\n\n"
    "wait_for() {  # NAME URL\n"
    "  local tries\n"
    "  for ((tries = 0; tries < ${WAIT:-600}; ++tries)); do\n"
    "    [[ $(curl --silent --max-time 5 --output /dev/null --write-out '%{http_code}' \"$2\" || true) == 200 ]] && "
    "return 0\n"
    "    sleep 1\n"
    "  done\n"
    "  fault \"$1\" \"not ready after ${WAIT:-600} s: $2\"\n"
    "  return 1\n"
    "}\n\n"
    "chat() {  # NAME KEY URL/v1 MODEL\n"
    "  local answer\n"
    "  answer=$(ask \"$2\" \"$3/chat/completions\" --header 'Content-Type: application/json' --data \"{\\\"model\\\": "
    "\\\"$4\\\", "
    "\\\"messages\\\": [{\\\"role\\\": \\\"user\\\", \\\"content\\\": \\\"Say hello.\\\"}], \\\"max_tokens\\\": "
    "16}\")\n"
    "  if [[ ${answer##*$'\\n'} == 200 && $answer == *'\"choices\"'* ]]; then\n"
    "    say \"$1\" \"answers as $4\"\n"
    "  else\n"
    "    fault \"$1\" \"${answer:0:400}\"\n"
    "  fi\n"
    "}\n\n"
    "refuses() {  # NAME URL: nobody without the key gets in\n"
    "  local status\n"
    "  status=$(ask wrong \"$2\" --header 'Content-Type: application/json' --data '{\"model\": \"x\", \"messages\": "
    "[]}')\n"
    "  status=${status##*$'\\n'}\n"
    "  case $status in\n"
    "    401 | 403) say \"$1\" 'refuses a wrong key' ;;\n"
    "    *) fault \"$1\" \"a wrong key got status $status\" ;;\n"
    "  esac\n"
    "}\n\n"
    "engine() {  # NODE PRIVATE NAME HEALTH URL/v1 MODEL CHECKS_KEY\n"
    "  case $wanted in\n"
    "    '' | engines) [[ $2 == no ]] || return 0 ;;\n"
    "    \"$1\") ;;\n"
    "    *) return 0 ;;\n"
    "  esac\n"
    "  wait_for \"$3\" \"$4\" || return 0\n"
    "  [[ $7 == no ]] || refuses \"$3\" \"$5/chat/completions\"\n"
    "  chat \"$3\" \"$(<\"$key_file\")\" \"$5\" \"$6\"\n"
    "}\n\n";

constexpr const char* kSmokeGateway =
    "status_of() { curl --silent --insecure --max-time 10 --output /dev/null --write-out '%{http_code}' \"$1\" || "
    "true; }\n\n"
    "gateway() {\n"
    "  [[ -z $wanted || $wanted == gateway ]] || return 0\n"
    "  local master page made tier door=https://${SITE_ADDRESS:-localhost}\n"
    "  master=$(sed -n 's/^LITELLM_MASTER_KEY=//p' \"$kit/secrets/litellm.env\")\n"
    "  wait_for router http://127.0.0.1:4000/health/liveliness || return 0\n"
    "  for tier in fast standard premium; do chat \"router, $tier\" \"$master\" http://127.0.0.1:4000/v1 \"$tier\"; "
    "done\n"
    "  refuses router http://127.0.0.1:4000/v1/chat/completions\n"
    "  page=$(sed -n 's/^OPENAI_API_KEY=//p' \"$kit/secrets/open-webui.env\" | tr -d \"'\")\n"
    "  chat 'router, with the key of the chat page' \"$page\" http://127.0.0.1:4000/v1 fast\n"
    "  made=$(ask \"$page\" http://127.0.0.1:4000/key/generate --header 'Content-Type: application/json' --data "
    "'{\"key_alias\": \"smoke-test\"}')\n"
    "  case ${made##*$'\\n'} in\n"
    "    401 | 403) say router 'lets the chat page manage nothing' ;;\n"
    "    *) fault router \"the key of the chat page may make keys: status ${made##*$'\\n'}\" ;;\n"
    "  esac\n"
    "  # The proxy's own certificate authority is not known here: this asks who answers, not who signed.\n"
    "  if [[ $(status_of \"$door/v1/models\") == 401 ]]; then\n"
    "    say proxy 'refuses who has no key'\n"
    "  else\n"
    "    fault proxy \"$door/v1/models does not refuse who has no key\"\n"
    "  fi\n"
    "  if [[ $(status_of \"$door/\") == 200 ]]; then\n"
    "    say 'chat page' \"is there: $door\"\n"
    "  else\n"
    "    fault 'chat page' \"$door does not answer\"\n"
    "  fi\n";

constexpr const char* kSmokeProvider =
    "  case $(status_of \"$door/oauth/oidc/login\") in\n"
    "    30?) say 'chat page' 'sends people to the sign-in provider' ;;\n"
    "    *) fault 'chat page' \"$door/oauth/oidc/login leads to no sign-in provider: see OPENID_PROVIDER_URL in .env\" "
    ";;\n"
    "  esac\n";

/// The address at which the machine that asks reaches an engine: its own loopback, or the link.
std::string checked_url(const KitPlan& plan, const EngineProcess& process) {
  const bool by_link = is_reached_by_link(plan, process);
  const std::string address = "${" + address_variable(plan, process.node) + ":-127.0.0.1}";
  const int port = process.port + (needs_key_proxy(plan, process) ? kKeyedPortStep : 0);
  return "http://" + (by_link ? address : std::string("127.0.0.1")) + ":" + std::to_string(port);
}

std::string health_of(const KitPlan& plan, const EngineProcess& process) {
  const std::string base = checked_url(plan, process);
  if (process.engine == ServingEngine::ollama) return base + "/api/version";
  return base + "/health";
}

std::string gateway_check(const KitPlan& plan) {
  if (!plan.has_gateway()) return {};
  return std::string(kSmokeGateway) + (plan.sign_in == PageSignIn::oidc ? kSmokeProvider : "") + "}\n\n";
}

std::string smoke_test(const KitPlan& plan) {
  std::string text = std::string(kSmokeHead) + kPlace + refuse_unknown_part(plan, {"engines", "gateway"}) + kSmokeBody +
                     gateway_check(plan);
  for (const EngineProcess& process : plan.processes) {
    const bool checks = checks_key(process.engine) || needs_key_proxy(plan, process);
    text += "engine " + plan.node_of(process).name + " " + (plan.is_private(process) ? "yes " : "no ") + process.name +
            " \"" + health_of(plan, process) + "\" \"" + checked_url(plan, process) + "/v1\" " + served_name(process) +
            " " + (checks ? "yes" : "no") + "\n";
  }
  if (plan.has_gateway()) text += "gateway\n";
  return text + "exit \"$failed\"\n";
}

std::string confirm(const KitPlan& plan) {
  std::string text =
      "#!/usr/bin/env bash\n"
      "# Measures every engine under the load that expected.json predicts, and says measured beside predicted.\n"
      "# Ends with 1 when something lies outside its interval. Let nothing else work while it runs.\n"
      "#   confirm.sh [NODE]\n"
      "# REQUESTS: how many are measured at each number of streams (30).\n"
      "set -euo pipefail\n" +
      std::string(kPlace) + refuse_unknown_part(plan, {}) +
      "rigwise=${RIGWISE:-rigwise}\n"
      "results=${RESULTS:-$kit/results}\n"
      "mkdir -p \"$results\"\n"
      "status=0\n\n"
      "measure() {  # NODE PRIVATE SERVICE URL/v1 MODEL STREAMS DIALECT\n"
      "  if [[ -n $wanted ]]; then\n"
      "    [[ $wanted == \"$1\" ]] || return 0\n"
      "  else\n"
      "    [[ $2 == no ]] || return 0\n"
      "  fi\n"
      "  \"$rigwise\" bench --url \"$4\" --model \"$5\" --dialect \"$7\" --api-key-file \"$key_file\" "
      "--prompt-tokens " +
      std::to_string(plan.prompt_tokens) + " \\\n    --output-tokens " + std::to_string(plan.output_tokens) +
      " --concurrency \"$6\" --requests \"${REQUESTS:-30}\" --out \"$results/$3.json\" >\"$results/$3.txt\" || {\n"
      "    cat \"$results/$3.txt\" >&2\n"
      "    status=1\n"
      "    return 0\n"
      "  }\n"
      "  \"$rigwise\" deploy confirm \"$kit/expected.json\" \"$3\" \"$results/$3.json\" || status=1\n"
      "}\n\n";
  for (const EngineProcess& process : plan.processes) {
    const int streams = plan.model_of(process).streams;
    text += "measure " + plan.node_of(process).name + " " + (plan.is_private(process) ? "yes " : "no ") + process.name +
            " \"" + checked_url(plan, process) + "/v1\" " + served_name(process) + " " +
            (streams > 1 ? "1," + std::to_string(streams) : std::string("1")) + " chat\n";
  }
  return text + "exit \"$status\"\n";
}

}  // namespace

void add_check_files(const KitPlan& plan, KitFiles& files) {
  files.push_back({"expected.json", "0644", "what the prediction says, for confirm.sh", expected(plan)});
  files.push_back({"smoke_test.sh", "0755", "asks every part for a few words", smoke_test(plan)});
  files.push_back({"confirm.sh", "0755", "measures, and says measured beside predicted", confirm(plan)});
}

}  // namespace rigwise
