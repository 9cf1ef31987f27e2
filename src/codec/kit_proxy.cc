#include "codec/kit_file.h"

namespace rigwise {
namespace {

constexpr const char* kSite =
    "# The only door: TLS, then people sign in to the chat page, programs show the router's key.\n"
    "{\n"
    "\tadmin localhost:2019\n"
    "}\n\n"
    "{$SITE_ADDRESS:localhost} {\n"
    "\ttls {$TLS_ISSUER:internal}\n"
    "\tencode zstd gzip\n"
    "\theader {\n"
    "\t\tStrict-Transport-Security max-age=31536000\n"
    "\t\tX-Content-Type-Options nosniff\n"
    "\t\tReferrer-Policy same-origin\n"
    "\t\t-Server\n"
    "\t}\n\n"
    "\t# Without a key nothing reaches the router; what the key may do, the router knows.\n"
    "\t@keyless {\n"
    "\t\tpath /v1/*\n"
    "\t\tnot header Authorization \"Bearer sk-*\"\n"
    "\t}\n"
    "\thandle @keyless {\n"
    "\t\trespond \"a key is missing\" 401\n"
    "\t}\n"
    "\t# What the router's owner does stays on loopback: keys, teams, budgets.\n"
    "\thandle /v1/* {\n"
    "\t\treverse_proxy {$LITELLM_UPSTREAM:127.0.0.1:4000} {\n"
    "\t\t\tflush_interval -1\n"
    "\t\t}\n"
    "\t}\n"
    "\thandle {\n"
    "\t\treverse_proxy {$OPEN_WEBUI_UPSTREAM:127.0.0.1:8079} {\n"
    "\t\t\tflush_interval -1\n"
    "\t\t}\n"
    "\t}\n"
    "}\n";

/// Asks for the key before engines that do not.
std::string keys(const KitPlan& plan, int node) {
  std::string text =
      "# These engines ask for no key, so this does it for them, on the private link.\n"
      "{\n"
      "\tadmin off\n"
      "\tauto_https off\n"
      "}\n";
  for (const EngineProcess* process : processes_of(plan, node)) {
    if (!needs_key_proxy(plan, *process)) continue;
    text += "\nhttp://:" + std::to_string(process->port + kKeyedPortStep) +
            " {\n"
            "\tbind {$PROXY_BIND:127.0.0.1}\n"
            "\t@open path /health /api/version\n"
            "\thandle @open {\n"
            "\t\treverse_proxy {$" +
            process_variable(*process, "UPSTREAM") + ":127.0.0.1:" + std::to_string(process->port) +
            "}\n"
            "\t}\n"
            "\t@keyed header Authorization \"Bearer {$VLLM_API_KEY:no-key-is-set}\"\n"
            "\thandle @keyed {\n"
            "\t\treverse_proxy {$" +
            process_variable(*process, "UPSTREAM") + ":127.0.0.1:" + std::to_string(process->port) +
            "} {\n"
            "\t\t\tflush_interval -1\n"
            "\t\t}\n"
            "\t}\n"
            "\thandle {\n"
            "\t\trespond \"a key is missing\" 401\n"
            "\t}\n"
            "}\n";
  }
  return text;
}

}  // namespace

void add_proxy_files(const KitPlan& plan, KitFiles& files) {
  if (plan.has_gateway()) {
    files.push_back({plan.folder(plan.gateway) + "caddy/Caddyfile", "0644", "TLS and who may pass", kSite});
  }
  for (int node = 0; node < static_cast<int>(plan.nodes.size()); ++node) {
    bool any = false;
    for (const EngineProcess* process : processes_of(plan, node)) any = any || needs_key_proxy(plan, *process);
    if (any) {
      files.push_back({plan.folder(node) + "caddy/Caddyfile.keys", "0644",
                       "asks for the key before engines that do not", keys(plan, node)});
    }
  }
}

}  // namespace rigwise
