#include "host/cli/command.h"

#include "codec/measurement_csv.h"
#include "core/base/text.h"
#include "host/files/files.h"

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

ArgSpec measurements_arg() {
  return {"--measurements", "measurements", ArgType::measurements, "FILE.csv",
          "your own runs: they move what is predicted for this machine"};
}

namespace {

/// Read here, so that a fault is told with the file's name; the verb sees the text alone.
Result<std::string> measurements_text(const std::string& path) {
  Result<std::string> text = read_file(path);
  if (!text) return text;
  const auto rows = decode_own_measurements(*text, path);
  if (!rows) return fail(rows.error());
  return text;
}

}  // namespace

Result<Json> request_from_args(const CommandSpec& spec, const Args& args) {
  Json request = Json::object();
  for (const ArgSpec& arg : spec.args) {
    if (arg.key.empty() || !args.has(arg.flag)) continue;
    const std::string text = args.text(arg.flag).value_or("");
    switch (arg.type) {
      case ArgType::text: request[arg.key] = text; break;
      case ArgType::flag: request[arg.key] = true; break;
      case ArgType::list: request[arg.key] = args.list(arg.flag); break;
      case ArgType::measurements: {
        Result<std::string> csv = measurements_text(text);
        if (!csv) return fail(csv.error());
        request[arg.key] = std::move(*csv);
        break;
      }
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
