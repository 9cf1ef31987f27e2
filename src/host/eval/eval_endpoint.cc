#include "host/eval/eval_endpoint.h"

#include <sys/stat.h>

#include "codec/chat.h"
#include "core/base/text.h"
#include "host/eval/demo_record.h"
#include "host/files/files.h"
#include "host/net/net_url.h"
#include "host/store/ledger_transfer.h"

namespace rigwise {
namespace {

constexpr const char* kOllama = "http://127.0.0.1:11434";
constexpr const char* kLlama = "http://127.0.0.1:8080/v1";
constexpr const char* kOpenRouter = "https://openrouter.ai/api/v1";
constexpr int kOllamaPort = 11434;

Result<ChatDialect> dialect_of(const EndpointChoice& choice, const NetUrl& url) {
  if (!choice.dialect.empty()) {
    const auto named = dialect_of_name(choice.dialect);
    if (named) return *named;
    return fail({ErrorCode::invalid_input, "no endpoint speaks \"" + choice.dialect + "\"", "--dialect",
                 "openai, openrouter or ollama", nearest_names(choice.dialect, {"openai", "openrouter", "ollama"})});
  }
  if (url.host == "openrouter.ai" || url.target.starts_with("/api/v1")) return ChatDialect::openrouter;
  if (url.port == kOllamaPort && !url.target.starts_with("/v1")) return ChatDialect::ollama;
  return ChatDialect::openai;
}

Result<std::string> key_of_file(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) == 0 && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return invalid("others may read the key file " + path, "--api-key-file", "chmod 600 " + path);
  }
  Result<std::string> text = read_file(path);
  if (!text) return text;
  const std::string key(trim(*text));
  if (key.empty() || key.find_first_of(" \t\r\n") != std::string::npos)
    return invalid("the key file " + path + " does not hold one key", "--api-key-file", "a file with the key alone");
  return key;
}

Result<std::string> key_of(const EndpointChoice& choice, bool is_openrouter,
                           std::optional<std::string> (*environment)(const std::string& name)) {
  if (!choice.api_key_file.empty()) return key_of_file(choice.api_key_file);
  std::string name = choice.api_key_env;
  if (looks_like_a_key(name) || name.size() > 64) {
    // Not quoted: it may be the key itself.
    return invalid("--api-key-env takes the name of an environment variable and never a key", "--api-key-env",
                   "--api-key-env OPENROUTER_API_KEY; and a new key, if that was one: others can see arguments");
  }
  const bool asked = !name.empty();
  if (!asked && is_openrouter) name = "OPENROUTER_API_KEY";
  if (name.empty()) return std::string();
  const std::optional<std::string> value = environment(name);
  if (value && !trim(*value).empty()) return std::string(trim(*value));
  return invalid("the environment variable " + name + " is not set", asked ? "--api-key-env" : "--endpoint",
                 "export " + name + "=..., or --api-key-file FILE");
}

std::string without_slashes(std::string text) {
  while (text.ends_with('/')) text.pop_back();
  return text;
}

/// It needs no key and no network; where it stands it is called by its one name.
Result<EvalEndpoint> demo_endpoint() {
  const Result<std::shared_ptr<const DemoRecord>> record = DemoRecord::read(bundled_files());
  if (!record) return fail(record.error());
  EvalEndpoint endpoint;
  endpoint.id = endpoint.server = endpoint.chat.base_url = kDemoEndpoint;
  endpoint.is_local = true;
  endpoint.demo = *record;
  endpoint.chat.answer_here = [record = *record](const ChatRequest& request) { return record->answer(request); };
  return endpoint;
}

}  // namespace

Result<EvalEndpoint> resolve_endpoint(const EndpointChoice& choice,
                                      std::optional<std::string> (*environment)(const std::string& name)) {
  if (choice.endpoint == kDemoEndpoint) return demo_endpoint();
  std::string url = choice.endpoint;
  if (url == "ollama") url = kOllama;
  if (url == "llama") url = kLlama;
  if (url == "openrouter") url = kOpenRouter;
  const Result<NetUrl> parsed = parse_net_url(url);
  if (!parsed) {
    Error error = parsed.error();
    if (url.find("://") == std::string::npos) error.message = "\"" + url + "\" is no endpoint";
    error.where = "--endpoint";
    error.try_this = "a URL such as http://127.0.0.1:8080/v1, or ollama, llama, openrouter, demo";
    error.did_you_mean = url.find_first_of(".:/") != std::string::npos && url.find("://") == std::string::npos
                             ? std::vector<std::string>{"http://" + url}
                             : nearest_names(url, {"ollama", "llama", "openrouter", "demo"});
    return fail(std::move(error));
  }
  if (url.find_first_of("?#") != std::string::npos) {
    // What is asked goes below the address; and a key in it would be kept with every answer.
    return invalid("an endpoint's address ends before its query", "--endpoint",
                   "http://host:port/v1; a key with --api-key-env NAME or --api-key-file FILE");
  }
  EvalEndpoint endpoint;
  const Result<ChatDialect> dialect = dialect_of(choice, *parsed);
  if (!dialect) return fail(dialect.error());
  endpoint.chat.dialect = *dialect;
  endpoint.chat.base_url = without_slashes(url);
  // Pasted whole from a call of curl.
  for (const std::string_view called : {"/chat/completions", "/completions"}) {
    if (endpoint.chat.base_url.ends_with(called))
      endpoint.chat.base_url.resize(endpoint.chat.base_url.size() - called.size());
  }
  // A bare "http://host:8080" means the usual place of the dialect.
  if (parsed->target == "/" && *dialect == ChatDialect::openai) endpoint.chat.base_url += "/v1";
  if (parsed->target == "/" && *dialect == ChatDialect::openrouter) endpoint.chat.base_url += "/api/v1";
  endpoint.is_local = is_loopback_host(parsed->host);
  endpoint.server = authority_of(*parsed);
  endpoint.id = std::string(dialect_name(*dialect)) + ":" + endpoint.chat.base_url;
  Result<std::string> key = key_of(choice, *dialect == ChatDialect::openrouter && !endpoint.is_local, environment);
  if (!key) return fail(key.error());
  endpoint.chat.key = std::move(*key);
  return endpoint;
}

boost::asio::awaitable<Result<std::string>> find_local_endpoint(HttpClient& client) {
  for (const char* name : {"ollama", "llama"}) {
    ChatEndpoint endpoint;
    const bool is_ollama = std::string_view(name) == "ollama";
    endpoint.dialect = is_ollama ? ChatDialect::ollama : ChatDialect::openai;
    endpoint.base_url = is_ollama ? kOllama : kLlama;
    endpoint.times = {std::chrono::milliseconds(1000), std::chrono::milliseconds(2000),
                      std::chrono::milliseconds(3000)};
    const Result<std::vector<ListedModel>> models = co_await list_models(client, endpoint);
    if (models) co_return std::string(name);
  }
  co_return fail({ErrorCode::io,
                  "no endpoint is named, and neither Ollama (port 11434) nor llama-server (port 8080) answers on this "
                  "machine",
                  "--endpoint",
                  "--endpoint URL, ollama, llama or openrouter; or --endpoint demo, which asks nobody",
                  {}});
}

}  // namespace rigwise
