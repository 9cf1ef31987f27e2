#include "codec/html_writer.h"
#include "codec/kit_file.h"
#include "core/base/text.h"
#include "core/deploy/device_pinning.h"

namespace rigwise {
namespace {

std::string depth(const KitPlan& plan) { return plan.has_many_nodes() ? "/../.." : "/.."; }

/// What every start script begins with: where it is, the settings, the key.
std::string preamble(const KitPlan& plan, int node, const std::string& what, bool needs_address) {
  std::string text =
      "#!/usr/bin/env bash\n"
      "# " +
      what +
      "\n"
      "# Runs in the foreground until it is told to stop; systemd and launchd start it, and so can you.\n"
      "set -euo pipefail\n"
      "kit=$(cd \"$(dirname \"$0\")" +
      depth(plan) +
      "\" && pwd)\n"
      "if [[ -f $kit/.env ]]; then\n"
      "  set -a\n"
      "  # shellcheck source=/dev/null\n"
      "  . \"$kit/.env\"\n"
      "  set +a\n"
      "fi\n";
  if (needs_address) {
    const std::string variable = address_variable(plan, node);
    // With one machine the loopback is enough until containers must reach the engine.
    text += plan.has_many_nodes() ? ": \"${" + variable + ":?address of this node on the private link, in .env}\"\n"
                                  : variable + "=${" + variable + ":-127.0.0.1}\n";
  }
  return text;
}

std::string exports(const std::vector<std::pair<std::string, std::string>>& variables) {
  std::string text;
  for (const auto& [name, value] : variables) text += "export " + name + "=" + shell_word(value) + "\n";
  return text;
}

std::string other_addresses(const KitPlan& plan, const std::vector<EngineWorker>& workers) {
  std::string text;
  for (const EngineWorker& worker : workers) {
    text += ": \"${" + address_variable(plan, worker.node) + ":?address of " + plan.nodes[worker.node].name +
            ", in .env}\"\n";
  }
  return text;
}

std::string with_default(const std::string& variable, const std::string& value) {
  return variable + "=${" + variable + ":-" + value + "}\n";
}

/// The program by its variable, so that a build in another place can be named.
std::string with_program(std::vector<std::string> words, std::string& settings) {
  static const std::vector<std::pair<std::string, std::string>> kPrograms = {
      {"llama-server", "LLAMA_SERVER"}, {"rpc-server", "RPC_SERVER"},   {"ollama", "OLLAMA"}, {"vllm", "VLLM"},
      {"python3", "SGLANG_PYTHON"},     {"mlx_lm.server", "MLX_SERVER"}};
  for (const auto& [program, variable] : kPrograms) {
    if (words.front() != program) continue;
    settings += with_default(variable, program);
    words.front() = "${";
    words.front().append(variable).append("}");
  }
  return "exec " + shell_command(words, "") + "\n";
}

std::string ollama_start(const KitPlan& plan, const EngineProcess& process, const EnginePlace& place) {
  std::string settings;
  const std::string serve = with_program(ollama_command(plan, process, place), settings);
  std::string text = exports(ollama_environment(plan, process, place)) + settings;
  text +=
      "# The model is made from its file once the server is up.\n"
      "(\n"
      "  for ((tries = 0; tries < 60; ++tries)); do\n"
      "    \"$OLLAMA\" list >/dev/null 2>&1 && break\n"
      "    sleep 1\n"
      "  done\n"
      "  modelfile=$(mktemp)\n"
      "  cat >\"$modelfile\" <<MODELFILE\n" +
      ollama_modelfile(plan, process, place) +
      "MODELFILE\n"
      "  \"$OLLAMA\" create " +
      process.name +
      " --file \"$modelfile\"\n"
      "  rm -f \"$modelfile\"\n"
      ") &\n";
  return text + serve;
}

std::string start_script(const KitPlan& plan, const EngineProcess& process) {
  const EnginePlace place = host_place(plan, process);
  const bool by_link = place.host.starts_with("$") || !process.workers.empty();
  std::string text = preamble(plan, process.node,
                              std::string(serving_engine_name(process.engine)) + " with " +
                                  plan.model_of(process).model->name + " on port " + place.port,
                              by_link);
  text += other_addresses(plan, process.workers);
  text += ": \"${MODELS_DIR:?folder of the weights, in .env}\"\n";
  if (checks_key(process.engine)) text += "KEY_FILE=${KEY_FILE:-$kit/secrets/engine_api_key}\n";
  text += exports(device_pin(plan, process.devices, plan.model_of(process).backend).environment);
  if (process.engine == ServingEngine::ollama) return text + ollama_start(plan, process, place);
  if (process.engine == ServingEngine::vllm) {
    text += "VLLM_API_KEY=$(<\"$KEY_FILE\")\nexport VLLM_API_KEY\n";
    if (!process.workers.empty()) text += "export VLLM_HOST_IP=\"" + place.own_address + "\"\n";
  }
  std::string settings;
  const std::string command = with_program(engine_command(plan, process, place), settings);
  return text + settings + command;
}

std::string worker_script(const KitPlan& plan, const EngineProcess& process, std::size_t worker) {
  const EnginePlace place = worker_place(plan, process, worker);
  const int node = process.workers[worker].node;
  std::string text = preamble(plan, node,
                              "The part of " + plan.model_of(process).model->name + " on " + plan.nodes[node].name +
                                  ". Its port has no authentication: keep the "
                                  "private link private.",
                              true);
  text += exports(device_pin(plan, process.workers[worker].devices, plan.model_of(process).backend).environment);
  std::vector<std::string> words = llama_worker_command(place);
  if (process.engine == ServingEngine::vllm) {
    text += ": \"${" + address_variable(plan, process.node) + ":?address of " + plan.node_of(process).name +
            ", in .env}\"\n";
    text += ": \"${MODELS_DIR:?folder of the weights, in .env}\"\n";
    text += "export VLLM_HOST_IP=\"" + place.own_address + "\"\n";
    words = vllm_worker_command(plan, process, worker, place);
  }
  std::string settings;
  const std::string command = with_program(words, settings);
  return text + settings + command;
}

bool needs_gpu(const KitPlan& plan, const EngineProcess& process) { return plan.model_of(process).backend != "cpu"; }

/// A unit that may do nothing but serve.
/// Its folder is its own: with a user made for each start, a folder that two units share changes hands.
std::string unit(const std::string& name, const std::string& what, const std::string& script, bool gpu,
                 const std::string& credentials) {
  std::string text =
      "# Made by `rigwise deploy`. Copy to /etc/systemd/system, then: systemctl enable --now NAME\n"
      "[Unit]\n"
      "Description=" +
      what +
      "\n"
      "After=network-online.target\n"
      "Wants=network-online.target\n\n"
      "[Service]\n"
      "ExecStart=" +
      script +
      "\n"
      "Environment=\"PATH=/opt/llama.cpp/bin:/opt/engines/bin:/usr/local/bin:/usr/bin:/bin\"\n"
      "Environment=\"HOME=/var/lib/rigwise-" +
      name +
      "\"\n"
      "DynamicUser=yes\n"
      "StateDirectory=rigwise-" +
      name + "\n" + credentials +
      "Restart=on-failure\n"
      "RestartSec=5\n"
      "TimeoutStartSec=1200\n"
      "NoNewPrivileges=yes\n"
      "ProtectSystem=strict\n"
      "ProtectHome=yes\n"
      "PrivateTmp=yes\n"
      "ProtectKernelTunables=yes\n"
      "ProtectKernelModules=yes\n"
      "ProtectControlGroups=yes\n"
      "RestrictSUIDSGID=yes\n"
      "LockPersonality=yes\n"
      "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK\n"
      "CapabilityBoundingSet=\n"
      "LimitMEMLOCK=infinity\n";
  // Without a GPU there is no device to open.
  text += gpu ? "SupplementaryGroups=video render\n" : "PrivateDevices=yes\n";
  return text + "\n[Install]\nWantedBy=multi-user.target\n";
}

/// Stands for the user in a list until install.sh knows them.
constexpr const char* kMacUser = "RIGWISE_USER";

std::string launchd_list(const std::string& name, const std::string& script) {
  const std::string log = "/Library/Logs/rigwise/" + name + ".log";
  const auto entry = [](const std::string& key) { return "  <key>" + escape_html(key) + "</key>\n"; };
  const auto text = [](const std::string& value) { return "<string>" + escape_html(value) + "</string>\n"; };
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
         "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n"
         "<plist version=\"1.0\">\n<dict>\n" +
         entry("Label") + "  " + text("rigwise." + name) + entry("ProgramArguments") + "  <array>\n    " +
         text("/bin/bash") + "    " + text(script) + "  </array>\n" + entry("EnvironmentVariables") +
         "  <dict>\n    <key>PATH</key>\n    " + text("/opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin") +
         "  </dict>\n" + entry("RunAtLoad") + "  <true/>\n" + entry("KeepAlive") + "  <true/>\n" + entry("UserName") +
         "  " + text(kMacUser) + entry("StandardOutPath") + "  " + text(log) + entry("StandardErrorPath") + "  " +
         text(log) + "</dict>\n</plist>\n";
}

/// Puts the lists where launchd reads them, with the user in them that the services run as.
constexpr const char* kMacInstall =
    "#!/usr/bin/env bash\n"
    "# Installs this machine's lists: launchd starts them at boot, whoever is logged in, as the user who called sudo\n"
    "# (or RUN_AS), never as root. They log to /Library/Logs/rigwise. `remove` takes all of it away again.\n"
    "#   sudo launchd/install.sh [remove]\n"
    "set -euo pipefail\n"
    "umask 022\n"
    "here=$(cd \"$(dirname \"$0\")\" && pwd)\n"
    "wanted=${1:-}\n"
    "case $wanted in\n"
    "  '' | remove) ;;\n"
    "  *)\n"
    "    printf 'no \"%s\": nothing, or remove\\n' \"$wanted\" >&2\n"
    "    exit 2\n"
    "    ;;\n"
    "esac\n"
    "lists=/Library/LaunchDaemons logs=/Library/Logs/rigwise\n"
    "user=${RUN_AS:-${SUDO_USER:-}}\n"
    "if [[ -z $wanted ]]; then\n"
    "  if [[ -z $user || $user == root ]] || ! id -u \"$user\" >/dev/null; then\n"
    "    printf 'error: the services run as no user: call this by sudo, or name one in RUN_AS\\n' >&2\n"
    "    exit 2\n"
    "  fi\n"
    "  install -d -o \"$user\" -m 0750 \"$logs\"\n"
    "fi\n"
    "for list in \"$here\"/rigwise.*.plist; do\n"
    "  name=$(basename \"$list\")\n"
    "  launchctl bootout \"system/${name%.plist}\" 2>/dev/null || true\n"
    "  if [[ $wanted == remove ]]; then\n"
    "    rm -f \"$lists/$name\"\n"
    "    continue\n"
    "  fi\n"
    "  sed \"s/RIGWISE_USER/$user/\" \"$list\" >\"$lists/$name\"\n"
    "  chown root:wheel \"$lists/$name\"\n"
    "  chmod 0644 \"$lists/$name\"\n"
    "  launchctl bootstrap system \"$lists/$name\"\n"
    "  printf '%s runs as %s\\n' \"${name%.plist}\" \"$user\"\n"
    "done\n"
    "[[ $wanted != remove ]] || rm -rf \"$logs\"\n";

void add_mac_install(const std::string& folder, KitFiles& files) {
  const std::string path = folder + "launchd/install.sh";
  for (const KitFile& file : files) {
    if (file.path == path) return;
  }
  files.push_back({path, "0755", "installs the lists for launchd, as a user", kMacInstall});
}

/// The script, and what starts it on this node's system.
void add_service(const KitPlan& plan, int node, const std::string& name, const std::string& what,
                 const std::string& script, bool gpu, bool with_key, KitFiles& files) {
  const std::string folder = plan.folder(node);
  const std::string path = folder + "start/" + name + ".sh";
  files.push_back({path, "0755", "starts " + what + " on the host", script});
  const std::string full = std::string(kKitFolder) + "/" + path;
  if (plan.nodes[node].is_mac) {
    files.push_back({folder + "launchd/rigwise." + name + ".plist", "0644", "keeps " + what + " running on macOS",
                     launchd_list(name, full)});
    add_mac_install(folder, files);
    return;
  }
  const std::string credentials = with_key ? "LoadCredential=engine_api_key:" + std::string(kKitFolder) +
                                                 "/secrets/engine_api_key\nEnvironment=\"KEY_FILE=%d/engine_api_key\"\n"
                                           : "";
  files.push_back({folder + "systemd/rigwise-" + name + ".service", "0644",
                   "keeps " + what + " running, without Docker", unit(name, what, full, gpu, credentials)});
}

/// Router and chat page without Docker; PostgreSQL and Caddy are the system's own.
std::string router_script(const KitPlan& plan) {
  std::string text = preamble(plan, plan.gateway, "LiteLLM, the router, on loopback", plan.has_many_nodes());
  text +=
      "set -a\n"
      "# shellcheck source=/dev/null\n"
      "[[ -n ${LITELLM_MASTER_KEY:-} ]] || . \"$kit/secrets/litellm.env\"\n"
      "set +a\n"
      "export DATABASE_URL=\"${DATABASE_URL/@postgres:/@127.0.0.1:}\"\n";
  for (const EngineProcess& process : plan.processes) {
    if (!plan.is_routed(process)) continue;
    text += "export " + process_variable(process, "URL") + "=" + shell_word(url_among_hosts(plan, process)) + "\n";
  }
  return text + "LITELLM=${LITELLM:-/opt/litellm/bin/litellm}\n" + "exec \"$LITELLM\" --config \"$kit/" +
         plan.folder(plan.gateway) + "litellm/config.yaml\" --host 127.0.0.1 --port 4000\n";
}

std::string chat_page_script(const KitPlan& plan) {
  const bool oidc = plan.sign_in == PageSignIn::oidc;
  const std::string provider =
      oidc ? std::string(
                 ": \"${OAUTH_CLIENT_ID:?name of this page at the sign-in provider, in .env}\"\n"
                 ": \"${OPENID_PROVIDER_URL:?address of the sign-in provider, in .env}\"\n"
                 "export OPENID_REDIRECT_URI=\"https://$SITE_ADDRESS/oauth/oidc/callback\"\n")
           : std::string();
  return preamble(plan, plan.gateway, "Open WebUI, the chat page, on loopback", false) +
         "set -a\n"
         "# shellcheck source=/dev/null\n"
         ". \"$kit/" +
         plan.folder(plan.gateway) +
         "open-webui/settings.env\"\n"
         "# shellcheck source=/dev/null\n"
         "[[ -n ${WEBUI_SECRET_KEY:-} ]] || . \"$kit/secrets/open-webui.env\"\n" +
         std::string(oidc ? "# shellcheck source=/dev/null\n"
                            "[[ -n ${OAUTH_CLIENT_SECRET:-} ]] || . \"$kit/secrets/oidc.env\"\n"
                          : "") +
         "set +a\n" + provider +
         "export DATABASE_URL=\"${DATABASE_URL/@postgres:/@127.0.0.1:}\"\n"
         "export PGVECTOR_DB_URL=\"${PGVECTOR_DB_URL/@postgres:/@127.0.0.1:}\"\n"
         "export OPENAI_API_BASE_URL=http://127.0.0.1:4000/v1 WEBUI_URL=\"https://$SITE_ADDRESS\" "
         "CORS_ALLOW_ORIGIN=\"https://$SITE_ADDRESS\"\n"
         "export DATA_DIR=\"${DATA_DIR:-$HOME/open-webui}\"\n"
         "OPEN_WEBUI=${OPEN_WEBUI:-/opt/open-webui/bin/open-webui}\n"
         "exec \"$OPEN_WEBUI\" serve --host 127.0.0.1 --port 8079\n";
}

void add_gateway_units(const KitPlan& plan, KitFiles& files) {
  if (plan.nodes[plan.gateway].is_mac) return;
  const std::string folder = plan.folder(plan.gateway);
  const auto add = [&](const std::string& name, const std::string& what, const std::string& script) {
    const std::string path = folder + "start/" + name + ".sh";
    files.push_back({path, "0755", "starts " + what + " on the host", script});
    const std::string full = std::string(kKitFolder) + "/" + path;
    std::string secrets = "EnvironmentFile=" + std::string(kKitFolder) + "/secrets/" + name + ".env\n";
    if (name == "open-webui" && plan.sign_in == PageSignIn::oidc)
      secrets += "EnvironmentFile=" + std::string(kKitFolder) + "/secrets/oidc.env\n";
    files.push_back({folder + "systemd/rigwise-" + name + ".service", "0644",
                     "keeps " + what + " running, without Docker", unit(name, what, full, false, secrets)});
  };
  add("litellm", "LiteLLM, the router", router_script(plan));
  add("open-webui", "Open WebUI, the chat page", chat_page_script(plan));
}

/// Caddy on the host, where engines that ask for no key run without a container.
void add_key_proxy(const KitPlan& plan, int node, KitFiles& files) {
  if (!has_key_proxy_on_host(plan, node)) return;
  const std::string script = preamble(plan, node, "Caddy, which asks for the key before engines that do not", true) +
                             "VLLM_API_KEY=$(<\"${KEY_FILE:-$kit/secrets/engine_api_key}\")\n"
                             "export VLLM_API_KEY PROXY_BIND=\"${" +
                             address_variable(plan, node) +
                             "}\"\n"
                             "exec \"${CADDY:-caddy}\" run --adapter caddyfile --config \"$kit/" +
                             plan.folder(node) + "caddy/Caddyfile.keys\"\n";
  add_service(plan, node, "keys", "the proxy that asks for the key", script, false, true, files);
}

}  // namespace

void add_host_files(const KitPlan& plan, KitFiles& files) {
  for (const EngineProcess& process : plan.processes) {
    const std::string what = plan.model_of(process).model->name + " by " + serving_engine_name(process.engine);
    add_service(plan, process.node, process.name, what, start_script(plan, process), needs_gpu(plan, process),
                checks_key(process.engine), files);
    for (std::size_t w = 0; w < process.workers.size(); ++w) {
      const std::string part = process.engine == ServingEngine::vllm ? "-worker" : "-rpc";
      add_service(plan, process.workers[w].node, process.name + part,
                  "the part of " + plan.model_of(process).model->name, worker_script(plan, process, w),
                  needs_gpu(plan, process), false, files);
    }
    if (process.engine == ServingEngine::ollama) {
      files.push_back({plan.folder(process.node) + "ollama/" + process.name + "/Modelfile", "0644",
                       "what Ollama makes the model from", ollama_modelfile(plan, process, container_place())});
    }
  }
  for (int node = 0; node < static_cast<int>(plan.nodes.size()); ++node) add_key_proxy(plan, node, files);
  if (plan.has_gateway()) add_gateway_units(plan, files);
}

}  // namespace rigwise
