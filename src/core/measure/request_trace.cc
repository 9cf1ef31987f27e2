#include "core/measure/request_trace.h"

#include <array>

namespace rigwise {

std::string_view token_source_name(TokenSource source) {
  constexpr std::array<std::string_view, 5> kNames = {"final_usage", "running_usage", "server_timings", "token_ids",
                                                      "events"};
  return kNames[static_cast<std::size_t>(source)];
}

std::string_view request_fault_name(RequestFault fault) {
  constexpr std::array<std::string_view, kRequestFaults> kNames = {"none",
                                                                   "refused",
                                                                   "unreachable",
                                                                   "tls",
                                                                   "connect_timeout",
                                                                   "stalled",
                                                                   "too_slow",
                                                                   "reset",
                                                                   "cut",
                                                                   "malformed_http",
                                                                   "encoded_body",
                                                                   "wrong_content_type",
                                                                   "rate_limited",
                                                                   "server_error",
                                                                   "bad_request",
                                                                   "forbidden",
                                                                   "error_in_stream",
                                                                   "malformed_event",
                                                                   "unfinished",
                                                                   "no_tokens",
                                                                   "shed",
                                                                   "client_limit",
                                                                   "interrupted"};
  return kNames[static_cast<std::size_t>(fault)];
}

std::string_view request_oddity_name(std::uint32_t oddity) {
  switch (oddity) {
    case kMissingDone: return "missing_done";
    case kDataAfterDone: return "data_after_done";
    case kTwoFinishReasons: return "two_finish_reasons";
    case kUsageMissing: return "usage_missing";
    case kUsageFalls: return "usage_falls";
    case kUsageBelowEvents: return "usage_below_events";
    case kShortAnswer: return "short_answer";
    case kNotStreamed: return "not_streamed";
    case kResentOnClosedDoor: return "resent_on_closed_door";
    case kPromptNotAsPlanned: return "prompt_not_as_planned";
    case kClientStoodStill: return "client_stood_still";
    case kUsageNotWhole: return "usage_not_whole";
    default: return "";
  }
}

}  // namespace rigwise
