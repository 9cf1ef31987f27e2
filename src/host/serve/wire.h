#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/span.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/string_body.hpp>

#include "host/serve/message.h"

namespace rigwise {

/// Errors come back as values; nothing throws on the way of a connection.
inline constexpr auto kAsTuple = boost::asio::as_tuple(boost::asio::use_awaitable);

using WireParser = boost::beast::http::request_parser<boost::beast::http::string_body>;
using WireAnswer = boost::beast::http::response<boost::beast::http::span_body<const char>>;

/// Method, target and fields; the body stays where it is.
HttpRequest head_of(const WireParser& parser);

/// The answer as it goes out, with what every answer carries: date, length, the fields that keep browsers strict. It
/// points into `answer`. For HEAD the body is left out, its length is not.
WireAnswer wire_answer(const HttpAnswer& answer, bool keep_alive, bool is_head);

/// Why what came in is no request, as an answer; nothing when there is nobody to answer: a client that left,
/// or took too long, has no connection any more.
std::optional<HttpAnswer> refusal_of(boost::system::error_code fault, std::uint64_t most_body_bytes);

/// The refusal of a body longer than its place takes.
HttpAnswer too_large_body(std::uint64_t most_bytes);

}  // namespace rigwise
