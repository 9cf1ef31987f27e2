#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "host/serve/eval_api.h"
#include "host/serve/listen_address.h"
#include "host/serve/runs_api.h"
#include "verbs/verbs.h"

namespace rigwise {

/// How much of the machine anybody may take.
struct ServerLimits {
  std::size_t header_bytes = std::size_t{16} << 10;
  std::size_t body_bytes = std::size_t{64} << 20;
  std::size_t large_body_bytes = std::size_t{256} << 10;  ///< bodies beyond it are taken in a few at a time
  int large_bodies = 8;
  int connections = 2048;
  int waiting_quick = 2048;  ///< verbs under way or in the queue of their kind
  int waiting_slow = 64;
  int waiting_store = 64;
  int threads = 0;  ///< for verbs of each kind; 0: as many as the machine has, two at least
  std::chrono::milliseconds header_time{10'000};
  std::chrono::milliseconds body_time{60'000};
  std::chrono::milliseconds idle_time{75'000};  ///< between requests of a connection
  std::chrono::milliseconds write_time{60'000};
  std::chrono::milliseconds heartbeat{15'000};
  std::chrono::milliseconds stop_time{30'000};  ///< for running requests, once told to stop
};

struct ServerOptions {
  ListenAddress listen;
  std::string token;               ///< must be there when other machines can reach the address
  std::string opening;             ///< good once in the token's place, to open the page in a browser; empty: none
  std::vector<std::string> hosts;  ///< names this server goes by, beside localhost and addresses
  std::string tls_cert_file;       ///< PEM, the chain; with tls_key_file
  std::string tls_key_file;
  std::string version;
  RunsAccess runs;
  EvalAccess evaluations;  ///< has_token is set by the server itself
  ServerLimits limits;
};

/// The HTTP server: the API and the dashboard on one address. One thread moves bytes, a few others run verbs, so that
/// a long simulation delays nobody.
class HttpServer {
 public:
  /// Listens, answers nothing yet. The house must outlive the server.
  /// Errors  an address of other machines without a token, a token too short, unreadable certificates (bad input); a
  ///         port that is taken or not ours to take (the world).
  static Result<std::unique_ptr<HttpServer>> open(const House& house, ServerOptions options);
  ~HttpServer();

  /// "http://127.0.0.1:7468/", one for each address listened on.
  const std::vector<std::string>& urls() const;
  int port() const;

  /// Answers until stop(), or with `until_signal` until SIGINT or SIGTERM: then nobody new is let in, requests under
  /// way end, streams say goodbye.
  void run(bool until_signal);

  /// May be called from any thread, before or during run().
  void stop();

 private:
  struct Machinery;
  explicit HttpServer(std::unique_ptr<Machinery> machinery);
  std::unique_ptr<Machinery> machinery_;
};

}  // namespace rigwise
