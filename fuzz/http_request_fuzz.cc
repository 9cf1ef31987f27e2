#include "fuzz/fuzz.h"
#include "host/serve/http_api.h"
#include "host/serve/request_gate.h"
#include "host/serve/wire.h"

using namespace rigwise;

namespace {

const HttpApi& api() {
  static ServerMetrics metrics;
  static const HttpApi kApi(small_house(), metrics, "0");
  return kApi;
}

/// A refusal is a problem in JSON; whatever is not from the site is no file.
void check_answer(const HttpAnswer& answer) {
  RW_CHECK(answer.status >= 200 && answer.status < 600);
  const auto type = answer.field("Content-Type");
  if (answer.status < 400) return;
  RW_CHECK(type == "application/problem+json");
  const Json problem = Json::parse(answer.body(), nullptr, false);
  RW_CHECK(problem.is_object() && problem["status"] == answer.status && !problem["message"].empty());
}

}  // namespace

/// What anybody may send to the port: bytes through the parser, the gate with and without a token, and the API. Every
/// request that parses gets an answer that can be sent.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  WireParser parser;
  parser.eager(true);
  constexpr std::uint64_t kMostBody = std::uint64_t{1} << 16;
  parser.body_limit(kMostBody);
  boost::system::error_code fault;
  parser.put(boost::asio::const_buffer(bytes, size), fault);
  if (fault) {
    if (const auto refusal = refusal_of(fault, kMostBody)) check_answer(*refusal);
    return 0;
  }
  if (!parser.is_header_done()) return 0;
  HttpRequest request = head_of(parser);
  request.body = parser.get().body();
  const Result<RequestTarget> target = parse_target(request.target);
  value_or_words(target);
  if (!target) return 0;
  RW_CHECK(target->path.starts_with('/'));
  // A gate of its own for each input: an opening word is good once.
  RequestGate open{GateRules{}}, guarded{GateRules{false, {}, "0123456789abcdef", true, "once"}};
  for (RequestGate* gate : {&open, &guarded}) {
    if (const auto refusal = gate->stops(request, *target)) check_answer(*refusal);
  }
  const HttpAnswer answer = api().answer(request, *target);
  check_answer(answer);
  RW_CHECK(!api().label_of(*target).empty());
  RW_CHECK(wire_answer(answer, parser.keep_alive(), request.method == "HEAD").has_content_length() ||
           answer.status == 304);
  return 0;
}
