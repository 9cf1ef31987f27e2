#include "host/cli/command.h"

#include "codec/measurement_csv.h"
#include "core/base/text.h"
#include "host/cli/money_flags.h"
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

std::vector<std::string> other_spellings(const std::string& flag) {
  if (flag == "--horizon-months") return {"--horizon", "--months"};
  if (flag == "--electricity-per-kwh") return {"--electricity"};
  return {};
}

ArgSpec measurements_arg() {
  return {"--measurements", "measurements", ArgType::measurements, "FILE.csv",
          "your own runs: they move what is predicted for this machine (repeatable)"};
}

namespace {

Result<std::vector<NamedText>> read_files(const std::vector<std::string>& paths) {
  std::vector<NamedText> files;
  files.reserve(paths.size());
  for (const std::string& path : paths) {
    Result<std::string> text = read_file(path);
    if (!text) return fail(text.error());
    files.push_back({path, std::move(*text)});
  }
  return files;
}

/// One file stays as it is, down to the numbers of its lines.
Result<std::string> as_one(std::vector<NamedText> files) {
  if (files.size() == 1) return std::move(files.front().text);
  return merged_measurements(files);
}

/// Read here, so that a fault is told with the file's name; the verb sees the text alone.
Result<std::string> own_measurements(const std::vector<std::string>& paths) {
  Result<std::vector<NamedText>> files = read_files(paths);
  if (!files) return fail(files.error());
  for (const NamedText& file : *files) {
    const auto rows = decode_own_measurements(file.text, file.name);
    if (!rows) return fail(rows.error());
  }
  return as_one(std::move(*files));
}

}  // namespace

Result<std::optional<std::string>> measurement_files(const Args& args, const std::string& flag) {
  Result<std::vector<NamedText>> files = read_files(args.list(flag));
  if (!files) return fail(files.error());
  if (files->empty()) return std::optional<std::string>();
  Result<std::string> text = as_one(std::move(*files));
  if (!text) return fail(text.error());
  return std::optional<std::string>(std::move(*text));
}

Result<Json> request_from_args(const CommandSpec& spec, const Args& args) {
  Json request = Json::object();
  std::vector<std::string> amounts;
  for (const ArgSpec& arg : spec.args) {
    if (arg.key.empty() || !args.has(arg.flag)) continue;
    const std::string text = args.text(arg.flag).value_or("");
    switch (arg.type) {
      case ArgType::text: request[arg.key] = text; break;
      case ArgType::flag: request[arg.key] = true; break;
      case ArgType::list: request[arg.key] = args.list(arg.flag); break;
      case ArgType::measurements: {
        Result<std::string> csv = own_measurements(args.list(arg.flag));
        if (!csv) return fail(csv.error());
        request[arg.key] = std::move(*csv);
        break;
      }
      case ArgType::money: {
        const Result<WrittenAmount> amount = amount_in(text, arg.flag);
        if (!amount) return fail(amount.error());
        request[arg.key] = amount->value;
        amounts.push_back(arg.flag);
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
  const auto currency = currency_of_amounts(args, amounts, args.text("--currency").value_or(""));
  if (!currency) return fail(currency.error());
  if (*currency) request["currency"] = **currency;
  return request;
}

}  // namespace rigwise
