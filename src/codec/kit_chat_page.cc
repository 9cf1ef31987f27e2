#include "codec/kit_file.h"
#include "core/deploy/router_tiers.h"

namespace rigwise {
namespace {

/// Open WebUI's settings; whatever is secret is in secrets/open-webui.env.
constexpr const char* kSettings =
    "# Open WebUI, without secrets. With ENABLE_PERSISTENT_CONFIG off this file rules at every start, not the "
    "database.\n"
    "ENABLE_PERSISTENT_CONFIG=False\n"
    "WEBUI_AUTH=True\n"
    "ENABLE_SIGNUP=False\n"
    "DEFAULT_USER_ROLE=pending\n"
    "ENABLE_OLLAMA_API=False\n"
    "ENABLE_OPENAI_API=True\n"
    "DEFAULT_MODELS=standard\n"
    "VECTOR_DB=pgvector\n"
    "ENABLE_COMMUNITY_SHARING=False\n"
    "ENABLE_ADMIN_CHAT_ACCESS=False\n"
    "ENABLE_VERSION_UPDATE_CHECK=False\n"
    "WEBUI_SESSION_COOKIE_SECURE=True\n"
    "WEBUI_AUTH_COOKIE_SECURE=True\n"
    "ANONYMIZED_TELEMETRY=False\n"
    "DO_NOT_TRACK=True\n"
    "SCARF_NO_ANALYTICS=True\n";

/// With a provider of one's own; what names it is in .env, its secret in secrets/oidc.env.
constexpr const char* kProviderSettings =
    "\n# People sign in at your provider (OpenID Connect). A new one waits until an admin lets them in\n"
    "# (DEFAULT_USER_ROLE). The form for passwords stays for the first admin, who has the only one; once an admin "
    "signs\n"
    "# in at the provider, ENABLE_LOGIN_FORM=False hides it.\n"
    "ENABLE_OAUTH_SIGNUP=True\n"
    "ENABLE_OAUTH_PERSISTENT_CONFIG=False\n"
    "OAUTH_SCOPES='openid email profile'\n"
    "OAUTH_CODE_CHALLENGE_METHOD=S256\n"
    "OAUTH_MERGE_ACCOUNTS_BY_EMAIL=False\n";

constexpr const char* kDatabase =
    "-- Runs once, when the database is made: one database for the chat page and its vectors, one for the router.\n"
    "CREATE EXTENSION IF NOT EXISTS vector;\n"
    "CREATE DATABASE litellm;\n";

/// Makes the groups by Open WebUI's API.
std::string groups_script(const KitPlan& plan) {
  std::string text =
      "#!/usr/bin/env bash\n"
      "# Makes a group in Open WebUI for each group of people; whoever is in it is your choice, on the page Admin, "
      "Users.\n"
      "# One that is there already stays as it is.\n"
      "set -euo pipefail\n"
      "umask 077\n"
      "kit=$(cd \"$(dirname \"$0\")" +
      std::string(plan.has_many_nodes() ? "/../.." : "/..") +
      "\" && pwd)\n"
      "# shellcheck source=/dev/null\n"
      ". \"$kit/.env\"\n"
      "url=${OPEN_WEBUI_URL:-https://$SITE_ADDRESS}\n"
      "setting() { sed -n \"s/^$1=//p\" \"$kit/secrets/open-webui.env\" | tr -d \"'\"; }\n"
      "token=$(printf '{\"email\": \"%s\", \"password\": \"%s\"}' \"$(setting WEBUI_ADMIN_EMAIL)\" \"$(setting "
      "WEBUI_ADMIN_PASSWORD)\" |\n"
      "  curl --fail --silent --show-error ${CA_FILE:+--cacert \"$CA_FILE\"} --header 'Content-Type: application/json' "
      "--data @- \\\n"
      "    \"$url/api/v1/auths/signin\" | sed -n 's/.*\"token\": *\"\\([^\"]*\\)\".*/\\1/p')\n"
      "[[ -n $token ]] || { printf 'error: nobody could sign in\\n' >&2; exit 1; }\n\n"
      "ask() {  # PATH [BODY]\n"
      "  printf 'header = \"Authorization: Bearer %s\"\\n' \"$token\" |\n"
      "    curl --fail --silent --show-error ${CA_FILE:+--cacert \"$CA_FILE\"} --config - --header 'Content-Type: "
      "application/json' \\\n"
      "      ${2:+--data \"$2\"} \"$url$1\"\n"
      "}\n\n"
      "known=$(ask /api/v1/groups/)\n"
      "group() {  # NAME DESCRIPTION\n"
      "  if grep --quiet \"\\\"name\\\": *\\\"$1\\\"\" <<<\"$known\"; then\n"
      "    printf '%s is there already\\n' \"$1\"\n"
      "  else\n"
      "    ask /api/v1/groups/create \"{\\\"name\\\": \\\"$1\\\", \\\"description\\\": \\\"$2\\\"}\" >/dev/null\n"
      "    printf '%s made\\n' \"$1\"\n"
      "  fi\n"
      "}\n\n";
  for (const KitGroup& group : plan.groups) {
    std::string models;
    for (const std::string& tier : tiers_up_to(group.tier)) models += (models.empty() ? "" : ", ") + tier;
    text += "group '" + group.role + "' '" + std::to_string(group.people) + " people: " + models + "'\n";
  }
  return text;
}

}  // namespace

void add_chat_page_files(const KitPlan& plan, KitFiles& files) {
  if (!plan.has_gateway()) return;
  const std::string folder = plan.folder(plan.gateway);
  files.push_back({folder + "open-webui/settings.env", "0644", "settings of the chat page",
                   std::string(kSettings) + (plan.sign_in == PageSignIn::oidc ? kProviderSettings : "")});
  files.push_back({folder + "postgres/init.sql", "0644", "databases and the vector extension", kDatabase});
  if (plan.groups.empty()) return;
  files.push_back({folder + "open-webui/make_groups.sh", "0755", "makes the groups of people on the chat page",
                   groups_script(plan)});
}

}  // namespace rigwise
