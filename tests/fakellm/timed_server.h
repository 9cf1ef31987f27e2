#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/fakellm/timed_script.h"

namespace rigwise {

/// When an event's bytes were handed to the kernel: just before the write, and just after it.
struct TimedSend {
  std::int64_t before_ns = 0, after_ns = 0;
  int tokens = 0;
};

/// What really happened to one request. Times are of the steady clock, in nanoseconds.
struct TimedTruth {
  std::string request_id;        ///< as the client named it (x-request-id)
  std::string answer_id;         ///< as the answer names itself
  int status = 0;                ///< 0: none was sent
  std::int64_t received_ns = 0;  ///< the last byte of the question was read
  std::int64_t arrived_ns = 0;   ///< the kernel had it; 0: the kernel does not say
  std::int64_t end_ns = 0;
  int prompt_tokens = 0, cached_tokens = 0;
  int output_tokens = 0;  ///< counted, swallowed ones included
  int active_at_start = 0;
  bool whole = false;
  std::vector<TimedSend> events;  ///< those that carry tokens
};
Json timed_truth_json(const TimedTruth& truth);

struct TimedServerOptions {
  int port = 0;
  std::string log_file;  ///< JSON lines, one a request when it is over
  bool keep_truth = true;
  std::string tls_cert_file = {}, tls_key_file = {};  ///< speaks TLS, as localhost
  bool ipv6 = false;                                  ///< listens at ::1 and nowhere else
  bool old_tls = false;                               ///< TLS 1.2 at most
};

/// A chat server that sends tokens by a schedule and writes down when it sent each: what a load generator is held to.
/// One epoll thread, thousands of streams. OpenAI's dialect (/v1/chat/completions, /v1/completions, /v1/models,
/// /tokenize) and Ollama's (/api/chat, /api/tags), with TLS or without.
class TimedServer {
 public:
  static Result<std::unique_ptr<TimedServer>> start(TimedScript script, TimedServerOptions options = {});
  ~TimedServer();

  int port() const;
  std::string url() const;
  /// What has ended so far.
  std::vector<TimedTruth> truth() const;
  void stop();
  /// Waits for SIGINT or SIGTERM.
  void wait();

 private:
  struct Machinery;
  explicit TimedServer(std::unique_ptr<Machinery> machinery);
  std::unique_ptr<Machinery> machinery_;
};

}  // namespace rigwise
