// fakellm: a scripted chat server for tests. See docs of fake_script.h for what a script may say.
#include <csignal>
#include <cstdio>
#include <string>
#include <string_view>

#include "core/base/text.h"
#include "host/files/files.h"
#include "tests/fakellm/fake_server.h"
#include "tests/fakellm/timed_server.h"

namespace {

constexpr const char* kUsage =
    "usage: fakellm [--script FILE.json] [--port N] [--log FILE.jsonl] [--tls-cert FILE --tls-key FILE]\n"
    "       fakellm --timed FILE.json [the same]    tokens by a schedule (timed_script.h)\n"
    "Serves /v1/chat/completions, /api/v1/chat/completions (OpenRouter) and /api/chat (Ollama) on 127.0.0.1\n"
    "until SIGINT or SIGTERM. Prints its URL first, and what it was asked last.\n";

int refuse(const rigwise::Error& error) {
  std::fprintf(stderr, "error: %s%s%s\n", error.message.c_str(), error.where.empty() ? "" : " at ",
               error.where.c_str());
  return rigwise::exit_status(error.code);
}

/// The sibling that keeps to a schedule. Signals are blocked before its thread begins, so that only wait() sees them.
int run_timed(const std::string& script_file, const rigwise::FakeServerOptions& options) {
  const auto text = rigwise::read_file(script_file);
  if (!text) return refuse(text.error());
  const auto script = rigwise::parse_timed_script(*text);
  if (!script) return refuse(script.error());
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  const auto server = rigwise::TimedServer::start(
      *script, {options.port, options.log_file, false, options.tls_cert_file, options.tls_key_file});
  if (!server) return refuse(server.error());
  std::printf("%s\n", (*server)->url().c_str());
  std::fflush(stdout);
  (*server)->wait();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  rigwise::FakeScript script;
  rigwise::FakeServerOptions options;
  std::string timed_file;
  options.keep_truth = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view flag = argv[i];
    if (flag == "--help" || i + 1 >= argc) {
      std::fputs(kUsage, flag == "--help" ? stdout : stderr);
      return flag == "--help" ? 0 : 2;
    }
    const std::string value = argv[++i];
    if (flag == "--script") {
      const auto text = rigwise::read_file(value);
      if (!text) return refuse(text.error());
      auto read = rigwise::parse_fake_script(*text);
      if (!read) return refuse(read.error());
      script = std::move(*read);
    } else if (flag == "--port") {
      const auto port = rigwise::parse_number(value);
      if (!port || *port < 0 || *port > 65535)
        return refuse({rigwise::ErrorCode::invalid_input, "no port: " + value, "", "", {}});
      options.port = static_cast<int>(*port);
    } else if (flag == "--timed") {
      timed_file = value;
    } else if (flag == "--log") {
      options.log_file = value;
    } else if (flag == "--tls-cert") {
      options.tls_cert_file = value;
    } else if (flag == "--tls-key") {
      options.tls_key_file = value;
    } else {
      std::fputs(kUsage, stderr);
      return 2;
    }
  }
  if (!timed_file.empty()) return run_timed(timed_file, options);
  const auto server = rigwise::FakeServer::start(std::move(script), std::move(options));
  if (!server) return refuse(server.error());
  std::printf("%s\n", (*server)->url().c_str());
  std::fflush(stdout);
  (*server)->wait();
  const rigwise::FakeTotals totals = (*server)->totals();
  std::printf("calls %d, pairs %d, whole %d, good %d, in flight at most %d\n", totals.calls, totals.pairs, totals.whole,
              totals.good, totals.in_flight_max);
  return 0;
}
