#include "tests/fakellm/timed_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <ctime>
#include <fstream>
#include <mutex>
#include <queue>
#include <thread>
#include <unordered_map>
#include <unordered_set>

#include "tests/fakellm/timed_engine.h"
#include "tests/fakellm/timed_link.h"

namespace rigwise {
namespace {

std::int64_t now_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

/// What a compressed body says it is; empty: it is none.
std::string_view coding_of(TimedWire wire) {
  switch (wire) {
    case TimedWire::gzip: return "gzip";
    case TimedWire::brotli: return "br";
    case TimedWire::zstd: return "zstd";
    default: return "";
  }
}

/// An answer that is being given.
struct Answer {
  TimedQuestion question;
  TimedTruth truth;
  Random random{0};
  int count = 0;       ///< tokens that it will have
  int given = 0;       ///< due so far
  int sent = 0;        ///< told to the client, swallowed ones included
  int events = 0;      ///< with text, sent
  int next_event = 1;  ///< tokens that the next event carries
  bool stalls = false;
  bool role_sent = false;
  bool odd = false;  ///< the script's wire is this one's
  std::string held;  ///< a burst's events
  std::int64_t due_ns = 0;
  std::int64_t held_until_ns = 0;  ///< a stall that ends in a burst
};

struct Connection {
  Connection(std::uint64_t its_name, int socket, const TimedTls& tls) : link(socket, tls), name(its_name) {}

  TimedLink link;
  std::uint64_t name = 0;
  std::string in;
  bool watched_to_write = false, closes = false;
  std::unique_ptr<Answer> answer;
};

enum class TimerKind : std::uint8_t { role, token, step };
struct Timer {
  std::int64_t at_ns = 0;
  std::uint64_t name = 0;
  TimerKind kind = TimerKind::token;
  friend bool operator>(const Timer& a, const Timer& b) {
    return a.at_ns != b.at_ns ? a.at_ns > b.at_ns : a.name > b.name;
  }
};

}  // namespace

struct TimedServer::Machinery {
  TimedScript script;
  TimedServerOptions options;
  TimedEngine engine{script};
  TimedTls tls;
  int listener = -1, poll = -1, wake = -1, port = 0;
  std::thread thread;
  std::unordered_map<std::uint64_t, std::unique_ptr<Connection>> connections;
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers;
  std::unordered_set<std::uint64_t> known_prefixes;
  std::uint64_t next_name = 2, requests = 0;
  std::int64_t loaded_ns = 0;  ///< when the model is; 0: nobody has asked yet
  std::string text;
  std::ofstream log;
  mutable std::mutex mutex;
  std::vector<TimedTruth> truths;
  std::atomic<bool> stopping{false};

  ~Machinery() {
    if (thread.joinable()) {
      stopping = true;
      const std::uint64_t one = 1;
      [[maybe_unused]] const auto woken = ::write(wake, &one, sizeof one);
      thread.join();
    }
    for (const int descriptor : {listener, poll, wake}) {
      if (descriptor >= 0) ::close(descriptor);
    }
  }

  Result<void> listen();
  void run();
  void accept_all();
  void read(Connection& connection);
  bool take_request(Connection& connection);
  void reply(Connection& connection, int status, std::string_view body);
  void begin(Connection& connection, std::string_view path, std::string_view request_id, std::string_view body);
  void begin_alone(Connection& connection);
  void begin_stream(Connection& connection);
  void on_timer(const Timer& timer);
  void on_token(Connection& connection);
  void send_text(Connection& connection, int tokens);
  void finish(Connection& connection);
  void put_event(Connection& connection, const TimedEvent& event);
  void put_chunk(Connection& connection, std::string_view bytes);
  void send(Connection& connection, std::string_view bytes);
  void send_slowly(Connection& connection, std::string_view bytes);
  void close(Connection& connection, bool reset = false);
  void write_down(Answer& answer);  ///< with `mutex` held
  std::int64_t gap_ns(Answer& answer);
  int draw_event_size(Answer& answer);
};

Result<void> TimedServer::Machinery::listen() {
  const auto world = [](const char* what) {
    return fail({ErrorCode::io, std::string(what) + " failed", "timed server", "", {}});
  };
  if (!options.tls_cert_file.empty()) {
    Result<TimedTls> opened = open_timed_tls(options.tls_cert_file, options.tls_key_file, options.old_tls);
    if (!opened) return fail(opened.error());
    tls = std::move(*opened);
  }
  listener = ::socket(options.ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in four{};
  four.sin_family = AF_INET;
  four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  four.sin_port = htons(static_cast<std::uint16_t>(options.port));
  sockaddr_in6 six{};
  six.sin6_family = AF_INET6;
  six.sin6_addr = in6addr_loopback;
  six.sin6_port = four.sin_port;
  auto* const address = options.ipv6 ? reinterpret_cast<sockaddr*>(&six) : reinterpret_cast<sockaddr*>(&four);
  socklen_t size = options.ipv6 ? sizeof six : sizeof four;
  if (bind(listener, address, size) != 0) return world("bind");
  if (::listen(listener, 4096) != 0) return world("listen");
  getsockname(listener, address, &size);
  port = ntohs(options.ipv6 ? six.sin6_port : four.sin_port);
  poll = epoll_create1(EPOLL_CLOEXEC);
  wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = 0;
  epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
  event.data.u64 = 1;
  epoll_ctl(poll, EPOLL_CTL_ADD, wake, &event);
  if (!options.log_file.empty()) {
    log.open(options.log_file);
    if (!log) return world("opening the log");
  }
  return {};
}

void TimedServer::Machinery::run() {
  // A goodbye of TLS to somebody who has gone must not end the program.
  sigset_t broken_pipe;
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
  std::vector<epoll_event> events(512);
  while (!stopping) {
    timespec wait{1, 0};
    if (!timers.empty()) {
      const std::int64_t left = std::clamp<std::int64_t>(timers.top().at_ns - now_ns(), 0, 1'000'000'000);
      wait = {left / 1'000'000'000, left % 1'000'000'000};
    }
    const int count = epoll_pwait2(poll, events.data(), static_cast<int>(events.size()), &wait, nullptr);
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      const std::uint64_t name = event.data.u64;  // a copy: the kernel's struct is packed, and find() takes a reference
      if (name == 0) accept_all();
      if (name < 2) continue;
      const auto found = connections.find(name);
      if (found == connections.end()) continue;
      Connection& connection = *found->second;
      if ((event.events & EPOLLOUT) != 0) send(connection, {});
      if ((event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) read(connection);
    }
    // What is due goes first in order of its time; a reader is looked after again soon.
    for (int i = 0; i < 256 && !timers.empty() && timers.top().at_ns <= now_ns(); ++i) {
      const Timer timer = timers.top();
      timers.pop();
      on_timer(timer);
    }
  }
  connections.clear();  // here, where the signal is blocked: links say goodbye too
}

void TimedServer::Machinery::accept_all() {
  for (;;) {
    const int socket = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket < 0) return;
    auto connection = std::make_unique<Connection>(next_name++, socket, tls);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = connection->name;
    epoll_ctl(poll, EPOLL_CTL_ADD, socket, &event);
    connections.emplace(connection->name, std::move(connection));
  }
}

void TimedServer::Machinery::read(Connection& connection) {
  char bytes[65536];
  const std::uint64_t name = connection.name;
  do {
    const ssize_t count = connection.link.receive(bytes, sizeof bytes);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) break;
    if (count <= 0) return close(connection);
    connection.in.append(bytes, static_cast<std::size_t>(count));
  } while (connection.link.holds_more());
  while (connections.count(name) != 0 && !connection.answer && take_request(connection)) {
  }
}

bool TimedServer::Machinery::take_request(Connection& connection) {
  const std::size_t end = connection.in.find("\r\n\r\n");
  if (end == std::string::npos) return false;
  const std::string head = connection.in.substr(0, end + 2);
  const std::string length = timed_field_of(head, "content-length");
  const std::size_t size = length.empty() ? 0 : static_cast<std::size_t>(std::atoll(length.c_str()));
  if (connection.in.size() < end + 4 + size) return false;
  const std::string body = connection.in.substr(end + 4, size);
  connection.in.erase(0, end + 4 + size);
  const std::size_t space = head.find(' ');
  const std::string path = head.substr(space + 1, head.find(' ', space + 1) - space - 1);
  begin(connection, path, timed_field_of(head, "x-request-id"), body);
  return true;
}

void TimedServer::Machinery::reply(Connection& connection, int status, std::string_view body) {
  send(connection, "HTTP/1.1 " + std::to_string(status) +
                       " Said\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
                       "\r\n\r\n" + std::string(body));
}

void TimedServer::Machinery::begin(Connection& connection, std::string_view path, std::string_view request_id,
                                   std::string_view body) {
  const std::int64_t received = now_ns();
  if (path == "/health") return reply(connection, 200, "{}");
  if (path == "/api/tags") {
    Json models = Json::array();
    for (const std::string& model : script.models) models.push_back({{"name", model}});
    return reply(connection, 200, Json{{"models", models}}.dump());
  }
  if (path == "/v1/models") {
    Json models = Json::array();
    for (const std::string& model : script.models) models.push_back({{"id", model}, {"object", "model"}});
    return reply(connection, 200, Json{{"object", "list"}, {"data", models}}.dump());
  }
  if (path == "/tokenize") {
    const Json json = Json::parse(body, nullptr, false);
    const int count = json.is_object() ? timed_token_count(json.value("content", "")) : 0;
    Json tokens = Json::array();
    for (int i = 0; i < count; ++i) tokens.push_back(i);
    return reply(connection, 200, Json{{"tokens", tokens}}.dump());
  }
  const std::optional<TimedDialect> dialect = timed_dialect_of_path(path);
  if (!dialect) return reply(connection, 404, R"({"error":{"message":"no such path"}})");
  std::optional<TimedQuestion> question = read_timed_question(body, *dialect);
  if (!question) return reply(connection, 400, R"({"error":{"message":"no question"}})");
  if (script.batching && engine.is_full()) {
    return reply(connection, 503, R"({"error":{"message":"the queue is full","code":503}})");
  }
  auto answer = std::make_unique<Answer>();
  answer->question = std::move(*question);
  answer->question.request_id = request_id;
  ++requests;
  answer->question.id = "timed-" + std::to_string(script.same_ids ? 1 : requests);
  answer->random = Random(script.seed, 1, requests);
  answer->count = script.output_tokens > 0 ? std::min(script.output_tokens, answer->question.max_tokens)
                                           : answer->question.max_tokens;
  answer->stalls = script.stall_ms > 0 && answer->random.uniform() < script.stall_share;
  answer->odd = script.wire != TimedWire::plain && answer->random.uniform() < script.wire_share;
  answer->next_event = draw_event_size(*answer);
  if (script.prefix_cache) {
    int known = 0;
    for (const std::uint64_t hash : answer->question.prefixes) {
      if (known_prefixes.count(hash) == 0) break;
      ++known;
    }
    answer->question.cached_tokens = std::min(known * 16, answer->question.prompt_tokens);
    known_prefixes.insert(answer->question.prefixes.begin(), answer->question.prefixes.end());
  }
  answer->truth.request_id = answer->question.request_id;
  answer->truth.answer_id = answer->question.id;
  answer->truth.received_ns = received;
  answer->truth.arrived_ns = connection.link.arrived_ns();
  answer->truth.prompt_tokens = answer->question.prompt_tokens;
  answer->truth.cached_tokens = answer->question.cached_tokens;
  answer->truth.active_at_start = engine.active();
  answer->truth.events.reserve(static_cast<std::size_t>(answer->count));
  connection.answer = std::move(answer);
  begin_stream(connection);
  if (!connection.answer) return;
  if (!script.batching) return begin_alone(connection);
  const Answer& made = *connection.answer;
  if (engine.add(
          {connection.name, std::max(1, made.question.prompt_tokens - made.question.cached_tokens), made.count})) {
    timers.push({engine.begin_step(received), 0, TimerKind::step});
  }
}

void TimedServer::Machinery::begin_alone(Connection& connection) {
  Answer& answer = *connection.answer;
  double ttft_ms = script.ttft_ms;
  if (script.ttft_cv > 0) ttft_ms = answer.random.lognormal(ttft_ms, script.ttft_cv);
  if (script.prefill_tokens_per_s > 0) {
    ttft_ms += 1e3 * (answer.question.prompt_tokens - answer.question.cached_tokens) / script.prefill_tokens_per_s;
  }
  const std::int64_t received = answer.truth.received_ns;
  if (loaded_ns == 0) loaded_ns = received + static_cast<std::int64_t>(script.load_ms * 1e6);
  const std::int64_t begins = std::max(received, loaded_ns);
  answer.due_ns = begins + static_cast<std::int64_t>(ttft_ms * 1e6);
  if (script.role_first && answer.question.dialect != TimedDialect::ollama) {
    timers.push({begins + static_cast<std::int64_t>(ttft_ms * 0.5e6), connection.name, TimerKind::role});
  }
  timers.push({answer.due_ns, connection.name, TimerKind::token});
}

void TimedServer::Machinery::begin_stream(Connection& connection) {
  Answer& answer = *connection.answer;
  answer.truth.status = 200;
  if (const std::string_view coding = answer.odd ? coding_of(script.wire) : ""; !coding.empty()) {
    send(connection, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Encoding: " + std::string(coding) +
                         "\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x01");
    connection.answer.reset();
    return;
  }
  const bool bare = answer.odd && script.wire == TimedWire::no_length;
  const bool lines = answer.question.dialect == TimedDialect::ollama;
  const std::string head = bare    ? "HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
                           : lines ? "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n"
                                     "Transfer-Encoding: chunked\r\n\r\n"
                                   : "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
                                     "Cache-Control: no-cache\r\nTransfer-Encoding: chunked\r\n\r\n";
  connection.closes = bare;
  if (answer.odd && script.wire == TimedWire::slow_head) {
    send_slowly(connection, head);
  } else {
    send(connection, head);
  }
}

void TimedServer::Machinery::on_timer(const Timer& timer) {
  if (timer.kind == TimerKind::step) {
    const std::vector<std::uint64_t> given = engine.end_step();
    for (const std::uint64_t name : given) {
      const auto found = connections.find(name);
      if (found != connections.end() && found->second->answer) on_token(*found->second);
    }
    if (const std::int64_t end = engine.begin_step(timer.at_ns)) timers.push({end, 0, TimerKind::step});
    return;
  }
  const auto found = connections.find(timer.name);
  if (found == connections.end() || !found->second->answer) return;
  Connection& connection = *found->second;
  if (timer.kind == TimerKind::role) {
    if (connection.answer->role_sent) return;  // the first token was due as soon
    connection.answer->role_sent = true;
    put_event(connection, {TimedEvent::Kind::role, 0, 0, 0});
    return;
  }
  Answer& answer = *connection.answer;
  answer.due_ns += gap_ns(answer);
  if (answer.given + 1 < answer.count) {
    timers.push({std::max(answer.due_ns, answer.held_until_ns), connection.name, TimerKind::token});
  }
  on_token(connection);
}

std::int64_t TimedServer::Machinery::gap_ns(Answer& answer) {
  double gap_ms = script.token_ms;
  if (script.token_cv > 0) gap_ms = answer.random.lognormal(gap_ms, script.token_cv);
  if (answer.stalls && answer.given + 1 == script.stall_before) {
    const double held_ms = gap_ms + script.stall_ms;
    if (!script.stall_bursts) return static_cast<std::int64_t>(held_ms * 1e6);
    answer.held_until_ns = answer.due_ns + static_cast<std::int64_t>(held_ms * 1e6);
  }
  return static_cast<std::int64_t>(gap_ms * 1e6);
}

int TimedServer::Machinery::draw_event_size(Answer& answer) {
  if (script.tokens_per_event > 0) return script.tokens_per_event;
  return 1 + static_cast<int>(answer.random.below(4));
}

void TimedServer::Machinery::on_token(Connection& connection) {
  Answer& answer = *connection.answer;
  ++answer.given;
  const bool last = answer.given >= answer.count;
  const bool swallowed = script.swallow > 0 && answer.events >= script.swallow_after &&
                         answer.sent < script.swallow_after * std::max(1, script.tokens_per_event) + script.swallow;
  if (swallowed && !last) {
    answer.sent = answer.given;
    return;
  }
  const int fresh = answer.given - answer.sent;
  if (fresh < answer.next_event && !last) return;
  answer.next_event = draw_event_size(answer);
  const std::uint64_t name = connection.name;
  send_text(connection, fresh);
  if (connections.count(name) != 0 && last) finish(connection);
}

void TimedServer::Machinery::send_text(Connection& connection, int tokens) {
  Answer& answer = *connection.answer;
  if (script.role_first && !answer.role_sent && answer.question.dialect != TimedDialect::ollama) {
    answer.role_sent = true;
    put_event(connection, {TimedEvent::Kind::role, 0, 0, 0});
  }
  const TimedEvent event{TimedEvent::Kind::text, answer.sent, tokens, answer.given};
  answer.sent = answer.given;
  ++answer.events;
  if (answer.odd && script.wire == TimedWire::cut_in_char && answer.events == 3) {
    put_chunk(connection, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"caf\xc3");
    return close(connection, true);
  }
  if (answer.odd && script.wire == TimedWire::new_keys && answer.events == 3) connection.link.change_keys();
  TimedSend sent;
  sent.tokens = tokens;
  sent.before_ns = now_ns();
  put_event(connection, event);
  sent.after_ns = now_ns();
  answer.truth.events.push_back(sent);
}

void TimedServer::Machinery::put_event(Connection& connection, const TimedEvent& event) {
  Answer& answer = *connection.answer;
  const TimedWire wire = answer.odd ? script.wire : TimedWire::plain;
  const bool line = answer.question.dialect == TimedDialect::ollama;
  std::string line_end = "\n";
  if (wire == TimedWire::crlf) line_end = answer.events % 3 == 0 ? "\r\n" : answer.events % 3 == 1 ? "\r" : "\n";
  std::string bytes;
  bytes.swap(text);  // its room is used again
  bytes.clear();
  if (wire == TimedWire::comments) bytes += ": keep-alive\n\n";
  if (wire == TimedWire::large_event && answer.events == 2) {
    bytes += ": ";
    bytes.append(std::size_t{1} << 20, 'x');
    bytes += "\n";
  }
  if (!line) bytes += wire == TimedWire::crlf ? "data:" : "data: ";
  const double prefill_ms =
      answer.truth.events.empty()
          ? 0
          : static_cast<double>(answer.truth.events[0].before_ns - answer.truth.received_ns) * 1e-6;
  const double decode_ms =
      answer.truth.events.empty() ? 0 : static_cast<double>(now_ns() - answer.truth.events[0].before_ns) * 1e-6;
  append_timed_event(script, answer.question, event, prefill_ms, decode_ms, bytes);
  bytes += line_end;
  if (!line) bytes += line_end;
  if (wire == TimedWire::burst) {
    answer.held += bytes;
  } else {
    put_chunk(connection, bytes);
  }
  text.swap(bytes);
}

void TimedServer::Machinery::put_chunk(Connection& connection, std::string_view bytes) {
  const bool odd = connection.answer && connection.answer->odd;
  if (odd && script.wire == TimedWire::no_length) return send(connection, bytes);
  char size[24];
  const int digits = std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
  std::string chunk;
  chunk.reserve(bytes.size() + 24);
  chunk.append(size, static_cast<std::size_t>(digits)).append(bytes).append("\r\n");
  if (odd && script.wire == TimedWire::one_byte) return send_slowly(connection, chunk);
  send(connection, chunk);
}

void TimedServer::Machinery::finish(Connection& connection) {
  Answer& answer = *connection.answer;
  const bool bare = answer.odd && script.wire == TimedWire::no_length;
  answer.truth.output_tokens = answer.count;
  const bool lines = answer.question.dialect == TimedDialect::ollama;
  put_event(connection, {TimedEvent::Kind::finish, answer.count, 0, answer.count});
  if (!lines && answer.question.include_usage && script.usage != "none") {
    put_event(connection, {TimedEvent::Kind::usage, answer.count, 0, answer.count});
  }
  if (answer.odd && script.wire == TimedWire::burst) {
    const std::int64_t before = now_ns();
    put_chunk(connection, answer.held);
    const std::int64_t after = now_ns();
    for (TimedSend& sent : answer.truth.events) sent = {before, after, sent.tokens};
  }
  if (!lines) put_chunk(connection, "data: [DONE]\n\n");
  answer.truth.whole = true;
  {
    // Who has the end of the answer may ask for the truth of it at once, and gets it when it is written down.
    const std::lock_guard lock(mutex);
    if (answer.odd && script.wire == TimedWire::trailers) {
      send(connection, "0\r\nX-Checksum: abc\r\nX-More: 1\r\n\r\n");
    } else if (!bare) {
      send(connection, "0\r\n\r\n");
    }
    write_down(answer);
  }
  connection.answer.reset();
  if (connection.closes) return close(connection);
  while (!connection.answer && take_request(connection)) {
  }
}

void TimedServer::Machinery::send_slowly(Connection& connection, std::string_view bytes) {
  for (const char byte : bytes) send(connection, std::string_view(&byte, 1));
}

void TimedServer::Machinery::send(Connection& connection, std::string_view bytes) {
  connection.link.send(bytes);
  const bool waits = connection.link.waits_to_write();
  if (waits == connection.watched_to_write) return;
  connection.watched_to_write = waits;
  epoll_event event{};
  event.events = EPOLLIN | (waits ? static_cast<std::uint32_t>(EPOLLOUT) : 0U);
  event.data.u64 = connection.name;
  epoll_ctl(poll, EPOLL_CTL_MOD, connection.link.socket(), &event);
}

void TimedServer::Machinery::close(Connection& connection, bool reset) {
  if (connection.answer) {
    engine.drop(connection.name);
    const std::lock_guard lock(mutex);
    write_down(*connection.answer);
  }
  if (reset) connection.link.will_reset();
  connections.erase(connection.name);
}

void TimedServer::Machinery::write_down(Answer& answer) {
  answer.truth.end_ns = now_ns();
  if (answer.truth.output_tokens == 0) answer.truth.output_tokens = answer.given;
  if (log.is_open()) log << timed_truth_json(answer.truth).dump() << '\n';
  if (!options.keep_truth) return;
  truths.push_back(std::move(answer.truth));
}

TimedServer::TimedServer(std::unique_ptr<Machinery> machinery) : machinery_(std::move(machinery)) {}
TimedServer::~TimedServer() = default;

Result<std::unique_ptr<TimedServer>> TimedServer::start(TimedScript script, TimedServerOptions options) {
  auto machinery = std::make_unique<Machinery>();
  machinery->script = std::move(script);
  machinery->options = std::move(options);
  if (const Result<void> listening = machinery->listen(); !listening) return fail(listening.error());
  Machinery* const raw = machinery.get();
  machinery->thread = std::thread([raw] { raw->run(); });
  return std::unique_ptr<TimedServer>(new TimedServer(std::move(machinery)));
}

int TimedServer::port() const { return machinery_->port; }
std::string TimedServer::url() const {
  const bool six = machinery_->options.ipv6;
  if (machinery_->tls) return "https://localhost:" + std::to_string(port());
  return (six ? "http://[::1]:" : "http://127.0.0.1:") + std::to_string(port());
}

std::vector<TimedTruth> TimedServer::truth() const {
  const std::lock_guard lock(machinery_->mutex);
  return machinery_->truths;
}

void TimedServer::stop() { machinery_->stopping = true; }

void TimedServer::wait() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  int which = 0;
  sigwait(&signals, &which);
}

}  // namespace rigwise
