#include "host/cli/path_flags.h"

#include "core/base/text.h"

namespace rigwise {

Result<Json> value_of(const Args& args, const PathFlag& flag) {
  if (flag.type == ArgType::flag) return Json(true);
  if (flag.type == ArgType::list) return Json(args.list(flag.flag));
  const std::string text = args.text(flag.flag).value_or("");
  if (flag.type == ArgType::text) return Json(text);
  const Result<double> number = parse_number(text);
  if (!number) return invalid("\"" + text + "\" is not a number", flag.flag, "a number such as 4000");
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
