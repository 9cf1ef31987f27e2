#include "host/cli/eval_flags.h"

#include <cmath>
#include <cstdlib>

#include "core/base/text.h"
#include "host/eval/eval_session.h"
#include "host/store/store_url.h"

namespace rigwise {

std::vector<ArgSpec> endpoint_args() {
  return {{"--endpoint", "", ArgType::text, "URL",
           "URL, ollama, llama, openrouter or demo (default: what listens on this machine)"},
          {"--dialect", "", ArgType::text, "NAME", "openai, openrouter or ollama (default: guessed)"},
          {"--api-key-env", "", ArgType::text, "VAR", "the variable that holds the key"},
          {"--api-key-file", "", ArgType::text, "FILE", "a file with the key, of mode 0600"}};
}

std::string eval_store_of(const Args& args) { return args.text("--store").value_or(default_store()); }

std::optional<std::string> environment_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

Result<EvalEndpoint> endpoint_of(const Args& args) {
  EndpointChoice choice{args.text("--endpoint").value_or(""), args.text("--dialect").value_or(""),
                        args.text("--api-key-env").value_or(""), args.text("--api-key-file").value_or("")};
  if (choice.endpoint.empty()) {
    Result<std::string> found = local_endpoint();
    if (!found) return fail(found.error());
    choice.endpoint = std::move(*found);
  }
  return resolve_endpoint(choice, environment_variable);
}

Result<std::optional<double>> number_of(const Args& args, const std::string& flag, double least, double most) {
  const std::optional<std::string> text = args.text(flag);
  if (!text) return std::optional<double>();
  const Result<double> number = parse_number(*text);
  if (number && *number >= least && *number <= most) return std::optional(*number);
  return invalid("\"" + *text + "\" will not do for " + flag, flag,
                 "a number from " + shortest(least) + " to " + shortest(most));
}

Result<std::optional<int>> whole_number_of(const Args& args, const std::string& flag, int least, int most) {
  const Result<std::optional<double>> number = number_of(args, flag, least, most);
  if (!number) return fail(number.error());
  if (!*number) return std::optional<int>();
  if (std::floor(**number) == **number) return std::optional(static_cast<int>(**number));
  return invalid("\"" + args.text(flag).value_or("") + "\" is no whole number", flag, "a whole number");
}

ArgSpec requests_per_minute_arg() {
  return {"--requests-per-minute", "", ArgType::number, "N", "no more than so many, all users of the store together"};
}

ArgSpec tokens_per_minute_arg() {
  return {"--tokens-per-minute", "", ArgType::number, "N", "the same for tokens, in and out"};
}

Result<EndpointLimits> limits_of(const Args& args) {
  const auto requests = number_of(args, "--requests-per-minute", 1, 1e6);
  const auto tokens = number_of(args, "--tokens-per-minute", 1, 1e9);
  if (!requests || !tokens) return fail(requests ? tokens.error() : requests.error());
  return EndpointLimits{requests->value_or(0), tokens->value_or(0)};
}

Result<std::optional<TokenPrice>> price_of(const Args& args, const std::string& flag) {
  const std::optional<std::string> text = args.text(flag);
  if (!text) return std::optional<TokenPrice>();
  std::vector<std::int64_t> nano;
  for (const std::string_view part : split(*text, ',')) {
    constexpr double kMost = 1e6;
    const Result<double> usd = parse_number(trim(part));
    if (usd && *usd >= 0 && *usd <= kMost) nano.push_back(nano_of_usd(*usd));
  }
  const std::size_t parts = split(*text, ',').size();
  if (nano.size() != parts || parts < 2 || parts > 3)
    return invalid("\"" + *text + "\" is no price", flag,
                   "USD per million tokens in, out and cached: 3,15 or 3,15,0.3");
  TokenPrice price{nano[0], nano[1], {}};
  if (parts == 3) price.cached_nano = nano[2];
  return std::optional(price);
}

}  // namespace rigwise
