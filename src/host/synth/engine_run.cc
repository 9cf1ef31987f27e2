#include "host/synth/engine_run.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <utility>

#include "codec/json_text.h"
#include "core/base/text.h"
#include "host/files/files.h"
#include "host/net/http_client.h"
#include "host/process/run_program.h"

namespace rigwise {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

struct KnownEngine {
  LocalEngine kind;
  const char* name;
};
constexpr std::array<KnownEngine, 3> kEngines = {{{LocalEngine::llama_bench, "llama-bench"},
                                                  {LocalEngine::llama_server, "llama-server"},
                                                  {LocalEngine::ollama, "ollama"}}};

/// The end of what a program said, on one line: its last words say why it failed.
std::string last_words(const std::string& text) {
  constexpr std::size_t kMost = 300;
  std::string words(trim(text));
  if (words.size() > kMost) words = "..." + words.substr(words.size() - kMost);
  for (char& c : words) {
    if (c == '\n' || c == '\r' || c == '\t') c = ' ';
  }
  return words;
}

Unexpected failed(const std::string& program, const std::string& why) {
  return fail({ErrorCode::io,
               "\"" + program + "\" did not measure the file: " + why,
               program,
               "run it by hand on the file that was written",
               {}});
}

/// Runs a program that must succeed.
Result<ProgramEnd> run_to_success(const std::vector<std::string>& arguments, const EngineWork& work) {
  ProgramLimits limits;
  limits.time = work.most_time;
  limits.go_on = work.go_on;
  Result<ProgramEnd> end = run_program(arguments, limits);
  if (!end || end->was_interrupted || end->succeeded()) return end;
  if (end->was_timed_out) return failed(arguments.front(), "it took longer than it may");
  const std::string how = end->signal != 0 ? "it ended by signal " + std::to_string(end->signal)
                                           : "it ended with status " + std::to_string(end->exit_status);
  const std::string words = last_words(end->err.empty() ? end->out : end->err);
  return failed(arguments.front(), how + (words.empty() ? "" : ": " + words));
}

Result<EngineOutput> run_llama_bench(const FoundEngine& engine, const std::string& gguf_path, const EngineWork& work) {
  const Result<ProgramEnd> end =
      run_to_success({engine.path, "-m", gguf_path, "-p", std::to_string(work.prompt_tokens), "-n",
                      std::to_string(work.gen_tokens), "-r", std::to_string(work.times), "-o", "json"},
                     work);
  if (!end) return fail(end.error());
  return EngineOutput{end->was_interrupted ? EngineRunEnd::interrupted : EngineRunEnd::measured, end->out,
                      end->seconds};
}

/// Letters without a pattern: each is a token of a synthetic file's tokenizer.
std::string prompt_of(int letters) {
  std::string prompt;
  std::uint32_t state = 1;
  for (int i = 0; i < letters; ++i) {
    state = state * 1664525u + 1013904223u;
    prompt += static_cast<char>('a' + (state >> 16) % 26);
  }
  return prompt;
}

/// A port of 127.0.0.1 that nobody uses now; 0 when the system has none.
int free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return 0;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  int port = 0;
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0)
    port = ntohs(address.sin_port);
  ::close(fd);
  return port;
}

struct HeardAnswer {
  HttpReply reply;
  std::string body;
};

boost::asio::awaitable<void> hear(HttpClient& client, const HttpCall& call, const HttpCancel& cancel,
                                  HeardAnswer& heard) {
  const HttpSink sink{[](const HttpReply&) {},
                      [&](std::string_view bytes, std::int64_t) {
                        heard.body += bytes;
                        return true;
                      }};
  heard.reply = co_await client.call(call, sink, cancel);
}

/// One call, waited for, ended when go_on() says no.
Result<HeardAnswer> ask(const HttpCall& call, const std::function<bool()>& go_on) {
  boost::asio::io_context io;
  const Result<std::unique_ptr<HttpClient>> client = HttpClient::open(io, {});
  if (!client) return fail(client.error());
  HttpCancel cancel;
  HeardAnswer heard;
  boost::asio::co_spawn(io, hear(**client, call, cancel, heard), boost::asio::detached);
  while (!io.stopped()) {
    io.run_for(std::chrono::milliseconds(100));
    if (go_on && !go_on()) cancel.cancel();
  }
  return heard;
}

/// Waits until the server has loaded the model; false when the user ended it.
Result<bool> wait_until_ready(BackgroundProgram& server, const std::string& root, const EngineWork& work,
                              Clock::time_point last) {
  HttpCall health;
  health.method = "GET";
  health.url = root + "/health";
  health.times.connect = std::chrono::milliseconds(1000);
  while (Clock::now() < last) {
    if (work.go_on && !work.go_on()) return false;
    if (!server.is_alive()) return failed("llama-server", "it ended while it loaded the file");
    const Result<HeardAnswer> heard = ask(health, work.go_on);
    if (!heard) return fail(heard.error());
    if (heard->reply.status == 200) return true;
    ::poll(nullptr, 0, 100);
  }
  return failed("llama-server", "it took longer to load the file than it may");
}

Result<EngineOutput> run_llama_server(const FoundEngine& engine, const std::string& gguf_path, const EngineWork& work) {
  const Clock::time_point began = Clock::now();
  const std::string port = std::to_string(free_port()), root = "http://127.0.0.1:" + port;
  const std::string context = std::to_string(work.prompt_tokens + work.gen_tokens + 64);
  Result<BackgroundProgram> server = BackgroundProgram::start(
      {engine.path, "-m", gguf_path, "--host", "127.0.0.1", "--port", port, "-c", context, "-np", "1"});
  if (!server) return fail(server.error());
  EngineOutput output;
  const Result<bool> ready = wait_until_ready(*server, root, work, began + work.most_time);
  if (!ready) return fail(ready.error());
  if (!*ready) output.end = EngineRunEnd::interrupted;
  HttpCall call;
  call.url = root + "/completion";
  call.fields.emplace_back("Content-Type", "application/json");
  call.times.idle = call.times.total = work.most_time;
  const Json request = {{"prompt", prompt_of(work.prompt_tokens)},
                        {"n_predict", work.gen_tokens},
                        {"ignore_eos", true},
                        {"cache_prompt", false},
                        {"temperature", 1.0}};
  call.body = request.dump();
  // The first one warms up and is not kept.
  for (int i = 0; i <= work.times && output.end == EngineRunEnd::measured; ++i) {
    const Result<HeardAnswer> heard = ask(call, work.go_on);
    if (!heard) return fail(heard.error());
    if (work.go_on && !work.go_on()) {
      output.end = EngineRunEnd::interrupted;
    } else if (heard->reply.status != 200) {
      return failed("llama-server", heard->reply.status == 0 ? std::string(http_fault_name(heard->reply.fault))
                                                             : last_words(heard->body));
    } else if (i > 0) {
      const Result<Json> answer = parse_json(heard->body);
      if (!answer) return failed("llama-server", "its answer is no JSON");
      output.text += answer->dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
    }
  }
  output.seconds = std::chrono::duration<double>(Clock::now() - began).count();
  return output;
}

Result<EngineOutput> run_ollama(const FoundEngine& engine, const std::string& gguf_path, const EngineWork& work) {
  std::error_code fault;
  const std::string absolute = fs::absolute(gguf_path, fault).string();
  const std::string name = "rigwise-synth-" + std::to_string(::getpid());
  const std::string modelfile = gguf_path + ".Modelfile";
  const Result<void> written = write_file_atomically(
      modelfile, "FROM " + absolute + "\nPARAMETER num_predict " + std::to_string(work.gen_tokens) +
                     "\nPARAMETER num_ctx " + std::to_string(work.prompt_tokens + work.gen_tokens + 64) +
                     "\nTEMPLATE \"{{ .Prompt }}\"\n");
  if (!written) return fail(written.error());
  const Clock::time_point began = Clock::now();
  Result<ProgramEnd> end = run_to_success({engine.path, "create", name, "-f", modelfile}, work);
  fs::remove(modelfile, fault);
  if (!end) return fail(end.error());
  EngineOutput output;
  output.text = "$ ollama run " + name + " --verbose\n";
  // A prompt that was asked before is cached: each has a beginning of its own. The first warms up and is not kept.
  for (int i = 0; i <= work.times && !end->was_interrupted; ++i) {
    const std::string prompt = std::string(1, static_cast<char>('A' + i)) + prompt_of(work.prompt_tokens - 1);
    end = run_to_success({engine.path, "run", name, "--verbose", prompt}, work);
    if (!end) break;
    if (i > 0) output.text += end->err + "\n" + end->out + "\n";
  }
  EngineWork tidying = work;
  tidying.go_on = nullptr;
  const Result<ProgramEnd> removed = run_to_success({engine.path, "rm", name}, tidying);
  if (!end) return fail(end.error());
  if (!removed) return fail(removed.error());
  if (end->was_interrupted) output.end = EngineRunEnd::interrupted;
  output.seconds = std::chrono::duration<double>(Clock::now() - began).count();
  return output;
}

}  // namespace

const char* local_engine_name(LocalEngine engine) {
  for (const KnownEngine& known : kEngines) {
    if (known.kind == engine) return known.name;
  }
  return "";
}

Result<FoundEngine> find_engine(const std::optional<std::string>& path) {
  for (const KnownEngine& known : kEngines) {
    if (!path) {
      if (std::optional<std::string> found = find_program(known.name)) return FoundEngine{known.kind, *found};
      continue;
    }
    if (path->substr(path->find_last_of('/') + 1).find(known.name) == std::string::npos) continue;
    if (std::optional<std::string> found = find_program(*path)) return FoundEngine{known.kind, *found};
    return fail({ErrorCode::io,
                 "\"" + *path + "\" is no program that may be run",
                 "--engine",
                 "the path of llama-bench, llama-server or ollama",
                 {}});
  }
  if (path) {
    return invalid("\"" + *path + "\" is none of the engines by its name", "--engine",
                   "the path of llama-bench, llama-server or ollama");
  }
  return fail({ErrorCode::io,
               "neither llama-bench nor llama-server nor ollama is on PATH",
               "--run",
               "--engine PATH, or without --run: the file alone",
               {}});
}

Result<EngineOutput> run_engine(const FoundEngine& engine, const std::string& gguf_path, const EngineWork& work) {
  switch (engine.kind) {
    case LocalEngine::llama_bench: return run_llama_bench(engine, gguf_path, work);
    case LocalEngine::llama_server: return run_llama_server(engine, gguf_path, work);
    case LocalEngine::ollama: return run_ollama(engine, gguf_path, work);
  }
  return failed(engine.path, "it is not known");
}

}  // namespace rigwise
