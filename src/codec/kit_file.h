#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "codec/json_text.h"
#include "core/deploy/kit_plan.h"
#include "core/deploy/serving_engine.h"

namespace rigwise {

/// A file of a set-up kit.
struct KitFile {
  std::string path;     ///< in the kit, '/' between folders
  std::string mode;     ///< "0644", "0755"
  std::string purpose;  ///< what it is for, one line
  std::string content;
};
using KitFiles = std::vector<KitFile>;

/// Every file of the kit, in the order of their paths. No file has a secret.
KitFiles kit_files(const KitPlan& plan);

/// The writers, one file each; every one adds what its part of the kit needs, or nothing.
void add_compose_files(const KitPlan& plan, KitFiles& files);
void add_host_files(const KitPlan& plan, KitFiles& files);       ///< start scripts, systemd units, launchd lists
void add_router_files(const KitPlan& plan, KitFiles& files);     ///< LiteLLM: tiers, teams, budgets
void add_chat_page_files(const KitPlan& plan, KitFiles& files);  ///< Open WebUI: settings, groups; its database
void add_proxy_files(const KitPlan& plan, KitFiles& files);      ///< Caddy
void add_settings_files(const KitPlan& plan, KitFiles& files);   ///< .env.example, make_secrets.sh
void add_model_files(const KitPlan& plan, KitFiles& files);      ///< get_models.sh, build_llama_cpp.sh
void add_check_files(const KitPlan& plan, KitFiles& files);      ///< smoke_test.sh, confirm.sh, expected.json
void add_readme(const KitPlan& plan, KitFiles& files);

/// Where the kit lives on every machine.
inline constexpr const char* kKitFolder = "/opt/rigwise-kit";
inline constexpr int kContainerPort = 8080;
/// Beside an engine that asks for no key stands a proxy that does: its port is the engine's and this.
inline constexpr int kKeyedPortStep = 1000;

/// Name in .env of the number of a group of the host ("render" gives "RENDER_GID"), which a container is let into.
std::string group_variable(std::string_view group);

/// Shell lines that end a script with 2 when $wanted is neither empty nor a node nor one of `others`: a check of a
/// machine that does not exist must not pass.
std::string refuse_unknown_part(const KitPlan& plan, const std::vector<std::string>& others);

/// "NODE2_ADDRESS": the variable with the address of a node on the private link.
std::string address_variable(const KitPlan& plan, int node);
/// "QWEN3_32B_URL" and the like: the variable of a process.
std::string process_variable(const EngineProcess& process, const std::string& what);
/// Whether another node, or a container beside it, must reach a process that runs on the host.
bool is_reached_by_link(const KitPlan& plan, const EngineProcess& process);
/// Whether a Caddy on the process' node asks for the key in its place.
bool needs_key_proxy(const KitPlan& plan, const EngineProcess& process);
bool has_key_proxy_on_host(const KitPlan& plan, int node);
/// What a process sees in its container, and on the host.
EnginePlace container_place();
EnginePlace host_place(const KitPlan& plan, const EngineProcess& process);
/// The place of a part of a process on another node.
EnginePlace worker_place(const KitPlan& plan, const EngineProcess& process, std::size_t worker);
/// The address that the router asks, with /v1: among containers, and where everything runs on hosts.
std::string url_among_containers(const KitPlan& plan, const EngineProcess& process);
std::string url_among_hosts(const KitPlan& plan, const EngineProcess& process);
/// A word of a shell command: variables in it are expanded, nothing else is.
std::string shell_word(const std::string& word);
/// "program \\\n  word word ...": one flag with its values a line.
std::string shell_command(const std::vector<std::string>& words, const std::string& indent);
/// Which processes a node runs, and which workers.
std::vector<const EngineProcess*> processes_of(const KitPlan& plan, int node);
struct WorkerOf {
  const EngineProcess* process = nullptr;
  std::size_t worker = 0;
};
std::vector<WorkerOf> workers_of(const KitPlan& plan, int node);

}  // namespace rigwise
