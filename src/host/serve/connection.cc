// One connection: wait, read the head, let the gate look at it, read the body, answer, again. Every wait has an end, so
// that nobody holds a connection by being slow.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl.hpp>

#include "host/serve/problem.h"
#include "host/serve/server_state.h"
#include "host/serve/wire.h"

namespace rigwise {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::awaitable;
using boost::system::error_code;

using PlainConnection = beast::tcp_stream;
using TlsConnection = beast::ssl_stream<beast::tcp_stream>;

HttpAnswer busy(std::string message) {
  HttpAnswer answer = answer_of({503, "busy", std::move(message), "", "the same again in a second", {}});
  answer.fields.push_back({"Retry-After", "1"});
  return answer;
}

template <class Connection>
awaitable<bool> write_answer(Connection& connection, ServerState& state, const HttpAnswer& answer, bool keep_alive,
                             bool is_head) {
  WireAnswer message = wire_answer(answer, keep_alive, is_head);
  beast::get_lowest_layer(connection).expires_after(state.options.limits.write_time);
  auto [fault, count] = co_await http::async_write(connection, message, kAsTuple);
  co_return !fault && keep_alive;
}

/// Lets the client read the answer before the connection goes: closing with bytes unread would take it back.
template <class Connection>
awaitable<void> drain(Connection& connection) {
  constexpr std::size_t kMost = std::size_t{1} << 20;
  beast::tcp_stream& socket = beast::get_lowest_layer(connection);
  error_code ignored;
  socket.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  socket.expires_after(std::chrono::seconds(1));
  char bytes[4096];
  for (std::size_t taken = 0; taken < kMost;) {
    auto [fault, count] = co_await socket.async_read_some(asio::buffer(bytes), kAsTuple);
    if (fault) break;
    taken += count;
  }
}

/// The threads of a kind of work, and how many requests they have before them.
struct Lane {
  asio::thread_pool& threads;
  int& waiting;
  int most;
};

Lane lane_of(ServerState& state, WorkKind kind) {
  const ServerLimits& limits = state.options.limits;
  if (kind == WorkKind::store) return {state.store, state.store_waiting, limits.waiting_store};
  if (kind == WorkKind::slow) return {state.slow, state.slow_waiting, limits.waiting_slow};
  return {state.quick, state.quick_waiting, limits.waiting_quick};
}

/// Answers on the threads of its kind; this one goes on with other connections meanwhile.
awaitable<HttpAnswer> answer_aside(ServerState& state, WorkKind kind, const HttpRequest& request,
                                   const RequestTarget& target) {
  const Lane lane = lane_of(state, kind);
  if (lane.waiting >= lane.most) co_return busy("too many requests wait already");
  const Place place(lane.waiting);
  const HttpApi& api = state.api;
  auto work = [&api, &request, &target]() -> awaitable<HttpAnswer> { co_return api.answer(request, target); };
  co_return co_await asio::co_spawn(lane.threads, std::move(work), asio::use_awaitable);
}

/// Events until the reader leaves or the server stops.
template <class Connection>
awaitable<void> stream_events(Connection& connection, ServerState& state, Visit& visit) {
  const ServerLimits& limits = state.options.limits;
  beast::tcp_stream& socket = beast::get_lowest_layer(connection);
  http::response<http::empty_body> head(http::status::ok, 11);
  {
    HttpAnswer answer;
    answer.fields = {{"Content-Type", "text/event-stream"}, {"Cache-Control", "no-store"}};
    const WireAnswer strict = wire_answer(answer, false, true);
    for (const auto& field : strict) head.insert(field.name_string(), field.value());
    head.erase(http::field::content_length);
    head.chunked(true);
  }
  http::response_serializer<http::empty_body> serializer(head);
  socket.expires_after(limits.write_time);
  auto [head_fault, head_count] = co_await http::async_write_header(connection, serializer, kAsTuple);
  if (head_fault) co_return;
  asio::steady_timer timer(state.io);
  visit.wake = [&timer] { timer.cancel(); };
  visit.idle = true;
  std::string event = state.api.hello_event();
  for (bool last = false;;) {
    socket.expires_after(limits.write_time);
    auto [fault, count] = co_await asio::async_write(connection, http::make_chunk(asio::buffer(event)), kAsTuple);
    if (fault || last) break;
    if (!state.stopping) {
      timer.expires_after(limits.heartbeat);
      co_await timer.async_wait(kAsTuple);
    }
    last = state.stopping;
    event = event_text(last ? "goodbye" : "heartbeat", Json::object());
  }
  visit.wake = nullptr;
  co_await asio::async_write(connection, http::make_chunk_last(), kAsTuple);
}

/// A request whose head has been read.
struct Reading {
  WireParser parser;
  HttpRequest request;
  RequestTarget target;
  std::optional<Place> large;  ///< held until the answer, when the body is large
};

/// Takes in the head. Beast's own header_limit looks at each piece that arrives and never adds them up, so the end is
/// found first, in a buffer that is no larger than a head may be.
template <class Connection>
awaitable<error_code> read_head(Connection& connection, beast::flat_buffer& buffer, WireParser& parser) {
  auto [fault, size] = co_await asio::async_read_until(connection, buffer, "\r\n\r\n", kAsTuple);
  if (fault == asio::error::not_found) co_return error_code(http::error::header_limit);
  if (fault) co_return fault;
  error_code malformed;
  buffer.consume(parser.put(asio::const_buffer(buffer.data().data(), size), malformed));
  if (!malformed && !parser.is_header_done()) malformed = http::error::bad_field;
  co_return malformed;
}

/// What the head alone says against it.
std::optional<HttpAnswer> head_refusal(ServerState& state, Reading& reading) {
  const Result<RequestTarget> target = parse_target(reading.request.target);
  if (!target) return answer_of(problem_of(target.error()));
  reading.target = *target;
  if (auto refusal = state.gate.stops(reading.request, reading.target)) return refusal;
  if (const auto most = state.api.most_body_bytes(reading.target)) {
    if (reading.parser.content_length().value_or(0) > *most) return too_large_body(*most);
    reading.parser.body_limit(*most);
  }
  return std::nullopt;
}

/// Takes in the body, or says what is wrong with it. A few large ones at a time, or a crowd of them would fill the
/// memory. False when the client is gone.
template <class Connection>
awaitable<bool> read_body(Connection& connection, beast::flat_buffer& buffer, ServerState& state, Reading& reading,
                          std::optional<HttpAnswer>& refusal) {
  const ServerLimits& limits = state.options.limits;
  if (reading.parser.is_done()) co_return true;
  const auto length = reading.parser.content_length();
  if (!length || *length > limits.large_body_bytes) {
    if (state.large_bodies >= limits.large_bodies) {
      refusal = busy("too many large requests arrive already");
      co_return true;
    }
    reading.large.emplace(state.large_bodies);
  }
  beast::get_lowest_layer(connection).expires_after(limits.body_time);
  if (same_ignoring_case(reading.request.field("Expect").value_or(""), "100-continue")) {
    http::response<http::empty_body> go_on(http::status::continue_, 11);
    auto [fault, count] = co_await http::async_write(connection, go_on, kAsTuple);
    if (fault) co_return false;
  }
  auto [fault, count] = co_await http::async_read(connection, buffer, reading.parser, kAsTuple);
  if (fault) {
    refusal = refusal_of(fault, state.api.most_body_bytes(reading.target).value_or(limits.body_bytes));
    co_return refusal.has_value();
  }
  reading.request.body = std::move(reading.parser.get().body());
  co_return true;
}

/// One request and its answer. True when another may follow.
template <class Connection>
awaitable<bool> answer_one(Connection& connection, beast::flat_buffer& buffer, ServerState& state, Visit& visit) {
  const ServerLimits& limits = state.options.limits;
  Reading reading;
  reading.parser.body_limit(limits.body_bytes);
  reading.parser.header_limit(static_cast<std::uint32_t>(limits.header_bytes) + 1);
  beast::get_lowest_layer(connection).expires_after(limits.header_time);
  const error_code fault = co_await read_head(connection, buffer, reading.parser);
  const auto began = std::chrono::steady_clock::now();
  std::optional<HttpAnswer> answer;
  std::string_view label = "refused";
  const auto refused = [&] { return answer.has_value(); };
  if (fault) {
    answer = refusal_of(fault, limits.body_bytes);
    if (!answer) co_return false;
  } else {
    reading.request = head_of(reading.parser);
    answer = head_refusal(state, reading);
    if (!refused() && !co_await read_body(connection, buffer, state, reading, answer)) co_return false;
  }
  const bool is_head = reading.request.method == "HEAD";
  // After a refusal the rest of the request stands in the way of the next one.
  const bool whole = !refused() || (!fault && reading.parser.is_done());
  if (!refused()) {
    label = state.api.label_of(reading.target);
    const WorkKind kind = state.api.work_of(reading.request, reading.target);
    if (kind == WorkKind::events) {
      state.metrics.answered(label, 200, 0);
      co_await stream_events(connection, state, visit);
      co_return false;
    }
    if (kind == WorkKind::at_once) {
      answer = state.api.answer(reading.request, reading.target);
    } else {
      answer = co_await answer_aside(state, kind, reading.request, reading.target);
    }
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  state.metrics.answered(label, answer->status, took.count());
  const bool keep = whole && !fault && reading.parser.keep_alive() && !state.stopping;
  const bool goes_on = co_await write_answer(connection, state, *answer, keep, is_head);
  if (!whole) co_await drain(connection);
  co_return goes_on;
}

template <class Connection>
awaitable<void> converse(Connection& connection, ServerState& state, Visit& visit) {
  constexpr std::size_t kPiece = 4096;
  const ServerLimits& limits = state.options.limits;
  beast::tcp_stream& socket = beast::get_lowest_layer(connection);
  beast::flat_buffer buffer(limits.header_bytes);
  bool is_first = true;
  do {
    if (buffer.size() == 0) {
      if (state.stopping) break;
      socket.expires_after(is_first ? limits.header_time : limits.idle_time);
      visit.idle = true;
      visit.wake = [&socket] { socket.cancel(); };
      auto [fault, count] = co_await connection.async_read_some(buffer.prepare(kPiece), kAsTuple);
      visit.wake = nullptr;
      visit.idle = false;
      if (fault) break;
      buffer.commit(count);
    }
    is_first = false;
  } while (co_await answer_one(connection, buffer, state, visit));
}

awaitable<void> converse_in_secret(asio::ip::tcp::socket socket, ServerState& state, Visit& visit) {
  TlsConnection connection(beast::tcp_stream(std::move(socket)), *state.tls);
  beast::tcp_stream& below = beast::get_lowest_layer(connection);
  below.expires_after(state.options.limits.header_time);
  visit.wake = [&below] { below.cancel(); };
  auto [fault] = co_await connection.async_handshake(asio::ssl::stream_base::server, kAsTuple);
  visit.wake = nullptr;
  if (fault) co_return;
  co_await converse(connection, state, visit);
  below.expires_after(std::chrono::seconds(2));
  co_await connection.async_shutdown(kAsTuple);
}

}  // namespace

awaitable<void> attend(asio::ip::tcp::socket socket, ServerState& state) {
  Visit visit;
  const VisitorsBook book(state, visit);
  if (state.tls) {
    co_await converse_in_secret(std::move(socket), state, visit);
    co_return;
  }
  PlainConnection connection(std::move(socket));
  co_await converse(connection, state, visit);
  error_code ignored;
  connection.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

awaitable<void> turn_away(asio::ip::tcp::socket socket, ServerState& state) {
  const Place place(state.turned_away);
  state.metrics.connection_refused();
  if (state.tls) co_return;  // a handshake is more than we have left
  PlainConnection connection(std::move(socket));
  co_await write_answer(connection, state, busy("too many connections are open"), false, false);
  co_await drain(connection);
}

}  // namespace rigwise
