#include "verbs/seeds/binding.h"

#include "core/base/text.h"
#include "verbs/seeds/sizes.h"

namespace rigwise {
namespace {

bool is_name(std::string_view text) {
  if (text.empty() || text[0] < 'a' || text[0] > 'z') return false;
  for (const char c : text)
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
  return true;
}

}  // namespace

Result<std::vector<SeedInputText>> read_inputs(std::string_view text) {
  std::vector<SeedInputText> inputs;
  if (trim(text).empty()) return inputs;
  for (const std::string_view piece : split(text, ';')) {
    const std::size_t equals = piece.find('=');
    const std::string_view name = trim(piece.substr(0, equals));
    if (equals != std::string_view::npos && is_name(name)) {
      inputs.push_back({std::string(name), std::string(trim(piece.substr(equals + 1)))});
    } else if (!inputs.empty()) {
      if (!trim(piece).empty()) inputs.back().spec += ";" + std::string(piece);
    } else if (!trim(piece).empty()) {
      inputs.push_back({"x", std::string(trim(piece))});  // a single spec needs no name
    }
  }
  return inputs;
}

const std::vector<std::string>& seed_spec_kinds() {
  static const std::vector<std::string> kKinds = {
      "device",     "model",   "format", "engine",  "link",        "host",  "accessory", "class",  "role",
      "price",      "saas",    "api",    "rate",    "electricity", "score", "count",     "meas",   "dossier",
      "weights_gb", "read_gb", "kv_gb",  "predict", "fit",         "cost",  "cell",      "printed"};
  return kKinds;
}

const Result<SeedValue>& SeedBindings::value(std::string_view spec, std::string_view document) {
  const std::string key = std::string(document) + "|" + std::string(spec);
  auto known = values_.find(key);
  if (known == values_.end()) known = values_.emplace(key, look_up(spec, document)).first;
  return known->second;
}

const Result<Json>& SeedBindings::speed(std::string_view spec, double low, double high) {
  const std::string key = std::string(spec) + "|" + shortest(low) + "|" + shortest(high);
  auto known = speeds_.find(key);
  if (known == speeds_.end()) known = speeds_.emplace(key, speed_beside(house_, spec, low, high)).first;
  return known->second;
}

Result<SeedValue> SeedBindings::look_up(std::string_view spec, std::string_view document) const {
  const std::size_t colon = spec.find(':');
  const std::string_view kind = trim(spec.substr(0, colon));
  const std::string_view rest = colon == std::string_view::npos ? std::string_view() : trim(spec.substr(colon + 1));
  if (const Result<double> number = parse_number(spec); number)
    return fail({ErrorCode::invalid_input,
                 "\"" + std::string(spec) + "\" is a bare number",
                 "",
                 "write it in the formula, or bind the printed figure: printed:SUBJECT/QUANTITY",
                 {}});
  if (is_record_spec(kind)) return record_value(house_.catalog, kind, rest, document);
  if (is_size_spec(kind)) return size_value(house_, kind, rest);
  return fail({ErrorCode::invalid_input, "\"" + std::string(spec) + "\" is no kind of spec", "",
               "KIND:..., KIND one of: " + join(seed_spec_kinds(), ", "), nearest_names(kind, seed_spec_kinds())});
}

}  // namespace rigwise
