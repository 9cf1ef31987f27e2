#include "host/cli/path_flags.h"

#include "core/base/text.h"
#include "host/cli/money_flags.h"

namespace rigwise {
namespace {

/// "4000", "4k", "0.25", "25%".
std::optional<double> written_number(std::string_view text) {
  double scale = 1;
  if (text.ends_with('k') || text.ends_with('K')) scale = 1e3;
  if (text.ends_with('%')) scale = 1e-2;
  if (scale != 1) text.remove_suffix(1);
  const Result<double> number = parse_number(text);
  return number ? std::optional<double>(*number * scale) : std::nullopt;
}

}  // namespace

Result<Json> value_of(const Args& args, const PathFlag& flag) {
  if (flag.type == ArgType::flag) return Json(true);
  if (flag.type == ArgType::list) return Json(args.list(flag.flag));
  const std::string text = args.text(flag.flag).value_or("");
  if (flag.type == ArgType::text) return Json(text);
  if (flag.type == ArgType::money) {
    const Result<WrittenAmount> amount = amount_in(text, flag.flag);
    return amount ? Result<Json>(amount->value) : fail(amount.error());
  }
  const std::optional<double> number = written_number(text);
  if (!number) return invalid("\"" + text + "\" is not a number", flag.flag, "4000, 4k, 0.25 or 25%, without a unit");
  return Json(*number);
}

Json& table_of(Json& object, std::string_view path, std::string& key) {
  const std::size_t dot = path.find('.');
  key = std::string(path.substr(dot == std::string_view::npos ? 0 : dot + 1));
  if (dot == std::string_view::npos) return object;
  Json& table = object[std::string(path.substr(0, dot))];
  if (table.is_null()) table = Json::object();
  return table;
}

}  // namespace rigwise
