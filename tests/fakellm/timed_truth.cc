#include "tests/fakellm/timed_server.h"

namespace rigwise {

Json timed_truth_json(const TimedTruth& truth) {
  Json before = Json::array(), after = Json::array(), tokens = Json::array();
  for (const TimedSend& event : truth.events) {
    before.push_back(event.before_ns);
    after.push_back(event.after_ns);
    tokens.push_back(event.tokens);
  }
  return {{"request_id", truth.request_id},
          {"answer_id", truth.answer_id},
          {"status", truth.status},
          {"received_ns", truth.received_ns},
          {"arrived_ns", truth.arrived_ns},
          {"end_ns", truth.end_ns},
          {"prompt_tokens", truth.prompt_tokens},
          {"cached_tokens", truth.cached_tokens},
          {"output_tokens", truth.output_tokens},
          {"active_at_start", truth.active_at_start},
          {"whole", truth.whole},
          {"before_ns", std::move(before)},
          {"after_ns", std::move(after)},
          {"tokens", std::move(tokens)}};
}

}  // namespace rigwise
