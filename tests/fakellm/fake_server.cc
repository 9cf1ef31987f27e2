#include "tests/fakellm/fake_server.h"

#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>

#include "tests/fakellm/fake_body.h"

namespace rigwise {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::awaitable;
using asio::ip::tcp;
using boost::system::error_code;
using TlsSocket = asio::ssl::stream<tcp::socket>;

constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);

// What is awaited has a name here and below: g++ 12 copies temporaries within a co_await bit by bit, strings included.
const std::string kJson = "application/json", kNoFields, kLastChunk = "0\r\n\r\n";
const std::string kForbidden = fake_error_body(ChatDialect::openai, 401, false);

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

std::string chunked(const std::string& piece) {
  char size[24];
  const int digits = std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
  std::string chunk(size, static_cast<std::size_t>(digits));
  return chunk.append(piece).append("\r\n");
}

tcp::socket& lowest(tcp::socket& socket) { return socket; }
tcp::socket& lowest(TlsSocket& socket) { return socket.next_layer(); }

bool is_good_answer(const FakeTruth& truth) {
  switch (truth.fault) {
    case FakeFault::status:
    case FakeFault::html_status:
    case FakeFault::error_200:
    case FakeFault::error_event:
    case FakeFault::no_choices:
    case FakeFault::half_json:
    case FakeFault::cut_stream:
    case FakeFault::reset_in_stream: return false;
    default: return truth.whole && truth.status == 200;
  }
}

}  // namespace

Json truth_json(const FakeTruth& truth) {
  Json json = {{"request", truth.request},
               {"path", truth.path},
               {"model", truth.model},
               {"prompt_sha256", truth.prompt_sha256},
               {"id", truth.id},
               {"stream", truth.stream},
               {"attempt", truth.attempt},
               {"fault", fault_name(truth.fault)},
               {"status", truth.status},
               {"received_ns", truth.received_ns},
               {"head_ns", truth.head_ns},
               {"first_word_ns", truth.first_word_ns},
               {"end_ns", truth.end_ns},
               {"prompt_tokens", truth.prompt_tokens},
               {"completion_tokens", truth.completion_tokens},
               {"events_sent", truth.events_sent},
               {"cost_nano", truth.cost_nano},
               {"whole", truth.whole}};
  if (!truth.events_ns.empty()) json["events_ns"] = truth.events_ns;
  return json;
}

struct FakeServer::Machinery {
  Machinery(FakeScript with, FakeServerOptions how) : script(std::move(with)), options(std::move(how)) {}

  mutable std::mutex mutex;  // of all that follows, up to `settled`
  FakeScript script;
  std::vector<FakeTruth> truths;
  FakeTotals totals;
  std::map<std::string, int> asked;  // model and prompt -> times
  mutable std::condition_variable settled;

  FakeServerOptions options;
  std::map<std::string, std::int64_t> costs;  // generation -> nano; only the server's thread
  int requests = 0;
  std::FILE* log = nullptr;
  std::optional<asio::ssl::context> tls;
  asio::io_context io{1};
  tcp::acceptor acceptor{io};
  int port = 0;
  std::thread thread;
  std::mutex end_mutex;
  std::condition_variable ended;
  bool has_ended = false;

  ~Machinery() {
    io.stop();
    if (thread.joinable()) thread.join();
    if (log != nullptr) std::fclose(log);
  }

  Result<void> listen();
  awaitable<void> welcome();
  template <class Socket>
  awaitable<void> converse(Socket& socket);
  awaitable<void> attend(tcp::socket socket);
  void begin(FakeTruth& truth, const Json& messages, FakeScript& current, FakeReply& reply);
  void end(FakeTruth& truth);
};

namespace {

/// What a request gets, put together before a byte is sent.
struct Exchange {
  http::request<http::string_body> request;
  FakeScript script;
  FakeQuestion question;
  FakeReply reply;
  FakeTruth truth;
};

/// Sends one answer over a connection, with whatever is to go wrong.
template <class Socket>
class Answering {
 public:
  Answering(Socket& socket, Exchange& exchange) : socket_(socket), exchange_(exchange), timer_(socket.get_executor()) {}

  /// True when the connection may serve another request.
  awaitable<bool> answer_question() {
    const FakeReply& reply = exchange_.reply;
    co_await pause(reply.delay_ms);
    switch (reply.fault) {
      case FakeFault::hang_before_headers: co_await until_client_leaves(); co_return false;
      case FakeFault::reset_before_headers: reset(); co_return false;
      case FakeFault::status:
      case FakeFault::html_status: {
        const bool html = reply.fault == FakeFault::html_status;
        const std::string wait = reply.retry_after_s
                                     ? "Retry-After: " + std::to_string(static_cast<int>(*reply.retry_after_s)) + "\r\n"
                                     : "";
        const std::string type = html ? "text/html" : "application/json";
        const std::string body = fake_error_body(exchange_.question.dialect, reply.status, html);
        co_return co_await plain(reply.status, type, body, wait);
      }
      case FakeFault::error_200: {
        const std::string body = fake_error_body(exchange_.question.dialect, reply.status, false);
        co_return co_await plain(200, kJson, body, kNoFields);
      }
      default: co_return co_await answer_body();
    }
  }

  /// A whole small answer with a length.
  awaitable<bool> plain(int status, const std::string& type, const std::string& body, const std::string& fields) {
    std::string text = head(status, type, "Content-Length: " + std::to_string(body.size()) + "\r\n" + fields);
    text += body;
    const bool sent = co_await write(text);
    exchange_.truth.whole = sent;
    co_return sent&& exchange_.request.keep_alive();
  }

 private:
  std::string head(int status, const std::string& type, const std::string& fields) {
    exchange_.truth.status = status;
    std::string text =
        "HTTP/1.1 " + std::to_string(status) + " X\r\nDate: Sun, 22 Nov 2026 00:00:00 GMT\r\nContent-Type: ";
    text.append(type).append("\r\n").append(fields);
    if (const std::string& reset = exchange_.reply.quota_reset; !reset.empty())
      text.append("x-ratelimit-remaining-requests: 0\r\nx-ratelimit-reset-requests: ").append(reset).append("\r\n");
    return text.append("\r\n");
  }

  awaitable<bool> write(const std::string& text) {
    auto [fault, count] = co_await asio::async_write(socket_, asio::buffer(text), kAsTuple);
    if (exchange_.truth.head_ns == 0) exchange_.truth.head_ns = now_ns();
    co_return !fault;
  }

  awaitable<void> pause(double ms) {
    if (ms <= 0) co_return;
    timer_.expires_after(std::chrono::nanoseconds(static_cast<std::int64_t>(ms * 1e6)));
    co_await timer_.async_wait(kAsTuple);
  }
  awaitable<void> pause_until(std::chrono::steady_clock::time_point when) {
    if (when <= std::chrono::steady_clock::now()) co_return;
    timer_.expires_at(when);
    co_await timer_.async_wait(kAsTuple);
  }

  awaitable<void> until_client_leaves() {
    char byte;
    co_await lowest(socket_).async_receive(asio::buffer(&byte, 1), tcp::socket::message_peek, kAsTuple);
  }

  void reset() {
    error_code ignored;
    lowest(socket_).set_option(asio::socket_base::linger(true, 0), ignored);
    lowest(socket_).close(ignored);
  }

  awaitable<bool> answer_body() {
    const FakeReply& reply = exchange_.reply;
    const FakeBody body = fake_body(exchange_.script, exchange_.question, reply);
    exchange_.truth.completion_tokens = body.completion_tokens;
    exchange_.truth.cost_nano = body.cost_nano;
    if (body.pieces.size() > 1 && reply.fault != FakeFault::no_length) co_return co_await stream(body);
    std::string text;
    for (const std::string& piece : body.pieces) text += piece;
    if (reply.fault == FakeFault::half_json) text.resize(text.size() / 2);
    const std::string length = reply.fault == FakeFault::no_length
                                   ? "Connection: close\r\n"
                                   : "Content-Length: " + std::to_string(text.size()) + "\r\n";
    const std::string top = head(200, body.content_type, length);
    if (!co_await write(top)) co_return false;
    if (reply.fault == FakeFault::hang_after_headers) {
      co_await until_client_leaves();
      co_return false;
    }
    co_await pause(reply.first_token_ms + reply.token_ms * static_cast<double>(body.words));
    const bool cuts = reply.fault == FakeFault::cut_stream || reply.fault == FakeFault::reset_in_stream ||
                      reply.fault == FakeFault::hang_in_stream;
    if (cuts) text.resize(text.size() / 2);
    bool sent = false;
    if (reply.fault == FakeFault::slow_drip) {
      sent = co_await drip(text);
    } else {
      sent = co_await write(text);
    }
    exchange_.truth.first_word_ns = exchange_.truth.first_word_ns == 0 ? now_ns() : exchange_.truth.first_word_ns;
    if (cuts) {
      co_await end_badly();
      co_return false;
    }
    exchange_.truth.whole = sent;
    co_return sent&& exchange_.request.keep_alive() &&
        reply.fault != FakeFault::no_length&& reply.fault != FakeFault::closes_after;
  }

  awaitable<bool> stream(const FakeBody& body) {
    const FakeReply& reply = exchange_.reply;
    const std::string top = head(200, body.content_type, "Transfer-Encoding: chunked\r\nCache-Control: no-cache\r\n");
    if (!co_await write(top)) co_return false;
    if (reply.fault == FakeFault::hang_after_headers) {
      co_await until_client_leaves();
      co_return false;
    }
    if (reply.fault == FakeFault::slow_drip) {
      std::string all;
      for (const std::string& piece : body.pieces) all += chunked(piece);
      all += kLastChunk;
      exchange_.truth.whole = co_await drip(all);
      co_return exchange_.truth.whole;
    }
    if (reply.fault == FakeFault::half_json) {
      std::string half = chunked(body.pieces.front() + body.pieces[1].substr(0, body.pieces[1].size() / 2));
      half += kLastChunk;
      exchange_.truth.whole = co_await write(half);
      co_return exchange_.truth.whole;
    }
    if (!co_await send_pieces(body)) co_return false;
    exchange_.truth.whole = co_await write(kLastChunk);
    co_return exchange_.truth.whole&& exchange_.request.keep_alive() && reply.fault != FakeFault::closes_after;
  }

  /// Events by an absolute schedule, so that a late one delays none that follow. Without times they go together.
  awaitable<bool> send_pieces(const FakeBody& body) {
    const FakeReply& reply = exchange_.reply;
    const bool at_once = reply.token_ms <= 0;
    const std::size_t strike = body.first_word + static_cast<std::size_t>(reply.after_words);
    const bool strikes = reply.fault == FakeFault::cut_stream || reply.fault == FakeFault::reset_in_stream ||
                         reply.fault == FakeFault::hang_in_stream || reply.fault == FakeFault::error_event;
    const auto began = std::chrono::steady_clock::now();
    const auto due = [&](std::size_t piece) {
      const double words = piece <= body.first_word ? 0 : static_cast<double>(piece - body.first_word);
      const double ms = reply.first_token_ms + reply.token_ms * words;
      return began + std::chrono::nanoseconds(static_cast<std::int64_t>(ms * 1e6));
    };
    if (reply.fault == FakeFault::burst) co_await pause_until(due(body.pieces.size()));
    std::string waiting;
    for (std::size_t i = 0; i < body.pieces.size(); ++i) {
      if (strikes && i == strike) {
        if (!waiting.empty()) co_await write(waiting);
        co_await end_badly();
        co_return false;
      }
      waiting += chunked(body.pieces[i]);
      const bool is_last = i + 1 == body.pieces.size();
      const bool gathers =
          reply.fault == FakeFault::burst || (at_once && (i >= body.first_word || reply.first_token_ms <= 0));
      if (gathers && !is_last && !(i + 1 == body.first_word && reply.first_token_ms > 0)) {
        ++exchange_.truth.events_sent;
        continue;
      }
      if (i >= body.first_word && reply.fault != FakeFault::burst) co_await pause_until(due(i));
      if (!co_await write(waiting)) co_return false;
      waiting.clear();
      ++exchange_.truth.events_sent;
      if (i >= body.first_word && exchange_.truth.first_word_ns == 0) exchange_.truth.first_word_ns = now_ns();
      if (exchange_.script.log_events) exchange_.truth.events_ns.push_back(now_ns());
    }
    co_return true;
  }

  awaitable<bool> drip(const std::string& text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      co_await pause(exchange_.reply.token_ms);
      const std::string byte = text.substr(i, 1);
      if (!co_await write(byte)) co_return false;
    }
    co_return true;
  }

  awaitable<void> end_badly() {
    const FakeFault fault = exchange_.reply.fault;
    if (fault == FakeFault::hang_in_stream) co_await until_client_leaves();
    if (fault == FakeFault::reset_in_stream) reset();
    if (fault == FakeFault::error_event) {
      const std::string body = fake_error_body(exchange_.question.dialect, exchange_.reply.status, false);
      const bool is_ollama = exchange_.question.dialect == ChatDialect::ollama;
      const std::string last = chunked(is_ollama ? body + "\n" : "data: " + body + "\n\n") + kLastChunk;
      exchange_.truth.whole = co_await write(last);
    }
  }

  Socket& socket_;
  Exchange& exchange_;
  asio::steady_timer timer_;
};

int words_in(const Json& messages) {
  std::size_t words = 0;
  for (const Json& message : messages) words += words_of(message_text(message)).size();
  return static_cast<int>(words);
}

/// The path without a query and, as a proxy would get it, without scheme and host.
std::string path_of(std::string_view target) {
  if (const std::size_t at = target.find("://"); at != std::string_view::npos) {
    target.remove_prefix(std::min(target.find('/', at + 3), target.size()));
  }
  return std::string(target.substr(0, target.find('?')));
}

std::optional<ChatDialect> dialect_of_path(const std::string& path) {
  if (path == "/v1/chat/completions" || path == "/chat/completions") return ChatDialect::openai;
  if (path == "/api/v1/chat/completions") return ChatDialect::openrouter;
  if (path == "/api/chat") return ChatDialect::ollama;
  return std::nullopt;
}

std::string models_body(const std::vector<std::string>& models, bool is_ollama) {
  Json list = Json::array();
  for (const std::string& model : models) {
    list.push_back(is_ollama ? Json{{"name", model}, {"model", model}, {"digest", "sha256:fake"}}
                             : Json{{"id", model}, {"object", "model"}, {"context_length", 32768}});
  }
  return Json{{is_ollama ? "models" : "data", std::move(list)}}.dump();
}

}  // namespace

void FakeServer::Machinery::begin(FakeTruth& truth, const Json& messages, FakeScript& current, FakeReply& reply) {
  const std::lock_guard lock(mutex);
  int& times = asked[truth.model + "\n" + truth.prompt_sha256];
  if (times == 0) ++totals.pairs;
  truth.attempt = ++times;
  ++totals.calls;
  totals.in_flight_max = std::max(totals.in_flight_max, ++totals.in_flight);
  current = script;
  reply = reply_for(script, truth.model, messages, truth.prompt_sha256, truth.attempt);
  truth.fault = reply.fault;
}

void FakeServer::Machinery::end(FakeTruth& truth) {
  truth.end_ns = now_ns();
  if (!truth.id.empty()) costs[truth.id] = truth.cost_nano;
  if (log != nullptr) {
    std::fputs((truth_json(truth).dump() + "\n").c_str(), log);
    std::fflush(log);
  }
  const std::lock_guard lock(mutex);
  --totals.in_flight;
  totals.whole += truth.whole ? 1 : 0;
  totals.good += is_good_answer(truth) ? 1 : 0;
  if (options.keep_truth) truths.push_back(truth);
  settled.notify_all();
}

template <class Socket>
awaitable<void> FakeServer::Machinery::converse(Socket& socket) {
  constexpr std::uint64_t kLargest = std::uint64_t{64} << 20;
  boost::beast::flat_buffer buffer;
  for (;;) {
    http::request_parser<http::string_body> parser;
    parser.body_limit(kLargest);
    auto [fault, count] = co_await http::async_read(socket, buffer, parser, kAsTuple);
    if (fault) co_return;
    Exchange exchange;
    exchange.request = parser.release();
    FakeTruth& truth = exchange.truth;
    truth.received_ns = now_ns();
    truth.path = path_of({exchange.request.target().data(), exchange.request.target().size()});
    Answering<Socket> answering(socket, exchange);
    std::string key;
    std::vector<std::string> models;
    {
      const std::lock_guard lock(mutex);
      key = script.api_key;
      models = script.models;
    }
    const auto given = exchange.request[http::field::authorization];
    if (!key.empty() && std::string_view(given.data(), given.size()) != "Bearer " + key) {
      if (!co_await answering.plain(401, kJson, kForbidden, kNoFields)) co_return;
      continue;
    }
    const std::optional<ChatDialect> dialect = dialect_of_path(truth.path);
    if (!dialect || exchange.request.method() != http::verb::post) {
      int status = 200;
      std::string body;
      const std::string target(exchange.request.target().data(), exchange.request.target().size());
      if (truth.path == "/v1/models" || truth.path == "/api/v1/models") {
        body = models_body(models, false);
      } else if (truth.path == "/api/tags") {
        body = models_body(models, true);
      } else if (truth.path == "/api/version") {
        body = R"({"version":"0.0.0-fake"})";
      } else if (truth.path == "/health") {
        body = R"({"status":"ok"})";
      } else if (truth.path == "/api/v1/generation" && costs.contains(target.substr(target.find("id=") + 3))) {
        const std::string id = target.substr(target.find("id=") + 3);
        body = Json{{"data", {{"id", id}, {"total_cost", static_cast<double>(costs[id]) * 1e-9}}}}.dump();
      } else {
        status = 404;
        body = fake_error_body(ChatDialect::openai, 404, false);
      }
      if (!co_await answering.plain(status, kJson, body, kNoFields)) co_return;
      continue;
    }
    const Json asked_json = Json::parse(exchange.request.body(), nullptr, false);
    if (!asked_json.is_object() || !asked_json.contains("messages") || !asked_json["messages"].is_array()) {
      const std::string body = fake_error_body(*dialect, 400, false);
      if (!co_await answering.plain(400, kJson, body, kNoFields)) co_return;
      continue;
    }
    const Json& messages = asked_json["messages"];
    exchange.question.dialect = *dialect;
    exchange.question.model = truth.model = asked_json.value("model", "");
    exchange.question.stream = truth.stream = asked_json.value("stream", *dialect == ChatDialect::ollama);
    exchange.question.prompt_tokens = truth.prompt_tokens = words_in(messages);
    truth.request = ++requests;
    exchange.question.id = truth.id = "gen-" + std::to_string(truth.request);
    truth.prompt_sha256 = prompt_hash(messages);
    begin(truth, messages, exchange.script, exchange.reply);
    const bool goes_on = co_await answering.answer_question();
    error_code ignored;
    if (!goes_on) lowest(socket).shutdown(tcp::socket::shutdown_send, ignored);  // settle() waits for that too
    end(truth);
    if (!goes_on) co_return;
  }
}

awaitable<void> FakeServer::Machinery::attend(tcp::socket socket) {
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  if (!tls) {
    co_await converse(socket);
    co_return;
  }
  TlsSocket secret(std::move(socket), *tls);
  auto [fault] = co_await secret.async_handshake(asio::ssl::stream_base::server, kAsTuple);
  if (!fault) co_await converse(secret);
}

awaitable<void> FakeServer::Machinery::welcome() {
  for (;;) {
    auto [fault, socket] = co_await acceptor.async_accept(kAsTuple);
    if (fault == asio::error::operation_aborted) co_return;
    if (!fault) asio::co_spawn(io, attend(std::move(socket)), asio::detached);
  }
}

Result<void> FakeServer::Machinery::listen() {
  error_code fault;
  const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), static_cast<unsigned short>(options.port));
  acceptor.open(endpoint.protocol(), fault);
  if (!fault) acceptor.set_option(tcp::acceptor::reuse_address(true), fault);
  if (!fault) acceptor.bind(endpoint, fault);
  if (!fault) acceptor.listen(asio::socket_base::max_listen_connections, fault);
  if (fault) return fail({ErrorCode::io, "cannot listen: " + fault.message(), "port", "a free port", {}});
  port = acceptor.local_endpoint().port();
  if (!options.log_file.empty()) {
    log = std::fopen(options.log_file.c_str(), "w");
    if (log == nullptr) return fail({ErrorCode::io, "cannot write", options.log_file, "", {}});
  }
  if (options.tls_cert_file.empty()) return {};
  tls.emplace(asio::ssl::context::tls_server);
  tls->use_certificate_chain_file(options.tls_cert_file, fault);
  if (!fault) tls->use_private_key_file(options.tls_key_file, asio::ssl::context::pem, fault);
  if (fault) return fail({ErrorCode::io, "cannot use the certificate: " + fault.message(), "", "", {}});
  return {};
}

FakeServer::FakeServer(std::unique_ptr<Machinery> machinery) : machinery_(std::move(machinery)) {}
FakeServer::~FakeServer() = default;

Result<std::unique_ptr<FakeServer>> FakeServer::start(FakeScript script, FakeServerOptions options) {
  raise_descriptor_limit();
  auto machinery = std::make_unique<Machinery>(std::move(script), std::move(options));
  const Result<void> listens = machinery->listen();
  if (!listens) return fail(listens.error());
  Machinery* inside = machinery.get();
  asio::co_spawn(inside->io, inside->welcome(), asio::detached);
  inside->thread = std::thread([inside] {
    inside->io.run();
    const std::lock_guard lock(inside->end_mutex);
    inside->has_ended = true;
    inside->ended.notify_all();
  });
  return std::unique_ptr<FakeServer>(new FakeServer(std::move(machinery)));
}

int FakeServer::port() const { return machinery_->port; }

std::string FakeServer::url() const {
  return (machinery_->tls ? "https://localhost:" : "http://127.0.0.1:") + std::to_string(machinery_->port);
}

void FakeServer::set_script(FakeScript script) {
  const std::lock_guard lock(machinery_->mutex);
  machinery_->script = std::move(script);
}

std::vector<FakeTruth> FakeServer::truth() const {
  const std::lock_guard lock(machinery_->mutex);
  return machinery_->truths;
}

FakeTotals FakeServer::totals() const {
  const std::lock_guard lock(machinery_->mutex);
  return machinery_->totals;
}

void FakeServer::forget() {
  const std::lock_guard lock(machinery_->mutex);
  machinery_->truths.clear();
  machinery_->asked.clear();
  const int in_flight = machinery_->totals.in_flight;
  machinery_->totals = {};
  machinery_->totals.in_flight = in_flight;
}

void FakeServer::settle() const {
  std::unique_lock lock(machinery_->mutex);
  machinery_->settled.wait(lock, [this] { return machinery_->totals.in_flight == 0; });
}

void FakeServer::stop() { machinery_->io.stop(); }

void FakeServer::wait() {
  asio::signal_set signals(machinery_->io, SIGINT, SIGTERM);
  signals.async_wait([this](const error_code& fault, int) {
    if (!fault) machinery_->io.stop();
  });
  std::unique_lock lock(machinery_->end_mutex);
  machinery_->ended.wait(lock, [this] { return machinery_->has_ended; });
}

}  // namespace rigwise
