#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "codec/json_text.h"
#include "core/base/result.h"
#include "host/bench/load_plan.h"
#include "host/net/chat_client.h"
#include "host/net/net_url.h"

namespace rigwise {

/// How an endpoint is asked.
enum class BenchDialect { chat, completions, ollama };
std::string_view bench_dialect_name(BenchDialect dialect);

/// How the endpoint counts the tokens of a text that it is given, if it does.
enum class RemoteTokenizer { none, llama, vllm };

/// What the endpoint can do, tried out before anything is measured.
struct EndpointAbilities {
  std::vector<std::string> models;  ///< that it lists
  bool takes_ignore_eos = false, takes_min_tokens = false, takes_usage = false;
  bool streams = false, tells_usage = false, tells_cached = false, tells_timings = false;
  RemoteTokenizer tokenizer = RemoteTokenizer::none;
  int template_tokens = 0;       ///< what the chat template adds to a text, where the tokenizer lets us know
  double ttft_s = 0, e2e_s = 0;  ///< of the last try, which was short
  std::optional<double> tpot_s;
  double tokens_per_event = 1;
};

struct BenchTarget {
  ChatEndpoint chat;  ///< base URL and key
  NetUrl url;
  BenchDialect dialect = BenchDialect::chat;
  std::string model;
  LoadAddress address;
  TlsTrust trust;
  std::shared_ptr<const TlsTarget> tls;  ///< made from `trust` where the address is https
  bool is_here = false;
  bool running_usage = false;  ///< ask for counts with every event
  EndpointAbilities abilities;
  double idle_timeout_s = 120, total_timeout_s = 600;  ///< of each call while it is tried out, as of those measured
  const std::atomic<bool>* interrupt = nullptr;  ///< somebody has lost patience: nothing more is asked, or waited for

  std::string path() const;
  bool is_interrupted() const { return interrupt != nullptr && *interrupt; }
};

/// The first address at which somebody takes a connection within two seconds; the first of all where nobody does.
/// Takes  one or more.
LoadAddress first_that_answers(const std::vector<LoadAddress>& addresses);

/// Fills in `address` and `tls` from `url` and `trust`. Errors  nobody knows the host; no certificates in the file.
Result<void> resolve_target(BenchTarget& target);

/// Looks the name up, lists models, tries one short request with everything that helps and with less where that is
/// refused. Fills in `model` when the endpoint lists exactly one.
/// Errors  the endpoint cannot be reached, is not who it says (TLS), says nothing for `idle_timeout_s`, or does not
///         answer a plain question; interrupted.
Result<void> try_endpoint(BenchTarget& target);

/// What to say where the endpoint lists models and `model` is none of them; nothing where it lists none, or this one
/// (Ollama's tag "latest" may be left out). No error: servers take aliases, adapters, or any name at all.
std::optional<std::string> unlisted_model_warning(const std::string& model, const std::vector<std::string>& listed);

/// The body of a question, but for what `content` says. Gives JSON.
Json bench_body(const BenchTarget& target, const std::string& content, int output_tokens);

/// Tokens that the endpoint counts in a prompt of this content, template included: by its tokenizer, else by asking it
/// for one token. Nothing when it does not say.
std::optional<int> remote_prompt_tokens(const BenchTarget& target, const std::string& content);

}  // namespace rigwise
