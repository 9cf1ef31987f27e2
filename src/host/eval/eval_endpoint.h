#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/net/chat_client.h"

namespace rigwise {

class DemoRecord;

/// What the user says of an endpoint. A key is named, never given.
struct EndpointChoice {
  std::string
      endpoint;  ///< a URL, "ollama", "openrouter", "llama", "demo"; empty: a server of this machine, if one is found
  std::string dialect;       ///< empty: guessed
  std::string api_key_env;   ///< name of an environment variable
  std::string api_key_file;  ///< a file of mode 0600
};

/// An endpoint with what running against it needs to know.
struct EvalEndpoint {
  ChatEndpoint chat;
  std::string id;      ///< "openai:https://host/v1": without secrets, the same for the same endpoint
  std::string server;  ///< "host:port", in the names of its models
  bool is_local = false;
  std::shared_ptr<const DemoRecord> demo;  ///< of the demonstration, which nobody else is asked for; null: a real one
};

/// Reads the choice. `environment(name)` gives a variable's value, or nothing.
/// Errors  an address with a password in it, a key where a name is wanted, a key file that others may read.
Result<EvalEndpoint> resolve_endpoint(const EndpointChoice& choice,
                                      std::optional<std::string> (*environment)(const std::string& name));

/// The first server that listens on this machine: Ollama, then llama-server. Errors  there is none.
boost::asio::awaitable<Result<std::string>> find_local_endpoint(HttpClient& client);

}  // namespace rigwise
