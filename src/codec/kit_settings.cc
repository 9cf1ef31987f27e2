#include <set>

#include "codec/kit_file.h"
#include "core/deploy/device_pinning.h"

namespace rigwise {
namespace {

/// Groups that containers of the kit are let into.
std::set<std::string> groups_of(const KitPlan& plan) {
  std::set<std::string> groups;
  for (const EngineProcess& process : plan.processes) {
    if (process.image.name.empty()) continue;
    const DevicePin pin = device_pin(plan, process.devices, plan.model_of(process).backend);
    groups.insert(pin.groups.begin(), pin.groups.end());
  }
  return groups;
}

std::string settings(const KitPlan& plan) {
  std::string text =
      "# Copy to .env and fill in. Nothing here is secret; secrets are made by make_secrets.sh.\n"
      "# Keep the single quotes: Docker Compose and the scripts both read this file, and within them a value may hold "
      "spaces,\n"
      "# # and $ as they are (but no single quote).\n\n"
      "# Folder with the weights, on every machine of the kit.\n"
      "MODELS_DIR='/srv/models'\n";
  for (const std::string& group : groups_of(plan)) {
    text.append("\n# Number of the group ").append(group).append(" here, which may open the cards: getent group ");
    text.append(group).append(" | cut -d: -f3\n").append(group_variable(group)).append("=''\n");
  }
  if (plan.has_gateway()) {
    text +=
        "\n# Name by which people reach the service, and who signs its certificate: internal (the proxy itself; its "
        "root\n"
        "# certificate goes to the people's machines) or an e-mail address (Let's Encrypt, for a public name).\n"
        "SITE_ADDRESS='localhost'\n"
        "TLS_ISSUER='internal'\n"
        "# Where the proxy listens. 127.0.0.1: this machine alone; the machine's address in your network lets others "
        "in.\n"
        "PROXY_ADDRESS='127.0.0.1'\n";
  }
  if (plan.sign_in == PageSignIn::oidc) {
    text +=
        "\n# Your sign-in provider (OpenID Connect): the address of its description, which ends with\n"
        "# /.well-known/openid-configuration, and the name under which you made this page known there, with the "
        "redirect\n"
        "# address https://SITE_ADDRESS/oauth/oidc/callback. The client's secret goes to make_secrets.sh, not here.\n"
        "OPENID_PROVIDER_URL=''\n"
        "OAUTH_CLIENT_ID=''\n"
        "# What the button says.\n"
        "OAUTH_PROVIDER_NAME='your account'\n";
  }
  if (plan.has_many_nodes()) {
    text +=
        "\n# Addresses on the private link between the machines: a cable, a VLAN or WireGuard that nobody else is "
        "on.\n";
    for (int node = 0; node < static_cast<int>(plan.nodes.size()); ++node) {
      // A laptop answers its own user alone, unless it holds a part of another machine's model.
      if (plan.nodes[node].is_portable && !plan.has_worker(node)) continue;
      text += address_variable(plan, node) + "=''\n";
    }
  } else {
    text += "\n# Where engines that run without a container listen when containers must reach them.\n" +
            address_variable(plan, 0) + "='127.0.0.1'\n";
  }
  return text;
}

constexpr const char* kSecrets =
    "#!/usr/bin/env bash\n"
    "# Makes the secrets that are not there yet, readable by you alone, in the folder secrets. Run it once, as root; "
    "on "
    "a Mac\n"
    "# as the user whom the services run as. On the other machines copy the folder. Nothing secret is printed.\n"
    "set -euo pipefail\n"
    "umask 077\n"
    "folder=$(cd \"$(dirname \"$0\")\" && pwd)/secrets\n"
    "mkdir -p \"$folder\"\n"
    "chmod 0700 \"$folder\"\n\n"
    "random() { head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \\n'; }\n\n"
    "# Written beside, then renamed: a secret is there whole or not at all.\n"
    "keep() {  # NAME, text on standard input\n"
    "  if [[ -s $folder/$1 ]]; then\n"
    "    cat >/dev/null\n"
    "    return\n"
    "  fi\n"
    "  cat >\"$folder/.$1.new\"\n"
    "  mv \"$folder/.$1.new\" \"$folder/$1\"\n"
    "}\n\n"
    "random | keep engine_api_key\n"
    "random | keep postgres_password\n"
    "engine=$(<\"$folder/engine_api_key\")\n"
    "database=$(<\"$folder/postgres_password\")\n"
    "keep vllm.env <<TEXT\n"
    "VLLM_API_KEY=$engine\n"
    "TEXT\n";

constexpr const char* kGatewaySecrets =
    "master=sk-$(random)\n"
    "keep litellm.env <<TEXT\n"
    "LITELLM_MASTER_KEY=$master\n"
    "LITELLM_SALT_KEY=sk-$(random)\n"
    "ENGINE_API_KEY=$engine\n"
    "DATABASE_URL=postgresql://kit:$database@postgres:5432/litellm\n"
    "TEXT\n"
    "# What others wrote may hold spaces, # and $: it stands in single quotes, which Compose, systemd and the scripts "
    "read alike.\n"
    "plain() {  # WHAT TEXT\n"
    "  if [[ -z $2 || $2 == *[\\'\\\\]* || $2 == *$'\\n'* ]]; then\n"
    "    printf 'error: %s is empty, has several lines, a quote or a backslash\\n' \"$1\" >&2\n"
    "    exit 2\n"
    "  fi\n"
    "}\n"
    "email=${ADMIN_EMAIL:-admin@localhost}\n"
    "plain ADMIN_EMAIL \"$email\"\n"
    "# The chat page has a key of its own, which make_page_key.sh makes known to the router: it asks for models and no "
    "more.\n"
    "keep open-webui.env <<TEXT\n"
    "WEBUI_SECRET_KEY=$(random)\n"
    "WEBUI_ADMIN_EMAIL='$email'\n"
    "WEBUI_ADMIN_PASSWORD=$(random)\n"
    "OPENAI_API_KEY=sk-$(random)\n"
    "DATABASE_URL=postgresql://kit:$database@postgres:5432/openwebui\n"
    "PGVECTOR_DB_URL=postgresql://kit:$database@postgres:5432/openwebui\n"
    "TEXT\n";

/// The one secret that others make: what the sign-in provider gave for this page.
constexpr const char* kProviderSecret =
    "# The client's secret of your sign-in provider: from the terminal, or from the file that OIDC_SECRET_FILE names.\n"
    "if [[ ! -s $folder/oidc.env ]]; then\n"
    "  secret=\n"
    "  if [[ -n ${OIDC_SECRET_FILE:-} ]]; then\n"
    "    secret=$(<\"$OIDC_SECRET_FILE\")\n"
    "  elif [[ -t 0 ]]; then\n"
    "    IFS= read -rs -p 'client secret of the sign-in provider (it is not shown): ' secret\n"
    "    printf '\\n' >&2\n"
    "  fi\n"
    "  plain 'the client secret (OIDC_SECRET_FILE)' \"$secret\"\n"
    "  keep oidc.env <<TEXT\n"
    "OAUTH_CLIENT_SECRET='$secret'\n"
    "TEXT\n"
    "fi\n";

}  // namespace

void add_settings_files(const KitPlan& plan, KitFiles& files) {
  files.push_back({".env.example", "0644", "settings to fill in; copy it to .env", settings(plan)});
  std::string secrets = kSecrets;
  if (plan.has_gateway())
    secrets += kGatewaySecrets;
  else
    secrets += ": \"$database\"\n";
  if (plan.sign_in == PageSignIn::oidc) secrets += kProviderSecret;
  files.push_back({"make_secrets.sh", "0755", "makes every key and password, mode 0600", secrets});
}

}  // namespace rigwise
