#include "codec/kit_file.h"
#include "codec/yaml_writer.h"
#include "core/deploy/device_pinning.h"
#include "core/deploy/images.h"

namespace rigwise {
namespace {

std::string secrets_folder(const KitPlan& plan) { return plan.has_many_nodes() ? "../secrets" : "./secrets"; }

/// What every service keeps to.
Json hardened(const std::string& image) {
  return {{"image", image},
          {"restart", "unless-stopped"},
          {"security_opt", Json::array({"no-new-privileges:true"})},
          {"cap_drop", Json::array({"ALL"})}};
}

Json check_by(const Json& test, const std::string& start_period) {
  return {{"test", test}, {"interval", "30s"}, {"timeout", "10s"}, {"retries", 5}, {"start_period", start_period}};
}

Json http_check(const std::string& program, int port, const std::string& path) {
  const std::string url = "http://127.0.0.1:" + std::to_string(port) + path;
  if (program == "curl") return Json::array({"CMD", "curl", "--fail", "--silent", "--output", "/dev/null", url});
  return Json::array(
      {"CMD", "python3", "-c", "import urllib.request; urllib.request.urlopen('" + url + "', timeout=5)"});
}

void add_devices(const KitPlan& plan, const EngineProcess& process, Json& service) {
  const DevicePin pin = device_pin(plan, process.devices, plan.model_of(process).backend);
  if (pin.needs_nvidia_runtime) {
    service["deploy"]["resources"]["reservations"]["devices"] =
        Json::array({{{"driver", "nvidia"}, {"device_ids", pin.ids}, {"capabilities", Json::array({"gpu"})}}});
    return;
  }
  if (!pin.device_files.empty()) {
    Json list = Json::array();
    for (const std::string& file : pin.device_files) list.push_back(file);
    service["devices"] = std::move(list);
    // By the host's numbers: an image may lack the names, or give them others.
    Json groups = Json::array();
    for (const std::string& group : pin.groups) {
      groups.push_back("${" + group_variable(group) + ":?number of the host's group " + group + "}");
    }
    service["group_add"] = std::move(groups);
  }
  for (const auto& [name, value] : pin.in_container) service["environment"][name] = value;
}

/// The engine's port on the host: loopback, or the private link where another node's router asks.
Json published(const KitPlan& plan, const EngineProcess& process) {
  const bool by_link = is_reached_by_link(plan, process) && !needs_key_proxy(plan, process);
  const std::string address =
      by_link ? "${" + address_variable(plan, process.node) + ":?address of this node on the private link}"
              : "127.0.0.1";
  return Json::array({address + ":" + std::to_string(process.port) + ":" + std::to_string(kContainerPort)});
}

Json entrypoint_of(ServingEngine engine) {
  if (engine == ServingEngine::llama_server) return Json::array({"/app/llama-server"});
  if (engine == ServingEngine::ollama) return Json::array({"/bin/ollama"});
  if (engine == ServingEngine::vllm) return Json::array({"vllm", "serve"});
  return Json::array({"python3", "-m", "sglang.launch_server"});
}

Json check_of(ServingEngine engine) {
  if (engine == ServingEngine::llama_server) return http_check("curl", kContainerPort, "/health");
  if (engine == ServingEngine::ollama) return Json::array({"CMD", "ollama", "list"});
  return http_check("python3", kContainerPort, "/health");
}

void add_engine_storage(const EngineProcess& process, Json& service) {
  if (process.engine == ServingEngine::llama_server) {
    service["read_only"] = true;
    service["tmpfs"] = Json::array({"/tmp"});
    service["volumes"] = Json::array({"${MODELS_DIR:?folder of the weights}:/models:ro"});
    return;
  }
  if (process.engine == ServingEngine::ollama) {
    service["volumes"] = Json::array({"${MODELS_DIR:?folder of the weights}:/models:ro",
                                      "./ollama/" + process.name + ":/kit:ro", process.name + "-store:/home"});
    service["environment"]["HOME"] = "/home";
    return;
  }
  // Compiled kernels go into the home folder, so the file system cannot be read-only.
  service["volumes"] = Json::array({"${MODELS_DIR:?folder of the weights}:/models:ro", process.name + "-cache:/home"});
  service["environment"]["HOME"] = "/home";
  service["shm_size"] = "8gb";
}

Json engine_service(const KitPlan& plan, const EngineProcess& process) {
  Json service = hardened(process.image.name);
  const EnginePlace place = container_place();
  const std::vector<std::string> words = engine_command(plan, process, place);
  const Json entrypoint = entrypoint_of(process.engine);
  service["entrypoint"] = entrypoint;
  const std::ptrdiff_t skipped = process.engine == ServingEngine::vllm     ? 2
                                 : process.engine == ServingEngine::sglang ? 3
                                                                           : 1;
  service["command"] = std::vector<std::string>(words.begin() + skipped, words.end());
  if (process.engine == ServingEngine::ollama) {
    for (const auto& [name, value] : ollama_environment(plan, process, place)) service["environment"][name] = value;
  }
  if (process.engine == ServingEngine::llama_server) service["secrets"] = Json::array({"engine_api_key"});
  if (process.engine == ServingEngine::vllm) service["env_file"] = Json::array({secrets_folder(plan) + "/vllm.env"});
  add_devices(plan, process, service);
  add_engine_storage(process, service);
  service["ports"] = published(plan, process);
  service["networks"] = Json::array({"engines"});
  service["healthcheck"] = check_by(check_of(process.engine), "20m");
  return service;
}

/// Gives Ollama the model once it is up.
Json ollama_creator(const EngineProcess& process) {
  Json service = hardened(process.image.name);
  service["restart"] = "on-failure";
  service["entrypoint"] = Json::array({"/bin/ollama"});
  service["command"] = Json::array({"create", process.name, "--file", "/kit/Modelfile"});
  service["environment"] = {{"OLLAMA_HOST", process.name + ":" + std::to_string(kContainerPort)}};
  service["volumes"] =
      Json::array({"${MODELS_DIR:?folder of the weights}:/models:ro", "./ollama/" + process.name + ":/kit:ro"});
  service["networks"] = Json::array({"engines"});
  service["depends_on"] = {{process.name, {{"condition", "service_healthy"}}}};
  return service;
}

Json database_service() {
  Json service = hardened(pgvector_image().name);
  service["cap_add"] = Json::array({"CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"});
  service["read_only"] = true;
  service["tmpfs"] = Json::array({"/tmp", "/run/postgresql"});
  service["environment"] = {{"POSTGRES_DB", "openwebui"},
                            {"POSTGRES_USER", "kit"},
                            {"POSTGRES_PASSWORD_FILE", "/run/secrets/postgres_password"}};
  service["secrets"] = Json::array({"postgres_password"});
  service["volumes"] = Json::array(
      {"postgres-data:/var/lib/postgresql/data", "./postgres/init.sql:/docker-entrypoint-initdb.d/init.sql:ro"});
  service["networks"] = Json::array({"data"});
  service["healthcheck"] =
      check_by(Json::array({"CMD", "pg_isready", "--username", "kit", "--dbname", "openwebui"}), "1m");
  return service;
}

Json router_service(const KitPlan& plan) {
  Json service = hardened(litellm_image().name);
  service["command"] = Json::array({"--config", "/etc/litellm/config.yaml", "--host", "0.0.0.0", "--port", "4000"});
  service["env_file"] = Json::array({secrets_folder(plan) + "/litellm.env"});
  Json urls = Json::object();
  for (const EngineProcess& process : plan.processes) {
    if (plan.is_routed(process)) urls[process_variable(process, "URL")] = url_among_containers(plan, process);
  }
  service["environment"] = std::move(urls);
  service["volumes"] = Json::array({"./litellm/config.yaml:/etc/litellm/config.yaml:ro"});
  service["ports"] = Json::array({"127.0.0.1:4000:4000"});
  service["networks"] = Json::array({"engines", "data", "edge"});
  service["depends_on"] = {{"postgres", {{"condition", "service_healthy"}}}};
  service["healthcheck"] = check_by(http_check("python3", 4000, "/health/liveliness"), "2m");
  return service;
}

Json chat_page_service(const KitPlan& plan) {
  Json service = hardened(open_webui_image().name);
  service["env_file"] = Json::array({"./open-webui/settings.env", secrets_folder(plan) + "/open-webui.env"});
  service["environment"] = {{"WEBUI_URL", "https://${SITE_ADDRESS}"},
                            {"CORS_ALLOW_ORIGIN", "https://${SITE_ADDRESS}"},
                            {"OPENAI_API_BASE_URL", "http://litellm:4000/v1"}};
  if (plan.sign_in == PageSignIn::oidc) {
    service["env_file"].push_back(secrets_folder(plan) + "/oidc.env");
    service["environment"]["OAUTH_CLIENT_ID"] = "${OAUTH_CLIENT_ID:?name of this page at the sign-in provider}";
    service["environment"]["OPENID_PROVIDER_URL"] = "${OPENID_PROVIDER_URL:?address of the sign-in provider}";
    service["environment"]["OAUTH_PROVIDER_NAME"] = "${OAUTH_PROVIDER_NAME:-your account}";
    service["environment"]["OPENID_REDIRECT_URI"] = "https://${SITE_ADDRESS}/oauth/oidc/callback";
  }
  service["volumes"] = Json::array({"open-webui-data:/app/backend/data"});
  service["networks"] = Json::array({"data", "edge"});
  service["depends_on"] = {{"postgres", {{"condition", "service_healthy"}}},
                           {"litellm", {{"condition", "service_healthy"}}}};
  service["healthcheck"] = check_by(http_check("curl", 8080, "/health"), "5m");
  return service;
}

Json proxy_service(const KitPlan& plan) {
  Json service = hardened(caddy_image().name);
  service["cap_add"] = Json::array({"NET_BIND_SERVICE"});
  service["read_only"] = true;
  service["environment"] = {{"SITE_ADDRESS", "${SITE_ADDRESS}"},
                            {"TLS_ISSUER", "${TLS_ISSUER:-internal}"},
                            {"LITELLM_UPSTREAM", "litellm:4000"},
                            {"OPEN_WEBUI_UPSTREAM", "open-webui:8080"}};
  service["volumes"] =
      Json::array({"./caddy/Caddyfile:/etc/caddy/Caddyfile:ro", "caddy-data:/data", "caddy-config:/config"});
  service["ports"] = Json::array({"${PROXY_ADDRESS:-127.0.0.1}:443:443", "${PROXY_ADDRESS:-127.0.0.1}:80:80"});
  service["networks"] = Json::array({"edge"});
  service["depends_on"] = {{"open-webui", {{"condition", "service_started"}}}};
  service["healthcheck"] = check_by(
      Json::array({"CMD", "wget", "--quiet", "--output-document", "/dev/null", "http://127.0.0.1:2019/config/"}),
      "30s");
  (void)plan;
  return service;
}

/// Asks for the key in the place of engines that do not.
Json key_proxy_service(const KitPlan& plan, int node, const Json& ports) {
  Json service = hardened(caddy_image().name);
  service["read_only"] = true;
  service["tmpfs"] = Json::array({"/config", "/data"});
  // The image's program carries this capability: without it the kernel refuses to start it.
  service["cap_add"] = Json::array({"NET_BIND_SERVICE"});
  service["environment"] = {{"PROXY_BIND", "0.0.0.0"}};
  for (const EngineProcess* process : processes_of(plan, node)) {
    if (needs_key_proxy(plan, *process)) {
      service["environment"][process_variable(*process, "UPSTREAM")] =
          process->name + ":" + std::to_string(kContainerPort);
    }
  }
  service["env_file"] = Json::array({secrets_folder(plan) + "/vllm.env"});
  service["volumes"] = Json::array({"./caddy/Caddyfile.keys:/etc/caddy/Caddyfile:ro"});
  service["ports"] = ports;
  service["networks"] = Json::array({"engines"});
  return service;
}

Json with_driver(bool internal) {
  return internal ? Json{{"driver", "bridge"}, {"internal", true}} : Json{{"driver", "bridge"}};
}

struct Composed {
  Json services = Json::object(), volumes = Json::object(), secrets = Json::object(), networks = Json::object();
};

std::string published_on_link(const KitPlan& plan, int node, int port) {
  const std::string number = std::to_string(port);
  return "${" + address_variable(plan, node) + ":?address of this node on the private link}:" + number + ":" + number;
}

void compose_engines(const KitPlan& plan, int node, Composed& made) {
  Json keyed = Json::array();
  for (const EngineProcess* process : processes_of(plan, node)) {
    if (process->image.name.empty()) continue;
    made.services[process->name] = engine_service(plan, *process);
    made.networks["engines"] = with_driver(false);
    if (process->engine == ServingEngine::ollama) {
      made.services[process->name + "-model"] = ollama_creator(*process);
      made.volumes[process->name + "-store"] = Json::object();
    }
    if (process->engine == ServingEngine::vllm || process->engine == ServingEngine::sglang) {
      made.volumes[process->name + "-cache"] = Json::object();
    }
    if (process->engine == ServingEngine::llama_server) {
      made.secrets["engine_api_key"] = {{"file", secrets_folder(plan) + "/engine_api_key"}};
    }
    if (needs_key_proxy(plan, *process)) {
      keyed.push_back(published_on_link(plan, node, process->port + kKeyedPortStep));
    }
  }
  if (!keyed.empty()) made.services["keys"] = key_proxy_service(plan, node, keyed);
}

void compose_gateway(const KitPlan& plan, Composed& made) {
  made.services["postgres"] = database_service();
  made.services["litellm"] = router_service(plan);
  made.services["open-webui"] = chat_page_service(plan);
  made.services["caddy"] = proxy_service(plan);
  for (const char* volume : {"postgres-data", "open-webui-data", "caddy-data", "caddy-config"}) {
    made.volumes[volume] = Json::object();
  }
  made.secrets["postgres_password"] = {{"file", secrets_folder(plan) + "/postgres_password"}};
  made.networks["engines"] = with_driver(false);
  made.networks["edge"] = with_driver(false);
  made.networks["data"] = with_driver(true);
}

}  // namespace

void add_compose_files(const KitPlan& plan, KitFiles& files) {
  for (int node = 0; node < static_cast<int>(plan.nodes.size()); ++node) {
    Composed made;
    compose_engines(plan, node, made);
    if (node == plan.gateway) compose_gateway(plan, made);
    if (made.services.empty()) continue;
    Json document = {
        {"#", "Made by `rigwise deploy` for " + plan.setup + ": " + plan.nodes[node].name +
                  ".\nEngines listen on the containers' network and on this host's loopback (or the private link);"
                  "\nonly the proxy is reachable from elsewhere. Secrets are files that make_secrets.sh makes."},
        {"name", "rigwise-" + plan.nodes[node].name}};
    document["services"] = std::move(made.services);
    document["networks"] = std::move(made.networks);
    if (!made.volumes.empty()) document["volumes"] = std::move(made.volumes);
    if (!made.secrets.empty()) document["secrets"] = std::move(made.secrets);
    files.push_back(
        {plan.folder(node) + "compose.yaml", "0644", "containers of " + plan.nodes[node].name, yaml_text(document)});
  }
}

}  // namespace rigwise
