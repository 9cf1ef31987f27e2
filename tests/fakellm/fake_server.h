#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/fakellm/fake_script.h"

namespace rigwise {

/// What really happened to one request, as the server saw it. Times are of the steady clock, in nanoseconds.
struct FakeTruth {
  int request = 0;
  std::string path, model, prompt_sha256, id;
  bool stream = false;
  int attempt = 0;  ///< how often this model has been asked this prompt, from 1
  FakeFault fault = FakeFault::none;
  int status = 0;  ///< 0: no head was sent
  std::int64_t received_ns = 0, head_ns = 0, first_word_ns = 0, end_ns = 0;
  int prompt_tokens = 0, completion_tokens = 0, events_sent = 0;
  std::int64_t cost_nano = 0;
  bool whole = false;                   ///< all bytes that were meant to be sent went out
  std::vector<std::int64_t> events_ns;  ///< when the script logs events
};
Json truth_json(const FakeTruth& truth);

struct FakeTotals {
  int calls = 0;  ///< questions received
  int pairs = 0;  ///< distinct model and prompt
  int whole = 0;  ///< answered in full, fault or not
  int good = 0;   ///< answered in full with an answer
  int in_flight = 0, in_flight_max = 0;
};

struct FakeServerOptions {
  int port = 0;            ///< 0: a free one
  std::string log_file;    ///< JSON lines, one a request when it is over; empty: none
  bool keep_truth = true;  ///< in memory too
  std::string tls_cert_file, tls_key_file;
};

/// A server that speaks like OpenAI's (`/v1`), OpenRouter's (`/api/v1`) and Ollama's (`/api/chat`), does what its
/// script says and writes down what it did. One thread serves thousands of streams.
class FakeServer {
 public:
  static Result<std::unique_ptr<FakeServer>> start(FakeScript script, FakeServerOptions options = {});
  ~FakeServer();

  int port() const;
  /// "http://127.0.0.1:40001"; add /v1 for OpenAI's dialect, /api/v1 for OpenRouter's.
  std::string url() const;

  /// From the next question on.
  void set_script(FakeScript script);
  std::vector<FakeTruth> truth() const;
  FakeTotals totals() const;
  void forget();
  /// Waits until nothing is in flight: a client has its answer before the server has written down that it gave it.
  void settle() const;

  void stop();
  /// Waits until somebody calls stop(), or SIGINT or SIGTERM comes.
  void wait();

 private:
  struct Machinery;
  explicit FakeServer(std::unique_ptr<Machinery> machinery);
  std::unique_ptr<Machinery> machinery_;
};

}  // namespace rigwise
