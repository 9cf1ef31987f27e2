#include "codec/kit_file.h"

#include <algorithm>

#include "codec/kit_manifest.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

std::string upper_name(const std::string& name) {
  std::string made;
  for (const char c : name) {
    const bool keeps = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    made += !keeps ? '_' : (c >= 'a' && c <= 'z') ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return made;
}

std::string braced(const std::string& variable) { return "${" + variable + "}"; }

int keyed_port(const KitPlan& plan, const EngineProcess& process) {
  return process.port + (needs_key_proxy(plan, process) ? kKeyedPortStep : 0);
}

}  // namespace

KitFiles kit_files(const KitPlan& plan) {
  KitFiles files;
  add_readme(plan, files);
  add_settings_files(plan, files);
  add_model_files(plan, files);
  add_compose_files(plan, files);
  add_host_files(plan, files);
  add_router_files(plan, files);
  add_chat_page_files(plan, files);
  add_proxy_files(plan, files);
  add_check_files(plan, files);
  files.push_back(kit_manifest(files));
  std::sort(files.begin(), files.end(), [](const KitFile& a, const KitFile& b) { return a.path < b.path; });
  return files;
}

std::string address_variable(const KitPlan& plan, int node) { return upper_name(plan.nodes[node].name) + "_ADDRESS"; }

std::string process_variable(const EngineProcess& process, const std::string& what) {
  return upper_name(process.name) + "_" + what;
}

bool is_reached_by_link(const KitPlan& plan, const EngineProcess& process) {
  if (!plan.is_routed(process)) return false;
  if (process.node != plan.gateway) return true;
  // Docker on a Mac brings containers to the host's loopback; on Linux it does not.
  return process.image.name.empty() && !plan.node_of(process).is_mac;
}

bool needs_key_proxy(const KitPlan& plan, const EngineProcess& process) {
  return is_reached_by_link(plan, process) && !checks_key(process.engine);
}

bool has_key_proxy_on_host(const KitPlan& plan, int node) {
  const std::vector<const EngineProcess*> here = processes_of(plan, node);
  return std::any_of(here.begin(), here.end(), [&](const EngineProcess* process) {
    return needs_key_proxy(plan, *process) && process->image.name.empty();
  });
}

std::string group_variable(std::string_view group) {
  std::string name;
  for (const char c : group) name += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return name + "_GID";
}

std::string refuse_unknown_part(const KitPlan& plan, const std::vector<std::string>& others) {
  std::vector<std::string> known;
  known.reserve(plan.nodes.size() + others.size());
  for (const KitNode& node : plan.nodes) known.push_back(node.name);
  known.insert(known.end(), others.begin(), others.end());
  return "if [[ -n $wanted && \" " + join(known, " ") +
         " \" != *\" $wanted \"* ]]; then\n"
         "  printf 'no part \"%s\": " +
         join(known, ", ") +
         "\\n' \"$wanted\" >&2\n"
         "  exit 2\n"
         "fi\n";
}

EnginePlace container_place() {
  EnginePlace place;
  place.host = "0.0.0.0";
  place.port = std::to_string(kContainerPort);
  place.models = "/models";
  place.key_file = "/run/secrets/engine_api_key";
  place.in_container = true;
  return place;
}

EnginePlace host_place(const KitPlan& plan, const EngineProcess& process) {
  EnginePlace place;
  const std::string own = braced(address_variable(plan, process.node));
  const bool by_link = is_reached_by_link(plan, process) && !needs_key_proxy(plan, process);
  place.host = by_link ? own : "127.0.0.1";
  place.port = std::to_string(process.port);
  place.models = "${MODELS_DIR}";
  place.key_file = "${KEY_FILE}";
  place.own_address = own;
  for (const EngineWorker& worker : process.workers) {
    place.worker_addresses.push_back(braced(address_variable(plan, worker.node)));
  }
  return place;
}

EnginePlace worker_place(const KitPlan& plan, const EngineProcess& process, std::size_t worker) {
  EnginePlace place;
  place.models = "${MODELS_DIR}";
  place.own_address = braced(address_variable(plan, process.workers[worker].node));
  place.worker_addresses = {braced(address_variable(plan, process.node))};
  return place;
}

std::string url_among_containers(const KitPlan& plan, const EngineProcess& process) {
  const bool beside = process.node == plan.gateway;
  if (beside && !process.image.name.empty()) {
    return "http://" + process.name + ":" + std::to_string(kContainerPort) + "/v1";
  }
  if (beside && plan.node_of(process).is_mac) {
    return "http://host.docker.internal:" + std::to_string(process.port) + "/v1";
  }
  return "http://" + braced(address_variable(plan, process.node)) + ":" + std::to_string(keyed_port(plan, process)) +
         "/v1";
}

std::string url_among_hosts(const KitPlan& plan, const EngineProcess& process) {
  const std::string host =
      is_reached_by_link(plan, process) ? braced(address_variable(plan, process.node)) : "127.0.0.1";
  return "http://" + host + ":" + std::to_string(keyed_port(plan, process)) + "/v1";
}

std::string shell_word(const std::string& word) {
  const bool is_plain = !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-_./:,=+@%").find(c) != std::string_view::npos;
  });
  if (is_plain) return word;
  std::string quoted = "\"";
  for (const char c : word) {
    if (c == '"' || c == '\\' || c == '`') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

std::string shell_command(const std::vector<std::string>& words, const std::string& indent) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool is_flag = words[i].starts_with("--");
    if (i > 0) text += is_flag ? " \\\n" + indent + "  " : " ";
    text += shell_word(words[i]);
  }
  return text;
}

std::vector<const EngineProcess*> processes_of(const KitPlan& plan, int node) {
  std::vector<const EngineProcess*> list;
  for (const EngineProcess& process : plan.processes) {
    if (process.node == node) list.push_back(&process);
  }
  return list;
}

std::vector<WorkerOf> workers_of(const KitPlan& plan, int node) {
  std::vector<WorkerOf> list;
  for (const EngineProcess& process : plan.processes) {
    for (std::size_t w = 0; w < process.workers.size(); ++w) {
      if (process.workers[w].node == node) list.push_back({&process, w});
    }
  }
  return list;
}

}  // namespace rigwise
