#include "host/cli/command.h"

#include "core/base/text.h"

namespace rigwise {

std::optional<std::string> Args::text(const std::string& flag) const {
  const auto found = values_.find(flag);
  if (found == values_.end() || found->second.empty()) return std::nullopt;
  return found->second.back();
}

std::vector<std::string> Args::list(const std::string& flag) const {
  const auto found = values_.find(flag);
  return found == values_.end() ? std::vector<std::string>{} : found->second;
}

Result<Json> request_from_args(const CommandSpec& spec, const Args& args) {
  Json request = Json::object();
  for (const ArgSpec& arg : spec.args) {
    if (arg.key.empty() || !args.has(arg.flag)) continue;
    const std::string text = args.text(arg.flag).value_or("");
    switch (arg.type) {
      case ArgType::text: request[arg.key] = text; break;
      case ArgType::flag: request[arg.key] = true; break;
      case ArgType::list: request[arg.key] = args.list(arg.flag); break;
      case ArgType::number:
      case ArgType::integer: {
        const Result<double> number = parse_number(text);
        if (!number) return invalid("\"" + text + "\" is not a number", arg.flag, "a number such as 4096");
        request[arg.key] = *number;
        break;
      }
    }
  }
  return request;
}

}  // namespace rigwise
